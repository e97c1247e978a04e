"""One question to the gate, laid out for the rules: local days, and one pass over the events."""

from __future__ import annotations

from dataclasses import dataclass, field

from collector.compliance.rules.contact import Contact
from collector.compliance.rules.day import QUARTER, UNKNOWN_ZONES, Day, day_of, days_of, second_at, start_days_ago
from collector.facts.rules import AccountFacts, Event, Kind, Mark, PersonFacts, Standing
from collector.history.rules import ANSWERED, CONVERSATION, Direction

ANSWERED_WORDS = frozenset({*ANSWERED, "answered"})
CONVERSATION_WORDS = frozenset(CONVERSATION)
TELLING = frozenset({"says_paid", "deceased", "wrong_number"})
OWN_FAILURE = "failed"
_CALL, _CONVERSATION, _SMS = Kind.call, Kind.conversation, Kind.sms
_OUT = Direction.outbound


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a carrier can lawfully carry in the portfolio's country. None: no limit."""

    carrier: str
    channels: frozenset[str] = frozenset({"call", "sms"})
    content: frozenset[str] | None = None
    """Of `reminder`, `collection`, `third_party_collection`, `location`, `notice`."""
    templates: frozenset[str] | None = None
    """Names registered with the carrier; messages must use one of them."""
    languages: frozenset[str] | None = None
    countries: frozenset[str] | None = None
    """Calling codes with their plus sign: "+86"."""
    two_way: bool = True


@dataclass(frozen=True, slots=True)
class Setting:
    """What the rules know of the portfolio besides their own parameters."""

    collector_type: str
    zones: tuple[str, ...] = ()
    """Fixed by the pack (China has one zone everywhere); empty: the person's own."""
    country: str = ""
    """ISO 3166 country whose working days count."""
    capabilities: Capabilities | None = field(default=None)


class Case:
    """Contact, facts and moment, with what several rules need worked out once.

    Events count as placed whenever they lie, also after the moment asked about: a task in flight for this
    afternoon uses up this morning's cap. Standing marks count from their own time on.
    """

    __slots__ = (
        "around", "at", "calls", "contact", "days", "elsewhere", "facts", "heard", "last_call", "perhaps", "setting",
        "since_today", "talks", "telling", "texts",
    )  # fmt: skip

    def __init__(self, contact: Contact, facts: PersonFacts, setting: Setting, at: int) -> None:
        self.contact = contact
        self.facts = facts
        self.setting = setting
        self.at = at
        self.around = days_of(setting.zones or _zones(contact, facts), at // QUARTER)
        self.days, starts = self.around
        self.since_today = starts[0]
        if facts.body.events:
            self._sort_events()

    def _sort_events(self) -> None:
        """Calls placed to, texts sent to and conversations held with the person who is to be contacted, in one pass.

        `perhaps`: somebody answered, nobody wrote down who; or the call is in flight, and somebody may yet.
        `elsewhere`: calls about somebody else that rang the number to be called. `heard`: what came from the person.
        `telling`: an outcome that other rules listen to, whoever was called.
        """
        own = self.facts.person_id
        target = None if self.contact.person == own else self.contact.person
        calls: list[Event] = []
        texts: list[Event] = []
        talks: list[Event] = []
        perhaps: list[Event] = []
        telling: list[Event] = []
        heard: list[Event] = []
        elsewhere: list[Event] = []
        last_call = 0
        for event in self.facts.body.events:
            outcome = event.outcome
            if outcome in TELLING:
                telling.append(event)
            whom, kind = event.person, event.kind
            if outcome == OWN_FAILURE:
                continue
            if (whom if whom != own else None) != target:
                rang = kind is _CALL and event.direction is _OUT
                if rang and event.number is not None and event.number == self.contact.number:
                    elsewhere.append(event)
                continue
            if event.direction is not _OUT:
                heard.append(event)
            if kind is _CALL:
                if event.direction is _OUT:
                    calls.append(event)
                    if event.at > last_call:
                        last_call = event.at
                    if outcome is None or outcome == "answered":
                        perhaps.append(event)
                elif outcome == "answered":  # who calls and is answered has talked
                    talks.append(event)
                if outcome in CONVERSATION_WORDS:
                    talks.append(event)
            elif kind is _CONVERSATION:
                talks.append(event)
            elif kind is _SMS and event.direction is _OUT:
                texts.append(event)
        self.calls, self.texts, self.talks, self.perhaps, self.telling = calls, texts, talks, perhaps, telling
        self.heard, self.elsewhere, self.last_call = heard, elsewhere, last_call

    @property
    def zone_known(self) -> bool:
        return bool(self.setting.zones or self.facts.body.zones or (self.contact.phone and self.contact.phone.zones))

    def since(self, days: int) -> int:
        """First second of the window of that many local days which today closes; the earliest over all zones."""
        return start_days_ago(self.around, days - 1)

    def leaves(self, at: int, days: int) -> int:
        """The first second at which that moment lies outside a window of that many local days, in every zone."""
        return max(second_at(day.zone, day_of(day.zone, at // QUARTER).ordinal + days) for day in self.days)

    def ends(self, at: int, days: int) -> int:
        """The first second at which that many local days, the day of that moment included, are over in some zone."""
        return min(second_at(day.zone, day_of(day.zone, at // QUARTER).ordinal + days) for day in self.days)

    def clock(self, day: Day) -> int:
        """Seconds since midnight on that zone's clocks."""
        return (self.at + day.offset) % 86400

    def heard_from(self, kind: Kind) -> list[Event]:
        """What the person to be contacted sent in that medium, up to now: it opens, so later words do not count."""
        if not self.facts.body.events:
            return []
        at = self.at
        return [e for e in self.heard if e.kind is kind and e.at <= at and self.same_number(e.number)]

    def same_person(self, person: int | None) -> bool:
        """Whether it is the person to be contacted; None is the person of the facts."""
        own = self.facts.person_id
        return (None if person == own else person) == (None if self.contact.person == own else self.contact.person)

    def same_number(self, number: str | None) -> bool:
        """Whether it may be the number to be used: an unknown one may be any."""
        return number is None or self.contact.number is None or number == self.contact.number

    def same_collector(self, collector: int | None) -> bool:
        return not collector or not self.contact.collector or collector == self.contact.collector

    def about(self, debts: tuple[int, ...]) -> bool:
        """Whether it concerns a debt of this contact; nothing named means all debts."""
        mine = self.contact.debts
        return not debts or not mine or any(debt in mine for debt in debts)

    def marks(self, mark: Mark) -> list[Standing]:
        """What stands under that mark at the moment asked about, whichever debts it concerns."""
        at = self.at
        return [
            standing
            for standing in self.facts.body.standing
            if standing.mark is mark and standing.at <= at and (standing.until is None or standing.until > at)
        ]

    def accounts(self) -> list[AccountFacts]:
        """The accounts the contact is about."""
        return [account for account in self.facts.accounts if account.account_id in self.contact.debts]


def _zones(contact: Contact, facts: PersonFacts) -> tuple[str, ...]:
    """All zones the person may be in: where an address and a phone's area differ, both."""
    zones = facts.body.zones
    phone = contact.phone
    if phone is not None and phone.zones and phone.zones != zones:
        zones += phone.zones
    return zones or UNKNOWN_ZONES

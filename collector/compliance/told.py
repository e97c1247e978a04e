"""What a document tells of a person, as the facts that the gate judges."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

import msgspec

from collector.compliance import document as doc
from collector.compliance.packs import load_pack
from collector.compliance.rules import Role
from collector.compliance.rules.day import UNKNOWN_ZONES, second_at
from collector.compliance.rules.stops import PLAN, TREATED_UNTIL
from collector.facts.rules import (
    BLANK,
    NO_EXTRA,
    AccountFacts,
    Event,
    Extra,
    Kind,
    Mark,
    PersonBody,
    PersonFacts,
    Standing,
)
from collector.history.rules import Direction
from collector.portfolio.rules import PartyRole

OPENING = frozenset({Mark.consent, Mark.agreement, Mark.verification_sent, Mark.validation_notice, Mark.number_checked})
"""Marks that can only open the gate."""
OF_THE_DEBT = frozenset(
    {
        Mark.cease,
        Mark.dispute,
        Mark.verification_sent,
        Mark.validation_notice,
        Mark.hold,
        Mark.breathing_space,
        Mark.mental_health_crisis,
    }
)
"""Marks that bind everybody who is contacted about the debt, whoever made them."""
FOREVER = date(2300, 1, 1)
"""What ends later never ends."""
ROLES = {
    Role.debtor: PartyRole.borrower,
    Role.co_borrower: PartyRole.co_borrower,
    Role.guarantor: PartyRole.guarantor,
    Role.contact: PartyRole.emergency_contact,
}
REFERRED = "legal/accepted"
"""As in `Extra.referrals`."""


class Ids:
    """Numbers for names, from 1; 0 and None are for what is not named."""

    def __init__(self, units: Mapping[str, frozenset[str]]) -> None:
        self._known: dict[tuple[str, str], int] = {}
        self._units = units

    def of(self, sort: str, name: str) -> int:
        return self._known.setdefault((sort, name), len(self._known) + 1)

    def debts(self, names: Iterable[str]) -> tuple[int, ...]:
        return tuple(self.of("debt", name) for name in dict.fromkeys(names))

    def counted(self, names: Iterable[str]) -> tuple[int, ...]:
        """The same, with the debts that count as one with them."""
        return self.debts(other for name in names for other in (name, *sorted(self._units.get(name, ()))))

    def collector(self, name: str | None) -> int:
        return 0 if name is None else self.of("collector", name)


def facts_of(question: doc.Document, ids: Ids) -> PersonFacts:
    own = ids.of("person", question.person.id)
    contacted: list[Event] = []
    standing = [mark for debt in question.debts for mark in _told(debt, ids)]
    for event in sorted(question.events, key=lambda event: event.at):
        if isinstance(event, doc.Call | doc.Conversation | doc.Message):
            if event.at <= question.candidate.at or not _only_opens(event):
                contacted.append(_event(event, ids))
        elif not isinstance(event, doc.OptIn) and (mark := _standing(question, event, ids)) is not None:
            standing.append(mark)
    body = PersonBody(
        zones=question.person.timezones,
        flags=question.person.flags,
        standing=tuple(standing),
        events=tuple(contacted),
    )
    return PersonFacts(own, body, tuple(_account(question, debt, own, ids) for debt in question.debts))


def _only_opens(event: doc.Call | doc.Conversation | doc.Message) -> bool:
    """A message from the person shows whose number it is, and closes nothing."""
    return isinstance(event, doc.Message) and event.direction is Direction.inbound


def _event(event: doc.Call | doc.Conversation | doc.Message, ids: Ids) -> Event:
    outcome = event.outcome if isinstance(event, doc.Call) else None
    return Event(
        kind=Kind(event.kind),
        at=event.at,
        direction=event.direction,
        outcome=outcome,
        number=event.phone,
        debts=ids.counted(event.debts),
        collector=ids.collector(event.collector),
        person=ids.of("person", event.person),
    )


def _is_lifted(question: doc.Document, out: doc.OptOut) -> bool:
    """Whether the person opted in again later, and before the contact, in the same words: what was perhaps said of
    another number, by another collector or about other debts lifts nothing."""
    asked = question.candidate
    return any(
        isinstance(event, doc.OptIn)
        and out.at < event.at <= asked.at
        and event.channel in (None, out.channel)
        and (event.person, event.phone, event.collector) == (out.person, out.phone, out.collector)
        and (not event.debts or (bool(asked.debts) and set(asked.debts) <= set(event.debts)))
        for event in question.events
    )


def _standing(
    question: doc.Document,
    event: doc.Consent | doc.OptOut | doc.Revoked | doc.Agreement | doc.Preference | doc.Mark,
    ids: Ids,
) -> Standing | None:
    """The mark an event leaves; None where it is not about the person contacted, or opens only later."""
    mark, candidate = Mark(event.kind), question.candidate
    if event.person != candidate.person and mark not in OF_THE_DEBT:
        return None
    if mark in OPENING and event.at > candidate.at:
        return None
    if isinstance(event, doc.OptOut) and _is_lifted(question, event):
        return None
    until = event.until if isinstance(event, doc.Consent | doc.Agreement | doc.Mark) else None
    if mark is Mark.mental_health_crisis:
        until = None  # its end is the treatment's, from which the rule counts
    return Standing(
        mark=mark,
        at=min(event.at, candidate.at),
        until=None if until is None else _end_of(until, question, mark in OPENING),
        channel=None if isinstance(event, doc.Agreement | doc.Mark) else event.channel,
        number=event.phone,
        debts=ids.debts(event.debts),
        collector=ids.collector(event.collector) or None,
        detail=_detail(event),
    )


def _end_of(last_day: date, question: doc.Document, opening: bool) -> int:
    """The second after that local day; where zones differ, what opens ends early and what closes ends late."""
    ends = [second_at(name, min(last_day, FOREVER).toordinal() + 1) for name in _zones_of(question)]
    return min(ends) if opening else max(ends)


def _zones_of(question: doc.Document) -> tuple[str, ...]:
    zone = load_pack(question.pack).zone
    return (zone,) if zone else question.person.timezones or UNKNOWN_ZONES


def _detail(
    event: doc.Consent | doc.OptOut | doc.Revoked | doc.Agreement | doc.Preference | doc.Mark,
) -> dict[str, str | list[str] | None]:
    if isinstance(event, doc.Agreement):
        return {"evidence_id": event.evidence_id, "hours": event.hours}
    if isinstance(event, doc.Preference):
        return {
            "not_before": event.not_before,
            "not_after": event.not_after,
            "weekdays": list(event.weekdays),
            "place": event.place.value if event.place else None,
        }
    if isinstance(event, doc.Mark) and event.kind == Mark.mental_health_crisis and event.until is not None:
        return {TREATED_UNTIL: min(event.until, FOREVER).isoformat()}
    return {}


def _told(debt: doc.Debt, ids: Ids) -> Iterator[Standing]:
    """What the document tells of a debt and stands as a mark in the facts."""
    own = ids.debts([debt.id])
    if debt.plan is not None:
        yield Standing(Mark.agreement, at=0, debts=own, detail={PLAN: debt.plan})
    if debt.validation == "due":
        yield Standing(Mark.validation_due, at=0, debts=own)


def _account(question: doc.Document, debt: doc.Debt, person_id: int, ids: Ids) -> AccountFacts:
    """What the document tells of a debt."""
    guarantee = debt.guarantee or doc.Guarantee()
    extra = Extra(
        limitation_on=debt.limitation_until,
        referrals=(REFERRED,) if _was_by(debt.referred_on, question) else (),
        sued_on=debt.sued_on if _was_by(debt.sued_on, question) else None,
    )
    return msgspec.structs.replace(
        BLANK,
        person_id=person_id,
        account_id=ids.of("debt", debt.id),
        role=ROLES[question.person.role],
        account_no=debt.id,
        guarantee_kind=guarantee.kind,
        guarantee_until=guarantee.until,
        extra=None if extra == NO_EXTRA else msgspec.json.encode(extra).decode(),
    )


def _was_by(day: date | None, question: doc.Document) -> bool:
    """Whether that day had come for the contact, on every clock that counts: what comes later opens nothing yet."""
    return day is not None and all(
        second_at(name, day.toordinal()) <= question.candidate.at for name in _zones_of(question)
    )

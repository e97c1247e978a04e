"""The document of `collector check`: a pack, a person, a history and a candidate (design section 9).

Unknown fields, kinds, outcomes, flags and zones, and times without an offset, are errors with their place. Besides
what section 9 names, a document may tell what some rules need: which number a contact went to (`phone`), revocations,
holds, moratoria, checks of a number, validation notices, and what the carrier can do.
"""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from collector.compliance.rules import NumberKind, Purpose, Role, Whom
from collector.compliance.rules.wishes import Weekday
from collector.compliance.written import CallOutcome, ClockText, HoursText, LastDay, Moment, Name, ZoneName
from collector.history.rules import Channel, Direction
from collector.portfolio.rules import CollectorType, DebtType

MOST_DEBTS = 1000
"""Of one person: more is another file by mistake."""
Debts = Annotated[tuple[Name, ...], Field(max_length=MOST_DEBTS)]
Flag = Literal["bankrupt", "deceased", "attorney", "unreachable", "hardship", "breathing_space", "settled"]


Content = Literal["reminder", "collection", "third_party_collection", "location", "notice"]


class Part(BaseModel):
    """A part of the document: what it does not know is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Person(Part):
    """The person whose history it is."""

    id: Name = Field(description="Any name; events and candidate use the same")
    role: Role = Field(
        default=Role.debtor, description="How the person stands to the debts; a contact is a third person"
    )
    timezones: tuple[ZoneName, ...] = Field(
        default=(), description="All zones the person may be in: only hours good in every one. Empty: not known"
    )
    flags: tuple[Flag, ...] = Field(default=(), description="What is on file; for a third person, of the debtor")


class Event(Part):
    """What every event carries."""

    at: Moment
    person: Name = Field(description="With whom, or by whom")
    debts: Debts = Field(default=(), description="What it was about; empty: perhaps all")
    collector: Name | None = Field(default=None, description="Who contacted, or was told; null: perhaps anybody")
    phone: Name | None = Field(default=None, description="Which number or address; null: perhaps any")


class Call(Event):
    """A call, placed or received. A conversation it led to is an event of its own."""

    kind: Literal["call"]
    outcome: CallOutcome | None = Field(default=None, description="Needed unless the person called")
    direction: Direction = Direction.outbound

    @model_validator(mode="after")
    def _outbound_ended(self) -> Call:
        if self.outcome is None and self.direction is Direction.outbound:
            raise ValueError("a call that was placed needs its outcome")
        return self


class Conversation(Event):
    """A talk on the telephone with the person, whoever called."""

    kind: Literal["conversation"]
    direction: Direction = Direction.outbound


class Message(Event):
    """A written contact or a visit, sent or received."""

    kind: Literal["sms", "email", "letter", "visit"]
    direction: Direction = Direction.outbound


class Consent(Event):
    """Consent to be contacted, given directly to the collector."""

    kind: Literal["consent"]
    until: LastDay | None = Field(default=None, description="Last day on which it is good")
    channel: Channel | None = Field(default=None, description="Null: every channel")


class OptOut(Event):
    """STOP, R, TD, T or clear words: the channel stays closed."""

    kind: Literal["opt_out"]
    channel: Channel | None = Field(default=None, description="Null: every channel")


class OptIn(Event):
    """START, 恢复 or clear words that the person wants to be contacted again: lifts the opt-outs made before it.

    It lifts what names the same number and the same collector (null: neither was named), for the debts it names, and
    never a revocation or a cease.
    """

    kind: Literal["opt_in"]
    channel: Channel | None = Field(
        default=None,
        description="Lifts opt-outs of this channel, not those of every channel; null: of every channel",
    )


class Revoked(Event):
    """Consent taken back; with a channel, the channel is closed as well."""

    kind: Literal["revoked"]
    channel: Channel | None = None


class Agreement(Event):
    """Hours the person agreed to or asked for. Without evidence it opens nothing."""

    kind: Literal["agreement"]
    evidence_id: Name | None = Field(default=None, description="Recording or writing that proves it")
    hours: HoursText
    until: LastDay | None = Field(default=None, description="Last day on which it is good")


class Preference(Event):
    """Times and places that do not suit the person."""

    kind: Literal["preference"]
    not_before: ClockText | None = None
    not_after: ClockText | None = Field(
        default=None, description="Earlier than not_before, it closes the span between the two: not 15:00 to 17:00"
    )
    weekdays: tuple[Weekday, ...] = Field(
        default=(),
        description="Days it applies to; empty: all. Without hours they are closed from midnight to midnight",
    )
    channel: Channel | None = Field(default=None, description="Only this channel; null: every channel")
    place: NumberKind | None = Field(default=None, description="Only there; null: everywhere")

    @model_validator(mode="after")
    def _says_something(self) -> Preference:
        if not (self.not_before or self.not_after or self.weekdays or self.channel or self.place):
            raise ValueError("a preference needs at least one of not_before, not_after, weekdays, channel, place")
        return self


class Mark(Event):
    """What stands from then on, until a last day where one is given.

    contact_refused: by a third person. dispute is answered by verification_sent. validation_notice: sent to the person
    about the debts. number_checked: the number was not given to somebody else. mental_health_crisis: `until` is the
    last day of treatment.
    """

    kind: Literal[
        "contact_refused",
        "cease",
        "dispute",
        "verification_sent",
        "validation_notice",
        "number_checked",
        "hold",
        "hardship",
        "vulnerable",
        "employer_forbids",
        "breathing_space",
        "mental_health_crisis",
    ]
    until: LastDay | None = Field(default=None, description="Last day on which it stands; null: no end is known")


AnyEvent = Annotated[
    Call | Conversation | Message | Consent | OptOut | OptIn | Revoked | Agreement | Preference | Mark,
    Field(discriminator="kind"),
]


class To(Part):
    """Whom the contact is to reach, and where."""

    whom: Whom = Field(default=Whom.debtor, description="debtor: the person of the candidate; others answer for them")
    number: NumberKind | None = Field(default=None, description="Kind of the number or address; null: not known")
    phone: Name | None = Field(default=None, description="The number or address itself; null: perhaps any")


class Candidate(Part):
    """The contact that is asked about."""

    kind: Channel
    at: Moment
    person: Name = Field(description="Somebody other than the person described is taken for a third person")
    debts: Debts = Field(default=(), description="What it is about; empty: perhaps all")
    collector: Name | None = Field(default=None, description="Who contacts; null: everybody's history counts")
    text: Annotated[str, Field(max_length=100_000)] | None = Field(
        default=None, description="What is to be sent, or of a call the voicemail to be left; null: not judged yet"
    )
    to: To = Field(default_factory=To)
    purpose: Purpose = Purpose.collect
    template: Name | None = Field(default=None, description="Name under which the carrier registered the text")


class Guarantee(Part):
    """What a guarantor agreed to."""

    kind: Literal["joint", "general", "unstated"] | None = None
    until: LastDay | None = Field(default=None, description="Last day of the guarantee period")


class Debt(Part):
    """What some rules need to know of a debt."""

    id: Name = Field(description="Any name; events and candidate use the same")
    limitation_until: LastDay | None = Field(default=None, description="Last day of the limitation period")
    guarantee: Guarantee | None = None
    plan: Literal["current", "broken"] | None = Field(default=None, description="A signed instalment plan")
    referred_on: LastDay | None = Field(
        default=None, description="Day on which legal took the case: from then on a suit may be announced"
    )
    sued_on: LastDay | None = Field(
        default=None,
        description="Day on which the debtor was sued or arbitration was asked for. Inside the guarantee period it"
        " preserves the claim on a general guarantor",
    )
    type: DebtType | None = None
    account: Name | None = Field(
        default=None,
        description="Account number at placement. Student loans count as one debt unless theirs are known to differ",
    )
    validation: Literal["due", "sent"] | None = Field(
        default=None, description="due: nothing proves that the notice was sent, unless a validation_notice does"
    )


class Carrier(Part):
    """What the carrier can carry. Null: no limit."""

    name: Name = Field(description="Named in the reasons")
    channels: tuple[Literal["call", "sms"], ...] = ("call", "sms")
    content: tuple[Content, ...] | None = Field(default=None, description="Classes of text it carries")
    templates: tuple[Name, ...] | None = Field(default=None, description="Texts registered with it")
    languages: tuple[Name, ...] | None = Field(default=None, description="Languages it carries: en, zh")
    countries: tuple[Annotated[str, Field(pattern=r"^\+[1-9]\d{0,3}$")], ...] | None = Field(
        default=None, description="Calling codes: +86"
    )
    two_way: bool = Field(default=True, description="Whether replies come back")


class Document(Part):
    """One question to the gate."""

    pack: Literal["cn", "us", "in", "uk", "house"] = Field(description="Rules of which place")
    collector_type: CollectorType = Field(
        default=CollectorType.agency, description="Without it the strictest is taken: agency"
    )
    person: Person
    events: tuple[AnyEvent, ...] = Field(
        default=(), description="In any order. What lies after the candidate can close the gate and never opens it"
    )
    candidate: Candidate
    debts: Annotated[tuple[Debt, ...], Field(max_length=MOST_DEBTS)] = ()
    carrier: Carrier | None = Field(default=None, description="Without it the carrier's rules are not asked")
    tightening: dict[str, dict[str, Any]] = Field(
        default_factory=dict, description="Rule id to stricter parameters, as a portfolio sets them"
    )

    @model_validator(mode="after")
    def _debts_once(self) -> Document:
        twice = [name for name, count in Counter(debt.id for debt in self.debts).items() if count > 1]
        if twice:
            raise ValueError(f"debts told of twice: {', '.join(twice)}")
        return self

"""The document of `collector check`: a pack, a person, a history and a candidate (design section 9).

Unknown fields, kinds, outcomes, flags and zones, and times without an offset, are errors with their place.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from collector.compliance.rules import NumberKind, Purpose, Role, Whom
from collector.compliance.rules.agreed import hours_of
from collector.compliance.rules.parameters import clock_seconds
from collector.compliance.rules.wishes import Weekday
from collector.foundation.clock import parse_moment, zone
from collector.foundation.errors import BadInput
from collector.history.rules import Channel, Direction, Outcome
from collector.portfolio.rules import CollectorType, DebtType

Flag = Literal["bankrupt", "deceased", "attorney", "unreachable", "hardship", "breathing_space", "settled"]
OUTCOMES = (*(outcome.value for outcome in Outcome), "busy_tone", "answered")

YEARS = range(1972, 3000)
"""Clocks before were not a whole number of quarters apart (`rules.day`); calendars of holidays end long before."""


def _moment(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        raise ValueError("write a time as 2026-05-12T09:30+08:00")
    try:
        moment = parse_moment(str(value))
    except (BadInput, OverflowError) as error:
        raise ValueError(str(error)) from error
    if moment.year not in YEARS:
        raise ValueError(f"{value!r} is outside the years {YEARS[0]} to {YEARS[-1]}")
    return int(moment.timestamp())


def _zone(value: Any) -> str:
    try:
        return zone(str(value)).key
    except BadInput as error:
        raise ValueError(error.message) from error


def _outcome(value: Any) -> str:
    if value not in OUTCOMES:
        raise ValueError(f"{value!r} is no outcome of a call; there are {', '.join(OUTCOMES)}")
    return str(value)


def _clock(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is not a time of day such as 08:30")
    clock_seconds(value)
    return value


def _hours(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is not a span such as 22:00-23:00")
    hours_of(value)
    return value


Moment = Annotated[
    int,
    BeforeValidator(_moment),
    WithJsonSchema({"type": "string", "format": "date-time", "description": "ISO 8601 with an offset"}),
]
ZoneName = Annotated[str, BeforeValidator(_zone), WithJsonSchema({"type": "string", "description": "IANA zone"})]
CallOutcome = Annotated[str, BeforeValidator(_outcome), WithJsonSchema({"type": "string", "enum": list(OUTCOMES)})]
ClockText = Annotated[str, BeforeValidator(_clock), WithJsonSchema({"type": "string", "pattern": r"^\d\d:\d\d$"})]
HoursText = Annotated[
    str, BeforeValidator(_hours), WithJsonSchema({"type": "string", "pattern": r"^\d\d:\d\d-\d\d:\d\d$"})
]
Name = Annotated[str, Field(min_length=1, max_length=200)]


class Part(BaseModel):
    """A part of the document: what it does not know is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Person(Part):
    id: Name
    role: Role = Role.debtor
    timezones: tuple[ZoneName, ...] = Field(description="All zones the person may be in; empty: not known")
    flags: tuple[Flag, ...] = ()


class Event(Part):
    """What every event carries. Without debts it counts for all, without collector for everybody's."""

    at: Moment
    person: Name
    debts: tuple[Name, ...] = ()
    collector: Name | None = None
    phone: Name | None = Field(default=None, description="Which number or address; without it, it may be any")


class Call(Event):
    kind: Literal["call"]
    outcome: CallOutcome | None = Field(default=None, description="Needed unless the person called")
    direction: Direction = Direction.outbound

    @model_validator(mode="after")
    def _outbound_ended(self) -> Call:
        if self.outcome is None and self.direction is Direction.outbound:
            raise ValueError("a call that was placed needs its outcome")
        return self


class Conversation(Event):
    kind: Literal["conversation"]
    direction: Direction = Direction.outbound


class Message(Event):
    kind: Literal["sms", "email", "letter", "visit"]
    direction: Direction = Direction.outbound


class Consent(Event):
    kind: Literal["consent"]
    until: date | None = Field(default=None, description="Last day on which it is good")
    channel: Channel | None = None


class OptOut(Event):
    kind: Literal["opt_out"]
    channel: Channel | None = Field(default=None, description="Without it: every channel")


class Revoked(Event):
    """Consent taken back; with a channel, the channel is closed as well."""

    kind: Literal["revoked"]
    channel: Channel | None = None


class Agreement(Event):
    """Hours the person agreed to. Without evidence it opens nothing."""

    kind: Literal["agreement"]
    evidence_id: Name | None = None
    hours: HoursText
    until: date | None = None


class Preference(Event):
    kind: Literal["preference"]
    not_before: ClockText | None = None
    not_after: ClockText | None = None
    weekdays: tuple[Weekday, ...] = Field(default=(), description="Days it applies to; without hours, whole days")
    channel: Channel | None = None
    place: NumberKind | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Preference:
        if not (self.not_before or self.not_after or self.weekdays or self.channel or self.place):
            raise ValueError("a preference needs at least one of not_before, not_after, weekdays, channel, place")
        return self


class Mark(Event):
    """What stands from then on, until a last day where one is given."""

    kind: Literal[
        "contact_refused",
        "cease",
        "dispute",
        "verification_sent",
        "hold",
        "vulnerable",
        "employer_forbids",
        "breathing_space",
    ]
    until: date | None = None


AnyEvent = Annotated[
    Call | Conversation | Message | Consent | OptOut | Revoked | Agreement | Preference | Mark,
    Field(discriminator="kind"),
]


class To(Part):
    whom: Whom = Whom.debtor
    number: NumberKind | None = None
    phone: Name | None = None


class Candidate(Part):
    kind: Channel
    at: Moment
    person: Name
    debts: tuple[Name, ...] = ()
    collector: Name | None = None
    text: Annotated[str, Field(max_length=100_000)] | None = None
    to: To = Field(default_factory=To)
    purpose: Purpose = Purpose.collect


class Guarantee(Part):
    kind: Literal["joint", "general", "unstated"] | None = None
    until: date | None = None


class Debt(Part):
    id: Name
    limitation_until: date | None = None
    guarantee: Guarantee | None = None
    plan: Literal["current", "broken"] | None = None
    type: DebtType | None = None


class Document(Part):
    """One question to the gate."""

    pack: Literal["cn", "us", "in", "uk", "house"]
    collector_type: CollectorType = Field(
        default=CollectorType.agency, description="Without it the strictest is taken: agency"
    )
    person: Person
    events: tuple[AnyEvent, ...] = Field(default=(), description="In any order")
    candidate: Candidate
    debts: tuple[Debt, ...] = ()
    tightening: dict[str, dict[str, Any]] = Field(
        default_factory=dict, description="Rule id to stricter parameters, as a portfolio sets them"
    )

"""How values are written in a document to the gate: moments, days, zones, times of day."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

from collector.compliance.rules.agreed import hours_of
from collector.compliance.rules.parameters import clock_seconds
from collector.foundation.clock import parse_moment, zone
from collector.foundation.errors import BadInput
from collector.history.rules import Outcome

FIRST, LAST = datetime(1975, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""Outside them clocks and calendars are guesses, and a time is a slip of the pen."""
OUTCOMES = (*(outcome.value for outcome in Outcome), "busy_tone", "answered")


def _moment(value: Any) -> int:
    if not isinstance(value, str):
        raise ValueError("write a time as 2026-05-12T09:30+08:00")
    try:
        moment = parse_moment(value)
    except (BadInput, OverflowError) as error:
        raise ValueError(str(error)) from error
    if not FIRST <= moment < LAST:
        raise ValueError(f"{value!r} is outside the years {FIRST.year} to {LAST.year - 1}")
    return int(moment.timestamp())


def _day(value: Any) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{value!r} is not a day such as 2026-05-12") from error


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
    clock_seconds(value)
    return str(value)


def _hours(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is not a span such as 22:00-23:00")
    if not hours_of(value)[1]:
        raise ValueError(f"{value!r} ends when it starts; write a span such as 22:00-23:00")
    return value


def _said(schema: dict[str, Any], description: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "description": description, **schema})


Moment = Annotated[
    int, BeforeValidator(_moment), _said({"format": "date-time"}, "ISO 8601 with an offset: 2026-05-12T09:30+08:00")
]
"""Seconds since 1970, UTC."""
LastDay = Annotated[date, BeforeValidator(_day), _said({"format": "date"}, "A day, itself included: 2026-05-12")]
ZoneName = Annotated[str, BeforeValidator(_zone), _said({}, "IANA zone: America/New_York")]
CallOutcome = Annotated[
    str,
    BeforeValidator(_outcome),
    _said(
        {"enum": list(OUTCOMES)},
        "How the call ended. busy may mean that the person declined; busy_tone is a proven busy tone. answered is for"
        " right_party, third_party or wrong_number where nobody wrote down which. failed is a failure of our own",
    ),
]
ClockText = Annotated[
    str, BeforeValidator(_clock), _said({"pattern": r"^\d\d:\d\d$"}, "Time of day on the person's clocks: 08:30")
]
HoursText = Annotated[
    str,
    BeforeValidator(_hours),
    _said(
        {"pattern": r"^\d\d:\d\d-\d\d:\d\d$"},
        "From, and until before, on the person's clocks; past midnight where the end is the earlier: 22:00-23:00",
    ),
]
Name = Annotated[str, Field(min_length=1, max_length=200)]

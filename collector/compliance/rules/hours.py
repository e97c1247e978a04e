"""When: hours of the day on every clock that may be the person's, and days that are closed."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Annotated

from collector.compliance.rules.agreed import agreed_spans
from collector.compliance.rules.case import Case
from collector.compliance.rules.day import Day, second_at
from collector.compliance.rules.parameters import ClockTime, Parameters, Tighter
from collector.compliance.rules.verdict import Finding
from collector.compliance.rules.wishes import WEEKDAYS, Weekday


class Zone(Parameters):
    """Nothing to set: without a zone there is no lawful hour."""


def zone(p: Zone, case: Case) -> Finding | None:
    """Where the person is, is not known: no hour can be shown to be lawful."""
    if case.facts.body.zones or case.zone_known:
        return None
    return Finding("the person's time zone is not known")


class Hours(Parameters):
    """Local hours [start, end) in which contact is allowed."""

    start: Annotated[ClockTime, Tighter.higher]
    end: Annotated[ClockTime, Tighter.lower]
    agreed: Annotated[bool, Tighter.off] = False
    """Whether the person can agree to other hours."""
    agreed_once: Annotated[bool, Tighter.on] = True
    """What was agreed is good for one occasion only."""
    callback_minutes: Annotated[int, Tighter.lower] = 0
    """How long after its time an agreed call-back may still be made outside the hours."""


def hours(p: Hours, case: Case) -> Finding | None:
    """Open only where it is open on every clock that may be the person's."""
    at, start, end = case.at, p.start, p.end
    for day in case.days:
        if not start <= (at + day.offset) % 86400 < end:
            return _shut(p, case)
    return None


def _shut(p: Hours, case: Case) -> Finding | None:
    if not case.zone_known:
        return Finding("no hour is known to be lawful, since the zone is not known")
    at, body = case.at, case.facts.body
    may_be_agreed = p.agreed and (body.standing or body.callbacks)
    if not may_be_agreed and len(case.days) == 1:
        day = case.days[0]
        return _closed((at + day.offset) % 86400 // 60, day.zone, day.ordinal, p.start, p.end)
    spans = agreed_spans(case, p.agreed_once, p.callback_minutes) if may_be_agreed else []
    for span in spans:
        if span.opens <= at < span.closes:
            return None
    reason, opens = "", 0
    for day in case.days:
        clock = (at + day.offset) % 86400
        if not p.start <= clock < p.end:
            reason = reason or _reason(clock // 60, day.zone, p.start, p.end)
            opens = max(opens, second_at(day.zone, day.ordinal + (clock >= p.end), p.start))
    for span in spans:
        if at < span.opens < opens:
            opens = span.opens
    return Finding(reason, opens)


@lru_cache(maxsize=8192)
def _closed(minute: int, zone_name: str, ordinal: int, start: int, end: int) -> Finding:
    """Where there is one clock and nothing was agreed: the same for everybody there in that minute."""
    opens = second_at(zone_name, ordinal + (minute * 60 >= end), start)
    return Finding(_reason(minute, zone_name, start, end), opens)


@lru_cache(maxsize=8192)
def _reason(minute: int, zone_name: str, start: int, end: int) -> str:
    """The same few sentences, night after night: written once."""
    clock, first, last = (f"{m // 60:02}:{m % 60:02}" for m in (minute, start // 60, end // 60))
    return f"{clock} in {zone_name}; allowed from {first} until before {last}"


class ClosedDays(Parameters):
    """Days without contact."""

    dates: Annotated[tuple[date, ...], Tighter.more] = ()
    weekdays: Annotated[tuple[Weekday, ...], Tighter.more] = ()

    @property
    def is_idle(self) -> bool:
        return not (self.dates or self.weekdays)


def closed_days(p: ClosedDays, case: Case) -> Finding | None:
    """Holidays and days of rest that the portfolio keeps."""
    shut = [day for day in case.days if _is_closed(p, day)]
    return Finding("a day without contact", max(day.end for day in shut)) if shut else None


def _is_closed(p: ClosedDays, day: Day) -> bool:
    return WEEKDAYS[(day.ordinal - 1) % 7] in p.weekdays or date.fromordinal(day.ordinal) in p.dates

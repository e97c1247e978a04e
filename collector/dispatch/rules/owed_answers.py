"""By when somebody who called or wrote is to be answered, on the clock of their portfolio."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from collector.dispatch.rules.reading import Reading
from collector.foundation.calendar import add_business_days, is_business_day, on_or_after_business_day
from collector.foundation.clock import at_local, local, local_day

OPENS, CLOSES = time(9), time(18)
"""Desk hours of a working day [config]: who called is not called back outside them, whatever the gate would allow."""
CALL_WITHIN = timedelta(hours=2)
"""Desk time in which somebody who called is called back [config]."""
AT_ONCE = timedelta(minutes=15)
"""Somebody who speaks of ending their life waits for no desk hour."""
SOON = timedelta(minutes=10)
"""After a call that nobody took: time for them to try again first."""
CALLS = frozenset({Reading.missed_call, Reading.abandoned_call})


def answer_by(reading: Reading, at: datetime, zone: str, country: str) -> datetime:
    """Calls within two hours of desk time, messages by the end of the next working day."""
    if reading is Reading.crisis:
        return at + AT_ONCE
    if reading in CALLS:
        return _after(at, CALL_WITHIN, zone, country)
    return at_local(add_business_days(local_day(at, zone), 1, country), CLOSES, zone)


def call_back_at(at: datetime, zone: str, country: str) -> datetime:
    """When somebody whose call nobody took is called back: soon, inside desk hours. What we choose ourselves never
    opens an hour that the law closes."""
    return _after(at, SOON, zone, country)


def _after(at: datetime, span: timedelta, zone: str, country: str) -> datetime:
    """That much desk time later."""
    day, begun = local_day(at, zone), local(at, zone).time()
    if not is_business_day(day, country) or begun >= CLOSES:
        day, begun = on_or_after_business_day(day + timedelta(days=1), country), OPENS
    start = at_local(day, max(begun, OPENS), zone)
    left = _closing(day, zone) - start
    if span <= left:
        return start + span
    tomorrow = add_business_days(day, 1, country)
    return at_local(tomorrow, OPENS, zone) + (span - left)


def _closing(day: date, zone: str) -> datetime:
    return at_local(day, CLOSES, zone)

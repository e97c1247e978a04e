"""Time as an argument: only doors read the clock; everything else is told the moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from collector.foundation.errors import BadInput

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """The moment now, aware, in UTC."""
    return datetime.now(UTC)


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo:
    """The IANA zone of that name; an unknown one is a `BadInput`."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadInput(f"unknown time zone {name!r}; use an IANA name such as Asia/Shanghai") from error


def parse_moment(text: str) -> datetime:
    """An ISO 8601 moment with an offset, as the command line and the API require; returned in UTC."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise BadInput(f"{text!r} is not an ISO 8601 time such as 2026-05-12T09:30+08:00") from error
    if moment.utcoffset() is None:
        raise BadInput(f"{text!r} has no offset; write it as 2026-05-12T09:30+08:00 or ...Z")
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise BadInput(f"{text!r} is outside the years 1 to 9999 in UTC") from error


def local(at: datetime, zone_name: str) -> datetime:
    """The same moment on the clock of that zone."""
    return at.astimezone(zone(zone_name))


def local_day(at: datetime, zone_name: str) -> date:
    """The calendar day of a moment in that zone."""
    return at.astimezone(zone(zone_name)).date()


def at_local(day: date, clock_time: time, zone_name: str) -> datetime:
    """The moment, in UTC, when the clocks of that zone show this time on that day.

    A time skipped by daylight saving means the moment one gap later; an ambiguous one the earlier.
    """
    return datetime.combine(day, clock_time, zone(zone_name)).astimezone(UTC)


def day_start(day: date, zone_name: str) -> datetime:
    """The first moment of that local day, in UTC."""
    return at_local(day, time(0), zone_name)


def days_between(earlier: date, later: date) -> int:
    return (later - earlier).days


def add_days(at: datetime, days: int) -> datetime:
    return at + timedelta(days=days)

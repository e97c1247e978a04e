"""Local calendar days as epoch seconds: computed once for a zone and a quarter of an hour, then only compared.

Every zone in use since 1972 has an offset that is a whole number of quarters, so neither the offset nor the
calendar day changes inside a quarter.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from collector.foundation.clock import zone as zone_info

QUARTER = 900
DAY = 86400
FIRST, LAST = date.min.toordinal() + 1, date.max.toordinal() - 2
"""The days that every zone can read: a window or a term may be asked to reach further."""
REMEMBERED = 8
"""Days back whose starts are kept ready: today and the week before it."""

UNKNOWN_ZONES = ("Etc/GMT+12", "Pacific/Kiritimati")
"""The two ends of the world: for a person whose zone is unknown, day windows are the widest there are."""


class Day(NamedTuple):
    """The local day around a moment."""

    zone: str
    ordinal: int
    """The local date as a proleptic ordinal."""
    offset: int
    """Seconds to add to UTC to read the local clock at this moment."""
    starts: tuple[int, ...]
    """First second of today, of yesterday, and so on back."""
    end: int
    """First second of tomorrow."""


@lru_cache(maxsize=65536)
def second_at(zone: str, ordinal: int, clock_second: int = 0) -> int:
    """The epoch second when the clocks of that zone first show this time on that date.

    A time that daylight saving skips means the moment one gap later; a date outside the calendar means its end.
    """
    naive = datetime.fromordinal(min(max(ordinal, FIRST), LAST)) + timedelta(seconds=clock_second)
    return int(naive.replace(tzinfo=zone_info(zone)).timestamp())


@lru_cache(maxsize=32768)
def day_of(zone: str, quarter: int) -> Day:
    """The local day around the quarter of an hour with that number since 1970."""
    local = datetime.fromtimestamp(quarter * QUARTER, UTC).astimezone(zone_info(zone))
    ordinal = local.toordinal()
    offset = local.utcoffset() or timedelta()
    starts = tuple(second_at(zone, ordinal - back) for back in range(REMEMBERED))
    return Day(zone, ordinal, int(offset.total_seconds()), starts, second_at(zone, ordinal + 1))


class Days(NamedTuple):
    """The local days of one moment on every clock that may be the person's."""

    days: tuple[Day, ...]
    starts: tuple[int, ...]
    """The earliest first second of today over all of them, of yesterday, and so on back."""


@lru_cache(maxsize=32768)
def days_of(zones: tuple[str, ...], quarter: int) -> Days:
    """The local days of all those zones."""
    days = tuple(day_of(zone, quarter) for zone in dict.fromkeys(zones))
    return Days(days, tuple(min(day.starts[back] for day in days) for back in range(REMEMBERED)))


def start_days_ago(days: Days, back: int) -> int:
    """The earliest first second of the local day that many days before."""
    if back < REMEMBERED:
        return days.starts[back]
    return min(second_at(day.zone, day.ordinal - back) for day in days.days)

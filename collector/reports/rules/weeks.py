"""Days and weeks that a chart counts by."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta


def days_back(today: date, count: int) -> Sequence[date]:
    """The last `count` days, oldest first, today included."""
    return [today - timedelta(days=back) for back in range(count - 1, -1, -1)]


def week_of(day: date) -> date:
    """The Monday of that day's week."""
    return day - timedelta(days=day.weekday())


def weeks_back(today: date, count: int) -> Sequence[date]:
    """The Mondays of the last `count` weeks, oldest first, this week included."""
    return [week_of(today) - timedelta(weeks=back) for back in range(count - 1, -1, -1)]

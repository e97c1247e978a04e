"""The days of a scope's portfolios: those on the same clock share one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from collector.foundation.clock import day_start, local_day
from collector.portfolio.tables import Portfolio


class Day(NamedTuple):
    """The calendar day that holds a moment in one zone, its first moment and that of the next, and whose day it is."""

    today: date
    begin: datetime
    end: datetime
    portfolio_ids: tuple[int, ...]


def days(books: Iterable[Portfolio], now: datetime) -> list[Day]:
    """One day for each zone in which the portfolios are: a question is asked once for all that share it."""
    zones: dict[str, list[int]] = defaultdict(list)
    for book in books:
        zones[book.timezone].append(book.id or 0)
    found = []
    for zone, ids in zones.items():
        today = local_day(now, zone)
        found.append(Day(today, day_start(today, zone), day_start(today + timedelta(days=1), zone), tuple(ids)))
    return found

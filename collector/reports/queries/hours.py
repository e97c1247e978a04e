"""When people are reached: calls and talks by hour and weekday, on the portfolio's clock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Integer, String, case, cast, func, select
from sqlmodel import Session, col

from collector.foundation.clock import local
from collector.foundation.database import is_postgresql
from collector.history.tables import Attempt
from collector.portfolio.tables import Portfolio
from collector.reports.queries.books import Chosen
from collector.reports.queries.conditions import HOUR_DAYS, has_talked, is_dial, window

Slot = tuple[int, int]
"""Weekday (0: Monday) and hour."""
QUARTER = 900
"""Seconds: the clocks of the world differ by whole quarters of an hour."""
ENOUGH = 20
"""Calls below which an hour's rate says nothing."""


@dataclass(frozen=True, slots=True)
class Hours:
    """Outbound calls of the last 90 days that were placed, and those in which the right party talked."""

    dials: Mapping[Slot, int]
    reached: Mapping[Slot, int]

    def rate(self, slot: Slot) -> float:
        return self.reached.get(slot, 0) / self.dials[slot] if self.dials.get(slot) else 0.0

    @property
    def best(self) -> Slot | None:
        """The hour with the best rate, of those with enough calls to say so."""
        known = [slot for slot, dials in self.dials.items() if dials >= ENOUGH and self.reached.get(slot)]
        return max(known, key=lambda slot: (self.rate(slot), self.dials[slot]), default=None)


def hours(session: Session, chosen: Chosen, now: datetime) -> Hours:
    """Every hour in which somebody was called."""
    dials: Counter[Slot] = Counter()
    reached: Counter[Slot] = Counter()
    for book in chosen.books:
        for quarter, calls, talks in _by_quarter(session, book, now):
            at = local(datetime.fromtimestamp(int(quarter) * QUARTER, UTC), book.timezone)
            slot = (at.weekday(), at.hour)
            dials[slot] += calls
            reached[slot] += int(talks)
    return Hours(dials, reached)


def _by_quarter(session: Session, book: Portfolio, now: datetime) -> list[Any]:
    """Grouped by the quarter of an hour: no database need know the zones."""
    _, since = window(book, now, HOUR_DAYS)
    inside = (
        select(_quarter(session, col(Attempt.at)).label("quarter"), case((has_talked(), 1), else_=0).label("talked"))
        .where(col(Attempt.portfolio_id) == book.id, is_dial(since, now), col(Attempt.account_id).is_not(None))
        .subquery()
    )
    statement = select(inside.c.quarter, func.count(), func.sum(inside.c.talked)).group_by(inside.c.quarter)
    return list(session.execute(statement))


def _quarter(session: Session, column: Any) -> ColumnElement[Any]:
    if is_postgresql(session):
        return cast(func.floor(func.date_part("epoch", column) / QUARTER), BigInteger())
    return cast(func.strftime("%s", column, type_=String()), Integer()) // QUARTER

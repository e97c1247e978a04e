"""Promises by the week they were due in, and what became of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import case, func, select
from sqlmodel import Session, col

from collector.foundation.clock import day_start
from collector.history.rules import PromiseState
from collector.history.tables import Promise
from collector.portfolio.tables import Account, Portfolio
from collector.reports.queries.books import Chosen
from collector.reports.rules import STATES, weeks_back

WEEKS = 8


@dataclass(frozen=True, slots=True)
class Week:
    """The promises due in the week that begins with that Monday, by their state. Money: what was promised."""

    monday: date
    counts: Mapping[PromiseState, int] = field(default_factory=Counter)
    money: Mapping[PromiseState, int] = field(default_factory=Counter)

    @property
    def decided(self) -> int:
        """All but those that may still be kept."""
        return sum(count for state, count in self.counts.items() if state is not PromiseState.open)

    @property
    def kept_rate(self) -> float | None:
        """Kept of all that are decided; None while nothing is."""
        return self.counts[PromiseState.kept] / self.decided if self.decided else None


def promises_due(session: Session, chosen: Chosen, now: datetime) -> list[Week]:
    """The last eight weeks, this one included, oldest first."""
    mondays = weeks_back(chosen.today(now), WEEKS)
    counts: list[Counter[PromiseState]] = [Counter() for _ in mondays]
    money: list[Counter[PromiseState]] = [Counter() for _ in mondays]
    for book in chosen.books:
        for week, state, count, amount in _by_week(session, book, mondays):
            counts[week][PromiseState(state)] += count
            money[week][PromiseState(state)] += int(amount)
    return [Week(*row) for row in zip(mondays, counts, money, strict=True)]


def _by_week(session: Session, book: Portfolio, mondays: Any) -> list[Any]:
    turns = [day_start(monday, book.timezone) for monday in (*mondays, mondays[-1] + timedelta(days=7))]
    week = case(*((col(Promise.due_at) < turn, number) for number, turn in enumerate(turns[1:])), else_=WEEKS)
    inside = (
        select(week.label("week"), col(Promise.state).label("state"), col(Promise.amount).label("amount"))
        .join(Account, col(Account.id) == col(Promise.account_id))
        .where(
            col(Account.portfolio_id) == book.id,
            col(Promise.due_at) >= turns[0],
            col(Promise.due_at) < turns[-1],
            col(Promise.state).in_(STATES),
        )
        .subquery()
    )
    keys = (inside.c.week, inside.c.state)
    return list(session.execute(select(*keys, func.count(), func.sum(inside.c.amount)).group_by(*keys)))

"""The funnel: how far the accounts of a book came in the last 30 days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select
from sqlmodel import Session, col

from collector.facts.tables import AccountState
from collector.history.tables import Promise
from collector.portfolio.tables import Account, PaymentRow, Portfolio
from collector.reports.queries.books import Chosen
from collector.reports.queries.conditions import of_borrower, paid, promised, stages, window
from collector.reports.rules import Stage


@dataclass(frozen=True, slots=True)
class Step:
    """Accounts that came at least this far, and their money, minor units: in the book what is owed; of the overdue,
    attempted and reached what is overdue now or was paid in these days; then what was promised; then what was paid."""

    stage: Stage
    accounts: int
    money: int


MONEY = {Stage.book: "owed", Stage.promised: "promised", Stage.paid: "paid"}
"""Of the other stages: `asked`."""


def funnel(session: Session, chosen: Chosen, now: datetime) -> list[Step]:
    """Every stage, each a part of the one before it."""
    rows = [row for book in chosen.books for row in _by_depth(session, book, now)]
    found = []
    for reached, stage in enumerate(Stage):
        inside = [row for row in rows if row.depth > reached]
        money = sum(int(getattr(row, MONEY.get(stage, "asked"))) for row in inside)
        found.append(Step(stage, sum(row.accounts for row in inside), money))
    return found


def _by_depth(session: Session, book: Portfolio, now: datetime) -> list[Any]:
    """By the number of stages an account came through: how many, and their money."""
    asked = stages(session, book, now)
    first, since = window(book, now)
    came = paid(col(PaymentRow.paid_on) >= first, col(PaymentRow.paid_at) <= now)
    depth = case(*((~condition, number) for number, condition in enumerate(asked.values())), else_=len(asked))
    inside = (
        select(
            depth.label("depth"),
            col(AccountState.owed).label("owed"),
            (col(AccountState.overdue) + came).label("asked"),
            promised(col(Promise.made_at) >= since, col(Promise.made_at) <= now).label("promised"),
            came.label("paid"),
        )
        .select_from(Account)
        .join(AccountState, of_borrower())
        .where(col(Account.portfolio_id) == book.id)
        .subquery()
    )
    sums = [func.sum(inside.c[name]).label(name) for name in ("owed", "asked", "promised", "paid")]
    statement = select(inside.c.depth, func.count().label("accounts"), *sums).group_by(inside.c.depth)
    return list(session.execute(statement))

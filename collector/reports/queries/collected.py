"""What was paid, beside what fell due, day by day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import distinct, func, select
from sqlmodel import Session, col

from collector.portfolio.tables import Account, InstalmentRow, PaymentRow
from collector.reports.queries.books import Chosen
from collector.reports.queries.conditions import DAYS, stands
from collector.reports.rules import days_back


@dataclass(frozen=True, slots=True)
class Day:
    """Money in minor units; how many accounts paid, and on how many something fell due."""

    day: date
    paid: int = 0
    payers: int = 0
    due: int = 0
    debtors: int = 0


def collected(session: Session, chosen: Chosen, now: datetime) -> list[Day]:
    """The last 30 days, oldest first, on each portfolio's own calendar. Payments that were reversed do not count, nor
    do those that wait for an account."""
    days = days_back(chosen.today(now), DAYS)
    paid = _paid(session, chosen, days[0], days[-1])
    due = _due(session, chosen, days[0], days[-1])
    return [Day(day, *paid.get(day, (0, 0)), *due.get(day, (0, 0))) for day in days]


def _paid(session: Session, chosen: Chosen, first: date, last: date) -> dict[date, tuple[int, int]]:
    on = col(PaymentRow.paid_on)
    statement = (
        select(on, func.sum(PaymentRow.amount), func.count(distinct(col(PaymentRow.account_id))))
        .join(Account, col(Account.id) == col(PaymentRow.account_id))
        .where(chosen.owns(), stands(), on >= first, on <= last)
    )
    return _by_day(session, statement.group_by(on))


def _due(session: Session, chosen: Chosen, first: date, last: date) -> dict[date, tuple[int, int]]:
    on = col(InstalmentRow.due_on)
    statement = (
        select(on, func.sum(InstalmentRow.amount_due), func.count(distinct(col(InstalmentRow.account_id))))
        .join(Account, col(Account.id) == col(InstalmentRow.account_id))
        .where(chosen.owns(), on >= first, on <= last)
    )
    return _by_day(session, statement.group_by(on))


def _by_day(session: Session, statement: Any) -> dict[date, tuple[int, int]]:
    return {day: (int(money), accounts) for day, money, accounts in session.execute(statement)}

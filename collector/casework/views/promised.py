"""The promises behind the figures of the day: due, kept, broken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session, col, or_, select

from collector.casework.views.days import days
from collector.casework.views.pulse import STANDING, promised_today
from collector.foundation.errors import BadInput
from collector.foundation.paging import Page, page_of
from collector.history.rules import PromiseState
from collector.history.tables import Promise
from collector.identity.rules import Scope
from collector.portfolio.queries import portfolios
from collector.portfolio.tables import Account, Portfolio


class Which(StrEnum):
    """Of today's promises: those that fall due and are not kept, or were decided today."""

    due = "due"
    kept = "kept"
    broken = "broken"


STATES = {Which.due: STANDING, Which.kept: (PromiseState.kept,), Which.broken: (PromiseState.broken,)}


@dataclass(frozen=True, slots=True)
class Promised:
    """A promise with its account. Amounts in minor units."""

    id: int
    account_id: int
    key: str
    currency: str
    zone: str
    amount: int
    paid: int
    due_at: datetime
    made_at: datetime
    actor: str


def promised(
    session: Session, scope: Scope, now: datetime, which: Which, *, after: str | None = None, limit: int = 100
) -> Page[Promised]:
    """As the figures count them, oldest first; `after`: the key of the page before."""
    if after is not None and not after.isdecimal():
        raise BadInput("after is no key that a page gave; begin at the first page")
    today = [
        col(Account.portfolio_id).in_(day.portfolio_ids) & promised_today(day)
        for day in days(portfolios(session, scope), now)
    ]
    statement = (
        select(Promise, Account.account_no, Portfolio)
        .join(Account, col(Account.id) == col(Promise.account_id))
        .join(Portfolio, col(Portfolio.id) == col(Account.portfolio_id))
        .where(or_(*today) if today else col(Promise.id).is_(None), col(Promise.state).in_(STATES[which]))
        .order_by(col(Promise.id))
        .limit(limit + 1)
    )
    if after is not None:
        statement = statement.where(col(Promise.id) > int(after))
    rows = [
        Promised(
            row.id or 0,
            row.account_id,
            f"{book.code}/{number}",
            book.currency,
            book.timezone,
            row.amount,
            row.paid,
            row.due_at,
            row.made_at,
            row.actor,
        )
        for row, number, book in session.exec(statement)
    ]
    return page_of(rows, limit, lambda one: str(one.id))

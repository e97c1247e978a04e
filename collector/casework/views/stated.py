"""Agreed schedules that the creditor's book has otherwise: the list for operations, and both sides of one account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from collector.identity.rules import Scope
from collector.portfolio.booking import schedule
from collector.portfolio.queries import portfolio_of, within
from collector.portfolio.queries.agreed import stated, stated_of
from collector.portfolio.tables import MATURITY, Account, InstalmentRow, Portfolio, StatedInstalment

SHOWN = 50


@dataclass(slots=True)
class StatedSchedule:
    """An account whose agreed schedule the creditor has otherwise. `rows`: what they say."""

    account: Account
    book: Portfolio
    rows: list[StatedInstalment]

    @property
    def key(self) -> str:
        return f"{self.book.code}/{self.account.account_no}"

    @property
    def explained(self) -> str:
        """Why, where that was said of all of it."""
        return next((row.explained for row in self.rows), "") if all(row.explained for row in self.rows) else ""


@dataclass(frozen=True, slots=True)
class BothSchedules:
    """By number; None: the other side has no such instalment, or says the same."""

    one: StatedSchedule
    pairs: Sequence[tuple[int, StatedInstalment | None, InstalmentRow | None]]
    matures: date | None
    """When the account matures, as they have it."""


def stated_schedules(session: Session, scope: Scope) -> list[StatedSchedule]:
    """Those nobody explained first, then the oldest words; no more than `SHOWN`."""
    said = _within(scope).subquery()
    ranked: Any = select(said.c.account_id).group_by(said.c.account_id)
    first = func.min(said.c.explained), func.min(said.c.loaded_at), said.c.account_id  # what is explained has a reason
    ids: list[int] = list(session.exec(ranked.order_by(*first).limit(SHOWN)))
    accounts = {row.id: row for row in session.exec(select(Account).where(col(Account.id).in_(ids)))}
    found = {
        number: StatedSchedule(accounts[number], portfolio_of(session, accounts[number].portfolio_id), [])
        for number in ids
    }
    rows = stated().where(col(StatedInstalment.account_id).in_(ids)).order_by(col(StatedInstalment.number))
    for row in session.exec(rows):
        found[row.account_id].rows.append(row)
    return list(found.values())


def open_schedules(session: Session, scope: Scope) -> int:
    """Accounts whose difference nobody explained yet."""
    said = _within(scope).where(StatedInstalment.explained == "").subquery()
    return session.exec(select(func.count(said.c.account_id.distinct()))).one()


def _within(scope: Scope) -> SelectOfScalar[StatedInstalment]:
    return within(stated(), StatedInstalment.portfolio_id, scope)


def both_schedules(session: Session, account: Account) -> BothSchedules:
    """Their words beside what holds."""
    said = stated_of(session, account)
    theirs, ours = {row.number: row for row in said}, {row.number: row for row in schedule(session, account.id or 0)}
    numbers = sorted((theirs.keys() | ours.keys()) - {MATURITY})
    one = StatedSchedule(account, portfolio_of(session, account.portfolio_id), list(said))
    matures = theirs[MATURITY].due_on if MATURITY in theirs else None
    return BothSchedules(one, [(number, theirs.get(number), ours.get(number)) for number in numbers], matures)

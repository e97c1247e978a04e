"""Accounts that the creditor's ledger and ours see differently, by the id of the statement's line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, func
from sqlmodel import Session, col, select

from collector.foundation.paging import Page, page_of
from collector.portfolio.rules import LedgerState
from collector.portfolio.tables import LedgerBalance
from collector.reports.queries.books import Chosen
from collector.reports.rules import OfDifferences


@dataclass(frozen=True, slots=True)
class DifferenceLine:
    """A line of their statement beside what our records say. Amounts in minor units of `currency`, None: not said;
    `difference`: theirs less ours."""

    id: int
    account: str
    as_of: date
    theirs: int | None
    ours: int | None
    difference: int
    overdue_theirs: int | None
    overdue_ours: int | None
    currency: str
    kind: str
    explained: str


def differing(session: Session, chosen: Chosen, wanted: OfDifferences, after: int, limit: int) -> Page[DifferenceLine]:
    """The lines after that id."""
    asked = select(LedgerBalance).where(_condition(chosen, wanted), col(LedgerBalance.id) > after)
    rows = session.exec(asked.order_by(col(LedgerBalance.id)).limit(limit + 1)).all()
    codes = {book.id: book.code for book in chosen.books}
    lines = [_told(row, codes[row.portfolio_id], chosen.currency) for row in rows]
    return page_of(lines, limit, lambda line: str(line.id))


def count_differing(session: Session, chosen: Chosen, wanted: OfDifferences) -> int:
    return session.exec(select(func.count()).where(_condition(chosen, wanted))).one()


def _condition(chosen: Chosen, wanted: OfDifferences) -> ColumnElement[bool]:
    row = LedgerBalance
    parts = [col(row.portfolio_id).in_(chosen.ids), col(row.is_last), col(row.state) == LedgerState.differs]
    if wanted.kind is not None:
        parts.append(col(row.kind) == wanted.kind)
    if wanted.explained is not None:
        parts.append((col(row.explained) != "") == wanted.explained)
    return and_(*parts)


def _told(row: LedgerBalance, code: str, currency: str) -> DifferenceLine:
    return DifferenceLine(
        id=row.id or 0,
        account=f"{code}/{row.account_no}",
        as_of=row.as_of,
        theirs=row.theirs,
        ours=row.ours_owed,
        difference=row.size,
        overdue_theirs=row.overdue,
        overdue_ours=row.ours_overdue,
        currency=currency,
        kind=row.kind.value if row.kind else "",
        explained=row.explained,
    )

"""Where the creditor's ledger and ours differ: totals, the list by size, and both sides of one account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, or_, select

from collector.foundation.paging import Page, page_of
from collector.identity.rules import Scope
from collector.portfolio.queries import portfolio_of, within
from collector.portfolio.rules import DifferenceKind, LedgerState, PaymentKind, PaymentState
from collector.portfolio.tables import LedgerBalance, PaymentRow, Portfolio

SHOWN = 50
LINES = 12
"""Statements of an account that are shown, and payments that are looked at where no balance ever agreed."""


@dataclass(slots=True)
class Totals:
    """A portfolio by the last line of each account. Minor units; `theirs` and `ours` of the lines that give a total."""

    book: Portfolio
    day: date
    agreed: int = 0
    silent: int = 0
    differ: int = 0
    explained: int = 0
    theirs: int = 0
    ours: int = 0


@dataclass(frozen=True, slots=True)
class Difference:
    row: LedgerBalance
    book: Portfolio

    @property
    def key(self) -> str:
        return f"{self.book.code}/{self.row.account_no}"


@dataclass(frozen=True, slots=True)
class BothSides:
    """`lines`: their statements, newest first. `payments`: ours after `agreed_on`, newest first; `held`: payments
    without an account that are as large as the difference."""

    one: Difference
    lines: Sequence[LedgerBalance]
    agreed_on: date | None
    payments: Sequence[PaymentRow]
    held: Sequence[PaymentRow]


def totals(session: Session, scope: Scope) -> list[Totals]:
    """By portfolio; those without any statement are left out."""
    explained = LedgerBalance.explained != ""
    columns = (LedgerBalance.portfolio_id, LedgerBalance.state, explained)
    sums = (func.sum(LedgerBalance.theirs), func.sum(LedgerBalance.ours_owed), func.max(LedgerBalance.as_of))
    counted = select(*columns, col(LedgerBalance.theirs).is_(None), func.count(), *sums)  # type: ignore[call-overload]
    mine = within(counted.where(col(LedgerBalance.is_last)), LedgerBalance.portfolio_id, scope)
    found: dict[int, Totals] = {}
    for number, state, is_explained, bare, count, theirs, ours, day in session.exec(
        mine.group_by(*columns, col(LedgerBalance.theirs).is_(None))
    ):
        one = found.setdefault(number, Totals(portfolio_of(session, number), day))
        one.day = max(one.day, day)
        one.agreed += count if state == LedgerState.agrees else 0
        one.silent += count if state in (LedgerState.silent, LedgerState.new) else 0
        one.differ += count if state == LedgerState.differs else 0
        one.explained += count if state == LedgerState.differs and is_explained else 0
        if not bare or state == LedgerState.differs:
            one.theirs, one.ours = one.theirs + int(theirs or 0), one.ours + int(ours or 0)
    return sorted(found.values(), key=lambda one: one.book.code)


def open_count(session: Session, scope: Scope) -> int:
    """Differences that nobody explained yet."""
    counted = select(func.count()).where(
        col(LedgerBalance.is_last), LedgerBalance.state == LedgerState.differs, LedgerBalance.explained == ""
    )
    return session.exec(within(counted, LedgerBalance.portfolio_id, scope)).one()


def by_kind(session: Session, scope: Scope, portfolio_id: int | None = None) -> dict[DifferenceKind, int]:
    """How many differences look like what."""
    counted: Any = select(col(LedgerBalance.kind), func.count()).where(
        col(LedgerBalance.is_last), LedgerBalance.state == LedgerState.differs
    )
    if portfolio_id is not None:
        counted = counted.where(LedgerBalance.portfolio_id == portfolio_id)
    rows = session.exec(within(counted, LedgerBalance.portfolio_id, scope).group_by(col(LedgerBalance.kind)))
    return {kind: count for kind, count in rows if kind is not None}


def differences(
    session: Session,
    scope: Scope,
    *,
    portfolio_id: int | None = None,
    kind: DifferenceKind | None = None,
    explained: bool | None = None,
    after: tuple[int, int] | None = None,
) -> Page[Difference]:
    """The largest first. `after`: size without its sign, and id, of the last one seen."""
    size = func.abs(LedgerBalance.size)
    asked = select(LedgerBalance).where(col(LedgerBalance.is_last), LedgerBalance.state == LedgerState.differs)
    if portfolio_id is not None:
        asked = asked.where(LedgerBalance.portfolio_id == portfolio_id)
    if kind is not None:
        asked = asked.where(LedgerBalance.kind == kind)
    if explained is not None:
        asked = asked.where((col(LedgerBalance.explained) != "") == explained)
    if after is not None:
        asked = asked.where(or_(size < after[0], (size == after[0]) & (col(LedgerBalance.id) > after[1])))
    asked = within(asked, LedgerBalance.portfolio_id, scope)
    rows = session.exec(asked.order_by(size.desc(), col(LedgerBalance.id)).limit(SHOWN + 1)).all()
    page = page_of(rows, SHOWN, lambda row: f"{abs(row.size)}.{row.id}")
    return Page([Difference(row, portfolio_of(session, row.portfolio_id)) for row in page.rows], page.after)


def both_sides(session: Session, row: LedgerBalance) -> BothSides:
    """A line of their statement beside what our records say until its day."""
    same = (LedgerBalance.portfolio_id == row.portfolio_id, LedgerBalance.account_no == row.account_no)
    lines = session.exec(select(LedgerBalance).where(*same).order_by(col(LedgerBalance.as_of).desc()).limit(LINES))
    agreed = select(func.max(LedgerBalance.as_of)).where(
        *same, LedgerBalance.state == LedgerState.agrees, LedgerBalance.as_of < row.as_of
    )
    agreed_on = session.exec(agreed).one()
    return BothSides(
        one=Difference(row, portfolio_of(session, row.portfolio_id)),
        lines=lines.all(),
        agreed_on=agreed_on,
        payments=_payments(session, row, agreed_on),
        held=_held(session, row),
    )


def _payments(session: Session, row: LedgerBalance, agreed_on: date | None) -> Sequence[PaymentRow]:
    if row.account_id is None:
        return ()
    asked = select(PaymentRow).where(PaymentRow.account_id == row.account_id)
    if agreed_on is not None:
        asked = asked.where(col(PaymentRow.paid_on) > agreed_on)
    return session.exec(asked.order_by(col(PaymentRow.paid_at).desc()).limit(SHOWN if agreed_on else LINES)).all()


def _held(session: Session, row: LedgerBalance) -> Sequence[PaymentRow]:
    asked = select(PaymentRow).where(
        PaymentRow.portfolio_id == row.portfolio_id,
        PaymentRow.state == PaymentState.held,
        PaymentRow.kind == PaymentKind.payment,
        PaymentRow.amount == abs(row.size),
    )
    return session.exec(asked.order_by(col(PaymentRow.paid_at)).limit(SHOWN)).all() if row.size < 0 else ()

"""Reversals whose payment never came, each with the payments that it may mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, text
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, or_, select

from collector.casework.approvals.reversals import REVERSAL
from collector.foundation.database import among
from collector.identity.rules import ApprovalState, Scope
from collector.identity.tables import Approval
from collector.portfolio.queries import portfolio_of, portfolios
from collector.portfolio.rules import PaymentKind, PaymentState, ReversalStep
from collector.portfolio.tables import PaymentRow, Portfolio, ReversalNote

SHOWN, COUNTED = 20, 500
LIKELY = 5
"""Payments that are offered for one reversal."""


@dataclass(frozen=True, slots=True)
class Lone:
    """A reversal that takes back nothing we know. `note`: what was decided last; `proposed`: the reference of the
    payment that waits for a second person."""

    payment: PaymentRow
    book: Portfolio
    note: ReversalNote | None
    likely: Sequence[PaymentRow]
    proposed: str


def _lone(session: Session, scope: Scope, limit: int) -> Sequence[PaymentRow]:
    meant, closed = aliased(PaymentRow), aliased(ReversalNote)
    named = func.coalesce(PaymentRow.takes_back, PaymentRow.reverses)
    here = select(meant.id).where(meant.portfolio_id == PaymentRow.portfolio_id, meant.reference == named)
    done = select(closed.id).where(closed.payment_id == PaymentRow.id, closed.step == ReversalStep.closed)
    asked = select(PaymentRow).where(
        col(PaymentRow.portfolio_id).in_([book.id for book in portfolios(session, scope)]),
        PaymentRow.kind == PaymentKind.reversal,
        text("payment.kind <> 'payment'"),
        ~here.exists(),
        ~done.exists(),
    )
    return session.exec(asked.order_by(col(PaymentRow.paid_on), col(PaymentRow.id)).limit(limit)).all()


def lone_reversals(session: Session, scope: Scope) -> list[Lone]:
    """Those that are not closed, oldest first."""
    rows = _lone(session, scope, SHOWN)
    ids = {row.id or 0 for row in rows}
    notes = _notes(session, ids)
    proposed = _proposed(session, ids)
    return [
        Lone(
            payment=row,
            book=portfolio_of(session, row.portfolio_id),
            note=notes.get(row.id or 0),
            likely=_likely(session, row),
            proposed=proposed.get(row.id or 0, ""),
        )
        for row in rows
    ]


def _notes(session: Session, ids: set[int]) -> dict[int, ReversalNote]:
    """The last of each."""
    asked = select(ReversalNote).where(among(session, ReversalNote.payment_id, ids)).order_by(col(ReversalNote.id))
    return {row.payment_id: row for row in session.exec(asked)}


def _proposed(session: Session, ids: set[int]) -> dict[int, str]:
    subjects = {f"payment:{number}" for number in ids}
    asked = select(Approval).where(
        Approval.state == ApprovalState.open, Approval.kind == REVERSAL, among(session, Approval.subject, subjects)
    )
    return {int(row.body["reversal"]): str(row.body["reference"]) for row in session.exec(asked)}


def _likely(session: Session, row: PaymentRow) -> Sequence[PaymentRow]:
    """Payments of the same amount before it, of the same account or card, or of nobody yet; the newest first."""
    same: list[ColumnElement[bool]] = [col(PaymentRow.account_id).is_(None)]
    if row.account_id is not None:
        same.append(col(PaymentRow.account_id) == row.account_id)
    if row.card_no:
        same.append(col(PaymentRow.card_no) == row.card_no)
    asked = select(PaymentRow).where(
        PaymentRow.portfolio_id == row.portfolio_id,
        PaymentRow.amount == row.amount,
        PaymentRow.kind == PaymentKind.payment,
        col(PaymentRow.state).in_([PaymentState.applied, PaymentState.held]),
        col(PaymentRow.paid_on) <= row.paid_on,
        or_(*same),
    )
    return session.exec(asked.order_by(col(PaymentRow.paid_at).desc()).limit(LIKELY)).all()


def lone_count(session: Session, scope: Scope, now: datetime) -> int:
    """How many ask for somebody, as far as is counted: those that wait for a later day are left out."""
    rows = _lone(session, scope, COUNTED)
    notes = _notes(session, {row.id or 0 for row in rows})
    return sum(not _waits(notes.get(row.id or 0), now) for row in rows)


def _waits(note: ReversalNote | None, now: datetime) -> bool:
    return note is not None and note.until is not None and note.until > now.date()

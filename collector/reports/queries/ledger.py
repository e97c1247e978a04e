"""What left the house: by whom, how much of a day's rows is spent, and whose a file is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, or_, select

from collector.identity.rules import Scope
from collector.identity.tables import Approval
from collector.reports.rules import HOURS_COUNTED
from collector.reports.tables import ExportRecord

SHOWN = 50
LOOKED_AT = 1_000
"""Rows among which those of a scope are looked for."""


def ledger(session: Session, scope: Scope, user_id: int | None = None, limit: int = SHOWN) -> Sequence[ExportRecord]:
    """The newest exports of the scope's portfolios alone; with `user_id`, that person's only."""
    statement = select(ExportRecord).order_by(col(ExportRecord.id).desc())
    if user_id is not None:
        statement = statement.where(ExportRecord.user_id == user_id)
    rows = session.exec(statement.limit(LOOKED_AT)).all()
    return [row for row in rows if all(scope.admits(number) for number in row.portfolio_ids)][:limit]


def rows_out(session: Session, user_id: int, now: datetime) -> int:
    """Rows this person exported in the last 24 hours on their own word; what another agreed to counts apart."""
    since = now - timedelta(hours=HOURS_COUNTED)
    mine = (ExportRecord.user_id == user_id, col(ExportRecord.at) > since, col(ExportRecord.approval_id).is_(None))
    return int(session.exec(select(func.coalesce(func.sum(ExportRecord.rows), 0)).where(*mine)).one())


def find_exports(session: Session, sha256: str, numbers: Collection[str]) -> Sequence[ExportRecord]:
    """Exports whose bytes have that digest, or that have one of these numbers."""
    known = or_(col(ExportRecord.sha256) == sha256, col(ExportRecord.number).in_(sorted(numbers)))
    return session.exec(select(ExportRecord).where(known).order_by(col(ExportRecord.id))).all()


def unspent(session: Session, agreed: Sequence[Approval]) -> Approval | None:
    """The first of these approvals for which no file was given yet."""
    ids = [row.id for row in agreed]
    spent = set(session.exec(select(ExportRecord.approval_id).where(col(ExportRecord.approval_id).in_(ids))))
    return next((row for row in agreed if row.id not in spent), None)

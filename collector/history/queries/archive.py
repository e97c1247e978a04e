"""Reads of the archive."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from collector.history.rules import ArchiveStep, Condition
from collector.history.tables import Original, OriginalStep


def originals_out(session: Session, account_id: int, as_of: datetime) -> int:
    """How many originals of the account were on loan or lost, as far as was recorded by that moment."""
    steps = (
        select(OriginalStep)
        .join(Original, col(Original.id) == col(OriginalStep.original_id))
        .where(col(Original.account_id) == account_id, col(OriginalStep.at) <= as_of)
        .order_by(col(OriginalStep.number))
    )
    last = {row.original_id: row for row in session.exec(steps)}
    return sum(row.step is ArchiveStep.lent or row.condition is Condition.lost for row in last.values())

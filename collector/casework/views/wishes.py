"""What a person asked for or agreed to that still stands, as far as the account's portfolio was told of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, or_, select

from collector.history.rules import Standing
from collector.history.tables import StandingRow
from collector.portfolio.tables import Account


def wishes_of(session: Session, account: Account, now: datetime) -> Sequence[StandingRow]:
    """Consents, preferences, agreements and notices in force, oldest first; withdrawn and lapsed ones left out."""
    rows = session.exec(
        select(StandingRow)
        .where(
            StandingRow.person_id == account.person_id,
            or_(col(StandingRow.portfolio_id).is_(None), col(StandingRow.portfolio_id) == account.portfolio_id),
            col(StandingRow.at) <= now,
            or_(col(StandingRow.until).is_(None), col(StandingRow.until) > now),
        )
        .order_by(col(StandingRow.at), col(StandingRow.id))
    ).all()
    ended = {row.detail.get("standing") for row in rows if row.kind is Standing.withdrawn}
    return [row for row in rows if row.kind is not Standing.withdrawn and row.id not in ended]

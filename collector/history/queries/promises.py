"""Promises that may still come."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from collector.foundation.database import among
from collector.history.rules import PromiseState
from collector.history.tables import Promise

MAY_COME = (PromiseState.open, PromiseState.partial)


def open_promises(session: Session, account_ids: Collection[int]) -> dict[int, list[Promise]]:
    """Open and partly kept promises of these accounts, by account, those due first first."""
    wanted = select(Promise).where(among(session, Promise.account_id, account_ids), col(Promise.state).in_(MAY_COME))
    found: dict[int, list[Promise]] = {}
    for row in session.exec(wanted.order_by(col(Promise.due_at), col(Promise.id))):
        found.setdefault(row.account_id, []).append(row)
    return found


def promises_due(session: Session, before: datetime) -> Sequence[int]:
    """Accounts with an open or partly kept promise due before that moment, in order: what a sweep settles."""
    wanted = select(Promise.account_id).where(col(Promise.due_at) < before, col(Promise.state).in_(MAY_COME))
    return session.exec(wanted.distinct().order_by(col(Promise.account_id))).all()

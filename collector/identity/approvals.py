"""What its maker does with an approval besides asking for it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col

from collector.audit.actions import record
from collector.foundation.errors import Conflict, NotFound
from collector.identity.rules import Actor, ApprovalState
from collector.identity.tables import Approval


def withdraw(session: Session, approval_id: int, actor: Actor, now: datetime, reason: str) -> Approval:
    """It is asked no more. Of a yes, a no and a withdrawal one wins."""
    row = session.get(Approval, approval_id)
    if row is None:
        raise NotFound
    changed = session.execute(
        update(Approval)
        .where(col(Approval.id) == approval_id, col(Approval.state) == ApprovalState.open)
        .values(state=ApprovalState.withdrawn, decided_at=now, reason=reason)
    )
    session.refresh(row)
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(f"already {row.state} by {row.checker or row.maker}")
    detail = {"digest": row.digest}
    record(session, actor.name, f"{row.kind}.{ApprovalState.withdrawn}", f"approval:{row.id}", detail, now)
    return row

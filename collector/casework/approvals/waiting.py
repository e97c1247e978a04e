"""One question about one thing at a time: the same again is the one that waits, another one voids the maker's own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from collector.foundation.database import lock_key
from collector.foundation.errors import Conflict
from collector.identity import actions as identity
from collector.identity.queries import login_of
from collector.identity.rules import Actor, ApprovalState
from collector.identity.tables import Approval


def open_of(session: Session, kind: str, subject: str) -> Approval | None:
    """What waits for a second person about this."""
    mine = Approval.kind == kind, Approval.subject == subject, Approval.state == ApprovalState.open
    return session.exec(select(Approval).where(*mine).order_by(col(Approval.id)).limit(1)).first()


def ask(
    session: Session,
    kind: str,
    subject: str,
    body: Mapping[str, Any],
    maker: Actor,
    now: datetime,
    portfolio_id: int | None,
) -> Approval:
    """Put a question, once. What somebody else asked about the same thing is decided first (`Conflict`)."""
    lock_key(session, f"ask:{kind}:{subject}")
    waiting = open_of(session, kind, subject)
    if waiting is not None and waiting.body == body:
        return waiting
    if waiting is not None and waiting.maker != login_of(session, maker):
        raise Conflict("another change of this waits for its second person; let that be decided first")
    if waiting is not None:
        identity.withdraw(session, waiting, maker, now, "another one took its place")
    return identity.propose(session, kind, subject, body, maker, now, portfolio_id)

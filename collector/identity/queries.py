"""Who is known, and what this database is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, true
from sqlmodel import Session, col, select

from collector.foundation.errors import NotFound
from collector.identity.actions import IDLE, LONGEST
from collector.identity.rules import ApprovalState, Scope
from collector.identity.tables import Approval, Installation, User, UserSession


def user_by_name(session: Session, name: str) -> User:
    user = session.exec(select(User).where(User.name == name)).first()
    if user is None:
        raise NotFound(f"there is no user {name!r}; add one with: collector user add {name}")
    return user


def open_approvals(session: Session, scope: Scope) -> Sequence[Approval]:
    """What waits for a second person, oldest first."""
    waiting = select(Approval).where(Approval.state == ApprovalState.open, _within(scope))
    return session.exec(waiting.order_by(col(Approval.id))).all()


def decided_approvals(session: Session, scope: Scope, limit: int) -> Sequence[Approval]:
    """What second persons said, newest first."""
    over = select(Approval).where(Approval.state != ApprovalState.open, _within(scope))
    return session.exec(over.order_by(col(Approval.decided_at).desc(), col(Approval.id).desc()).limit(limit)).all()


def _within(scope: Scope) -> ColumnElement[bool]:
    return true() if scope.portfolio_ids is None else col(Approval.portfolio_id).in_(scope.portfolio_ids)


def installation(session: Session) -> Installation | None:
    return session.get(Installation, 1)


def find_user(session: Session, name: str) -> User | None:
    """The user of that login name, if there is one."""
    return session.exec(select(User).where(User.name == name)).first()


def live_sessions(session: Session, now: datetime) -> frozenset[str]:
    """The token hashes of all sessions that live, of users who may still sign in."""
    statement = (
        select(UserSession.token_hash)
        .join(User, col(User.id) == col(UserSession.user_id))
        .where(
            col(UserSession.ended_at).is_(None),
            col(UserSession.seen_at) >= now - IDLE,
            col(UserSession.created_at) >= now - LONGEST,
            col(User.disabled_at).is_(None),
        )
    )
    return frozenset(session.exec(statement))

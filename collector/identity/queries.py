"""Who is known, and what this database is."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, or_, true
from sqlmodel import Session, col, select

from collector.foundation.errors import NotFound
from collector.identity.rules import Actor, ApprovalState, Scope
from collector.identity.tables import Approval, Installation, User


def user_by_name(session: Session, name: str) -> User:
    user = session.exec(select(User).where(User.name == name)).first()
    if user is None:
        raise NotFound(f"there is no user {name!r}; add one with: collector user add {name}")
    return user


def open_approvals(session: Session, scope: Scope, maker: str = "") -> Sequence[Approval]:
    """What waits for a second person, oldest first: within the scope, or asked for by `maker`."""
    waiting = select(Approval).where(
        Approval.state == ApprovalState.open, or_(_within(scope), col(Approval.maker) == maker)
    )
    return session.exec(waiting.order_by(col(Approval.id))).all()


def decided_approvals(session: Session, scope: Scope, limit: int, maker: str = "") -> Sequence[Approval]:
    """What second persons said, newest first: within the scope, or asked for by `maker`."""
    over = select(Approval).where(
        Approval.state != ApprovalState.open, or_(_within(scope), col(Approval.maker) == maker)
    )
    return session.exec(over.order_by(col(Approval.decided_at).desc(), col(Approval.id).desc()).limit(limit)).all()


def _within(scope: Scope) -> ColumnElement[bool]:
    return true() if scope.portfolio_ids is None else col(Approval.portfolio_id).in_(scope.portfolio_ids)


def installation(session: Session) -> Installation | None:
    return session.get(Installation, 1)


def find_user(session: Session, name: str) -> User | None:
    """The user of that login name, if there is one."""
    return session.exec(select(User).where(User.name == name)).first()


def login_of(session: Session, actor: Actor) -> str:
    """What an approval calls its maker: the login name; of a program, its name."""
    user = session.get(User, actor.user_id) if actor.user_id is not None else None
    return user.name if user else actor.name


def maker_named(session: Session, name: str) -> Actor:
    """Who stands behind the name that an audit entry gives: of "user:li" that user, so that approvals know them."""
    user = find_user(session, name.removeprefix("user:")) if name.startswith("user:") else None
    return Actor(name, user.id) if user else Actor(name)

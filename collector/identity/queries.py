"""Who is known, and what this database is."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, literal, or_, true
from sqlmodel import Session, col, select

from collector.foundation.errors import NotFound
from collector.identity.rules import EVERYTHING, Actor, ApprovalState, Role, Scope
from collector.identity.rules.sessions import IDLE, LONGEST, lives
from collector.identity.rules.throttling import waits_until
from collector.identity.tables import ApiKey, Approval, Installation, Throttle, User, UserSession


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


def teams_of(session: Session, user_ids: Collection[int | None]) -> frozenset[str]:
    """The teams of these users; one without a team adds none."""
    ids = [user_id for user_id in user_ids if user_id is not None]
    return frozenset(session.exec(select(User.team).where(col(User.id).in_(ids)))) - {""}


def maker_named(session: Session, name: str) -> Actor:
    """Who stands behind the name that an audit entry gives: of "user:li" that user, so that approvals know them."""
    user = find_user(session, name.removeprefix("user:")) if name.startswith("user:") else None
    return Actor(name, user.id) if user else Actor(name)


def find_users(session: Session, text: str, role: Role | None, limit: int) -> Sequence[User]:
    """Users by what stands anywhere in their login, shown name or staff number, of that role, by login."""
    found = select(User).order_by(col(User.name)).limit(limit)
    if text:
        wanted = text.lower()
        found = found.where(
            or_(
                *(
                    func.lower(column).contains(wanted, autoescape=True)
                    for column in (User.name, User.display_name, User.staff_no)
                )
            )
        )
    if role is not None:
        found = found.where((literal(",") + col(User.roles) + ",").contains(f",{role.value},"))
    return session.exec(found).all()


def waiting_until(session: Session, now: datetime, user_id: int | None = None) -> Mapping[int, datetime]:
    """Users who guessed wrong so often that their next try must wait, and until when."""
    counted = select(Throttle).where(col(Throttle.user_id).is_not(None))
    if user_id is not None:
        counted = counted.where(Throttle.user_id == user_id)
    found: dict[int, datetime] = {}
    for row in session.exec(counted):
        until = waits_until(row.failures, row.last_at, now)
        if until is not None and row.user_id is not None:
            found[row.user_id] = max(until, found.get(row.user_id, until))
    return found


def open_sessions(session: Session, user: User, now: datetime) -> Sequence[UserSession]:
    """The sessions of a user that live, the latest first."""
    rows = session.exec(
        select(UserSession)
        .where(UserSession.user_id == user.id, col(UserSession.ended_at).is_(None), UserSession.seen_at >= now - IDLE)
        .order_by(col(UserSession.created_at).desc())
    ).all()
    return [row for row in rows if lives(row.created_at, row.seen_at, row.ended_at, now)]


def open_approvals_of(session: Session, kind: str) -> Sequence[Approval]:
    """What of one kind waits for a second person, oldest first: of a kind that concerns the whole installation."""
    return [row for row in open_approvals(session, EVERYTHING) if row.kind == kind]


def api_keys(session: Session) -> Sequence[ApiKey]:
    """All of them: those in use first, then the newest."""
    return session.exec(select(ApiKey).order_by(col(ApiKey.revoked_at).is_not(None), col(ApiKey.id).desc())).all()


def api_key_by_name(session: Session, name: str) -> ApiKey:
    """The key of that name that is not revoked."""
    row = session.exec(select(ApiKey).where(ApiKey.name == name, col(ApiKey.revoked_at).is_(None))).first()
    if row is None:
        raise NotFound(f"there is no key {name!r}")
    return row


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

"""Sessions: a row each that can be revoked; of its token only the hash is kept (security section 2)."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from collector.audit.actions import record
from collector.identity.rules.sessions import lives
from collector.identity.tables import SignIn, User, UserSession

SHOWN_BROWSER = 160
"""Characters of what a browser calls itself that are kept."""


@dataclass(frozen=True, slots=True)
class Came:
    """From where somebody comes: the address, and what the browser calls itself."""

    address: str
    browser: str = ""


class Entered(NamedTuple):
    """A session that has begun, and its token, which is kept nowhere."""

    token: str
    session: UserSession


def digest(text: str) -> str:
    """SHA-256, hex. Enough for 256 random bits; passwords use Argon2."""
    return hashlib.sha256(text.encode()).hexdigest()


def begin_session(session: Session, user: User, came: Came, now: datetime) -> Entered:
    """Let somebody in who has proved to be that user."""
    token = secrets.token_urlsafe(32)
    row = UserSession(
        token_hash=digest(token),
        user_id=user.id or 0,
        csrf=secrets.token_urlsafe(32),
        created_at=now,
        seen_at=now,
        confirmed_at=now,
        address=came.address,
        browser=came.browser[:SHOWN_BROWSER],
    )
    user.signed_in_at = now
    session.add_all([row, user])
    record(session, f"user:{user.name}", "login", f"user:{user.id}", {}, now)
    return Entered(token, row)


def live_session(
    session: Session, token: str, now: datetime, *, activity: bool = True
) -> tuple[UserSession, User] | None:
    """The session and user of a token, while it lives. Live pages pass `activity=False` and keep nothing alive."""
    both = select(UserSession, User).join(User, col(User.id) == col(UserSession.user_id))
    found = session.exec(both.where(col(UserSession.token_hash).in_([digest(token)]))).first()
    if found is None:
        return None
    row, user = found
    if not lives(row.created_at, row.seen_at, row.ended_at, now) or user.disabled_at is not None:
        return None
    if activity and goes_stale(row, now):
        session.execute(update(UserSession).where(col(UserSession.token_hash) == row.token_hash).values(seen_at=now))
    return row, user


def goes_stale(row: UserSession, now: datetime) -> bool:
    """Whether activity must be written down: not with every page, or each look would be a write."""
    return now > row.seen_at + timedelta(seconds=30)


def log_out(session: Session, token: str, now: datetime) -> None:
    """Ends the session of that token; one that is over, or never was, is no news."""
    row = session.get(UserSession, digest(token))
    if row is None or row.ended_at is not None:
        return
    row.ended_at = now
    session.add(row)
    session.flush()
    user = session.get_one(User, row.user_id)
    record(session, f"user:{user.name}", "logout", f"user:{user.id}", {}, now)


def end_sessions(session: Session, user: User, now: datetime) -> None:
    """All of them, and whatever sign-in waits for its code."""
    session.execute(
        update(UserSession)
        .where(col(UserSession.user_id) == user.id, col(UserSession.ended_at).is_(None))
        .values(ended_at=now)
    )
    session.execute(delete(SignIn).where(col(SignIn.user_id) == user.id))


def end_other_sessions(session: Session, user: User, own: str, now: datetime, *, handle: str | None = None) -> int:
    """The user ends sessions of theirs but the one they are in, whose hash is `own`: one by its handle, or all of them.
    How many ended."""
    others = update(UserSession).where(
        col(UserSession.user_id) == user.id,
        col(UserSession.ended_at).is_(None),
        col(UserSession.token_hash) != own,
    )
    if handle is not None:
        others = others.where(col(UserSession.token_hash).startswith(handle, autoescape=True))
    ended = session.execute(others.values(ended_at=now)).rowcount  # type: ignore[attr-defined]
    if ended:
        record(session, f"user:{user.name}", "logout.elsewhere", f"user:{user.id}", {"sessions": ended}, now)
    return int(ended)

"""The counters that slow down guessing: in the database, so that every process and every restart knows them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session, col

from collector.audit.actions import record
from collector.foundation.database import lock_key
from collector.foundation.errors import Unauthorized
from collector.identity.actions.sessions import Came, digest
from collector.identity.rules.throttling import waits_until
from collector.identity.tables import Throttle, User

WAIT = "too many wrong passwords; wait a little and try again"
WAIT_FOR_CODE = "too many wrong codes; wait a little and try again"


def password_key(name: str, came: Came) -> str:
    """Passwords are counted by name and address together, so that nobody can lock another out from outside."""
    return digest(f"{name}|{came.address}")


def code_key(user: User) -> str:
    """Codes are counted by user: who guesses them knows the password already, and six digits are few."""
    return digest(f"code|{user.id}")


def require_patience(session: Session, key: str, now: datetime, words: str = WAIT) -> None:
    """Refuse a try that comes too early, right or wrong."""
    row = session.get(Throttle, key)
    if row is not None and waits_until(row.failures, row.last_at, now) is not None:
        raise Unauthorized(words)


def count_failure(session: Session, key: str, user: User | None, now: datetime) -> None:
    """One more. The door must commit it even though its answer is no."""
    lock_key(session, f"throttle:{key}")
    row = session.get(Throttle, key, populate_existing=True) or Throttle(key=key, failures=0, last_at=now)
    row.failures, row.last_at, row.user_id = row.failures + 1, now, user.id if user else None
    session.add(row)
    session.flush()


def forget_failures(session: Session, key: str) -> None:
    session.execute(delete(Throttle).where(col(Throttle.key) == key))


def unlock(session: Session, user: User, now: datetime, actor: str) -> None:
    """An admin lets a user try again at once, from wherever."""
    session.execute(delete(Throttle).where(col(Throttle.user_id) == user.id))
    record(session, actor, "user.unlock", f"user:{user.id}", {}, now)

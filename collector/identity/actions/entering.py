"""Coming in: by password, and where the user has an app for it by a code in a second step, which holds no session."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from collector.audit.actions import record
from collector.foundation.errors import Unauthorized
from collector.foundation.keys import Keys
from collector.identity.actions.codes import spend_code
from collector.identity.actions.sessions import Came, Entered, begin_session, digest
from collector.identity.actions.throttling import (
    WAIT_FOR_CODE,
    code_key,
    count_failure,
    forget_failures,
    password_key,
    require_patience,
)
from collector.identity.tables import SignIn, User, UserSession

SECOND_STEP = timedelta(minutes=5)
"""So long a sign-in waits for its code."""
OVER = "this sign-in took too long; begin it again"


class Awaited(NamedTuple):
    """The password was right; the code is asked for by this token, which is no session."""

    token: str


def stored_password(session: Session, name: str, came: Came, now: datetime) -> str | None:
    """What a password must be checked against, which takes a tenth of a second and belongs in no transaction. None for
    a name that nobody has, or whose login is closed: the check takes as long. Who guesses too fast is `Unauthorized`.
    """
    require_patience(session, password_key(name, came), now)
    user = session.exec(select(User).where(User.name == name)).first()
    return user.password_hash if user and user.disabled_at is None else None


def log_in(session: Session, name: str, matched: str | None, came: Came, now: datetime) -> Entered | Awaited | None:
    """`matched`: the stored password that the one given was found to match; None: it matched none.

    None where name or password is wrong: the failure is counted in this transaction, and the door must commit it even
    though the answer is no. Tries that came at once are all looked at again here, one after the other.
    """
    key = password_key(name, came)
    require_patience(session, key, now)
    user = session.exec(select(User).where(User.name == name)).first()
    known = user if user and user.disabled_at is None else None
    if known is None or matched is None or not hmac.compare_digest(known.password_hash, matched):
        _failed(session, key, user, now)
        return None
    forget_failures(session, key)
    if known.totp_sealed is None:
        return begin_session(session, known, came, now)
    token = secrets.token_urlsafe(32)
    session.execute(delete(SignIn).where(col(SignIn.made_at) < now - SECOND_STEP))
    session.add(SignIn(token_hash=digest(token), user_id=known.id or 0, made_at=now))
    return Awaited(token)


def give_code(session: Session, keys: Keys, token: str, code: str, came: Came, now: datetime) -> Entered | None:
    """The second step. None: the code is wrong, or was used; the door must commit that too. A sign-in that is over, or
    never was, is `Unauthorized`, and so is a user who guesses too fast."""
    row = session.get(SignIn, digest(token))
    user = session.get(User, row.user_id) if row else None
    if row is None or user is None or user.disabled_at is not None or now > row.made_at + SECOND_STEP:
        raise Unauthorized(OVER)
    if not try_code(session, keys, user, code, now):
        return None
    session.delete(row)
    return begin_session(session, user, came, now)


def try_code(session: Session, keys: Keys, user: User, code: str, now: datetime) -> bool:
    """Whether the code is right, and this its first use; a wrong one is counted."""
    key = code_key(user)
    require_patience(session, key, now, WAIT_FOR_CODE)
    if not spend_code(session, keys, user, code, now):
        _failed(session, key, user, now, step="code")
        return False
    forget_failures(session, key)
    return True


def confirm(session: Session, user: User, token_hash: str, now: datetime) -> None:
    """A password or a code was given in this session."""
    session.execute(update(UserSession).where(col(UserSession.token_hash) == token_hash).values(confirmed_at=now))
    record(session, f"user:{user.name}", "login.confirmed", f"user:{user.id}", {}, now)


def confirm_by_password(
    session: Session, user: User, token_hash: str, matched: str | None, came: Came, now: datetime
) -> bool:
    """As in `log_in`: whether the password was right; a wrong one is counted."""
    key = password_key(user.name, came)
    require_patience(session, key, now)
    if matched is None or not hmac.compare_digest(user.password_hash, matched):
        _failed(session, key, user, now)
        return False
    forget_failures(session, key)
    confirm(session, user, token_hash, now)
    return True


def confirm_by_code(session: Session, keys: Keys, user: User, token_hash: str, code: str, now: datetime) -> bool:
    """The same by a code of the user's app."""
    if not try_code(session, keys, user, code, now):
        return False
    confirm(session, user, token_hash, now)
    return True


def _failed(session: Session, key: str, user: User | None, now: datetime, **detail: str) -> None:
    count_failure(session, key, user, now)
    record(session, "anonymous", "login.failed", f"user:{user.id if user else 0}", detail, now)

"""The app that shows a user's codes: its secret is shown once, confirmed by a first code, and kept sealed."""

from __future__ import annotations

from datetime import datetime

import pyotp
from sqlalchemy import or_, update
from sqlmodel import Session, col

from collector.audit.actions import record
from collector.foundation.errors import BadInput, Conflict, Forbidden
from collector.foundation.keys import Keys
from collector.identity.rules import WITH_CODE, roles_of
from collector.identity.rules.codes import step_of
from collector.identity.tables import User


def needs_code(user: User) -> bool:
    """Whether the user's roles sign in with a code, where the installation asks for it."""
    return bool(WITH_CODE & roles_of(user.roles))


def begin_codes(session: Session, keys: Keys, user: User, now: datetime) -> str:
    """A new secret, to be shown once. What the user has goes on until a code of the new one is given."""
    secret = pyotp.random_base32()
    user.totp_pending = keys.seal(secret)
    session.add(user)
    session.flush()
    record(session, f"user:{user.name}", "user.codes_begun", f"user:{user.id}", {}, now)
    return secret


def first_code(session: Session, keys: Keys, user: User, code: str, now: datetime) -> None:
    """The first code of the new secret puts it in use."""
    if user.totp_pending is None:
        raise Conflict("no app waits for its first code; begin again")
    step = step_of(keys.open(user.totp_pending), code, now, None)
    if step is None:
        raise BadInput("this code is not right; wait for the next one, and check that the phone's clock is")
    user.totp_sealed, user.totp_pending, user.totp_since, user.totp_step = user.totp_pending, None, now, step
    session.add(user)
    session.flush()
    record(session, f"user:{user.name}", "user.codes_on", f"user:{user.id}", {}, now)


def end_codes(session: Session, user: User, now: datetime, *, required: bool) -> None:
    """The user does without. Where their roles need codes that is `Forbidden`."""
    if required and needs_code(user):
        raise Forbidden("your role signs in with a code; you can move it to another app, but not do without")
    clear_codes(user)
    session.add(user)
    session.flush()
    record(session, f"user:{user.name}", "user.codes_off", f"user:{user.id}", {}, now)


def clear_codes(user: User) -> None:
    user.totp_sealed = user.totp_pending = user.totp_since = user.totp_step = None


def spend_code(session: Session, keys: Keys, user: User, code: str, now: datetime) -> bool:
    """Whether the code is right; then no request takes it again, not one of the same moment either."""
    if user.totp_sealed is None:
        return False
    step = step_of(keys.open(user.totp_sealed), code, now, user.totp_step)
    if step is None:
        return False
    taken = session.execute(
        update(User)
        .where(col(User.id) == user.id, or_(col(User.totp_step).is_(None), col(User.totp_step) < step))
        .values(totp_step=step)
    )
    return taken.rowcount == 1  # type: ignore[attr-defined, no-any-return]

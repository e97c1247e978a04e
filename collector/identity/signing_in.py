"""What a door asks where a password is checked: the check takes a tenth of a second and 64 MiB, so it stands between
two transactions and in none. What was found before it is looked at again after it."""

from __future__ import annotations

import hmac
from datetime import datetime

from collector.foundation.database import Database
from collector.foundation.errors import BadInput
from collector.foundation.keys import Keys
from collector.identity import actions
from collector.identity.actions import Awaited, Came, Entered
from collector.identity.passwords import check_password, check_rules, hash_password
from collector.identity.rules.codes import is_code
from collector.identity.tables import User, UserSession


def sign_in(database: Database, name: str, password: str, came: Came, now: datetime) -> Entered | Awaited | None:
    """A new session, or the question for a code; None when name or password is wrong. Guessing too fast is
    `Unauthorized`."""
    with database.read() as session:
        stored = actions.stored_password(session, name, came, now)
    matched = stored if check_password(password, stored) else None
    with database.begin() as session:
        return actions.log_in(session, name, matched, came, now)


def confirm(database: Database, keys: Keys, row: UserSession, typed: str, came: Came, now: datetime) -> bool:
    """Whether what was typed is the user's password, or a code of their app, for this session."""
    with database.read() as session:
        user = session.get_one(User, row.user_id)
    if user.totp_sealed is not None and is_code(typed):
        with database.begin() as session:
            user = session.get_one(User, row.user_id)
            return actions.confirm_by_code(session, keys, user, row.token_hash, typed, now)
    with database.read() as session:
        stored = actions.stored_password(session, user.name, came, now)
    matched = stored if check_password(typed, stored) else None
    with database.begin() as session:
        user = session.get_one(User, row.user_id)
        return actions.confirm_by_password(session, user, row.token_hash, matched, came, now)


def change_password(database: Database, user: User, old: str, new: str, came: Came, now: datetime) -> bool:
    """The user's own change: every session of theirs ends. False: the present password is not right; that is counted.
    A new one that will not do is `BadInput`."""
    check_rules(new, user.name)
    if hmac.compare_digest(old.encode(), new.encode()):
        raise BadInput("the new password is the old one; take another")
    with database.read() as session:
        stored = actions.stored_password(session, user.name, came, now)
    matched = stored if check_password(old, stored) else None
    fresh = hash_password(new, user.name) if matched else ""
    with database.begin() as session:
        return actions.change_password(session, session.get_one(User, user.id), matched, fresh, came, now)


def reset_password(database: Database, name: str, code: str, new: str, came: Came, now: datetime) -> bool:
    """A code of an admin's for a new password. False: the code is not right, was used or is over, or nobody has that
    name; all of it is one answer, and counted. A new password that will not do is `BadInput`, whatever the name is."""
    check_rules(new, name)
    with database.read() as session:
        right = actions.reset_code_of(session, name, code, came, now) is not None
    fresh = hash_password(new, name) if right else ""
    with database.begin() as session:
        return actions.use_reset_code(session, name, code, fresh, came, now)

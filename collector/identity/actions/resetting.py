"""A new password without e-mail: an admin makes a code, once to be used within the hour (ASVS 6.4). For logins that
decide what others propose it takes two admins; nobody resets themselves."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from collector.audit.actions import record
from collector.foundation.errors import Conflict, Forbidden, NotFound
from collector.identity.actions.approving import decide, propose
from collector.identity.actions.codes import clear_codes
from collector.identity.actions.sessions import Came, digest, end_sessions
from collector.identity.actions.throttling import count_failure, forget_failures, require_patience
from collector.identity.actions.users import actor_of
from collector.identity.rules import DECIDERS, ApprovalState, roles_of
from collector.identity.tables import Approval, ResetCode, User

RESET = "reset"
"""The kind of approval."""
CODE_LIVES = timedelta(hours=1)
ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
"""Without what is misread: I, L, O, U, 0, 1."""
GROUPS, GROUP = 5, 4
"""Twenty characters, 98 bits."""


def takes_two(user: User) -> bool:
    """Whether a reset of this login needs a second admin, since the login decides what others propose."""
    return bool(DECIDERS & roles_of(user.roles))


def _require_other(user: User, admin: User) -> None:
    if hmac.compare_digest(user.staff_no.encode(), admin.staff_no.encode()):
        raise Forbidden("nobody resets themselves: change the password on your own page, or ask another admin")


def _require_open(user: User) -> None:
    if user.disabled_at is not None:
        raise Conflict("this login is disabled; open it first")


def reset_by_admin(session: Session, user: User, admin: User, now: datetime, *, clears_totp: bool) -> str:
    """The code, shown once, for a login that decides nothing."""
    _require_other(user, admin)
    if takes_two(user):
        raise Forbidden("this login decides what others propose: a second admin must agree to its reset")
    return make_reset_code(session, user, f"user:{admin.name}", now, clears_totp=clears_totp)


def propose_reset(session: Session, user: User, admin: User, now: datetime, *, clears_totp: bool) -> Approval:
    """Ask a second admin. What waits already for the same is returned."""
    _require_other(user, admin)
    _require_open(user)
    subject, body = f"user:{user.id}", {"user": user.id, "clears_totp": clears_totp}
    waiting = session.exec(
        select(Approval).where(
            Approval.kind == RESET, Approval.subject == subject, Approval.state == ApprovalState.open
        )
    ).first()
    if waiting is not None and waiting.body != body:
        raise Conflict("another reset of this user waits for its second admin; let that be decided first")
    return waiting or propose(session, RESET, subject, body, actor_of(admin), now, None)


def decide_reset(
    session: Session, approval_id: int, shown: str, approve: bool, admin: User, reason: str, now: datetime
) -> tuple[User, str | None]:
    """The second admin's word: whom it is about, and where it is yes the code, to be shown to them once."""
    asked = session.get(Approval, approval_id)
    if asked is None or asked.kind != RESET:
        raise NotFound
    user = session.get_one(User, asked.body["user"])
    _require_other(user, admin)
    row = decide(session, approval_id, shown, approve, admin, reason, now)
    if not approve:
        return user, None
    by, asked_by = f"user:{admin.name}", f"user:{row.maker}"
    return user, make_reset_code(session, user, by, now, asked_by=asked_by, clears_totp=bool(row.body["clears_totp"]))


def make_reset_code(
    session: Session, user: User, by: str, now: datetime, *, asked_by: str | None = None, clears_totp: bool
) -> str:
    """A code in place of any before it. The password in use goes on until the code is used."""
    _require_open(user)
    _end_codes(session, user, now)
    plain = "".join(secrets.choice(ALPHABET) for _ in range(GROUPS * GROUP))
    row = ResetCode(
        user_id=user.id or 0,
        code_hash=digest(plain),
        made_by=by,
        asked_by=asked_by,
        made_at=now,
        expires_at=now + CODE_LIVES,
        clears_totp=clears_totp,
    )
    session.add(row)
    session.flush()
    detail: dict[str, Any] = {"clears_totp": clears_totp, "asked_by": asked_by}
    record(session, by, "user.reset_code", f"user:{user.id}", detail, now)
    return "-".join(plain[at : at + GROUP] for at in range(0, len(plain), GROUP))


def _end_codes(session: Session, user: User, now: datetime) -> None:
    session.execute(
        update(ResetCode)
        .where(col(ResetCode.user_id) == user.id, col(ResetCode.ended_at).is_(None))
        .values(ended_at=now)
    )


def _reset_key(name: str, came: Came) -> str:
    return digest(f"reset|{name}|{came.address}")


def reset_code_of(session: Session, name: str, code: str, came: Came, now: datetime) -> ResetCode | None:
    """The row of a code that this user may use now. Who guesses too fast is `Unauthorized`."""
    require_patience(session, _reset_key(name, came), now)
    user = session.exec(select(User).where(User.name == name, col(User.disabled_at).is_(None))).first()
    open_codes = session.exec(
        select(ResetCode).where(
            ResetCode.user_id == (user.id if user else 0),
            col(ResetCode.ended_at).is_(None),
            ResetCode.expires_at >= now,
        )
    ).all()
    given = digest("".join(code.upper().split()).replace("-", ""))
    right = [row for row in open_codes if hmac.compare_digest(row.code_hash, given)]
    return right[0] if right else None


def use_reset_code(session: Session, name: str, code: str, new_hash: str, came: Came, now: datetime) -> bool:
    """The user's new password, once: every session ends, and they are told at their next sign-in who helped and when.
    False where the code is not right: counted, and the door must commit it."""
    row = reset_code_of(session, name, code, came, now)
    user = session.exec(select(User).where(User.name == name)).first()
    if row is None or user is None or not new_hash or not _spend(session, row, now):
        count_failure(session, _reset_key(name, came), user, now)
        record(session, "anonymous", "reset.failed", f"user:{user.id if user else 0}", {}, now)
        return False
    forget_failures(session, _reset_key(name, came))
    user.password_hash, user.must_change = new_hash, False
    user.reset_at, user.reset_by, user.reset_asked_by, user.reset_seen_at = now, row.made_by, row.asked_by, None
    if row.clears_totp:
        clear_codes(user)
    session.add(user)
    end_sessions(session, user, now)
    record(session, f"user:{user.name}", "user.reset", f"user:{user.id}", {"by": row.made_by}, now)
    return True


def _spend(session: Session, row: ResetCode, now: datetime) -> bool:
    spent = session.execute(
        update(ResetCode).where(col(ResetCode.id) == row.id, col(ResetCode.ended_at).is_(None)).values(ended_at=now)
    )
    return spent.rowcount == 1  # type: ignore[attr-defined, no-any-return]


def reset_is_seen(session: Session, user: User, now: datetime) -> None:
    """The user took note of who reset them."""
    if user.reset_at is not None and user.reset_seen_at is None:
        user.reset_seen_at = now
        session.add(user)
        record(session, f"user:{user.name}", "user.reset_seen", f"user:{user.id}", {}, now)

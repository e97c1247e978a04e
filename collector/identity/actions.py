"""Users, logins, keys and approvals (security section 2)."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import update
from sqlmodel import Session, col, select

from collector.audit.actions import record
from collector.foundation.errors import BadInput, Conflict, Forbidden, Unauthorized
from collector.identity.passwords import check_password, hash_password
from collector.identity.rules import Actor, ApiScope, ApprovalState, Level, Role
from collector.identity.tables import ApiKey, Approval, Throttle, User, UserSession

IDLE = timedelta(minutes=15)
LONGEST = timedelta(hours=12)
FREE_TRIES = 5


def digest(text: str) -> str:
    """SHA-256, hex. Enough for 256 random bits; passwords use Argon2."""
    return hashlib.sha256(text.encode()).hexdigest()


def add_user(
    session: Session,
    *,
    name: str,
    password: str,
    roles: Sequence[Role],
    now: datetime,
    actor: str,
    staff_no: str | None = None,
    level: Level | None = None,
    display_name: str = "",
    language: str = "en",
    all_portfolios: bool = False,
    must_change: bool = True,
    phone: str | None = None,
) -> User:
    """A new login. `phone` is the agent's own leg of calls."""
    if not roles:
        raise BadInput("a user needs at least one role: " + ", ".join(Role))
    if session.exec(select(User).where(User.name == name)).first():
        raise Conflict(f"there is a user {name!r} already")
    user = User(
        name=name,
        staff_no=staff_no or name,
        display_name=display_name or name,
        roles=",".join(sorted(roles)),
        level=level,
        password_hash=hash_password(password, name),
        must_change=must_change,
        language=language,
        all_portfolios=all_portfolios,
        phone=phone,
        created_by=actor,
        created_at=now,
    )
    session.add(user)
    session.flush()
    record(session, actor, "user.add", f"user:{user.id}", {"roles": user.roles, "level": level}, now)
    return user


def change_password(session: Session, user: User, old: str, new: str, now: datetime) -> None:
    """The user's own change; ends every session of theirs."""
    if not check_password(old, user.password_hash):
        raise Unauthorized("the present password is not right")
    if hmac.compare_digest(old.encode(), new.encode()):
        raise BadInput("the new password is the old one; take another")
    user.password_hash = hash_password(new, user.name)
    user.must_change = False
    session.add(user)
    end_sessions(session, user, now)
    record(session, f"user:{user.name}", "user.password", f"user:{user.id}", {}, now)


def disable_user(session: Session, user: User, now: datetime, actor: str) -> None:
    user.disabled_at = now
    session.add(user)
    end_sessions(session, user, now)
    record(session, actor, "user.disable", f"user:{user.id}", {}, now)


def end_sessions(session: Session, user: User, now: datetime) -> None:
    session.execute(
        update(UserSession)
        .where(col(UserSession.user_id) == user.id, col(UserSession.ended_at).is_(None))
        .values(ended_at=now)
    )


def log_in(session: Session, name: str, password: str, address: str, now: datetime) -> tuple[str, UserSession] | None:
    """A new session and its token (kept nowhere), or None when name or password is wrong.

    Waiting time doubles per name and address together, so nobody can lock another out from outside. The failure is
    counted in this transaction: the door must commit it even though the answer is no.
    """
    key = digest(f"{name}|{address}")
    throttle = session.get(Throttle, key)
    if throttle and now < throttle.last_at + waiting(throttle.failures):
        raise Unauthorized("too many wrong passwords; wait a little and try again")
    user = session.exec(select(User).where(User.name == name)).first()
    right = check_password(password, user.password_hash if user and user.disabled_at is None else None)
    if not right or user is None:
        throttle = throttle or Throttle(key=key, failures=0, last_at=now)
        throttle.failures, throttle.last_at = throttle.failures + 1, now
        session.add(throttle)
        record(session, "anonymous", "login.failed", f"user:{user.id if user else 0}", {}, now)
        return None
    if throttle:
        session.delete(throttle)
    token = secrets.token_urlsafe(32)
    row = UserSession(
        token_hash=digest(token),
        user_id=user.id or 0,
        csrf=secrets.token_urlsafe(32),
        created_at=now,
        seen_at=now,
    )
    session.add(row)
    record(session, f"user:{user.name}", "login", f"user:{user.id}", {}, now)
    return token, row


def waiting(failures: int) -> timedelta:
    """How long after that many failures the next try is taken: nothing at first, then doubling to 15 minutes."""
    if failures < FREE_TRIES:
        return timedelta(0)
    return min(timedelta(seconds=2 ** min(failures - FREE_TRIES, 10)), timedelta(minutes=15))


def live_session(
    session: Session, token: str, now: datetime, *, activity: bool = True
) -> tuple[UserSession, User] | None:
    """The session and user of a token, while it lives. Live pages pass `activity=False` and keep nothing alive."""
    row = session.get(UserSession, digest(token))
    if row is None or row.ended_at is not None or now > row.seen_at + IDLE or now > row.created_at + LONGEST:
        return None
    user = session.get(User, row.user_id)
    if user is None or user.disabled_at is not None:
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


def add_api_key(
    session: Session,
    name: str,
    scopes: Sequence[ApiScope],
    now: datetime,
    actor: str,
    *,
    all_portfolios: bool = False,
    expires_at: datetime | None = None,
) -> tuple[str, ApiKey]:
    """A key, shown once as "id.secret"; only a hash is kept."""
    key_id, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    row = ApiKey(
        key_id=key_id,
        secret_hash=digest(secret),
        name=name,
        scopes=",".join(sorted(scopes)),
        all_portfolios=all_portfolios,
        created_at=now,
        expires_at=expires_at,
    )
    session.add(row)
    session.flush()
    record(session, actor, "apikey.add", f"apikey:{row.id}", {"scopes": row.scopes}, now)
    return f"{key_id}.{secret}", row


def api_key(session: Session, shown: str, now: datetime) -> ApiKey:
    """The key behind "id.secret"; unknown, revoked and expired ones are `Unauthorized`."""
    key_id, _, secret = shown.partition(".")
    row = session.exec(select(ApiKey).where(ApiKey.key_id == key_id)).first()
    genuine = hmac.compare_digest(digest(secret), row.secret_hash if row else digest(""))
    if row is None or not genuine or row.revoked_at or (row.expires_at and row.expires_at < now):
        raise Unauthorized("this API key is not known, or no longer valid")
    if row.last_used_at is None or now > row.last_used_at + timedelta(minutes=1):
        session.execute(update(ApiKey).where(col(ApiKey.id) == row.id).values(last_used_at=now))
    return row


def shown_digest(body: Mapping[str, Any]) -> str:
    """SHA-256 of what an approver is shown: an edit after submission gives another digest."""
    return hashlib.sha256(msgspec.json.encode(body, order="sorted")).hexdigest()


def propose(
    session: Session,
    kind: str,
    subject: str,
    body: Mapping[str, Any],
    maker: Actor,
    now: datetime,
    portfolio_id: int | None,
) -> Approval:
    """Ask a second person. A program may ask; it never decides."""
    user = session.get_one(User, maker.user_id) if maker.user_id is not None else None
    row = Approval(
        kind=kind,
        subject=subject,
        portfolio_id=portfolio_id,
        body=dict(body),
        digest=shown_digest(body),
        maker=user.name if user else maker.name,
        maker_staff_no=user.staff_no if user else maker.name,
        made_at=now,
    )
    session.add(row)
    session.flush()
    record(session, maker.name, f"{kind}.propose", f"approval:{row.id}", {"digest": row.digest}, now)
    return row


def decide(
    session: Session,
    approval_id: int,
    shown: str,
    approve: bool,
    checker: User,
    reason: str,
    now: datetime,
) -> Approval:
    """Approve or reject what was shown. One decision wins; the maker, or the maker's other login, never decides."""
    row = session.get(Approval, approval_id)
    if row is None:
        raise BadInput("there is no such approval")
    if hmac.compare_digest(row.maker_staff_no, checker.staff_no):
        raise Forbidden("who proposed something can not approve it; ask another person")
    if checker.created_by == f"user:{row.maker}" or (
        checker.reset_at is not None and now < checker.reset_at + timedelta(days=7)
    ):
        raise Forbidden("your login was made or reset too recently to approve this")
    state = ApprovalState.approved if approve else ApprovalState.rejected
    changed = session.execute(
        update(Approval)
        .where(
            col(Approval.id) == approval_id,
            col(Approval.state) == ApprovalState.open,
            col(Approval.digest) == shown,
        )
        .values(state=state, checker=checker.name, decided_at=now, reason=reason)
    )
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        session.refresh(row)
        if row.checker:
            raise Conflict(f"this was {row.state} already, by {row.checker}; nothing was changed")
        raise Conflict("this was changed since it was shown; open it again")
    session.refresh(row)
    record(session, f"user:{checker.name}", f"{row.kind}.{state}", f"approval:{row.id}", {"digest": shown}, now)
    return row


def actor_of(user: User) -> Actor:
    """What a user may do, without portfolios: the room above knows those."""
    roles = frozenset(Role(word) for word in user.roles.split(",") if word)
    return Actor(f"user:{user.name}", user.id, roles, level=user.level)

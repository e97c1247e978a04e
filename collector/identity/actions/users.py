"""Logins: made, changed, closed and opened by an admin; each change is one entry."""

from __future__ import annotations

import hmac
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from collector.audit.actions import record
from collector.foundation.errors import BadInput, Conflict
from collector.foundation.phone import refused_kind
from collector.identity.actions.sessions import Came, end_sessions
from collector.identity.actions.throttling import count_failure, forget_failures, password_key, require_patience
from collector.identity.passwords import hash_password
from collector.identity.rules import Actor, Level, Role, roles_of
from collector.identity.tables import User


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
    team: str = "",
    display_name: str = "",
    language: str = "en",
    all_portfolios: bool = False,
    must_change: bool = True,
    phone: str | None = None,
) -> User:
    """A new login. `phone` is the agent's own leg of calls."""
    _require_roles(roles)
    _require_leg(phone)
    _require_team(team)
    if session.exec(select(User).where(User.name == name)).first():
        raise Conflict(f"there is a user {name!r} already")
    user = User(
        name=name,
        staff_no=staff_no or name,
        display_name=display_name or name,
        roles=_kept(roles),
        level=level,
        team=team,
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


def _require_roles(roles: Collection[Role]) -> None:
    if not roles:
        raise BadInput("a user needs at least one role: " + ", ".join(Role))


LEG = re.compile(r"\+[1-9]\d{6,14}|client:[\w.-]{1,60}|sip:[^\s<>\"]{1,120}", re.ASCII)


def _require_leg(phone: str | None) -> None:
    """Where the carrier rings an agent: nothing premium, shared-cost or by satellite (security section 1)."""
    if phone is None:
        return
    if not LEG.fullmatch(phone):
        raise BadInput("the own phone is written as +8657122010000, or client:name for a phone in the browser")
    if phone.startswith("+") and (refused := refused_kind(phone)) is not None:
        raise BadInput(f"{phone} is {refused.value}: no call of ours goes there")


MOST_TEAM = 40


def _require_team(team: str) -> None:
    if len(team) > MOST_TEAM or team != team.strip():
        raise BadInput("a team is called by 40 characters at most, without spaces around them")


def _kept(roles: Collection[Role]) -> str:
    return ",".join(sorted(roles))


@dataclass(frozen=True, slots=True)
class Post:
    """What an admin says a user is."""

    roles: frozenset[Role]
    level: Level | None
    team: str
    phone: str | None
    display_name: str
    all_portfolios: bool


def change_user(session: Session, user: User, post: Post, now: datetime, actor: str) -> bool:
    """What the user is from now on; whether anything changed. Other roles end every session, so that the next one, with
    an id of its own, has them all and no more; a role that was not there before is remembered with who gave it."""
    _require_roles(post.roles)
    _require_team(post.team)
    if post.phone != user.phone:
        _require_leg(post.phone)
    before, roles = roles_of(user.roles), _kept(post.roles)
    old = (user.roles, user.level, user.team, user.phone, user.display_name, user.all_portfolios)
    new = (roles, post.level, post.team, post.phone, post.display_name, post.all_portfolios)
    if old == new:
        return False
    user.roles, user.level, user.team, user.phone, user.display_name, user.all_portfolios = new
    if post.roles - before:
        user.promoted_at, user.promoted_by = now, actor
    if post.roles != before:
        end_sessions(session, user, now)
    session.add(user)
    session.flush()
    detail = {
        "roles": roles,
        "before": old[0],
        "level": post.level,
        "team": post.team,
        "phone_changed": old[3] != post.phone,
        "all_portfolios": post.all_portfolios,
    }
    record(session, actor, "user.change", f"user:{user.id}", detail, now)
    return True


def change_password(
    session: Session, user: User, matched: str | None, new_hash: str, came: Came, now: datetime
) -> bool:
    """The user's own change; ends every session of theirs. `matched` as in `log_in`. False: the present password was
    not right; it is counted, and the door must commit that."""
    key = password_key(user.name, came)
    require_patience(session, key, now)
    if matched is None or not hmac.compare_digest(user.password_hash, matched):
        count_failure(session, key, user, now)
        record(session, f"user:{user.name}", "login.failed", f"user:{user.id}", {"step": "change"}, now)
        return False
    forget_failures(session, key)
    user.password_hash = new_hash
    user.must_change = False
    session.add(user)
    end_sessions(session, user, now)
    record(session, f"user:{user.name}", "user.password", f"user:{user.id}", {}, now)
    return True


def disable_user(session: Session, user: User, now: datetime, actor: str) -> None:
    user.disabled_at = now
    session.add(user)
    end_sessions(session, user, now)
    record(session, actor, "user.disable", f"user:{user.id}", {}, now)


def enable_user(session: Session, user: User, now: datetime, actor: str) -> None:
    """The login opens again, and is as good as given anew by who opened it."""
    user.disabled_at = None
    user.promoted_at, user.promoted_by = now, actor
    session.add(user)
    record(session, actor, "user.enable", f"user:{user.id}", {}, now)


def actor_of(user: User) -> Actor:
    """What a user may do, without portfolios: the room above knows those."""
    return Actor(f"user:{user.name}", user.id, roles_of(user.roles), level=user.level)

"""Who works on the demo floor, and what each may see."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple

from sqlmodel import Session

from collector.foundation.clock import local
from collector.identity.actions import add_user
from collector.identity.rules import Level, Role
from collector.portfolio.actions import give_access
from collector.sandbox.book.world import BOOKS, CN, US

BOTH: Final = tuple(spec.code for spec in BOOKS)


class Post(NamedTuple):
    """A login of the floor. `level` None: takes calls of every level."""

    roles: tuple[Role, ...]
    codes: tuple[str, ...]
    language: str
    shown: str
    says: str
    level: Level | None = None


POSTS: Final[Mapping[str, Post]] = {
    "li": Post((Role.agent,), (CN.code,), "zh", "李静", "agent 催收员, the Chinese book", Level.middle),
    "chen": Post((Role.agent, Role.senior), BOTH, "zh", "陈晓东", "senior agent 高级催收员, both books", Level.senior),
    "smith": Post((Role.agent,), (US.code,), "en", "Dana Smith", "agent, the American book", Level.middle),
    "wang": Post((Role.supervisor,), BOTH, "zh", "王海燕", "supervisor 主管"),
    "zhao": Post((Role.operations,), BOTH, "zh", "赵宁", "operations 运营: loads, matches payments"),
    "qian": Post((Role.legal,), BOTH, "zh", "钱文博", "legal 法务: the legal queue"),
    "sun": Post((Role.tracer,), BOTH, "zh", "孙志远", "skip tracer 失联修复: the lost"),
    "zhou": Post((Role.auditor,), BOTH, "en", "Zhou Ning", "auditor: sees, changes nothing"),
    "admin": Post((Role.admin,), (), "en", "Admin", "administrator: users, keys, arming"),
}
PEOPLE: Final[Mapping[str, str]] = {name: post.says for name, post in POSTS.items()}
"""Login → what that person does on the floor."""
DESKS: Final = {CN.code: "li", US.code: "smith"}
"""Who agreed the call-backs of a portfolio."""


def agent_of_the_hour(now: datetime) -> str | None:
    """The agent who finds calls at this hour, because their book's borrowers may be called now; None: nobody may."""
    for spec in BOOKS:
        there = local(now, spec.zone)
        opens, closes = min(first for _, first, _ in spec.slots), max(last for _, _, last in spec.slots)
        if opens <= there.hour * 60 + there.minute < closes:
            return DESKS[spec.code]
    return None


def hire(session: Session, logins: Mapping[str, str], now: datetime, actor: str) -> None:
    """A user for each login, with its password: it need not be changed, since it opens nothing but this floor."""
    for name, password in logins.items():
        post = POSTS[name]
        works_calls = Role.agent in post.roles
        user = add_user(
            session,
            name=name,
            password=password,
            roles=post.roles,
            level=post.level,
            display_name=post.shown,
            language=post.language,
            all_portfolios=not post.codes,
            must_change=False,
            phone=f"client:{name}" if works_calls else None,
            now=now,
            actor=actor,
        )
        give_access(session, post.codes, user_id=user.id, actor=actor, at=now)

"""Roles and scopes: what each may do (handbook section 1)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    agent = "agent"
    senior = "senior"
    supervisor = "supervisor"
    tracer = "tracer"
    legal = "legal"
    operations = "operations"
    auditor = "auditor"
    admin = "admin"


WITH_CODE = frozenset({Role.supervisor, Role.legal, Role.operations, Role.admin, Role.auditor})
"""Those who sign in with a code of their own besides the password (security section 2, ASVS 6.3.3)."""
DECIDERS = frozenset({Role.supervisor, Role.operations, Role.legal, Role.admin})
"""Those who decide what another proposed: a reset of one of them takes two admins."""


def roles_of(words: str) -> frozenset[Role]:
    """The roles of a user, as they are kept: words by comma."""
    return frozenset(Role(word) for word in words.split(",") if word)


class Level(StrEnum):
    """Collector level: a senior may take what a primary takes, never the other way round."""

    primary = "primary"
    middle = "middle"
    senior = "senior"


LEVEL_ORDER = {Level.primary: 0, Level.middle: 1, Level.senior: 2}


class ApiScope(StrEnum):
    """What an API key may do. A key may never approve."""

    read = "read"
    load = "load"
    work = "work"
    plan = "plan"
    admin = "admin"


class ApprovalState(StrEnum):
    open = "open"
    approved = "approved"
    rejected = "rejected"
    withdrawn = "withdrawn"


@dataclass(frozen=True, slots=True)
class Scope:
    """The portfolios a caller may see; every list query takes one. None: all of them (admin, command line)."""

    portfolio_ids: frozenset[int] | None = None

    def admits(self, portfolio_id: int) -> bool:
        return self.portfolio_ids is None or portfolio_id in self.portfolio_ids


EVERYTHING = Scope(None)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something: `name` goes into the audit ("user:li", "key:7", "cli", "worker", "carrier")."""

    name: str
    user_id: int | None = None
    roles: frozenset[Role] = frozenset()
    scope: Scope = EVERYTHING
    level: Level | None = None
    api_scopes: frozenset[ApiScope] | None = None
    """None for people and the command line."""


COMMAND_LINE = Actor("cli")
WORKER = Actor("worker")
CARRIER = Actor("carrier")

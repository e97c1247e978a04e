"""How many rows may leave the house in a day, by role (security section 2, "exports")."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from collector.identity.rules import Role

ROWS_A_DAY: Mapping[Role, int] = {
    Role.agent: 0,
    Role.senior: 0,
    Role.tracer: 0,
    Role.legal: 0,
    Role.admin: 0,
    Role.operations: 5_000,
    Role.supervisor: 5_000,
    Role.auditor: 10_000,
}
HOURS_COUNTED = 24
"""A day is the last 24 hours: no midnight gives twice as much, and nobody asks whose midnight."""


def rows_a_day(roles: Collection[Role]) -> int:
    """The largest of the roles; 0: nothing leaves by this hand."""
    return max((ROWS_A_DAY[role] for role in roles), default=0)

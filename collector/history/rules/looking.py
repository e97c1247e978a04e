"""Who may open whose file: every look is on record, somebody else's case asks why, and a day has a budget.

Products like this one are robbed by their own users, who read what they need not (security section 4).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta

from collector.identity.rules import Role

PEOPLE_A_DAY: Mapping[Role, int] = {
    Role.agent: 250,
    Role.senior: 250,
    Role.tracer: 250,
    Role.legal: 400,
    Role.supervisor: 400,
    Role.operations: 400,
    Role.auditor: 400,
    Role.admin: 20,
}
"""People whose files somebody may open on one day [config]: twice what a busy day asks for."""
LOOK_AGAIN = timedelta(minutes=10)
"""Within it the same file is the same look."""
OWN_CASES_ONLY = frozenset({Role.agent, Role.senior})
"""Who works cases of their own: another's is opened for a reason."""


def people_a_day(roles: Collection[Role]) -> int:
    """The largest budget of these roles."""
    return max((PEOPLE_A_DAY[role] for role in roles), default=0)


def must_say_why(roles: Collection[Role], *, is_theirs: bool) -> bool:
    """Whether somebody with these roles opens this case for a reason only. `is_theirs`: it is their own, nobody's, or
    their call in hand is about it."""
    return not is_theirs and OWN_CASES_ONLY.issuperset(roles)

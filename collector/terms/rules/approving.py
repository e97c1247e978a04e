"""Who may agree to terms: somebody outside the team, whose authority reaches that far (handbook section 7)."""

from __future__ import annotations

from collections.abc import Collection

from collector.identity.rules import Role
from collector.strategy.rules import TermsPolicy, is_enough
from collector.terms.rules.parts import Parts
from collector.terms.rules.words import REDUCTIONS, SCHEDULES, TermsKind


def who_may(kind: TermsKind, owed: Parts, waived: Parts, policy: TermsPolicy) -> frozenset[Role]:
    """The roles that may agree to these terms; none: nobody's authority reaches that far."""
    if kind in REDUCTIONS:
        return policy.who_may_waive(owed, waived)
    if kind in SCHEDULES:
        return policy.schedules
    if kind is TermsKind.write_off:
        return policy.write_offs
    return policy.advances if kind is TermsKind.recourse else policy.closings


def why_not_approve(
    roles: Collection[Role],
    needed: Collection[Role],
    checker: int | None,
    holders: Collection[int | None],
    shared: Collection[str] = (),
) -> str | None:
    """The reason why this checker may not agree to them; None: they may. `holders`: whose account it is, who stands in
    and who proposed; `shared`: teams that the checker has in common with them. Neither they nor their teams agree to
    what is given up of it."""
    if checker is not None and checker in holders:
        return "whoever holds the account does not decide about its terms; ask somebody outside its team"
    if shared:
        return "you are of the team that holds the account or proposed this; ask somebody outside it"
    if not is_enough(roles, needed):
        return "your authority does not reach that far; ask somebody whose does"
    return None

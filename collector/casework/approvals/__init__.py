"""What needs a second person: of each kind, who decides it and what follows a yes (handbook section 1, 经办 / 复核)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session

from collector.casework.approvals import (
    advances,
    campaigns,
    costs,
    exports,
    holds,
    keeping,
    matching,
    promises,
    rates,
    resets,
    retention,
    reversals,
    settings,
    strategies,
    terms,
    texts,
    ways,
)
from collector.casework.approvals.kind import Kind
from collector.casework.office import Office
from collector.foundation.errors import Forbidden, NotFound
from collector.identity import actions as identity
from collector.identity import queries
from collector.identity.rules import Actor, Role
from collector.identity.tables import Approval, User

__all__ = ["KINDS", "asked", "decide", "decided", "may_decide", "waiting", "withdraw"]

_ALL = (
    promises.KIND,
    matching.KIND,
    resets.KIND,
    keeping.KIND,
    strategies.KIND,
    ways.KIND,
    texts.KIND,
    holds.KIND,
    exports.KIND,
    campaigns.KIND,
    reversals.KIND,
    terms.KIND,
    advances.KIND,
    rates.KIND,
    settings.KIND,
    retention.PURGE,
    retention.HOLD,
    costs.KIND,
)
KINDS: Mapping[str, Kind] = {kind.name: kind for kind in _ALL}
DECIDERS: frozenset[Role] = frozenset().union(*(kind.deciders for kind in KINDS.values()))
"""Everyone who decides anything."""


def may_decide(kind: str, actor: Actor) -> bool:
    """Whether these roles decide that kind; who asked never does, whatever their roles."""
    return bool(KINDS[kind].deciders & actor.roles)


def waiting(session: Session, actor: Actor) -> Sequence[Approval]:
    """What waits, oldest first: of the actor's portfolios what an auditor or a decider of its kind may see, and what
    the actor asked for."""
    return [row for row in queries.open_approvals(session, actor.scope, _login(actor)) if _sees(row, actor)]


def decided(session: Session, actor: Actor, limit: int = 50) -> Sequence[Approval]:
    """What was decided, newest first."""
    return [row for row in queries.decided_approvals(session, actor.scope, limit, _login(actor)) if _sees(row, actor)]


def asked(session: Session, actor: Actor, approval_id: int) -> Approval:
    """That approval, of the actor's portfolios; else it is `NotFound`."""
    row = session.get(Approval, approval_id)
    inside = row is not None and (
        actor.scope.portfolio_ids is None or (row.portfolio_id is not None and actor.scope.admits(row.portfolio_id))
    )
    if row is None or not inside:
        raise NotFound
    return row


def decide(
    session: Session,
    office: Office,
    approval_id: int,
    *,
    shown: str,
    yes: bool,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Approval:
    """Approve or reject exactly what was shown; what was approved is carried out in the same transaction."""
    row = asked(session, actor, approval_id)
    if not may_decide(row.kind, actor):
        raise Forbidden("your role does not decide this")
    checker = session.get_one(User, actor.user_id)
    row = identity.decide(session, approval_id, shown, yes, checker, reason, now)
    kind = KINDS[row.kind]
    if yes:
        kind.carry_out(session, office, row, actor, now)
    elif kind.drop is not None:
        kind.drop(session, row, actor, now)
    return row


def withdraw(session: Session, approval_id: int, actor: Actor, now: datetime) -> Approval:
    """Who asked asks no more. Of others it is a `Forbidden`."""
    row = session.get(Approval, approval_id)
    if row is None or row.maker != _login(actor):
        asked(session, actor, approval_id)  # who may not see it learns nothing of it
        raise Forbidden("only who asked can withdraw it")
    identity.withdraw(session, row, actor, now, "withdrawn by who asked")
    session.refresh(row)
    drop = KINDS[row.kind].drop
    if drop is not None:
        drop(session, row, actor, now)
    return row


def _login(actor: Actor) -> str:
    return actor.name.removeprefix("user:")


def _sees(row: Approval, actor: Actor) -> bool:
    own = _login(actor) == row.maker
    return own or Role.auditor in actor.roles or may_decide(row.kind, actor)

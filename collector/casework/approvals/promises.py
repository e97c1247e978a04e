"""A promise that is long, or follows broken ones: a supervisor agrees, and it is logged as the agent heard it."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from collector.casework import actions
from collector.casework.approvals.kind import Kind
from collector.casework.office import Office
from collector.foundation.clock import parse_moment
from collector.identity import actions as identity
from collector.identity.queries import find_user
from collector.identity.rules import Actor, Role
from collector.identity.tables import Approval
from collector.portfolio.tables import Account

PROMISE = "promise"


def propose(session: Session, account: Account, amount: int, due_at: datetime, maker: Actor, now: datetime) -> Approval:
    """Ask a supervisor, once. `amount` in minor units."""
    body = actions.promise_body(account.id or 0, amount, due_at)
    return identity.propose(session, PROMISE, f"account:{account.id}", body, maker, now, account.portfolio_id)


def carry_out(session: Session, office: Office, approval: Approval, actor: Actor, at: datetime) -> None:
    """The promise is the agent's who heard it, not the supervisor's who agreed."""
    maker = find_user(session, approval.maker)
    actions.make_promise(
        session,
        office,
        account_id=approval.body["account"],
        amount=approval.body["amount"],
        due_at=parse_moment(approval.body["due_at"]),
        at=at,
        actor=identity.actor_of(maker) if maker else actor,
        approval_id=approval.id,
    )


KIND = Kind(PROMISE, frozenset({Role.supervisor}), carry_out)

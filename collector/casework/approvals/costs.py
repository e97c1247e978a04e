"""Costs of a matter that the borrower bears: put on the account, or taken off it again, by two people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from collector.casework import actions
from collector.casework.approvals.kind import Kind
from collector.casework.approvals.waiting import ask
from collector.casework.office import Office
from collector.foundation.errors import BadInput, Conflict
from collector.identity.rules import Actor, Role
from collector.identity.tables import Approval
from collector.legal.matters.money import costs_of, held_cost, posted_costs, standing_costs
from collector.legal.matters.queries import matters_of
from collector.legal.matters.tables import MatterCost

COSTS = "costs"


def propose(session: Session, account_id: int, maker: Actor, now: datetime) -> Approval:
    """Ask that every cost which the borrower bears, has its receipt, and is not on the account yet be put there."""
    matter = matters_of(session, [account_id]).get(account_id)
    if matter is None:
        raise Conflict("there is no matter yet: legal accepts the referral of the account first")
    number = matter.referral.id or 0
    posted = posted_costs(session, [account_id])
    rows = [
        row
        for row in standing_costs(costs_of(session, [number]).get(number, ()))
        if row.recoverable and row.document_id is not None and row.source not in posted
    ]
    if not rows:
        raise BadInput("no cost is for the borrower to bear, has its receipt on file, and is not on the account yet")
    return _ask(session, rows, maker, now, back=False)


def propose_back(session: Session, cost_id: int, maker: Actor, now: datetime) -> Approval:
    """Ask that a cost be taken off the borrower's account."""
    cost = held_cost(session, cost_id)
    if cost.source not in posted_costs(session, [cost.account_id]):
        raise Conflict("this cost does not stand on the borrower's account")
    return _ask(session, [cost], maker, now, back=True)


def _ask(session: Session, rows: Sequence[MatterCost], maker: Actor, now: datetime, *, back: bool) -> Approval:
    first = rows[0]
    body = {
        "account": first.account_id,
        "back": back,
        "lines": [[row.id, row.amount] for row in rows],
        "total": sum(row.amount for row in rows),
    }
    return ask(session, COSTS, f"matter:{first.referral_id}", body, maker, now, first.portfolio_id)


def carry_out(session: Session, office: Office, approval: Approval, actor: Actor, at: datetime) -> None:
    lines = [(cost_id, amount) for cost_id, amount in approval.body["lines"]]
    actions.book_costs(session, lines=lines, back=approval.body["back"], at=at, actor=actor)


KIND = Kind(COSTS, frozenset({Role.supervisor, Role.operations, Role.admin}), carry_out)

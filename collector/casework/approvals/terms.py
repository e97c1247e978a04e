"""Terms of an account: waiver, settlement, extension, write-off, closing. The desk proposes, somebody outside the team
agrees within their authority, and nothing is told to the borrower before (handbook section 7)."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from collector.casework import actions
from collector.casework.approvals.kind import Kind
from collector.casework.office import Office
from collector.identity import actions as identity
from collector.identity.rules import Actor, ApprovalState, Role
from collector.identity.tables import Approval
from collector.portfolio.tables import Account
from collector.terms.actions import Order, terms_body
from collector.terms.rules import LIVE
from collector.terms.tables import Terms

TERMS = "terms"


def propose(
    session: Session, office: Office, account: Account, order: Order, maker: Actor, now: datetime
) -> tuple[Terms, Approval]:
    """Put the terms down and ask for a second person. What stands against them is a `BadInput` or `Conflict`."""
    row = actions.propose_terms(session, office, account=account, order=order, at=now, actor=maker)
    return row, identity.propose(session, TERMS, f"terms:{row.id}", terms_body(row), maker, now, row.portfolio_id)


def carry_out(session: Session, office: Office, approval: Approval, actor: Actor, at: datetime) -> None:
    actions.approve_terms(session, office, terms_id=approval.body["terms"], at=at, actor=actor, approval_id=approval.id)


def drop(session: Session, approval: Approval, actor: Actor, at: datetime) -> None:
    """Refused, or withdrawn by who asked."""
    row = session.get_one(Terms, approval.body["terms"])
    if row.state in LIVE:
        is_no = approval.state is ApprovalState.rejected
        actions.drop_terms(session, terms_id=row.id or 0, rejected=is_no, at=at, actor=actor)


KIND = Kind(TERMS, frozenset({Role.supervisor, Role.legal, Role.operations, Role.admin}), carry_out, drop)

"""Where a payment without an account belongs: one proposes, a second person confirms (handbook section 2, 复核)."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from collector.casework import actions
from collector.casework.approvals.kind import Kind
from collector.casework.office import Office
from collector.foundation.errors import BadInput, Conflict
from collector.identity import actions as identity
from collector.identity.rules import Actor, ApprovalState, Role
from collector.identity.tables import Approval
from collector.portfolio.rules import PaymentState
from collector.portfolio.tables import Account, PaymentRow

MATCH = "match"


def propose(session: Session, payment: PaymentRow, account: Account, maker: Actor, now: datetime) -> Approval:
    """Ask a second person. What waits already is returned; a program proposes too, and can never confirm."""
    if payment.state is not PaymentState.held:
        raise Conflict("this payment has an account already")
    if payment.portfolio_id != account.portfolio_id:
        raise BadInput("the payment and the account belong to different portfolios")
    subject = f"payment:{payment.id}"
    body = {"payment": payment.id, "account": account.id, "amount": payment.amount, "reference": payment.reference}
    open_ = select(Approval).where(
        Approval.subject == subject, Approval.kind == MATCH, Approval.state == ApprovalState.open
    )
    waiting = session.exec(open_.order_by(col(Approval.id)).limit(1)).first()
    if waiting is None:
        return identity.propose(session, MATCH, subject, body, maker, now, payment.portfolio_id)
    if waiting.body != body:
        raise Conflict("another match of this payment waits for its second person; let that be decided first")
    return waiting


def carry_out(session: Session, office: Office, approval: Approval, actor: Actor, at: datetime) -> None:
    body = approval.body
    actions.match_payment(session, office, payment_id=body["payment"], account_id=body["account"], at=at, actor=actor)


KIND = Kind(MATCH, frozenset({Role.operations, Role.supervisor}), carry_out)

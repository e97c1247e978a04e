"""Which payment a reversal takes back whose own words lead nowhere: one proposes, a second person confirms."""

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
from collector.portfolio.rules import PaymentKind, PaymentState
from collector.portfolio.tables import PaymentRow

REVERSAL = "reversal"


def propose(session: Session, reversal: PaymentRow, payment: PaymentRow, maker: Actor, now: datetime) -> Approval:
    """Ask a second person. What waits already is returned."""
    actions.lone_reversal(session, reversal.id or 0)
    if payment.portfolio_id != reversal.portfolio_id or payment.kind is not PaymentKind.payment:
        raise BadInput("a reversal takes back a payment of its own portfolio")
    if payment.state is PaymentState.reversed:
        raise Conflict("that payment is taken back already")
    if payment.amount != reversal.amount:
        raise BadInput("its amount is not that of the reversal; a reversal takes back a whole payment")
    subject = f"payment:{reversal.id}"
    body = {
        "reversal": reversal.id,
        "payment": payment.id,
        "amount": payment.amount,
        "reference": payment.reference,
    }
    open_ = select(Approval).where(
        Approval.subject == subject, Approval.kind == REVERSAL, Approval.state == ApprovalState.open
    )
    waiting = session.exec(open_.order_by(col(Approval.id)).limit(1)).first()
    if waiting is None:
        return identity.propose(session, REVERSAL, subject, body, maker, now, reversal.portfolio_id)
    if waiting.body != body:
        raise Conflict("another payment of this reversal waits for its second person; let that be decided first")
    return waiting


def carry_out(session: Session, office: Office, approval: Approval, actor: Actor, at: datetime) -> None:
    body = approval.body
    actions.take_back(session, office, reversal_id=body["reversal"], payment_id=body["payment"], at=at, actor=actor)


KIND = Kind(REVERSAL, frozenset({Role.operations, Role.supervisor}), carry_out)

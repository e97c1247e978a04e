"""Which payment a reversal takes back whose own words lead nowhere: one proposes, a second person confirms."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from collector.casework import actions
from collector.casework.approvals.kind import Kind
from collector.casework.approvals.waiting import ask
from collector.casework.office import Office
from collector.foundation.errors import BadInput, Conflict
from collector.identity.rules import Actor, Role
from collector.identity.tables import Approval
from collector.portfolio.rules import PaymentKind, PaymentState
from collector.portfolio.tables import PaymentRow

REVERSAL = "reversal"


def propose(session: Session, reversal: PaymentRow, payment: PaymentRow, maker: Actor, now: datetime) -> Approval:
    """Ask a second person, once."""
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
    return ask(session, REVERSAL, subject, body, maker, now, reversal.portfolio_id)


def carry_out(session: Session, office: Office, approval: Approval, actor: Actor, at: datetime) -> None:
    body = approval.body
    actions.take_back(session, office, reversal_id=body["reversal"], payment_id=body["payment"], at=at, actor=actor)


KIND = Kind(REVERSAL, frozenset({Role.operations, Role.supervisor}), carry_out)

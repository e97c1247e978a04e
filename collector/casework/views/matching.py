"""Where a payment without an account belongs: one proposes, a second person confirms (handbook section 2, 复核)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from collector.audit.actions import record
from collector.casework import actions
from collector.casework.office import Office
from collector.foundation.errors import BadInput, Conflict
from collector.identity import actions as identity
from collector.identity.rules import Actor, ApprovalState
from collector.identity.tables import Approval, User
from collector.portfolio.rules import PaymentState
from collector.portfolio.tables import Account, PaymentRow

MATCH = "match"


def body_of(payment: PaymentRow, account: Account) -> dict[str, Any]:
    """What the second person is shown."""
    return {"payment": payment.id, "account": account.id, "amount": payment.amount, "reference": payment.reference}


def propose(session: Session, payment: PaymentRow, account: Account, maker: User, now: datetime) -> Approval:
    """Ask a second person. What waits already is returned."""
    waiting = _checked(session, payment, account)
    return waiting or identity.propose(session, MATCH, f"payment:{payment.id}", body_of(payment, account), maker, now)


def propose_for_key(session: Session, payment: PaymentRow, account: Account, actor: Actor, now: datetime) -> Approval:
    """The same from a program: a key proposes, and can never confirm."""
    waiting = _checked(session, payment, account)
    if waiting is not None:
        return waiting
    body = body_of(payment, account)
    row = Approval(
        kind=MATCH,
        subject=f"payment:{payment.id}",
        body=body,
        digest=identity.shown_digest(body),
        maker=actor.name,
        maker_staff_no=actor.name,
        made_at=now,
    )
    session.add(row)
    session.flush()
    record(session, actor.name, f"{MATCH}.propose", f"approval:{row.id}", {"digest": row.digest}, now)
    return row


def _checked(session: Session, payment: PaymentRow, account: Account) -> Approval | None:
    if payment.state is not PaymentState.held:
        raise Conflict("this payment has an account already")
    if payment.portfolio_id != account.portfolio_id:
        raise BadInput("the payment and the account belong to different portfolios")
    statement = select(Approval).where(
        Approval.subject == f"payment:{payment.id}", Approval.state == ApprovalState.open
    )
    waiting = session.exec(statement.order_by(col(Approval.id)).limit(1)).first()
    if waiting is not None and waiting.body != body_of(payment, account):
        raise Conflict("another match of this payment waits for its second person; let that be decided first")
    return waiting


def carry_out(session: Session, office: Office, approval: Approval, actor: Actor, at: datetime) -> None:
    """The second person agreed."""
    body = approval.body
    actions.match_payment(session, office, payment_id=body["payment"], account_id=body["account"], at=at, actor=actor)

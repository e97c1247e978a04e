"""Reversals whose payment never came: they wait, are closed with a reason, or two people find what they take back."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Session, col, select

from collector.audit.actions import record
from collector.casework.actions.follow_up import follow_up, people_of_account
from collector.casework.actions.ledger import compare_again
from collector.casework.office import Office
from collector.foundation.clock import local_day
from collector.foundation.database import locked
from collector.foundation.errors import BadInput, Conflict, NotFound
from collector.identity.rules import Actor
from collector.portfolio import actions as portfolio
from collector.portfolio.queries import portfolio_of
from collector.portfolio.rules import PaymentKind, ReversalStep
from collector.portfolio.tables import PaymentRow, ReversalNote

NOTED = "reversal.noted"
LONGEST = 500


def note_reversal(
    session: Session,
    payment_id: int,
    step: ReversalStep,
    reason: str,
    at: datetime,
    actor: Actor,
    until: date | None = None,
) -> ReversalNote:
    """Wait until a day, or close: no money moves either way, since none was booked. Said again, it is said once."""
    row = lone_reversal(session, payment_id)
    if not 0 < len(reason) <= LONGEST:
        raise BadInput(f"say why in 1 to {LONGEST} characters")
    if step is ReversalStep.wait:
        today = local_day(at, portfolio_of(session, row.portfolio_id).timezone)
        if until is None or until <= today:
            raise BadInput("say until which later day it may wait")
    latest = last_note(session, payment_id)
    if latest is not None and (latest.step, latest.until, latest.reason) == (step, until, reason):
        return latest
    if latest is not None and latest.step is ReversalStep.closed:
        raise Conflict("this reversal is closed already")
    note = ReversalNote(payment_id=payment_id, step=step, until=until, reason=reason, at=at, actor=actor.name)
    session.add(note)
    session.flush()
    detail = {"payment": payment_id, "step": step.value, "until": until.isoformat() if until else None}
    record(session, actor.name, NOTED, f"reversal_note:{note.id}", detail, at)
    return note


def last_note(session: Session, payment_id: int) -> ReversalNote | None:
    notes = select(ReversalNote).where(ReversalNote.payment_id == payment_id)
    return session.exec(notes.order_by(col(ReversalNote.id).desc()).limit(1)).first()


def lone_reversal(session: Session, payment_id: int) -> PaymentRow:
    """The reversal of that id, as long as what it takes back is not here; else a `Conflict`."""
    row = session.exec(locked(select(PaymentRow).where(PaymentRow.id == payment_id), session)).first()
    if row is None or row.kind is not PaymentKind.reversal:
        raise NotFound
    meant = select(PaymentRow.id).where(
        PaymentRow.portfolio_id == row.portfolio_id, PaymentRow.reference == (row.takes_back or row.reverses)
    )
    if session.exec(meant.limit(1)).first() is not None:
        raise Conflict("the payment of this reversal is here now")
    return row


def take_back(
    session: Session, office: Office, *, reversal_id: int, payment_id: int, at: datetime, actor: Actor
) -> PaymentRow:
    """The payment counts no more. Pages ask a second person first; the decision is carried out here."""
    lone_reversal(session, reversal_id)
    row = portfolio.take_back(session, reversal_id, payment_id, actor=actor.name, at=at)
    if row.account_id is not None:
        follow_up(session, office, people_of_account(session, row.account_id), at, actor)
        compare_again(session, [row.account_id], at, actor)
    return row

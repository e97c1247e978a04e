"""Settlement closing (结清): everything about the account ends, and collateral goes back against a receipt."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from collector.foundation.clock import local_day
from collector.foundation.errors import Conflict
from collector.history import actions as history
from collector.history.rules import HoldReason, PromiseState, Proof, ReferralState
from collector.history.tables import CallbackRow, Hold, Promise, Referral
from collector.identity.rules import Actor
from collector.portfolio.queries import portfolio_of
from collector.portfolio.rules import Security
from collector.portfolio.tables import Account
from collector.terms.actions.moving import move
from collector.terms.queries import collateral_receipt, debt_of
from collector.terms.rules import TermsKind, TermsState
from collector.terms.tables import Terms

SECURED = frozenset({Security.mortgaged, Security.pledged})
"""Something was given that must go back."""


def finish_closing(session: Session, row: Terms, at: datetime, actor: Actor) -> bool:
    """Close at once where nothing has to be handed back; whether it was closed."""
    account = session.get_one(Account, row.account_id)
    if account.security in SECURED and collateral_receipt(session, row.account_id) is None:
        return False
    close(session, row, at, actor)
    return True


def close(session: Session, row: Terms, at: datetime, actor: Actor) -> None:
    """Nothing is owed, and whatever was given as security is back: all open work about the account ends."""
    if row.kind is not TermsKind.closing:
        raise Conflict("these terms close nothing")
    account = session.get_one(Account, row.account_id)
    today = local_day(at, portfolio_of(session, account.portfolio_id).timezone)
    debt = debt_of(session, account, today)
    if debt.left(TermsKind.settlement, row.due_on).total or debt.costs_left:
        raise Conflict("something is owed again since this was agreed; it can not be closed")
    receipt = collateral_receipt(session, row.account_id)
    if account.security in SECURED and receipt is None:
        raise Conflict("file the receipt for the collateral first; the account stays open without it")
    row.document_id = receipt.id if receipt is not None else None
    move(session, row, TermsState.fulfilled, at, actor)
    _end_work(session, row.account_id, at, actor)


def _end_work(session: Session, account_id: int, at: datetime, actor: Actor) -> None:
    """Promises, call-backs, hand-overs and looking for money that was said to be paid; tasks end with the facts, which
    say settled."""
    open_ = select(Promise.id).where(
        Promise.account_id == account_id, col(Promise.state).in_([PromiseState.open, PromiseState.partial])
    )
    for promise_id in session.exec(open_).all():
        history.withdraw_promise(session, promise_id or 0, at, actor, "settled")
    called = select(CallbackRow.id).where(CallbackRow.account_id == account_id, col(CallbackRow.done_at).is_(None))
    for callback_id in session.exec(called).all():
        history.finish_callback(session, callback_id or 0, at, actor)
    sent = select(Referral.id, Referral.state).where(
        Referral.account_id == account_id,
        col(Referral.state).in_([ReferralState.proposed, ReferralState.accepted]),
    )
    for referral_id, state in session.exec(sent).all():
        ended = ReferralState.closed if state is ReferralState.accepted else ReferralState.recalled
        history.move_referral(session, referral_id or 0, ended, at, actor, "settled")
    said = select(Hold.id).where(
        Hold.account_id == account_id, Hold.reason == HoldReason.says_paid, col(Hold.proof).is_(None)
    )
    for hold_id in session.exec(said).all():
        history.answer_says_paid(session, hold_id or 0, Proof.found, at, actor)

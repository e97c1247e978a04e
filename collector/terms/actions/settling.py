"""What becomes of an offer: fulfilled by payments in time, lapsed without them, and back when one is taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from sqlmodel import Session, col, select

from collector.foundation.clock import local_day
from collector.history import actions as history
from collector.history.actions.promises import deadline_covered
from collector.history.tables import Offer
from collector.identity.rules import Actor
from collector.portfolio.booking import Sums, book, standing_entries, take_entry_back
from collector.portfolio.queries import portfolio_of
from collector.portfolio.rules import EntryKind
from collector.portfolio.tables import Account, Portfolio
from collector.terms.actions.moving import move
from collector.terms.queries import Debt, debt_of, held_terms
from collector.terms.rules import REDUCTIONS, TermsState, left_to_pay, settled, waive
from collector.terms.tables import Terms


def settle(session: Session, offer_id: int, now: datetime, actor: Actor, banking_days: Callable[[int], int]) -> bool:
    """Bring an offer to where the payments put it; whether that changed anything."""
    found = session.exec(select(Terms.id).where(Terms.offer_id == offer_id)).first()
    if found is None:
        return False
    row = held_terms(session, found)
    account = session.get_one(Account, row.account_id)
    book_ = portfolio_of(session, account.portfolio_id)
    today = local_day(now, book_.timezone)
    debt = debt_of(session, account, today)
    made = session.get_one(Offer, offer_id)
    days = banking_days(account.portfolio_id)
    missing = left_to_pay(row.total, row.paid_before, debt.paid_by(row.due_on))
    after = settled(missing, _is_covered(made, book_, days, now))
    if after is row.state or row.state not in (TermsState.offered, TermsState.fulfilled):
        return False
    if row.state is TermsState.fulfilled:
        _undo(session, row, today, now, actor)
    move(session, row, after, now, actor, "paid" if after is TermsState.fulfilled else "unpaid")
    if after is TermsState.fulfilled:
        _fulfil(session, row, account, debt, today, now, actor)
    if (made.kept_at is not None) is not (after is TermsState.fulfilled):
        history.keep_offer(session, made, after is TermsState.fulfilled, now, actor)
    if after is TermsState.lapsed:
        history.end_offer(session, made, now, actor)
    return True


def _is_covered(made: Offer, book_: Portfolio, banking_days: int, now: datetime) -> bool:
    """Whether every payment that could have been made in time is loaded (as with promises)."""
    if now <= made.due_at or book_.payments_as_of is None:
        return False
    return deadline_covered(made.due_at, book_.timezone, book_.currency, banking_days) <= book_.payments_as_of


def _fulfil(
    session: Session, row: Terms, account: Account, debt: Debt, today: date, now: datetime, actor: Actor
) -> None:
    """Give up what is left: never more than is owed, and never more than was agreed to."""
    left = debt.left(row.kind, row.due_on)
    booked = waive(left._replace(penalty=0), min(left.booked, row.waived.booked))
    sums = Sums(*booked._replace(penalty=min(left.penalty, row.penalty_waived)))
    if sums.amount or sums.penalty:
        book(session, account, EntryKind.waiver, sums, today, row.source, actor=actor.name, at=now)


def _undo(session: Session, row: Terms, today: date, now: datetime, actor: Actor) -> None:
    """What was given up is owed again, to the minor unit."""
    for line in standing_entries(session, row.account_id, EntryKind.waiver):
        if line.source == row.source:
            take_entry_back(session, line, today, actor=actor.name, at=now)


def lapse_overdue(session: Session, now: datetime, actor: Actor) -> list[int]:
    """Terms whose last day is over and that nobody told, signed or finished: they lapse. What was offered for a total
    waits for the payments of its last day (`settle`). Returns the accounts."""
    waiting = select(Terms).where(col(Terms.state).in_([TermsState.approved, TermsState.offered]))
    gone = []
    for row in session.exec(waiting.where(Terms.due_on < now.date()).order_by(col(Terms.id))).all():
        today = local_day(now, portfolio_of(session, row.portfolio_id).timezone)
        is_watched = row.state is TermsState.offered and row.kind in REDUCTIONS
        if row.due_on < today and not is_watched:
            move(session, held_terms(session, row.id or 0), TermsState.lapsed, now, actor, "over")
            gone.append(row.account_id)
    return gone

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
from collector.portfolio.booking import Sums, book, schedule, standing_entries, take_entry_back
from collector.portfolio.queries import portfolio_of
from collector.portfolio.rules import EntryKind
from collector.portfolio.tables import Account, LedgerEntry, Portfolio
from collector.terms.actions.carrying import withdraw
from collector.terms.actions.moving import move
from collector.terms.queries import debt_of, debt_when, held_terms, live_terms, payments_made
from collector.terms.rules import MOVES, REDUCTIONS, Done, TermsKind, TermsState, completed, settled, waive
from collector.terms.tables import Terms

WATCHED = frozenset({TermsState.offered, TermsState.fulfilled, TermsState.lapsed})


def settle(session: Session, offer_id: int, now: datetime, actor: Actor, banking_days: Callable[[int], int]) -> bool:
    """Bring an offer to where the payments put it; whether that changed anything. Only by when payments were made, and
    never by when their files came: what lapsed before a file came revives, and what is given up is as it would have
    been."""
    found = session.exec(select(Terms.id).where(Terms.offer_id == offer_id)).first()
    row = held_terms(session, found) if found is not None else None
    if row is None or row.state not in WATCHED:
        return False
    account = session.get_one(Account, row.account_id)
    book_, made = portfolio_of(session, account.portfolio_id), session.get_one(Offer, offer_id)
    told_on, today = local_day(made.at, book_.timezone), local_day(now, book_.timezone)
    payments = payments_made(session, row.account_id)
    done = completed(row.total, row.paid_before, payments, row.due_on, told_on)
    after = settled(done, _is_covered(made, book_, banking_days(account.portfolio_id), now))
    if done is not None and after is row.state:
        return _corrected(session, row, account, done, now, actor)
    if after is row.state or after not in MOVES[row.state]:
        return False
    _move(session, row, made, after, today, now, actor)
    if done is not None:
        _fulfil(session, row, _sums(session, row, account, done), done.on, now, actor)
    return True


def _move(
    session: Session, row: Terms, made: Offer, after: TermsState, today: date, now: datetime, actor: Actor
) -> None:
    if row.state is TermsState.fulfilled:  # what was given up is owed again, to the minor unit
        for line in _booked(session, row):
            take_entry_back(session, line, today, actor=actor.name, at=now)
    if row.state is TermsState.lapsed:
        _give_way(session, row, now, actor)
    move(session, row, after, now, actor, "paid" if after is TermsState.fulfilled else "unpaid")
    if (made.kept_at is not None) is not (after is TermsState.fulfilled):
        history.keep_offer(session, made, after is TermsState.fulfilled, now, actor)
    if after is TermsState.lapsed:
        history.end_offer(session, made, now, actor)


def _give_way(session: Session, revived: Terms, now: datetime, actor: Actor) -> None:
    """What was put down since on a debt that was taken to be whole again rests on nothing: it is withdrawn."""
    other = live_terms(session, revived.account_id)
    if other is not None and other.kind is not TermsKind.recourse:
        withdraw(session, held_terms(session, other.id or 0), now, actor, "another revived")


def _is_covered(made: Offer, book_: Portfolio, banking_days: int, now: datetime) -> bool:
    """Whether every payment that could have been made in time is loaded (as with promises)."""
    if now <= made.due_at or book_.payments_as_of is None:
        return False
    return deadline_covered(made.due_at, book_.timezone, book_.currency, banking_days) <= book_.payments_as_of


def _sums(session: Session, row: Terms, account: Account, done: Done) -> Sums:
    """What is given up: all that was left at the payment that completed the total, and never more than was agreed to.
    Where the creditor only reports a balance, that is what is left now."""
    debt = debt_when(session, account, done, row.source) or debt_of(session, account, done.on)
    left = debt.left(row.kind, row.due_on)
    booked = waive(left._replace(penalty=0), min(left.booked, row.waived.booked))
    return Sums(*booked._replace(penalty=min(left.penalty, row.penalty_waived)))


def _fulfil(session: Session, row: Terms, sums: Sums, on: date, now: datetime, actor: Actor) -> None:
    if sums.amount or sums.penalty:
        account = session.get_one(Account, row.account_id)
        book(session, account, EntryKind.waiver, sums, on, row.source, actor=actor.name, at=now)


def _corrected(session: Session, row: Terms, account: Account, done: Done, now: datetime, actor: Actor) -> bool:
    """A payment or a schedule came to be known that makes another line of it: the line is taken back as of its own day,
    as if it had never been, and the right one is booked. Whether it was."""
    lines, wanted = _booked(session, row), _sums(session, row, account, done)
    booked = [(line.booked_on, _sums_of(line)) for line in lines]
    if booked == ([(done.on, wanted)] if wanted.amount or wanted.penalty else []):
        return False
    if not schedule(session, row.account_id):
        return False  # what was left of a reported balance then, a later report does not tell
    for line in lines:
        take_entry_back(session, line, line.booked_on, actor=actor.name, at=now)
    _fulfil(session, row, wanted, done.on, now, actor)
    return True


def _sums_of(line: LedgerEntry) -> Sums:
    return Sums(line.penalty, line.fees, line.interest, line.principal)


def _booked(session: Session, row: Terms) -> list[LedgerEntry]:
    """The lines that stand for these terms."""
    lines = standing_entries(session, row.account_id, EntryKind.waiver)
    return [line for line in lines if line.source == row.source]


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

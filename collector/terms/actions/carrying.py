"""Terms agreed to, refused, told to the borrower, signed, withdrawn."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlmodel import Session

from collector.foundation.clock import at_local
from collector.foundation.errors import Conflict, Forbidden
from collector.history import actions as history
from collector.history.tables import Offer
from collector.identity.queries import maker_named, teams_of
from collector.identity.rules import Actor
from collector.portfolio.booking import NewLine, Sums, book, change_schedule, mature_on
from collector.portfolio.rules import EntryKind
from collector.portfolio.tables import Account
from collector.strategy.rules import TermsPolicy
from collector.terms.actions.moving import move
from collector.terms.actions.proposing import told
from collector.terms.queries import debt_of, guarantors_without_consent, signed_agreement
from collector.terms.rules import REDUCTIONS, SCHEDULES, TermsKind, TermsState, who_may, why_not_approve
from collector.terms.tables import Terms

END_OF_DAY = time(23, 59, 59)


def approve(
    session: Session,
    row: Terms,
    policy: TermsPolicy,
    today: date,
    at: datetime,
    actor: Actor,
    approval_id: int | None = None,
) -> None:
    """A second person agrees: outside the team, and within their authority, else a `Forbidden`. What is booked on a
    yes alone, a write-off or recourse, is booked."""
    account = session.get_one(Account, row.account_id)
    needed = who_may(row.kind, row.owed, row.waived, policy)
    holders = (account.owner_id, account.standby_id)
    theirs = teams_of(session, (*holders, maker_named(session, row.proposed_by).user_id))
    shared = theirs & teams_of(session, [actor.user_id])
    why_not = why_not_approve(actor.roles, needed, actor.user_id, holders, shared)
    if why_not is not None:
        raise Forbidden(why_not)
    _require_time(row, today)
    if row.kind in SCHEDULES:
        _require_consent(session, account)
    row.approval_id = approval_id
    move(session, row, TermsState.approved, at, actor)
    if row.kind is TermsKind.write_off:
        book(session, account, EntryKind.write_off, Sums(*row.owed), today, row.source, actor=actor.name, at=at)
    elif row.kind is TermsKind.recourse:
        sums = Sums(principal=row.total)
        book(session, account, EntryKind.recourse, sums, today, row.source, actor=actor.name, at=at)
    if row.kind in (TermsKind.write_off, TermsKind.recourse):
        move(session, row, TermsState.fulfilled, at, actor)


def _require_time(row: Terms, today: date) -> None:
    if today > row.due_on:
        raise Conflict("the last day of these terms is over; propose them anew")


def _require_consent(session: Session, account: Account) -> None:
    if guarantors_without_consent(session, account):
        raise Conflict("a guarantor's written consent is not on file; file it with the account first")


def reject(session: Session, row: Terms, at: datetime, actor: Actor) -> None:
    move(session, row, TermsState.rejected, at, actor)


def offer(session: Session, row: Terms, zone: str, today: date, at: datetime, actor: Actor) -> None:
    """The borrower is told. From now on an open reduction keeps ordinary dunning away, as a promise does."""
    if row.kind not in REDUCTIONS | SCHEDULES:
        raise Conflict("of these terms there is nothing to tell the borrower")
    _require_time(row, today)
    move(session, row, TermsState.offered, at, actor)
    if row.kind in REDUCTIONS:
        made = history.open_offer(
            session,
            account_id=row.account_id,
            total=row.total,
            due_at=at_local(row.due_on, END_OF_DAY, zone),
            source=row.source,
            at=at,
            actor=actor,
        )
        row.offer_id = made.id
        session.add(row)
        session.flush()


def sign(session: Session, row: Terms, today: date, at: datetime, actor: Actor) -> None:
    """The borrower signed: the schedule that was agreed holds. A `Conflict` where it or the payments are others than
    those it was agreed on, or a guarantor's consent or the signed agreement is not on file."""
    if row.kind not in SCHEDULES:
        raise Conflict("only an extension or a restructuring is signed; a total is paid")
    _require_time(row, today)
    account = session.get_one(Account, row.account_id)
    _require_consent(session, account)
    if signed_agreement(session, row) is None:
        raise Conflict("the signed agreement is not on file; file its scan with the account first")
    debt = debt_of(session, account)
    moved = row.kind is TermsKind.restructuring and debt.paid != row.paid_before
    if moved or list(map(told, debt.lines)) != row.schedule["before"]:
        raise Conflict("schedule or payments are others since this was proposed; propose it anew")
    move(session, row, TermsState.fulfilled, at, actor)
    lines = [NewLine(number, date.fromisoformat(day), *more) for number, day, *more in row.schedule["after"]]
    change_schedule(session, account, lines, row.source, actor=actor.name, at=at)
    mature_on(session, account, date.fromisoformat(row.schedule["matures"]), row.source, actor=actor.name, at=at)


def withdraw(session: Session, row: Terms, at: datetime, actor: Actor, why: str = "withdrawn") -> None:
    """They hold no more. The debt is what it was: nothing was booked for them yet."""
    move(session, row, TermsState.withdrawn, at, actor, why)
    if row.offer_id is not None:
        history.end_offer(session, session.get_one(Offer, row.offer_id), at, actor)

"""What moves the clocks of an account, recorded with its evidence."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from collector.casework.actions.follow_up import follow_up
from collector.casework.office import Office
from collector.facts.queries import people_of_account
from collector.foundation.clock import local_day
from collector.foundation.errors import BadInput, NotFound
from collector.history import actions as history
from collector.history.actions import ClockNote
from collector.history.tables import Attempt, ClockEvent, Document
from collector.identity.rules import Actor
from collector.law.reading import statute
from collector.portfolio.queries import portfolio_of
from collector.portfolio.rules import PartyRole
from collector.portfolio.tables import Account, Party, Portfolio


def note_clock(
    session: Session, office: Office, account_id: int, note: ClockNote, *, now: datetime, actor: Actor
) -> ClockEvent:
    """Record it and decide anew about everyone who owes the account. Evidence, guarantor and the event it is about
    must be of this account; a day that has not come is a `BadInput`."""
    account = session.get(Account, account_id)
    if account is None:
        raise NotFound(f"there is no account {account_id}")
    book = portfolio_of(session, account.portfolio_id)
    if note.day > local_day(now, book.timezone):
        raise BadInput("an event of a clock has happened: give a day that has come")
    _check(session, account, book, note)
    row = history.note_clock(session, account.portfolio_id, account_id, note, now=now, actor=actor)
    follow_up(session, office, people_of_account(session, account_id), now, actor)
    return row


def _check(session: Session, account: Account, book: Portfolio, note: ClockNote) -> None:
    if note.document_id is not None:
        paper = session.get(Document, note.document_id)
        if paper is None or paper.account_id != account.id:
            raise BadInput("this paper is not of the account; file it with the account first")
    if note.attempt_id is not None:
        attempt = session.get(Attempt, note.attempt_id)
        if attempt is None or account.id not in attempt.debts:
            raise BadInput("this contact was not about the account")
    if note.guarantor_id is not None and not _guarantees(session, account, note.guarantor_id):
        raise BadInput("this person is no guarantor of the account")
    if note.about_id is not None:
        about = session.get(ClockEvent, note.about_id)
        if about is None or about.account_id != account.id:
            raise BadInput("the event it is about is not of this account")
    if note.place is not None and note.place not in statute(book.jurisdiction).places:
        raise BadInput(f"the law of {note.place!r} is not known here; see the law page for the places that are")


def _guarantees(session: Session, account: Account, person_id: int) -> bool:
    found = select(Party.id).where(
        col(Party.account_id) == account.id, col(Party.person_id) == person_id, Party.role == PartyRole.guarantor
    )
    return session.exec(found).first() is not None

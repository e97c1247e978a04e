"""What retention reads, by set: a few statements for thousands of accounts, none for one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import func, union
from sqlalchemy import select as columns
from sqlmodel import Session, col

from collector.compliance.packs import CODES, load_pack
from collector.compliance.rules import Retained, Term
from collector.dispatch.rules import RecordingState
from collector.dispatch.tables import InboundCall, Recording
from collector.facts.tables import AccountState
from collector.foundation.database import among
from collector.history.tables import Attempt, Complaint, Dispute, Document, LetterRow, Referral
from collector.legal.retention.barring import bars_of
from collector.legal.retention.rules import AccountFacts, Bar, Record
from collector.legal.retention.tables import Purged, RetentionHold
from collector.planning.tables import Task
from collector.portfolio.tables import Account, Party, Person, Portfolio
from collector.terms.rules import TermsState
from collector.terms.tables import Terms

PEOPLE = (Retained.message, Retained.contact, Retained.person)


@cache
def terms_by_pack() -> Mapping[str, Sequence[Term]]:
    """Every pack's terms."""
    return {code: load_pack(code).retention for code in CODES}


def account_facts(session: Session, ids: Collection[int], today: date) -> dict[int, AccountFacts]:
    """What retention reads of these accounts."""
    bars = bars_of(session, ids)
    active, closed = _active(session, ids), _closed(session, ids)
    wanted = (
        columns(
            col(Account.id),
            col(Account.portfolio_id),
            col(Portfolio.jurisdiction),
            col(Portfolio.debt_type),
            col(Account.opened_on),
            col(AccountState.settled),
            col(AccountState.last_paid_on),
            col(AccountState.lapses_on),
        )
        .join(Portfolio, col(Portfolio.id) == col(Account.portfolio_id))
        .outerjoin(
            AccountState,
            (col(AccountState.account_id) == col(Account.id)) & (col(AccountState.person_id) == col(Account.person_id)),
        )
        .where(among(session, Account.id, ids))
    )
    found = {}
    for number, book, pack, debt, opened, settled, paid, lapses in _rows(session, wanted):
        held = set(bars.get(number, ()))
        held |= {Bar.owed} if not settled else set()
        held |= {Bar.clock} if lapses is not None and lapses >= today else set()
        ended = max((day for day in (paid, closed.get(number)) if day is not None), default=None) if settled else None
        last = max((day for day in (opened, ended, paid, active.get(number)) if day is not None), default=None)
        found[number] = AccountFacts(number, book, pack, str(debt), last, ended, frozenset(held))
    return found


def _active(session: Session, ids: Collection[int]) -> dict[int, date]:
    """The day of the last contact about each, or with its borrower about anything: a call is about several accounts and
    names one of them as the first. That a dispute, a complaint or a hand-over was dealt with is activity too: its words
    stay for their own term, and do not go on the day that it ends."""
    day = func.max(col(Attempt.day))
    lead = columns(col(Attempt.account_id), day).where(among(session, Attempt.account_id, ids))
    with_borrower = columns(col(Account.id), day).join(Attempt, col(Attempt.person_id) == col(Account.person_id))
    found: dict[int, date] = {}
    met = with_borrower.where(among(session, Account.id, ids)).group_by(col(Account.id))
    for wanted in (lead.group_by(col(Attempt.account_id)), met):
        for number, last in _rows(session, wanted):
            found[number] = max(last, found.get(number, last))
    for number, at in _rows(session, _dealt_with(session, ids)):
        found[number] = max(at.date(), found.get(number, date.min))
    return found


def _dealt_with(session: Session, ids: Collection[int]) -> Any:
    """Account and moment, of whatever began or ended about it. A complaint about no account is about all of theirs."""
    disputed = columns(col(Dispute.account_id), func.coalesce(col(Dispute.answered_at), col(Dispute.at)))
    complained = func.coalesce(col(Complaint.answered_at), col(Complaint.at))
    about = columns(col(Complaint.account_id), complained).where(among(session, Complaint.account_id, ids))
    own = columns(col(Account.id), complained).join(Complaint, col(Complaint.person_id) == col(Account.person_id))
    part = columns(col(Party.account_id), complained).join(Complaint, col(Complaint.person_id) == col(Party.person_id))
    everyone = col(Complaint.account_id).is_(None)
    referred = columns(col(Referral.account_id), col(Referral.state_at))
    return union(
        disputed.where(among(session, Dispute.account_id, ids)),
        about,
        own.where(among(session, Account.id, ids), everyone),
        part.where(among(session, Party.account_id, ids), everyone),
        referred.where(among(session, Referral.account_id, ids)),
    )


def _closed(session: Session, ids: Collection[int]) -> dict[int, date]:
    """The day on which terms that ended the debt were fulfilled."""
    last = columns(col(Terms.account_id), func.max(col(Terms.state_at))).where(
        among(session, Terms.account_id, ids), col(Terms.state) == TermsState.fulfilled
    )
    return {number: at.date() for number, at in _rows(session, last.group_by(col(Terms.account_id)))}


def accounts_of_people(session: Session, ids: Collection[int]) -> dict[int, set[int]]:
    """Every account that each of these people has, or ever had a part in."""
    own = columns(col(Account.person_id), col(Account.id)).where(among(session, Account.person_id, ids))
    part = columns(col(Party.person_id), col(Party.account_id)).where(among(session, Party.person_id, ids))
    found: dict[int, set[int]] = defaultdict(set)
    for person_id, account_id in _rows(session, union(own, part)):
        found[person_id].add(account_id)
    return found


@dataclass(frozen=True, slots=True)
class Batch:
    """Some records in the order of their ids. `last`: the id to go on after; None: there are no more."""

    records: Sequence[Record]
    last: int | None


Lock = Callable[[Session, Collection[int]], object]
"""Holds these people until commit, so that what is read of them next stays true."""


def no_lock(_session: Session, _people: Collection[int]) -> None:
    """Of a count nobody waits."""


def recordings(
    session: Session, after: int, limit: int, today: date, lock: Lock = no_lock, *, before: date = date.max
) -> Batch:
    """Sounds that are kept, each with all accounts of who was called. `before`: promised up to an earlier day only."""
    person = func.coalesce(col(Task.person_id), col(InboundCall.person_id))
    of_recording = (
        col(Recording.id),
        col(Recording.portfolio_id),
        person,
        col(Recording.at),
        col(Recording.keep_until),
    )
    rows = _rows(
        session,
        columns(*of_recording)
        .outerjoin(Task, col(Task.id) == col(Recording.task_id))
        .outerjoin(InboundCall, col(InboundCall.id) == col(Recording.inbound_call_id))
        .where(
            col(Recording.state) == RecordingState.kept, col(Recording.id) > after, col(Recording.keep_until) < before
        )
        .order_by(col(Recording.id))
        .limit(limit),
    )
    called = {row[2] for row in rows if row[2] is not None}
    lock(session, called)
    of, nobody = _with_facts(session, called, today), _of_nobody(session, {row[1] for row in rows if row[2] is None})
    records = [
        Record(Retained.recording, number, of.get(who, ()) if who else nobody[book], at.date(), until)
        for number, book, who, at, until in rows
    ]
    return Batch(records, rows[-1][0] if rows else None)


def _of_nobody(session: Session, portfolio_ids: Collection[int]) -> dict[int, tuple[AccountFacts, ...]]:
    """Of a call by nobody who is known: it has the terms of the portfolio that was called, and its holds."""
    held = columns(col(RetentionHold.portfolio_id)).where(
        col(RetentionHold.account_id).is_(None), col(RetentionHold.lifted_at).is_(None)
    )
    stand = {row[0] for row in _rows(session, held)} if portfolio_ids else set()
    wanted = columns(col(Portfolio.id), col(Portfolio.jurisdiction), col(Portfolio.debt_type))
    books = _rows(session, wanted.where(among(session, Portfolio.id, portfolio_ids))) if portfolio_ids else []
    return {
        book: (AccountFacts(0, book, pack, str(debt), None, None, frozenset({Bar.regulator} if book in stand else ())),)
        for book, pack, debt in books
    }


def papers(session: Session, after: int, limit: int, today: date, lock: Lock = no_lock) -> Batch:
    """Accounts with papers that have their words yet, or letters."""
    scans = columns(col(Document.account_id)).where(col(Document.account_id) > after, col(Document.name) != "")
    letters = columns(col(LetterRow.account_id)).where(col(LetterRow.account_id) > after)
    both = union(
        scans.distinct().order_by(col(Document.account_id)).limit(limit).subquery().select(),
        letters.distinct().order_by(col(LetterRow.account_id)).limit(limit).subquery().select(),
    ).subquery()
    number = both.c[0]
    ids = [row[0] for row in _rows(session, columns(number).order_by(number).limit(limit))]
    owners = _rows(session, columns(col(Account.person_id)).where(among(session, Account.id, ids)))
    lock(session, {row[0] for row in owners})
    facts = account_facts(session, ids, today)
    return Batch([Record(Retained.paper, one, (facts[one],)) for one in ids], ids[-1] if ids else None)


def people(session: Session, after: int, limit: int, today: date, lock: Lock = no_lock) -> Batch:
    """People: for each their messages, their contacts and who they are, as far as these were not removed."""
    next_ones = columns(col(Person.id)).where(col(Person.id) > after).order_by(col(Person.id)).limit(limit)
    ids = [row[0] for row in _rows(session, next_ones)]
    lock(session, ids)
    of, gone = _with_facts(session, ids, today), removed_since(session, ids)
    records = [
        Record(kind, one, of.get(one, ()))
        for one in ids
        for kind in PEOPLE
        if not _is_gone(gone.get((kind, one)), of.get(one, ()))
    ]
    return Batch(records, ids[-1] if ids else None)


def _is_gone(until: date | None, accounts: Iterable[AccountFacts]) -> bool:
    """Whether nothing happened since it was removed."""
    return until is not None and all(one.active_on is not None and one.active_on <= until for one in accounts)


def removed_since(session: Session, ids: Collection[int]) -> dict[tuple[Retained, int], date]:
    """Of people, the last activity that was known when each kind was removed."""
    last = (
        columns(col(Purged.kind), col(Purged.record_id), func.max(col(Purged.active_on)))
        .where(among(session, Purged.record_id, ids), col(Purged.kind).in_(PEOPLE))
        .group_by(col(Purged.kind), col(Purged.record_id))
    )
    return {(kind, number): day for kind, number, day in _rows(session, last) if day is not None}


def _with_facts(session: Session, person_ids: Collection[int], today: date) -> dict[int, tuple[AccountFacts, ...]]:
    linked = accounts_of_people(session, person_ids)
    facts = account_facts(session, {one for found in linked.values() for one in found}, today)
    return {person: tuple(facts[one] for one in sorted(found)) for person, found in linked.items()}


def _rows(session: Session, wanted: Any) -> list[Any]:
    return list(session.connection().execute(wanted).all())


READERS = {"recordings": recordings, "papers": papers, "people": people}
"""The passes of a plan and of a purge, in this order."""

"""What retention reads, by set: a few statements for thousands of accounts, none for one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import func, or_, union
from sqlalchemy import select as columns
from sqlmodel import Session, col

from collector.compliance.packs import CODES, load_pack
from collector.compliance.rules import Retained, Term
from collector.dispatch.rules import RecordingState
from collector.dispatch.tables import InboundCall, Recording
from collector.facts.tables import AccountState
from collector.foundation.database import among
from collector.history.rules import ArchiveStep, Condition, ReferralKind, ReferralState
from collector.history.tables import (
    Attempt,
    Complaint,
    Dispute,
    Document,
    LetterRow,
    Original,
    OriginalStep,
    Referral,
)
from collector.legal.retention.rules import AccountFacts, Bar, Record
from collector.legal.retention.tables import Purged, RetentionHold
from collector.planning.tables import Task
from collector.portfolio.tables import Account, Party, Person, Portfolio
from collector.terms.rules import LIVE, TermsState
from collector.terms.tables import Terms

OPEN_REFERRAL = (ReferralState.proposed, ReferralState.accepted)
PEOPLE = (Retained.message, Retained.contact, Retained.person)


@cache
def terms_by_pack() -> Mapping[str, Sequence[Term]]:
    """Every pack's terms."""
    return {code: load_pack(code).retention for code in CODES}


def account_facts(session: Session, ids: Collection[int], today: date) -> dict[int, AccountFacts]:
    """What retention reads of these accounts."""
    bars = _bars(session, ids)
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
    names one of them as the first."""
    day = func.max(col(Attempt.day))
    lead = columns(col(Attempt.account_id), day).where(among(session, Attempt.account_id, ids))
    with_borrower = columns(col(Account.id), day).join(Attempt, col(Attempt.person_id) == col(Account.person_id))
    found: dict[int, date] = {}
    met = with_borrower.where(among(session, Account.id, ids)).group_by(col(Account.id))
    for wanted in (lead.group_by(col(Attempt.account_id)), met):
        for number, last in _rows(session, wanted):
            found[number] = max(last, found.get(number, last))
    return found


def _closed(session: Session, ids: Collection[int]) -> dict[int, date]:
    """The day on which terms that ended the debt were fulfilled."""
    last = columns(col(Terms.account_id), func.max(col(Terms.state_at))).where(
        among(session, Terms.account_id, ids), col(Terms.state) == TermsState.fulfilled
    )
    return {number: at.date() for number, at in _rows(session, last.group_by(col(Terms.account_id)))}


def _bars(session: Session, ids: Collection[int]) -> dict[int, set[Bar]]:
    """What stands against the removal of anything of these accounts."""
    disputed = columns(col(Dispute.account_id)).where(
        among(session, Dispute.account_id, ids), col(Dispute.answered_at).is_(None)
    )
    agreed = columns(col(Terms.account_id)).where(among(session, Terms.account_id, ids), col(Terms.state).in_(LIVE))
    asked = {
        Bar.legal_matter: _legal(session, ids),
        Bar.dispute: disputed,
        Bar.complaint: _complaints(session, ids),
        Bar.terms: agreed,
        Bar.original_out: _out(session, ids),
        Bar.regulator: _held(session, ids),
    }
    found: dict[int, set[Bar]] = defaultdict(set)
    for bar, wanted in asked.items():
        for (number,) in _rows(session, wanted):
            found[number].add(bar)
    return found


def _legal(session: Session, ids: Collection[int]) -> Any:
    return columns(col(Referral.account_id)).where(
        among(session, Referral.account_id, ids),
        col(Referral.kind) == ReferralKind.legal,
        col(Referral.state).in_(OPEN_REFERRAL),
    )


def _complaints(session: Session, ids: Collection[int]) -> Any:
    """About the account; or about none in particular, of anybody who has to do with it."""
    open_ = col(Complaint.answered_at).is_(None)
    about = columns(col(Complaint.account_id)).where(among(session, Complaint.account_id, ids), open_)
    everyone = open_ & col(Complaint.account_id).is_(None)
    own = columns(col(Account.id)).join(Complaint, col(Complaint.person_id) == col(Account.person_id))
    theirs = columns(col(Party.account_id)).join(Complaint, col(Complaint.person_id) == col(Party.person_id))
    return union(
        about,
        own.where(among(session, Account.id, ids), everyone),
        theirs.where(among(session, Party.account_id, ids), everyone),
    )


def _out(session: Session, ids: Collection[int]) -> Any:
    """Whose newest step of an original is a loan, or that it was lost."""
    newest = (
        columns(func.max(col(OriginalStep.number)))
        .where(col(OriginalStep.original_id) == col(Original.id))
        .correlate(Original)
        .scalar_subquery()
    )
    away = or_(col(OriginalStep.step) == ArchiveStep.lent, col(OriginalStep.condition) == Condition.lost)
    return (
        columns(col(Original.account_id))
        .join(OriginalStep, col(OriginalStep.original_id) == col(Original.id))
        .where(among(session, Original.account_id, ids), col(OriginalStep.number) == newest, away)
    )


def _held(session: Session, ids: Collection[int]) -> Any:
    same = (col(RetentionHold.account_id) == col(Account.id)) | (
        col(RetentionHold.account_id).is_(None) & (col(RetentionHold.portfolio_id) == col(Account.portfolio_id))
    )
    held = columns(col(Account.id)).join(RetentionHold, same)
    return held.where(among(session, Account.id, ids), col(RetentionHold.lifted_at).is_(None))


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
    """Sounds that are kept, each with all accounts of who was on the line, where that is known. `before`: promised up
    to an earlier day only."""
    person = func.coalesce(Task.person_id, InboundCall.person_id)
    rows = _rows(
        session,
        columns(col(Recording.id), person, col(Recording.at), col(Recording.keep_until))
        .join(Task, col(Task.id) == col(Recording.task_id), isouter=True)
        .join(InboundCall, col(InboundCall.id) == col(Recording.inbound_call_id), isouter=True)
        .where(
            col(Recording.state) == RecordingState.kept, col(Recording.id) > after, col(Recording.keep_until) < before
        )
        .order_by(col(Recording.id))
        .limit(limit),
    )
    called = {row[1] for row in rows if row[1] is not None}
    lock(session, called)
    of = _with_facts(session, called, today)
    records = [
        Record(Retained.recording, number, of.get(whose, ()), at.date(), until) for number, whose, at, until in rows
    ]
    return Batch(records, rows[-1][0] if rows else None)


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
    ids = [
        row[0]
        for row in _rows(
            session,
            columns(col(Person.id))
            .where(col(Person.id) > after, col(Person.salt) != "")
            .order_by(col(Person.id))
            .limit(limit),
        )
    ]
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

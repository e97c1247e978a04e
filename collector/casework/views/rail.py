"""What a supervisor keeps an eye on beside the queues: complaints, caller numbers, missed calls, messages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func
from sqlmodel import Session, col, or_, select

from collector.casework.views.days import Day, days
from collector.casework.views.pulse import Called
from collector.dispatch.rules import CALLS, Progress
from collector.dispatch.tables import InboundMessage, Submission
from collector.history.rules import Channel
from collector.history.tables import Complaint
from collector.identity.rules import Scope
from collector.planning.tables import Task
from collector.portfolio.tables import Account, CallerNumber, Portfolio

SHOWN = 5
"""Complaints that are named; the others are counted."""
ANYWHERE = list(Progress)
"""Said as a list, the index over progress and time finds what was submitted since a moment."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A complaint that is not answered. `key`: CODE/NO of its account; empty: it is of no account."""

    account_id: int | None
    key: str
    answer_by: date
    is_late: bool


@dataclass(frozen=True, slots=True)
class Complaints:
    open: int
    late: int
    """Those whose day for the answer is over."""
    first: Sequence[Waiting]


@dataclass(frozen=True, slots=True)
class CallerLine:
    """One of our numbers today. `refused`: contacts the carrier did not take from it."""

    code: str
    zone: str
    number: str
    calls: int
    answered: int
    refused: int
    resting_until: datetime | None
    """None: it is in use."""


@dataclass(frozen=True, slots=True)
class Missed:
    """Calls to our numbers that nobody took: since the day began, and of all those that still wait."""

    today: int
    waiting: int


def complaints(session: Session, scope: Scope, today: date) -> Complaints:
    """Open complaints, those to be answered first before the others. `today`: a local day, as their last days are."""
    is_open = (col(Complaint.answered_at).is_(None), _complained_in(scope))
    late = func.coalesce(func.sum(case((col(Complaint.answer_by) < today, 1), else_=0)), 0)
    count, overdue = session.execute(select(func.count(), late).select_from(Complaint).where(*is_open)).one()
    rows = session.exec(
        select(Complaint, Account.account_no, Portfolio.code)
        .join(Account, col(Account.id) == col(Complaint.account_id), isouter=True)
        .join(Portfolio, col(Portfolio.id) == col(Account.portfolio_id), isouter=True)
        .where(*is_open)
        .order_by(col(Complaint.answer_by), col(Complaint.id))
        .limit(SHOWN)
    )
    first = [
        Waiting(row.account_id, f"{code}/{number}" if number else "", row.answer_by, row.answer_by < today)
        for row, number, code in rows
    ]
    return Complaints(count, int(overdue), first)


def _complained_in(scope: Scope) -> ColumnElement[bool]:
    """About an account of the scope, or, about none, by a person who owes one."""
    if scope.portfolio_ids is None:
        return col(Complaint.id).is_not(None)
    owned = col(Account.portfolio_id).in_(scope.portfolio_ids)
    theirs = select(Account.id).where(col(Account.person_id) == col(Complaint.person_id), owned).correlate(Complaint)
    about = select(Account.id).where(owned)
    return or_(
        col(Complaint.account_id).in_(about),
        col(Complaint.account_id).is_(None) & theirs.exists(),
    )


def caller_lines(
    session: Session, books: Sequence[Portfolio], calls: Sequence[Called], now: datetime
) -> list[CallerLine]:
    """Every number of these portfolios, with what came of its calls today."""
    by_id = {book.id or 0: book for book in books}
    made = {(one.portfolio_id, one.caller): one for one in calls}
    refused: Counter[str] = Counter()
    for day in days(books, now):
        refused += _refused(session, day)
    rows = session.exec(
        select(CallerNumber)
        .where(col(CallerNumber.portfolio_id).in_(by_id))
        .order_by(col(CallerNumber.portfolio_id), col(CallerNumber.id))
    )
    found = []
    for row in rows:
        book, one = by_id[row.portfolio_id], made.get((row.portfolio_id, row.number))
        resting = row.resting_until if row.resting_until and row.resting_until > now else None
        placed, answered = (one.placed, one.answered) if one else (0, 0)
        found.append(CallerLine(book.code, book.timezone, row.number, placed, answered, refused[row.number], resting))
    return found


def _refused(session: Session, day: Day) -> Counter[str]:
    statement = (
        select(col(Submission.from_number), func.count())
        .join(Task, col(Task.id) == col(Submission.task_id))
        .where(
            col(Submission.progress) == Progress.refused,
            col(Submission.submitted_at) >= day.begin,
            col(Task.portfolio_id).in_(day.portfolio_ids),
        )
        .group_by(col(Submission.from_number))
    )
    found: Counter[str] = Counter()
    for number, count in session.execute(statement):
        found[number] += count
    return found


def missed_calls(session: Session, books: Sequence[Portfolio], now: datetime) -> Missed:
    """Calls that nobody took, at the numbers of these portfolios."""
    missed = col(InboundMessage.reading).in_([one.value for one in CALLS])
    today = 0
    for day in days(books, now):
        here = col(InboundMessage.portfolio_id).in_(day.portfolio_ids)
        today += _count(session, missed, here, col(InboundMessage.at) >= day.begin)
    ids = [book.id for book in books]
    waiting = _count(
        session, missed, col(InboundMessage.portfolio_id).in_(ids), col(InboundMessage.handled_at).is_(None)
    )
    return Missed(today, waiting)


def _count(session: Session, *conditions: Any) -> int:
    return session.exec(select(func.count()).select_from(InboundMessage).where(*conditions)).one()


def sends(session: Session, books: Sequence[Portfolio], now: datetime) -> list[tuple[str, int]]:
    """By how far they came, the messages given to the carrier since the day began."""
    counted: Counter[str] = Counter()
    for day in days(books, now):
        rows = session.exec(
            select(Submission.progress, func.count())
            .join(Task, col(Task.id) == col(Submission.task_id))
            .where(
                col(Submission.progress).in_(ANYWHERE),
                col(Submission.submitted_at) >= day.begin,
                Submission.channel == Channel.sms,
                col(Task.portfolio_id).in_(day.portfolio_ids),
            )
            .group_by(col(Submission.progress))
        )
        for progress, count in rows:
            counted[Progress(progress).value] += count
    return counted.most_common()

"""What a claim needs to know: people held under lock, their facts, their portfolios, and what is in flight."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlmodel import Session, col, select

from collector.dispatch.rules import Book, InFlight
from collector.dispatch.tables import InboundMessage, Submission
from collector.facts.queries import read_people
from collector.facts.rules import PersonFacts
from collector.foundation.database import locked
from collector.planning.queries import CarriedIn, read_context
from collector.planning.rules import IN_FLIGHT, Context, TaskState
from collector.planning.tables import Task
from collector.portfolio.tables import Account, Person, Portfolio


@dataclass(frozen=True, slots=True)
class Ground:
    """Everything a batch of tasks is judged and written with, read once for all of them."""

    people: Mapping[int, PersonFacts]
    contexts: Mapping[int, Context]
    books: Mapping[int, Book]
    languages: Mapping[int, str]
    """Of portfolios."""
    names: Mapping[int, str]
    """Of the people contacted, and of the borrowers of their accounts."""
    borrowers: Mapping[int, int]
    """Account → its borrower."""

    def is_held(self, task: Task) -> bool:
        """A hold wider than a person: read live, so that the red switch acts at once."""
        ctx = self.contexts[task.portfolio_id]
        return ctx.is_held or task.segment in ctx.held_segments

    def flight(self, task: Task, at: datetime) -> InFlight:
        collector = self.contexts[task.portfolio_id].collector if task.portfolio_id in self.contexts else 0
        debts = tuple(msgspec.json.decode(task.debts, type=list[int]))
        return InFlight(task.person_id, task.channel, at, task.number, task.caller, debts, collector)


def lock_people(session: Session, person_ids: Collection[int]) -> None:
    """Hold these people until commit, in one order, so that claims of the same person queue and never lock up."""
    if person_ids:
        wanted = select(Person).where(col(Person.id).in_(set(person_ids))).order_by(col(Person.id))
        session.exec(locked(wanted, session)).all()


def ground_of(session: Session, tasks: Sequence[Task], at: datetime, carried_in: CarriedIn) -> Ground:
    """What these tasks are judged and written with."""
    people = read_people(session, {task.person_id for task in tasks}, at)
    portfolio_ids = {task.portfolio_id for task in tasks}
    rows = session.exec(select(Portfolio).where(col(Portfolio.id).in_(portfolio_ids))).all()
    borrowers = dict(
        session.exec(
            select(Account.id, Account.person_id).where(col(Account.id).in_({task.account_id for task in tasks}))
        ).all()
    )
    wanted = {task.person_id for task in tasks} | set(borrowers.values())
    names = dict(session.exec(select(Person.id, Person.name).where(col(Person.id).in_(wanted))).all())
    return Ground(
        people,
        {row.id or 0: read_context(session, row.id or 0, at, carried_in) for row in rows},
        {row.id or 0: _book(row) for row in rows},
        {row.id or 0: row.language for row in rows},
        {number or 0: name for number, name in names.items()},
        {number or 0: person for number, person in borrowers.items()},
    )


def _book(row: Portfolio) -> Book:
    return Book(
        row.sender_name,
        row.signature,
        row.creditor,
        row.collector_type,
        row.currency,
        row.timezone,
        row.pay_instructions,
    )


def flights_of(
    session: Session, ground: Ground, person_ids: Collection[int], without: int | None = None
) -> list[InFlight]:
    """Contacts of these people that were begun and have no attempt on record yet; all of them count as placed."""
    rows = session.exec(
        select(Task).where(
            col(Task.person_id).in_(set(person_ids)),
            col(Task.state).in_(IN_FLIGHT),
            col(Task.attempt_id).is_(None),
        )
    ).all()
    return [
        ground.flight(row, row.submitted_at or row.claimed_at or row.not_before) for row in rows if row.id != without
    ]


def submission_by_token(session: Session, token: str) -> Submission | None:
    """The submission a callback address belongs to, held until commit."""
    wanted = select(Submission).where(col(Submission.token) == token)
    return session.exec(locked(wanted, session)).first()


def submission_of_task(session: Session, task_id: int) -> Submission | None:
    return session.exec(select(Submission).where(col(Submission.task_id) == task_id)).first()


def unanswered(session: Session, before: datetime, limit: int = 500) -> Sequence[tuple[Task, Submission]]:
    """What was committed as `sending` before that moment and never heard of again."""
    return session.exec(
        select(Task, Submission)
        .join(Submission, col(Submission.task_id) == col(Task.id))
        .where(col(Task.state) == TaskState.sending, col(Task.submitted_at) <= before)
        .order_by(col(Task.id))
        .limit(limit)
    ).all()


def inbound_waiting(session: Session, limit: int = 200) -> Sequence[InboundMessage]:
    """Messages that a person must look at, oldest first."""
    return session.exec(
        select(InboundMessage)
        .where(col(InboundMessage.handled_at).is_(None))
        .order_by(col(InboundMessage.id))
        .limit(limit)
    ).all()

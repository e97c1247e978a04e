"""What a claim needs to know: people held under lock, their facts, their portfolios, and what is in flight."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import or_
from sqlmodel import Session, col, select

from collector.audit.tables import AuditEntry
from collector.dispatch.rules import Book, InFlight, Progress
from collector.dispatch.tables import InboundMessage, Submission
from collector.facts.queries import collectors, read_people
from collector.facts.rules import AccountFacts, PersonFacts, Phone, PromiseFact
from collector.foundation.database import among, is_postgresql
from collector.history.rules import Channel, HoldScope, PromiseState
from collector.history.tables import Hold, Promise
from collector.identity.rules import WORKER, Actor, Scope
from collector.planning.queries import CarriedIn, read_context
from collector.planning.rules import IN_FLIGHT, Context, Purpose, TaskState
from collector.planning.tables import Task
from collector.portfolio.tables import Account, Person, Portfolio

SILENT = 5
"""Messages in a row without an answer, after which the carrier counts as down (security section 3)."""
LOOKS_BACK = timedelta(days=2)
"""How far back the end of a call is still looked for."""


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
    salts: Mapping[int, str]
    """Of the same people."""
    borrowers: Mapping[int, int]
    """Account → its borrower."""
    collectors: Mapping[int, int]
    """Of all portfolios: a contact in flight for another one counts too."""
    broken: Mapping[int, PromiseFact]
    """Account → its last broken promise, where a task is about that."""

    def is_held(self, task: Task) -> bool:
        """A hold on the segment or wider: read live, so that the red switch acts at once."""
        ctx = self.contexts[task.portfolio_id]
        return ctx.is_held or task.segment in ctx.held_segments

    def flight(self, task: Task, at: datetime) -> InFlight:
        debts = tuple(msgspec.json.decode(task.debts, type=list[int]))
        collector = self.collectors[task.portfolio_id]
        return InFlight(task.person_id, task.channel, at, task.number, task.caller, debts, collector)


def lock_people(session: Session, person_ids: Collection[int], *, skip: bool = False) -> set[int]:
    """Hold these people until commit, in one order, so that claims of the same person queue and never lock up.

    With `skip`, those whom others hold are not waited for. Returns who is held.
    """
    if not person_ids or not is_postgresql(session):
        return set(person_ids)  # SQLite has one writer at a time
    wanted = select(Person.id).where(among(session, Person.id, person_ids)).order_by(col(Person.id))
    rows = session.exec(wanted.with_for_update(key_share=True, skip_locked=skip)).all()
    return {number for number in rows if number is not None}


def held_task(session: Session, task_id: int) -> Task | None:
    """The task, read afresh and held until commit, its person before it."""
    person_id = session.exec(select(Task.person_id).where(col(Task.id) == task_id)).first()
    if person_id is None:
        return None
    lock_people(session, [person_id])
    return session.get(Task, task_id, with_for_update=True, populate_existing=True)


def held_submission(session: Session, token: str) -> tuple[Task, Submission] | None:
    """What a callback address belongs to: the task and its submission, held until commit."""
    found = session.exec(select(Submission.id, Submission.task_id).where(col(Submission.token) == token)).first()
    if found is None or found[1] is None:
        return None
    task = held_task(session, found[1])
    row = session.get(Submission, found[0], with_for_update=True, populate_existing=True)
    return (task, row) if task is not None and row is not None else None


def not_held(session: Session, scope: Scope, at: datetime) -> Scope:
    """The portfolios of the scope where contact is not stopped altogether: the red switch acts on the next claim,
    and what was planned waits untouched until it is lifted."""
    rows = session.exec(
        select(Hold.scope, Hold.portfolio_id).where(
            col(Hold.scope).in_([HoldScope.portfolio, HoldScope.everything]),
            col(Hold.at) <= at,
            or_(col(Hold.until).is_(None), col(Hold.until) > at),
            or_(col(Hold.lifted_at).is_(None), col(Hold.lifted_at) > at),
        )
    ).all()
    if not rows:
        return scope
    if any(word is HoldScope.everything for word, _ in rows):
        return Scope(frozenset())
    known = scope.portfolio_ids
    if known is None:
        known = frozenset(number for number in session.exec(select(Portfolio.id)) if number is not None)
    return Scope(known - {number for _, number in rows if number is not None})


def subject_of(task: Task, facts: PersonFacts) -> tuple[AccountFacts, Phone] | None:
    """The account and the phone of a task, as the person's facts know them now."""
    account = next((one for one in facts.accounts if one.account_id == task.account_id), None)
    phone = next((one for one in facts.body.phones if one.id == task.contact_point_id), None)
    return (account, phone) if account and phone else None


def held_call(session: Session, agent: str, at: datetime) -> int | None:
    """The call that is held for this agent and not dialled."""
    wanted = select(Task.id).where(
        col(Task.claimed_by) == agent,
        col(Task.state) == TaskState.claimed,
        col(Task.channel) == Channel.call,
        col(Task.lease_until) > at,
    )
    return session.exec(wanted.limit(1)).first()


def call_under_way(session: Session, agent: str) -> int | None:
    """The call of this agent that rings, or whose outcome nobody said."""
    wanted = select(Task.id).where(
        col(Task.claimed_by) == agent,
        col(Task.state).in_([TaskState.sending, TaskState.sent]),
        col(Task.channel) == Channel.call,
        col(Task.attempt_id).is_(None),
    )
    return session.exec(wanted.limit(1)).first()


def was_claimed(session: Session, task_id: int, actor: Actor) -> bool:
    """Whether this user, or for a caller who is no user anybody, ever held that call: the audit knows."""
    held = select(AuditEntry.id).where(
        col(AuditEntry.subject) == f"task:{task_id}",
        col(AuditEntry.action) == "gate.judged",
        col(AuditEntry.actor) == actor.name if actor.user_id is not None else col(AuditEntry.actor) != WORKER.name,
    )
    return session.exec(held.limit(1)).first() is not None


def numbers_waited_for(session: Session, numbers: Collection[str]) -> set[str]:
    """Those of these numbers to which a message was handed over whose answer has not come."""
    if not numbers:
        return set()
    return set(
        session.exec(
            select(Submission.to_number)
            .join(Task, col(Task.id) == col(Submission.task_id))
            .where(
                among(session, Submission.to_number, numbers),
                col(Submission.progress) == Progress.submitted,
                col(Task.state) == TaskState.sending,
            )
        )
    )


def is_line_down(session: Session, since: datetime, before: datetime) -> bool:
    """Whether several messages of that time, and no fewer, were handed over and never answered: then one is sent to
    see whether the carrier is there before the rest is handed over."""
    silent = session.exec(
        select(Submission.id)
        .where(
            col(Submission.progress) == Progress.submitted,
            col(Submission.channel) == Channel.sms,
            col(Submission.submitted_at) >= since,
            col(Submission.submitted_at) <= before,
        )
        .limit(SILENT)
    ).all()
    return len(silent) >= SILENT


def ground_of(session: Session, tasks: Sequence[Task], at: datetime, carried_in: CarriedIn) -> Ground:
    """What these tasks are judged and written with."""
    people = read_people(session, {task.person_id for task in tasks}, at)
    portfolio_ids = {task.portfolio_id for task in tasks}
    rows = session.exec(select(Portfolio).where(col(Portfolio.id).in_(portfolio_ids))).all()
    borrowers = dict(
        session.exec(
            select(Account.id, Account.person_id).where(among(session, Account.id, {task.account_id for task in tasks}))
        ).all()
    )
    wanted = {task.person_id for task in tasks} | set(borrowers.values())
    named = session.exec(select(Person.id, Person.name, Person.salt).where(among(session, Person.id, wanted))).all()
    return Ground(
        people,
        {row.id or 0: read_context(session, row.id or 0, at, carried_in) for row in rows},
        {row.id or 0: _book(row) for row in rows},
        {row.id or 0: row.language for row in rows},
        {number or 0: name for number, name, _ in named},
        {number or 0: salt for number, _, salt in named},
        {number or 0: person for number, person in borrowers.items()},
        collectors(session),
        _broken(session, {task.account_id for task in tasks if task.purpose is Purpose.broken_promise}),
    )


def _broken(session: Session, account_ids: Collection[int]) -> dict[int, PromiseFact]:
    if not account_ids:
        return {}
    rows = select(Promise).where(
        among(session, Promise.account_id, account_ids), col(Promise.state) == PromiseState.broken
    )
    return {
        row.account_id: PromiseFact(
            row.id or 0, row.amount, row.paid, int(row.due_at.timestamp()), int(row.made_at.timestamp())
        )
        for row in session.exec(rows.order_by(col(Promise.due_at), col(Promise.id)))
    }


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
            among(session, Task.person_id, person_ids),
            col(Task.state).in_(IN_FLIGHT),
            col(Task.attempt_id).is_(None),
        )
    ).all()
    return [
        ground.flight(row, row.submitted_at or row.claimed_at or row.not_before) for row in rows if row.id != without
    ]


def unanswered(
    session: Session, before: datetime, calls_before: datetime, limit: int = 500
) -> Sequence[tuple[int, int]]:
    """(task, submission) of what was committed as `sending` and never heard of again, oldest first. A call that the
    carrier took waits longer: the agent's phone may ring."""
    rang = col(Submission.progress).in_([Progress.accepted, Progress.in_progress])
    rows = session.exec(
        select(Task.id, Submission.id)
        .join(Submission, col(Submission.task_id) == col(Task.id))
        .where(
            col(Task.state) == TaskState.sending,
            or_(
                (col(Submission.progress) == Progress.submitted) & (col(Submission.submitted_at) <= before),
                rang
                & (col(Submission.channel) == Channel.call)
                & (col(Submission.submitted_at) > before - LOOKS_BACK)
                & (col(Submission.submitted_at) <= calls_before),
            ),
        )
        .order_by(col(Task.id))
        .limit(limit)
    ).all()
    return [(task_id or 0, submission_id or 0) for task_id, submission_id in rows]


def inbound_waiting(session: Session, limit: int = 200) -> Sequence[InboundMessage]:
    """Messages that a person must look at, oldest first."""
    return session.exec(
        select(InboundMessage)
        .where(col(InboundMessage.handled_at).is_(None))
        .order_by(col(InboundMessage.id))
        .limit(limit)
    ).all()

"""Who and what is held until commit: people, tasks and submissions, in one order, so that nobody waits in a ring."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import or_
from sqlmodel import Session, col, select

from collector.audit.tables import AuditEntry
from collector.dispatch.tables import Submission
from collector.facts.queries import people_with_number
from collector.foundation.database import among, is_postgresql
from collector.history.rules import Channel, HoldScope
from collector.identity.rules import WORKER, Actor, Scope
from collector.planning.queries import wide_holds
from collector.planning.rules import TaskState
from collector.planning.tables import Task
from collector.portfolio.tables import Person, Portfolio


def lock_people(session: Session, person_ids: Collection[int], *, skip: bool = False) -> set[int]:
    """Hold these people until commit, in one order, so that claims of the same person queue and never lock up.

    With `skip`, those whom others hold are not waited for. Returns who is held.
    """
    if not person_ids or not is_postgresql(session):
        return set(person_ids)  # SQLite has one writer at a time
    wanted = select(Person.id).where(among(session, Person.id, person_ids)).order_by(col(Person.id))
    rows = session.exec(wanted.with_for_update(key_share=True, skip_locked=skip)).all()
    return {number for number in rows if number is not None}


def to_lock(session: Session, person_id: int, number: str | None) -> set[int]:
    """Whom a call holds: the person, and for the number the first of all who have it. So two calls to one number
    queue even where they are about two people, and its cap can not be raced."""
    sharing = people_with_number(session, number) if number is not None else []
    return {person_id, *sharing[:1]}


def held_task(session: Session, task_id: int) -> Task | None:
    """The task, read afresh and held until commit, its person before it."""
    found = session.exec(select(Task.person_id, Task.channel, Task.number).where(col(Task.id) == task_id)).first()
    if found is None:
        return None
    person_id, channel, number = found
    lock_people(session, to_lock(session, person_id, number if channel is Channel.call else None))
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
    rows = [row for row in wide_holds(session, at) if row.scope is not HoldScope.segment]
    if not rows:
        return scope
    if any(row.scope is HoldScope.everything for row in rows):
        return Scope(frozenset())
    known = scope.portfolio_ids
    if known is None:
        known = frozenset(number for number in session.exec(select(Portfolio.id)) if number is not None)
    return Scope(known - {row.portfolio_id for row in rows if row.portfolio_id is not None})


def calls_of(session: Session, agent: str, at: datetime) -> tuple[int | None, int | None]:
    """This agent's call that rings, or whose outcome nobody said; and the one that is held and not dialled."""
    begun = (col(Task.state).in_([TaskState.sending, TaskState.sent])) & col(Task.attempt_id).is_(None)
    held = (col(Task.state) == TaskState.claimed) & (col(Task.lease_until) > at)
    rows = session.exec(
        select(Task.id, Task.state).where(
            col(Task.claimed_by) == agent, col(Task.channel) == Channel.call, or_(begun, held)
        )
    ).all()
    running = next((number for number, state in rows if state is not TaskState.claimed), None)
    return running, next((number for number, state in rows if state is TaskState.claimed), None)


def was_claimed(session: Session, task_id: int, actor: Actor) -> bool:
    """Whether this user, or for a caller who is no user anybody, ever held that call: the audit knows."""
    held = select(AuditEntry.id).where(
        col(AuditEntry.subject) == f"task:{task_id}",
        col(AuditEntry.action) == "gate.judged",
        col(AuditEntry.actor) == actor.name if actor.user_id is not None else col(AuditEntry.actor) != WORKER.name,
    )
    return session.exec(held.limit(1)).first() is not None

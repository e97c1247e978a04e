"""Calls: claimed, dialled, ended; and what each outcome means for the person and the number (handbook 6, 7)."""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlmodel import Session, col, select

from collector.audit.actions import record
from collector.casework.actions.attempts import note_attempts
from collector.casework.actions.calling_back import settle_calls
from collector.casework.actions.campaigns import note_called
from collector.casework.actions.follow_up import follow_up
from collector.casework.actions.outcomes import Told, carry_out, take_back
from collector.casework.office import Office
from collector.dispatch import actions as dispatch
from collector.dispatch.actions import ClaimedCall, end, move
from collector.dispatch.queries import held_task, lock_people, was_claimed
from collector.facts.queries import people_of_accounts
from collector.foundation.errors import Conflict, NotFound
from collector.history import actions as history
from collector.history.rules import Channel, Outcome, RoundEnd
from collector.history.tables import Attempt
from collector.identity.rules import Actor, Role
from collector.planning.queries import Mark
from collector.planning.rules import TaskState
from collector.planning.tables import Task
from collector.portfolio import actions as portfolio
from collector.portfolio.queries import accounts_of_person
from collector.portfolio.rules import ContactOwner
from collector.portfolio.tables import ContactPoint, Person, Portfolio


def next_call(
    session: Session, office: Office, agent: Actor, at: datetime, mark: Mark | None = None
) -> ClaimedCall | None:
    """The best call for this agent, judged under lock and held for a quarter of an hour; None: nothing is due."""
    return dispatch.claim_call(session, agent, office.capabilities, at, mark)


def release(session: Session, office: Office, task_id: int, at: datetime, actor: Actor) -> None:
    """Give a claimed call back undialled: the plan decides afresh."""
    task = _task(session, task_id)
    if task.state is TaskState.claimed and task.claimed_by == actor.name:
        move(task, TaskState.planned)
        task.claimed_by = task.claimed_at = task.lease_until = None
        session.add(task)
        record(session, actor.name, "call.released", f"task:{task.id}", {"person": task.person_id}, at)
        follow_up(session, office, {task.person_id}, at, actor)


def record_outcome(
    session: Session,
    office: Office,
    task_id: int,
    outcome: Outcome,
    at: datetime,
    *,
    actor: Actor,
    note: str | None = None,
    seconds: int | None = None,
) -> Attempt:
    """How a claimed call ended. Said again with another word it is a correction: a new row, the newest holds, and what
    the first one changed is changed back. Said again with the same word, nothing changes."""
    people = people_of_task(session, task_id)
    lock_people(session, people)
    task = _task(session, task_id)
    if task.channel is not Channel.call:
        raise Conflict("only calls have an outcome; a message reports its own delivery")
    _require_theirs(session, task, actor)
    attempt = note_attempts(session, office, [task], at, actor)[task_id]
    before = history.newest_outcome(session, attempt.id or 0)
    if before is not None and before.outcome is outcome and note in (None, before.note):
        return attempt
    history.record_outcome(session, attempt.id or 0, outcome, at, at, actor, seconds, note)
    _finish(session, task, outcome, at)
    if task.callback_id is not None and outcome is not Outcome.failed:
        history.finish_callback(session, task.callback_id, at, actor)
        settle_calls(session, at, actor, callbacks=[task.callback_id])
    if outcome is not Outcome.failed:
        note_called(session, task, at)
    if before is None or before.outcome is not outcome:
        told = Told.in_task(task)
        if before is not None:
            take_back(session, told, attempt, before.outcome, at, actor)
        carry_out(session, told, outcome, at, actor)
    follow_up(session, office, people, at, actor)
    return attempt


def people_of_task(session: Session, task_id: int) -> set[int]:
    """The person of a task, and everyone who owes an account it is about."""
    found = session.exec(select(Task.person_id, Task.debts).where(col(Task.id) == task_id)).first()
    if found is None:
        raise NotFound(f"there is no task {task_id}")
    person_id, debts = found
    return {person_id} | people_of_accounts(session, msgspec.json.decode(debts, type=list[int]))


def _task(session: Session, task_id: int) -> Task:
    task = held_task(session, task_id)
    if task is None:
        raise NotFound(f"there is no task {task_id}")
    return task


def _require_theirs(session: Session, task: Task, actor: Actor) -> None:
    """An outcome belongs to whoever held the call. What really happened is taken even after the hold ran out, or after
    the window of the task passed while they talked: a contact that was made must count."""
    holder = task.claimed_by
    if holder is None and task.attempt_id is None and not was_claimed(session, task.id or 0, actor):
        raise Conflict("this call was not taken, or is closed; take the next call first")
    is_theirs = actor.user_id is None or holder in (None, actor.name) or Role.supervisor in actor.roles
    if not is_theirs:
        raise Conflict("someone else holds this call")


def _finish(session: Session, task: Task, outcome: Outcome, at: datetime) -> None:
    """A failure in our own system ends the task as failed: it counts for nothing and is planned anew. A task that
    time or the plan closed meanwhile stays closed; its contact is on record all the same."""
    if task.state is TaskState.planned:  # the hold ran out while the agent was still talking
        move(task, TaskState.claimed)
    if task.state in (TaskState.claimed, TaskState.sending, TaskState.sent, TaskState.unknown):
        never_rang = outcome is Outcome.failed and task.state is not TaskState.claimed
        end(session, task, TaskState.failed if never_rang else TaskState.done, at, outcome.value)
    else:
        task.state_reason = outcome.value
        session.add(task)
    session.flush()


def found(session: Session, office: Office, *, person_id: int, phone: str, at: datetime, actor: Actor) -> ContactPoint:
    """A lost person was found: the number is theirs, verified now, and calling starts with a fresh round."""
    borrowed = accounts_of_person(session, person_id)
    if not borrowed:
        raise NotFound("this person borrowed nothing here; only a borrower is traced")
    book = session.get_one(Portfolio, borrowed[0].portfolio_id)
    point = portfolio.add_phone(
        session,
        session.get_one(Person, person_id),
        book,
        phone,
        source="skip-tracing",
        owner=ContactOwner.own,
        verified_at=at,
        actor=actor.name,
        at=at,
    )
    history.end_round(session, point.id or 0, RoundEnd.found, {"verified_at": at.isoformat()}, at, actor)
    follow_up(session, office, {person_id}, at, actor)
    return point

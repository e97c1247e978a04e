"""Calls: claimed, dialled, ended; and what each outcome means for the person and the number (handbook 6, 7)."""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlmodel import Session

from collector.casework.actions.follow_up import follow_up, people_of_account
from collector.casework.actions.promises import says_paid
from collector.casework.office import Office
from collector.dispatch import actions as dispatch
from collector.dispatch.actions import ClaimedCall, move
from collector.facts.queries import read_person
from collector.foundation.clock import local
from collector.foundation.errors import Conflict, NotFound
from collector.history import actions as history
from collector.history.rules import Channel, Outcome, RoundEnd, StopKind
from collector.history.tables import Attempt
from collector.identity.rules import Actor, Role
from collector.planning.queries import Mark, read_context
from collector.planning.rules import TaskState
from collector.planning.tables import Task
from collector.portfolio import actions as portfolio
from collector.portfolio.queries import accounts_of_person
from collector.portfolio.rules import ContactOwner, ContactStatus
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
        session.flush()
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
    """How a claimed call ended. Said again with another word it is a correction: a new row, the newest holds."""
    task = _task(session, task_id)
    if task.channel is not Channel.call:
        raise Conflict("only calls have an outcome; a message reports its own delivery")
    _require_theirs(task, actor)
    attempt = _attempt(session, office, task, at, actor)
    history.record_outcome(session, attempt.id or 0, outcome, at, at, actor, seconds, note)
    _finish(session, task, outcome, at)
    if task.callback_id is not None and outcome is not Outcome.failed:
        history.finish_callback(session, task.callback_id, at, actor)
    _apply(session, office, task, outcome, at, actor)
    people = {task.person_id}
    for account_id in msgspec.json.decode(task.debts, type=list[int]):
        people |= people_of_account(session, account_id)
    follow_up(session, office, people, at, actor)
    return attempt


def _task(session: Session, task_id: int) -> Task:
    task = session.get(Task, task_id, with_for_update=True)
    if task is None:
        raise NotFound(f"there is no task {task_id}")
    return task


def _require_theirs(task: Task, actor: Actor) -> None:
    """An outcome belongs to whoever held the call; what really happened is taken even after the hold ran out."""
    if task.claimed_by is None or task.state in (TaskState.cancelled, TaskState.expired):
        raise Conflict("this call was not taken, or is closed; take one with: collector next-call")
    is_theirs = actor.user_id is None or task.claimed_by == actor.name or Role.supervisor in actor.roles
    if not is_theirs:
        raise Conflict("someone else holds this call")


def _attempt(session: Session, office: Office, task: Task, at: datetime, actor: Actor) -> Attempt:
    """The placed call: once for a task, at the moment it was dialled if the carrier told, else now."""
    if task.attempt_id is not None:
        return session.get_one(Attempt, task.attempt_id)
    placed = task.submitted_at or at
    facts = read_person(session, task.person_id, at)
    ctx = read_context(session, task.portfolio_id, placed, office.capabilities)
    zone = ctx.person_zone(facts.body)
    second = int(placed.timestamp())
    slot = next((one.slot for one in ctx.windows(zone) if one.start <= second < one.end), task.slot)
    attempt = history.record_attempt(
        session,
        natural_key=f"task:{task.id}",
        person_id=task.person_id,
        portfolio_id=task.portfolio_id,
        channel=task.channel,
        at=placed,
        day=local(placed, zone).date(),
        now=at,
        actor=actor,
        account_id=task.account_id,
        debts=msgspec.json.decode(task.debts, type=list[int]),
        contact_point_id=task.contact_point_id,
        number=task.number,
        caller=task.caller,
        slot=slot,
        purpose=task.purpose.value,
        step=task.step,
    )
    task.attempt_id = attempt.id
    session.add(task)
    session.flush()
    return attempt


def _finish(session: Session, task: Task, outcome: Outcome, at: datetime) -> None:
    """A failure in our own system ends the task as failed: it counts for nothing and is planned anew."""
    if task.state is TaskState.planned:  # the hold ran out while the agent was still talking
        move(task, TaskState.claimed)
    if task.state in (TaskState.claimed, TaskState.sending, TaskState.sent, TaskState.unknown):
        if outcome is Outcome.failed and task.state is not TaskState.claimed:
            move(task, TaskState.failed, outcome.value)
        else:
            move(task, TaskState.done, outcome.value)
    else:
        task.state_reason = outcome.value
    task.done_at = at
    session.add(task)
    session.flush()


def _apply(session: Session, office: Office, task: Task, outcome: Outcome, at: datetime, actor: Actor) -> None:
    """What an outcome changes besides the record of it."""
    if outcome is Outcome.wrong_number and task.contact_point_id is not None:
        point = session.get_one(ContactPoint, task.contact_point_id)
        portfolio.mark_point(
            session, point, ContactStatus.wrong, owner=ContactOwner.stranger, actor=actor.name, at=at
        )
    elif outcome is Outcome.deceased:
        history.stop(session, kind=StopKind.deceased, at=at, actor=actor, person_id=task.person_id, reason="told in a call")
    elif outcome is Outcome.says_paid:
        says_paid(session, office, account_id=task.account_id, at=at, actor=actor)


def found(
    session: Session, office: Office, *, person_id: int, phone: str, at: datetime, actor: Actor
) -> ContactPoint:
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



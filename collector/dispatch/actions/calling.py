"""Calls: held for one agent, rung through the carrier, and judged again at the moment of dialling."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec
from sqlmodel import Session

from collector.compliance.rules import Answer, Verdict, judge
from collector.dispatch.actions.agents import OnBreak
from collector.dispatch.actions.moving import move, note_verdict, refuse, store_refusal
from collector.dispatch.carriers import Cleared
from collector.dispatch.queries import (
    calls_of,
    ground_of,
    held_task,
    inbound_in_hand,
    is_on_break,
    judged_facts,
    lock_people,
    not_held,
    subject_of,
    to_lock,
)
from collector.dispatch.rules import Judged, contact_of, denied, facts_mac
from collector.dispatch.tables import Submission
from collector.foundation.errors import Conflict
from collector.history.rules import Channel
from collector.identity.rules import LEVEL_ORDER, Actor
from collector.planning.queries import CarriedIn, Mark, open_calls
from collector.planning.rules import Moment, TaskState
from collector.planning.tables import Task

LEASE = timedelta(minutes=15)
"""How long a claimed call is held for an agent who does not record an outcome."""
TRIES = 50
"""How many refused calls one claim steps over before it gives up."""


@dataclass(frozen=True, slots=True)
class ClaimedCall:
    """A call that is held for an agent."""

    task: Task
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class ReadyCall:
    """A call that is committed as `sending`, with its proof: the agent's leg may be rung."""

    task_id: int
    submission_id: int
    leg: str
    caller: str
    token: str
    cleared: Cleared


def claim_call(
    session: Session, agent: Actor, carried_in: CarriedIn, at: datetime, mark: Mark | None = None
) -> ClaimedCall | None:
    """The best call for an agent, judged and held for them. Asked again while one is held, that one.

    A refusal keeps its person until commit, and who holds somebody waits for nobody: from then on people whom others
    hold are stepped over.
    While a call of theirs rings or waits for its outcome there is no next one: that is a `Conflict`. Who is on a break
    keeps the call they hold and is handed no other: `OnBreak`.
    """
    held_id = _held_id(session, agent, at)
    held = _still_held(session, held_id, agent, carried_in, at) if held_id is not None else None
    if held is not None:
        return held
    if is_on_break(session, agent.user_id):
        raise OnBreak
    may_wait, busy = held_id is None, set[int]()
    for _ in range(TRIES):
        found = _best(session, agent, at, mark, busy)
        if found is None:
            return None
        if isinstance(found, _Busy):
            if may_wait:
                _wait_for(session, found.people)
            else:
                busy.add(found.person_id)
            continue
        judged = judge_task(session, found, carried_in, at, agent.name)
        if judged.verdict.answer is Answer.allow:
            return _claimed(session, found, agent, judged, at)
        refuse(session, found, judged, at, Moment.claim)
        session.flush()
        may_wait = False
    return None


def _held_id(session: Session, agent: Actor, at: datetime) -> int | None:
    """The task that this agent holds already; a `Conflict` while a call of theirs is under way."""
    running, held_id = calls_of(session, agent.name, at)
    if running is not None:
        raise Conflict(f"task {running} is still under way: say first how that call ended")
    if inbound_in_hand(session, agent.user_id) is not None:
        raise Conflict("a call that came in is under way: take it, and say how it went")
    return held_id


class _Busy(NamedTuple):
    """The best call is with somebody whom another claim holds, `people` with whom they are locked."""

    person_id: int
    people: Collection[int]


def _best(
    session: Session, agent: Actor, at: datetime, mark: Mark | None, without: Collection[int]
) -> Task | _Busy | None:
    """The best call, its people held until commit; where they are not to be had, its row is let go again."""
    level = agent.level or max(LEVEL_ORDER, key=lambda word: LEVEL_ORDER[word])
    scope = not_held(session, agent.scope, at)
    with session.begin_nested() as step:
        found = open_calls(session, scope, level, agent.user_id, at, 1, mark, without=without)
        if not found:
            return None
        people = to_lock(session, found[0].person_id, found[0].number)
        if lock_people(session, people, skip=True) == people:
            return found[0]
        busy = _Busy(found[0].person_id, people)
        step.rollback()
    return busy


def _wait_for(session: Session, people: Collection[int]) -> None:
    """Until whoever holds them is done; holds nothing afterwards, so that two claims never wait in a ring."""
    with session.begin_nested() as step:
        lock_people(session, people)
        step.rollback()


def _still_held(
    session: Session, task_id: int, agent: Actor, carried_in: CarriedIn, at: datetime
) -> ClaimedCall | None:
    task = held_task(session, task_id)
    if task is None or task.state is not TaskState.claimed or task.claimed_by != agent.name:
        return None
    judged = judge_task(session, task, carried_in, at)
    if judged.verdict.answer is Answer.allow:
        return ClaimedCall(task, judged.verdict)
    refuse(session, task, judged, at, Moment.claim)
    session.flush()
    return None


def _claimed(session: Session, task: Task, agent: Actor, judged: Judged, at: datetime) -> ClaimedCall:
    move(task, TaskState.claimed)
    # Nobody dials after the lawful window: the hold ends with it at the latest.
    task.claimed_by, task.claimed_at, task.lease_until = agent.name, at, min(at + LEASE, task.not_after)
    task.token = secrets.token_urlsafe(16)
    session.add(task)
    note_verdict(session, task, judged, at, Moment.claim, agent.name)
    session.flush()
    return ClaimedCall(task, judged.verdict)


def judge_task(session: Session, task: Task, carried_in: CarriedIn, at: datetime, by: str | None = None) -> Judged:
    """The gate's word on a call, letter or visit made by that one (None: who holds it) at this moment; the person's
    row must be held by the caller."""
    ground = ground_of(session, [task], at, carried_in)
    if ground.is_held(task):
        return denied("HOUSE-HOLD", "contact is on hold here")
    facts = judged_facts(session, ground, task)
    found = subject_of(task, facts)
    if found is None:
        return denied("HOUSE-TASK", "the account or the number of this task is gone")
    debts = tuple(msgspec.json.decode(task.debts, type=list[int]))
    gate = ground.gates[task.portfolio_id]
    contact = contact_of(
        *found, task.channel, task.purpose, debts, gate.collector, task.template, by=by or task.claimed_by or ""
    )
    mac = facts_mac(ground.salts[task.person_id], facts)
    return Judged(judge(contact, facts, gate.policy, at), gate.policy, mac)


def submit_call(
    session: Session, task_id: int, agent: Actor, leg: str, carried_in: CarriedIn, at: datetime
) -> ReadyCall | Verdict:
    """Commit a claimed call as `sending`; the caller then rings the agent's leg. A `Verdict`: the gate has closed
    since the claim, and that is recorded."""
    task = held_task(session, task_id)
    if task is None or task.state is not TaskState.claimed or task.claimed_by != agent.name:
        raise Conflict("this call is not held for you any more; take the next one")
    if inbound_in_hand(session, agent.user_id) is not None:
        raise Conflict("a call that came in is under way: take it, and say how it went")
    judged = judge_task(session, task, carried_in, at)
    if judged.verdict.answer is not Answer.allow:
        refuse(session, task, judged, at, Moment.dial)
        return judged.verdict
    note_verdict(session, task, judged, at, Moment.dial, agent.name)
    move(task, TaskState.sending)
    task.submitted_at = at
    row = Submission(
        task_id=task.id,
        person_id=task.person_id,
        channel=Channel.call,
        carrier="",
        from_number=task.caller or "",
        to_number=leg,
        token=task.token or secrets.token_urlsafe(16),
        submitted_at=at,
        updated_at=at,
    )
    session.add_all([task, row])
    session.flush()
    return ReadyCall(task_id, row.id or 0, leg, row.from_number, row.token, Cleared(task_id, at, judged.verdict))


def clear_dial(session: Session, task: Task, carried_in: CarriedIn, at: datetime) -> Verdict:
    """The moment of dialling: the agent is on the line, the borrower's leg is about to ring. Judged again; the
    person must be held by the caller."""
    judged = judge_task(session, task, carried_in, at)
    note_verdict(session, task, judged, at, Moment.dial)
    if judged.verdict.answer is not Answer.allow:
        store_refusal(session, task, judged.verdict, at, Moment.dial)
    return judged.verdict

"""The steps of a contact: claim, submit, record (design section 3).

A claim holds the person's row, judges history and what is in flight, and only then makes the `Cleared` without which
a carrier can not be called. No counters that could drift.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec
from sqlmodel import Session, col, select

from collector.audit.actions import record
from collector.compliance.rules import Answer, Verdict, judge
from collector.dispatch.carriers import Cleared
from collector.dispatch.queries import Ground, flights_of, ground_of, lock_people
from collector.dispatch.rules import Progress, approved_references, contact_of, denied, forward, values, with_flights
from collector.dispatch.tables import Submission
from collector.facts.rules import AccountFacts, PersonFacts, Phone
from collector.foundation.errors import BadInput, Conflict
from collector.history.rules import Channel
from collector.identity.rules import EVERYTHING, LEVEL_ORDER, Actor
from collector.planning.queries import CarriedIn, Mark, due_messages, open_calls
from collector.planning.rules import TASK_MOVES, Moment, Purpose, TaskState
from collector.planning.tables import Refusal, Task
from collector.texts.catalogue import Catalogue
from collector.texts.rules import count_segments, foreign_references

LEASE = timedelta(minutes=15)
"""How long a claimed call is held for an agent who does not record an outcome."""
TRIES = 50
"""How many refused calls one claim steps over before it gives up."""


@dataclass(frozen=True, slots=True)
class ReadyMessage:
    """A message that is committed as `sending`, with its proof."""

    task_id: int
    submission_id: int
    to: str
    sender: str
    body: str
    token: str
    cleared: Cleared


@dataclass(slots=True)
class MessageClaims:
    """What one claim of a batch came to. `closings`: closing SMS that are forbidden for good, with their rules."""

    ready: list[ReadyMessage] = field(default_factory=list)
    refused: int = 0
    closings: list[tuple[int, int, tuple[str, ...]]] = field(default_factory=list)
    """(contact point, person, rules)"""


@dataclass(frozen=True, slots=True)
class ClaimedCall:
    """A call that is held for an agent."""

    task: Task
    verdict: Verdict


def claim_messages(
    session: Session, catalogue: Catalogue, carried_in: CarriedIn, at: datetime, limit: int
) -> MessageClaims:
    """Judge and write the next due messages, and commit each as `sending` before the carrier hears of it."""
    claims = MessageClaims()
    tasks = due_messages(session, EVERYTHING, at, limit)
    lock_people(session, [task.person_id for task in tasks])
    ground = ground_of(session, tasks, at, carried_in)
    flights = flights_of(session, ground, [task.person_id for task in tasks])
    for task in tasks:
        facts = with_flights(ground.people[task.person_id], flights)
        text, verdict = _written_and_judged(task, facts, ground, catalogue, at)
        if verdict.answer is not Answer.allow or text is None:
            claims.refused += 1
            closing = _refuse(session, task, verdict, at, Moment.claim)
            if closing and task.contact_point_id is not None:
                claims.closings.append((task.contact_point_id, task.person_id, closing))
            continue
        claims.ready.append(_sending(session, task, text, verdict, at))
        flights.append(ground.flight(task, at))
    session.flush()
    return claims


def _written_and_judged(
    task: Task, facts: PersonFacts, ground: Ground, catalogue: Catalogue, at: datetime
) -> tuple[str | None, Verdict]:
    """The finished text and the gate's word on it. What can not be written is refused, with the reason."""
    found = _subject(task, facts)
    if found is None or task.template is None:
        return None, denied("HOUSE-TASK", "the account or the number of this task is gone")
    if ground.is_held(task):
        return None, denied("HOUSE-HOLD", "contact is on hold here")
    account, phone = found
    book, people = ground.books[task.portfolio_id], ground.names
    language = facts.body.language or ground.languages[task.portfolio_id]
    name, borrower = people.get(task.person_id, ""), people.get(ground.borrowers.get(task.account_id, 0), "")
    caller = task.caller or ""
    try:
        given = values(book, account, language, name, borrower, caller, at)
        text = catalogue.render(task.template, language, given)
    except BadInput as error:
        return None, denied("HOUSE-TEXT", error.message)
    foreign = foreign_references(text, approved_references(book, account, caller, (name, borrower)))
    if foreign:
        return None, denied("HOUSE-TEXT", "the text points to a link or number that nobody approved")
    debts = tuple(msgspec.json.decode(task.debts, type=list[int]))
    ctx = ground.contexts[task.portfolio_id]
    contact = contact_of(account, phone, task.channel, task.purpose, debts, ctx.collector, task.template, text)
    return text, judge(contact, facts, ctx.policy, at)


def _subject(task: Task, facts: PersonFacts) -> tuple[AccountFacts, Phone] | None:
    account = next((one for one in facts.accounts if one.account_id == task.account_id), None)
    phone = next((one for one in facts.body.phones if one.id == task.contact_point_id), None)
    return (account, phone) if account and phone else None


def _sending(session: Session, task: Task, text: str, verdict: Verdict, at: datetime) -> ReadyMessage:
    token = secrets.token_urlsafe(16)
    move(task, TaskState.claimed)
    move(task, TaskState.sending)
    task.claimed_by, task.claimed_at, task.submitted_at, task.token = "worker", at, at, token
    submission = Submission(
        task_id=task.id,
        person_id=task.person_id,
        channel=Channel.sms,
        carrier="",
        from_number=task.caller or "",
        to_number=task.number or "",
        body=text,
        segments=count_segments(text).parts,
        token=token,
        submitted_at=at,
        updated_at=at,
    )
    session.add(task)
    session.add(submission)
    session.flush()
    _note_verdict(session, task, verdict, at, Moment.claim)
    cleared = Cleared(task.id or 0, at, verdict)
    return ReadyMessage(
        task.id or 0, submission.id or 0, submission.to_number, submission.from_number, text, token, cleared
    )


def claim_call(
    session: Session, agent: Actor, carried_in: CarriedIn, at: datetime, mark: Mark | None = None
) -> ClaimedCall | None:
    """The best call for an agent, judged and held for them. Asked again while one is held, that one."""
    held = _held_call(session, agent, at)
    if held is not None:
        verdict = judge_call(session, held, carried_in, at)
        if verdict.answer is Answer.allow:
            return ClaimedCall(held, verdict)
        _refuse(session, held, verdict, at, Moment.claim)
    level = agent.level or max(LEVEL_ORDER, key=lambda word: LEVEL_ORDER[word])
    for _ in range(TRIES):
        found = open_calls(session, agent.scope, level, agent.user_id, at, 1, mark)
        if not found:
            return None
        task = found[0]
        lock_people(session, [task.person_id])
        verdict = judge_call(session, task, carried_in, at)
        if verdict.answer is Answer.allow:
            return _claimed(session, task, agent, verdict, at)
        _refuse(session, task, verdict, at, Moment.claim)
    return None


def _held_call(session: Session, agent: Actor, at: datetime) -> Task | None:
    return session.exec(
        select(Task)
        .where(
            col(Task.claimed_by) == agent.name,
            col(Task.state) == TaskState.claimed,
            col(Task.channel) == Channel.call,
            col(Task.lease_until) > at,
        )
        .limit(1)
    ).first()


def _claimed(session: Session, task: Task, agent: Actor, verdict: Verdict, at: datetime) -> ClaimedCall:
    move(task, TaskState.claimed)
    task.claimed_by, task.claimed_at, task.lease_until = agent.name, at, at + LEASE
    task.token = secrets.token_urlsafe(16)
    session.add(task)
    session.flush()
    _note_verdict(session, task, verdict, at, Moment.claim, agent.name)
    return ClaimedCall(task, verdict)


def judge_call(session: Session, task: Task, carried_in: CarriedIn, at: datetime) -> Verdict:
    """The gate's word on a call at this moment; the person's row must be held by the caller."""
    ground = ground_of(session, [task], at, carried_in)
    if ground.is_held(task):
        return denied("HOUSE-HOLD", "contact is on hold here")
    others = flights_of(session, ground, [task.person_id], without=task.id)
    facts = with_flights(ground.people[task.person_id], others)
    found = _subject(task, facts)
    if found is None:
        return denied("HOUSE-TASK", "the account or the number of this task is gone")
    debts = tuple(msgspec.json.decode(task.debts, type=list[int]))
    ctx = ground.contexts[task.portfolio_id]
    contact = contact_of(*found, task.channel, task.purpose, debts, ctx.collector)
    return judge(contact, facts, ctx.policy, at)


def submit_call(
    session: Session, task_id: int, agent: Actor, leg: str, carried_in: CarriedIn, at: datetime
) -> tuple[Submission, Cleared]:
    """Commit a claimed call as `sending`; the caller then rings the agent's leg."""
    task = session.get(Task, task_id, with_for_update=True)
    if task is None or task.state is not TaskState.claimed or task.claimed_by != agent.name:
        raise Conflict("this call is not held for you any more; take the next one")
    lock_people(session, [task.person_id])
    verdict = judge_call(session, task, carried_in, at)
    if verdict.answer is not Answer.allow:
        _refuse(session, task, verdict, at, Moment.dial)
        raise Conflict("the gate has closed meanwhile: " + "; ".join(rule.reason for rule in verdict.rules))
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
    session.add(task)
    session.add(row)
    session.flush()
    return row, Cleared(task_id, at, verdict)


def clear_dial(session: Session, task: Task, carried_in: CarriedIn, at: datetime) -> Verdict:
    """The moment of dialling: the agent is on the line, the borrower's leg is about to ring. Judged again."""
    lock_people(session, [task.person_id])
    verdict = judge_call(session, task, carried_in, at)
    if verdict.answer is Answer.allow:
        _note_verdict(session, task, verdict, at, Moment.dial)
    else:
        _store_refusal(session, task, verdict, at, Moment.dial)
    return verdict


def take_progress(
    session: Session, submission: Submission, progress: Progress, at: datetime, code: int | None = None
) -> bool:
    """What the carrier reports, taken only forward. Returns whether anything changed."""
    after = forward(submission.progress, progress)
    if after is submission.progress:
        return False
    submission.progress, submission.updated_at = after, at
    if code is not None:
        submission.error_code = code
    session.add(submission)
    session.flush()
    return True


def move(task: Task, to: TaskState, reason: str | None = None) -> None:
    """The task's next state, or a `Conflict` when that move does not exist."""
    if to not in TASK_MOVES[task.state]:
        raise Conflict(f"a task that is {task.state} can not become {to}")
    task.state = to
    if reason is not None:
        task.state_reason = reason


def _refuse(
    session: Session, task: Task, verdict: Verdict, at: datetime, moment: Moment
) -> tuple[str, ...]:
    """Put a refused task off to the next lawful time inside its window, or cancel it. Returns the rules that forbid a
    closing SMS for good, else nothing."""
    _store_refusal(session, task, verdict, at, moment)
    _note_verdict(session, task, verdict, at, moment)
    rules = tuple(rule.id for rule in verdict.rules)
    earliest = verdict.earliest
    if earliest is not None and earliest < task.not_after:
        if task.state is TaskState.claimed:
            move(task, TaskState.planned)
        task.not_before = earliest
        task.claimed_by = task.claimed_at = task.lease_until = None
    else:
        move(task, TaskState.cancelled, ", ".join(rules))
    session.add(task)
    session.flush()
    return rules if task.purpose is Purpose.closing and earliest is None else ()


def _store_refusal(session: Session, task: Task, verdict: Verdict, at: datetime, moment: Moment) -> None:
    rules = [{"id": rule.id, "answer": rule.answer.value, "reason": rule.reason} for rule in verdict.rules]
    session.add(
        Refusal(
            run_id=task.run_id,
            task_id=task.id,
            portfolio_id=task.portfolio_id,
            person_id=task.person_id,
            account_id=task.account_id,
            channel=task.channel,
            purpose=task.purpose,
            moment=moment,
            answer=verdict.answer.value,
            rules=msgspec.json.encode(rules).decode(),
            at=at,
            earliest=verdict.earliest,
        )
    )


def _note_verdict(
    session: Session, task: Task, verdict: Verdict, at: datetime, moment: Moment, actor: str = "worker"
) -> None:
    """Every verdict at the moment of contact is an audit entry (design section 3)."""
    rules = [rule.id for rule in verdict.rules]
    detail: Mapping[str, object] = {"moment": moment.value, "answer": verdict.answer.value, "rules": rules}
    record(session, actor, "gate.judged", f"task:{task.id}", detail, at)



"""Messages: sent at most once, their receipts, and what people write back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlmodel import Session, col, select

from collector.casework.actions.follow_up import follow_up
from collector.casework.addresses import Addresses
from collector.casework.office import Office
from collector.dispatch import actions as dispatch
from collector.dispatch.actions import MessageClaims, ReadyMessage, move
from collector.dispatch.carriers import Carrier, OutgoingMessage, Receipt, Unclear
from collector.dispatch.queries import submission_by_token
from collector.dispatch.rules import Progress
from collector.dispatch.tables import CarrierEvent, Submission
from collector.dispatch.twilio import LANDLINE_CODES, OPTED_OUT_CODES
from collector.facts import actions as facts_actions
from collector.facts.queries import read_people
from collector.foundation.clock import local_day
from collector.history import actions as history
from collector.history.rules import Channel, PromiseState, StopKind
from collector.history.tables import Promise
from collector.identity.rules import CARRIER, WORKER
from collector.planning.rules import Purpose, TaskState
from collector.planning.tables import Task
from collector.portfolio import actions as portfolio
from collector.portfolio.tables import ContactPoint

BATCH = 500
AT_ONCE = 50
"""Requests to the carrier that are under way together."""

Progressed = Callable[[int, int], None]


def unseen(_done: int, _total: int) -> None:
    """No progress shown."""


@dataclass(slots=True)
class SendResult:
    """What a run of sending came to. `unclear`: the carrier's answer never came; the reconciler finds out."""

    sent: int = 0
    refused_by_gate: int = 0
    refused_by_carrier: int = 0
    unclear: int = 0


async def send_all(
    office: Office, at: datetime, *, limit: int = 100_000, progress: Progressed = unseen, carrier: Carrier | None = None
) -> SendResult:
    """Send what is due: claim a batch and commit it as `sending`, call the carrier with no transaction open, record."""
    line = carrier or office.carrier()
    result = SendResult()
    try:
        while result.sent + result.refused_by_carrier + result.unclear < limit:
            claims = _claim(office, at, min(BATCH, limit))
            result.refused_by_gate += claims.refused
            if not claims.ready and not claims.refused:
                break
            receipts = await _submit(line, office, claims.ready)
            _record(office, line.name, claims.ready, receipts, at, result)
            progress(result.sent, 0)
    finally:
        if carrier is None:
            await line.close()
    return result


def _claim(office: Office, at: datetime, limit: int) -> MessageClaims:
    with office.database.begin() as session:
        claims = dispatch.claim_messages(session, office.catalogue, office.capabilities, at, limit)
        for contact_point_id, _, rules in claims.closings:
            history.closing_refused(session, contact_point_id, rules, at, WORKER)
        follow_up(session, office, {person for _, person, _ in claims.closings}, at)
    return claims


async def _submit(
    line: Carrier, office: Office, ready: Sequence[ReadyMessage]
) -> list[Receipt | None]:
    """The carrier's answers in the order of the messages; None where none came."""
    addresses, gate = Addresses(office.settings.public_url), asyncio.Semaphore(AT_ONCE)

    async def one(message: ReadyMessage) -> Receipt | None:
        outgoing = OutgoingMessage(message.to, message.sender, message.body, addresses.message_status(message.token))
        async with gate:
            try:
                return await line.send(outgoing, message.cleared)
            except Unclear:
                return None

    return list(await asyncio.gather(*(one(message) for message in ready)))


def _record(
    office: Office,
    carrier: str,
    ready: Sequence[ReadyMessage],
    receipts: Sequence[Receipt | None],
    at: datetime,
    result: SendResult,
) -> None:
    answered = [(message, receipt) for message, receipt in zip(ready, receipts, strict=True) if receipt is not None]
    result.unclear += len(ready) - len(answered)
    if not answered:
        return
    with office.database.begin() as session:
        people: set[int] = set()
        for message, receipt in answered:
            task = session.get_one(Task, message.task_id, with_for_update=True)
            submission = session.get_one(Submission, message.submission_id, with_for_update=True)
            submission.carrier = carrier
            take_receipt(session, task, submission, receipt, at)
            people.add(task.person_id)
            if receipt.progress is Progress.refused:
                result.refused_by_carrier += 1
            else:
                result.sent += 1
        facts_actions.refresh(session, people, at)


def take_receipt(session: Session, task: Task, submission: Submission, receipt: Receipt, at: datetime) -> None:
    """What the carrier said at once, or what was found on its list: the attempt is on record from then on.

    A callback may have been faster: then only what is missing is added.
    """
    submission.sid = submission.sid or receipt.sid
    dispatch.take_progress(session, submission, receipt.progress, at, receipt.error_code)
    if receipt.progress is Progress.refused and task.state is TaskState.sending:
        move(task, TaskState.failed, receipt.error)
        task.done_at = at
        session.add(task)
        _learn_from_error(session, task, receipt.error_code, at)
        return
    if task.state in (TaskState.sending, TaskState.unknown):
        move(task, TaskState.sent)
    _note_attempt(session, task, submission, at)


def _note_attempt(session: Session, task: Task, submission: Submission, at: datetime) -> None:
    if task.attempt_id is not None:
        return
    facts = read_people(session, [task.person_id], at)[task.person_id]
    zone = facts.body.zones[0] if facts.body.zones else "UTC"
    placed = task.submitted_at or at
    attempt = history.record_attempt(
        session,
        natural_key=f"task:{task.id}",
        person_id=task.person_id,
        portfolio_id=task.portfolio_id,
        channel=Channel.sms,
        at=placed,
        day=local_day(placed, zone),
        now=max(at, placed),
        actor=CARRIER,
        account_id=task.account_id,
        debts=msgspec.json.decode(task.debts, type=list[int]),
        contact_point_id=task.contact_point_id,
        number=task.number,
        caller=task.caller,
        slot=task.slot,
        purpose=task.purpose.value,
        step=task.step,
        text=submission.body,
    )
    task.attempt_id = attempt.id
    session.add(task)
    session.flush()
    if task.purpose is Purpose.promise_reminder:
        _remember_reminder(session, task, at)


def _remember_reminder(session: Session, task: Task, at: datetime) -> None:
    row = session.exec(
        select(Promise)
        .where(
            col(Promise.account_id) == task.account_id,
            col(Promise.state).in_([PromiseState.open, PromiseState.partial]),
            col(Promise.reminded_at).is_(None),
        )
        .order_by(col(Promise.due_at))
        .limit(1)
    ).first()
    if row is not None:
        history.remind_promise(session, row.id or 0, at, CARRIER)


def _learn_from_error(session: Session, task: Task, code: int | None, at: datetime) -> None:
    """A number that opted out at the carrier opts out here; a landline is for calls only, never texted again."""
    if code in OPTED_OUT_CODES:
        history.stop(
            session,
            kind=StopKind.opt_out,
            at=at,
            actor=CARRIER,
            person_id=task.person_id,
            channel=Channel.sms,
            number=task.number,
            reason="opted out at the carrier",
        )
    elif code in LANDLINE_CODES and task.contact_point_id is not None:
        point = session.get_one(ContactPoint, task.contact_point_id)
        portfolio.mark_point(session, point, point.status, label="home", actor=CARRIER.name, at=at)


def message_status(
    session: Session,
    office: Office,
    *,
    token: str,
    sid: str,
    status: str,
    progress: Progress,
    error_code: int | None,
    at: datetime,
) -> bool:
    """A status callback: the first one settles a task left in `sending`. Taken once, only forward; False: nothing new."""
    submission = submission_by_token(session, token)
    if submission is None or submission.task_id is None or seen_before(session, sid, "message", status, at):
        return False
    task = session.get_one(Task, submission.task_id, with_for_update=True)
    submission.sid = submission.sid or sid
    if task.state in (TaskState.sending, TaskState.unknown):
        take_receipt(session, task, submission, Receipt(sid, Progress.accepted), at)
    if not dispatch.take_progress(session, submission, progress, at, error_code):
        return False
    if progress is Progress.delivered:
        if task.attempt_id is not None:
            history.record_delivery(session, task.attempt_id, status, at, at, CARRIER)
        _end(session, task, TaskState.done, at)
    elif progress in (Progress.undelivered, Progress.refused):
        _learn_from_error(session, task, error_code, at)
        _end(session, task, TaskState.failed, at)
    follow_up(session, office, {task.person_id}, at, CARRIER)
    return True


def _end(session: Session, task: Task, state: TaskState, at: datetime) -> None:
    if task.state in (TaskState.sent, TaskState.sending, TaskState.unknown):
        move(task, state)
        task.done_at = at
        session.add(task)


def seen_before(session: Session, sid: str, kind: str, status: str, at: datetime) -> bool:
    """True when this very report was taken before; else it is noted as taken."""
    before = session.exec(
        select(CarrierEvent).where(
            col(CarrierEvent.sid) == sid, col(CarrierEvent.kind) == kind, col(CarrierEvent.status) == status
        )
    ).first()
    if before is None:
        session.add(CarrierEvent(sid=sid, kind=kind, status=status, at=at))
        session.flush()
    return before is not None

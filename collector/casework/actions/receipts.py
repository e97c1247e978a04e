"""What the carrier says about a message: at once, by callback, or found on its list. The same end in every order."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, col, select

from collector.casework.actions.attempts import note_attempts
from collector.casework.actions.follow_up import follow_up
from collector.casework.office import Office
from collector.dispatch import actions as dispatch
from collector.dispatch.carriers import Receipt
from collector.dispatch.queries import WITHHELD, held_submission
from collector.dispatch.rules import Progress
from collector.dispatch.tables import CarrierEvent, Submission
from collector.dispatch.twilio_words import LANDLINE_CODES, OPTED_OUT_CODES
from collector.facts.queries import people_with_number
from collector.foundation.database import among
from collector.history import actions as history
from collector.history.rules import Channel, PromiseState, StopKind
from collector.history.tables import Promise
from collector.identity.rules import CARRIER
from collector.planning.rules import Purpose, TaskState
from collector.planning.tables import Task
from collector.portfolio import actions as portfolio
from collector.portfolio.tables import ContactPoint

UNSETTLED = (TaskState.sending, TaskState.unknown)
FINAL = (Progress.delivered, Progress.undelivered, Progress.refused)


class Answered(NamedTuple):
    """A message with the carrier's answer; its person, task and submission are held."""

    task: Task
    submission: Submission
    receipt: Receipt


def take_receipts(session: Session, office: Office, answered: Sequence[Answered], at: datetime) -> set[int]:
    """What the carrier said at once, or what was found on its list: the attempts are on record from then on. A callback
    may have been faster: then only what is missing is added.

    Returns the people of whom something was learned besides; they, like all others, need their facts refreshed.
    """
    sent: list[Answered] = []
    learned: set[int] = set()
    for each in answered:
        task, submission, receipt = each
        submission.sid = submission.sid or receipt.sid
        dispatch.take_progress(session, submission, receipt.progress, at, receipt.error_code)
        if receipt.progress is Progress.refused and task.state in UNSETTLED:
            submission.error = WITHHELD if receipt.busy else receipt.error
            dispatch.end(session, task, TaskState.failed, at, receipt.error)
            learned |= learn_from_error(session, task, receipt.error_code, at)
            continue
        if task.state in UNSETTLED:
            dispatch.move(task, TaskState.sent)
            session.add(task)
        sent.append(each)
    texts = {each.task.id or 0: each.submission.body for each in sent}
    note_attempts(session, office, [each.task for each in sent], at, CARRIER, texts)
    _remember_reminders(session, [each.task for each in sent], at)
    return learned


def _remember_reminders(session: Session, tasks: Collection[Task], at: datetime) -> None:
    """The next promise of the account was reminded of."""
    accounts = {task.account_id for task in tasks if task.purpose is Purpose.promise_reminder}
    if not accounts:
        return
    rows = session.exec(
        select(Promise)
        .where(
            among(session, Promise.account_id, accounts),
            col(Promise.state).in_([PromiseState.open, PromiseState.partial]),
        )
        .order_by(col(Promise.due_at), col(Promise.id))
    ).all()
    for account_id in sorted(accounts):
        first = next((row for row in rows if row.account_id == account_id), None)
        if first is not None:
            history.remind_promise(session, first.id or 0, at, CARRIER)


def learn_from_error(session: Session, task: Task, code: int | None, at: datetime) -> set[int]:
    """A number that opted out at the carrier opts out here; a landline is for calls only, never texted again, whoever
    has it. Also when the word came late and changes the message no more: what was learned does not depend on the
    order. Returns whom it concerns."""
    if task.number is None or code not in OPTED_OUT_CODES | LANDLINE_CODES:
        return set()
    if code in OPTED_OUT_CODES:
        history.stop(
            session,
            kind=StopKind.opt_out,
            at=at,
            actor=CARRIER,
            channel=Channel.sms,
            number=task.number,
            reason="opted out at the carrier",
        )
    else:
        for point in session.exec(select(ContactPoint).where(col(ContactPoint.value) == task.number)).all():
            portfolio.mark_point(session, point, point.status, label="home", actor=CARRIER.name, at=at)
    return {task.person_id, *people_with_number(session, task.number)}


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
    """A status callback: the first one settles a task left in `sending`. Taken once, only forward; False: no news."""
    held = held_submission(session, token)
    if held is None or held[1].sid not in (None, sid) or seen_before(session, sid, "message", status, at):
        return False
    task, submission = held
    was_unsettled = task.state in UNSETTLED
    if was_unsettled:
        take_receipts(session, office, [Answered(task, submission, Receipt(sid, Progress.accepted))], at)
    is_news = dispatch.take_progress(session, submission, progress, at, error_code)
    people = {task.person_id}
    if is_news and progress in FINAL:
        take_last_word(session, task, progress, status, at)
    if progress in FINAL:
        people |= learn_from_error(session, task, error_code, at)
    if was_unsettled or progress in FINAL:
        follow_up(session, office, people, at, CARRIER)
    return is_news or was_unsettled


def take_last_word(session: Session, task: Task, progress: Progress, status: str, at: datetime) -> None:
    """The last word about a message. "Delivered" after "undelivered" is the carrier correcting itself, the only way it
    does: then the task that had failed is done."""
    if progress is not Progress.delivered:
        if task.state is TaskState.sent:
            dispatch.end(session, task, TaskState.failed, at, status)
        return
    if task.attempt_id is not None:
        history.record_delivery(session, task.attempt_id, status, at, at, CARRIER)
    if task.state is TaskState.failed:
        dispatch.move(task, TaskState.done, "corrected by the carrier")
        session.add(task)
    elif task.state is TaskState.sent:
        dispatch.end(session, task, TaskState.done, at)


def seen_before(session: Session, sid: str, kind: str, status: str, at: datetime) -> bool:
    """True when this very report was taken before; else it is noted as taken. What it is about must be held."""
    before = session.exec(
        select(CarrierEvent.id).where(
            col(CarrierEvent.sid) == sid, col(CarrierEvent.kind) == kind, col(CarrierEvent.status) == status
        )
    ).first()
    if before is None:
        session.add(CarrierEvent(sid=sid, kind=kind, status=status, at=at))
        session.flush()
    return before is not None

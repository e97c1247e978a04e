"""What the carrier never answered: its own list is asked, and nothing is sent again (design section 4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from collector.casework.actions.dialling import never_dialled
from collector.casework.actions.follow_up import follow_up
from collector.casework.actions.inbound_calls import settle_inbound
from collector.casework.actions.receipts import FINAL, Answered, learn_from_error, take_last_word, take_receipts
from collector.casework.carrier import carrier_of
from collector.casework.office import Office
from collector.dispatch import actions as dispatch
from collector.dispatch.carriers import Carrier, Receipt, Sighting, Unclear
from collector.dispatch.queries import held_task, unanswered
from collector.dispatch.rules import Progress
from collector.dispatch.tables import Submission
from collector.history.rules import Channel
from collector.identity.rules import CARRIER
from collector.planning.rules import TaskState
from collector.planning.tables import Task

GRACE = timedelta(minutes=2)
"""How long an answer may take before the carrier's own list is asked."""
RINGS_FOR = timedelta(minutes=10)
"""How long a call that the carrier took may wait for the agent's phone before its end is looked for."""
LOST_AFTER = timedelta(minutes=30)
"""How long the list may lack a message before the task is `unknown`, for a person; lists lag behind."""
OVER = (Progress.completed, Progress.undelivered, Progress.refused)


@dataclass(slots=True)
class Reconciled:
    found: int = 0
    unknown: int = 0
    waiting: int = 0


async def reconcile(office: Office, now: datetime, carrier: Carrier | None = None) -> Reconciled:
    """Settle what was left in `sending` by the carrier's own list, and calls that came in and whose end was never told.
    Nothing is ever sent again from here."""
    line = carrier or carrier_of(office)
    result = Reconciled(found=settle_inbound(office, now))
    try:
        with office.database.read() as session:
            left = unanswered(session, now - GRACE, now - RINGS_FOR)
        for task_id, submission_id in left:
            await _reconcile_one(office, line, task_id, submission_id, now, result)
    finally:
        if carrier is None:
            await line.close()
    return result


async def _reconcile_one(
    office: Office, line: Carrier, task_id: int, submission_id: int, now: datetime, result: Reconciled
) -> None:
    with office.database.read() as session:
        row = session.get_one(Submission, submission_id)
    ask = line.messages if row.channel is Channel.sms else line.calls
    try:
        seen = await ask(row.to_number, row.from_number, row.submitted_at)
    except Unclear:
        result.waiting += 1
        return
    with office.database.begin() as session:
        task = held_task(session, task_id)
        submission = session.get_one(Submission, submission_id, with_for_update=True, populate_existing=True)
        if task is None or task.state is not TaskState.sending:
            return
        match = _match(session, submission, seen)
        if match is not None:
            submission.carrier = line.name
            is_settled = _settle(session, office, task, submission, match, now)
            result.found += is_settled
            result.waiting += not is_settled
        elif now - row.submitted_at > LOST_AFTER:
            dispatch.move(task, TaskState.unknown, "the carrier's list does not show it; a person must look")
            dispatch.take_progress(session, submission, Progress.unknown, now)
            session.add(task)
            result.unknown += 1
        else:
            result.waiting += 1


def _match(session: Session, submission: Submission, seen: Sequence[Sighting]) -> Sighting | None:
    """The one on the carrier's list that is ours: by its sid, else by text and time, the nearest that no other
    submission is known to be."""
    if submission.sid is not None:
        return next((one for one in seen if one.sid == submission.sid), None)
    near = sorted(
        (abs(one.at - submission.submitted_at), one.sid, one)
        for one in seen
        if one.body in (None, submission.body)
        and one.at is not None
        and abs(one.at - submission.submitted_at) < LOST_AFTER
    )
    taken = set(session.exec(select(Submission.sid).where(col(Submission.sid).in_([sid for _, sid, _ in near]))))
    return next((one for _, sid, one in near if sid not in taken), None)


def _settle(
    session: Session, office: Office, task: Task, submission: Submission, found: Sighting, now: datetime
) -> bool:
    """Whether that ended the waiting. The end of a message on the list is the carrier's last word about it; a call
    that is over while it was still ringing the agent's phone never rang the borrower's."""
    if submission.channel is Channel.sms:
        receipt = Receipt(found.sid, found.progress, found.error_code)
        learned = take_receipts(session, office, [Answered(task, submission, receipt)], now)
        if found.progress in FINAL:
            word = str(found.progress)
            take_last_word(session, task, found.progress, word, now)
            learned |= learn_from_error(session, task, found.error_code, now)
        follow_up(session, office, {task.person_id} | learned, now, CARRIER)
        return True
    submission.sid = found.sid
    dispatch.take_progress(session, submission, found.progress, now)
    if found.progress not in OVER:
        return False
    never_dialled(session, office, task, f"the agent's phone: {found.progress}", now)
    return True

"""What the carrier never answered: its own list is asked, and nothing is sent again (design section 4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, select

from collector.casework.actions.follow_up import follow_up
from collector.casework.actions.messages import take_receipt
from collector.casework.office import Office
from collector.dispatch.actions import move
from collector.dispatch.carriers import Carrier, Receipt, Unclear
from collector.dispatch.queries import unanswered
from collector.dispatch.tables import Submission
from collector.history.rules import Channel
from collector.identity.rules import CARRIER
from collector.planning.rules import TaskState
from collector.planning.tables import Task

GRACE = timedelta(minutes=2)
"""How long an answer may take before the carrier's own list is asked."""
LOST_AFTER = timedelta(minutes=30)
"""How long the list may lack a message before the task is `unknown`, for a person; lists lag behind."""


@dataclass(slots=True)
class Reconciled:
    found: int = 0
    unknown: int = 0
    waiting: int = 0


async def reconcile(office: Office, now: datetime, carrier: Carrier | None = None) -> Reconciled:
    """Settle what was left in `sending` by the carrier's own list. Nothing is ever sent again from here."""
    line = carrier or office.carrier()
    result = Reconciled()
    try:
        with office.database.read() as session:
            left = [(task.id or 0, row.id or 0) for task, row in unanswered(session, now - GRACE)]
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
    near = [
        one
        for one in seen
        if one.body in (None, row.body) and one.at is not None and abs(one.at - row.submitted_at) < LOST_AFTER
    ]
    with office.database.begin() as session:
        task = session.get_one(Task, task_id, with_for_update=True)
        submission = session.get_one(Submission, submission_id, with_for_update=True)
        if task.state is not TaskState.sending:
            return
        known = set(session.exec(select(Submission.sid).where(col(Submission.sid).in_([one.sid for one in near]))))
        match = next((one for one in near if one.sid not in known), None)
        if match is not None:
            submission.carrier = line.name
            take_receipt(session, task, submission, Receipt(match.sid, match.progress, match.error_code), now)
            follow_up(session, office, {task.person_id}, now, CARRIER)
            result.found += 1
        elif now - row.submitted_at > LOST_AFTER:
            move(task, TaskState.unknown, "the carrier's list does not show it; a person must look")
            session.add(task)
            result.unknown += 1
        else:
            result.waiting += 1

"""Calls through the carrier: the agent's leg first, the gate again at the moment of dialling, the outcome from the
dialled leg (design section 5)."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from collector.casework.actions.contacts import record_outcome
from collector.casework.actions.messages import seen_before
from collector.casework.addresses import Addresses
from collector.casework.office import Office
from collector.compliance.rules import Answer
from collector.dispatch import actions as dispatch
from collector.dispatch import twiml
from collector.dispatch.actions import move
from collector.dispatch.carriers import Carrier, OutgoingCall, Receipt, Unclear
from collector.dispatch.queries import submission_by_token
from collector.dispatch.rules import Progress
from collector.dispatch.tables import Submission
from collector.dispatch.twilio import CALL_PROGRESS, DIAL_OUTCOME
from collector.foundation.errors import BadInput, CarrierError
from collector.history.rules import Outcome
from collector.identity.rules import CARRIER, Actor
from collector.identity.tables import User
from collector.planning.rules import TaskState
from collector.planning.tables import Task

CLOSED = {"en": "This call may not be made now.", "zh": "此刻不能拨打该电话。"}


async def start_call(office: Office, task_id: int, agent: Actor, at: datetime, carrier: Carrier | None = None) -> Receipt:
    """Ring the agent's own phone for a claimed call. The borrower's phone rings only after they answered."""
    with office.database.begin() as session:
        leg = _leg_of(session, agent)
        row, cleared = dispatch.submit_call(session, task_id, agent, leg, office.capabilities, at)
        submission_id, token, caller = row.id or 0, row.token, row.from_number
    addresses = Addresses(office.settings.public_url)
    call = OutgoingCall(leg, caller, addresses.voice_script(token), addresses.call_status(token))
    line = carrier or office.carrier()
    try:
        receipt = await line.call(call, cleared)
    except Unclear as error:
        raise CarrierError("the carrier did not answer; the call may still come, do not dial again") from error
    finally:
        if carrier is None:
            await line.close()
    with office.database.begin() as session:
        _take_receipt(session, task_id, submission_id, receipt, line.name, at)
    if receipt.progress is Progress.refused:
        raise CarrierError(f"the carrier refused to ring your phone ({receipt.error}); check its number")
    return receipt


def _leg_of(session: Session, agent: Actor) -> str:
    user = session.get(User, agent.user_id) if agent.user_id is not None else None
    if user is None or not user.phone:
        raise BadInput("your own phone is not set; an admin sets the number that rings for your calls")
    return user.phone


def _take_receipt(
    session: Session, task_id: int, submission_id: int, receipt: Receipt, carrier: str, at: datetime
) -> None:
    task = session.get_one(Task, task_id, with_for_update=True)
    submission = session.get_one(Submission, submission_id, with_for_update=True)
    submission.carrier, submission.sid = carrier, submission.sid or receipt.sid
    dispatch.take_progress(session, submission, receipt.progress, at, receipt.error_code)
    if receipt.progress is Progress.refused and task.state is TaskState.sending:
        move(task, TaskState.failed, receipt.error)
        task.done_at = at
        session.add(task)


def dial_script(session: Session, office: Office, *, token: str, call_sid: str, at: datetime) -> str:
    """The agent answered: whom to dial, as TwiML. Judged again now; given once, since it shows the number."""
    submission = submission_by_token(session, token)
    if submission is None or submission.task_id is None:
        return twiml.hang_up()
    task = session.get_one(Task, submission.task_id, with_for_update=True)
    if seen_before(session, call_sid, "script", "given", at) or task.state is not TaskState.sending:
        return twiml.hang_up()
    submission.sid = submission.sid or call_sid
    verdict = dispatch.clear_dial(session, task, office.capabilities, at)
    if verdict.answer is not Answer.allow:
        move(task, TaskState.failed, ", ".join(rule.id for rule in verdict.rules))
        task.done_at = at
        session.add(task)
        return twiml.say(CLOSED["en"], "en")
    move(task, TaskState.sent)
    task.submitted_at = at
    session.add(task)
    addresses = Addresses(office.settings.public_url)
    return twiml.dial(
        task.number or "", task.caller or "", addresses.dial_result(token), addresses.dial_status(token)
    )


def call_status(session: Session, office: Office, *, token: str, sid: str, status: str, at: datetime) -> bool:
    """Progress of the agent's leg. If it never answered, the borrower was not rung: nothing counts."""
    submission = submission_by_token(session, token)
    if submission is None or submission.task_id is None or seen_before(session, sid, "call", status, at):
        return False
    task = session.get_one(Task, submission.task_id, with_for_update=True)
    submission.sid = submission.sid or sid
    progress = CALL_PROGRESS.get(status, Progress.accepted)
    ended = progress in (Progress.undelivered, Progress.completed)
    dispatch.take_progress(session, submission, progress, at)
    if ended and task.state is TaskState.sending:
        move(task, TaskState.failed, f"the agent's phone: {status}")
        task.done_at = at
        session.add(task)
    return True


def dial_status(session: Session, *, token: str, sid: str, status: str, at: datetime) -> bool:
    """Progress of the borrower's leg, for the bar on the desk."""
    submission = submission_by_token(session, token)
    if submission is None or seen_before(session, sid, "dial", status, at):
        return False
    submission.child_sid = submission.child_sid or sid
    submission.updated_at = at
    session.add(submission)
    return True


def dial_result(
    session: Session, office: Office, *, token: str, sid: str, status: str, seconds: int | None, at: datetime
) -> bool:
    """The borrower's leg ended. What it alone proves is recorded; a call that was answered waits for the agent's word."""
    submission = submission_by_token(session, token)
    if submission is None or submission.task_id is None or seen_before(session, sid, "result", status, at):
        return False
    task = session.get_one(Task, submission.task_id, with_for_update=True)
    submission.seconds, submission.child_sid = seconds, submission.child_sid or sid
    session.add(submission)
    proven: Outcome | None = DIAL_OUTCOME.get(status)
    if proven is not None and task.attempt_id is None:
        record_outcome(session, office, task.id or 0, proven, at, actor=CARRIER, seconds=seconds)
    return True

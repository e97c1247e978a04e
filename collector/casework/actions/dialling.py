"""Calls through the carrier: the agent's leg first, the gate again at the moment of dialling, the outcome from the
dialled leg (design section 5)."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from collector.audit.actions import record
from collector.casework.actions.contacts import record_outcome
from collector.casework.actions.follow_up import follow_up
from collector.casework.actions.receipts import seen_before
from collector.casework.actions.recordings import keeps_years
from collector.casework.addresses import Addresses
from collector.casework.carrier import carrier_of
from collector.casework.office import Office
from collector.compliance.rules import Answer, Verdict
from collector.dispatch import actions as dispatch
from collector.dispatch import twiml
from collector.dispatch.actions import ReadyCall
from collector.dispatch.carriers import Carrier, OutgoingCall, Receipt, Unclear
from collector.dispatch.queries import held_submission
from collector.dispatch.rules import Progress
from collector.dispatch.twilio_words import CALL_PROGRESS, DIAL_OUTCOME
from collector.foundation.errors import BadInput, CarrierError, Conflict
from collector.history.rules import Outcome
from collector.identity.rules import CARRIER, Actor
from collector.identity.tables import User
from collector.planning.rules import TaskState
from collector.planning.tables import Task
from collector.portfolio.tables import Portfolio

CLOSED = {"en": "This call may not be made now.", "zh": "此刻不能拨打该电话。"}


async def start_call(
    office: Office, task_id: int, agent: Actor, at: datetime, carrier: Carrier | None = None
) -> Receipt:
    """Ring the agent's own phone for a claimed call. The borrower's phone rings only after they answered."""
    with office.database.begin() as session:
        leg = _leg_of(session, agent)
        ready = dispatch.submit_call(session, task_id, agent, leg, office.capabilities, at)
    if isinstance(ready, Verdict):
        raise Conflict("the gate has closed meanwhile: " + "; ".join(rule.reason for rule in ready.rules))
    addresses = Addresses(office.settings.public_url)
    call = OutgoingCall(leg, ready.caller, addresses.voice_script(ready.token), addresses.call_status(ready.token))
    line = carrier or carrier_of(office)
    try:
        receipt = await line.call(call, ready.cleared)
    except Unclear as error:
        raise CarrierError("the carrier did not answer; the call may still come, do not dial again") from error
    finally:
        if carrier is None:
            await line.close()
    with office.database.begin() as session:
        _take_receipt(session, office, ready, receipt, line.name, at)
    if receipt.progress is Progress.refused:
        raise CarrierError(f"the carrier refused to ring your phone ({receipt.error}); check its number")
    return receipt


def _leg_of(session: Session, agent: Actor) -> str:
    user = session.get(User, agent.user_id) if agent.user_id is not None else None
    if user is None or not user.phone:
        raise BadInput("your own phone is not set; an admin sets the number that rings for your calls")
    return user.phone


def _take_receipt(
    session: Session, office: Office, ready: ReadyCall, receipt: Receipt, carrier: str, at: datetime
) -> None:
    """The script may have been asked for before the receipt came: then only what is missing is added."""
    held = held_submission(session, ready.token)
    if held is None:
        return
    task, submission = held
    submission.carrier, submission.sid = carrier, submission.sid or receipt.sid
    dispatch.take_progress(session, submission, receipt.progress, at, receipt.error_code)
    session.add(submission)
    if receipt.progress is Progress.refused and task.state is TaskState.sending:
        never_dialled(session, office, task, receipt.error or "refused", at)


def never_dialled(session: Session, office: Office, task: Task, reason: str, at: datetime) -> None:
    """The borrower's phone was not rung: nothing counts, and the plan decides afresh."""
    dispatch.end(session, task, TaskState.failed, at, reason)
    record(session, CARRIER.name, "call.never_dialled", f"task:{task.id}", {"person": task.person_id}, at)
    follow_up(session, office, {task.person_id}, at, CARRIER)


def dial_script(session: Session, office: Office, *, token: str, call_sid: str, at: datetime) -> str:
    """The agent answered: whom to dial, as TwiML. Judged again now; given once, since it shows the number."""
    held = held_submission(session, token)
    if held is None or held[1].sid not in (None, call_sid) or held[0].state is not TaskState.sending:
        return twiml.hang_up()
    task, submission = held
    submission.sid = call_sid
    session.add(submission)
    if seen_before(session, call_sid, "script", "given", at):
        return twiml.hang_up()
    verdict = dispatch.clear_dial(session, task, office.capabilities, at)
    if verdict.answer is not Answer.allow:
        never_dialled(session, office, task, ", ".join(rule.id for rule in verdict.rules), at)
        language = "zh" if session.get_one(Portfolio, task.portfolio_id).language.startswith("zh") else "en"
        return twiml.say(CLOSED[language], language)
    dispatch.move(task, TaskState.sent)
    task.submitted_at = at
    session.add(task)
    addresses = Addresses(office.settings.public_url)
    recorded = None
    if keeps_years(office, session.get_one(Portfolio, task.portfolio_id)) is not None:
        recorded = twiml.Recorded(addresses.announce(token), addresses.recording(token))
    ended, heard = addresses.dial_result(token), addresses.dial_status(token)
    return twiml.dial(task.number or "", task.caller or "", ended, heard, recorded)


def call_status(session: Session, office: Office, *, token: str, sid: str, status: str, at: datetime) -> bool:
    """Progress of the agent's leg. If it never answered, the borrower was not rung: nothing counts."""
    held = held_submission(session, token)
    if held is None or held[1].sid not in (None, sid) or seen_before(session, sid, "call", status, at):
        return False
    task, submission = held
    submission.sid = sid
    session.add(submission)
    progress = CALL_PROGRESS.get(status, Progress.accepted)
    dispatch.take_progress(session, submission, progress, at)
    if progress in (Progress.undelivered, Progress.completed) and task.state in (TaskState.sending, TaskState.unknown):
        never_dialled(session, office, task, f"the agent's phone: {status}", at)
    return True


def dial_status(session: Session, *, token: str, sid: str, status: str, at: datetime) -> bool:
    """Progress of the borrower's leg, for the bar on the desk."""
    held = held_submission(session, token)
    if held is None or seen_before(session, sid, "dial", status, at):
        return False
    submission = held[1]
    submission.child_sid = submission.child_sid or sid
    submission.updated_at = at
    session.add(submission)
    dispatch.note_report(session, submission, f"dial:{status}", at)
    return True


def dial_result(
    session: Session, office: Office, *, token: str, sid: str, status: str, seconds: int | None, at: datetime
) -> bool:
    """The borrower's leg ended. What it alone proves is recorded; an answered call waits for the agent's word."""
    held = held_submission(session, token)
    if held is None or seen_before(session, sid, "result", status, at):
        return False
    task, submission = held
    submission.seconds, submission.child_sid = seconds, submission.child_sid or sid
    submission.updated_at = at
    session.add(submission)
    dispatch.note_report(session, submission, f"ended:{status}", at, seconds=seconds)
    proven: Outcome | None = DIAL_OUTCOME.get(status)
    if proven is not None and task.attempt_id is None and task.state is TaskState.sent:
        record_outcome(session, office, task.id or 0, proven, at, actor=CARRIER, seconds=seconds)
    return True

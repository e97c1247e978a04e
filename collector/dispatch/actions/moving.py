"""How tasks and submissions move on, and what is written down about a verdict."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec
from sqlmodel import Session

from collector.audit.actions import record
from collector.compliance.actions import keep_policy
from collector.compliance.rules import Verdict
from collector.dispatch.rules import Judged, Progress, forward
from collector.dispatch.tables import Submission
from collector.foundation.errors import Conflict
from collector.identity.rules import CARRIER, WORKER
from collector.planning.rules import TASK_MOVES, Moment, Purpose, TaskState
from collector.planning.tables import Refusal, Task


def move(task: Task, to: TaskState, reason: str | None = None) -> None:
    """The task's next state, or a `Conflict` when that move does not exist."""
    if to not in TASK_MOVES[task.state]:
        raise Conflict(f"a task that is {task.state} can not become {to}; open the page again")
    task.state = to
    if reason is not None:
        task.state_reason = reason


def end(session: Session, task: Task, to: TaskState, at: datetime, reason: str | None = None) -> None:
    """The task is over: `done`, `failed`."""
    move(task, to, reason)
    task.done_at, task.lease_until = at, None
    session.add(task)


def take_progress(
    session: Session, submission: Submission, progress: Progress, at: datetime, code: int | None = None
) -> bool:
    """What the carrier reports, taken only forward, each step with its audit entry and error. Returns whether anything
    changed."""
    after = forward(submission.progress, progress)
    if after is submission.progress:
        return False
    submission.progress, submission.updated_at, submission.error_code = after, at, code
    session.add(submission)
    note_report(session, submission, after.value, at, code=code)
    return True


def note_report(session: Session, submission: Submission, status: str, at: datetime, **more: int | None) -> None:
    """What a carrier said about a submission is an audit entry."""
    detail = {"task": submission.task_id, "status": status, "sid": submission.sid, **more}
    record(session, CARRIER.name, "carrier.reported", f"submission:{submission.id}", detail, at)


def refuse(session: Session, task: Task, judged: Judged, at: datetime, moment: Moment) -> tuple[str, ...]:
    """Put a refused task off to the next lawful time inside its window, or cancel it. Returns the rules that forbid a
    closing SMS for good, else nothing."""
    verdict = judged.verdict
    store_refusal(session, task, verdict, at, moment)
    note_verdict(session, task, judged, at, moment)
    rules = tuple(rule.id for rule in verdict.rules)
    earliest = verdict.earliest
    if earliest is not None and at < earliest < task.not_after:
        if task.state is TaskState.claimed:
            move(task, TaskState.planned)
        task.not_before = earliest
        task.claimed_by = task.claimed_at = task.lease_until = None
    else:
        end(session, task, TaskState.cancelled, at, ", ".join(rules))
    session.add(task)
    return rules if task.purpose is Purpose.closing and earliest is None else ()


def store_refusal(session: Session, task: Task, verdict: Verdict, at: datetime, moment: Moment) -> None:
    """A refusal is recorded with every rule that spoke."""
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


def note_verdict(
    session: Session, task: Task, judged: Judged, at: datetime, moment: Moment, actor: str = WORKER.name
) -> None:
    """Every verdict at the moment of contact is an audit entry (design section 3): what was asked, the answer, the
    rules that spoke, and the gate and the facts it was reached on."""
    about = {
        "moment": moment.value,
        "person": task.person_id,
        "account": task.account_id,
        "contact_point": task.contact_point_id,
        "channel": task.channel.value,
        "purpose": task.purpose.value,
        "by": task.claimed_by or (actor if actor != WORKER.name else None),
    }
    audit_verdict(session, f"task:{task.id}", about, judged, task.portfolio_id, at, actor)


def audit_verdict(
    session: Session,
    subject: str,
    about: Mapping[str, object],
    judged: Judged,
    portfolio_id: int,
    at: datetime,
    actor: str,
) -> None:
    """The entry itself; `about`: what was asked."""
    policy = judged.policy
    if policy is not None:
        keep_policy(session, policy, portfolio_id, actor, at)
    detail = {
        **about,
        "answer": judged.verdict.answer.value,
        "rules": [rule.id for rule in judged.verdict.rules],
        "pack": policy.name if policy is not None else None,
        "policy": policy.digest if policy is not None else None,
        "facts": judged.facts,
    }
    record(session, actor, "gate.judged", subject, detail, at)

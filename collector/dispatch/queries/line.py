"""The line to the carrier: what was handed over and not answered, and what came in."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_
from sqlmodel import Session, col, select

from collector.dispatch.rules import Progress
from collector.dispatch.tables import InboundMessage, Submission
from collector.foundation.database import among
from collector.history.rules import Channel
from collector.planning.rules import TaskState
from collector.planning.tables import Task

SILENT = 5
"""Messages in a row without an answer, after which the carrier counts as down (security section 3)."""
WITHHELD = "not taken: the carrier takes nothing now"
"""The error of a message that was kept back or met a no that is not about it, such as a wrong key; it is put back."""
LOOKS_BACK = timedelta(days=2)
"""How far back the end of a call is still looked for."""


def numbers_waited_for(session: Session, numbers: Collection[str]) -> set[str]:
    """Those of these numbers to which a message was handed over whose answer has not come."""
    if not numbers:
        return set()
    return set(
        session.exec(
            select(Submission.to_number)
            .join(Task, col(Task.id) == col(Submission.task_id))
            .where(
                among(session, Submission.to_number, numbers),
                col(Submission.progress) == Progress.submitted,
                col(Task.state) == TaskState.sending,
            )
        )
    )


def is_line_down(session: Session, since: datetime, before: datetime) -> bool:
    """Whether several messages of that time, and no fewer, were never answered or not taken by a carrier that takes
    nothing: then one is sent to see whether it is back before the rest is handed over."""
    silent = session.exec(
        select(Submission.id)
        .where(
            or_(col(Submission.progress) == Progress.submitted, col(Submission.error) == WITHHELD),
            col(Submission.channel) == Channel.sms,
            col(Submission.submitted_at) >= since,
            col(Submission.submitted_at) <= before,
        )
        .limit(SILENT)
    ).all()
    return len(silent) >= SILENT


def unanswered(
    session: Session, before: datetime, calls_before: datetime, limit: int = 500
) -> Sequence[tuple[int, int]]:
    """(task, submission) of what was committed as `sending` and never heard of again, oldest first. A call that the
    carrier took waits longer: the agent's phone may ring."""
    rang = col(Submission.progress).in_([Progress.accepted, Progress.in_progress])
    rows = session.exec(
        select(Task.id, Submission.id)
        .join(Submission, col(Submission.task_id) == col(Task.id))
        .where(
            col(Task.state) == TaskState.sending,
            or_(
                (col(Submission.progress) == Progress.submitted) & (col(Submission.submitted_at) <= before),
                rang
                & (col(Submission.channel) == Channel.call)
                & (col(Submission.submitted_at) > before - LOOKS_BACK)
                & (col(Submission.submitted_at) <= calls_before),
            ),
        )
        .order_by(col(Task.id))
        .limit(limit)
    ).all()
    return [(task_id or 0, submission_id or 0) for task_id, submission_id in rows]


def inbound_waiting(session: Session, limit: int = 200) -> Sequence[InboundMessage]:
    """Messages that a person must look at, oldest first."""
    return session.exec(
        select(InboundMessage)
        .where(col(InboundMessage.handled_at).is_(None))
        .order_by(col(InboundMessage.id))
        .limit(limit)
    ).all()

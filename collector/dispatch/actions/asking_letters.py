"""A letter that a person made outside the plan: a task of its own, judged like any other when it is posted."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlmodel import Session, col, select

from collector.foundation.errors import Conflict
from collector.history.rules import Channel
from collector.identity.rules import Scope
from collector.planning.queries import current_runs
from collector.planning.rules import ASKED_RANK, Purpose, TaskState
from collector.planning.tables import Task
from collector.texts.rules import Tone

WAITS = timedelta(hours=1)


class AskedLetter(NamedTuple):
    """To whom, about what, with which words, and where the account stands. `reason`: once a letter."""

    reason: str
    portfolio_id: int
    person_id: int
    account_id: int
    template: str
    segment: str
    stage: str
    level: str


def ask_letter(session: Session, asked: AskedLetter, at: datetime) -> Task:
    """Plan it for now. Asked for again while the first task is open, it is that task. The person must be held by the
    caller."""
    same = (col(Task.person_id) == asked.person_id, Task.reason == asked.reason, Task.state == TaskState.planned)
    run = next(iter(current_runs(session, Scope(frozenset({asked.portfolio_id})))), None)
    if run is None:
        raise Conflict("no day was planned yet for this portfolio: nothing can be sent")
    before = session.exec(select(Task).where(*same, Task.run_id == run.id)).first()
    if before is not None:
        return before
    task = Task(
        run_id=run.id or 0,
        portfolio_id=asked.portfolio_id,
        person_id=asked.person_id,
        account_id=asked.account_id,
        debts=f"[{asked.account_id}]",
        channel=Channel.letter,
        purpose=Purpose.notice,
        segment=asked.segment,
        stage=asked.stage,
        level=asked.level,
        template=asked.template,
        tone=Tone.formal.value,
        not_before=at,
        not_after=at + WAITS,
        rank=ASKED_RANK,
        priority="{}",
        reason=asked.reason,
    )
    session.add(task)
    session.flush()
    return task

"""Letters and visits: nothing is handed to a carrier; a person says that it was sent, or made."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from collector.compliance.rules import Answer, Verdict
from collector.dispatch.actions.calling import judge_task
from collector.dispatch.actions.moving import end, move, note_verdict, refuse
from collector.foundation.errors import Conflict
from collector.identity.rules import Actor
from collector.planning.queries import CarriedIn
from collector.planning.rules import Moment, RunState, TaskState
from collector.planning.tables import PlanRun, Task


def finish_paper(session: Session, task: Task, actor: Actor, carried_in: CarriedIn, at: datetime) -> Verdict:
    """Judge a letter or visit at this moment and, if it is allowed, end its task; else the refusal is stored. The
    person must be held by the caller. A task that is no longer planned is a `Conflict`."""
    if task.state is not TaskState.planned or session.get_one(PlanRun, task.run_id).state is not RunState.current:
        raise Conflict(f"this task is closed ({task.state_reason or task.state}); what is still due is planned anew")
    judged = judge_task(session, task, carried_in, at, actor.name)
    if judged.verdict.answer is not Answer.allow:
        refuse(session, task, judged, at, Moment.claim)
        return judged.verdict
    note_verdict(session, task, judged, at, Moment.claim, actor.name)
    move(task, TaskState.claimed)
    task.claimed_by, task.claimed_at = actor.name, at
    end(session, task, TaskState.done, at)
    session.flush()
    return judged.verdict

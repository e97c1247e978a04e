"""Letters sent and visits made, as a person reports them: once, through the gate, with what there is to say of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from collector.casework.actions.attempts import note_attempts
from collector.casework.actions.contacts import people_of_task
from collector.casework.actions.follow_up import follow_up
from collector.casework.office import Office
from collector.compliance.rules import Answer, Verdict
from collector.dispatch import actions as dispatch
from collector.dispatch.queries import held_task, lock_people
from collector.foundation.errors import BadInput, Conflict, NotFound
from collector.history.rules import Channel
from collector.history.tables import Attempt
from collector.identity.rules import Actor

PAPERS = (Channel.letter, Channel.visit)
"""Channels of which only a person can say that the contact was made."""


@dataclass(frozen=True, slots=True)
class PaperDone:
    """What became of it. `refused`: why the gate does not allow it at this moment, which is stored; then `attempt` is
    None."""

    task: int
    channel: Channel
    at: datetime
    attempt: int | None
    refused: str = ""

    def require(self) -> None:
        """For a door, after its transaction was committed: a refusal is a `Conflict`."""
        if self.refused:
            raise Conflict(f"not allowed now: {self.refused}")


def told_refusal(verdict: Verdict) -> str:
    """Every rule that spoke, and from when it is lawful."""
    why = "; ".join(f"{rule.reason} ({rule.id})" for rule in verdict.rules)
    return f"{why}; from {verdict.earliest.isoformat()} on" if verdict.earliest else why


def paper_done(
    session: Session, office: Office, task_id: int, at: datetime, *, actor: Actor, note: str | None = None
) -> PaperDone:
    """A letter went out (`note`: its posting number, if any) or a visit was made (`note`: a short report). Said again,
    nothing changes."""
    people = people_of_task(session, task_id)
    lock_people(session, people)
    task = held_task(session, task_id)
    if task is None:
        raise NotFound(f"there is no task {task_id}")
    if task.channel not in PAPERS:
        raise Conflict("only letters and visits are done this way: a call has an outcome, a message reports itself")
    if task.attempt_id is not None:
        before = session.get_one(Attempt, task.attempt_id)
        return PaperDone(task_id, task.channel, before.at, before.id)
    if task.channel is Channel.visit and not (note or "").strip():
        raise BadInput("a visit is done with a short report: say what was found")
    verdict = dispatch.finish_paper(session, task, actor, office.capabilities, at)
    if verdict.answer is not Answer.allow:
        return PaperDone(task_id, task.channel, at, None, told_refusal(verdict))
    attempt = note_attempts(session, office, [task], at, actor, {task_id: note})[task_id]
    follow_up(session, office, people, at, actor)
    return PaperDone(task_id, task.channel, attempt.at, attempt.id)

"""What an outcome of a call means for the person and the number, and what a correction takes back (handbook 6, 7)."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from collector.history import actions as history
from collector.history.rules import HoldReason, Outcome, Proof, StopKind
from collector.history.tables import Attempt, Hold, Stop
from collector.identity.rules import Actor
from collector.planning.tables import Task
from collector.portfolio import actions as portfolio
from collector.portfolio.rules import ContactOwner, ContactStatus
from collector.portfolio.tables import ContactPoint

TOLD = "told in a call"
WORK = "work"
"""Label of a number at the person's work."""


def carry_out(session: Session, task: Task, outcome: Outcome, at: datetime, actor: Actor) -> None:
    """What an outcome changes besides the record of it."""
    if outcome is Outcome.wrong_number:
        _mark(session, task, ContactStatus.wrong, ContactOwner.stranger, at, actor)
    elif outcome is Outcome.deceased:
        history.stop(
            session, kind=StopKind.deceased, at=at, actor=actor, person_id=task.person_id, reason=f"{TOLD} {task.id}"
        )
    elif outcome is Outcome.says_paid:
        history.says_paid(session, account_id=task.account_id, person_id=task.person_id, now=at, actor=actor)


def take_back(session: Session, task: Task, attempt: Attempt, outcome: Outcome, at: datetime, actor: Actor) -> None:
    """The outcome that was said before was wrong: what it changed is changed back."""
    if outcome is Outcome.wrong_number:
        point = session.get(ContactPoint, task.contact_point_id) if task.contact_point_id is not None else None
        if point is not None and point.status is ContactStatus.wrong:
            owner = ContactOwner.work if point.label == WORK else ContactOwner.own
            _mark(session, task, ContactStatus.active, owner, at, actor)
    elif outcome is Outcome.deceased:
        stops = select(Stop).where(
            col(Stop.person_id) == task.person_id,
            col(Stop.kind) == StopKind.deceased,
            col(Stop.reason) == f"{TOLD} {task.id}",
            col(Stop.lifted_at).is_(None),
        )
        for stop in session.exec(stops).all():
            history.lift_stop(session, stop.id or 0, at, actor, "the outcome was corrected")
    elif outcome is Outcome.says_paid:
        holds = select(Hold).where(
            col(Hold.account_id) == task.account_id,
            col(Hold.reason) == HoldReason.says_paid,
            col(Hold.at) >= attempt.at,
            col(Hold.lifted_at).is_(None),
        )
        for hold in session.exec(holds).all():
            history.lift_hold(session, hold.id or 0, at, actor)
            if hold.proof is None:
                history.answer_says_paid(session, hold.id or 0, Proof.not_said, at, actor)


def _mark(session: Session, task: Task, status: ContactStatus, owner: ContactOwner, at: datetime, actor: Actor) -> None:
    if task.contact_point_id is not None:
        point = session.get_one(ContactPoint, task.contact_point_id)
        portfolio.mark_point(session, point, status, owner=owner, actor=actor.name, at=at)

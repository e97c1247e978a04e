"""What an outcome of a call means for the person and the number, and what a correction takes back (handbook 6, 7)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, col, select

from collector.history import actions as history
from collector.history.rules import HoldReason, Outcome, Proof, StopKind
from collector.history.tables import Attempt, Hold, Stop
from collector.identity.rules import Actor
from collector.planning.tables import Task
from collector.portfolio import actions as portfolio
from collector.portfolio.rules import ContactOwner, ContactStatus
from collector.portfolio.tables import ContactPoint

WORK = "work"
"""Label of a number at the person's work."""


class Told(NamedTuple):
    """In which call it was said, and of whom. `where`: as it stands in the reason of a stop, by which it is found."""

    person_id: int
    account_id: int | None
    points: Sequence[int]
    """The contact point that was called; of a call that came in, those of the person with the caller's number."""
    where: str

    @classmethod
    def in_task(cls, task: Task) -> Told:
        points = [task.contact_point_id] if task.contact_point_id is not None else []
        return cls(task.person_id, task.account_id, points, f"told in a call {task.id}")


def carry_out(session: Session, told: Told, outcome: Outcome, at: datetime, actor: Actor) -> None:
    """What an outcome changes besides the record of it."""
    if outcome is Outcome.wrong_number:
        for number in told.points:
            point = session.get_one(ContactPoint, number)
            portfolio.mark_point(
                session, point, ContactStatus.wrong, owner=ContactOwner.stranger, actor=actor.name, at=at
            )
    elif outcome is Outcome.deceased:
        history.stop(session, kind=StopKind.deceased, at=at, actor=actor, person_id=told.person_id, reason=told.where)
    elif outcome is Outcome.says_paid and told.account_id is not None:
        history.says_paid(session, account_id=told.account_id, person_id=told.person_id, now=at, actor=actor)


def take_back(session: Session, told: Told, attempt: Attempt, outcome: Outcome, at: datetime, actor: Actor) -> None:
    """The outcome that was said before was wrong: what it changed is changed back."""
    if outcome is Outcome.wrong_number:
        for number in told.points:
            point = session.get_one(ContactPoint, number)
            if point.status is ContactStatus.wrong:
                owner = ContactOwner.work if point.label == WORK else ContactOwner.own
                portfolio.mark_point(session, point, ContactStatus.active, owner=owner, actor=actor.name, at=at)
    elif outcome is Outcome.deceased:
        stops = select(Stop).where(
            col(Stop.person_id) == told.person_id,
            col(Stop.kind) == StopKind.deceased,
            col(Stop.reason) == told.where,
            col(Stop.lifted_at).is_(None),
        )
        for stop in session.exec(stops).all():
            history.lift_stop(session, stop.id or 0, at, actor, "the outcome was corrected")
    elif outcome is Outcome.says_paid:
        holds = select(Hold).where(
            col(Hold.account_id) == told.account_id,
            col(Hold.reason) == HoldReason.says_paid,
            col(Hold.at) >= attempt.at,
            col(Hold.lifted_at).is_(None),
        )
        for hold in session.exec(holds).all():
            history.lift_hold(session, hold.id or 0, at, actor)
            if hold.proof is None:
                history.answer_says_paid(session, hold.id or 0, Proof.not_said, at, actor)

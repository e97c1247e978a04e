"""What agents chose, and the calls they have in hand."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, or_
from sqlmodel import Session, col, select

from collector.dispatch.rules import AT_A_DESK, AgentState, CallInHand, Choice, Progress
from collector.dispatch.tables import AgentStateRow, InboundCall, Submission
from collector.foundation.database import among
from collector.history.rules import Channel
from collector.identity.tables import User
from collector.planning.rules import TaskState
from collector.planning.tables import Task

OVER = (Progress.completed, Progress.delivered, Progress.undelivered, Progress.refused)
"""How far the agent's leg came when it is over."""


class InHand(NamedTuple):
    """A call and the account it is about; None: somebody called of whom nobody knows yet who it is."""

    portfolio_id: int | None
    account_id: int | None
    call: CallInHand


def choice_of(session: Session, user_id: int) -> Choice | None:
    """What this user chose last; None: they never did."""
    newest = select(AgentStateRow).where(col(AgentStateRow.user_id) == user_id).order_by(col(AgentStateRow.id).desc())
    row = session.exec(newest.limit(1)).first()
    return Choice(row.state, row.at) if row is not None else None


def is_on_break(session: Session, user_id: int | None) -> bool:
    """Whether this user takes no calls now."""
    choice = choice_of(session, user_id) if user_id is not None else None
    return choice is not None and choice.state is AgentState.on_break


def choices_of(session: Session, user_ids: Collection[int]) -> dict[int, Choice]:
    """What each of these users chose last."""
    newest = (
        select(func.max(AgentStateRow.id))
        .where(among(session, AgentStateRow.user_id, user_ids))
        .group_by(col(AgentStateRow.user_id))
    )
    rows = session.exec(select(AgentStateRow).where(col(AgentStateRow.id).in_(newest)))
    return {row.user_id: Choice(row.state, row.at) for row in rows}


def calls_in_hand(session: Session, agents: Collection[str], at: datetime) -> dict[str, InHand]:
    """By the agent's name, the newest call that is held, rings, or waits for its outcome. One that came in goes first:
    it can not wait."""
    if not agents:
        return {}
    return outbound_in_hand(session, agents, at) | _inbound_in_hand(session, agents)


def _inbound_in_hand(session: Session, agents: Collection[str]) -> dict[str, InHand]:
    names = {name.removeprefix("user:") for name in agents if name.startswith("user:")}
    rows = session.exec(
        select(InboundCall, User.name)
        .join(User, col(User.id) == col(InboundCall.user_id))
        .where(col(InboundCall.state).in_([*AT_A_DESK]), among(session, User.name, names))
        .order_by(col(InboundCall.id))
    )
    return {
        f"user:{name}": InHand(
            row.portfolio_id, row.account_id, CallInHand(row.at, row.answered_at or row.at, row.ended_at)
        )
        for row, name in rows
    }


def outbound_in_hand(session: Session, agents: Collection[str], at: datetime) -> dict[str, InHand]:
    """The same of our own calls alone."""
    held = (col(Task.state) == TaskState.claimed) & (col(Task.lease_until) > at)
    rows = session.exec(
        select(Task, Submission)
        .join(Submission, col(Submission.task_id) == col(Task.id), isouter=True)
        .where(
            among(session, Task.claimed_by, agents),
            col(Task.channel) == Channel.call,
            or_(held, col(Task.state).in_([TaskState.sending, TaskState.sent])),
            col(Task.attempt_id).is_(None),
        )
        .order_by(col(Task.claimed_at), col(Task.id))
    )
    return {
        task.claimed_by or "": InHand(task.portfolio_id, task.account_id, _call(task, submission, at))
        for task, submission in rows
    }


def _call(task: Task, submission: Submission | None, at: datetime) -> CallInHand:
    claimed = task.claimed_at or at
    if submission is None:
        return CallInHand(claimed)
    is_over = submission.progress in OVER or submission.seconds is not None
    return CallInHand(claimed, submission.submitted_at, submission.updated_at if is_over else None)

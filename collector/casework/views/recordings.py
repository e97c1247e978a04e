"""Recordings as people see them: one by its id, those of a call, and what is to be listened to today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from collector.casework.views import within
from collector.dispatch.queries import recordings_of
from collector.dispatch.rules import Heard, RecordingState, sample
from collector.dispatch.tables import CallScore, InboundCall, Recording
from collector.foundation.database import among
from collector.identity.rules import Scope
from collector.planning.tables import Task
from collector.portfolio.tables import Account, Portfolio

LOOK_BACK = timedelta(days=7)
FOR_EACH = 3
"""Calls of each agent that are drawn on a day."""
MOST = 20_000
"""Calls of a week that are drawn from."""


@dataclass(frozen=True, slots=True)
class Played:
    """A recording with its call. `account_id` is None, and `key` the portfolio's code, while it is not known who
    called. `scores`: newest first."""

    recording: Recording
    account_id: int | None
    number: str
    key: str
    zone: str
    scores: Sequence[CallScore]


@dataclass(frozen=True, slots=True)
class ToHear:
    """A call that was drawn to be listened to."""

    recording_id: int
    agent: str
    account_id: int | None
    key: str
    at: datetime
    zone: str
    seconds: int


@dataclass(frozen=True, slots=True)
class Scored:
    """What listeners found of an agent's calls."""

    agent: str
    calls: int
    percent: int


def played(session: Session, scope: Scope, recording_id: int) -> Played:
    """One recording inside the scope; foreign and absent are the same `NotFound`."""
    row = within.recording(session, scope, recording_id)
    account_id, number = _call_of(session, row)
    account = session.get(Account, account_id) if account_id is not None else None
    book = session.get_one(Portfolio, row.portfolio_id)
    scores = select(CallScore).where(col(CallScore.recording_id) == recording_id).order_by(col(CallScore.id).desc())
    key = _key(book, account.account_no if account else None)
    return Played(row, account_id, number, key, book.timezone, session.exec(scores).all())


def _call_of(session: Session, row: Recording) -> tuple[int | None, str]:
    """The account that a recorded call is about, and the number at its other end."""
    if row.inbound_call_id is not None:
        call = session.get_one(InboundCall, row.inbound_call_id)
        return call.account_id, call.from_number
    task = session.get_one(Task, row.task_id)
    return task.account_id, task.number or ""


def _key(book: Portfolio, account_no: str | None) -> str:
    return f"{book.code}/{account_no}" if account_no else book.code


def of_attempts(session: Session, attempt_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Attempt → recording's id and seconds, of those that can be heard."""
    return {attempt: (row.id or 0, row.seconds) for attempt, row in recordings_of(session, attempt_ids).items()}


def to_hear(session: Session, scope: Scope, now: datetime, today: date) -> list[ToHear]:
    """Calls of the last week that nobody scored, drawn for today: some of every agent."""
    unscored = ~select(CallScore.id).where(col(CallScore.recording_id) == col(Recording.id)).exists()
    statement = select(Recording.id, Recording.agent).where(
        col(Recording.state) == RecordingState.kept, col(Recording.at) > now - LOOK_BACK, unscored
    )
    if scope.portfolio_ids is not None:
        statement = statement.where(col(Recording.portfolio_id).in_(scope.portfolio_ids))
    found = session.exec(statement.order_by(col(Recording.id).desc()).limit(MOST))
    drawn = sample((Heard(number or 0, agent) for number, agent in found), FOR_EACH, today)
    rows = (
        select(Recording, Account.id, Account.account_no, Portfolio)
        .join(Task, col(Task.id) == col(Recording.task_id), isouter=True)
        .join(InboundCall, col(InboundCall.id) == col(Recording.inbound_call_id), isouter=True)
        .join(Account, col(Account.id) == func.coalesce(Task.account_id, InboundCall.account_id), isouter=True)
        .join(Portfolio, col(Portfolio.id) == col(Recording.portfolio_id))
        .where(among(session, Recording.id, drawn))
        .order_by(col(Recording.agent), col(Recording.at))
    )
    return [
        ToHear(row.id or 0, row.agent, account_id, _key(book, number), row.at, book.timezone, row.seconds)
        for row, account_id, number, book in session.exec(rows)
    ]


def scored(session: Session, scope: Scope, since: datetime) -> list[Scored]:
    """By agent, of the scores given since then."""
    statement = (
        select(Recording.agent, func.count(), func.avg(CallScore.percent))
        .join(CallScore, col(CallScore.recording_id) == col(Recording.id))
        .where(col(CallScore.at) >= since)
        .group_by(col(Recording.agent))
        .order_by(col(Recording.agent))
    )
    if scope.portfolio_ids is not None:
        statement = statement.where(col(Recording.portfolio_id).in_(scope.portfolio_ids))
    return [Scored(agent, count, round(average)) for agent, count, average in session.exec(statement)]

"""Tending a published plan: what time and events take away from it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, update
from sqlmodel import Session, col, select

from collector.foundation.clock import local_day
from collector.foundation.database import among
from collector.history.rules import Channel
from collector.planning.rules import ASKED_RANK, Purpose, RunState, TaskState
from collector.planning.tables import PlanRun, Task
from collector.portfolio.tables import Portfolio

LAPSED = "window"
"""State reason of a task whose time window passed."""


class Expired(NamedTuple):
    expired: int
    released: int
    """Claimed, not begun, and the lease ran out: planned again."""
    people: frozenset[int]
    """Whose contact of today was not made in its window: a later one of the day may do."""


def expire(session: Session, now: datetime) -> Expired:
    """Ends planned and claimed tasks whose window passed, and returns those whose lease ran out to the queue."""
    lapsed = col(Task.state).in_([TaskState.planned, TaskState.claimed]) & (col(Task.not_after) <= now)
    people = _of_today(session, lapsed, now)
    expired = _change(
        session,
        lapsed,
        state=TaskState.expired,
        state_reason=LAPSED,
        done_at=now,
        lease_until=None,
    )
    released = _change(
        session,
        (col(Task.state) == TaskState.claimed) & (col(Task.lease_until) <= now),
        state=TaskState.planned,
        claimed_by=None,
        claimed_at=None,
        lease_until=None,
        token=None,
    )
    return Expired(expired, released, people)


def _of_today(session: Session, lapsed: ColumnElement[bool], now: datetime) -> frozenset[int]:
    """The people of these tasks, as far as the plan of their portfolio's running day holds them."""
    rows = session.exec(
        select(Task.person_id, col(PlanRun.day), Portfolio.timezone)
        .join(PlanRun, col(PlanRun.id) == col(Task.run_id))
        .join(Portfolio, col(Portfolio.id) == col(Task.portfolio_id))
        .where(lapsed, col(PlanRun.state) == RunState.current)
    )
    return frozenset(person_id for person_id, day, zone in rows if day == local_day(now, zone))


def cancel(session: Session, person_ids: Collection[int], reason: str, now: datetime) -> int:
    """Takes all still planned tasks of these people off every plan; a claimed one is judged again by its holder."""
    if not person_ids:
        return 0
    return _change(
        session,
        among(session, Task.person_id, person_ids) & (col(Task.state) == TaskState.planned),
        state=TaskState.cancelled,
        state_reason=reason,
        done_at=now,
    )


def cancel_tasks(session: Session, task_ids: Collection[int], reason: str, now: datetime) -> int:
    """Takes these tasks off, as far as they are still planned."""
    if not task_ids:
        return 0
    return _change(
        session,
        among(session, Task.id, task_ids) & (col(Task.state) == TaskState.planned),
        state=TaskState.cancelled,
        state_reason=reason,
        done_at=now,
    )


def carry_over(session: Session, portfolio_id: int, run_id: int) -> int:
    """What somebody asked for in a talk does not go down with the plan in force: it waits in the new one."""
    old = select(PlanRun.id).where(col(PlanRun.portfolio_id) == portfolio_id, col(PlanRun.state) == RunState.current)
    asked = (col(Task.rank) == ASKED_RANK) & (col(Task.purpose) == Purpose.how_to_pay)
    waits = (col(Task.channel) == Channel.sms) & (col(Task.state) == TaskState.planned)
    return _change(session, col(Task.run_id).in_(old) & waits & asked, run_id=run_id)


def _change(session: Session, condition: Any, **values: Any) -> int:
    session.flush()
    done = session.execute(
        update(Task).where(condition).values(**values).execution_options(synchronize_session="fetch")
    )
    return int(done.rowcount)  # type: ignore[attr-defined]

"""Tending a published plan: what time and events take away from it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import update
from sqlmodel import Session, col

from collector.foundation.database import among
from collector.planning.rules import TaskState
from collector.planning.tables import Task

LAPSED = "window"
"""State reason of a task whose time window passed."""


class Expired(NamedTuple):
    expired: int
    released: int
    """Claimed, not begun, and the lease ran out: planned again."""


def expire(session: Session, now: datetime) -> Expired:
    """Ends planned and claimed tasks whose window passed, and returns those whose lease ran out to the queue."""
    open_states = [TaskState.planned, TaskState.claimed]
    expired = _change(
        session,
        col(Task.state).in_(open_states) & (col(Task.not_after) <= now),
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
    return Expired(expired, released)


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


def _change(session: Session, condition: Any, **values: Any) -> int:
    session.flush()
    done = session.execute(
        update(Task).where(condition).values(**values).execution_options(synchronize_session="fetch")
    )
    return int(done.rowcount)  # type: ignore[attr-defined]

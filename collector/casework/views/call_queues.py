"""The call queues of the current plans: what is open, worked and left out, how much and how late."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import func
from sqlmodel import Session, col, select

from collector.facts.rules import AccountFacts, lateness
from collector.facts.tables import AccountState
from collector.foundation.clock import local_day
from collector.history.rules import Channel
from collector.planning.rules import CAPACITY, RunState, TaskState
from collector.planning.tables import PlanRun, Task
from collector.portfolio.tables import Portfolio
from collector.strategy.queries import compiled

WAITING = frozenset({TaskState.planned, TaskState.claimed})
HELD = frozenset({TaskState.claimed, TaskState.sending, TaskState.sent})
"""A call that somebody has in hand."""


@dataclass(slots=True)
class Queue:
    """The calls of one segment, bucket and level in a portfolio's current plan. `amount`: overdue of the open ones;
    `oldest`: most days past due among them; `agents`: those who have a call of it in hand."""

    portfolio: str
    currency: str
    segment: str
    bucket: str
    level: str
    open: int = 0
    worked: int = 0
    left_out: int = 0
    amount: int = 0
    oldest: int = 0
    agents: int = 0

    @property
    def is_idle(self) -> bool:
        """Nothing is open and nothing was worked: all of it was left out or taken off."""
        return not self.open and not self.worked


def call_queues(session: Session, books: Iterable[Portfolio], now: datetime) -> list[Queue]:
    """Calls by segment, bucket and level, most left first. The bucket is today's: pauses and reports count as in
    ageing."""
    found: dict[tuple[str, ...], Queue] = {}
    for book in books:
        strategy = compiled(session, book.id or 0, now)
        today = local_day(now, book.timezone)
        for group in _groups(session, book.id or 0):
            days = _days(group, today)
            bucket = strategy.bucket(days)
            key = (book.code, group.segment, bucket, group.level)
            queue = found.setdefault(key, Queue(book.code, book.currency, group.segment, bucket, group.level))
            _count(queue, TaskState(group.state), group.state_reason, group.tasks, group.overdue, days)
    return sorted(found.values(), key=lambda one: (-one.open, -one.worked, one.portfolio, one.segment, one.bucket))


def _count(queue: Queue, state: TaskState, reason: str | None, tasks: int, overdue: int, days: int) -> None:
    if state in WAITING:
        queue.open += tasks
        queue.amount += overdue
        queue.oldest = max(queue.oldest, days)
    elif state in (TaskState.cancelled, TaskState.expired):
        queue.left_out += tasks if reason == CAPACITY else 0
    else:
        queue.worked += tasks
    queue.agents += tasks if state in HELD else 0


_LATENESS = ("grace_days", "oldest_unpaid_due", "reported_on", "reported_min", "reported_max", "extra")
"""What the days past due of an account follow from; most accounts share it with many others."""


def _groups(session: Session, portfolio_id: int) -> Sequence[Any]:
    by = [col(getattr(AccountState, name)) for name in _LATENESS]
    keys = [col(Task.segment), col(Task.level), col(Task.state), col(Task.state_reason)]
    statement = (
        select(  # type: ignore[call-overload]
            *keys, *by, func.count().label("tasks"), func.coalesce(func.sum(AccountState.overdue), 0).label("overdue")
        )
        .join(PlanRun, col(PlanRun.id) == col(Task.run_id))
        .join(
            AccountState,
            (col(AccountState.account_id) == col(Task.account_id))
            & (col(AccountState.person_id) == col(Task.person_id)),
        )
        .where(
            col(Task.portfolio_id) == portfolio_id,
            col(Task.channel) == Channel.call,
            col(PlanRun.state) == RunState.current,
        )
        .group_by(*keys, *by)
    )
    return session.execute(statement).all()


_NOTHING: dict[str, Any] = dict.fromkeys(AccountFacts.__struct_fields__)
_BLANK = AccountFacts(**_NOTHING)


def _days(group: Any, today: date) -> int:
    known = {name: getattr(group, name) for name in _LATENESS}
    return lateness(msgspec.structs.replace(_BLANK, overdue=group.overdue, owed=0, **known), today)

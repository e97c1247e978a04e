"""An agent's own day: the call in hand, what waits, what was done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import Select, func
from sqlalchemy import select as columns_of
from sqlmodel import Session, col, or_, select

from collector.dispatch.tables import CarrierEvent, Submission
from collector.foundation.clock import day_start, local_day
from collector.foundation.database import among
from collector.history.rules import ANSWERED, Channel, PromiseState
from collector.history.tables import CallbackRow, OutcomeRow, Promise
from collector.identity.absences import away
from collector.identity.rules import LEVEL_ORDER, Actor, Level, Scope
from collector.planning.queries import Mark, current_runs, for_agent
from collector.planning.rules import IN_FLIGHT, RunState, TaskState
from collector.planning.tables import PlanRun, Refusal, Task
from collector.portfolio.queries import portfolio_of
from collector.portfolio.tables import Account, Portfolio

MOST = 1_000
"""Open calls up to which a queue is counted: of a million, counting all takes seconds."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A call or call-back, with its account."""

    task_id: int | None
    account_id: int
    key: str
    segment: str
    purpose: str
    reason: str
    not_before: datetime
    not_after: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class Today:
    """Since the day began: calls recorded, somebody answered, promises logged, for how much by currency (minor units),
    and kept."""

    worked: int
    reached: int
    promises: int
    promised: Sequence[tuple[str, int]]
    kept: int


@dataclass(frozen=True, slots=True)
class Counted:
    """A queue. `left`: its open calls, of each plan at most `MOST`."""

    segment: str
    left: int

    @property
    def shown(self) -> str:
        """More than an agent calls in a year is not counted."""
        return f"{MOST}+" if self.left >= MOST else str(self.left)


def in_hand(session: Session, actor: Actor, account_id: int | None = None) -> Task | None:
    """The call this agent holds (about that account), if any: the newest one."""
    statement = select(Task).where(
        Task.claimed_by == actor.name, Task.channel == Channel.call, col(Task.state).in_(IN_FLIGHT)
    )
    if account_id is not None:
        statement = statement.where(Task.account_id == account_id)
    return session.exec(statement.order_by(col(Task.claimed_at).desc()).limit(1)).first()


def ended_by(session: Session, actor: Actor, task_id: int, account_id: int) -> Task | None:
    """A call about that account whose result this agent said: they may say it again, and better."""
    task = session.get(Task, task_id)
    if task is None or task.account_id != account_id or task.channel is not Channel.call:
        return None
    said = last_outcome(session, task)
    return task if said is not None and said.actor == actor.name else None


def heard_of(session: Session, task: Task) -> tuple[str, datetime | None]:
    """What the carrier said last of the borrower's phone, and when: `ringing`, `in-progress` …; empty: nothing yet."""
    statement = (
        select(CarrierEvent.status, CarrierEvent.at)
        .join(Submission, col(Submission.child_sid) == col(CarrierEvent.sid))
        .where(Submission.task_id == task.id, CarrierEvent.kind == "dial")
    )
    found = session.exec(statement.order_by(col(CarrierEvent.id).desc()).limit(1)).first()
    return found if found is not None else ("", None)


def papers(session: Session, account_id: int, now: datetime) -> Sequence[Task]:
    """The letters and visits about this account that wait for somebody, soonest first."""
    statement = (
        select(Task)
        .join(PlanRun, col(PlanRun.id) == col(Task.run_id))
        .where(
            PlanRun.state == RunState.current,
            col(Task.channel).in_([Channel.letter, Channel.visit]),
            Task.account_id == account_id,
            Task.state == TaskState.planned,
            col(Task.not_after) > now,
        )
    )
    return session.exec(statement.order_by(col(Task.not_before), col(Task.id))).all()


def parts_of(task: Task) -> dict[str, object]:
    """Every part of the rank, as it was stored."""
    parts: dict[str, object] = msgspec.json.decode(task.priority)
    return parts


def ahead(session: Session, actor: Actor, now: datetime, mark: Mark | None = None, limit: int = 20) -> list[Waiting]:
    """The first calls that this agent may take, in their order; nothing is claimed by looking. `mark`: where the
    queues of this process begin."""
    level = actor.level or Level.senior
    levels = [word.value for word, order in LEVEL_ORDER.items() if order <= LEVEL_ORDER[level]]
    found: list[Task] = []
    for run in current_runs(session, actor.scope):
        floor = mark.floor(run.id or 0, now) if mark else None
        # Run by run: over several at once no index is in the order of ranks, and all open calls would be sorted.
        statement = select(Task).where(
            Task.run_id == run.id,
            Task.channel == Channel.call,
            Task.state == TaskState.planned,
            col(Task.not_after) > now,
            col(Task.level).in_(levels),
            for_agent(actor.user_id, away(session, now)),
            *([col(Task.rank) >= floor] if floor is not None else []),
        )
        found += session.exec(statement.order_by(col(Task.rank), col(Task.id)).limit(limit))
    first = sorted(found, key=lambda task: (task.rank, task.id or 0))[:limit]
    numbers = _numbers(session, [task.account_id for task in first])
    return [_waiting(task, portfolio_of(session, task.portfolio_id), numbers[task.account_id]) for task in first]


def _numbers(session: Session, account_ids: Sequence[int]) -> dict[int, str]:
    rows = session.exec(select(Account.id, Account.account_no).where(among(session, Account.id, account_ids)))
    return {account_id or 0: number for account_id, number in rows}


def _waiting(task: Task, book: Portfolio, number: str) -> Waiting:
    return Waiting(
        task.id,
        task.account_id,
        f"{book.code}/{number}",
        task.segment,
        task.purpose.value,
        task.reason,
        task.not_before,
        task.not_after,
        book.timezone,
    )


def left(session: Session, scope: Scope, now: datetime) -> list[Counted]:
    """Open calls by queue, the longest first."""
    counts: Counter[str] = Counter()
    for run in current_runs(session, scope):
        counts.update(dict(session.execute(_left_of(run.id or 0, now)).all()))
    return [Counted(segment, count) for segment, count in counts.most_common() if count]


def _left_of(run_id: int, now: datetime) -> Select[tuple[str, int]]:
    """The queues of a run, from one to the next through their index, each counted up to `MOST`."""
    call = (Task.run_id == run_id, Task.channel == Channel.call, Task.state == TaskState.planned)
    queue = select(func.min(col(Task.segment)).label("segment")).where(*call).cte("queue", recursive=True)
    after = select(func.min(col(Task.segment))).where(*call, col(Task.segment) > queue.c.segment).scalar_subquery()
    queue = queue.union_all(select(after).where(queue.c.segment.is_not(None)))
    some = select(Task.id).where(*call, col(Task.segment) == queue.c.segment, col(Task.not_after) > now)
    # In the index's own order: else a queue of three calls is looked for among all the others.
    some = some.order_by(col(Task.not_after)).limit(MOST)
    count = select(func.count()).select_from(some.correlate(queue).subquery()).scalar_subquery()
    return columns_of(queue.c.segment, count).where(queue.c.segment.is_not(None))


def call_backs(session: Session, actor: Actor, now: datetime, limit: int = 50) -> list[Waiting]:
    """Calls people asked this agent for, or somebody who is away and for whom they stand in; soonest first."""
    stood_in = col(CallbackRow.user_id).in_(away(session, now)) & (
        (col(Account.standby_id) == actor.user_id) | (col(Account.owner_id) == actor.user_id)
    )
    statement = (
        select(CallbackRow, Account.account_no, Portfolio.code, Portfolio.timezone)
        .join(Account, col(Account.id) == col(CallbackRow.account_id))
        .join(Portfolio, col(Portfolio.id) == col(Account.portfolio_id))
        .where(col(CallbackRow.done_at).is_(None), or_(col(CallbackRow.user_id) == actor.user_id, stood_in))
        .order_by(col(CallbackRow.due_at))
        .limit(limit)
    )
    return [
        Waiting(None, row.account_id, f"{code}/{number}", "", "callback", "", row.due_at, row.due_at, zone)
        for row, number, code, zone in session.exec(statement)
    ]


def today(session: Session, actor: Actor, now: datetime, zone: str) -> Today:
    """What this agent did since midnight in that zone."""
    begin = day_start(local_day(now, zone), zone)
    outcomes = session.exec(
        select(OutcomeRow.attempt_id, OutcomeRow.outcome)
        .where(OutcomeRow.actor == actor.name, col(OutcomeRow.recorded_at) >= begin)
        .order_by(col(OutcomeRow.id))
    )
    last = dict(outcomes.all())
    made = session.exec(
        select(Portfolio.currency, func.count(), func.sum(Promise.amount))
        .join(Account, col(Account.portfolio_id) == col(Portfolio.id))
        .join(Promise, col(Promise.account_id) == col(Account.id))
        .where(Promise.actor == actor.name, col(Promise.recorded_at) >= begin)
        .group_by(col(Portfolio.currency))
        .order_by(col(Portfolio.currency))
    ).all()
    kept = session.exec(
        select(func.count())
        .select_from(Promise)
        .where(Promise.actor == actor.name, Promise.state == PromiseState.kept, col(Promise.decided_at) >= begin)
    ).one()
    reached = sum(1 for one in last.values() if one in ANSWERED)
    promised = [(currency, int(amount)) for currency, _, amount in made]
    return Today(len(last), reached, sum(count for _, count, _ in made), promised, kept)


def last_outcome(session: Session, task: Task) -> OutcomeRow | None:
    """The outcome that holds for a task's call now."""
    if task.attempt_id is None:
        return None
    statement = select(OutcomeRow).where(OutcomeRow.attempt_id == task.attempt_id)
    return session.exec(statement.order_by(col(OutcomeRow.id).desc()).limit(1)).first()


def refused_lately(session: Session, account_id: int, limit: int = 10) -> Sequence[Refusal]:
    """The last contacts about this account that the gate did not allow, newest first."""
    statement = (
        select(Refusal)
        .join(PlanRun, col(PlanRun.id) == col(Refusal.run_id), isouter=True)
        .where(
            Refusal.account_id == account_id,
            or_(col(Refusal.run_id).is_(None), col(PlanRun.state).in_([RunState.current, RunState.superseded])),
        )
    )
    return session.exec(statement.order_by(col(Refusal.at).desc(), col(Refusal.id).desc()).limit(limit)).all()

"""Runs of plan and send with their totals: what was planned for which portfolio, and what left the house today."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from collector.audit.tables import AuditEntry
from collector.casework.views import within
from collector.dispatch.rules import Progress
from collector.dispatch.tables import Submission
from collector.foundation.clock import day_start, local_day
from collector.history.rules import Channel
from collector.identity.rules import Scope
from collector.planning.tables import PlanRun, Task
from collector.portfolio.queries import portfolios
from collector.portfolio.tables import Portfolio


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan of one portfolio. `tasks`: by channel, those left out not among them; `seconds` None: it never ended."""

    run: PlanRun
    code: str
    zone: str
    people: int
    tasks: Mapping[str, int]
    refused: int
    left_out: int
    seconds: float | None


@dataclass(frozen=True, slots=True)
class PlannedWhole:
    """The same, with its parts: tasks by segment and channel, refusals by rule, what was passed over by reason."""

    planned: Planned
    by_segment: Sequence[tuple[str, str, int]]
    refused: Sequence[tuple[str, int]]
    passed: Sequence[tuple[str, int]]
    left_out: Sequence[tuple[str, int]]
    by: str


@dataclass(frozen=True, slots=True)
class Sent:
    """What one portfolio gave to the carrier since its day began, by how far it came."""

    code: str
    channel: Channel
    states: Mapping[str, int]


def plan_runs(session: Session, scope: Scope, limit: int = 12) -> list[Planned]:
    """The last plans, newest first."""
    statement = select(PlanRun, Portfolio).join(Portfolio, col(Portfolio.id) == col(PlanRun.portfolio_id))
    if scope.portfolio_ids is not None:
        statement = statement.where(col(PlanRun.portfolio_id).in_(scope.portfolio_ids))
    rows = session.exec(statement.order_by(col(PlanRun.id).desc()).limit(limit)).all()
    return [_planned(run, book) for run, book in rows]


def _planned(run: PlanRun, book: Portfolio) -> Planned:
    by_channel: Counter[str] = Counter()
    for key, count in run.counts.get("tasks", {}).items():
        by_channel[key.rpartition("|")[2]] += count
    return Planned(
        run=run,
        code=book.code,
        zone=book.timezone,
        people=run.counts.get("people", 0),
        tasks=by_channel,
        refused=sum(run.counts.get("refused", {}).values()),
        left_out=sum(run.left_out.values()),
        seconds=run.counts.get("seconds"),
    )


def plan_run(session: Session, scope: Scope, run_id: int) -> PlannedWhole:
    """One plan with its parts; foreign and absent are the same `NotFound`."""
    run = within.plan_run(session, scope, run_id)
    book = session.get_one(Portfolio, run.portfolio_id)
    tasks = [(*key.rpartition("|")[::2], count) for key, count in run.counts.get("tasks", {}).items()]
    told = select(AuditEntry.actor).where(
        AuditEntry.subject == f"plan_run:{run_id}", AuditEntry.action == "plan.published"
    )
    return PlannedWhole(
        planned=_planned(run, book),
        by_segment=sorted(tasks, key=lambda one: (-one[2], one[:2])),
        refused=_most(run.counts.get("refused", {})),
        passed=_most(run.counts.get("passed", {})),
        left_out=_most(run.left_out),
        by=session.exec(told.limit(1)).first() or "",
    )


def _most(counts: Mapping[str, Any]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))


def sends(session: Session, scope: Scope, now: datetime) -> list[Sent]:
    """Messages and calls of today, of each portfolio's own day."""
    found: list[Sent] = []
    for book in portfolios(session, scope):
        begin = day_start(local_day(now, book.timezone), book.timezone)
        rows = session.exec(
            select(Submission.channel, Submission.progress, func.count())
            .join(Task, col(Task.id) == col(Submission.task_id))
            .where(Task.portfolio_id == book.id, col(Submission.submitted_at) >= begin)
            .group_by(col(Submission.channel), col(Submission.progress))
        ).all()
        for channel in sorted({row[0] for row in rows}):
            states = {Progress(progress).value: count for one, progress, count in rows if one == channel}
            found.append(Sent(book.code, Channel(channel), states))
    return found

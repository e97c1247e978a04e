"""The night plan: built range by range under a run row, seen only once it is published (design sections 3 and 10)."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Engine, delete, or_, update
from sqlmodel import Session, col, select

from collector.audit.actions import record
from collector.compliance.actions import keep_policy
from collector.compliance.rules import Policy
from collector.facts.actions import refresh_stale
from collector.foundation.database import Begin, is_postgresql, lock_key
from collector.foundation.errors import Conflict
from collector.history.rules import Channel
from collector.identity.rules import LEVEL_ORDER
from collector.planning.actions.sweep import Errand, Progress, Range, Tally, go_through_all
from collector.planning.actions.tend import carry_over
from collector.planning.queries import CarriedIn, agents_places, nothing_known, person_ranges, read_context
from collector.planning.rules import CAPACITY, Context, Cut, Flight, RunState, TaskState, fill, left_out
from collector.planning.tables import PlanRun, Refusal, Task
from collector.portfolio.queries import portfolio_of
from collector.texts.catalogue import Catalogue

SIZE = 5_000
"""People in a range: one transaction, and all that is held in memory at once."""


def silent(_done: int, _total: int) -> None:
    """No progress shown."""


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a plan of one portfolio came to. `run_id` None: a dry run."""

    portfolio_id: int
    portfolio: str
    """Its code."""
    run_id: int | None
    day: date
    strategy: str
    people: int
    opened: int
    tasks: int
    counts: dict[str, int]
    """Tasks by "segment|channel", those left out not among them."""
    refused: dict[str, int]
    """Refused contacts by rule."""
    passed: dict[str, int]
    """What was due and not done without a rule against it: outranked, promised, held ..."""
    left_out: dict[str, int]
    """Calls that did not fit into the agents' day, by segment."""
    digest: str
    noted: tuple[int, ...] = field(default=(), repr=False)
    """People of whom something about a 3:3:3 round is to be recorded, or whose less urgent contact of another portfolio
    is to be taken off: casework follows up on them."""


def plan(
    begin: Begin,
    portfolio_ids: Sequence[int],
    now: datetime,
    *,
    dry_run: bool = False,
    actor: str = "worker",
    progress: Progress = silent,
    processes: int = 1,
    size: int = SIZE,
    carried_in: CarriedIn = nothing_known,
    catalogue: Catalogue | None = None,
) -> list[RunResult]:
    """Plans the day of each portfolio that holds `now`, and publishes it in place of the plan before.

    A dry run decides with the same functions and stores nothing but refreshed facts. `processes`: on PostgreSQL, how
    many share the ranges. A portfolio that is planned twice at once is a `Conflict` for the one that began earlier.
    """
    refresh_stale(begin, now)
    order = _Order(begin, now, actor, progress, processes, size, carried_in, catalogue)
    if not dry_run:
        return [_plan_one(order, portfolio_id) for portfolio_id in portfolio_ids]
    elsewhere: dict[int, list[Flight]] = {}
    return [_try_one(order, portfolio_id, elsewhere) for portfolio_id in portfolio_ids]


class _Order(NamedTuple):
    """What the door asked for, for all portfolios."""

    begin: Begin
    now: datetime
    actor: str
    progress: Progress
    processes: int
    size: int
    carried_in: CarriedIn
    catalogue: Catalogue | None


class _Ground(NamedTuple):
    """What is read of a portfolio before its people are gone through."""

    ctx: Context
    code: str
    parts: list[Range]
    places: dict[str, int]
    address: str | None
    """Of the database, when other processes are to help."""


def _ground(order: _Order, portfolio_id: int) -> _Ground:
    with order.begin() as session:
        ctx = read_context(session, portfolio_id, order.now, order.carried_in, order.catalogue)
        parts = list(person_ranges(session, portfolio_id, order.size))
        address = _address(session) if order.processes > 1 else None
        return _Ground(ctx, portfolio_of(session, portfolio_id).code, parts, agents_places(session, ctx), address)


def _try_one(order: _Order, portfolio_id: int, elsewhere: dict[int, list[Flight]]) -> RunResult:
    """A dry run; what it would plan for people of several portfolios is kept for those after it."""
    ground = _ground(order, portfolio_id)
    tally = _sweep(order, ground, Errand(ground.ctx, order.now, None, elsewhere))
    for person_id, flights in tally.shared.items():
        elsewhere.setdefault(person_id, []).extend(flights)
    return _result(ground, None, tally, _cuts(tally, ground.places))


def _plan_one(order: _Order, portfolio_id: int) -> RunResult:
    begun = time.monotonic()
    ground = _ground(order, portfolio_id)
    with _run(order.begin, ground.ctx, order.now) as run_id:
        tally = _sweep(order, ground, Errand(ground.ctx, order.now, run_id))
        cuts = _cuts(tally, ground.places)
        result = _result(ground, run_id, tally, cuts)
        with order.begin() as session:
            run = _publish(session, result, ground.ctx.policy, cuts, order.actor, order.now)
            run.counts = {**run.counts, "seconds": round(time.monotonic() - begun, 1)}
    return result


def _address(session: Session) -> str | None:
    bind = session.get_bind()
    if not is_postgresql(session) or not isinstance(bind, Engine):
        return None
    return bind.url.render_as_string(hide_password=False)


def _sweep(order: _Order, ground: _Ground, errand: Errand) -> Tally:
    return go_through_all(order.begin, errand, ground.parts, order.progress, ground.address, order.processes)


@contextmanager
def _run(begin: Begin, ctx: Context, now: datetime) -> Iterator[int]:
    """A run row that is being built; abandoned, with what it filled in, unless it was published. Its tasks were seen by
    nobody."""
    with begin() as session:
        _abandon(session, select(PlanRun.id).where(col(PlanRun.portfolio_id) == ctx.portfolio_id))
        run = PlanRun(
            portfolio_id=ctx.portfolio_id,
            at=now,
            day=ctx.today,
            strategy=f"{ctx.strategy.name}@{ctx.strategy.version}",
            started_at=now,
        )
        session.add(run)
        session.flush()
        run_id = run.id or 0
    try:
        yield run_id
    finally:
        with begin() as session:
            _abandon(session, [run_id])


def _abandon(session: Session, run_ids: object) -> None:
    """Ends the runs among these that are still being built."""
    building = session.exec(
        select(PlanRun.id).where(col(PlanRun.id).in_(run_ids), col(PlanRun.state) == RunState.building)  # type: ignore[arg-type]
    ).all()
    if building:
        session.execute(delete(Task).where(col(Task.run_id).in_(building)))
        session.execute(delete(Refusal).where(col(Refusal.run_id).in_(building)))
        session.execute(update(PlanRun).where(col(PlanRun.id).in_(building)).values(state=RunState.abandoned))


def _cuts(tally: Tally, places: dict[str, int]) -> dict[str, Cut]:
    if not places or sum(len(queue) for queue in tally.queues.values()) <= min(places.values(), default=0):
        return {}
    return fill(tally.queues, [level.value for level in LEVEL_ORDER], places)


def _result(ground: _Ground, run_id: int | None, tally: Tally, cuts: dict[str, Cut]) -> RunResult:
    ctx = ground.ctx
    omitted = left_out(tally.queues, cuts, [segment.name for segment in ctx.strategy.segments()])
    counts = dict(tally.counts)
    for segment, number in omitted.items():
        counts[f"{segment}|call"] -= number
    counts = {key: number for key, number in sorted(counts.items()) if number}
    return RunResult(
        portfolio_id=ctx.portfolio_id,
        portfolio=ground.code,
        run_id=run_id,
        day=ctx.today,
        strategy=f"{ctx.strategy.name}@{ctx.strategy.version}",
        people=tally.people,
        opened=tally.opened,
        tasks=sum(counts.values()),
        counts=counts,
        refused=dict(sorted(tally.refused.items())),
        passed=dict(sorted(tally.passed.items())),
        left_out=omitted,
        digest=tally.digest,
        noted=tuple(tally.noted),
    )


def _publish(
    session: Session, result: RunResult, policy: Policy, cuts: dict[str, Cut], actor: str, now: datetime
) -> PlanRun:
    """One short transaction: the run before is superseded, this one is seen, and one audit entry tells of it."""
    lock_key(session, f"plan-{result.portfolio_id}")
    run = session.get(PlanRun, result.run_id, populate_existing=True)
    if run is None or run.state is not RunState.building:
        raise Conflict("Another plan of this portfolio was begun in the meantime.")
    for level, cut in cuts.items():
        _leave_out(session, result.run_id, level, cut)
    carry_over(session, result.portfolio_id, run.id or 0)
    session.execute(
        update(PlanRun)
        .where(col(PlanRun.portfolio_id) == result.portfolio_id, col(PlanRun.state) == RunState.current)
        .values(state=RunState.superseded)
    )
    run.state, run.published_at, run.digest = RunState.current, now, result.digest
    run.counts = {
        "tasks": result.counts,
        "refused": result.refused,
        "passed": result.passed,
        "people": result.people,
        "opened": result.opened,
    }
    run.left_out = dict(result.left_out)
    session.add(run)
    keep_policy(session, policy, result.portfolio_id, actor, now)
    _tell(session, result, policy, actor, now)
    return run


def _leave_out(session: Session, run_id: int | None, level: str, cut: Cut) -> None:
    after = or_(col(Task.rank) > cut.rank, (col(Task.rank) == cut.rank) & (col(Task.person_id) >= cut.person_id))
    session.execute(
        update(Task)
        .where(col(Task.run_id) == run_id, col(Task.channel) == Channel.call, col(Task.level) == level, after)
        .values(state=TaskState.cancelled, state_reason=CAPACITY)
        .execution_options(synchronize_session=False)
    )


def _tell(session: Session, result: RunResult, policy: Policy, actor: str, now: datetime) -> None:
    detail = {
        "portfolio": result.portfolio_id,
        "day": result.day.isoformat(),
        "strategy": result.strategy,
        "policy": policy.digest,
        "tasks": result.tasks,
        "refused": sum(result.refused.values()),
        "left_out": sum(result.left_out.values()),
        "digest": result.digest,
    }
    record(session, actor, "plan.published", f"plan_run:{result.run_id}", detail, now)

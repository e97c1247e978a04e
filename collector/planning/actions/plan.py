"""The night plan: built range by range under a run row, seen only once it is published (design sections 3 and 10)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from multiprocessing import get_context

from sqlalchemy import Engine, delete, or_, update
from sqlmodel import Session, col, select

from collector.audit.actions import record
from collector.facts.actions import refresh_stale
from collector.foundation.database import Begin, is_postgresql, lock_key
from collector.foundation.errors import Conflict
from collector.history.rules import Channel
from collector.identity.rules import LEVEL_ORDER, Level
from collector.identity.tables import User
from collector.planning.actions.sweep import Errand, Range, Tally, go_through, go_through_all
from collector.planning.queries import CarriedIn, nothing_known, person_ranges, read_context
from collector.planning.rules import CAPACITY, Context, Cut, Flight, RunState, TaskState, fill, left_out
from collector.planning.tables import PlanRun, Refusal, Task
from collector.portfolio.tables import PortfolioAccess
from collector.strategy.queries import portfolio_of

SIZE = 5_000
"""People in a range: one transaction, and all that is held in memory at once."""
Progress = Callable[[int, int], None]
"""Called with how many ranges are done, and of how many."""


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
    """People of whom something about a 3:3:3 round is to be recorded: casework follows up on them."""


def plan(
    begin: Begin,
    portfolio_ids: Sequence[int],
    now: datetime,
    *,
    dry_run: bool = False,
    actor: str = "worker",
    progress: Progress = silent,
    processes: int = 1,
    carried_in: CarriedIn = nothing_known,
) -> list[RunResult]:
    """Plans the day of each portfolio that holds `now`, and publishes it in place of the plan before.

    A dry run decides with the same functions and stores nothing but refreshed facts. `processes`: on PostgreSQL, how
    many share the ranges. A portfolio that is planned twice at once is a `Conflict` for the one that began earlier.
    """
    refresh_stale(begin, now)
    elsewhere: dict[int, list[Flight]] = {}
    results = []
    for portfolio_id in portfolio_ids:
        result, shared = _plan_one(begin, portfolio_id, now, dry_run, actor, progress, processes, carried_in, elsewhere)
        results.append(result)
        if dry_run:
            for person_id, flights in shared.items():
                elsewhere.setdefault(person_id, []).extend(flights)
    return results


def _plan_one(
    begin: Begin,
    portfolio_id: int,
    now: datetime,
    dry_run: bool,
    actor: str,
    progress: Progress,
    processes: int,
    carried_in: CarriedIn,
    elsewhere: dict[int, list[Flight]],
) -> tuple[RunResult, dict[int, list[Flight]]]:
    with begin() as session:
        ctx = read_context(session, portfolio_id, now, carried_in)
        code = portfolio_of(session, portfolio_id).code
        parts = list(person_ranges(session, portfolio_id, SIZE))
        places = agents_places(session, ctx)
        address = _address(session) if processes > 1 and len(parts) > 1 else None
    if dry_run:
        tally = _sweep(begin, Errand(ctx, now, None, elsewhere), parts, progress, processes, address)
        return _result(ctx, code, None, tally, _cuts(tally, places)), tally.shared
    with _run(begin, ctx, now) as run_id:
        tally = _sweep(begin, Errand(ctx, now, run_id), parts, progress, processes, address)
        cuts = _cuts(tally, places)
        result = _result(ctx, code, run_id, tally, cuts)
        with begin() as session:
            _publish(session, result, cuts, actor, now)
    return result, tally.shared


def _address(session: Session) -> str | None:
    bind = session.get_bind()
    if not is_postgresql(session) or not isinstance(bind, Engine):
        return None
    return bind.url.render_as_string(hide_password=False)


def _sweep(
    begin: Begin, errand: Errand, parts: Sequence[Range], progress: Progress, processes: int, address: str | None
) -> Tally:
    """All ranges, in order; with several processes, each takes turns of them, and the order is restored."""
    total, whole = len(parts), Tally()
    if address is None:
        for done, part in enumerate(parts, 1):
            whole.add(go_through(begin, errand, part))
            progress(done, total)
        return whole
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        turns = {pool.submit(go_through_all, address, errand, parts[at::processes]): at for at in range(processes)}
        found: dict[int, Tally] = {}
        for future in as_completed(turns):
            at = turns[future]
            found |= {at + step * processes: tally for step, tally in enumerate(future.result())}
            progress(len(found), total)
    for at in sorted(found):
        whole.add(found[at])
    return whole


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


def agents_places(session: Session, ctx: Context) -> dict[str, int]:
    """How many calls a day the agents of each level can make in this portfolio; empty: nobody has a level, no limit."""
    agents = session.exec(
        select(User.level)
        .where(col(User.level).is_not(None), col(User.disabled_at).is_(None))
        .where(
            or_(
                col(User.all_portfolios),
                select(PortfolioAccess.id)
                .where(
                    col(PortfolioAccess.user_id) == col(User.id),
                    col(PortfolioAccess.portfolio_id) == ctx.portfolio_id,
                )
                .exists(),
            )
        )
    ).all()
    each = ctx.strategy.capacity.accounts_per_agent
    return {level.value: each * agents.count(level) for level in Level} if agents else {}


def _cuts(tally: Tally, places: dict[str, int]) -> dict[str, Cut]:
    if not places or sum(len(queue) for queue in tally.queues.values()) <= min(places.values(), default=0):
        return {}
    return fill(tally.queues, [level.value for level in LEVEL_ORDER], places)


def _result(ctx: Context, code: str, run_id: int | None, tally: Tally, cuts: dict[str, Cut]) -> RunResult:
    omitted = left_out(tally.queues, cuts, [segment.name for segment in ctx.strategy.segments()])
    counts = dict(tally.counts)
    for segment, number in omitted.items():
        counts[f"{segment}|call"] -= number
    counts = {key: number for key, number in sorted(counts.items()) if number}
    return RunResult(
        portfolio_id=ctx.portfolio_id,
        portfolio=code,
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


def _publish(session: Session, result: RunResult, cuts: dict[str, Cut], actor: str, now: datetime) -> None:
    """One short transaction: the run before is superseded, this one is seen, and one audit entry tells of it."""
    lock_key(session, f"plan-{result.portfolio_id}")
    run = session.get(PlanRun, result.run_id, populate_existing=True)
    if run is None or run.state is not RunState.building:
        raise Conflict("Another plan of this portfolio was begun in the meantime.")
    for level, cut in cuts.items():
        session.execute(
            update(Task)
            .where(
                col(Task.run_id) == result.run_id,
                col(Task.channel) == Channel.call,
                col(Task.level) == level,
                or_(
                    col(Task.rank) > cut.rank,
                    (col(Task.rank) == cut.rank) & (col(Task.person_id) >= cut.person_id),
                ),
            )
            .values(state=TaskState.cancelled, state_reason=CAPACITY)
            .execution_options(synchronize_session=False)
        )
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
    record(
        session,
        actor,
        "plan.published",
        f"plan_run:{run.id}",
        {
            "portfolio": result.portfolio_id,
            "day": result.day.isoformat(),
            "strategy": result.strategy,
            "tasks": result.tasks,
            "refused": sum(result.refused.values()),
            "left_out": sum(result.left_out.values()),
            "digest": result.digest,
        },
        now,
    )

"""Reading plans: tasks, messages that are due, refusals, what was left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from sqlalchemy import or_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from collector.facts.tables import AccountState
from collector.foundation.clock import day_start
from collector.foundation.database import locked
from collector.foundation.known import once
from collector.history.rules import Channel
from collector.identity.rules import EVERYTHING, Scope
from collector.planning.rules import CAPACITY, IN_FLIGHT, Context, Flight, RunState, TaskState, flight_planned
from collector.planning.tables import PlanRun, Refusal, Task


def current_runs(session: Session, scope: Scope) -> Sequence[PlanRun]:
    """The published plan of each portfolio in scope."""
    current = select(PlanRun).where(col(PlanRun.state) == RunState.current).order_by(col(PlanRun.portfolio_id))
    runs = once(session, "current runs", lambda: session.exec(current).all())
    return [run for run in runs if scope.admits(run.portfolio_id)]


def tasks(
    session: Session,
    scope: Scope,
    account_id: int | None = None,
    channel: Channel | None = None,
    status: TaskState | None = None,
    at: datetime | None = None,
    limit: int | None = None,
    after: tuple[int, int] | None = None,
) -> Sequence[Task]:
    """Tasks in order of rank: of current plans, and those of older plans that somebody began to work.

    `at`: only those whose time window holds that moment. `after`: the (rank, id) of the last row of the page before.
    """
    statement = _visible(scope)
    if account_id is not None:
        statement = statement.where(col(Task.account_id) == account_id)
    if channel is not None:
        statement = statement.where(col(Task.channel) == channel)
    if status is not None:
        statement = statement.where(col(Task.state) == status)
    if at is not None:
        statement = statement.where(col(Task.not_before) <= at, col(Task.not_after) > at)
    if after is not None:
        rank, task_id = after
        statement = statement.where(or_(col(Task.rank) > rank, (col(Task.rank) == rank) & (col(Task.id) > task_id)))
    return session.exec(statement.order_by(col(Task.rank), col(Task.id)).limit(limit)).all()


def _visible(scope: Scope) -> SelectOfScalar[Task]:
    """Nobody sees the tasks of a run that is being built or was abandoned; superseded plans no longer count."""
    statement = select(Task).join(PlanRun, col(PlanRun.id) == col(Task.run_id))
    untouched = col(Task.state).in_([TaskState.planned, TaskState.cancelled, TaskState.expired])
    statement = statement.where(
        or_(col(PlanRun.state) == RunState.current, (col(PlanRun.state) == RunState.superseded) & ~untouched)
    )
    if scope.portfolio_ids is not None:
        statement = statement.where(col(Task.portfolio_id).in_(scope.portfolio_ids))
    return statement


def due_messages(session: Session, scope: Scope, at: datetime, limit: int) -> Sequence[Task]:
    """The next SMS tasks to send, best first, held until commit; those held by others are stepped over."""
    for run in current_runs(session, scope):
        statement = (
            select(Task)
            .where(
                col(Task.run_id) == run.id,
                col(Task.channel) == Channel.sms,
                col(Task.state) == TaskState.planned,
                col(Task.not_before) <= at,
                col(Task.not_after) > at,
            )
            .order_by(col(Task.rank), col(Task.id))
            .limit(limit)
        )
        found = session.exec(locked(statement, session, skip=True)).all()
        if found:
            return found
    return []


def refusals(
    session: Session, scope: Scope, account_id: int | None = None, person_id: int | None = None, limit: int = 500
) -> Sequence[Refusal]:
    """What the gate did not allow, newest first: at planning only for plans that were published."""
    statement = select(Refusal).join(PlanRun, col(PlanRun.id) == col(Refusal.run_id), isouter=True)
    statement = statement.where(
        or_(col(Refusal.run_id).is_(None), col(PlanRun.state).in_([RunState.current, RunState.superseded]))
    )
    if scope.portfolio_ids is not None:
        statement = statement.where(col(Refusal.portfolio_id).in_(scope.portfolio_ids))
    if account_id is not None:
        statement = statement.where(col(Refusal.account_id) == account_id)
    if person_id is not None:
        statement = statement.where(col(Refusal.person_id) == person_id)
    return session.exec(statement.order_by(col(Refusal.at).desc(), col(Refusal.id).desc()).limit(limit)).all()


def left_out(session: Session, scope: Scope, limit: int = 500) -> Sequence[Task]:
    """The calls of the current plans that did not fit into the agents' day, best first."""
    statement = _visible(scope).where(col(Task.state) == TaskState.cancelled, col(Task.state_reason) == CAPACITY)
    return session.exec(statement.order_by(col(Task.rank), col(Task.id)).limit(limit)).all()


def in_flight(
    session: Session,
    at: datetime,
    *,
    day: date,
    zone: str,
    between: tuple[int, int] | None = None,
    persons: Sequence[int] = (),
) -> dict[int, list[Flight]]:
    """Per person, the contacts begun on that local day up to `at` that may have no attempt yet (design section 3)."""
    since = day_start(day, zone)
    statement = select(Task).where(
        col(Task.state).in_(IN_FLIGHT), col(Task.claimed_at) >= since, col(Task.claimed_at) <= at
    )
    if between is not None:
        low, high = between
        statement = statement.where(col(Task.person_id) >= low, col(Task.person_id) < high)
    else:
        statement = statement.where(col(Task.person_id).in_(persons))
    flights: dict[int, list[Flight]] = {}
    for task in session.exec(statement):
        moment = task.submitted_at or task.claimed_at or at
        flights.setdefault(task.person_id, []).append(
            Flight(task.channel, int(moment.timestamp()), task.contact_point_id, task.portfolio_id)
        )
    return flights


def planned_elsewhere(session: Session, ctx: Context, *, between: tuple[int, int]) -> dict[int, list[Flight]]:
    """Per person of this portfolio, what the current plans of other portfolios hold for them on this day: one budget
    a person over all portfolios."""
    others = [
        run.id or 0
        for run in current_runs(session, EVERYTHING)
        if run.portfolio_id != ctx.portfolio_id and run.day == ctx.today
    ]
    if not others:
        return {}
    low, high = between
    here = (
        select(AccountState.person_id)
        .where(
            col(AccountState.portfolio_id) == ctx.portfolio_id,
            col(AccountState.person_id) == col(Task.person_id),
        )
        .correlate(Task)
        .exists()
    )
    statement = select(Task).where(
        col(Task.run_id).in_(others),
        col(Task.state) == TaskState.planned,
        col(Task.person_id) >= low,
        col(Task.person_id) < high,
        here,
    )
    found: dict[int, list[Flight]] = {}
    for task in session.exec(statement):
        begins = int(task.not_before.timestamp())
        flight = flight_planned(task.channel, begins, task.portfolio_id, task.purpose, task.step)
        found.setdefault(task.person_id, []).append(flight)
    return found


def person_ranges(session: Session, portfolio_id: int, size: int) -> Iterator[tuple[int, int]]:
    """Half-open ranges of person ids that cut the portfolio into parts of about `size` rows, in order."""
    rows = select(AccountState.person_id).where(col(AccountState.portfolio_id) == portfolio_id)
    rows = rows.order_by(col(AccountState.person_id))
    low = session.exec(rows.limit(1)).first()
    while low is not None:
        high = session.exec(rows.where(col(AccountState.person_id) > low).offset(size).limit(1)).first()
        yield low, high if high is not None else 2**62
        low = high

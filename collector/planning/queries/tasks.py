"""Reading plans: tasks, the call queue, refusals, what was left out."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from collector.facts.tables import AccountState
from collector.foundation.clock import day_start
from collector.foundation.database import locked
from collector.foundation.known import once
from collector.history.rules import Channel, ReferralState
from collector.history.tables import Referral
from collector.identity.absences import away
from collector.identity.rules import EVERYTHING, LEVEL_ORDER, Level, Scope
from collector.planning.rules import CAPACITY, IN_FLIGHT, Context, Flight, RunState, TaskState, flight_planned
from collector.planning.tables import PlanRun, Refusal, Task
from collector.portfolio.tables import Account

REMEMBERED = 64
"""How many claimed ranks a mark looks back: several desks claim side by side, not exactly in order."""
MARK_LASTS = timedelta(seconds=1)


class Mark:
    """Where the head of a call queue has moved to, kept by the process that claims (design section 10).

    Claimed rows stay as dead entries at the head of the index while an old snapshot is open anywhere; starting at the
    oldest of the last ranks claimed steps over them. Dropped once a second, so that urgent arrivals are seen.
    """

    def __init__(self) -> None:
        self._ranks: dict[int, deque[int]] = {}
        self._since: datetime | None = None

    def floor(self, run_id: int, at: datetime) -> int | None:
        """No call of the run is looked for before this rank; None: look from the start."""
        if self._since is None or abs(at - self._since) >= MARK_LASTS:
            self._ranks.clear()
            self._since = at
        ranks = self._ranks.get(run_id)
        return ranks[0] if ranks and len(ranks) == REMEMBERED else None

    def claimed(self, run_id: int, rank: int) -> None:
        self._ranks.setdefault(run_id, deque(maxlen=REMEMBERED)).append(rank)


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


def open_calls(
    session: Session,
    scope: Scope,
    level: Level,
    user_id: int | None,
    at: datetime,
    limit: int = 1,
    mark: Mark | None = None,
    without: Collection[int] = (),
) -> Sequence[Task]:
    """The best calls this agent may take now, held until commit; calls held by others are stepped over.

    Of the agent's own portfolios (`scope`), not above `level`, theirs to make (`for_agent`); not of the people
    `without`.
    """
    mine = for_agent(user_id, away(session, at))
    for run_id, floor in _heads(session, scope, level, mine, at, mark, without):
        statement = _queue(select(Task), run_id, level, mine, at, floor, without).limit(limit)
        found = session.exec(locked(statement, session, skip=True)).all()
        if mark:
            for task in found:
                mark.claimed(run_id, task.rank)
        if found:
            return found
    return []


def _heads(
    session: Session,
    scope: Scope,
    level: Level,
    mine: ColumnElement[bool],
    at: datetime,
    mark: Mark | None,
    without: Collection[int],
) -> Sequence[tuple[int, int | None]]:
    """The runs to take a call from, the one with the best call first, and the rank from which each is looked through.
    A single run is compared with nothing."""
    floors = {
        run.id or 0: dict.fromkeys([mark.floor(run.id or 0, at) if mark else None, None])
        for run in current_runs(session, scope)
    }
    if len(floors) == 1:
        return [(run_id, floor) for run_id, each in floors.items() for floor in each]
    heads: list[tuple[int, int, int | None]] = []
    for run_id, each in floors.items():
        for floor in each:
            queue = _queue(select(Task.rank), run_id, level, mine, at, floor, without)
            rank = session.exec(queue.limit(1)).first()
            if rank is not None:
                heads.append((rank, run_id, floor))
                break
    return [head[1:] for head in sorted(heads, key=lambda head: head[:2])]


def _queue(
    statement: SelectOfScalar[Any],
    run_id: int,
    level: Level,
    mine: ColumnElement[bool],
    at: datetime,
    floor: int | None,
    without: Collection[int],
) -> SelectOfScalar[Any]:
    levels = [word.value for word, order in LEVEL_ORDER.items() if order <= LEVEL_ORDER[level]]
    statement = statement.where(
        col(Task.run_id) == run_id,
        col(Task.channel) == Channel.call,
        col(Task.state) == TaskState.planned,
        col(Task.not_before) <= at,
        col(Task.not_after) > at,
        col(Task.level).in_(levels),
        mine,
    )
    if floor is not None:
        statement = statement.where(col(Task.rank) >= floor)
    if without:
        statement = statement.where(col(Task.person_id).not_in(without))
    return statement.order_by(col(Task.rank), col(Task.id))


def for_agent(user_id: int | None, away: Collection[int]) -> ColumnElement[bool]:
    """Calls that are this agent's to make: nobody's, their own, and those of an owner who is `away`, where they have
    the account themselves or stand in for it (B role). Where the stand-in is away too, or there is none, anybody's.
    What the legal team left to one negotiator waits for that one."""
    if user_id is None:
        return col(Task.owner_id).is_(None)
    own = or_(col(Task.owner_id).is_(None), col(Task.owner_id) == user_id)
    if not away:
        return own
    standby = col(Account.standby_id)
    theirs = (
        select(Account.id)
        .where(
            col(Account.id) == col(Task.account_id),
            or_(col(Account.owner_id) == user_id, standby == user_id, standby.is_(None), standby.in_(away)),
        )
        .correlate(Task)
        .exists()
    )
    named = (
        select(Referral.id)
        .where(
            col(Referral.account_id) == col(Task.account_id),
            col(Referral.state) == ReferralState.accepted,
            col(Referral.negotiator_id) == col(Task.owner_id),
        )
        .correlate(Task)
        .exists()
    )
    return or_(own, col(Task.owner_id).in_(away) & theirs & ~named)


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

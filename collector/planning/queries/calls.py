"""The call queue: which calls an agent may take now, the best first, and where its head has moved to."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from collector.foundation.database import locked
from collector.history.rules import Channel, ReferralState
from collector.history.tables import Referral
from collector.identity.absences import away
from collector.identity.rules import LEVEL_ORDER, Level, Scope
from collector.planning.queries.tasks import current_runs
from collector.planning.rules import TaskState
from collector.planning.tables import Task
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

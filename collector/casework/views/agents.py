"""Who is on the floor: what each agent is doing, the account in hand, and what came of their day."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, case, func
from sqlmodel import Session, col, select

from collector.casework.views.pulse import per_hour
from collector.dispatch.queries import calls_in_hand, choices_of, signed_in, users_of
from collector.dispatch.queries.inbound import TAKES_CALLS
from collector.dispatch.rules import AgentState, state_of
from collector.foundation.clock import day_start, local_day
from collector.foundation.database import among
from collector.history.rules import ANSWERED, Channel
from collector.history.tables import Attempt, OutcomeRow, Promise
from collector.identity.rules import CARRIER, Scope
from collector.planning.tables import Task
from collector.portfolio.tables import Account, Portfolio

ORDER = [AgentState.wrap_up, AgentState.on_call, AgentState.ready, AgentState.on_break, AgentState.signed_out]
"""Who should be doing something else stands first."""


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent's day, as far as it is about portfolios of the scope. `account_id` and `key` of the call in hand; None:
    there is none, or it is another portfolio's. `pace`: calls an hour since the first of the day."""

    name: str
    state: AgentState
    since: datetime | None
    account_id: int | None
    key: str
    worked: int
    reached: int
    promises: int
    pace: float


class _Worked(NamedTuple):
    worked: int = 0
    reached: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None

    def __or__(self, other: _Worked) -> _Worked:
        """The sum of both."""
        first = [at for at in (self.first_at, other.first_at) if at is not None]
        last = [at for at in (self.last_at, other.last_at) if at is not None]
        return _Worked(
            self.worked + other.worked,
            self.reached + other.reached,
            min(first, default=None),
            max(last, default=None),
        )


def agents(session: Session, scope: Scope, now: datetime, zone: str) -> list[Agent]:
    """The agents who may work a portfolio of the scope. The day is that of the zone."""
    people = [user for user in users_of(session, scope) if TAKES_CALLS & set(user.roles.split(","))]
    if not people:
        return []
    names = {f"user:{user.name}": user for user in people}
    ids = [user.id or 0 for user in people]
    begin = day_start(local_day(now, zone), zone)
    choices, here = choices_of(session, ids), signed_in(session, ids, now)
    held, worked = calls_in_hand(session, names, now), _worked(session, scope, names, begin)
    promises, keys = _promises(session, scope, names, begin), _keys(session, scope, held.values())
    found = []
    for name, user in names.items():
        mine, done = held.get(name), worked.get(name, _Worked())
        call = mine.call if mine else None
        state, since = state_of(choices.get(user.id or 0), call, here.get(user.id or 0), done.last_at)
        key = keys.get(mine.account_id or 0, "") if mine else ""
        pace = per_hour(done.worked, done.first_at, now) if done.first_at else 0.0
        account_id = mine.account_id if mine and key else None
        shown = user.display_name or user.name
        found.append(
            Agent(shown, state, since, account_id, key, done.worked, done.reached, promises.get(name, 0), pace)
        )
    return sorted(found, key=lambda one: (ORDER.index(one.state), one.since or now, one.name))


def _within(column: Any, scope: Scope) -> ColumnElement[bool]:
    if scope.portfolio_ids is None:
        return col(column).is_not(None)
    return col(column).in_(scope.portfolio_ids)


def _worked(session: Session, scope: Scope, names: Collection[str], begin: datetime) -> dict[str, _Worked]:
    """Calls whose outcome they said today, and those of theirs whose outcome the carrier proved."""
    found: dict[str, _Worked] = {}
    for rows in (_said(session, scope, names, begin), _proven(session, scope, names, begin)):
        for name, *counted in rows:
            found[name] = found.get(name, _Worked()) | _Worked._make(counted)
    return found


_REACHED = func.sum(case((col(OutcomeRow.outcome).in_(ANSWERED), 1), else_=0))
_TOLD = (func.count(), _REACHED, func.min(OutcomeRow.recorded_at), func.max(OutcomeRow.recorded_at))


def _said(session: Session, scope: Scope, names: Collection[str], begin: datetime) -> Sequence[Any]:
    """Of each call their last word: a correction is no second call."""
    last = (
        select(func.max(OutcomeRow.id))
        .where(col(OutcomeRow.recorded_at) >= begin, among(session, OutcomeRow.actor, names))
        .group_by(col(OutcomeRow.attempt_id), col(OutcomeRow.actor))
    )
    statement = (
        select(col(OutcomeRow.actor), *_TOLD)  # type: ignore[call-overload]
        .join(Attempt, col(Attempt.id) == col(OutcomeRow.attempt_id))
        .where(
            col(OutcomeRow.id).in_(last),
            col(Attempt.channel) == Channel.call,
            _within(Attempt.portfolio_id, scope),
        )
        .group_by(col(OutcomeRow.actor))
    )
    rows: Sequence[Any] = session.execute(statement).all()
    return rows


def _proven(session: Session, scope: Scope, names: Collection[str], begin: datetime) -> Sequence[Any]:
    """The carrier said that nobody answered, and the agent said nothing else."""
    later = OutcomeRow.__table__.alias("later")  # type: ignore[attr-defined]
    corrected = (
        select(later.c.id)
        .where(later.c.attempt_id == col(OutcomeRow.attempt_id), later.c.id > col(OutcomeRow.id))
        .correlate(OutcomeRow)
    )
    statement = (
        select(col(Task.claimed_by), *_TOLD)  # type: ignore[call-overload]
        .join(OutcomeRow, col(OutcomeRow.attempt_id) == col(Task.attempt_id))
        .where(
            among(session, Task.claimed_by, names),
            col(Task.channel) == Channel.call,
            _within(Task.portfolio_id, scope),
            col(OutcomeRow.actor) == CARRIER.name,
            col(OutcomeRow.recorded_at) >= begin,
            ~corrected.exists(),
        )
        .group_by(col(Task.claimed_by))
    )
    rows: Sequence[Any] = session.execute(statement).all()
    return rows


def _promises(session: Session, scope: Scope, names: Collection[str], begin: datetime) -> dict[str, int]:
    statement = (
        select(Promise.actor, func.count())
        .join(Account, col(Account.id) == col(Promise.account_id))
        .where(
            col(Promise.recorded_at) >= begin,
            among(session, Promise.actor, names),
            _within(Account.portfolio_id, scope),
        )
        .group_by(col(Promise.actor))
    )
    return dict(session.exec(statement).all())


def _keys(session: Session, scope: Scope, held: Collection[Any]) -> dict[int, str]:
    """CODE/NO of the accounts in hand, those of the scope."""
    ids = [one.account_id for one in held if one.account_id is not None and scope.admits(one.portfolio_id or 0)]
    statement = (
        select(Account.id, Portfolio.code, Account.account_no)
        .join(Portfolio, col(Portfolio.id) == col(Account.portfolio_id))
        .where(among(session, Account.id, ids))
    )
    return {account_id or 0: f"{code}/{number}" for account_id, code, number in session.exec(statement)}

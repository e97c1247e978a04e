"""What the legal room looks for: accounts with a clock that is near, and clocks that lapsed with nobody told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from collector.facts.clocks import read_clocks
from collector.facts.reading import books
from collector.facts.tables import AccountState
from collector.foundation.clock import local_day
from collector.foundation.database import among
from collector.history.tables import ClockEvent
from collector.identity.rules import EVERYTHING, Scope
from collector.law.rules import Clock
from collector.legal.rules import first_ahead
from collector.legal.tables import ClockAlarm
from collector.portfolio.rules import PartyRole
from collector.portfolio.tables import Party

CHUNK = 500
"""Accounts whose clocks are read at a time."""
ALL_LAPSED = '%"lapsed":true%'
"""How the kept facts say that every clock of an account ran out by law (`facts.rules.Extra.lapsed`)."""


@dataclass(frozen=True, slots=True)
class Lapse:
    """A clock whose cautious date passed with nothing done. `told_on`: the first alarm about it; None: silent."""

    account_id: int
    clock: str
    legal_on: date
    cautious_on: date
    told_on: date | None

    @property
    def is_silent(self) -> bool:
        return self.told_on is None


@dataclass(frozen=True, slots=True)
class Proof:
    """What looking at every account with a debt came to."""

    accounts: int
    clocks: int
    """That still run."""
    lapses: Sequence[Lapse]

    @property
    def silent(self) -> list[Lapse]:
        """Those of which nobody was ever told."""
        return [one for one in self.lapses if one.is_silent]


def near(session: Session, portfolio_id: int, today: date, *, untold: bool = False) -> list[int]:
    """Accounts of the portfolio with a clock inside the first alarm, or passed; and all that have more clocks than
    their own limitation, of which one may have passed before the book came here while another is far away. `untold`:
    only those of which no alarm was raised for the date that is first now, which an event of today may have moved."""
    asked = select(AccountState.account_id).where(
        AccountState.portfolio_id == portfolio_id, AccountState.role == PartyRole.borrower.value
    )
    is_near = col(AccountState.lapses_on) <= today + timedelta(days=first_ahead())
    if untold:
        told = select(ClockAlarm.id).where(
            col(ClockAlarm.account_id) == col(AccountState.account_id),
            col(ClockAlarm.cautious_on) == col(AccountState.lapses_on),
        )
        asked = asked.where(is_near, ~told.correlate(AccountState).exists())
    else:
        asked = asked.where(or_(is_near, col(AccountState.settled).is_(False) & _has_more_clocks()))
    return list(session.exec(asked.order_by(col(AccountState.lapses_on), col(AccountState.account_id))))


def _has_more_clocks() -> ColumnElement[bool]:
    account = col(AccountState.account_id)
    backed = select(Party.id).where(col(Party.account_id) == account, Party.role == PartyRole.guarantor)
    noted = select(ClockEvent.id).where(col(ClockEvent.account_id) == account)
    return or_(backed.correlate(AccountState).exists(), noted.correlate(AccountState).exists())


def lost_first(session: Session, scope: Scope, at: datetime, limit: int) -> list[int]:
    """Accounts by the cautious date of what is lost first, those that lapsed by law left out: by index, however large
    the book is."""
    today = min((local_day(at, book.zone) for book in books(session).values()), default=at.date())
    ahead = _in_order(scope, limit).where(col(AccountState.lapses_on) >= today)
    passed = _in_order(scope, limit).where(
        col(AccountState.lapses_on) < today,
        or_(col(AccountState.extra).is_(None), col(AccountState.extra).not_like(ALL_LAPSED)),
    )
    return [*session.exec(passed), *session.exec(ahead)][:limit]


def _in_order(scope: Scope, limit: int) -> SelectOfScalar[int]:
    asked = select(AccountState.account_id).where(AccountState.role == PartyRole.borrower.value)
    if scope.portfolio_ids is not None:
        asked = asked.where(col(AccountState.portfolio_id).in_(scope.portfolio_ids))
    return asked.order_by(col(AccountState.lapses_on), col(AccountState.account_id)).limit(limit)


def told(session: Session, account_ids: Collection[int]) -> dict[int, list[ClockAlarm]]:
    """The alarms of these accounts, oldest first."""
    found: dict[int, list[ClockAlarm]] = defaultdict(list)
    rows = select(ClockAlarm).where(among(session, ClockAlarm.account_id, account_ids)).order_by(col(ClockAlarm.id))
    for row in session.exec(rows):
        found[row.account_id].append(row)
    return found


def prove(session: Session, at: datetime, scope: Scope = EVERYTHING) -> Proof:
    """Look at every account of the scope on which something is owed, from the records and not from what is kept about
    their clocks: which lapsed, and whether anybody was told."""
    accounts = running = 0
    lapses: list[Lapse] = []
    for chunk in _owing(session, scope):
        found, alarms = read_clocks(session, chunk, at), told(session, chunk)
        days = _days_of(session, chunk, at)
        accounts += len(chunk)
        for account_id, (clocks, _) in found.items():
            today = days[account_id]
            running += sum(clock.runs(today) for clock in clocks)
            lapses += [_lapse(account_id, one, alarms.get(account_id, ())) for one in clocks if one.lapsed(today)]
    return Proof(accounts, running, sorted(lapses, key=lambda one: (one.cautious_on, one.account_id, one.clock)))


def _lapse(account_id: int, clock: Clock, alarms: Sequence[ClockAlarm]) -> Lapse:
    mine = [row.day for row in alarms if (row.clock, row.cautious_on) == (clock.key, clock.cautious_on)]
    return Lapse(account_id, clock.key, clock.legal_on, clock.cautious_on, min(mine, default=None))


def _owing(session: Session, scope: Scope) -> Iterator[list[int]]:
    last = 0
    while True:
        asked = select(AccountState.account_id).where(
            AccountState.role == PartyRole.borrower.value,
            or_(col(AccountState.owed) > 0, col(AccountState.overdue) > 0),
            col(AccountState.account_id) > last,
        )
        if scope.portfolio_ids is not None:
            asked = asked.where(col(AccountState.portfolio_id).in_(scope.portfolio_ids))
        chunk = list(session.exec(asked.order_by(col(AccountState.account_id)).limit(CHUNK)))
        if not chunk:
            return
        yield chunk
        last = chunk[-1]


def _days_of(session: Session, account_ids: Collection[int], at: datetime) -> dict[int, date]:
    days = {number: local_day(at, book.zone) for number, book in books(session).items()}
    rows = session.exec(
        select(AccountState.account_id, AccountState.portfolio_id).where(
            among(session, AccountState.account_id, account_ids)
        )
    )
    return {account_id: days[portfolio_id] for account_id, portfolio_id in rows}

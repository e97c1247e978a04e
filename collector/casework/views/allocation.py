"""The allocation board: what each agent of a portfolio holds, what nobody holds, and what allocation would do."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from collector.allocation.queries import Ground, ground_of, workers
from collector.allocation.rules import Member, recall_of
from collector.casework.views.untouched import AGES
from collector.facts.rules import AccountFacts, extra_of
from collector.foundation.clock import day_start
from collector.history.queries import collected_by
from collector.identity import absences
from collector.identity.rules import Level, Scope
from collector.identity.tables import Absence, User
from collector.portfolio.queries import portfolios
from collector.portfolio.tables import Account, Portfolio


@dataclass(slots=True)
class AgentLine:
    """What one agent holds of the portfolio. Money in minor units; `full`: the share of all they can hold, other
    portfolios included, 1 is full; None: the strategy sets no limit. `untouched`: accounts by the places of `AGES`."""

    user_id: int
    name: str
    level: Level
    accounts: int = 0
    money: int = 0
    full: float | None = None
    untouched: Counter[int] = field(default_factory=Counter)
    promises: int = 0
    promised: int = 0
    stands_in: int = 0
    collected: int = 0
    """Paid this month while they held the account."""
    absences: Sequence[Absence] = ()


@dataclass(slots=True)
class Unowned:
    """Accounts that a rule asks an owner for, and nobody has. `held_back`: of these, taken back by a supervisor."""

    rule: str
    level: Level
    accounts: int = 0
    money: int = 0
    held_back: int = 0


@dataclass(frozen=True, slots=True)
class Board:
    book: Portfolio
    today: date
    agents: Sequence[AgentLine]
    unowned: Sequence[Unowned]
    ownerless: int
    """Accounts nobody has and no rule asks an owner for."""
    automatic: bool
    rules: Sequence[tuple[str, int]]
    """Of the strategy, in their order: name, and how many such accounts alone fill an agent; empty: it has none."""


def board(session: Session, book: Portfolio, now: datetime) -> Board:
    """How the portfolio is held at that moment."""
    ground = ground_of(session, book, now)
    lines = _lines(session, ground, now)
    unowned, ownerless = _unowned(ground)
    return Board(
        book=book,
        today=ground.today,
        agents=sorted(lines.values(), key=lambda one: (list(Level).index(one.level), one.name)),
        unowned=unowned,
        ownerless=ownerless,
        automatic=ground.policy.automatic,
        rules=[(rule.name, rule.accounts) for rule in ground.policy.rules],
    )


def _lines(session: Session, ground: Ground, now: datetime) -> dict[int, AgentLine]:
    lines = {
        one.user_id: AgentLine(one.user_id, name_of(ground.users[one.user_id]), one.level) for one in ground.collectors
    }
    away: dict[int, list[Absence]] = defaultdict(list)
    for row in absences.absences(session, list(lines), now):
        away[row.user_id].append(row)
    month = day_start(ground.today.replace(day=1), ground.book.timezone)
    collected = collected_by(session, [ground.book.id or 0], month, now + timedelta(seconds=1))
    loads = ground.loads([one.held.owner_id for one in ground.members])
    for user_id, line in lines.items():
        line.absences, line.full = away[user_id], loads.get(user_id)
        line.collected = collected.get((ground.book.id or 0, user_id), 0)
    for member in ground.members:
        _count(lines, member, ground.today)
    return lines


def _count(lines: Mapping[int, AgentLine], member: Member, today: date) -> None:
    owner, standby, facts = member.held.owner_id, member.held.standby_id, member.facts
    if standby is not None and standby in lines:
        lines[standby].stands_in += 1
    if owner is None or owner not in lines:
        return
    line, promises = lines[owner], extra_of(facts).promises
    line.accounts += 1
    line.money += facts.overdue
    line.promises += len(promises)
    line.promised += sum(one.amount - one.paid for one in promises)
    place = age_of(facts, today)
    if place is not None:
        line.untouched[place] += 1


def age_of(facts: AccountFacts, today: date) -> int | None:
    """The place in `AGES` of an overdue account that nobody tried today; None: it is none."""
    since = facts.touched_on or facts.oldest_unpaid_due or facts.reported_on
    if facts.settled or facts.overdue <= 0 or since is None or since >= today:
        return None
    days = (today - since).days
    return next(place for place, (_, last) in enumerate(AGES) if last is None or days <= last)


def _unowned(ground: Ground) -> tuple[list[Unowned], int]:
    found = {rule.name: Unowned(rule.name, rule.level) for rule in ground.policy.rules}
    without = 0
    for member in ground.members:
        if member.held.owner_id is not None:
            continue
        if member.rule is None or recall_of(member, ground.policy, ground.today) is not None:
            without += 1
            continue
        line = found[member.rule.name]
        line.accounts += 1
        line.money += member.facts.overdue
        line.held_back += member.held.held_back
    return [line for line in found.values() if line.accounts], without


def name_of(user: User) -> str:
    return user.display_name or user.name


# --- the floor's line ---


@dataclass(frozen=True, slots=True)
class Owned:
    """Accounts with and without an owner; agents who are away now."""

    held: int
    free: int
    away: int


def owned(session: Session, scope: Scope, now: datetime) -> Owned:
    """Counted by the database, over the portfolios of the scope."""
    counted = select(func.count(), func.count(col(Account.owner_id)))
    if scope.portfolio_ids is not None:
        counted = counted.where(col(Account.portfolio_id).in_(scope.portfolio_ids))
    accounts, held = session.exec(counted).one()
    books = [book.id or 0 for book in portfolios(session, scope)]
    working = {user.id for number in books for user in workers(session, number)}
    return Owned(held, accounts - held, len(working & absences.away(session, now)))

"""What allocation is decided from: a portfolio's accounts, who may own them, and how they are held."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from functools import cached_property
from typing import Any

from sqlalchemy import Select
from sqlalchemy import select as columns_select
from sqlmodel import Session, col, or_, select

from collector.allocation.rules import Collector, Decision, Holding, Member, allocate, members_of, reassign, take_back
from collector.allocation.rules.desks import WHOLE
from collector.facts.queries import FACTS, account_of, read_people
from collector.facts.rules import AccountFacts, lateness
from collector.facts.tables import AccountState
from collector.foundation.clock import local_day
from collector.foundation.database import among
from collector.history.queries import holdings_of, keeps_of
from collector.history.rules import HELD_BACK, Channel
from collector.history.tables import HoldingRow, KeepRow
from collector.identity.absences import away
from collector.identity.rules import Level, Role
from collector.identity.tables import User
from collector.planning.rules import TaskState
from collector.planning.tables import Task
from collector.portfolio.rules import PartyRole
from collector.portfolio.tables import Account, Portfolio, PortfolioAccess
from collector.strategy.queries import compiled
from collector.strategy.rules import AllocationPolicy

WORKING = frozenset({Role.agent.value, Role.senior.value})
"""Roles of those who own accounts."""


@dataclass(frozen=True)
class Ground:
    """Everything an allocation of one portfolio needs to know, on its `today`."""

    book: Portfolio
    accounts: Sequence[AccountFacts]
    collectors: Sequence[Collector]
    holdings: Mapping[int, Holding]
    policy: AllocationPolicy
    today: date
    users: Mapping[int, User] = field(repr=False)

    @cached_property
    def members(self) -> Sequence[Member]:
        """Every account with its rule, by id."""
        return members_of(self.accounts, self.holdings, self.policy, self.today)

    def loads(self, owners: Sequence[int | None]) -> Mapping[int, float]:
        """How full each collector would be, were the accounts theirs so: `owners` in the order of `members`. Nobody
        is, where the policy has no rules."""
        if not self.policy.rules:
            return {}
        held: Counter[int | None] = Counter()
        for member, owner in zip(self.members, owners, strict=True):
            held[owner] += member.weight
        return {one.user_id: held[one.user_id] / self.policy.full + one.elsewhere / WHOLE for one in self.collectors}

    def decide(self) -> Decision:
        """What the rules would move."""
        return allocate(self.accounts, self.collectors, self.holdings, self.policy, self.today)

    def give(self, chosen: Collection[int], to: Collection[int]) -> Decision:
        """What giving these accounts to these users would move."""
        parts = (self.accounts, self.collectors, self.holdings, self.policy, self.today)
        return reassign(*parts, chosen=chosen, to=to)

    def take(self, chosen: Collection[int]) -> Decision:
        """What taking these accounts back would move."""
        return take_back(self.members, chosen)


def ground_of(session: Session, book: Portfolio, at: datetime) -> Ground:
    """The portfolio as it stands at that moment."""
    today = local_day(at, book.timezone)
    users = workers(session, book.id or 0)
    accounts = borrowed(session, book.id or 0, at, today)
    return Ground(
        book=book,
        accounts=accounts,
        collectors=_collectors(session, users, book.id or 0, at),
        holdings=_holdings(session, accounts, book, at),
        policy=compiled(session, book.id or 0, at).allocation,
        today=today,
        users={user.id or 0: user for user in users},
    )


def workers(session: Session, portfolio_id: int) -> Sequence[User]:
    """Who makes calls and sees the portfolio; a closed login owns nothing."""
    sees = select(PortfolioAccess.user_id).where(
        col(PortfolioAccess.portfolio_id) == portfolio_id, col(PortfolioAccess.user_id).is_not(None)
    )
    wanted = select(User).where(col(User.disabled_at).is_(None), or_(col(User.all_portfolios), col(User.id).in_(sees)))
    return [user for user in session.exec(wanted.order_by(col(User.id))) if WORKING & set(user.roles.split(","))]


def borrowed(session: Session, portfolio_id: int, at: datetime, today: date) -> list[AccountFacts]:
    """Every account of the portfolio as its borrower owes it. Facts that do not hold on that day are made anew."""
    rows = session.execute(_states().where(col(AccountState.portfolio_id) == portfolio_id)).all()
    kept = {row[1]: account_of(row[:-2]) for row in rows if row[-2] <= today and (row[-1] is None or today < row[-1])}
    stale = {row[0] for row in rows if row[1] not in kept}
    for person in read_people(session, sorted(stale), at).values():
        for one in person.accounts:
            if one.portfolio_id == portfolio_id and one.role is PartyRole.borrower:
                kept[one.account_id] = one
    return [kept[number] for number in sorted(kept)]


def _states() -> Select[Any]:
    names = [getattr(AccountState, name) for name in (*FACTS, "fresh_from", "fresh_until")]
    return columns_select(*names).where(col(AccountState.role) == PartyRole.borrower.value)


def _collectors(session: Session, users: Sequence[User], portfolio_id: int, at: datetime) -> list[Collector]:
    not_here, elsewhere = away(session, at), _elsewhere(session, [user.id or 0 for user in users], portfolio_id, at)
    return [
        Collector(
            user.id or 0,
            user.staff_no,
            user.level or Level.senior,
            elsewhere.get(user.id or 0, 0),
            user.id in not_here,
        )
        for user in users
    ]


def _elsewhere(session: Session, user_ids: Collection[int], portfolio_id: int, at: datetime) -> dict[int, int]:
    """How full they are with accounts of other portfolios, each by its own strategy, in parts of `WHOLE`."""
    theirs = among(session, AccountState.owner_id, user_ids) & (col(AccountState.portfolio_id) != portfolio_id)
    found: Counter[tuple[int, int, int]] = Counter()
    for row in session.execute(_states().where(theirs)):
        facts = account_of(row[:-2])
        book = session.get_one(Portfolio, facts.portfolio_id)
        today = local_day(at, book.timezone)
        rule = compiled(session, facts.portfolio_id, at).allocation.rule_for(facts, today, lateness(facts, today))
        if rule is not None:
            found[facts.owner_id or 0, facts.portfolio_id, rule.accounts] += 1
    shares: Counter[int] = Counter()
    for (user_id, _, most), accounts in found.items():
        shares[user_id] += round(Fraction(accounts, most) * WHOLE)
    return dict(shares)


def _holdings(session: Session, accounts: Sequence[AccountFacts], book: Portfolio, at: datetime) -> dict[int, Holding]:
    ids = [one.account_id for one in accounts]
    stand_ins = {
        number or 0: (owner, standby)
        for number, owner, standby in session.exec(
            select(Account.id, Account.owner_id, Account.standby_id).where(col(Account.portfolio_id) == book.id)
        )
    }
    past, keeps = holdings_of(session, ids), keeps_of(session, ids)
    busy = people_in_hand(session, at)
    return {
        one.account_id: holding_of(
            *stand_ins[one.account_id],
            past.get(one.account_id, ()),
            keeps.get(one.account_id),
            book.timezone,
            in_hand=one.person_id in busy,
        )
        for one in accounts
    }


def holding_of(
    owner_id: int | None,
    standby_id: int | None,
    past: Sequence[HoldingRow],
    keep: KeepRow | None,
    zone: str,
    *,
    in_hand: bool = False,
) -> Holding:
    """How an account is held, from what is on record of it in its order. Days in that zone."""
    run: list[HoldingRow] = []
    spell: list[HoldingRow] = []
    before = None
    for row in past:
        if run and run[-1].owner_id != row.owner_id:
            before, run = run[-1].owner_id or before, []
        run.append(row)
        spell = [*spell, row] if row.owner_id is not None else []
    known = bool(run) and owner_id is not None and run[0].owner_id == owner_id
    kept = keep is not None and keep.owner_id == owner_id
    return Holding(
        owner_id,
        standby_id,
        local_day(run[0].at, zone) if known else None,
        before,
        local_day(spell[0].at, zone) if spell and known else None,
        keep.until if keep is not None and kept else None,
        owner_id is None and bool(run) and run[-1].why in HELD_BACK,
        in_hand,
    )


def people_in_hand(session: Session, at: datetime) -> frozenset[int]:
    """Whom somebody holds a call about, or talks with: their accounts stay where they are until that is done."""
    held = (col(Task.state) == TaskState.claimed) & (col(Task.lease_until) > at)
    wanted = select(Task.person_id).where(
        col(Task.channel) == Channel.call,
        or_(held, col(Task.state).in_([TaskState.sending, TaskState.sent])),
        col(Task.attempt_id).is_(None),
    )
    return frozenset(session.exec(wanted.distinct()))

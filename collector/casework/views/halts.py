"""What a hold would stop, told before it is put."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from collector.casework.views.call_queues import WAITING
from collector.facts.tables import AccountState
from collector.foundation.errors import BadInput, NotFound
from collector.history.rules import Channel, HoldScope
from collector.identity.rules import Scope
from collector.planning.rules import RunState
from collector.planning.tables import PlanRun, Task
from collector.portfolio.queries import portfolios
from collector.portfolio.rules import PartyRole
from collector.portfolio.tables import Portfolio
from collector.strategy.queries import compiled

TEXTS = frozenset({Channel.sms, Channel.email})


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be held: a portfolio, or a segment of it."""

    book: Portfolio
    segment: str | None = None

    @property
    def scope(self) -> HoldScope:
        return HoldScope.portfolio if self.segment is None else HoldScope.segment


@dataclass(frozen=True, slots=True)
class Halt:
    """Contacts of the current plan that are open, the accounts they lead with, and what is overdue on these. `late`
    and `late_overdue`: of the whole portfolio, where all of it is to be held."""

    calls: int
    messages: int
    papers: int
    accounts: int
    overdue: int
    late: int
    late_overdue: int


def target_of(session: Session, scope: Scope, portfolio_id: int, segment: str | None, now: datetime) -> Target:
    """A portfolio of the scope, or a segment of its strategy; foreign and absent portfolios are `NotFound`."""
    book = next((one for one in portfolios(session, scope) if one.id == portfolio_id), None)
    if book is None:
        raise NotFound("there is no such portfolio")
    if segment is not None and segment not in segments_of(session, book, now):
        raise BadInput("the strategy of this portfolio has no such segment")
    return Target(book, segment)


def segments_of(session: Session, book: Portfolio, now: datetime) -> list[str]:
    """The segments of the strategy in force, in its order."""
    return [segment.name for segment in compiled(session, book.id or 0, now).segments()]


def would_stop(session: Session, target: Target, now: datetime) -> Halt:
    """Counted by the database: a preview of a large book takes no longer than its index."""
    waiting = [
        col(Task.portfolio_id) == target.book.id,
        col(PlanRun.state) == RunState.current,
        col(Task.state).in_(WAITING),
        col(Task.not_after) > now,
    ]
    if target.segment is not None:
        waiting.append(col(Task.segment) == target.segment)
    by_channel = dict(
        session.exec(
            select(Task.channel, func.count())
            .join(PlanRun, col(PlanRun.id) == col(Task.run_id))
            .where(*waiting)
            .group_by(col(Task.channel))
        ).all()
    )
    led = select(Task.account_id).join(PlanRun, col(PlanRun.id) == col(Task.run_id)).where(*waiting)
    accounts, overdue = _sums(session, target, col(AccountState.account_id).in_(led))
    late, late_overdue = _sums(session, target, col(AccountState.overdue) > 0) if target.segment is None else (0, 0)
    messages = sum(by_channel.get(channel, 0) for channel in TEXTS)
    calls = by_channel.get(Channel.call, 0)
    papers = sum(by_channel.values()) - calls - messages
    return Halt(calls, messages, papers, accounts, overdue, late, late_overdue)


def _sums(session: Session, target: Target, condition: Any) -> tuple[int, int]:
    """Accounts, and what is overdue on them."""
    statement = select(func.count(), func.coalesce(func.sum(AccountState.overdue), 0)).where(
        col(AccountState.portfolio_id) == target.book.id,
        col(AccountState.role) == PartyRole.borrower.value,
        condition,
    )
    count, overdue = session.execute(statement).one()
    return int(count), int(overdue)

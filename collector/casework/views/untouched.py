"""Overdue accounts that nobody tried for days: how long, why, how many, how much. Grouped by the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal
from sqlmodel import Session, col, or_, select

from collector.casework.views.call_queues import WAITING
from collector.casework.views.find import Line, listed
from collector.facts.tables import AccountState
from collector.foundation.clock import local_day
from collector.foundation.paging import Page
from collector.history.rules import HoldScope, PromiseState, ReferralState
from collector.history.tables import Dispute, Hold, Promise, Referral
from collector.identity.rules import Scope
from collector.planning.rules import CAPACITY, IN_FLIGHT, RunState, Shortfall, TaskState
from collector.planning.tables import PlanRun, Refusal, Task
from collector.portfolio.queries import portfolios
from collector.portfolio.rules import ContactKind, ContactStatus, PartyRole
from collector.portfolio.tables import ContactPoint, Portfolio

AGES = ((1, 3), (4, 7), (8, 14), (15, 30), (31, None))
"""Days without an attempt, first and last; of an account that was never tried, since it fell overdue."""


class Why(StrEnum):
    """Why nobody tried: the first that fits."""

    referred = "referred"
    """With skip-tracing or legal."""
    on_hold = "on_hold"
    disputed = "disputed"
    in_plan = "in_plan"
    """A contact with the person is planned for today, or under way."""
    no_phone = "no_phone"
    refused_by_rule = "refused_by_rule"
    beyond_capacity = "beyond_capacity"
    promise_open = "promise_open"
    not_due = "not_due"
    """The strategy asks for nothing today."""


@dataclass(frozen=True, slots=True)
class Untouched:
    """Accounts of one currency. `age`: the place in `AGES`; `overdue` in minor units."""

    currency: str
    why: Why
    age: int
    accounts: int
    overdue: int


def untouched(session: Session, books: Sequence[Portfolio], now: datetime) -> list[Untouched]:
    """By reason and age, with the money; sums of portfolios of one currency."""
    found: dict[tuple[str, Why, int], list[int]] = {}
    for book in books:
        why, age = _why(book, now), _age(local_day(now, book.timezone))
        grouped = select(why.label("why"), age.label("age"), col(AccountState.overdue)).where(_late(book, now))
        inner = grouped.subquery()
        statement = select(inner.c.why, inner.c.age, func.count(), func.sum(inner.c.overdue)).group_by(
            inner.c.why, inner.c.age
        )
        for word, place, accounts, overdue in session.execute(statement):
            summed = found.setdefault((book.currency, Why(word), int(place)), [0, 0])
            summed[0] += accounts
            summed[1] += int(overdue)
    return [Untouched(*key, *summed) for key, summed in found.items()]


def untouched_accounts(
    session: Session,
    scope: Scope,
    now: datetime,
    *,
    why: Why,
    age: int,
    after: str | None = None,
    limit: int = 100,
) -> Page[Line]:
    """The accounts behind one number."""
    conditions = [
        _late(book, now) & (_why(book, now) == why.value) & (_age(local_day(now, book.timezone)) == age)
        for book in portfolios(session, scope)
    ]
    wanted = or_(*conditions) if conditions else col(AccountState.account_id).is_(None)
    return listed(session, scope, now, wanted, after=after, limit=limit)


def _late(book: Portfolio, now: datetime) -> ColumnElement[bool]:
    """Overdue, and not tried today."""
    return and_(
        col(AccountState.portfolio_id) == book.id,
        col(AccountState.role) == PartyRole.borrower.value,
        col(AccountState.settled).is_(False),
        col(AccountState.overdue) > 0,
        _quiet_since() < local_day(now, book.timezone),
    )


def _quiet_since() -> Any:
    """The day of the last attempt; never tried: since it fell overdue."""
    return func.coalesce(AccountState.touched_on, AccountState.oldest_unpaid_due, AccountState.reported_on)


def _age(today: date) -> Any:
    """The place in `AGES`: days are compared as days, so that both databases count alike."""
    ends = [(place, last) for place, (_, last) in enumerate(AGES) if last is not None]
    marks = [(_quiet_since() >= today - timedelta(days=last), place) for place, last in ends]
    return case(*marks, else_=len(AGES) - 1)


def _why(book: Portfolio, now: datetime) -> Any:
    """Each question is asked once for the portfolio, not once for every account."""
    account, person = col(AccountState.account_id), col(AccountState.person_id)
    own = col(PlanRun.portfolio_id) == book.id
    current = select(PlanRun.id).where(own, col(PlanRun.state) == RunState.current)
    planned = col(Task.run_id).in_(current)
    busy = or_(planned & col(Task.state).in_(WAITING), col(Task.state).in_(IN_FLIGHT) & col(Task.attempt_id).is_(None))
    left_out = planned & (col(Task.state) == TaskState.cancelled) & (col(Task.state_reason) == CAPACITY)
    refused = col(Refusal.run_id).in_(current)
    lacks = col(Refusal.rules).contains(f'"id":"{Shortfall.no_phone.value}"', autoescape=True)
    return case(
        (account.in_(_referred(book)), Why.referred.value),
        (_held(book, now), Why.on_hold.value),
        (account.in_(select(Dispute.account_id).where(col(Dispute.answered_at).is_(None))), Why.disputed.value),
        (person.in_(select(Task.person_id).where(col(Task.portfolio_id) == book.id, busy)), Why.in_plan.value),
        (
            or_(account.in_(select(Refusal.account_id).where(refused, lacks)), person.not_in(_with_phone(book))),
            Why.no_phone.value,
        ),
        (account.in_(select(Refusal.account_id).where(refused)), Why.refused_by_rule.value),
        (account.in_(select(Task.account_id).where(left_out)), Why.beyond_capacity.value),
        (account.in_(_promised()), Why.promise_open.value),
        else_=literal(Why.not_due.value),
    )


def _referred(book: Portfolio) -> Any:
    live = col(Referral.state).in_([ReferralState.proposed, ReferralState.accepted])
    return select(Referral.account_id).where(col(Referral.portfolio_id) == book.id, live)


def _promised() -> Any:
    return select(Promise.account_id).where(col(Promise.state).in_([PromiseState.open, PromiseState.partial]))


def _with_phone(book: Portfolio) -> Any:
    """People with a phone of this portfolio that may be in use."""
    return select(ContactPoint.person_id).where(
        col(ContactPoint.portfolio_id) == book.id,
        col(ContactPoint.kind) == ContactKind.phone,
        col(ContactPoint.status) == ContactStatus.active,
    )


def _held(book: Portfolio, now: datetime) -> ColumnElement[bool]:
    """On the account, the person, all of the portfolio, or the segment of what is planned for the person."""
    stands = and_(
        col(Hold.at) <= now,
        col(Hold.lifted_at).is_(None),
        or_(col(Hold.until).is_(None), col(Hold.until) > now),
    )
    wide = or_(
        col(Hold.scope) == HoldScope.everything,
        (col(Hold.scope) == HoldScope.portfolio) & (col(Hold.portfolio_id) == book.id),
    )
    part = (col(Hold.scope) == HoldScope.segment) & or_(
        col(Hold.portfolio_id).is_(None), col(Hold.portfolio_id) == book.id
    )
    return or_(
        col(AccountState.account_id).in_(select(Hold.account_id).where(stands, col(Hold.account_id).is_not(None))),
        col(AccountState.person_id).in_(
            select(Hold.person_id).where(stands, col(Hold.scope) == HoldScope.person, col(Hold.person_id).is_not(None))
        ),
        col(AccountState.person_id).in_(_planned_in(select(Hold.segment).where(stands, part), book)),
        select(Hold.id).where(stands, wide).exists(),
    )


def _planned_in(segments: Any, book: Portfolio) -> Any:
    """Whom a contact of these segments waits for."""
    return (
        select(Task.person_id)
        .join(PlanRun, col(PlanRun.id) == col(Task.run_id))
        .where(
            col(Task.portfolio_id) == book.id,
            col(PlanRun.state) == RunState.current,
            col(Task.state).in_(WAITING),
            col(Task.segment).in_(segments),
        )
    )

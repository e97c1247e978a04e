"""The supervisor's counts: queues, refusals, messages, promises, and whether today is ready."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import func
from sqlmodel import Session, col, or_, select

from collector.casework.office import Office
from collector.casework.views import within
from collector.casework.views.readiness import Light, readiness
from collector.casework.views.refusals import Counted, counted
from collector.dispatch.rules import Progress
from collector.dispatch.tables import Submission
from collector.facts.rules import AccountFacts, lateness
from collector.facts.tables import AccountState
from collector.foundation.clock import day_start, local_day
from collector.history.rules import Channel, HoldScope, PromiseState
from collector.history.tables import Hold, Promise
from collector.identity.queries import open_approvals
from collector.identity.rules import Scope
from collector.identity.tables import Approval
from collector.planning.rules import CAPACITY, RunState, TaskState
from collector.planning.tables import PlanRun, Task
from collector.portfolio.queries import portfolios
from collector.portfolio.rules import PaymentState
from collector.portfolio.tables import Account, PaymentRow, Portfolio
from collector.strategy.queries import compiled


@dataclass(slots=True)
class Queue:
    """The calls of one segment, bucket and level in a portfolio's current plan. `amount`: overdue of the open ones."""

    portfolio: str
    currency: str
    segment: str
    bucket: str
    level: str
    open: int = 0
    worked: int = 0
    left_out: int = 0
    amount: int = 0


@dataclass(slots=True)
class Promised:
    """Promises of one portfolio. Amounts in minor units: of those due, and of those kept."""

    portfolio: str
    currency: str
    due_today: int = 0
    due_amount: int = 0
    open: int = 0
    kept: int = 0
    kept_amount: int = 0
    broken: int = 0


@dataclass(frozen=True, slots=True)
class Floor:
    lights: Sequence[Light]
    queues: Sequence[Queue]
    refusals: Counted
    """Of today."""
    sends: Sequence[tuple[str, int]]
    """By how far they came, the messages given to the carrier since the day began."""
    promises: Sequence[Promised]
    held_payments: int
    approvals: Sequence[Approval]
    holds: Sequence[Hold]
    portfolios: Sequence[Portfolio] = field(default_factory=list)


def floor(session: Session, office: Office, scope: Scope, now: datetime) -> Floor:
    """Everything a supervisor sees at a glance, of the portfolios of the scope."""
    books = portfolios(session, scope)
    return Floor(
        lights=readiness(session, office, scope, now),
        queues=queues(session, books, now),
        refusals=counted(session, scope, now, days=1),
        sends=_sends(session, books, now),
        promises=[_promised(session, book, now) for book in books],
        held_payments=held_count(session, scope),
        approvals=approvals(session, scope),
        holds=wide_holds(session, scope, now),
        portfolios=books,
    )


def _day(book: Portfolio, now: datetime) -> datetime:
    return day_start(local_day(now, book.timezone), book.timezone)


def queues(session: Session, books: Iterable[Portfolio], now: datetime) -> list[Queue]:
    """Calls by segment, bucket and level. The bucket is today's: pauses and reports count as in ageing."""
    found: dict[tuple[str, ...], Queue] = {}
    for book in books:
        strategy = compiled(session, book.id or 0, now)
        today = local_day(now, book.timezone)
        for group in _groups(session, book.id or 0):
            bucket = strategy.bucket(_days(group, today))
            key = (book.code, group.segment, bucket, group.level)
            queue = found.setdefault(key, Queue(book.code, book.currency, group.segment, bucket, group.level))
            _count(queue, TaskState(group.state), group.state_reason, group.tasks, group.overdue)
    return sorted(found.values(), key=lambda one: (one.portfolio, -one.open, one.segment, one.bucket))


def _count(queue: Queue, state: TaskState, reason: str | None, tasks: int, overdue: int) -> None:
    if state in (TaskState.planned, TaskState.claimed):
        queue.open += tasks
        queue.amount += overdue
    elif state in (TaskState.cancelled, TaskState.expired):
        queue.left_out += tasks if reason == CAPACITY else 0
    else:
        queue.worked += tasks


_LATENESS = ("grace_days", "oldest_unpaid_due", "reported_on", "reported_min", "reported_max", "extra")
"""What the days past due of an account follow from; most accounts share it with many others."""


def _groups(session: Session, portfolio_id: int) -> Sequence[Any]:
    by = [col(getattr(AccountState, name)) for name in _LATENESS]
    keys = [col(Task.segment), col(Task.level), col(Task.state), col(Task.state_reason)]
    statement = (
        select(  # type: ignore[call-overload]
            *keys, *by, func.count().label("tasks"), func.coalesce(func.sum(AccountState.overdue), 0).label("overdue")
        )
        .join(PlanRun, col(PlanRun.id) == col(Task.run_id))
        .join(
            AccountState,
            (col(AccountState.account_id) == col(Task.account_id))
            & (col(AccountState.person_id) == col(Task.person_id)),
        )
        .where(
            col(Task.portfolio_id) == portfolio_id,
            col(Task.channel) == Channel.call,
            col(PlanRun.state) == RunState.current,
        )
        .group_by(*keys, *by)
    )
    return session.execute(statement).all()


_NOTHING: dict[str, Any] = dict.fromkeys(AccountFacts.__struct_fields__)
_BLANK = AccountFacts(**_NOTHING)


def _days(group: Any, today: date) -> int:
    known = {name: getattr(group, name) for name in _LATENESS}
    return lateness(msgspec.structs.replace(_BLANK, overdue=group.overdue, owed=0, **known), today)


def _sends(session: Session, books: Iterable[Portfolio], now: datetime) -> list[tuple[str, int]]:
    counted: Counter[str] = Counter()
    for book in books:
        rows = session.exec(
            select(Submission.progress, func.count())
            .join(Task, col(Task.id) == col(Submission.task_id))
            .where(
                Task.portfolio_id == book.id,
                Submission.channel == Channel.sms,
                col(Submission.submitted_at) >= _day(book, now),
            )
            .group_by(col(Submission.progress))
        )
        for progress, count in rows:
            counted[Progress(progress).value] += count
    return counted.most_common()


def _promised(session: Session, book: Portfolio, now: datetime) -> Promised:
    """`kept` and `broken`: decided since the day began; `open`: all that stand."""
    begin = _day(book, now)
    end = day_start(local_day(now, book.timezone) + timedelta(days=1), book.timezone)
    told = Promised(book.code, book.currency)
    rows = session.exec(
        select(Promise)
        .join(Account, col(Account.id) == col(Promise.account_id))
        .where(
            Account.portfolio_id == book.id,
            or_(
                col(Promise.state).in_([PromiseState.open, PromiseState.partial]),
                col(Promise.decided_at) >= begin,
            ),
        )
    )
    for row in rows:
        if row.state in (PromiseState.open, PromiseState.partial):
            told.open += 1
            if row.due_at < end:
                told.due_today += 1
                told.due_amount += row.amount - row.paid
        elif row.state is PromiseState.kept:
            told.kept += 1
            told.kept_amount += row.amount
        elif row.state is PromiseState.broken:
            told.broken += 1
    return told


def held_count(session: Session, scope: Scope) -> int:
    """Payments that match no account and wait for a person."""
    statement = select(func.count()).select_from(PaymentRow).where(PaymentRow.state == PaymentState.held)
    if scope.portfolio_ids is not None:
        statement = statement.where(col(PaymentRow.portfolio_id).in_(scope.portfolio_ids))
    return session.exec(statement).one()


def approvals(session: Session, scope: Scope) -> list[Approval]:
    """What waits for a second person, of the scope."""
    visible = within.ids_of(session, scope, [row.subject for row in open_approvals(session)])
    return [row for row in open_approvals(session) if row.subject in visible]


def wide_holds(session: Session, scope: Scope, now: datetime) -> Sequence[Hold]:
    """Holds in force on everything, a portfolio or a segment: those of the scope."""
    statement = select(Hold).where(
        col(Hold.scope).in_([HoldScope.everything, HoldScope.portfolio, HoldScope.segment]),
        col(Hold.lifted_at).is_(None),
        or_(col(Hold.until).is_(None), col(Hold.until) > now),
    )
    rows = session.exec(statement.order_by(col(Hold.id))).all()
    return [row for row in rows if row.portfolio_id is None or scope.admits(row.portfolio_id)]

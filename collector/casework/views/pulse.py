"""The numbers of the day: the book and its money by currency, promises, calls. Sums are the database's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import case, func
from sqlmodel import Session, col, or_, select

from collector.casework.views.days import Day, days
from collector.facts.tables import AccountState
from collector.history.rules import ANSWERED, NOT_PLACED, Channel, Direction, PromiseState
from collector.history.tables import Attempt, OutcomeRow, Promise
from collector.portfolio.rules import PartyRole, PaymentKind, PaymentState
from collector.portfolio.tables import Account, PaymentRow, Portfolio

STANDING = (PromiseState.open, PromiseState.partial)
SHORTEST = timedelta(minutes=15)
"""A pace is told over no less than this: the first call of a day is not four an hour."""

NEWS = timedelta(days=10)
"""How long after its deadline a promise is decided at the latest: a banking day, behind the longest holidays."""


@dataclass(slots=True)
class Money:
    """All portfolios of one currency. Amounts in minor units; promises `due`: those not kept yet, with what is
    missing; `kept` and `broken`: decided since the day began."""

    currency: str
    overdue: int = 0
    collected: int = 0
    still_due: int = 0
    """Unpaid of the instalments that fall due today."""
    promised_due: int = 0
    promised_kept: int = 0
    promised_broken: int = 0


@dataclass(slots=True)
class Pulse:
    """Accounts, promises and calls counted; the money beside, by currency."""

    accounts: int = 0
    late: int = 0
    due: int = 0
    kept: int = 0
    broken: int = 0
    called: int = 0
    """Calls placed today whose outcome is known."""
    reached: int = 0
    """Those that somebody answered."""
    reached_per_hour: float = 0.0
    """Since the first call of the day."""
    money: Sequence[Money] = field(default_factory=list)


class Called(NamedTuple):
    """Today's calls of a portfolio from one of its numbers. `first_at`: when the first was placed."""

    portfolio_id: int
    caller: str | None
    placed: int
    answered: int
    first_at: datetime


def pulse(session: Session, books: Sequence[Portfolio], calls: Sequence[Called], now: datetime) -> Pulse:
    """The figures of these portfolios, each on its own day."""
    told = Pulse(called=sum(one.placed for one in calls), reached=sum(one.answered for one in calls))
    told.reached_per_hour = per_hour(told.reached, min((one.first_at for one in calls), default=now), now)
    currencies = {book.id or 0: book.currency for book in books}
    money = {currency: Money(currency) for currency in sorted(set(currencies.values()))}
    _add_book(session, told, money, currencies)
    for day in days(books, now):
        for portfolio_id, amount in _collected(session, day):
            money[currencies[portfolio_id]].collected += amount
        for row in _promised(session, day):
            _add_promises(told, money[currencies[row.portfolio_id]], row)
    told.money = list(money.values())
    return told


def per_hour(count: int, since: datetime, now: datetime) -> float:
    """How many an hour since then."""
    return count / (max(now - since, SHORTEST) / timedelta(hours=1))


def calls_today(session: Session, books: Iterable[Portfolio], now: datetime) -> list[Called]:
    """Calls placed since the day began, by portfolio and the number they were made from."""
    return [row for day in days(books, now) for row in _called(session, day)]


def _called(session: Session, day: Day) -> list[Called]:
    newest = select(func.max(OutcomeRow.id)).where(col(OutcomeRow.recorded_at) >= day.begin)
    answered = func.sum(case((col(OutcomeRow.outcome).in_(ANSWERED), 1), else_=0))
    statement = (
        select(  # type: ignore[call-overload]
            col(Attempt.portfolio_id), col(Attempt.caller), func.count(), answered, func.min(Attempt.at)
        )
        .join(OutcomeRow, col(OutcomeRow.attempt_id) == col(Attempt.id))
        .where(
            col(OutcomeRow.id).in_(newest.group_by(col(OutcomeRow.attempt_id))),
            col(OutcomeRow.outcome).not_in(NOT_PLACED),
            col(Attempt.channel) == Channel.call,
            col(Attempt.direction) == Direction.outbound,
            col(Attempt.at) >= day.begin,
            col(Attempt.portfolio_id).in_(day.portfolio_ids),
        )
        .group_by(col(Attempt.portfolio_id), col(Attempt.caller))
    )
    return [Called._make(row) for row in session.execute(statement)]


def _add_book(session: Session, told: Pulse, money: dict[str, Money], currencies: dict[int, str]) -> None:
    is_late = case((col(AccountState.overdue) > 0, 1), else_=0)
    statement = (
        select(  # type: ignore[call-overload]
            col(AccountState.portfolio_id),
            func.count(),
            func.sum(is_late),
            func.sum(AccountState.overdue),
            func.sum(AccountState.due_today),
        )
        .where(
            col(AccountState.role) == PartyRole.borrower.value,
            col(AccountState.settled).is_(False),
            col(AccountState.portfolio_id).in_(currencies),
        )
        .group_by(col(AccountState.portfolio_id))
    )
    for portfolio_id, accounts, late, overdue, still_due in session.execute(statement):
        of = money[currencies[portfolio_id]]
        told.accounts += accounts
        told.late += late
        of.overdue += int(overdue)
        of.still_due += int(still_due)


def _collected(session: Session, day: Day) -> list[tuple[int, int]]:
    """What was paid on this day, by portfolio; money that was sent back is not among it."""
    statement = (
        select(col(PaymentRow.portfolio_id), func.sum(PaymentRow.amount))
        .where(
            col(PaymentRow.portfolio_id).in_(day.portfolio_ids),
            col(PaymentRow.paid_on) == day.today,
            col(PaymentRow.kind) == PaymentKind.payment,
            col(PaymentRow.state).in_([PaymentState.applied, PaymentState.held]),
        )
        .group_by(col(PaymentRow.portfolio_id))
    )
    return [(portfolio_id, int(amount)) for portfolio_id, amount in session.execute(statement)]


def promised_today(day: Day) -> Any:
    """Promises that fall due by the end of the day and are not kept, and those decided since it began. What fell due
    long before is no news of the day: it came in late, with a book that was loaded."""
    due = col(Promise.state).in_(STANDING) & (col(Promise.due_at) < day.end)
    decided = col(Promise.state).in_([PromiseState.kept, PromiseState.broken])
    return or_(due, decided & (col(Promise.decided_at) >= day.begin) & (col(Promise.due_at) >= day.begin - NEWS))


def _promised(session: Session, day: Day) -> Sequence[Any]:
    amount = case((col(Promise.state).in_(STANDING), Promise.amount - Promise.paid), else_=Promise.amount)
    statement = (
        select(
            col(Account.portfolio_id),
            col(Promise.state),
            func.count().label("promises"),
            func.sum(amount).label("amount"),
        )
        .join(Account, col(Account.id) == col(Promise.account_id))
        .where(col(Account.portfolio_id).in_(day.portfolio_ids), promised_today(day))
        .group_by(col(Account.portfolio_id), col(Promise.state))
    )
    return session.execute(statement).all()


def _add_promises(told: Pulse, money: Money, row: Any) -> None:
    count, amount = row.promises, int(row.amount)
    if row.state in STANDING:
        told.due += count
        money.promised_due += amount
    elif row.state is PromiseState.kept:
        told.kept += count
        money.promised_kept += amount
    else:
        told.broken += count
        money.promised_broken += amount

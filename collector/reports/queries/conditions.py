"""Which accounts a figure counts, as conditions over `Account` and its borrower's `AccountState`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlmodel import Session, col

from collector.facts.tables import AccountState
from collector.foundation.clock import at_local, day_start, local_day
from collector.foundation.database import holds
from collector.history.rules import CONVERSATION, NOT_PLACED, Channel, Direction, PromiseState
from collector.history.tables import Attempt, OutcomeRow, Promise
from collector.portfolio.rules import EntryKind, PartyRole, PaymentKind, PaymentState
from collector.portfolio.tables import Account, InstalmentRow, LedgerEntry, PaymentRow, Portfolio
from collector.reports.rules import OfDays, OfHour, OfPromises, OfStage, Stage

DAYS = 30
"""Of the funnel and of what was collected, today included."""
HOUR_DAYS = 90
"""Of the hours at which people are reached."""
Condition = ColumnElement[bool]


def of_borrower() -> Condition:
    """The kept facts of the account as its borrower's."""
    return and_(
        col(AccountState.account_id) == col(Account.id),
        col(AccountState.person_id) == col(Account.person_id),
        col(AccountState.role) == PartyRole.borrower.value,
    )


def stands() -> Condition:
    """A payment that was not reversed."""
    return and_(col(PaymentRow.kind) == PaymentKind.payment, col(PaymentRow.state) == PaymentState.applied)


def paid(*conditions: Condition) -> ColumnElement[int]:
    """What was paid to the account."""
    total = select(func.coalesce(func.sum(PaymentRow.amount), 0))
    return _of_account(total, PaymentRow.account_id, stands(), *conditions).scalar_subquery()


def due(*conditions: Condition) -> ColumnElement[int]:
    """What fell due on the account."""
    total = select(func.coalesce(func.sum(InstalmentRow.amount_due), 0))
    return _of_account(total, InstalmentRow.account_id, *conditions).scalar_subquery()


def waived(*conditions: Condition) -> ColumnElement[int]:
    """What was given up of the account, less what was taken back of that."""
    signed = case((col(LedgerEntry.takes_back).is_(None), LedgerEntry.amount), else_=-col(LedgerEntry.amount))
    total, mine = select(func.coalesce(func.sum(signed), 0)), col(LedgerEntry.kind) == EntryKind.waiver
    return _of_account(total, LedgerEntry.account_id, mine, *conditions).scalar_subquery()


def promised(*conditions: Condition) -> ColumnElement[int]:
    """What was promised on the account and not withdrawn."""
    total = select(func.coalesce(func.sum(Promise.amount), 0))
    kept = col(Promise.state) != PromiseState.withdrawn
    return _of_account(total, Promise.account_id, kept, *conditions).scalar_subquery()


def _of_account(statement: Select[Any], owner: Any, *conditions: Condition) -> Select[Any]:
    return statement.where(col(owner) == col(Account.id), *conditions).correlate(Account)


def window(book: Portfolio, now: datetime, days: int = DAYS) -> tuple[date, datetime]:
    """The first of the last `days` days on the portfolio's clock, and its first moment."""
    first = local_day(now, book.timezone) - timedelta(days=days - 1)
    return first, day_start(first, book.timezone)


def stages(session: Session, book: Portfolio, now: datetime) -> Mapping[Stage, Condition]:
    """What each stage asks besides all those before it."""
    first, since = window(book, now)
    contact = (col(Attempt.at) >= since, col(Attempt.at) <= now)
    made = (col(Promise.made_at) >= since, col(Promise.made_at) <= now, col(Promise.state) != PromiseState.withdrawn)
    came = (
        exists()
        .where(
            col(PaymentRow.account_id) == col(Account.id),
            stands(),
            col(PaymentRow.paid_at) >= col(Promise.made_at),
            col(PaymentRow.paid_at) <= now,
        )
        .correlate(Account, Promise)
    )
    mine = col(Promise.account_id) == col(Account.id)
    return {
        Stage.book: was_open(first),
        Stage.overdue: was_late(first, local_day(now, book.timezone)),
        Stage.attempted: _contacted(session, col(Attempt.direction) == Direction.outbound, is_placed(), *contact),
        Stage.reached: _contacted(session, has_talked(), *contact),
        Stage.promised: exists().where(mine, *made).correlate(Account),
        Stage.paid: exists().where(mine, *made, or_(col(Promise.state) == PromiseState.kept, came)).correlate(Account),
    }


def was_open(first: date) -> Condition:
    """Not settled, or settled since by a payment of these days."""
    return or_(~col(AccountState.settled), col(AccountState.last_paid_on) >= first)


def was_late(first: date, today: date) -> Condition:
    """Overdue now, or on some day since `first`: when it began, or by an instalment that was not whole on its day.
    Money goes to the oldest due first, so what fell due and what was paid up to a day decide it."""
    line = InstalmentRow.__table__.alias("fell_due")  # type: ignore[attr-defined]
    fell_late = exists().where(
        line.c.account_id == col(Account.id),
        line.c.due_on >= first,
        line.c.due_on < today,
        due(col(InstalmentRow.due_on) <= line.c.due_on).correlate(Account, line)
        > paid(col(PaymentRow.paid_on) <= line.c.due_on).correlate(Account, line)
        + waived(col(LedgerEntry.booked_on) <= line.c.due_on).correlate(Account, line),
    )
    since_report = paid(col(PaymentRow.paid_on) > col(Account.reported_on), col(PaymentRow.paid_on) < first)
    return or_(
        col(AccountState.overdue) > 0,
        due(col(InstalmentRow.due_on) < first)
        > paid(col(PaymentRow.paid_on) < first) + waived(col(LedgerEntry.booked_on) < first),
        fell_late.correlate(Account),
        and_(
            ~exists().where(col(InstalmentRow.account_id) == col(Account.id)).correlate(Account),
            col(Account.reported_overdue)
            > since_report
            + waived(col(LedgerEntry.booked_on) > col(Account.reported_on), col(LedgerEntry.booked_on) < first),
        ),
    )


def _contacted(session: Session, *conditions: Condition) -> Condition:
    """There was such a contact about the account: as the one that led, or as one of several of its borrower's."""
    own = (col(Attempt.portfolio_id) == col(Account.portfolio_id), *conditions)
    led = exists().where(col(Attempt.account_id) == col(Account.id), *own)
    among_others = exists().where(
        col(Attempt.person_id) == col(Account.person_id), *own, holds(session, Attempt.debts, Account.id)
    )
    return or_(led.correlate(Account), among_others.correlate(Account))


def newest_outcome() -> ColumnElement[Any]:
    """The outcome of an attempt that holds."""
    newest = select(col(OutcomeRow.outcome)).where(col(OutcomeRow.attempt_id) == col(Attempt.id))
    found: ColumnElement[Any] = newest.order_by(col(OutcomeRow.id).desc()).limit(1).correlate(Attempt).scalar_subquery()
    return found


def has_talked() -> Condition:
    """The right party was on the line."""
    return newest_outcome().in_(sorted(CONVERSATION))


def is_placed() -> Condition:
    """Nothing of ours failed on the way."""
    return func.coalesce(newest_outcome(), "").not_in(sorted(NOT_PLACED))


def is_dial(since: datetime, now: datetime) -> Condition:
    return and_(
        col(Attempt.channel) == Channel.call,
        col(Attempt.direction) == Direction.outbound,
        col(Attempt.at) >= since,
        col(Attempt.at) <= now,
        is_placed(),
    )


def of_stage(session: Session, book: Portfolio, wanted: OfStage, now: datetime) -> Condition:
    """The stage itself and all before it."""
    asked = stages(session, book, now)
    order = list(asked)
    return and_(*(asked[stage] for stage in order[: order.index(wanted.stage) + 1]))


def of_promises(book: Portfolio, wanted: OfPromises) -> Condition:
    start = day_start(wanted.week, book.timezone)
    end = day_start(wanted.week + timedelta(days=7), book.timezone)
    mine = and_(col(Promise.account_id) == col(Account.id), col(Promise.due_at) >= start, col(Promise.due_at) < end)
    if wanted.state is None:
        return exists().where(mine, col(Promise.state) != PromiseState.withdrawn).correlate(Account)
    return exists().where(mine, col(Promise.state) == wanted.state).correlate(Account)


def of_days(wanted: OfDays) -> Condition:
    if wanted.paid:
        on = col(PaymentRow.paid_on)
        made = (stands(), on >= wanted.first, on <= wanted.last)
        return exists().where(col(PaymentRow.account_id) == col(Account.id), *made).correlate(Account)
    on = col(InstalmentRow.due_on)
    fell = (on >= wanted.first, on <= wanted.last)
    return exists().where(col(InstalmentRow.account_id) == col(Account.id), *fell).correlate(Account)


def of_hour(book: Portfolio, wanted: OfHour, now: datetime) -> Condition:
    """Every such hour of these days as its span of moments: the clock of a zone is not the database's business."""
    _, since = window(book, now, HOUR_DAYS)
    asked = [is_dial(since, now), *([has_talked()] if wanted.reached else [])]
    if wanted.hour is not None or wanted.weekday is not None:
        asked.append(or_(*(and_(col(Attempt.at) >= a, col(Attempt.at) < b) for a, b in _spans(book, wanted, now))))
    return exists().where(col(Attempt.account_id) == col(Account.id), *asked).correlate(Account)


def _spans(book: Portfolio, wanted: OfHour, now: datetime) -> list[tuple[datetime, datetime]]:
    first, _ = window(book, now, HOUR_DAYS)
    days = [first + timedelta(days=later) for later in range(HOUR_DAYS)]
    kept = [day for day in days if wanted.weekday in (None, day.weekday())]
    start, end = (0, 24) if wanted.hour is None else (wanted.hour, wanted.hour + 1)
    return [(_hour(day, start, book), _hour(day, end, book)) for day in kept]


def _hour(day: date, hour: int, book: Portfolio) -> datetime:
    turned, hour = (day + timedelta(days=1), 0) if hour == 24 else (day, hour)
    return at_local(turned, time(hour), book.timezone)

"""The accounts behind a figure, by id, page by page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlmodel import Session, col

from collector.facts.queries import FACTS, account_of
from collector.facts.rules import lateness
from collector.facts.tables import AccountState
from collector.foundation.clock import local_day
from collector.foundation.database import among
from collector.foundation.paging import Page, page_of
from collector.portfolio.tables import Account, Person, Portfolio
from collector.reports.queries import conditions
from collector.reports.queries.books import Chosen
from collector.reports.queries.differing import DifferenceLine, count_differing, differing
from collector.reports.queries.rolls import moved
from collector.reports.rules import OfDays, OfDifferences, OfHour, OfPromises, OfRoll, OfStage, Wanted
from collector.strategy.queries import compiled

PAGE = 200


@dataclass(frozen=True, slots=True)
class Line:
    """An account as it stands now. Amounts in minor units of `currency`; `queue`: the segment that decides for it."""

    id: int
    account: str
    name: str
    product: str
    bucket: str
    days_past_due: int
    overdue: int
    owed: int
    currency: str
    queue: str
    last_contact: date | None


def listed(
    session: Session, chosen: Chosen, wanted: Wanted, now: datetime, after: int = 0, limit: int = PAGE
) -> Page[Line] | Page[DifferenceLine]:
    """The accounts after that id; of differences, the lines of the statement."""
    if isinstance(wanted, OfDifferences):
        return differing(session, chosen, wanted, after, limit)
    statement = _lines().where(chosen.owns(), col(Account.id) > after).order_by(col(Account.id)).limit(limit + 1)
    if isinstance(wanted, OfRoll):
        ids = list(islice(moved(session, chosen, wanted, now, after), limit + 1))
        statement = statement.where(among(session, Account.id, ids))
    else:
        statement = statement.where(_condition(session, chosen, wanted, now))
    return page_of(list(_told(session, statement, now)), limit, lambda line: str(line.id))


def count_rows(session: Session, chosen: Chosen, wanted: Wanted, now: datetime) -> int:
    """How many accounts the whole list has."""
    if isinstance(wanted, OfDifferences):
        return count_differing(session, chosen, wanted)
    if isinstance(wanted, OfRoll):
        return sum(1 for _ in moved(session, chosen, wanted, now, 0))
    counted = select(func.count()).select_from(Account).join(AccountState, conditions.of_borrower())
    return int(session.scalar(counted.where(chosen.owns(), _condition(session, chosen, wanted, now))) or 0)


def _condition(session: Session, chosen: Chosen, wanted: Wanted, now: datetime) -> ColumnElement[bool]:
    """What is asked of an account, with days and hours on the clock of its own portfolio."""
    each = []
    for book in chosen.books:
        match wanted:
            case OfStage():
                asked = conditions.of_stage(session, book, wanted, now)
            case OfPromises():
                asked = conditions.of_promises(book, wanted)
            case OfDays():
                asked = conditions.of_days(wanted)
            case OfHour():
                asked = conditions.of_hour(book, wanted, now)
            case OfRoll() | OfDifferences():
                raise AssertionError("decided from the records, not by a condition")
        each.append(and_(col(Account.portfolio_id) == book.id, asked))
    return or_(*each)


def _lines() -> Select[Any]:
    state = AccountState.__table__.c  # type: ignore[attr-defined]
    book = (col(Portfolio.code), col(Portfolio.currency), col(Portfolio.timezone))
    return (
        select(col(Account.id), *book, col(Person.name), *(state[name] for name in FACTS))
        .join(Portfolio, col(Portfolio.id) == col(Account.portfolio_id))
        .join(Person, col(Person.id) == col(Account.person_id))
        .join(AccountState, conditions.of_borrower())
    )


def _told(session: Session, statement: Select[Any], now: datetime) -> Iterator[Line]:
    for account_id, code, currency, zone, name, *values in session.execute(statement):
        facts = account_of(values)
        today = local_day(now, zone)
        days = lateness(facts, today)
        strategy = compiled(session, facts.portfolio_id, now)
        yield Line(
            id=account_id,
            account=f"{code}/{facts.account_no}",
            name=name,
            product=facts.product,
            bucket=strategy.bucket(days),
            days_past_due=days,
            overdue=facts.overdue,
            owed=facts.owed,
            currency=currency,
            queue=strategy.segment_at(facts, today, days).name,
            last_contact=facts.touched_on,
        )

"""Contacts the gate did not allow: by rule and day, and the contacts behind each number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, case, func
from sqlmodel import Session, col, or_, select

from collector.foundation.clock import day_start, local_day
from collector.foundation.errors import BadInput
from collector.foundation.paging import Page, page_of
from collector.history.rules import Channel
from collector.identity.rules import Scope
from collector.planning.queries import policy_of
from collector.planning.rules import Moment, Purpose, RunState
from collector.planning.tables import PlanRun, Refusal
from collector.portfolio.queries import portfolios
from collector.portfolio.tables import Account, Portfolio

DAYS = 14
PUBLISHED = (RunState.current, RunState.superseded)
"""A plan that is being built, or was given up, refused nothing."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Refused contacts by rule and day; each day is the portfolio's own."""

    days: Sequence[date]
    rules: Sequence[tuple[str, Sequence[int]]]
    """Rule id and its number on each day, the most frequent first."""
    titles: Mapping[str, Mapping[str, str]]
    """Rule id → its title by language; a limit of our own (no phone, no caller number) has none."""


@dataclass(frozen=True, slots=True)
class Refused:
    """One contact that was not allowed. `reasons`: what this rule and the others that spoke said."""

    id: int
    at: datetime
    account_id: int
    key: str
    zone: str
    channel: Channel
    purpose: Purpose
    moment: Moment
    answer: str
    reasons: Sequence[tuple[str, str]]
    titles: Mapping[str, Mapping[str, str]]
    """Rule id → its title by language."""
    earliest: datetime | None


def counted(session: Session, scope: Scope, now: datetime, days: int = DAYS) -> Counted:
    """The last `days` days, today included."""
    books = portfolios(session, scope)
    found: dict[str, Counter[int]] = {}
    for book in books:
        for rules, back, count in _by_day(session, book, now, days):
            for rule in {one["id"] for one in msgspec.json.decode(rules)}:
                found.setdefault(rule, Counter())[back] += count
    listed = sorted(found.items(), key=lambda pair: (-pair[1].total(), pair[0]))
    today = local_day(now, books[0].timezone) if books else now.date()
    return Counted(
        days=[today - timedelta(days=back) for back in range(days)],
        rules=[(rule, [counts[back] for back in range(days)]) for rule, counts in listed],
        titles=_titles(books),
    )


def refused_today(session: Session, scope: Scope, now: datetime) -> int:
    """Contacts refused since each portfolio's day began, whichever and however many rules spoke."""
    found = 0
    for book in portfolios(session, scope):
        here = (col(Refusal.portfolio_id) == book.id, _on_day(book, now, 0), _stands())
        found += session.exec(select(func.count()).select_from(Refusal).where(*here)).one()
    return found


def _by_day(session: Session, book: Portfolio, now: datetime, days: int) -> Sequence[Any]:
    """What was said, how many days back, and how often."""
    starts = [start for start, _ in _spans(book, now, days)]
    back = case(*((col(Refusal.at) >= start, later) for later, start in enumerate(starts)), else_=days)
    return session.exec(
        select(col(Refusal.rules), back, func.count())
        .where(Refusal.portfolio_id == book.id, col(Refusal.at) >= starts[-1], _stands())
        .group_by(col(Refusal.rules), back)
    ).all()


def _spans(book: Portfolio, now: datetime, days: int) -> list[tuple[datetime, datetime]]:
    """First moment of today, of yesterday and so on, each with that of the day after it."""
    today = local_day(now, book.timezone)
    turns = [day_start(today - timedelta(days=back), book.timezone) for back in range(-1, days)]
    return list(zip(turns[1:], turns, strict=False))


def _stands() -> ColumnElement[bool]:
    """Refused at the moment of contact; or by the last plan of its day: one that was made again counts once."""
    of_day = (col(PlanRun.portfolio_id), col(PlanRun.day))
    last = select(func.max(PlanRun.id)).where(col(PlanRun.state).in_(PUBLISHED)).group_by(*of_day)
    return or_(col(Refusal.moment) != Moment.plan, col(Refusal.run_id).is_(None), col(Refusal.run_id).in_(last))


def _titles(books: Sequence[Portfolio]) -> dict[str, Mapping[str, str]]:
    return {rule.id: rule.title for book in books for rule in policy_of(book).pack.rules}


def refused(
    session: Session,
    scope: Scope,
    now: datetime,
    *,
    rule: str,
    back: int,
    after: str | None = None,
    limit: int = 100,
) -> Page[Refused]:
    """Contacts that this rule spoke against `back` days ago, the newest first; `after`: the key of the page before."""
    if after is not None and not after.isdecimal():
        raise BadInput("after is no key that a page gave; begin at the first page")
    books = {book.id: book for book in portfolios(session, scope)}
    days = or_(*(_on_day(book, now, back) for book in books.values())) if books else col(Refusal.id).is_(None)
    statement = (
        select(Refusal, Account.account_no)
        .join(Account, col(Account.id) == col(Refusal.account_id))
        .where(days, _stands(), col(Refusal.rules).contains(f'"id":"{rule}"', autoescape=True))
        .order_by(col(Refusal.id).desc())
        .limit(limit + 1)
    )
    if after is not None:
        statement = statement.where(col(Refusal.id) < int(after))
    titles = _titles(list(books.values()))
    rows = [_told(row, number, books[row.portfolio_id], titles) for row, number in session.exec(statement)]
    return page_of(rows, limit, lambda one: str(one.id))


def _on_day(book: Portfolio, now: datetime, back: int) -> ColumnElement[bool]:
    start, end = _spans(book, now, back + 1)[back]
    here: ColumnElement[bool] = (
        (col(Refusal.portfolio_id) == book.id) & (col(Refusal.at) >= start) & (col(Refusal.at) < end)
    )
    return here


def _told(row: Refusal, account_no: str, book: Portfolio, titles: Mapping[str, Mapping[str, str]]) -> Refused:
    return Refused(
        id=row.id or 0,
        at=row.at,
        account_id=row.account_id,
        key=f"{book.code}/{account_no}",
        zone=book.timezone,
        channel=row.channel,
        purpose=row.purpose,
        moment=row.moment,
        answer=row.answer,
        reasons=[(one["id"], one["reason"]) for one in msgspec.json.decode(row.rules)],
        titles=titles,
        earliest=row.earliest,
    )

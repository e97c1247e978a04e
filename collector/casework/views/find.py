"""Lists of accounts: the whole book page by page, and a search by name, number or phone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_
from sqlmodel import Session, col, or_, select

from collector.facts.queries import FACTS, account_of
from collector.facts.rules import lateness
from collector.facts.tables import AccountState
from collector.foundation.clock import local_day
from collector.foundation.errors import BadInput
from collector.foundation.paging import Page, page_of
from collector.foundation.phone import normalise
from collector.identity.rules import Scope
from collector.portfolio.queries import portfolio_by_code, portfolios
from collector.portfolio.rules import ContactKind, PartyRole
from collector.portfolio.tables import Account, ContactPoint, Person, Portfolio
from collector.strategy.queries import compiled

SHORTEST = 3
MOST = 20


@dataclass(frozen=True, slots=True)
class Line:
    """An account in a list. Amounts in minor units of `currency`."""

    id: int
    key: str
    name: str
    product: str
    currency: str
    days_past_due: int
    bucket: str
    overdue: int
    owed: int
    settled: bool


def accounts(
    session: Session,
    scope: Scope,
    now: datetime,
    *,
    code: str | None = None,
    after: str | None = None,
    limit: int = 100,
) -> Page[Line]:
    """Accounts of the scope by id; `after` is the key of the page before."""
    chosen: ColumnElement[bool] = col(Account.id).is_not(None)
    if code is not None:
        chosen = col(Account.portfolio_id) == portfolio_by_code(session, code, scope).id
    return listed(session, scope, now, chosen, after=after, limit=limit)


def listed(
    session: Session,
    scope: Scope,
    now: datetime,
    chosen: ColumnElement[bool],
    *,
    after: str | None = None,
    limit: int = 100,
) -> Page[Line]:
    """Those accounts of the scope, by id, of which the condition on account or state holds."""
    statement = _lines(scope).where(chosen).order_by(col(Account.id)).limit(limit + 1)
    if after is not None:
        if not after.isdecimal():
            raise BadInput("after is no key that a page gave; begin at the first page")
        statement = statement.where(col(Account.id) > int(after))
    return page_of(_told(session, statement, now), limit, lambda line: str(line.id))


def search(session: Session, scope: Scope, asked: str, now: datetime, limit: int = MOST) -> list[Line]:
    """At least three characters of an account or card number, the start of a name, or a whole phone number."""
    text = asked.strip()
    if len(text) < SHORTEST:
        raise BadInput(f"write at least {SHORTEST} characters")
    wanted = [_starts(Account.account_no, text), _starts(Account.card_no, text), _starts(Person.name, text)]
    code, slash, number = text.partition("/")
    if slash:
        wanted.append(and_(col(Portfolio.code) == code, col(Account.account_no) == number))
    phones = _numbers(session, scope, text)
    if phones:
        owners = select(ContactPoint.person_id).where(
            col(ContactPoint.kind) == ContactKind.phone, col(ContactPoint.value).in_(phones)
        )
        if scope.portfolio_ids is not None:
            owners = owners.where(col(ContactPoint.portfolio_id).in_(scope.portfolio_ids))
        wanted.append(col(Account.person_id).in_(owners))
    return _told(session, _lines(scope).where(or_(*wanted)).order_by(col(Account.id)).limit(limit), now)


def _starts(column: Any, text: str) -> Any:
    """A prefix, as a range: an index serves it on both databases, and no character is a wild card."""
    return and_(column >= text, column < text + "\U0010ffff")


def _numbers(session: Session, scope: Scope, text: str) -> list[str]:
    """The text as a phone number of each country the scope's portfolios are in."""
    if sum(ch.isdigit() for ch in text) < 6:
        return []
    regions = {book.jurisdiction.upper() for book in portfolios(session, scope)}
    found = set()
    for region in sorted(_REGIONS.get(region, region) for region in regions):
        try:
            found.add(normalise(text, region))
        except BadInput:
            continue
    return sorted(found)


_REGIONS = {"UK": "GB", "HOUSE": "CN"}


def _lines(scope: Scope) -> Select[Any]:
    state = AccountState.__table__.c  # type: ignore[attr-defined]
    book = (col(Portfolio.code), col(Portfolio.currency), col(Portfolio.timezone))
    statement: Select[Any] = (
        select(col(Account.id), *book, col(Person.name), *(state[name] for name in FACTS))  # type: ignore[call-overload]
        .join(Portfolio, col(Portfolio.id) == col(Account.portfolio_id))
        .join(Person, col(Person.id) == col(Account.person_id))
        .join(
            AccountState,
            and_(
                col(AccountState.account_id) == col(Account.id),
                col(AccountState.person_id) == col(Account.person_id),
                col(AccountState.role) == PartyRole.borrower.value,
            ),
        )
    )
    if scope.portfolio_ids is not None:
        statement = statement.where(col(Account.portfolio_id).in_(scope.portfolio_ids))
    return statement


def _told(session: Session, statement: Select[Any], now: datetime) -> list[Line]:
    found = []
    for account_id, code, currency, zone, name, *values in session.execute(statement):
        facts = account_of(values)
        days = lateness(facts, local_day(now, zone))
        bucket = compiled(session, facts.portfolio_id, now).bucket(days)
        found.append(
            Line(
                id=account_id,
                key=f"{code}/{facts.account_no}",
                name=name,
                product=facts.product,
                currency=currency,
                days_past_due=days,
                bucket=bucket,
                overdue=facts.overdue,
                owed=facts.owed,
                settled=facts.settled,
            )
        )
    return found


def others_of(session: Session, scope: Scope, person_id: int, but: int) -> Sequence[tuple[int, str]]:
    """The person's other accounts inside the scope: id and `CODE/NO`."""
    statement = (
        select(Account.id, Portfolio.code, Account.account_no)
        .join(Portfolio, col(Portfolio.id) == col(Account.portfolio_id))
        .where(col(Account.person_id) == person_id, col(Account.id) != but)
        .order_by(col(Account.id))
    )
    if scope.portfolio_ids is not None:
        statement = statement.where(col(Account.portfolio_id).in_(scope.portfolio_ids))
    return [(account_id or 0, f"{code}/{number}") for account_id, code, number in session.exec(statement)]


def of_person(session: Session, scope: Scope, person_id: int, now: datetime) -> list[Line]:
    """The person's accounts inside the scope, by id."""
    mine = _lines(scope).where(col(Account.person_id) == person_id)
    return _told(session, mine.order_by(col(Account.id)), now)

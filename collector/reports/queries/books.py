"""What the figures are of: one portfolio, or all of one currency."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session, col

from collector.foundation.clock import local_day
from collector.foundation.errors import NotFound
from collector.identity.rules import Scope
from collector.portfolio.queries import portfolios
from collector.portfolio.tables import Account, Portfolio


@dataclass(frozen=True, slots=True)
class Chosen:
    """Portfolios of one currency whose sums stand together. Days are each portfolio's own; the clock that is shown is
    the first one's."""

    key: str
    """A portfolio's id, or a currency."""
    books: Sequence[Portfolio]

    @property
    def currency(self) -> str:
        return self.books[0].currency

    @property
    def zone(self) -> str:
        return self.books[0].timezone

    @property
    def ids(self) -> Sequence[int]:
        return [book.id or 0 for book in self.books]

    def today(self, now: datetime) -> date:
        return local_day(now, self.zone)

    def owns(self) -> ColumnElement[bool]:
        """The account is in one of them."""
        return col(Account.portfolio_id).in_(self.ids)


def offered(session: Session, scope: Scope) -> list[tuple[str, str]]:
    """Key and name of everything that can be chosen: currencies of several portfolios first."""
    books = portfolios(session, scope)
    currencies = [book.currency for book in books]
    several = sorted({currency for currency in currencies if currencies.count(currency) > 1})
    return [*((currency, currency) for currency in several), *((str(book.id), book.code) for book in books)]


def choose(session: Session, scope: Scope, key: str | None) -> Chosen | None:
    """What that key names; without one, the first that is offered (None: the scope holds nothing). A foreign portfolio
    is an absent one."""
    if key is None:
        first = offered(session, scope)
        return choose(session, scope, first[0][0]) if first else None
    found = [book for book in portfolios(session, scope) if key in (str(book.id), book.currency)]
    if not found:
        raise NotFound
    return Chosen(key, found)

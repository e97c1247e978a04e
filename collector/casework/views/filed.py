"""Cases that were filed together, and the list of one group for the court."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from collector.facts.tables import AccountState
from collector.foundation.errors import NotFound
from collector.foundation.money import plain
from collector.history.tables import Filing, Referral
from collector.identity.rules import Scope
from collector.portfolio.rules import PartyRole
from collector.portfolio.tables import Account, Person, Portfolio

COLUMNS = ("number", "account_no", "name", "product", "route", "contract_date", "principal", "owed", "currency")
"""Of the list. Neither ID numbers nor phones: they are in the case file of each account."""


@dataclass(frozen=True, slots=True)
class Filed:
    """A group, with the clock of its portfolio."""

    filing: Filing
    zone: str


def filings(session: Session, scope: Scope, limit: int = 20) -> list[Filed]:
    """The newest first."""
    asked = select(Filing, Portfolio).join(Portfolio, col(Portfolio.id) == col(Filing.portfolio_id))
    if scope.portfolio_ids is not None:
        asked = asked.where(col(Filing.portfolio_id).in_(scope.portfolio_ids))
    return [Filed(row, book.timezone) for row, book in session.exec(asked.order_by(col(Filing.id).desc()).limit(limit))]


def filing(session: Session, scope: Scope, filing_id: int) -> Filing:
    """A group of a portfolio of the scope, or a `NotFound`."""
    row = session.get(Filing, filing_id)
    if row is None or (scope.portfolio_ids is not None and row.portfolio_id not in scope.portfolio_ids):
        raise NotFound("there is no such group of filed cases")
    return row


def filed_rows(session: Session, row: Filing) -> list[Sequence[str | int]]:
    """Its cases in the order of accounts, as rows of `COLUMNS`; amounts as they are written."""
    owes = (col(AccountState.account_id) == col(Account.id)) & (col(AccountState.role) == PartyRole.borrower.value)
    asked = (
        select(Account, Person.name, Portfolio.currency, Referral.route, AccountState.owed)  # type: ignore[call-overload]
        .join(Referral, col(Referral.account_id) == col(Account.id))
        .join(Person, col(Person.id) == col(Account.person_id))
        .join(Portfolio, col(Portfolio.id) == col(Account.portfolio_id))
        .join(AccountState, owes, isouter=True)
        .where(Referral.filing_id == row.id)
        .order_by(col(Account.account_no))
    )
    return [
        (
            at,
            account.account_no,
            name,
            account.product,
            route or "",
            account.opened_on.isoformat() if account.opened_on else "",
            plain(account.principal, currency),
            plain(owed or 0, currency),
            currency,
        )
        for at, (account, name, currency, route, owed) in enumerate(session.exec(asked).all(), 1)
    ]

"""Finding portfolios, accounts and people, within a scope: what is not yours to see is not there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from collector.foundation.errors import BadInput, NotFound
from collector.foundation.known import row_of
from collector.foundation.paging import LARGEST, Page, page_of
from collector.identity.rules import EVERYTHING, Scope
from collector.portfolio.rules import ContactKind, PaymentState
from collector.portfolio.tables import (
    Account,
    CallerNumber,
    ContactPoint,
    LoadRun,
    Party,
    PaymentRow,
    Person,
    Portfolio,
    PortfolioAccess,
)

Selection = TypeVar("Selection", bound=SelectOfScalar[Any])


def scope_of(
    session: Session, *, user_id: int | None = None, api_key_id: int | None = None, everything: bool = False
) -> Scope:
    """The portfolios that a user or an API key may see; nobody's scope is empty, not everything."""
    if everything:
        return EVERYTHING
    if (user_id is None) == (api_key_id is None):
        return Scope(frozenset())
    owner = PortfolioAccess.user_id == user_id if user_id is not None else PortfolioAccess.api_key_id == api_key_id
    return Scope(frozenset(session.exec(select(PortfolioAccess.portfolio_id).where(owner)).all()))


def within(statement: Selection, column: int | None, scope: Scope) -> Selection:
    """The same query, of the scope's portfolios only. `column` is the portfolio's id in it."""
    if scope.portfolio_ids is None:
        return statement
    return statement.where(col(column).in_(sorted(scope.portfolio_ids)))


def portfolios(session: Session, scope: Scope) -> Sequence[Portfolio]:
    return session.exec(within(select(Portfolio), Portfolio.id, scope).order_by(Portfolio.code)).all()


def portfolio_of(session: Session, portfolio_id: int) -> Portfolio:
    """The portfolio of that id, or a `NotFound`."""
    found = row_of(session, Portfolio, portfolio_id)
    if found is None:
        raise NotFound("There is no such portfolio.")
    return found


def portfolio_by_code(session: Session, code: str, scope: Scope = EVERYTHING) -> Portfolio:
    """The portfolio of that code; foreign and absent ones are the same `NotFound`."""
    found = session.exec(select(Portfolio).where(Portfolio.code == code)).first()
    if found is None or not scope.admits(found.id or 0):
        raise NotFound(f"there is no portfolio {code}")
    return found


def account_by_key(session: Session, key: str, scope: Scope = EVERYTHING) -> Account:
    """The account called CODE/NO, or NO where one portfolio only has it.

    An unknown one is `NotFound`; a bare number that several portfolios of the scope have is a `BadInput`.
    """
    code, slash, number = key.strip().partition("/")
    if slash:
        named = _accounts_called(session, number, scope, code)
        if named:
            return named[0]
    found = _accounts_called(session, key.strip(), scope, None)  # a number may itself hold a slash
    if not found:
        raise NotFound(f"there is no account {key}")
    if len(found) > 1:
        raise BadInput(f"several portfolios have an account {key}; write it as CODE/{key}")
    return found[0]


def _accounts_called(session: Session, number: str, scope: Scope, code: str | None) -> Sequence[Account]:
    statement = within(select(Account).where(Account.account_no == number), Account.portfolio_id, scope)
    if code is not None:
        statement = statement.join(Portfolio, col(Portfolio.id) == Account.portfolio_id).where(Portfolio.code == code)
    return session.exec(statement.limit(2)).all()


def account(session: Session, account_id: int, scope: Scope = EVERYTHING) -> Account:
    """The account of that id; foreign and absent ones are the same `NotFound`."""
    found = row_of(session, Account, account_id)
    if found is None or not scope.admits(found.portfolio_id):
        raise NotFound("there is no such account")
    return found


def key_of(session: Session, found: Account) -> str:
    """CODE/NO."""
    return f"{portfolio_of(session, found.portfolio_id).code}/{found.account_no}"


def accounts(
    session: Session, scope: Scope, *, portfolio_id: int | None = None, after: str | None = None, limit: int = 50
) -> Page[Account]:
    """Accounts in the order of their ids; `after` is the key of the page before."""
    limit = min(limit, LARGEST)
    statement = within(select(Account), Account.portfolio_id, scope)
    if portfolio_id is not None:
        statement = statement.where(Account.portfolio_id == portfolio_id)
    if after is not None:
        if not after.isdigit():
            raise BadInput("after is no key that a page gave; begin at the first page")
        statement = statement.where(col(Account.id) > int(after))
    rows = session.exec(statement.order_by(col(Account.id)).limit(limit + 1)).all()
    return page_of(rows, limit, lambda row: str(row.id))


def accounts_of_person(session: Session, person_id: int, scope: Scope = EVERYTHING) -> Sequence[Account]:
    """Accounts this person borrowed."""
    statement = select(Account).where(Account.person_id == person_id)
    return session.exec(within(statement, Account.portfolio_id, scope).order_by(col(Account.id))).all()


def person(session: Session, person_id: int, scope: Scope = EVERYTHING) -> Person:
    """A person who borrowed or is party to an account of the scope; anybody else is `NotFound`."""
    found = session.get(Person, person_id)
    if found is None or not (scope.portfolio_ids is None or _stands_in(session, person_id, scope)):
        raise NotFound("there is no such person")
    return found


def person_of(session: Session, person_id: int) -> Person:
    """The person of that id, or a `NotFound`. For what an account in scope led to."""
    found = row_of(session, Person, person_id)
    if found is None:
        raise NotFound("there is no such person")
    return found


def _stands_in(session: Session, person_id: int, scope: Scope) -> bool:
    borrowed = within(select(Account.id).where(Account.person_id == person_id), Account.portfolio_id, scope)
    party = select(Account.id).join(Party, col(Party.account_id) == Account.id).where(Party.person_id == person_id)
    return any(
        session.exec(statement.limit(1)).first() is not None
        for statement in (borrowed, within(party, Account.portfolio_id, scope))
    )


def parties(session: Session, account_id: int) -> Sequence[tuple[Party, Person]]:
    """Everybody besides the borrower, with how they stand to the account."""
    statement = select(Party, Person).join(Person, col(Person.id) == Party.person_id)
    return session.exec(statement.where(Party.account_id == account_id).order_by(col(Party.id))).all()


def contact_points(session: Session, person_id: int, scope: Scope = EVERYTHING) -> Sequence[ContactPoint]:
    """A person's contact points that the scope's portfolios brought, in the order of the book."""
    statement = select(ContactPoint).where(ContactPoint.person_id == person_id)
    statement = within(statement, ContactPoint.portfolio_id, scope)
    return session.exec(statement.order_by(ContactPoint.kind, col(ContactPoint.rank), col(ContactPoint.id))).all()


def points_with(session: Session, value: str, kind: ContactKind = ContactKind.phone) -> Sequence[ContactPoint]:
    """Everybody who has this number (E.164) or address, in every portfolio: for inbound contacts and stops."""
    return session.exec(select(ContactPoint).where(ContactPoint.value == value, ContactPoint.kind == kind)).all()


def callers(session: Session, portfolio_id: int) -> Sequence[CallerNumber]:
    statement = select(CallerNumber).where(CallerNumber.portfolio_id == portfolio_id)
    return session.exec(statement.order_by(col(CallerNumber.id))).all()


def held_payments(session: Session, scope: Scope, limit: int = LARGEST) -> Sequence[PaymentRow]:
    """Payments that match no account, oldest first: they wait for a person."""
    statement = select(PaymentRow).where(PaymentRow.state == PaymentState.held)
    statement = within(statement, PaymentRow.portfolio_id, scope)
    return session.exec(statement.order_by(col(PaymentRow.paid_at), col(PaymentRow.id)).limit(limit)).all()


def load_runs(session: Session, scope: Scope, limit: int = 50) -> Sequence[LoadRun]:
    """What was loaded, newest first."""
    statement = within(select(LoadRun), LoadRun.portfolio_id, scope)
    return session.exec(statement.order_by(col(LoadRun.id).desc()).limit(limit)).all()

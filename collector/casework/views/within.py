"""One thing by its id or key, inside what the caller may see. Foreign and absent are the same `NotFound`."""

from __future__ import annotations

from typing import TypeVar

from sqlmodel import Session, SQLModel, select

from collector.allocation.queries import workers
from collector.dispatch.tables import InboundMessage, Recording
from collector.foundation.errors import NotFound
from collector.history.tables import Dispute, Hold, Promise, Referral, StandingRow, Stop
from collector.identity.rules import Scope
from collector.identity.tables import Absence, User
from collector.planning.tables import PlanRun, Task
from collector.portfolio import queries as books
from collector.portfolio.tables import Account, LedgerBalance, LoadRun, PaymentRow, Portfolio
from collector.terms.tables import Terms

T = TypeVar("T", bound=SQLModel)

LONGEST_ID = 18
"""Digits of a database id."""


def account(session: Session, scope: Scope, account_id: int) -> tuple[Account, Portfolio]:
    found = books.account(session, account_id, scope)
    return found, books.portfolio_of(session, found.portfolio_id)


def person_by_key(session: Session, scope: Scope, key: str) -> int:
    """The borrower of `CODE/NO`, or a person of the scope by number."""
    try:
        return books.account_by_key(session, key, scope).person_id
    except NotFound:
        if not key.isdecimal() or len(key) > LONGEST_ID:
            raise
        return books.person(session, int(key), scope).id or 0


def portfolio(session: Session, scope: Scope, portfolio_id: int) -> Portfolio:
    found = session.get(Portfolio, portfolio_id)
    return _admitted(found, scope, portfolio_id)


def colleague(session: Session, scope: Scope, user_id: int) -> User:
    """An agent who works a portfolio of the scope."""
    found = session.get(User, user_id)
    shared = any(
        user_id == one.id for book in books.portfolios(session, scope) for one in workers(session, book.id or 0)
    )
    if found is None or not shared:
        raise NotFound
    return found


def absence(session: Session, scope: Scope, absence_id: int) -> Absence:
    found = session.get(Absence, absence_id)
    if found is None:
        raise NotFound
    colleague(session, scope, found.user_id)
    return found


def task(session: Session, scope: Scope, task_id: int) -> Task:
    found = session.get(Task, task_id)
    return _admitted(found, scope, found.portfolio_id if found else None)


def referral(session: Session, scope: Scope, referral_id: int) -> Referral:
    found = session.get(Referral, referral_id)
    return _admitted(found, scope, found.portfolio_id if found else None)


def terms(session: Session, scope: Scope, terms_id: int) -> Terms:
    found = session.get(Terms, terms_id)
    return _admitted(found, scope, found.portfolio_id if found else None)


def payment(session: Session, scope: Scope, payment_id: int) -> PaymentRow:
    found = session.get(PaymentRow, payment_id)
    return _admitted(found, scope, found.portfolio_id if found else None)


def payment_by_reference(session: Session, portfolio_id: int, reference: str) -> PaymentRow:
    """A line of the payment files of a portfolio that was admitted already."""
    same = (PaymentRow.portfolio_id == portfolio_id, PaymentRow.reference == reference)
    found = session.exec(select(PaymentRow).where(*same)).first()
    if found is None:
        raise NotFound("no payment of this portfolio has that reference")
    return found


def difference(session: Session, scope: Scope, difference_id: int) -> LedgerBalance:
    found = session.get(LedgerBalance, difference_id)
    return _admitted(found, scope, found.portfolio_id if found else None)


def load_run(session: Session, scope: Scope, run_id: int) -> LoadRun:
    """A load without a portfolio, such as of portfolios themselves, is seen by those who see everything."""
    found = session.get(LoadRun, run_id)
    return _admitted(found, scope, found.portfolio_id if found else None)


def plan_run(session: Session, scope: Scope, run_id: int) -> PlanRun:
    found = session.get(PlanRun, run_id)
    return _admitted(found, scope, found.portfolio_id if found else None)


def promise(session: Session, scope: Scope, promise_id: int) -> Promise:
    found = session.get(Promise, promise_id)
    return _of_account(session, scope, found, found.account_id if found else None)


def dispute(session: Session, scope: Scope, dispute_id: int) -> Dispute:
    found = session.get(Dispute, dispute_id)
    return _of_account(session, scope, found, found.account_id if found else None)


def stop(session: Session, scope: Scope, stop_id: int) -> Stop:
    found = session.get(Stop, stop_id)
    return _of_person(session, scope, found, found.person_id if found else None)


def wish(session: Session, account: Account, wish_id: int) -> StandingRow:
    """A wish of the account's borrower that its portfolio was told of."""
    found = session.get(StandingRow, wish_id)
    if found is None or found.person_id != account.person_id:
        raise NotFound
    if found.portfolio_id not in (None, account.portfolio_id):
        raise NotFound
    return found


def hold(session: Session, scope: Scope, hold_id: int) -> Hold:
    """A hold of the scope; the one on everything is lifted only by who sees everything."""
    found = session.get(Hold, hold_id)
    if found is not None and found.account_id is not None:
        return _of_account(session, scope, found, found.account_id)
    if found is not None and found.person_id is not None:
        return _of_person(session, scope, found, found.person_id)
    return _admitted(found, scope, found.portfolio_id if found else None)


def message(session: Session, scope: Scope, message_id: int) -> InboundMessage:
    found = session.get(InboundMessage, message_id)
    return _admitted(found, scope, found.portfolio_id if found else None)


def recording(session: Session, scope: Scope, recording_id: int) -> Recording:
    found = session.get(Recording, recording_id)
    return _admitted(found, scope, found.portfolio_id if found else None)


def _of_account(session: Session, scope: Scope, found: T | None, account_id: int | None) -> T:
    owner = session.get(Account, account_id) if account_id is not None else None
    return _admitted(found, scope, owner.portfolio_id if owner else None)


def _of_person(session: Session, scope: Scope, found: T | None, person_id: int | None) -> T:
    """Something of a person whom the scope knows; of nobody in particular: for those who see everything."""
    if found is None or scope.portfolio_ids is None:
        return _admitted(found, scope, None)
    try:
        books.person(session, person_id or 0, scope)
    except NotFound:
        raise NotFound from None
    return found


def _admitted(found: T | None, scope: Scope, portfolio_id: int | None) -> T:
    """What belongs to no portfolio is seen by those who see everything."""
    if found is None or (scope.portfolio_ids is not None and portfolio_id not in scope.portfolio_ids):
        raise NotFound
    return found

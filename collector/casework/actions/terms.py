"""Terms of an account, from proposal to what follows (handbook sections 3, 4 and 7)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlmodel import Session

from collector.casework.actions.follow_up import follow_up, people_of_account
from collector.casework.actions.ledger import compare_again
from collector.casework.office import Office
from collector.foundation.clock import local_day
from collector.foundation.errors import Forbidden
from collector.identity.rules import Actor
from collector.portfolio.queries import portfolio_of
from collector.portfolio.tables import Account
from collector.strategy.queries import compiled
from collector.strategy.rules import is_enough
from collector.terms import actions as terms
from collector.terms.queries import held_terms
from collector.terms.rules import TermsKind
from collector.terms.tables import Terms


def today_of(session: Session, portfolio_id: int, at: datetime) -> date:
    """The portfolio's day."""
    return local_day(at, portfolio_of(session, portfolio_id).timezone)


def propose_terms(
    session: Session, office: Office, *, account: Account, order: terms.Order, at: datetime, actor: Actor
) -> Terms:
    """Put terms down; `approvals.terms.propose` asks for the second person. Nothing changes for the borrower yet."""
    people_of_account(session, account.id or 0)
    policy, today = compiled(session, account.portfolio_id, at).terms, today_of(session, account.portfolio_id, at)
    return terms.propose(session, account, order, today, policy, at, actor)


def approve_terms(
    session: Session, office: Office, *, terms_id: int, at: datetime, actor: Actor, approval_id: int | None = None
) -> Terms:
    """Agreed to, by somebody outside the team whose authority reaches that far: else a `Forbidden`."""
    row, people = _held(session, terms_id)
    policy, today = compiled(session, row.portfolio_id, at).terms, today_of(session, row.portfolio_id, at)
    terms.approve(session, row, policy, today, at, actor, approval_id)
    if row.kind is TermsKind.closing:
        terms.finish_closing(session, row, at, actor)
    follow_up(session, office, people, at, actor)
    return row


def drop_terms(session: Session, *, terms_id: int, rejected: bool, at: datetime, actor: Actor) -> Terms:
    """Refused by the second person, or no longer asked for."""
    row, _ = _held(session, terms_id)
    if rejected:
        terms.reject(session, row, at, actor)
    else:
        terms.withdraw(session, row, at, actor)
    return row


def offer_terms(session: Session, office: Office, *, terms_id: int, at: datetime, actor: Actor) -> Terms:
    """The borrower was told of terms that are approved."""
    row, people = _held(session, terms_id)
    book = portfolio_of(session, row.portfolio_id)
    terms.offer(session, row, book.timezone, local_day(at, book.timezone), at, actor)
    follow_up(session, office, people, at, actor)
    return row


def sign_terms(session: Session, office: Office, *, terms_id: int, at: datetime, actor: Actor) -> Terms:
    """The borrower signed an extension or a restructuring: its schedule holds."""
    row, people = _held(session, terms_id)
    terms.sign(session, row, today_of(session, row.portfolio_id, at), at, actor)
    follow_up(session, office, people, at, actor)
    compare_again(session, [row.account_id], at, actor)
    return row


def withdraw_terms(session: Session, office: Office, *, terms_id: int, at: datetime, actor: Actor) -> Terms:
    """Approved or offered terms hold no more; the debt is what it was. What is only proposed is withdrawn with its
    approval."""
    row, people = _held(session, terms_id)
    terms.withdraw(session, row, at, actor)
    follow_up(session, office, people, at, actor)
    return row


def close_account(session: Session, office: Office, *, terms_id: int, at: datetime, actor: Actor) -> Terms:
    """The receipt for the collateral is filed: an agreed closing is finished, and all open work ends."""
    row, people = _held(session, terms_id)
    terms.close(session, row, at, actor)
    follow_up(session, office, people, at, actor)
    return row


def book_advances(
    session: Session,
    office: Office,
    *,
    portfolio_id: int,
    month: date,
    lines: Sequence[tuple[int, int]],
    at: datetime,
    actor: Actor,
) -> int:
    """Book the list that was agreed to: (account, minor units). The borrowers owe what they owed."""
    if not is_enough(actor.roles, compiled(session, portfolio_id, at).terms.advances):
        raise Forbidden("your authority does not reach that far; ask somebody whose does")
    return terms.book_advances(session, portfolio_id, month, lines, today_of(session, portfolio_id, at), at, actor)


def _held(session: Session, terms_id: int) -> tuple[Terms, Iterable[int]]:
    """The terms and whoever owes the account, people first as everywhere."""
    account_id = held_terms(session, terms_id).account_id
    people = people_of_account(session, account_id)
    return held_terms(session, terms_id), people

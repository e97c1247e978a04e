"""Advances (垫款): what fell due in a month and was not paid, paid to the funder in the borrower's place; listed
monthly and agreed to by a second person (handbook section 2). What was paid is booked as one sum, under principal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from collector.foundation.errors import BadInput, Conflict
from collector.identity.rules import Actor
from collector.portfolio.booking import Sums, book, standing_entries
from collector.portfolio.queries import records_of
from collector.portfolio.rules import EntryKind, apply_payments, lowering
from collector.portfolio.tables import Account, InstalmentRow, LedgerEntry, Portfolio
from collector.terms.rules import months_after


@dataclass(frozen=True, slots=True)
class Advance:
    """Of one account: what fell due in the month and is not paid on the day of the list. Minor units."""

    account_id: int
    account_no: str
    amount: int


def source_of(portfolio_id: int, month: date) -> str:
    """What its lines in the ledger call the list."""
    return f"advances:{portfolio_id}:{month:%Y-%m}"


def advances_of(session: Session, portfolio: Portfolio, month: date, today: date) -> list[Advance]:
    """The list of a month, by account number; accounts that have an advance of that month already are left out. The
    month must have begun."""
    first = month.replace(day=1)
    if first > today:
        raise BadInput("this month has not begun; advances are listed when instalments fall due")
    last = months_after(first, 1)
    fell = select(InstalmentRow.account_id).join(Account, col(Account.id) == InstalmentRow.account_id)
    fell = fell.where(
        Account.portfolio_id == portfolio.id,
        InstalmentRow.due_on >= first,
        InstalmentRow.due_on < last,
        InstalmentRow.due_on <= today,
    )
    done = select(LedgerEntry.account_id).where(LedgerEntry.source == source_of(portfolio.id or 0, first))
    ids = set(session.exec(fell).all()) - set(session.exec(done).all())
    names = dict(session.exec(select(Account.id, Account.account_no).where(Account.portfolio_id == portfolio.id)).all())
    found = [
        Advance(account_id, names[account_id], amount)
        for account_id, amount in _unpaid(session, sorted(ids), first, last, today).items()
    ]
    return sorted(found, key=lambda one: one.account_no)


def _unpaid(session: Session, ids: Sequence[int], first: date, last: date, today: date) -> Mapping[int, int]:
    """By account, what is not paid of that month's instalments; those that are whole are left out."""
    unpaid = {}
    for account_id, record in records_of(session, ids).items():
        lines, _ = apply_payments(record.instalments, lowering(record.payments, record.waived, today))
        missing = sum(line.amount - line.paid for line in lines if first <= line.due_on < last and line.due_on <= today)
        if missing:
            unpaid[account_id] = missing
    return unpaid


def book_advances(
    session: Session,
    portfolio_id: int,
    month: date,
    lines: Sequence[tuple[int, int]],
    today: date,
    at: datetime,
    actor: Actor,
) -> int:
    """Book what was agreed to: (account, amount) of each line. Returns how many. A line that is booked already, or
    whose account is another portfolio's, is a `Conflict`: nothing of the list is booked then."""
    source = source_of(portfolio_id, month)
    for account_id, amount in lines:
        account = session.get(Account, account_id)
        if account is None or account.portfolio_id != portfolio_id:
            raise Conflict("the list names an account of another portfolio; make it anew")
        before = standing_entries(session, account_id, EntryKind.advance)
        if any(row.source == source for row in before):
            raise Conflict("an advance of this month is booked already; make the list anew")
        book(session, account, EntryKind.advance, Sums(principal=amount), today, source, actor=actor.name, at=at)
    return len(lines)

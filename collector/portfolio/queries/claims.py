"""What a balance to the day is computed from, and the balance itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from sqlmodel import Session, col, or_, select

from collector.foundation.clock import local_day
from collector.law.interest import interest_law
from collector.law.rules import InterestLaw, Lender
from collector.portfolio.queries.settings import reckoning_of
from collector.portfolio.rules import DebtType, EntryKind, PaymentKind, PaymentState
from collector.portfolio.rules.balance import Given, RateStep, Received, Scheduled, Statement, Terms, balance
from collector.portfolio.tables import (
    Account,
    InstalmentBefore,
    InstalmentRow,
    LedgerEntry,
    PaymentRow,
    Portfolio,
    RateChange,
)

CONTRACT = "contract"
"""Where a rate comes from that the creditor's file brought with the account."""
LICENSED = frozenset({DebtType.bank_loan, DebtType.card, DebtType.consumer_finance, DebtType.student})
"""Debts that only licensed institutions make; any other is taken to be under the lower cap."""


def statement_of(
    session: Session,
    account: Account,
    portfolio: Portfolio,
    as_of: date,
    *,
    called_on: date | None = None,
    without: str = "",
) -> Statement:
    """The account's balance at the end of that day in the portfolio's zone, by the schedule that held then.
    `called_on`: the day it was called in. `without`: what was given up for that, as "terms:12", is not."""
    lines = scheduled(session, account, portfolio, as_of)
    terms = terms_of(session, account, portfolio, lines, called_on=called_on)
    return balance(lines, received(session, account), terms, as_of, given_up(session, account, as_of, without))


def scheduled(session: Session, account: Account, portfolio: Portfolio, on: date) -> list[Scheduled]:
    """The schedule that held at the end of that day, with its parts as they were given or agreed."""
    return [
        Scheduled(row.number, row.due_on, row.amount_due, row.principal, row.interest, row.fee)
        for row in instalments_on(session, account, portfolio, on)
    ]


def instalments_on(
    session: Session, account: Account, portfolio: Portfolio, on: date
) -> Sequence[InstalmentRow | InstalmentBefore]:
    """Its rows, in the order they fall due: of a version that was replaced by agreement later, or those that hold."""
    before = select(InstalmentBefore).where(InstalmentBefore.account_id == account.id)
    former = session.exec(
        before.order_by(InstalmentBefore.version, col(InstalmentBefore.due_on), col(InstalmentBefore.number))  # type: ignore[arg-type]
    ).all()
    later = [row for row in former if local_day(row.replaced_at, portfolio.timezone) > on]
    if later:
        return [row for row in later if row.version == later[0].version]
    held = select(InstalmentRow).where(InstalmentRow.account_id == account.id)
    return session.exec(held.order_by(col(InstalmentRow.due_on), col(InstalmentRow.number))).all()


def received(session: Session, account: Account) -> list[Received]:
    """Payments that stand, by their reference."""
    rows = session.exec(
        select(PaymentRow).where(
            PaymentRow.account_id == account.id,
            PaymentRow.kind == PaymentKind.payment,
            PaymentRow.state == PaymentState.applied,
        )
    )
    return sorted(Received(row.paid_on, row.amount, row.reference) for row in rows)


def given_up(session: Session, account: Account, on: date, without: str = "") -> list[Given]:
    """What was waived by that day and not taken back by then, but for what was for that source."""
    rows = session.exec(
        select(LedgerEntry).where(
            LedgerEntry.account_id == account.id, LedgerEntry.kind == EntryKind.waiver, LedgerEntry.booked_on <= on
        )
    ).all()
    back = {row.takes_back for row in rows if row.takes_back is not None}
    return [
        Given(row.booked_on, row.fees, row.interest, row.principal, row.penalty)
        for row in rows
        if row.takes_back is None and row.id not in back and row.source != without
    ]


def terms_of(
    session: Session,
    account: Account,
    portfolio: Portfolio,
    lines: Sequence[Scheduled],
    *,
    called_on: date | None = None,
) -> Terms:
    """The contract's rates as they changed, reckoned as two people agreed for the portfolio, or else as the law of its
    place has it; the caps are always the law's."""
    law = interest_law(portfolio.jurisdiction)
    own = reckoning_of(session, portfolio.id or 0)
    agreed = own.reckoning if own else law
    made_on = account.opened_on or min((line.due_on for line in lines), default=None)
    return Terms(
        day_count=agreed.day_count,
        order=agreed.order,
        sweep=agreed.sweep,
        penalty_on=agreed.penalty_on,
        rates=_rates(session, account),
        caps=law.caps_of(lender_of(portfolio), made_on) if made_on else (),
        grace_days=portfolio.grace_days,
        opened_on=account.opened_on,
        called_on=called_on,
        reckoned_by=own.reason if own else "",
    )


def lender_of(portfolio: Portfolio) -> Lender:
    """Which cap binds the creditor of this portfolio."""
    return Lender.licensed if portfolio.debt_type in LICENSED else Lender.other


def law_of(portfolio: Portfolio) -> InterestLaw:
    return interest_law(portfolio.jurisdiction)


def rate_changes(session: Session, account: Account) -> Sequence[RateChange]:
    """Those of the account; where it has none of its own, those of its product; where that has none, those of its
    portfolio. In the order they were noted."""
    rows = session.exec(
        select(RateChange)
        .where(
            RateChange.portfolio_id == account.portfolio_id,
            or_(col(RateChange.account_id) == account.id, col(RateChange.account_id).is_(None)),
        )
        .order_by(col(RateChange.id))
    ).all()
    own = [row for row in rows if row.account_id is not None]
    of_product = [row for row in rows if row.account_id is None and row.product == account.product]
    return own or of_product or [row for row in rows if row.account_id is None and row.product is None]


def _rates(session: Session, account: Account) -> tuple[RateStep, ...]:
    annual, penalty = _percent(account.annual_rate), _percent(account.penalty_rate)
    annual_by = penalty_by = CONTRACT
    steps = {date.min: RateStep(date.min, annual, penalty, annual_by, penalty_by)}
    for row in sorted(rate_changes(session, account), key=lambda one: one.from_on):
        from_on = row.from_on
        said = f"{row.reason} ({from_on.isoformat()})"
        if row.annual_rate is not None:
            annual, annual_by = _percent(row.annual_rate), said
        if row.penalty_rate is not None:
            penalty, penalty_by = _percent(row.penalty_rate), said
        steps[from_on] = RateStep(from_on, annual, penalty, annual_by, penalty_by)
    return tuple(steps.values())


def _percent(text: str | None) -> Fraction | None:
    return Fraction(text) if text else None

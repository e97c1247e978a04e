"""The creditor's own ledger as they send it, our own lines beside schedule and payments, and what was decided about
reversals that take back nothing we know."""

from datetime import date, datetime

from sqlmodel import Field, Index, SQLModel, UniqueConstraint

from collector.foundation.database import BigInt, enum_column
from collector.portfolio.rules import DifferenceKind, EntryKind, LedgerState, ReversalStep


class LedgerBalance(SQLModel, table=True):
    """A line of the creditor's statement: what they say is owed at the end of `as_of`, and how ours compared.

    An account that their statement does not name has a line too (`missing_there`), without amounts of theirs. Money in
    minor units. What was explained of a difference goes with the account to its next line, while the size is the same.
    """

    __tablename__ = "ledger_balance"
    __table_args__ = (
        UniqueConstraint("portfolio_id", "account_no", "as_of"),
        Index("ix_ledger_balance_account", "account_id", "as_of"),
        Index("ix_ledger_balance_last", "portfolio_id", "is_last", "state"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    portfolio_id: int = Field(foreign_key="portfolio.id", sa_type=BigInt)
    account_id: int | None = Field(default=None, foreign_key="account.id", sa_type=BigInt)
    account_no: str
    as_of: date
    principal: int | None = Field(default=None, sa_type=BigInt)
    interest: int | None = Field(default=None, sa_type=BigInt)
    penalty: int | None = Field(default=None, sa_type=BigInt)
    fees: int | None = Field(default=None, sa_type=BigInt)
    balance: int | None = Field(default=None, sa_type=BigInt)
    overdue: int | None = Field(default=None, sa_type=BigInt)
    loaded_at: datetime
    is_last: bool = True
    """No later line of the account is here."""
    state: LedgerState = Field(default=LedgerState.new, sa_type=enum_column(LedgerState))
    kind: DifferenceKind | None = Field(default=None, sa_type=enum_column(DifferenceKind))
    size: int = Field(default=0, sa_type=BigInt)
    """Theirs less ours."""
    theirs: int | None = Field(default=None, sa_type=BigInt)
    """Their total: as said, or the sum of its parts."""
    ours_owed: int | None = Field(default=None, sa_type=BigInt)
    ours_overdue: int | None = Field(default=None, sa_type=BigInt)
    compared_at: datetime | None = None
    explained: str = ""
    explained_by: str = ""
    explained_at: datetime | None = None


class ReversalNote(SQLModel, table=True):
    """A step about a reversal whose payment never came; the latest of a payment holds. Only added to."""

    __tablename__ = "reversal_note"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    payment_id: int = Field(foreign_key="payment.id", sa_type=BigInt, index=True)
    step: ReversalStep = Field(sa_type=enum_column(ReversalStep))
    until: date | None = None
    """Of a wait: it is asked for again on that day."""
    reason: str
    at: datetime
    actor: str


class LedgerEntry(SQLModel, table=True):
    """A line of our own: waived, written off, advanced or come back (`EntryKind`). Only added to: what no longer holds
    is taken back by another line of the same kind and amounts. Minor units, all of them 0 or more."""

    __tablename__ = "ledger_entry"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    portfolio_id: int = Field(foreign_key="portfolio.id", sa_type=BigInt)
    account_id: int = Field(foreign_key="account.id", sa_type=BigInt, index=True)
    kind: EntryKind = Field(sa_type=enum_column(EntryKind))
    booked_on: date
    """Local day in the portfolio's zone: what ageing counts by."""
    amount: int = Field(sa_type=BigInt)
    """Fees, interest and principal together: what the schedule asks for."""
    fees: int = Field(default=0, sa_type=BigInt)
    interest: int = Field(default=0, sa_type=BigInt)
    principal: int = Field(default=0, sa_type=BigInt)
    penalty: int = Field(default=0, sa_type=BigInt)
    """Beside the amount: penalty is in no schedule."""
    source: str
    """What it was booked for, as "terms:12"."""
    takes_back: int | None = Field(default=None, foreign_key="ledger_entry.id", sa_type=BigInt, unique=True)
    at: datetime
    actor: str


MATURITY = 0
"""Stands for the day an account matures, where instalments have their numbers."""


class StatedInstalment(SQLModel, table=True):
    """What the creditor's book says of an instalment of a schedule that was agreed with the borrower, since it said it
    otherwise: ours holds. None: not said. What was explained of it holds until they say another thing."""

    __tablename__ = "stated_instalment"
    __table_args__ = (
        UniqueConstraint("account_id", "number"),
        Index("ix_stated_instalment_portfolio", "portfolio_id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    portfolio_id: int = Field(foreign_key="portfolio.id", sa_type=BigInt)
    account_id: int = Field(foreign_key="account.id", sa_type=BigInt)
    number: int
    """Or `MATURITY`."""
    due_on: date
    amount_due: int | None = Field(default=None, sa_type=BigInt)
    principal: int | None = Field(default=None, sa_type=BigInt)
    interest: int | None = Field(default=None, sa_type=BigInt)
    fee: int | None = Field(default=None, sa_type=BigInt)
    loaded_at: datetime
    explained: str = ""
    explained_by: str = ""
    explained_at: datetime | None = None


class InstalmentBefore(SQLModel, table=True):
    """An instalment as it stood before the schedule was changed by agreement. Only added to."""

    __tablename__ = "instalment_before"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    account_id: int = Field(foreign_key="account.id", sa_type=BigInt, index=True)
    version: int
    """Of the schedule it belongs to, from 1."""
    number: int
    due_on: date
    amount_due: int = Field(sa_type=BigInt)
    principal: int | None = Field(default=None, sa_type=BigInt)
    interest: int | None = Field(default=None, sa_type=BigInt)
    fee: int | None = Field(default=None, sa_type=BigInt)
    source: str
    """What replaced it, as "terms:12"."""
    replaced_at: datetime
    actor: str

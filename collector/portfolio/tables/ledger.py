"""The creditor's own ledger as they send it, and what was decided about reversals that take back nothing we know."""

from datetime import date, datetime

from sqlmodel import Field, Index, SQLModel, UniqueConstraint

from collector.foundation.database import BigInt, enum_column
from collector.portfolio.rules import DifferenceKind, LedgerState, ReversalStep


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

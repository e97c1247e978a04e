"""Terms: what was proposed about the debt of an account, who agreed, and what became of it."""

from datetime import date, datetime
from typing import Any

from sqlmodel import Field, Index, SQLModel

from collector.foundation.database import BigInt, Json, enum_column
from collector.terms.rules import Parts, TermsKind, TermsState


class Terms(SQLModel, table=True):
    """One proposal about one account. Money in minor units; days local to the portfolio."""

    __tablename__ = "terms"
    __table_args__ = (Index("ix_terms_state_due", "state", "due_on"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    portfolio_id: int = Field(foreign_key="portfolio.id", sa_type=BigInt)
    account_id: int = Field(foreign_key="account.id", sa_type=BigInt, index=True)
    kind: TermsKind = Field(sa_type=enum_column(TermsKind))
    state: TermsState = Field(default=TermsState.proposed, sa_type=enum_column(TermsState))
    reason: str
    total: int = Field(default=0, sa_type=BigInt)
    """Of a reduction: what is to be paid. Of recourse: what came back."""
    due_on: date
    """The last day: to pay the total, to sign, or to be agreed to."""
    penalty_owed: int = Field(default=0, sa_type=BigInt)
    fees_owed: int = Field(default=0, sa_type=BigInt)
    interest_owed: int = Field(default=0, sa_type=BigInt)
    principal_owed: int = Field(default=0, sa_type=BigInt)
    penalty_waived: int = Field(default=0, sa_type=BigInt)
    fees_waived: int = Field(default=0, sa_type=BigInt)
    interest_waived: int = Field(default=0, sa_type=BigInt)
    principal_waived: int = Field(default=0, sa_type=BigInt)
    paid_before: int = Field(default=0, sa_type=BigInt)
    """All payments of the account that were known when it was proposed."""
    schedule: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    """Of extension and restructuring: the instalments `before` and `after`, and when the account `matures`."""
    approval_id: int | None = Field(default=None, foreign_key="approval.id", sa_type=BigInt)
    offer_id: int | None = Field(default=None, foreign_key="offer.id", sa_type=BigInt)
    document_id: int | None = Field(default=None, foreign_key="document.id", sa_type=BigInt)
    """Of a closing: the receipt for the collateral."""
    proposed_at: datetime
    proposed_by: str
    state_at: datetime
    state_by: str

    @property
    def owed(self) -> Parts:
        return Parts(self.penalty_owed, self.fees_owed, self.interest_owed, self.principal_owed)

    @property
    def waived(self) -> Parts:
        return Parts(self.penalty_waived, self.fees_waived, self.interest_waived, self.principal_waived)

    @property
    def source(self) -> str:
        """What lines of the ledger and versions of the schedule call it."""
        return f"terms:{self.id}"

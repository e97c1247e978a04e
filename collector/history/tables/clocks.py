"""What starts, moves or ends a clock of the law, with what proves it. Only added to: an error is struck by a row."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from collector.foundation.database import BigInt, enum_column
from collector.law.rules import ContractKind, Happening


class ClockEvent(SQLModel, table=True):
    """One happening about an account, on the portfolio's day. Payments and promises are kept where they are."""

    __tablename__ = "clock_event"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    portfolio_id: int = Field(foreign_key="portfolio.id", sa_type=BigInt)
    account_id: int = Field(foreign_key="account.id", sa_type=BigInt, index=True)
    guarantor_id: int | None = Field(default=None, foreign_key="person.id", sa_type=BigInt)
    """The guarantor whom it was done to or by; None: the side of the borrower, or the account as a whole."""
    kind: Happening = Field(sa_type=enum_column(Happening))
    day: date
    until: date | None = None
    """Of `stood_still`: its last day."""
    place: str | None = None
    """Of `governing_law`: the code of the place."""
    contract: ContractKind | None = Field(default=None, sa_type=enum_column(ContractKind))
    clock: str | None = None
    """Of `let_go`: the key of the clock."""
    about_id: int | None = Field(default=None, foreign_key="clock_event.id", sa_type=BigInt)
    document_id: int | None = Field(default=None, foreign_key="document.id", sa_type=BigInt)
    """The paper that proves it; with neither this nor an attempt it was only told, and no cautious date moves."""
    attempt_id: int | None = Field(default=None, foreign_key="attempt.id", sa_type=BigInt)
    recorded_at: datetime
    actor: str

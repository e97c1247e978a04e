"""Matters as stored: stages, days at court, costs, and packages that counsel was given. Stages, costs and packages are
only added to: an error is struck by a row of its own."""

from datetime import date, datetime

from sqlmodel import Field, Index, SQLModel

from collector.foundation.database import BigInt, enum_column
from collector.law.rules import ClockKind
from collector.legal.matters.rules import Advancer, CostKind, DateEnd, DateKind, MatterOutcome, MatterStage


class MatterStep(SQLModel, table=True):
    """A stage that a matter reached, or the striking of one. The matter is the referral it began with. Minor units."""

    __tablename__ = "matter_step"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    portfolio_id: int = Field(foreign_key="portfolio.id", sa_type=BigInt)
    account_id: int = Field(foreign_key="account.id", sa_type=BigInt, index=True)
    referral_id: int = Field(foreign_key="referral.id", sa_type=BigInt, index=True)
    stage: MatterStage = Field(sa_type=enum_column(MatterStage))
    on: date
    """The portfolio's day on which it happened."""
    court: str = ""
    case_no: str = ""
    counsel: str = ""
    document_id: int | None = Field(default=None, foreign_key="document.id", sa_type=BigInt)
    paper_to_come: bool = False
    is_final: bool = False
    claimed: int | None = Field(default=None, sa_type=BigInt)
    awarded: int | None = Field(default=None, sa_type=BigInt)
    outcome: MatterOutcome | None = Field(default=None, sa_type=enum_column(MatterOutcome))
    clock_event_id: int | None = Field(default=None, foreign_key="clock_event.id", sa_type=BigInt)
    """What it told the clocks of the law."""
    strikes_id: int | None = Field(default=None, foreign_key="matter_step.id", sa_type=BigInt, unique=True)
    reason: str = ""
    """Of a striking: why."""
    at: datetime
    actor: str


class CourtDate(SQLModel, table=True):
    """A day at court, or something to be done by one. It stays open until somebody says how it ended."""

    __tablename__ = "court_date"
    __table_args__ = (Index("ix_court_date_open", "ended", "at"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    portfolio_id: int = Field(foreign_key="portfolio.id", sa_type=BigInt)
    account_id: int = Field(foreign_key="account.id", sa_type=BigInt)
    referral_id: int = Field(foreign_key="referral.id", sa_type=BigInt, index=True)
    kind: DateKind = Field(sa_type=enum_column(DateKind))
    at: datetime
    """Of a deadline without an hour: the end of its day where the court is."""
    zone: str
    """Of the court, IANA."""
    place: str = ""
    what: str
    """What is to be done."""
    who: str = ""
    """Who does it."""
    noted_at: datetime
    noted_by: str
    ended: DateEnd | None = Field(default=None, sa_type=enum_column(DateEnd))
    ended_note: str = ""
    ended_at: datetime | None = None
    ended_by: str = ""

    @property
    def alarm_key(self) -> str:
        """What its alarms call it."""
        return f"{ClockKind.court_date}:{self.id}"


class MatterCost(SQLModel, table=True):
    """Money spent on a matter, or the striking of such a line. Minor units of the portfolio's currency."""

    __tablename__ = "matter_cost"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    portfolio_id: int = Field(foreign_key="portfolio.id", sa_type=BigInt)
    account_id: int = Field(foreign_key="account.id", sa_type=BigInt, index=True)
    referral_id: int = Field(foreign_key="referral.id", sa_type=BigInt, index=True)
    kind: CostKind = Field(sa_type=enum_column(CostKind))
    amount: int = Field(sa_type=BigInt)
    currency: str
    on: date
    advanced_by: Advancer = Field(sa_type=enum_column(Advancer))
    recoverable: bool
    """Whether the borrower is to bear it."""
    document_id: int | None = Field(default=None, foreign_key="document.id", sa_type=BigInt)
    """The receipt."""
    note: str = ""
    strikes_id: int | None = Field(default=None, foreign_key="matter_cost.id", sa_type=BigInt, unique=True)
    at: datetime
    actor: str

    @property
    def source(self) -> str:
        """What its line in the ledger calls it."""
        return f"matter_cost:{self.id}"


class CounselPackage(SQLModel, table=True):
    """A case file with the history of its matter that left the house to counsel."""

    __tablename__ = "counsel_package"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    portfolio_id: int = Field(foreign_key="portfolio.id", sa_type=BigInt)
    account_id: int = Field(foreign_key="account.id", sa_type=BigInt, index=True)
    referral_id: int = Field(foreign_key="referral.id", sa_type=BigInt, index=True)
    case_file_id: int = Field(foreign_key="case_file.id", sa_type=BigInt)
    counsel: str
    contact: str
    """Who may go on talking to the borrower, and how counsel reaches them."""
    made_at: datetime
    actor: str


class CounselReceipt(SQLModel, table=True):
    """Counsel confirmed that a package arrived. Once for each."""

    __tablename__ = "counsel_receipt"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    package_id: int = Field(foreign_key="counsel_package.id", sa_type=BigInt, unique=True)
    received_on: date
    received_by: str
    document_id: int | None = Field(default=None, foreign_key="document.id", sa_type=BigInt)
    at: datetime
    actor: str

"""Originals on paper and what became of each. Only added to: where one lies follows from its newest step."""

from datetime import date, datetime

from sqlmodel import Field, Index, SQLModel, UniqueConstraint

from collector.foundation.database import BigInt, enum_column
from collector.history.rules import ArchiveLevel, ArchiveStep, Condition, DocumentKind


class Original(SQLModel, table=True):
    """One paper in the archive, or a folder of them under one number."""

    __tablename__ = "original"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    portfolio_id: int = Field(foreign_key="portfolio.id", sa_type=BigInt)
    account_id: int = Field(foreign_key="account.id", sa_type=BigInt, index=True)
    document_id: int | None = Field(default=None, unique=True, sa_type=BigInt)
    """The scan of it. No foreign key: the scan may be purged while the paper is still on its shelf."""
    kind: DocumentKind = Field(sa_type=enum_column(DocumentKind))
    level: ArchiveLevel = Field(sa_type=enum_column(ArchiveLevel))
    name: str
    """What a person calls it."""
    at: datetime
    actor: str


class OriginalStep(SQLModel, table=True):
    """One step of an original; `number` counts them from 1, so that two can not happen at once."""

    __tablename__ = "original_step"
    __table_args__ = (
        UniqueConstraint("original_id", "number"),
        Index("ix_original_step_due", "step", "due_on"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    original_id: int = Field(foreign_key="original.id", sa_type=BigInt)
    number: int
    step: ArchiveStep = Field(sa_type=enum_column(ArchiveStep))
    on: date
    place: str = ""
    """Where it lies; of a loan, where it lay. Of a return, where it was put back."""
    whom: str = ""
    """Who took it, or brought it back."""
    why: str = ""
    due_on: date | None = None
    condition: Condition | None = Field(default=None, sa_type=enum_column(Condition))
    at: datetime
    actor: str
    """Who recorded it."""

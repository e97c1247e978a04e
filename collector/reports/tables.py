"""The ledger of what left the house. Rows are only ever added: the database itself refuses to change one."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, Index, SQLModel

from collector.foundation.database import BigInt, Json, enum_column
from collector.reports.rules import Format


class ExportRecord(SQLModel, table=True):
    """One file that somebody was given: the list it holds, how many rows, and the SHA-256 of its bytes."""

    __tablename__ = "export_record"
    __table_args__ = (
        Index("ix_export_record_user_at", "user_id", "at"),
        Index("ix_export_record_approval_id", "approval_id", unique=True),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    number: str = Field(unique=True)
    """Stands in the file itself, so that a copy that was changed still names its export."""
    user_id: int | None = Field(default=None, foreign_key="user_account.id", sa_type=BigInt)
    actor: str
    at: datetime
    wanted: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    """The list, as `rules.described` gives it."""
    book: str
    """A portfolio's id, or a currency."""
    portfolio_ids: list[int] = Field(default_factory=list, sa_type=Json)
    """Whose accounts are in it: who sees all of these sees the row."""
    rows: int
    format: Format = Field(sa_type=enum_column(Format))
    sha256: str = Field(index=True)
    approval_id: int | None = Field(default=None, sa_type=BigInt)
    """What another person agreed to, beyond the rows of the day: it serves once."""

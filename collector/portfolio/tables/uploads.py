"""Files that were brought and wait to be loaded, and the mappings that people keep for the next file of the kind."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel, UniqueConstraint

from collector.foundation.database import BigInt, Json, enum_column
from collector.portfolio.rules import LoadKind, UploadState


class Upload(SQLModel, table=True):
    """A file that somebody brought. The file itself lies in a private folder named by `token`, for a day at most; what
    is here holds nothing of its rows."""

    __tablename__ = "upload"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    token: str = Field(unique=True)
    """128 random bits: the address of its pages, for its user only."""
    user_id: int = Field(foreign_key="user_account.id", sa_type=BigInt, index=True)
    actor: str
    portfolio_id: int | None = Field(default=None, foreign_key="portfolio.id", sa_type=BigInt)
    kind: LoadKind = Field(sa_type=enum_column(LoadKind))
    file_name: str
    """As its user calls it; used for nothing but to be shown."""
    size: int = Field(sa_type=BigInt)
    as_of: datetime | None = None
    state: UploadState = Field(default=UploadState.waiting, sa_type=enum_column(UploadState), index=True)
    made_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    run_id: int | None = Field(default=None, foreign_key="load_run.id", sa_type=BigInt, index=True)
    error: str | None = None
    found: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    """After the load: rows that the mapping left out, and the kinds of problems with their counts."""


class SavedMapping(SQLModel, table=True):
    """A mapping for the next file of the same portfolio and kind. `name`: empty for the last one that was used."""

    __tablename__ = "saved_mapping"
    __table_args__ = (UniqueConstraint("portfolio_id", "kind", "name"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    portfolio_id: int = Field(foreign_key="portfolio.id", sa_type=BigInt)
    kind: LoadKind = Field(sa_type=enum_column(LoadKind))
    name: str
    body: str
    """YAML."""
    made_by: str
    made_at: datetime

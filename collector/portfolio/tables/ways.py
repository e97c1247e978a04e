"""Changes to ways to pay that a second person agreed to: those that wait for their day, and all earlier ones."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from collector.foundation.database import BigInt, Json, enum_column
from collector.portfolio.rules.ways import WaysState


class WaysChange(SQLModel, table=True):
    """One agreed change. It waits until `starts_at`; until then anybody who may propose one can cancel it."""

    __tablename__ = "ways_change"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    portfolio_id: int = Field(foreign_key="portfolio.id", sa_type=BigInt, index=True)
    approval_id: int = Field(foreign_key="approval.id", sa_type=BigInt, unique=True)
    changes: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    """As `rules.ways.Changes`."""
    state: WaysState = Field(default=WaysState.waiting, sa_type=enum_column(WaysState))
    starts_at: datetime
    asked_by: str
    asked_at: datetime
    agreed_by: str
    agreed_at: datetime
    ended_at: datetime | None = None
    """When it took effect, or was cancelled."""
    ended_by: str = ""
    ended_because: str = ""

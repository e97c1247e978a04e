"""What two people agreed to for a whole portfolio."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, Index, SQLModel

from collector.foundation.database import BigInt, Json, enum_column
from collector.portfolio.rules.settings import SettingKind


class PortfolioSetting(SQLModel, table=True):
    """From `at` on this holds, until a later row of the same kind. Only added to."""

    __tablename__ = "portfolio_setting"
    __table_args__ = (Index("ix_portfolio_setting_kind", "portfolio_id", "kind", "id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    portfolio_id: int = Field(foreign_key="portfolio.id", sa_type=BigInt)
    kind: SettingKind = Field(sa_type=enum_column(SettingKind))
    body: dict[str, Any] = Field(sa_type=Json)
    reason: str
    asked_by: str
    agreed_by: str
    at: datetime

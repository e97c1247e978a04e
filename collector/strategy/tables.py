"""Strategies as they were published: never changed afterwards."""

from datetime import datetime

from sqlmodel import Field, SQLModel, UniqueConstraint

from collector.foundation.database import BigInt


class StrategyVersion(SQLModel, table=True):
    """One published version. `portfolio_id` None: for every portfolio that has none of its own."""

    __tablename__ = "strategy_version"
    __table_args__ = (UniqueConstraint("portfolio_id", "version"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    portfolio_id: int | None = Field(default=None, foreign_key="portfolio.id", sa_type=BigInt)
    version: int
    """From 1, per portfolio; 0 is the shipped strategy, which is never stored."""
    body: str
    """The YAML text as it was published."""
    digest: str
    """SHA-256 of the body, hex."""
    author: str
    reason: str
    published_at: datetime
    starts_at: datetime

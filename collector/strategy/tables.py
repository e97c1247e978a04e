"""Strategies as they were published, never changed afterwards; and those that somebody is at work on."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel, UniqueConstraint

from collector.foundation.database import BigInt, Json, enum_column
from collector.strategy.rules import TrialState


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
    approver: str | None = None
    """The second person; None: it came by the command line, or before there were any."""


class StrategyDraft(SQLModel, table=True):
    """What a user is at work on for a portfolio. It may be wrong in every way: nothing that was typed is lost."""

    __tablename__ = "strategy_draft"
    __table_args__ = (UniqueConstraint("user_id", "portfolio_id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    user_id: int = Field(foreign_key="user_account.id", sa_type=BigInt)
    portfolio_id: int = Field(foreign_key="portfolio.id", sa_type=BigInt, index=True)
    body: str
    base: str
    """Digest of the version that it was begun from."""
    revision: int = 1
    """Grows with every change: a form that saw an older one changes nothing."""
    begun_at: datetime
    changed_at: datetime
    approval_id: int | None = Field(default=None, foreign_key="approval.id", sa_type=BigInt)
    """The approval it was submitted to, while that stands."""


class StrategyTrial(SQLModel, table=True):
    """What a draft would change, worked out in the background."""

    __tablename__ = "strategy_trial"

    draft_id: int = Field(foreign_key="strategy_draft.id", sa_type=BigInt, primary_key=True)
    digest: str
    """Of the text that was tried."""
    state: TrialState = Field(default=TrialState.running, sa_type=enum_column(TrialState))
    begun_at: datetime
    told_at: datetime
    """When it last said how far it is."""
    done: int = 0
    total: int = 0
    error: str = ""
    found: dict[str, Any] = Field(default_factory=dict, sa_type=Json)

"""Rates of contracts that changed while they ran."""

from datetime import date, datetime

from sqlmodel import Field, Index, SQLModel

from collector.foundation.database import BigInt


class RateChange(SQLModel, table=True):
    """From a day on, an account, or every account of a product or of the portfolio that has none nearer to it, has
    other rates. Only added to: of two for the same day that name the same rate the later one holds. Rates are percent a
    year as decimal text; None: as before."""

    __tablename__ = "rate_change"
    __table_args__ = (Index("ix_rate_change_portfolio", "portfolio_id", "account_id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    portfolio_id: int = Field(foreign_key="portfolio.id", sa_type=BigInt)
    account_id: int | None = Field(default=None, foreign_key="account.id", sa_type=BigInt, index=True)
    """None: all accounts of the product, or of the portfolio."""
    product: str | None = None
    """With no account: those of this product only."""
    from_on: date
    annual_rate: str | None = None
    penalty_rate: str | None = None
    reason: str
    """By what: the clause, or the notice."""
    asked_by: str = ""
    """Who proposed it; `actor` is who agreed."""
    actor: str
    recorded_at: datetime

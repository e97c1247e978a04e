"""What the legal room wrote down itself: that somebody was told of a clock in time. Only added to."""

from datetime import date, datetime

from sqlmodel import Field, Index, SQLModel, UniqueConstraint

from collector.foundation.database import BigInt, enum_column
from collector.law.rules import ClockKind


class ClockAlarm(SQLModel, table=True):
    """A clock came so near to its cautious date; raised once. When the date moves, the alarms begin anew for it."""

    __tablename__ = "clock_alarm"
    __table_args__ = (
        UniqueConstraint("account_id", "clock", "cautious_on", "ahead"),
        Index("ix_clock_alarm_raised", "portfolio_id", "day"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    portfolio_id: int = Field(foreign_key="portfolio.id", sa_type=BigInt)
    account_id: int = Field(foreign_key="account.id", sa_type=BigInt)
    clock: str
    """The key of the clock."""
    kind: ClockKind = Field(sa_type=enum_column(ClockKind))
    legal_on: date
    cautious_on: date
    ahead: int
    """Days ahead: one of `rules.AHEAD`, or 0 when the day had passed."""
    day: date
    """The portfolio's day on which it was raised."""
    raised_at: datetime

"""The kept rows of the facts: caches with an end date, brought up to date in the transaction of the event."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import text
from sqlmodel import Field, Index, SQLModel

from collector.foundation.database import BigInt

RUNS: dict[str, Any] = {name: text("lapses_on IS NOT NULL") for name in ("sqlite_where", "postgresql_where")}
"""Of most accounts no clock is near."""


class AccountState(SQLModel, table=True):
    """`facts.rules.AccountFacts` as columns, in its order: one row for each obligor of the account."""

    __tablename__ = "account_state"
    __table_args__ = (
        Index("ix_account_state_portfolio", "portfolio_id", "person_id"),
        Index("ix_account_state_account", "account_id"),
        Index("ix_account_state_fresh_until", "fresh_until"),
        Index("ix_account_state_lapses_on", "lapses_on", **RUNS),
    )

    person_id: int = Field(primary_key=True, foreign_key="person.id", sa_type=BigInt)
    account_id: int = Field(primary_key=True, foreign_key="account.id", sa_type=BigInt)
    portfolio_id: int = Field(foreign_key="portfolio.id", sa_type=BigInt)
    role: str
    account_no: str
    product: str
    borrower_type: str
    value_tier: str
    security: str
    partner: str | None
    autopay: bool
    principal: int = Field(sa_type=BigInt)
    matures_on: date | None
    payday: int | None
    grace_days: int
    oldest_unpaid_due: date | None
    overdue: int = Field(sa_type=BigInt)
    due_today: int = Field(sa_type=BigInt)
    owed: int = Field(sa_type=BigInt)
    next_due_on: date | None
    next_due_amount: int = Field(sa_type=BigInt)
    missed_consecutive: int
    missed_cumulative: int
    last_paid_on: date | None
    settled: bool
    reported_on: date | None
    reported_min: int | None
    reported_max: int | None
    owner_id: int | None = Field(default=None, sa_type=BigInt)
    guarantee_kind: str | None
    guarantee_until: date | None
    step: str | None
    step_on: date | None
    touched_on: date | None
    broken_at: int | None = Field(default=None, sa_type=BigInt)
    promises_broken: int = 0
    extra: str | None = None
    level_floor: str | None = None
    lapses_on: date | None = None
    fresh_from: date
    """With `fresh_until`: the portfolio's days [from, until) on which this row reads as it stands."""
    fresh_until: date | None = None


class PersonState(SQLModel, table=True):
    """`facts.rules.PersonBody` as one JSON text, and why the night plan must look at the person."""

    __tablename__ = "person_state"

    person_id: int = Field(primary_key=True, foreign_key="person.id", sa_type=BigInt)
    attention: int = 0
    body: str = "{}"
    refreshed_at: datetime
    """The moment these rows, and the person's `account_state`, are true for."""
    fresh_until: datetime | None = Field(default=None, index=True)
    """First later moment at which the body reads differently without any new record: something dated ahead begins,
    or a stop ends. None: never."""

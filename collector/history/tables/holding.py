"""Who held which account, from when, why and by whose word; and what lets an owner keep one. Only ever added to."""

from datetime import date, datetime

from sqlmodel import Field, Index, SQLModel

from collector.foundation.database import BigInt, enum_column
from collector.history.rules import HoldingReason


class HoldingRow(SQLModel, table=True):
    """From `at` on the account is this owner's, or nobody's, until the next row of the account; the newest holds."""

    __tablename__ = "holding"
    __table_args__ = (
        Index("ix_holding_account", "account_id", "id"),
        Index("ix_holding_owner", "owner_id", "at"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    account_id: int = Field(foreign_key="account.id", sa_type=BigInt)
    owner_id: int | None = Field(default=None, foreign_key="user_account.id", sa_type=BigInt)
    standby_id: int | None = Field(default=None, foreign_key="user_account.id", sa_type=BigInt)
    at: datetime
    recorded_at: datetime
    """A payment made before it was written down is not attributed by it."""
    why: HoldingReason = Field(sa_type=enum_column(HoldingReason))
    rule: str = ""
    """Of the strategy's allocation; empty where none asked."""
    note: str = ""
    """What a supervisor said."""
    actor: str


class KeepRow(SQLModel, table=True):
    """A supervisor lets the owner keep an account until that day, included, whatever its holding period; None takes
    an earlier keep back. The newest holds, while the owner is the same."""

    __tablename__ = "keep"
    __table_args__ = (Index("ix_keep_account", "account_id", "id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    account_id: int = Field(foreign_key="account.id", sa_type=BigInt)
    owner_id: int = Field(foreign_key="user_account.id", sa_type=BigInt)
    until: date | None = None
    reason: str
    at: datetime
    actor: str
    approval_id: int | None = Field(default=None, foreign_key="approval.id", sa_type=BigInt)
    """Set when the agent asked for it."""

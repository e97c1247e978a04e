"""Holds on what must not go, purges, and the proof of what each removed."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import text
from sqlmodel import Field, Index, SQLModel, UniqueConstraint

from collector.compliance.rules import Retained
from collector.foundation.database import BigInt, Json, enum_column
from collector.legal.retention.rules import PurgeState

WAITS: dict[str, Any] = {name: text("gone_at IS NULL") for name in ("sqlite_where", "postgresql_where")}


class RetentionHold(SQLModel, table=True):
    """Nothing of this account, or of the whole portfolio, may be removed. Two people set it, and two lift it."""

    __tablename__ = "retention_hold"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    portfolio_id: int = Field(foreign_key="portfolio.id", sa_type=BigInt, index=True)
    account_id: int | None = Field(default=None, foreign_key="account.id", sa_type=BigInt, index=True)
    reason: str
    """By whose letter or order."""
    at: datetime
    actor: str
    approval_id: int = Field(sa_type=BigInt)
    lifted_at: datetime | None = None
    lifted_by: str | None = None
    lifted_approval_id: int | None = Field(default=None, sa_type=BigInt)


class Purge(SQLModel, table=True):
    """One removal, from the count to its end. `place` and `after`: how far it is, so that it goes on where it was
    stopped."""

    __tablename__ = "purge"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    as_of: date
    """The day by which terms were read: nothing that ends later is removed by it."""
    state: PurgeState = Field(default=PurgeState.planned, sa_type=enum_column(PurgeState))
    found: list[Any] = Field(default_factory=list, sa_type=Json)
    """What was counted: [pack, kind, fate, by, count]."""
    left: list[Any] = Field(default_factory=list, sa_type=Json)
    """What it left, as it went by, in the same form."""
    place: str = Field(default="", max_length=32)
    after: int = Field(default=0, sa_type=BigInt)
    removed: int = Field(default=0, sa_type=BigInt)
    approval_id: int | None = Field(default=None, sa_type=BigInt)
    planned_at: datetime
    actor: str
    begun_at: datetime | None = None
    done_at: datetime | None = None


class Purged(SQLModel, table=True):
    """One record that was removed, told by numbers and digests only. Only added to."""

    __tablename__ = "purged"
    __table_args__ = (
        UniqueConstraint("purge_id", "kind", "record_id"),
        Index("ix_purged_record", "record_id", "kind"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    purge_id: int = Field(foreign_key="purge.id", sa_type=BigInt)
    kind: Retained = Field(sa_type=enum_column(Retained))
    record_id: int = Field(sa_type=BigInt)
    """Of a recording or a person their id; of papers the account's."""
    portfolio_id: int = Field(sa_type=BigInt)
    rule: str
    """The term that ended last."""
    until: date
    """Its last day."""
    active_on: date | None = None
    """The last activity then: what comes later is a record of its own."""
    digest: str
    """HMAC-SHA256 over what was removed, under a key of this office: proves a copy that turns up, tells nothing."""
    pieces: int
    """How many rows and files it was."""
    at: datetime


class PurgedFile(SQLModel, table=True):
    """A file that is removed after the transaction that says so; `gone_at` None: it is tried again."""

    __tablename__ = "purged_file"
    __table_args__ = (UniqueConstraint("kind", "number"), Index("ix_purged_file_waits", "id", **WAITS))

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    purge_id: int = Field(foreign_key="purge.id", sa_type=BigInt)
    kind: Retained = Field(sa_type=enum_column(Retained))
    number: int = Field(sa_type=BigInt)
    ending: str = Field(max_length=8)
    sha256: str | None = None
    gone_at: datetime | None = None

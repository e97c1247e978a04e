"""What stands against an account or a person, or was decided about it: stops, wishes, holds, disputes, hand-overs."""

from datetime import date, datetime
from typing import Any

from sqlmodel import Field, Index, SQLModel

from collector.foundation.database import BigInt, Json, enum_column
from collector.history.rules import (
    Channel,
    HoldReason,
    HoldScope,
    Proof,
    Standing,
    StopKind,
)
from collector.identity.rules import Level


class Stop(SQLModel, table=True):
    """A reason not to contact a person. Lifting it fills `lifted_at`; the row stays."""

    __tablename__ = "stop"
    __table_args__ = (Index("ix_stop_number", "number"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    person_id: int | None = Field(default=None, foreign_key="person.id", sa_type=BigInt, index=True)
    """None: the number's opt-out, whoever has it."""
    kind: StopKind = Field(sa_type=enum_column(StopKind))
    channel: Channel | None = Field(default=None, sa_type=enum_column(Channel))
    number: str | None = None
    at: datetime
    until: datetime | None = None
    reason: str = ""
    actor: str
    recorded_at: datetime
    lifted_at: datetime | None = None
    lifted_by: str | None = None
    lifted_because: str | None = None
    natural_key: str | None = Field(default=None, unique=True)


class StandingRow(SQLModel, table=True):
    """Consents, preferences, agreements, notices, checks: what the gate reads as `facts.Standing`."""

    __tablename__ = "standing"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    person_id: int = Field(foreign_key="person.id", sa_type=BigInt, index=True)
    portfolio_id: int | None = Field(default=None, foreign_key="portfolio.id", sa_type=BigInt)
    account_id: int | None = Field(default=None, foreign_key="account.id", sa_type=BigInt)
    """The debt it is about; None: all of the person's."""
    kind: Standing = Field(sa_type=enum_column(Standing))
    channel: Channel | None = Field(default=None, sa_type=enum_column(Channel))
    number: str | None = None
    at: datetime
    until: datetime | None = None
    detail: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    actor: str
    recorded_at: datetime
    natural_key: str | None = Field(default=None, unique=True)


class Hold(SQLModel, table=True):
    """Contact stopped by us, for an account, a person, a segment, a portfolio or everything."""

    __tablename__ = "hold"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    scope: HoldScope = Field(sa_type=enum_column(HoldScope), index=True)
    account_id: int | None = Field(default=None, foreign_key="account.id", sa_type=BigInt, index=True)
    person_id: int | None = Field(default=None, foreign_key="person.id", sa_type=BigInt, index=True)
    portfolio_id: int | None = Field(default=None, foreign_key="portfolio.id", sa_type=BigInt)
    segment: str | None = None
    reason: HoldReason = Field(sa_type=enum_column(HoldReason))
    note: str = ""
    at: datetime
    until: datetime | None = None
    actor: str
    recorded_at: datetime
    lifted_at: datetime | None = None
    lifted_by: str | None = None
    extends_id: int | None = Field(default=None, sa_type=BigInt)
    """The hold that this one makes longer: always the first of them, whose end is the one that was first meant."""
    proof: Proof | None = Field(default=None, sa_type=enum_column(Proof))
    """Of "says paid": what operations found; None: it was not looked for yet."""
    proof_at: datetime | None = None
    proof_by: str | None = None


class Dispute(SQLModel, table=True):
    __tablename__ = "dispute"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    account_id: int = Field(foreign_key="account.id", sa_type=BigInt, index=True)
    person_id: int = Field(foreign_key="person.id", sa_type=BigInt, index=True)
    reason: str
    at: datetime
    answer_by: date
    answered_at: datetime | None = None
    answer: str | None = None
    actor: str
    recorded_at: datetime
    natural_key: str | None = Field(default=None, unique=True)


class Complaint(SQLModel, table=True):
    __tablename__ = "complaint"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    person_id: int = Field(foreign_key="person.id", sa_type=BigInt, index=True)
    account_id: int | None = Field(default=None, foreign_key="account.id", sa_type=BigInt, index=True)
    text: str
    at: datetime
    answer_by: date
    answered_at: datetime | None = None
    actor: str


class LevelLowered(SQLModel, table=True):
    """A supervisor let an account go down to a lower level of collector, with the reason (handbook section 5)."""

    __tablename__ = "level_lowered"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    account_id: int = Field(foreign_key="account.id", sa_type=BigInt, index=True)
    level: Level = Field(sa_type=enum_column(Level))
    reason: str
    at: datetime
    actor: str


class Offer(SQLModel, table=True):
    """Terms that were told to the borrower: that sum by that moment, and the rest is waived. What the terms are is in
    the room of terms; here is what contact reads of them."""

    __tablename__ = "offer"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    account_id: int = Field(foreign_key="account.id", sa_type=BigInt, index=True)
    total: int = Field(sa_type=BigInt)
    """Minor units."""
    at: datetime
    due_at: datetime
    source: str
    """As "terms:12"."""
    actor: str
    kept_at: datetime | None = None
    """When it was found paid in time; empty again when a payment was taken back."""
    ended_at: datetime | None = None
    """When it lapsed or was withdrawn."""

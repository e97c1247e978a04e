"""What the carrier was given, and what it said about it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, text
from sqlmodel import Field, Index, SQLModel, UniqueConstraint

from collector.dispatch.rules import AgentState, BrakeKind, BrakeState, InboundState, Progress, RecordingState
from collector.foundation.database import BigInt, Json, enum_column
from collector.history.rules import Channel


class Submission(SQLModel, table=True):
    """One message or call handed to the carrier: the row is written before the carrier is called."""

    __tablename__ = "submission"
    __table_args__ = (
        Index("ix_submission_to", "to_number", "submitted_at"),
        Index("ix_submission_progress", "progress", "submitted_at"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    task_id: int | None = Field(default=None, foreign_key="task.id", sa_type=BigInt, unique=True)
    person_id: int | None = Field(default=None, foreign_key="person.id", sa_type=BigInt)
    channel: Channel = Field(sa_type=enum_column(Channel))
    carrier: str
    sid: str | None = Field(default=None, unique=True)
    child_sid: str | None = Field(default=None, unique=True)
    """Of a call: the borrower's leg."""
    from_number: str
    to_number: str
    body: str | None = None
    segments: int = 1
    token: str = Field(unique=True)
    progress: Progress = Field(default=Progress.submitted, sa_type=enum_column(Progress))
    error_code: int | None = None
    error: str | None = None
    submitted_at: datetime
    updated_at: datetime
    seconds: int | None = None


class CarrierEvent(SQLModel, table=True):
    """Every webhook that was taken, once."""

    __tablename__ = "carrier_event"
    __table_args__ = (UniqueConstraint("sid", "kind", "status"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    sid: str
    kind: str
    status: str
    at: datetime
    payload: dict[str, Any] = Field(default_factory=dict, sa_type=Json)


class InboundMessage(SQLModel, table=True):
    """An SMS somebody sent to one of our numbers, and how it was read."""

    __tablename__ = "inbound_message"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    sid: str = Field(unique=True)
    from_number: str = Field(index=True)
    to_number: str
    body: str
    at: datetime
    person_id: int | None = Field(default=None, foreign_key="person.id", sa_type=BigInt, index=True)
    portfolio_id: int | None = Field(default=None, foreign_key="portfolio.id", sa_type=BigInt)
    reading: str
    handled_at: datetime | None = None
    """None while a person must look at it."""
    handled_by: str | None = None
    replied: bool = False
    call_id: int | None = Field(default=None, sa_type=BigInt)
    """Of a call that nobody took: the call."""
    callback_id: int | None = Field(default=None, sa_type=BigInt)
    """And the call-back that answers it."""


_AT_A_DESK = text("state IN ('ringing', 'talking', 'over')")


class InboundCall(SQLModel, table=True):
    """Somebody called one of our numbers. `person_id` is empty while it is not known who it is: nobody has the number,
    or several people do and the agent has not chosen. Nothing here says that they were verified."""

    __tablename__ = "inbound_call"
    __table_args__ = (Index("ix_inbound_call_user", "user_id", sqlite_where=_AT_A_DESK, postgresql_where=_AT_A_DESK),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    sid: str = Field(unique=True)
    from_number: str
    to_number: str
    at: datetime
    portfolio_id: int | None = Field(default=None, foreign_key="portfolio.id", sa_type=BigInt)
    """Whose line they called."""
    person_id: int | None = Field(default=None, foreign_key="person.id", sa_type=BigInt)
    account_id: int | None = Field(default=None, foreign_key="account.id", sa_type=BigInt)
    """Of what they owe there, the account that is opened first."""
    user_id: int | None = Field(default=None, foreign_key="user_account.id", sa_type=BigInt)
    """Whose phone rings, or who took it."""
    rung: list[int] = Field(default_factory=list, sa_type=Json)
    """Users whose phone it rang, in order."""
    state: InboundState = Field(default=InboundState.ringing, sa_type=enum_column(InboundState))
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    seconds: int | None = None
    attempt_id: int | None = Field(default=None, foreign_key="attempt.id", sa_type=BigInt, index=True)
    """The contact on record, once it is known with whom."""


class Recording(SQLModel, table=True):
    """A recorded call: one of ours, or one that came in. The sound is a file named by `id` in the folder of recordings;
    here is what proves it whole."""

    __tablename__ = "recording"
    __table_args__ = (
        Index("ix_recording_state", "state", "keep_until"),
        CheckConstraint("(task_id IS NULL) <> (inbound_call_id IS NULL)", name="of_one_call"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    sid: str = Field(unique=True)
    task_id: int | None = Field(default=None, foreign_key="task.id", sa_type=BigInt, index=True)
    inbound_call_id: int | None = Field(default=None, foreign_key="inbound_call.id", sa_type=BigInt, index=True)
    portfolio_id: int = Field(foreign_key="portfolio.id", sa_type=BigInt)
    agent: str
    """Who was on the line, as the audit names them."""
    at: datetime
    seconds: int
    state: RecordingState = Field(default=RecordingState.waiting, sa_type=enum_column(RecordingState))
    size: int | None = None
    sha256: str | None = None
    """Of the file, hex."""
    keep_until: date


class CallScore(SQLModel, table=True):
    """What a listener found in a recording; only added to."""

    __tablename__ = "call_score"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    recording_id: int = Field(foreign_key="recording.id", sa_type=BigInt, index=True)
    at: datetime
    actor: str
    met: list[str] = Field(default_factory=list, sa_type=Json)
    """Criteria that were met."""
    percent: int
    note: str = ""


class AgentStateRow(SQLModel, table=True):
    """What an agent chose, ready or break: never changed, the newest row of a user holds. What they are doing besides
    follows from their calls (`rules.state_of`)."""

    __tablename__ = "agent_state"
    __table_args__ = (Index("ix_agent_state_user", "user_id", "id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    user_id: int = Field(foreign_key="user_account.id", sa_type=BigInt)
    state: AgentState = Field(sa_type=enum_column(AgentState))
    at: datetime


class Brake(SQLModel, table=True):
    """Something new that a portfolio's messages follow, and whether it may go on (`rules.brake`)."""

    __tablename__ = "brake"
    __table_args__ = (UniqueConstraint("portfolio_id", "kind", "what"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    portfolio_id: int = Field(foreign_key="portfolio.id", sa_type=BigInt)
    kind: BrakeKind = Field(sa_type=enum_column(BrakeKind))
    what: str
    """Digest of the strategy, or "language/name digest" of the text."""
    name: str
    """As people call it."""
    state: BrakeState = Field(default=BrakeState.sampling, sa_type=enum_column(BrakeState))
    began_at: datetime
    state_at: datetime


class BrakeSample(SQLModel, table=True):
    """One of the first messages that followed something new."""

    __tablename__ = "brake_sample"

    brake_id: int = Field(foreign_key="brake.id", sa_type=BigInt, primary_key=True)
    task_id: int = Field(foreign_key="task.id", sa_type=BigInt, primary_key=True)
    person_id: int = Field(foreign_key="person.id", sa_type=BigInt)
    at: datetime


class MessagesOut(SQLModel, table=True):
    """How many messages of a portfolio one claim let go: what an hour's sum is made of. Below zero: so many of them
    were not taken by the carrier."""

    __tablename__ = "messages_out"
    __table_args__ = (Index("ix_messages_out_portfolio", "portfolio_id", "at"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    portfolio_id: int = Field(foreign_key="portfolio.id", sa_type=BigInt)
    at: datetime
    number: int

"""Plan runs, the tasks they published, and the refusals they met."""

from datetime import date, datetime
from typing import Any

from sqlmodel import Field, Index, SQLModel, text

from collector.foundation.database import BigInt, Json, enum_column
from collector.history.rules import Channel
from collector.planning.rules.words import Moment, Purpose, RunState, TaskState


class PlanRun(SQLModel, table=True):
    """One night plan of one portfolio. Its tasks are seen while it is `current`; the next run supersedes it."""

    __tablename__ = "plan_run"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    portfolio_id: int = Field(foreign_key="portfolio.id", sa_type=BigInt, index=True)
    at: datetime
    day: date
    state: RunState = Field(default=RunState.building, sa_type=enum_column(RunState), index=True)
    strategy: str
    """ "name@version"."""
    counts: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    left_out: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    digest: str = ""
    started_at: datetime
    published_at: datetime | None = None


class Task(SQLModel, table=True):
    """One intended contact: one person, one contact point, a lead account and the accounts it is about."""

    __tablename__ = "task"
    __table_args__ = (
        Index("ix_task_open_person", "person_id", "state"),
        Index(
            "ix_task_queue",
            "run_id",
            "channel",
            "rank",
            "id",
            postgresql_where=text("state = 'planned'"),
            sqlite_where=text("state = 'planned'"),
        ),
        Index(
            "ix_task_left",
            "run_id",
            "segment",
            "not_after",
            postgresql_where=text("state = 'planned' AND channel = 'call'"),
            sqlite_where=text("state = 'planned' AND channel = 'call'"),
        ),
        Index("ix_task_account", "account_id"),
        Index(
            "ix_task_campaign",
            "campaign_id",
            postgresql_where=text("campaign_id IS NOT NULL"),
            sqlite_where=text("campaign_id IS NOT NULL"),
        ),
        Index(
            "ix_task_attempt",
            "attempt_id",
            postgresql_where=text("attempt_id IS NOT NULL"),
            sqlite_where=text("attempt_id IS NOT NULL"),
        ),
        Index(
            "ix_task_claimed",
            "claimed_by",
            "state",
            postgresql_where=text("claimed_by IS NOT NULL"),
            sqlite_where=text("claimed_by IS NOT NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    run_id: int = Field(foreign_key="plan_run.id", sa_type=BigInt)
    portfolio_id: int = Field(foreign_key="portfolio.id", sa_type=BigInt)
    person_id: int = Field(foreign_key="person.id", sa_type=BigInt)
    account_id: int = Field(foreign_key="account.id", sa_type=BigInt)
    debts: str
    """Ids of all accounts it is about, as JSON."""
    contact_point_id: int | None = Field(default=None, foreign_key="contact_point.id", sa_type=BigInt)
    number: str | None = None
    channel: Channel = Field(sa_type=enum_column(Channel))
    purpose: Purpose = Field(sa_type=enum_column(Purpose))
    segment: str
    stage: str
    level: str
    step: str | None = None
    skipped: str | None = None
    """Keys of the steps that were jumped over, as JSON."""
    template: str | None = None
    tone: str | None = None
    caller: str | None = None
    slot: str | None = None
    not_before: datetime
    not_after: datetime
    rank: int = Field(sa_type=BigInt)
    """Smaller is sooner."""
    priority: str
    """Every part of the rank, as JSON: what is shown to the agent as "why here"."""
    reason: str
    owner_id: int | None = Field(default=None, foreign_key="user_account.id", sa_type=BigInt)
    callback_id: int | None = Field(default=None, sa_type=BigInt)
    campaign_id: int | None = Field(default=None, sa_type=BigInt)
    state: TaskState = Field(default=TaskState.planned, sa_type=enum_column(TaskState))
    state_reason: str | None = None
    claimed_by: str | None = None
    claimed_at: datetime | None = None
    lease_until: datetime | None = None
    submitted_at: datetime | None = None
    """When `sending` was committed: the moment it counts as placed from."""
    done_at: datetime | None = None
    token: str | None = Field(default=None, index=True)
    """128 random bits in the callback address; set at the claim."""
    attempt_id: int | None = Field(default=None, foreign_key="attempt.id", sa_type=BigInt)


class Refusal(SQLModel, table=True):
    """A contact the gate did not allow, with every rule that spoke."""

    __tablename__ = "refusal"
    __table_args__ = (
        Index("ix_refusal_person", "person_id", "at"),
        Index("ix_refusal_portfolio", "portfolio_id", "at"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    run_id: int | None = Field(default=None, foreign_key="plan_run.id", sa_type=BigInt)
    task_id: int | None = Field(default=None, foreign_key="task.id", sa_type=BigInt)
    portfolio_id: int = Field(foreign_key="portfolio.id", sa_type=BigInt)
    person_id: int = Field(foreign_key="person.id", sa_type=BigInt)
    account_id: int = Field(foreign_key="account.id", sa_type=BigInt)
    channel: Channel = Field(sa_type=enum_column(Channel))
    purpose: Purpose = Field(sa_type=enum_column(Purpose))
    moment: Moment = Field(sa_type=enum_column(Moment))
    answer: str
    rules: str
    """JSON: [{id, answer, reason}]."""
    at: datetime
    earliest: datetime | None = None

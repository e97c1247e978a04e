"""Campaigns: whom somebody chose for one message or one call, and what became of each."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, Index, SQLModel, UniqueConstraint, text

from collector.foundation.database import BigInt, Json, enum_column
from collector.history.rules import CampaignState, Channel, MemberState


class Campaign(SQLModel, table=True):
    """What was chosen and asked for. Only its state and the marks of its brake change once it is made."""

    __tablename__ = "campaign"
    __table_args__ = (Index("ix_campaign_portfolio", "portfolio_id", "id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    portfolio_id: int = Field(foreign_key="portfolio.id", sa_type=BigInt)
    name: str
    reason: str
    channel: Channel = Field(sa_type=enum_column(Channel))
    template: str | None = None
    tone: str | None = None
    note: str = ""
    """What the agent is to say: of a campaign of calls."""
    slot: str | None = None
    """The slot of the strategy that is tried first."""
    starts_at: datetime
    ends_at: datetime
    """Days of the portfolio's calendar: the first moment that is outside."""
    chosen: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    """The conditions by which the accounts were chosen, as written."""
    digest: str
    """Of everything that was shown before it was made, the accounts among it."""
    accounts: int
    people: int
    money: int = Field(sa_type=BigInt)
    """Overdue when it was made, minor units."""
    state: CampaignState = Field(default=CampaignState.draft, sa_type=enum_column(CampaignState))
    state_at: datetime
    why: str = ""
    """Why it is paused or over, when the program did it."""
    made_by: str
    made_at: datetime
    approval_id: int | None = Field(default=None, foreign_key="approval.id", sa_type=BigInt)
    measured_from: datetime | None = None
    """The brake counts contacts from then on: the beginning, or when a person last said that it may go on."""
    passed_at: datetime | None = None
    """When the first contacts were found to be good, and all others released."""


class CampaignMember(SQLModel, table=True):
    """An account of a campaign. The plan knows of it from `released_at` until `ended_at`."""

    __tablename__ = "campaign_member"
    __table_args__ = (
        UniqueConstraint("campaign_id", "account_id"),
        Index("ix_campaign_member_state", "campaign_id", "state", "id"),
        Index(
            "ix_campaign_member_person",
            "person_id",
            postgresql_where=text("released_at IS NOT NULL"),
            sqlite_where=text("released_at IS NOT NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    campaign_id: int = Field(foreign_key="campaign.id", sa_type=BigInt)
    account_id: int = Field(foreign_key="account.id", sa_type=BigInt)
    person_id: int = Field(foreign_key="person.id", sa_type=BigInt)
    """The borrower: contacted once, about whichever of the person's accounts is most urgent."""
    state: MemberState = Field(default=MemberState.waiting, sa_type=enum_column(MemberState))
    not_before: datetime | None = None
    """While it waits: its turn does not come earlier."""
    released_at: datetime | None = None
    ended_at: datetime | None = None
    done_at: datetime | None = None
    task_id: int | None = Field(default=None, sa_type=BigInt, index=True)
    """The contact that was made; tasks are a floor above."""
    rule: str = ""
    """What kept it from being contacted, last: rules by commas, or `SILENT`."""

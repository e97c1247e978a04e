"""Hand-overs to skip-tracing and legal, every step of each, and groups that were filed together."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel, UniqueConstraint

from collector.foundation.database import BigInt, Json, enum_column
from collector.history.rules import ReferralKind, ReferralState, Route, StepKind


class Referral(SQLModel, table=True):
    """An account handed to skip-tracing or legal, with the evidence that speaks for it."""

    __tablename__ = "referral"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    kind: ReferralKind = Field(sa_type=enum_column(ReferralKind), index=True)
    person_id: int = Field(foreign_key="person.id", sa_type=BigInt, index=True)
    account_id: int = Field(foreign_key="account.id", sa_type=BigInt, index=True)
    portfolio_id: int = Field(foreign_key="portfolio.id", sa_type=BigInt)
    state: ReferralState = Field(default=ReferralState.proposed, sa_type=enum_column(ReferralState), index=True)
    reasons: list[dict[str, Any]] = Field(default_factory=list, sa_type=Json)
    """Each: trigger, words, numbers, since."""
    evidence: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    opened_at: datetime
    opened_by: str
    state_at: datetime
    state_by: str
    state_reason: str = ""
    route: Route | None = Field(default=None, sa_type=enum_column(Route))
    """By which legal pursues it now; None: nobody has decided."""
    negotiator_id: int | None = Field(default=None, foreign_key="user_account.id", sa_type=BigInt)
    """The one who may go on talking with who owes it."""
    filing_id: int | None = Field(default=None, foreign_key="filing.id", sa_type=BigInt, index=True)


class ReferralStep(SQLModel, table=True):
    """What was decided about a referral, with how it stands from then on. Rows are only added."""

    __tablename__ = "referral_step"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    referral_id: int = Field(foreign_key="referral.id", sa_type=BigInt, index=True)
    account_id: int = Field(foreign_key="account.id", sa_type=BigInt, index=True)
    referred_to: ReferralKind = Field(sa_type=enum_column(ReferralKind))
    kind: StepKind = Field(sa_type=enum_column(StepKind))
    state: ReferralState = Field(sa_type=enum_column(ReferralState))
    route: Route | None = Field(default=None, sa_type=enum_column(Route))
    proposed: Route | None = Field(default=None, sa_type=enum_column(Route))
    """The route that was proposed to whom who decided; it may differ from theirs."""
    negotiator_id: int | None = Field(default=None, foreign_key="user_account.id", sa_type=BigInt)
    filing_id: int | None = Field(default=None, foreign_key="filing.id", sa_type=BigInt)
    reason: str = ""
    at: datetime
    actor: str


class Filing(SQLModel, table=True):
    """Referrals that are filed together, under one number."""

    __tablename__ = "filing"
    __table_args__ = (UniqueConstraint("portfolio_id", "number"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    portfolio_id: int = Field(foreign_key="portfolio.id", sa_type=BigInt)
    number: str
    """As CODE-2026-003."""
    cases: int
    at: datetime
    actor: str

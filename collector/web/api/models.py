"""What the API takes: unknown fields are refused, money is decimal text in major units, moments carry an offset."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from collector.history.rules import (
    Ability,
    Cause,
    Channel,
    HoldScope,
    Outcome,
    ReferralState,
    Route,
    StopKind,
    Willingness,
)
from collector.identity.rules import Level
from collector.portfolio.rules import PartyRole

Moment = Annotated[str, Field(max_length=40, examples=["2026-05-12T09:30+08:00"])]
AccountKey = Annotated[str, Field(max_length=200, examples=["CN-CASH/100001"], description="CODE/NO, or a unique NO")]
PersonKey = Annotated[str, Field(max_length=200, description="CODE/NO of an account, or the person's number")]
Code = Annotated[str, Field(max_length=100, description="Code of a portfolio")]
Words = Annotated[str, Field(max_length=4000)]
At = Annotated[Moment | None, Field(description="The moment that counts; default: now")]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, str_strip_whitespace=True)


class OnlyAt(Strict):
    at: At = None


class PlanAsked(Strict):
    portfolio: Code | None = None
    dry_run: bool = False
    at: At = None


class SendAsked(Strict):
    limit: int = Field(100_000, ge=1)
    at: At = None


class NextCallAsked(Strict):
    agent: str = Field(max_length=100, description="Name of the user who will talk")
    at: At = None


class OutcomeAsked(Strict):
    outcome: Outcome
    note: Words | None = None
    seconds: int | None = Field(None, ge=0, le=86_400)
    at: At = None


class DoneAsked(Strict):
    note: Words | None = Field(None, description="A letter's posting number; a visit's report, required")
    at: At = None


class PromiseAsked(Strict):
    account: AccountKey
    amount: str = Field(max_length=30, examples=["1200.00"])
    due_at: Moment
    way: str = Field("", max_length=200)
    promised_by: PartyRole = PartyRole.borrower
    plan_key: str | None = Field(None, max_length=100)
    at: At = None


class AccountAsked(Strict):
    account: AccountKey
    at: At = None


class ProofAsked(Strict):
    found: bool
    at: At = None


class CallbackAsked(Strict):
    account: AccountKey
    due_at: Moment
    at: At = None


class DispositionAsked(Strict):
    account: AccountKey
    spoke_to: str = Field("borrower", max_length=40)
    cause: Cause | None = None
    willingness: Willingness | None = None
    ability: Ability | None = None
    refuses: bool = False
    next_step: str | None = Field(None, max_length=400)
    note: Words | None = None
    at: At = None


class DisputeAsked(Strict):
    account: AccountKey
    reason: Words = Field(min_length=1)
    at: At = None


class AnswerAsked(Strict):
    answer: Words = Field(min_length=1)
    at: At = None


class FoundAsked(Strict):
    person: PersonKey
    phone: str = Field(max_length=40)
    at: At = None


class StopAsked(Strict):
    person: PersonKey
    kind: StopKind
    channel: Channel | None = None
    number: str | None = Field(None, max_length=40)
    reason: Words = ""
    until: Moment | None = None
    at: At = None


class ReasonAsked(Strict):
    reason: Words = Field(min_length=1)
    at: At = None


class HoldAsked(Strict):
    scope: HoldScope
    subject: str | None = Field(None, max_length=300, description="CODE/NO, person, portfolio code, or CODE:segment")
    until: Moment | None = None
    note: Words = ""
    at: At = None


class PauseAsked(Strict):
    account: AccountKey
    first: date
    last: date
    reason: Words = ""
    at: At = None


class LevelAsked(Strict):
    account: AccountKey
    level: Level
    reason: Words = Field(min_length=1)
    at: At = None


class ReferralAsked(Strict):
    state: ReferralState
    reason: Words = ""
    route: Route | None = None
    negotiator: str | None = Field(default=None, max_length=60)
    """Login of the one who may go on talking."""
    at: At = None


class MatchAsked(Strict):
    account: AccountKey
    at: At = None


class SearchAsked(Strict):
    text: str = Field(min_length=3, max_length=100)
    at: At = None


class StrategyAsked(Strict):
    text: str = Field(max_length=262_144, description="The strategy as YAML")
    portfolio: Code | None = None
    at: At = None


class PublishAsked(StrategyAsked):
    reason: Words = Field(min_length=1)
    start: Moment | None = None


class CheckAsked(BaseModel):
    """The gate's own document: its shapes are at /api/v1/check/schema."""

    model_config = ConfigDict(extra="allow", hide_input_in_errors=True)

    def document(self) -> dict[str, Any]:
        return self.model_dump()

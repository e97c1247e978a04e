"""Contacts and what was said in them. Attempts, outcomes, dispositions: a correction is a new row."""

from datetime import date, datetime
from typing import Any

from sqlmodel import Field, Index, SQLModel, UniqueConstraint

from collector.foundation.database import BigInt, Json, enum_column
from collector.history.rules import (
    Ability,
    Cause,
    Channel,
    Direction,
    Outcome,
    PromiseState,
    RoundEnd,
    Willingness,
)


class Attempt(SQLModel, table=True):
    """One contact, placed or received. `day` is the person's local day; `debts` the accounts it was about."""

    __tablename__ = "attempt"
    __table_args__ = (
        UniqueConstraint("natural_key"),
        Index("ix_attempt_person_at", "person_id", "at"),
        Index("ix_attempt_portfolio_at", "portfolio_id", "at"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    natural_key: str
    """What makes it one: "task:<id>", "carrier:<sid>", "event:<digest of the imported row>"."""
    person_id: int = Field(foreign_key="person.id", sa_type=BigInt)
    portfolio_id: int = Field(foreign_key="portfolio.id", sa_type=BigInt)
    account_id: int | None = Field(default=None, foreign_key="account.id", sa_type=BigInt, index=True)
    """The lead account."""
    debts: list[int] = Field(default_factory=list, sa_type=Json)
    contact_point_id: int | None = Field(default=None, foreign_key="contact_point.id", sa_type=BigInt)
    channel: Channel = Field(sa_type=enum_column(Channel))
    direction: Direction = Field(sa_type=enum_column(Direction))
    number: str | None = None
    caller: str | None = None
    slot: str | None = None
    at: datetime
    day: date
    purpose: str = "collect"
    step: str | None = None
    """The cadence step it carried out, as "cadence/offset"; None: none, as for call-backs and closing SMS."""
    level: str | None = None
    """The level of collector it was worked at; None: not known, as of contacts that a book brought along."""
    text: str | None = None
    """What was written; of a letter its posting number, of a visit its report."""
    actor: str
    recorded_at: datetime


class OutcomeRow(SQLModel, table=True):
    """How an attempt ended; the newest row of an attempt holds."""

    __tablename__ = "outcome"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    attempt_id: int = Field(foreign_key="attempt.id", sa_type=BigInt, index=True)
    outcome: Outcome = Field(sa_type=enum_column(Outcome))
    seconds: int | None = None
    note: str | None = None
    occurred_at: datetime
    recorded_at: datetime = Field(index=True)
    actor: str


class Delivery(SQLModel, table=True):
    """A delivered receipt for an SMS attempt: what later reopens a round, or proves arrival."""

    __tablename__ = "delivery"

    attempt_id: int = Field(foreign_key="attempt.id", primary_key=True, sa_type=BigInt)
    at: datetime
    status: str


class Disposition(SQLModel, table=True):
    """What a conversation came to (handbook section 7)."""

    __tablename__ = "disposition"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    attempt_id: int | None = Field(default=None, foreign_key="attempt.id", sa_type=BigInt)
    person_id: int = Field(foreign_key="person.id", sa_type=BigInt, index=True)
    account_id: int | None = Field(default=None, foreign_key="account.id", sa_type=BigInt, index=True)
    spoke_to: str = "borrower"
    cause: Cause | None = Field(default=None, sa_type=enum_column(Cause))
    willingness: Willingness | None = Field(default=None, sa_type=enum_column(Willingness))
    ability: Ability | None = Field(default=None, sa_type=enum_column(Ability))
    refuses: bool = False
    next_step: str | None = None
    note: str | None = None
    occurred_at: datetime
    recorded_at: datetime
    actor: str


class SaidInCall(SQLModel, table=True):
    """What was recorded in a call that came in: a promise, a dispute, a call-back, by kind and number."""

    __tablename__ = "said_in_call"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    attempt_id: int = Field(foreign_key="attempt.id", sa_type=BigInt, index=True)
    subject: str = Field(unique=True)


class CallbackRow(SQLModel, table=True):
    """A call the person agreed to; it returns to the agent who agreed it."""

    __tablename__ = "callback"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    person_id: int = Field(foreign_key="person.id", sa_type=BigInt, index=True)
    account_id: int = Field(foreign_key="account.id", sa_type=BigInt, index=True)
    contact_point_id: int | None = Field(default=None, foreign_key="contact_point.id", sa_type=BigInt)
    user_id: int | None = Field(default=None, foreign_key="user_account.id", sa_type=BigInt, index=True)
    due_at: datetime
    made_at: datetime
    done_at: datetime | None = None


class Promise(SQLModel, table=True):
    """A promise to pay: an amount, an exact moment, a way, and who promised."""

    __tablename__ = "promise"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    account_id: int = Field(foreign_key="account.id", sa_type=BigInt, index=True)
    person_id: int = Field(foreign_key="person.id", sa_type=BigInt, index=True)
    amount: int = Field(sa_type=BigInt)
    due_at: datetime
    way: str = ""
    promised_by: str = "borrower"
    made_at: datetime
    """When it was promised; payments count from then."""
    recorded_at: datetime = Field(index=True)
    actor: str
    plan_key: str | None = None
    """The same for all promises of one plan."""
    state: PromiseState = Field(default=PromiseState.open, sa_type=enum_column(PromiseState), index=True)
    paid: int = Field(default=0, sa_type=BigInt)
    decided_at: datetime | None = Field(default=None, index=True)
    withdrawn_because: str | None = None
    approval_id: int | None = Field(default=None, foreign_key="approval.id", sa_type=BigInt)
    """Set when a supervisor had to agree."""
    reminded_at: datetime | None = None
    natural_key: str | None = Field(default=None, unique=True)


class RoundEnded(SQLModel, table=True):
    """The end of a 3:3:3 round of a phone, with the calls that prove it."""

    __tablename__ = "round_ended"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    contact_point_id: int = Field(foreign_key="contact_point.id", sa_type=BigInt, index=True)
    person_id: int = Field(foreign_key="person.id", sa_type=BigInt, index=True)
    how: RoundEnd = Field(sa_type=enum_column(RoundEnd))
    at: datetime
    evidence: dict[str, Any] = Field(default_factory=dict, sa_type=Json)


class ClosingRefused(SQLModel, table=True):
    """The closing SMS of a round could not lawfully or possibly be sent: recorded with the rules that said so."""

    __tablename__ = "closing_refused"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    contact_point_id: int = Field(foreign_key="contact_point.id", sa_type=BigInt, index=True)
    person_id: int = Field(foreign_key="person.id", sa_type=BigInt, index=True)
    at: datetime
    rules: list[str] = Field(default_factory=list, sa_type=Json)


class Verification(SQLModel, table=True):
    """A try to find out whether it is them, by what they said; which identifiers, never what was said."""

    __tablename__ = "verification"
    __table_args__ = (Index("ix_verification_person_at", "person_id", "at"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    person_id: int = Field(foreign_key="person.id", sa_type=BigInt)
    account_id: int = Field(foreign_key="account.id", sa_type=BigInt)
    """The account they were called or called about."""
    call: int | None = Field(default=None, sa_type=BigInt)
    """The task of the call; None where they called."""
    inbound: int | None = Field(default=None, sa_type=BigInt)
    """The call that came in; None where we called."""
    at: datetime
    right: list[str] = Field(default_factory=list, sa_type=Json)
    wrong: list[str] = Field(default_factory=list, sa_type=Json)
    passed: bool
    actor: str


class Look(SQLModel, table=True):
    """Somebody opened a person's file; `why` where it was another's case. Only added to; `why` may be emptied."""

    __tablename__ = "look"
    __table_args__ = (Index("ix_look_user_at", "user_id", "at"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    user_id: int = Field(foreign_key="user_account.id", sa_type=BigInt)
    person_id: int = Field(foreign_key="person.id", sa_type=BigInt)
    account_id: int = Field(foreign_key="account.id", sa_type=BigInt)
    at: datetime
    why: str | None = None

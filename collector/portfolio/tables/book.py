"""The book: portfolios, people, accounts, schedules, payments, parties, contact points; and what was loaded."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import text
from sqlmodel import Field, Index, SQLModel, UniqueConstraint

from collector.foundation.database import BigInt, Json, enum_column
from collector.portfolio.rules import (
    BorrowerType,
    CollectorType,
    ContactKind,
    ContactOwner,
    ContactStatus,
    DebtType,
    GuaranteeKind,
    LoadKind,
    PartyRole,
    PaymentKind,
    PaymentState,
    Security,
    ValueTier,
)

NO_PAYMENT: dict[str, Any] = {"sqlite_where": text("kind <> 'payment'"), "postgresql_where": text("kind <> 'payment'")}
"""Failed debits and reversals are few among payments, and are asked for by day."""


class Portfolio(SQLModel, table=True):
    """A book of one creditor. `payments_as_of`: every payment made up to then is loaded."""

    __tablename__ = "portfolio"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    code: str = Field(unique=True)
    creditor: str
    collector_type: CollectorType = Field(sa_type=enum_column(CollectorType))
    debt_type: DebtType = Field(sa_type=enum_column(DebtType))
    currency: str
    timezone: str
    jurisdiction: str
    """The pack: cn, us, in, uk, house."""
    language: str
    sender_name: str
    signature: str = ""
    pay_instructions: str = ""
    links: list[str] = Field(default_factory=list, sa_type=Json)
    """Hosts and links that its texts may name. With the next two, approved data: it changes only by two people, as do
    creditor, sender, signature, pay instructions and caller numbers (`rules.ways`)."""
    call_backs: list[str] = Field(default_factory=list, sa_type=Json)
    """Numbers to call, besides the caller numbers."""
    pay_accounts: list[str] = Field(default_factory=list, sa_type=Json)
    """Account numbers to pay to."""
    grace_days: int = 0
    payments_as_of: datetime | None = None
    tightening: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    """Parameters by which the portfolio is stricter than its pack."""


class CallerNumber(SQLModel, table=True):
    """A number of the creditor's own, registered, shown truthfully."""

    __tablename__ = "caller_number"
    __table_args__ = (UniqueConstraint("portfolio_id", "number"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    portfolio_id: int = Field(foreign_key="portfolio.id", sa_type=BigInt)
    number: str
    channels: str = "call,sms"
    resting_until: datetime | None = None


class PortfolioAccess(SQLModel, table=True):
    """Who may see which portfolio: exactly one of user and key."""

    __tablename__ = "portfolio_access"
    __table_args__ = (UniqueConstraint("portfolio_id", "user_id", "api_key_id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    portfolio_id: int = Field(foreign_key="portfolio.id", sa_type=BigInt)
    user_id: int | None = Field(default=None, foreign_key="user_account.id", sa_type=BigInt, index=True)
    api_key_id: int | None = Field(default=None, foreign_key="api_key.id", sa_type=BigInt, index=True)


class Partner(SQLModel, table=True):
    __tablename__ = "partner"
    __table_args__ = (UniqueConstraint("portfolio_id", "name"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    portfolio_id: int = Field(foreign_key="portfolio.id", sa_type=BigInt)
    name: str
    kind: str = "dealer"


class Person(SQLModel, table=True):
    """A human or company, installation-wide; the same only by ID type and number, through `id_index`."""

    __tablename__ = "person"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    name: str
    id_type: str | None = None
    id_sealed: str | None = None
    id_index: str | None = Field(default=None, unique=True)
    natural_key: str | None = Field(default=None, unique=True)
    """Without an ID: "account:<portfolio id>/<account_no>:borrower" or "...:<role>/<name>", so that loading twice
    finds the same person. A person keeps it when an ID comes to be known later."""
    salt: str
    """For HMACs of this person in the audit; erased with the person."""
    language: str = ""
    employer: str | None = None


class Account(SQLModel, table=True):
    __tablename__ = "account"
    __table_args__ = (
        UniqueConstraint("account_no", "portfolio_id"),
        Index("ix_account_card", "portfolio_id", "card_no"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    portfolio_id: int = Field(foreign_key="portfolio.id", sa_type=BigInt)
    account_no: str
    card_no: str | None = None
    person_id: int = Field(foreign_key="person.id", sa_type=BigInt, index=True)
    product: str = "cash"
    partner_id: int | None = Field(default=None, foreign_key="partner.id", sa_type=BigInt)
    security: Security = Field(default=Security.credit, sa_type=enum_column(Security))
    principal: int = Field(default=0, sa_type=BigInt)
    annual_rate: str | None = None
    """Percent as decimal text, such as "14.07": exact."""
    penalty_rate: str | None = None
    opened_on: date | None = None
    matures_on: date | None = None
    autopay: bool = False
    borrower_type: BorrowerType = Field(default=BorrowerType.other, sa_type=enum_column(BorrowerType))
    value_tier: ValueTier = Field(default=ValueTier.ordinary, sa_type=enum_column(ValueTier))
    language: str | None = None
    timezone: str | None = None
    payday: int | None = None
    arbitration: bool = False
    """With the two below, what is known of the contract: it sends disputes to arbitration."""
    notarised: bool = False
    """A notary certified it as enforceable without a judgment."""
    service_address: bool = False
    """It names an address at which papers of a court count as served."""
    owner_id: int | None = Field(default=None, foreign_key="user_account.id", sa_type=BigInt, index=True)
    standby_id: int | None = Field(default=None, foreign_key="user_account.id", sa_type=BigInt)
    reported_on: date | None = None
    """With the four below: lateness as the creditor reported it, where there is no schedule (see `Reported`)."""
    reported_min: int | None = None
    reported_max: int | None = None
    reported_overdue: int | None = Field(default=None, sa_type=BigInt)
    reported_balance: int | None = Field(default=None, sa_type=BigInt)


class InstalmentRow(SQLModel, table=True):
    __tablename__ = "instalment"
    __table_args__ = (UniqueConstraint("account_id", "number"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    account_id: int = Field(foreign_key="account.id", sa_type=BigInt)
    number: int
    due_on: date
    amount_due: int = Field(sa_type=BigInt)
    principal: int | None = Field(default=None, sa_type=BigInt)
    interest: int | None = Field(default=None, sa_type=BigInt)
    fee: int | None = Field(default=None, sa_type=BigInt)


class PaymentRow(SQLModel, table=True):
    """A line of a payment file. `account_id` is empty while it is held for a person to match."""

    __tablename__ = "payment"
    __table_args__ = (
        UniqueConstraint("portfolio_id", "reference"),
        Index("ix_payment_reverses", "portfolio_id", "reverses"),
        Index("ix_payment_paid_on", "portfolio_id", "paid_on"),
        Index("ix_payment_takes_back", "portfolio_id", "takes_back"),
        Index("ix_payment_moves_none", "portfolio_id", "kind", "paid_on", **NO_PAYMENT),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    portfolio_id: int = Field(foreign_key="portfolio.id", sa_type=BigInt)
    reference: str
    account_id: int | None = Field(default=None, foreign_key="account.id", sa_type=BigInt, index=True)
    account_no: str | None = None
    card_no: str | None = None
    payer_name: str | None = None
    amount: int = Field(sa_type=BigInt)
    paid_at: datetime
    paid_on: date
    """Local day of `paid_at` in the portfolio's zone: what ageing counts by."""
    kind: PaymentKind = Field(sa_type=enum_column(PaymentKind))
    reverses: str | None = None
    takes_back: str | None = None
    """Of a reversal whose own words lead nowhere: the payment that two people found it takes back."""
    reason: str | None = None
    state: PaymentState = Field(sa_type=enum_column(PaymentState), index=True)
    loaded_at: datetime


class Party(SQLModel, table=True):
    __tablename__ = "party"
    __table_args__ = (UniqueConstraint("account_id", "person_id", "role"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    account_id: int = Field(foreign_key="account.id", sa_type=BigInt)
    person_id: int = Field(foreign_key="person.id", sa_type=BigInt, index=True)
    role: PartyRole = Field(sa_type=enum_column(PartyRole))
    guarantee_kind: GuaranteeKind | None = Field(default=None, sa_type=enum_column(GuaranteeKind))
    guarantee_until: date | None = None


class ContactPoint(SQLModel, table=True):
    """A way to reach a person; `portfolio_id` brought it, and only that portfolio sees it."""

    __tablename__ = "contact_point"
    __table_args__ = (
        UniqueConstraint("person_id", "kind", "value"),
        Index("ix_contact_point_value", "value"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    person_id: int = Field(foreign_key="person.id", sa_type=BigInt)
    portfolio_id: int = Field(foreign_key="portfolio.id", sa_type=BigInt)
    kind: ContactKind = Field(sa_type=enum_column(ContactKind))
    value: str
    """A phone in E.164; others as given."""
    label: str = "mobile"
    source: str = "book"
    owner: ContactOwner = Field(default=ContactOwner.own, sa_type=enum_column(ContactOwner))
    status: ContactStatus = Field(default=ContactStatus.active, sa_type=enum_column(ContactStatus))
    timezone: str | None = None
    rank: int = 0
    """Order in which the book gave them."""
    verified_at: datetime | None = None


class PauseRow(SQLModel, table=True):
    """Days that do not age, both ends included; given again, the same pause is one pause."""

    __tablename__ = "pause"
    __table_args__ = (UniqueConstraint("account_id", "first", "last"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    account_id: int = Field(foreign_key="account.id", sa_type=BigInt)
    first: date
    last: date
    reason: str = ""
    made_by: str = ""
    made_at: datetime


class LoadRun(SQLModel, table=True):
    """One file that was loaded: read = accepted + unchanged + rejected; held rows are among the accepted."""

    __tablename__ = "load_run"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    kind: LoadKind = Field(sa_type=enum_column(LoadKind))
    portfolio_id: int | None = Field(default=None, foreign_key="portfolio.id", sa_type=BigInt)
    file_name: str
    sha256: str
    at: datetime
    actor: str
    read: int = 0
    accepted: int = 0
    unchanged: int = 0
    rejected: int = 0
    held: int = 0

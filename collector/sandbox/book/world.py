"""What a make-believe book is made of: its portfolios, loans, people, payments and contacts, before they are files.

Amounts are minor units; days are those of the portfolio's zone; moments are aware.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from collector.portfolio.rules import BorrowerType, Security, ValueTier


@dataclass(frozen=True, slots=True)
class Product:
    """A kind of loan. `principal` in major units, `term` in months, `rate` in percent a year."""

    name: str
    share: int
    principal: tuple[int, int]
    term: tuple[int, int]
    rate: tuple[int, int]
    borrowers: tuple[BorrowerType, ...]
    security: tuple[Security, ...] = (Security.credit,)
    has_partner: bool = False


@dataclass(frozen=True, slots=True)
class BookSpec:
    """One portfolio of the floor."""

    code: str
    creditor: str
    debt_type: str
    currency: str
    zone: str
    jurisdiction: str
    language: str
    sender_name: str
    signature: str
    pay_instructions: str
    callers: tuple[str, ...]
    """As written in the country itself."""
    share: int
    """Accounts in a hundred."""
    products: tuple[Product, ...]
    paydays: tuple[int, ...]
    slots: tuple[tuple[str, int, int], ...]
    """Name, first and last minute of the day in which past calls were placed."""


@dataclass(frozen=True, slots=True)
class Human:
    """An invented person. Phones as written in the country itself."""

    name: str
    id_no: str
    phones: tuple[str, ...]
    email: str
    home: str
    work: str
    registered: str
    employer: str
    zone: str | None
    """Where it is not the portfolio's."""


@dataclass(frozen=True, slots=True)
class Instalment:
    number: int
    due_on: date
    principal: int
    interest: int

    @property
    def amount(self) -> int:
        return self.principal + self.interest


@dataclass(frozen=True, slots=True)
class Payment:
    """`account_no` and `card_no` as the file has them: a row that matches nothing is held for a person."""

    reference: str
    account_no: str
    card_no: str
    payer: str
    amount: int
    paid_at: datetime
    kind: str = "payment"
    reverses: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Party:
    role: str
    human: Human
    guarantee_kind: str = ""
    guarantee_until: date | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """A row of the events file; `phone` as written in the country itself."""

    account_no: str
    kind: str
    at: datetime
    phone: str = ""
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Loan:
    """An account. `late`: days past due now; 0 or less: not late, the next instalment due in so many days."""

    account_no: str
    card_no: str
    product: Product
    partner: str
    security: Security
    principal: int
    rate: str
    opened_on: date
    autopay: bool
    borrower: Human
    borrower_type: BorrowerType
    tier: ValueTier
    payday: int | None
    late: int
    oldest_unpaid: int | None
    """Index of the first instalment that nobody paid; None: all are paid."""
    instalments: list[Instalment]
    parties: list[Party] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)


_B, _S = BorrowerType, Security
EVERYBODY: Final = tuple(BorrowerType)
WORKING: Final = (_B.white_collar, _B.worker, _B.small_business_owner, _B.public_sector_retiree)

CN: Final = BookSpec(
    code="CN-CASH",
    creditor="安和消费金融有限公司",
    debt_type="consumer_finance",
    currency="CNY",
    zone="Asia/Shanghai",
    jurisdiction="cn",
    language="zh",
    sender_name="安和消金",
    signature="【安和消金】",
    pay_instructions="可在安和消金App“还款”页办理，或存入合同约定的扣款账户",
    callers=("02150550101", "01085550102", "075525550103", "057185550104", "02885550105"),
    share=58,
    products=(
        Product("cash", 46, (3_000, 60_000), (6, 24), (12, 18), EVERYBODY),
        Product("auto", 16, (40_000, 180_000), (12, 36), (6, 11), WORKING, (_S.mortgaged, _S.guaranteed), True),
        Product("card", 14, (2_000, 30_000), (6, 12), (15, 18), EVERYBODY),
        Product("student", 8, (4_000, 20_000), (12, 24), (8, 12), (_B.student,), has_partner=True),
        Product("sme", 9, (50_000, 400_000), (6, 18), (7, 12), (_B.small_business_owner,), (_S.guaranteed, _S.pledged)),
        Product("mortgage", 7, (300_000, 900_000), (24, 36), (4, 6), WORKING, (_S.mortgaged,)),
    ),
    paydays=(5, 10, 15, 28, 30),
    slots=(("morning", 540, 710), ("afternoon", 820, 1060), ("evening", 1085, 1200)),
)
US: Final = BookSpec(
    code="US-LOAN",
    creditor="Hillside Credit",
    debt_type="consumer_finance",
    currency="USD",
    zone="America/New_York",
    jurisdiction="us",
    language="en",
    sender_name="Hillside Credit",
    signature="",
    pay_instructions="Pay in the Hillside app under Loans > Pay, or call us",
    callers=("4155550132", "2125550133", "3125550134", "2065550135", "8085550136"),
    share=42,
    products=(
        Product("cash", 50, (800, 15_000), (6, 24), (14, 26), EVERYBODY),
        Product("auto", 24, (8_000, 42_000), (18, 36), (6, 12), WORKING, (_S.mortgaged,), True),
        Product("card", 12, (500, 9_000), (6, 12), (18, 25), EVERYBODY),
        Product("student", 8, (3_000, 25_000), (18, 36), (5, 8), (_B.student,), (_S.credit, _S.guaranteed), True),
        Product("sme", 6, (10_000, 90_000), (6, 18), (9, 14), (_B.small_business_owner,), (_S.pledged, _S.guaranteed)),
    ),
    paydays=(1, 15, 30),
    slots=(("morning", 540, 710), ("afternoon", 730, 1000), ("evening", 1030, 1190)),
)
BOOKS: Final = (CN, US)

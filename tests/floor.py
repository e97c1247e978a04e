"""A small book to tell events about: two portfolios, a borrower, a co-borrower, a guarantor, a stranger, phones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session, SQLModel

from collector.history import actions as history
from collector.history.rules import Channel, Direction, Outcome
from collector.history.tables import Attempt
from collector.identity.rules import Actor
from collector.portfolio.rules import (
    CollectorType,
    ContactKind,
    DebtType,
    PartyRole,
    PaymentKind,
    PaymentState,
)
from collector.portfolio.tables import (
    Account,
    ContactPoint,
    InstalmentRow,
    Party,
    PauseRow,
    PaymentRow,
    Person,
    Portfolio,
)

LI = Actor("user:li", user_id=None)
IMPORT = Actor("import")
SHANGHAI = ZoneInfo("Asia/Shanghai")
DUE = date(2026, 5, 10)
"""First due date; two more follow, a month apart."""
AMOUNT = 1_000_00


def noon(day: date, hour: int = 12) -> datetime:
    """That hour in Shanghai on that day."""
    return datetime.combine(day, time(hour), SHANGHAI).astimezone(UTC)


class Floor:
    """The book, and short words for what happens to it."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.cn = self.add(portfolio("CN", "Bank A", "CNY", "Asia/Shanghai", "cn", "zh"))
        self.us = self.add(portfolio("US", "Bank B", "USD", "America/New_York", "us", "en"))
        self.wang, self.zhao, self.qian, self.stranger = (
            self.add(Person(name=name, salt=name, natural_key=name)) for name in ("wang", "zhao", "qian", "stranger")
        )
        self.loan = self.account(self.cn, "L-1", self.wang)
        self.card = self.account(self.us, "C-1", self.wang)
        self.add(Party(account_id=self.loan, person_id=self.zhao, role=PartyRole.co_borrower))
        self.add(Party(account_id=self.loan, person_id=self.qian, role=PartyRole.guarantor))
        self.add(Party(account_id=self.loan, person_id=self.stranger, role=PartyRole.relative))
        self.mobile = self.phone(self.wang, "+8613812340001")
        self.home = self.phone(self.wang, "+8613812340002", rank=1)
        self.his = self.phone(self.qian, "+8613812340003")
        self.payments = 0
        self.contacts = 0

    def add(self, row: SQLModel) -> int:
        self.session.add(row)
        self.session.flush()
        number: int = row.id  # type: ignore[attr-defined]
        return number

    def account(self, portfolio_id: int, account_no: str, person_id: int, due: Sequence[date] | None = None) -> int:
        number = self.add(Account(portfolio_id=portfolio_id, account_no=account_no, person_id=person_id))
        days = due if due is not None else [DUE, date(2026, 6, 10), date(2026, 7, 10)]
        for line, due_on in enumerate(days, start=1):
            self.add(InstalmentRow(account_id=number, number=line, due_on=due_on, amount_due=AMOUNT))
        return number

    def phone(self, person_id: int, number: str, rank: int = 0) -> int:
        point = ContactPoint(person_id=person_id, portfolio_id=self.cn, kind=ContactKind.phone, value=number, rank=rank)
        return self.add(point)

    def pay(self, amount: int, at: datetime, account_id: int | None = None, state: str = "applied") -> int:
        self.payments += 1
        row = PaymentRow(
            portfolio_id=self.cn,
            reference=f"P{self.payments}",
            account_id=account_id or self.loan,
            amount=amount,
            paid_at=at,
            paid_on=at.astimezone(SHANGHAI).date(),
            kind=PaymentKind.payment,
            state=PaymentState(state),
            loaded_at=at,
        )
        return self.add(row)

    def reverse(self, payment_id: int) -> None:
        row = self.session.get_one(PaymentRow, payment_id)
        row.state = PaymentState.reversed
        self.session.add(row)
        self.session.flush()

    def pause(self, first: date, last: date) -> None:
        self.add(PauseRow(account_id=self.loan, first=first, last=last, made_at=noon(first)))

    def contact(
        self,
        at: datetime,
        outcome: Outcome | None = Outcome.no_answer,
        *,
        person_id: int | None = None,
        contact_point_id: int | None = None,
        channel: Channel = Channel.call,
        direction: Direction = Direction.outbound,
        caller: str = "+861010001",
        slot: str = "morning",
        **more: Any,
    ) -> Attempt:
        """A contact with Wang on the mobile about the loan, unless said otherwise."""
        self.contacts += 1
        attempt = history.record_attempt(
            self.session,
            natural_key=f"test:{self.contacts}",
            person_id=person_id or self.wang,
            portfolio_id=self.cn,
            account_id=more.pop("account_id", self.loan),
            contact_point_id=contact_point_id or self.mobile,
            channel=channel,
            direction=direction,
            number="+8613812340001",
            caller=caller,
            slot=slot,
            at=at,
            day=at.astimezone(SHANGHAI).date(),
            now=at,
            actor=LI,
            **more,
        )
        if outcome is not None and channel is Channel.call:
            history.record_outcome(self.session, attempt.id or 0, outcome, at, at + timedelta(minutes=1), LI)
        return attempt

    def text(self, at: datetime, purpose: str = "closing") -> Attempt:
        return self.contact(at, None, channel=Channel.sms, purpose=purpose)


def portfolio(code: str, creditor: str, currency: str, zone: str, pack: str, language: str) -> Portfolio:
    return Portfolio(
        code=code,
        creditor=creditor,
        collector_type=CollectorType.creditor,
        debt_type=DebtType.bank_loan,
        currency=currency,
        timezone=zone,
        jurisdiction=pack,
        language=language,
        sender_name=creditor,
    )

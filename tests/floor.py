"""A small book to tell events about: two portfolios, a borrower, a co-borrower, a guarantor, a stranger, phones."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlmodel import Session, SQLModel, col, select

from collector.casework import actions as casework
from collector.casework.actions import SendResult, SweepResult
from collector.casework.office import Office
from collector.dispatch.carriers import Carrier
from collector.dispatch.memory import MemoryCarrier
from collector.dispatch.rules import BrakeKind, BrakeState
from collector.dispatch.tables import Brake
from collector.facts.queries import read_person
from collector.facts.rules import PersonFacts
from collector.foundation.database import Database
from collector.foundation.keys import Keys
from collector.foundation.settings import Settings
from collector.history import actions as history
from collector.history.rules import Channel, Direction, Outcome
from collector.history.tables import Attempt
from collector.identity.rules import Actor, Level, Role
from collector.identity.tables import User, UserSession
from collector.planning.actions import RunResult
from collector.planning.rules import TaskState
from collector.planning.tables import Task
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
    CallerNumber,
    ContactPoint,
    InstalmentRow,
    Party,
    PauseRow,
    PaymentRow,
    Person,
    Portfolio,
)
from collector.strategy.actions import publish
from collector.strategy.queries import active

T = TypeVar("T", bound=SQLModel)
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
            history.AttemptMade(
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
                **more,
            ),
            at,
            LI,
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


# --- A floor that works: everything committed, an office over it, and words for what happens there. ---

STRATEGY = Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8")
CALLERS = {"CN": ("+862155510001", "+862155510002", "+862155510003"), "US": ("+12125550100", "+12125550101")}


def moment(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    """ "2026-05-12 09:30" on the clocks of that zone."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


@dataclass(frozen=True)
class Borrower:
    person_id: int
    account_id: int
    points: tuple[int, ...]
    """Ids of the phones, in the order given."""
    number: str
    """The first of them."""


class Story:
    """An installation with two portfolios, told in short sentences: who borrowed, what was planned, what happened."""

    def __init__(self, database: Database, **settings: Any) -> None:
        self.database = database
        self.office = Office(Settings(**settings), database, Keys(b"a master secret for tests, 32 bytes!"))
        self.carrier = MemoryCarrier()
        self._borrowers = 0
        self._payments = 0
        with database.begin() as session:
            self.cn = self._book(session, portfolio("CN", "Bank A", "CNY", "Asia/Shanghai", "cn", "zh"))
            self.us = self._book(session, portfolio("US", "Bank B", "USD", "America/New_York", "us", "en"))
            begun = moment("2026-01-01 00:00")
            publish(session, STRATEGY, [None], "tests", "tests", begun, begun, self.office.catalogue)

    def _book(self, session: Session, row: Portfolio) -> int:
        session.add(row)
        session.flush()
        session.add_all([CallerNumber(portfolio_id=row.id or 0, number=number) for number in CALLERS[row.code]])
        return row.id or 0

    def tried(self) -> None:
        """The strategy of this story has been in use: its first fifty people were reached long ago."""
        with self.database.begin() as session:
            for number in (self.cn, self.us):
                version = active(session, number, moment("2026-01-01 00:00"))
                for kind in (BrakeKind.strategy, BrakeKind.replanned):
                    at, what = version.starts_at, {"what": version.digest, "name": "tests"}
                    state = {"state": BrakeState.passed, "began_at": at, "state_at": at}
                    session.add(Brake(portfolio_id=number, kind=kind, **what, **state))

    def borrower(
        self,
        *due: str,
        phones: Sequence[str] | None = None,
        amount: int = AMOUNT,
        portfolio_id: int | None = None,
        **account: Any,
    ) -> Borrower:
        """Somebody with one account; `due`: the days its instalments fall due."""
        self._borrowers += 1
        number = self._borrowers
        given = phones if phones is not None else [f"+86138{number:08d}"]
        with self.database.begin() as session:
            person = Person(name=f"王{number}", salt=str(number), natural_key=f"person {number}")
            session.add(person)
            session.flush()
            row = Account(
                portfolio_id=portfolio_id or self.cn, account_no=f"L-{number}", person_id=person.id or 0, **account
            )
            session.add(row)
            session.flush()
            lines = [
                InstalmentRow(account_id=row.id or 0, number=at, due_on=date.fromisoformat(day), amount_due=amount)
                for at, day in enumerate(due, 1)
            ]
            points = [
                ContactPoint(
                    person_id=person.id or 0,
                    portfolio_id=row.portfolio_id,
                    kind=ContactKind.phone,
                    value=value,
                    rank=rank,
                )
                for rank, value in enumerate(given)
            ]
            session.add_all([*lines, *points])
            session.flush()
            ids = tuple(point.id or 0 for point in points)
            return Borrower(person.id or 0, row.id or 0, ids, given[0] if given else "")

    def agent(self, name: str, phone: str | None = None, level: Level = Level.senior, *roles: Role) -> Actor:
        """A user who sees everything. No password opens this login."""
        with self.database.begin() as session:
            held = frozenset(roles or {Role.agent})
            user = User(
                name=name,
                staff_no=name,
                roles=",".join(sorted(held)),
                level=level,
                password_hash="none",
                all_portfolios=True,
                phone=phone,
                created_at=moment("2026-01-01 00:00"),
            )
            session.add(user)
            session.flush()
            return Actor(f"user:{name}", user.id, held, level=level)

    def sign_in(self, agent: Actor, at: str) -> None:
        """They sit at their desk from that moment on."""
        with self.database.begin() as session:
            now = moment(at)
            row = UserSession(
                token_hash=f"{agent.name} {at}", user_id=agent.user_id or 0, csrf="x", created_at=now, seen_at=now
            )
            session.add(row)

    def plan(self, at: str) -> list[RunResult]:
        return casework.plan(self.office, None, moment(at))

    def sweep(self, at: str) -> SweepResult:
        return casework.sweep(self.office, moment(at))

    def send(self, at: str, carrier: Carrier | None = None) -> SendResult:
        return asyncio.run(casework.send_all(self.office, lambda: moment(at), carrier=carrier or self.carrier))

    def do(self, action: Callable[..., Any], *args: Any, **more: Any) -> Any:
        """One business event in one transaction, as a door carries it out."""
        with self.database.begin() as session:
            return action(session, self.office, *args, **more)

    def pay(self, who: Borrower, amount: int, at: str, covers: str | None = None) -> int:
        """A payment loaded at that moment; `covers`: payments are loaded up to then."""
        self._payments += 1
        with self.database.begin() as session:
            row = PaymentRow(
                portfolio_id=self.cn,
                reference=f"P{self._payments}",
                account_id=who.account_id,
                amount=amount,
                paid_at=moment(at),
                paid_on=moment(at).astimezone(SHANGHAI).date(),
                kind=PaymentKind.payment,
                state=PaymentState.applied,
                loaded_at=moment(at),
            )
            session.add(row)
            session.flush()
            number = row.id or 0
        if covers is not None:
            self.loaded_until(covers)
        self.follow(who, covers or at)
        return number

    def loaded_until(self, at: str) -> None:
        """Payments up to that moment are loaded."""
        with self.database.begin() as session:
            session.get_one(Portfolio, self.cn).payments_as_of = moment(at)

    def follow(self, who: Borrower, at: str) -> None:
        self.do(casework.follow_up, {who.person_id}, moment(at))

    def tasks(self, who: Borrower | None = None, channel: Channel | None = None) -> list[Task]:
        """Every task that was not cancelled, oldest first."""
        with self.database.read() as session:
            wanted = select(Task).where(Task.state != TaskState.cancelled).order_by(col(Task.id))
            if who is not None:
                wanted = wanted.where(Task.person_id == who.person_id)
            if channel is not None:
                wanted = wanted.where(Task.channel == channel)
            return list(session.exec(wanted))

    def rows(self, table: type[T], *conditions: Any) -> list[T]:
        with self.database.read() as session:
            wanted = select(table).where(*conditions)
            return list(session.exec(wanted.order_by(*table.__table__.primary_key)))  # type: ignore[attr-defined]

    def facts(self, who: Borrower, at: str) -> PersonFacts:
        with self.database.read() as session:
            return read_person(session, who.person_id, moment(at))

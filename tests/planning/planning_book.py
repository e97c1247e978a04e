"""A small book for the tests that plan it: one Chinese portfolio, its numbers, its strategy, some borrowers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from planning_people import CALLERS, STRATEGY, TODAY
from sqlmodel import Session, SQLModel

from collector.foundation.clock import parse_moment
from collector.foundation.database import Database
from collector.identity.rules import Level
from collector.identity.tables import User
from collector.portfolio.rules import CollectorType, ContactKind, DebtType
from collector.portfolio.tables import Account, CallerNumber, ContactPoint, InstalmentRow, Person, Portfolio
from collector.strategy.compiling import digest_of
from collector.strategy.tables import StrategyVersion

NIGHT = parse_moment("2026-05-12T01:00+08:00")
MADE = parse_moment("2026-01-01T00:00+08:00")


class Book:
    """A database with a portfolio `CN`; ids are what its methods return."""

    def __init__(self, database: Database, strategy: str = STRATEGY, callers: Sequence[str] = CALLERS) -> None:
        self.database = database
        with database.begin() as session:
            self.portfolio = self.add_portfolio(session, "CN", callers)
            session.add(
                StrategyVersion(
                    version=1,
                    body=strategy,
                    digest=digest_of(strategy),
                    author="test",
                    reason="test",
                    published_at=MADE,
                    starts_at=MADE,
                )
            )

    def add_portfolio(self, session: Session, code: str, callers: Sequence[str]) -> int:
        number = _add(
            session,
            Portfolio(
                code=code,
                creditor=f"Bank {code}",
                collector_type=CollectorType.creditor,
                debt_type=DebtType.bank_loan,
                currency="CNY",
                timezone="Asia/Shanghai",
                jurisdiction="cn",
                language="zh",
                sender_name="Bank",
            ),
        )
        for caller in callers:
            _add(session, CallerNumber(portfolio_id=number, number=caller))
        return number

    def borrower(self, days: int, *, today: date = TODAY, portfolio: int = 0, person: int = 0) -> tuple[int, int]:
        """A person with an account overdue for so many days (negative: due in so many); person and account id."""
        owner = portfolio or self.portfolio
        with self.database.begin() as session:
            if not person:
                person = _add(session, Person(name="x", salt="s"))
                number = f"+86138{person:08}"
                _add(
                    session,
                    ContactPoint(person_id=person, portfolio_id=owner, kind=ContactKind.phone, value=number),
                )
            account = _add(
                session, Account(portfolio_id=owner, account_no=f"A-{owner}-{person}-{days}", person_id=person)
            )
            due_on = today - timedelta(days=days)
            _add(session, InstalmentRow(account_id=account, number=1, due_on=due_on, amount_due=100_000 + account))
        return person, account

    def agent(self, name: str, level: Level = Level.primary) -> int:
        with self.database.begin() as session:
            return _add(
                session,
                User(
                    name=name,
                    staff_no=name,
                    roles="agent",
                    level=level,
                    password_hash="x",
                    all_portfolios=True,
                    created_at=MADE,
                ),
            )


def _add(session: Session, row: SQLModel) -> int:
    session.add(row)
    session.flush()
    number: int = row.id  # type: ignore[attr-defined]
    return number


def at(text: str) -> datetime:
    """A moment of the planned day in Shanghai: "09:30"."""
    return parse_moment(f"2026-05-12T{text}+08:00")

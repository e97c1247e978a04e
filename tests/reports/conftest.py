"""A small book whose sums were worked out by hand, and a large one made by chance."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from floor import LI, Floor, noon
from sqlmodel import Session

from collector.facts import actions as facts
from collector.history.rules import Outcome, PromiseState
from collector.history.tables import Promise
from collector.identity.rules import EVERYTHING
from collector.portfolio.tables import Person
from collector.reports.queries import Chosen, choose

NOW = datetime(2026, 5, 20, 2, 0, tzinfo=UTC)
"""10:00 in Shanghai. The 30 days begin on 21 April."""
FIRST, TODAY = date(2026, 4, 21), date(2026, 5, 20)
MAY, JUNE = date(2026, 5, 10), date(2026, 6, 10)


def day(month: int, number: int) -> date:
    return date(2026, month, number)


class Book(Floor):
    """Accounts by a letter, each with a borrower of its own."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.ids: dict[str, int] = {"L-1": self.loan, "C-1": self.card}
        self.people = {"L-1": self.wang, "C-1": self.wang}

    def open(self, name: str, *due: date, person_id: int | None = None, portfolio_id: int | None = None) -> int:
        """An account of 1,000.00 for each of these days."""
        who = person_id or self.add(Person(name=name, salt=name, natural_key=name))
        self.people[name] = who
        self.ids[name] = self.account(portfolio_id or self.cn, name, who, due)
        return self.ids[name]

    def call(self, name: str, at: datetime, outcome: Outcome = Outcome.no_answer, **more: Any) -> None:
        self.contact(at, outcome, person_id=self.people[name], account_id=self.ids[name], **more)

    def promise(
        self, name: str, amount: int, due: datetime, made: datetime, state: PromiseState = PromiseState.open
    ) -> None:
        row = Promise(
            account_id=self.ids[name],
            person_id=self.people[name],
            amount=amount,
            due_at=due,
            made_at=made,
            recorded_at=made,
            actor=LI.name,
            state=state,
        )
        self.add(row)

    def ready(self, now: datetime = NOW) -> None:
        facts.refresh(self.session, sorted({*self.people.values(), self.wang}), now)

    def chosen(self, code: str = "CN") -> Chosen:
        found = choose(self.session, EVERYTHING, str({"CN": self.cn, "US": self.us}[code]))
        assert found is not None
        return found


@pytest.fixture
def book(session: Session) -> Book:
    return Book(session)


@pytest.fixture
def month(book: Book) -> Book:
    """Ten accounts and what came of them; with L-1 (due in May, unpaid, nobody called) eleven."""
    for name in "BCDE":
        book.open(name, MAY, JUNE)
    book.open("F", JUNE)
    book.open("G", MAY, JUNE)
    book.pay(1_000_00, noon(MAY), book.ids["G"])
    book.open("H", day(3, 10))
    book.pay(1_000_00, noon(day(3, 1)), book.ids["H"])
    for name, paid in (("I", day(4, 25)), ("K", day(4, 20))):
        book.open(name, day(4, 10), JUNE)
        book.pay(1_000_00, noon(paid), book.ids[name])
    book.call("B", noon(day(5, 12), 9))
    for name in "CDE":
        book.call(name, noon(day(5, 12), 15), Outcome.right_party)
    for name in "DE":
        book.promise(name, 500_00, noon(day(5, 18), 18), noon(day(5, 12), 15))
    book.pay(1_000_00, noon(day(5, 15)), book.ids["E"])
    book.ready()
    return book

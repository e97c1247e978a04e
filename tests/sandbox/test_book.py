"""The make-believe book: believable, the same for the same day, and taken whole by the real loader."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, select
from stdnum.cn import ric

from collector.casework.office import Office
from collector.casework.replay import replay
from collector.facts.differences import verify
from collector.foundation.clock import parse_moment
from collector.foundation.database import Database
from collector.foundation.keys import Keys
from collector.foundation.phone import normalise, refused_kind
from collector.foundation.settings import Settings
from collector.history.rules import DEAD, Outcome, PromiseState, ReferralKind
from collector.history.tables import Attempt, CallbackRow, OutcomeRow, Promise, Referral, Stop
from collector.identity.tables import User
from collector.planning.tables import Task
from collector.portfolio.rules import BorrowerType, PaymentKind, PaymentState, Security, ValueTier
from collector.portfolio.tables import Account, InstalmentRow, PaymentRow, Person
from collector.sandbox.book import PEOPLE, agent_of_the_hour, make_book
from collector.sandbox.book.loans import add_months
from collector.sandbox.book.making import invent
from collector.sandbox.book.numbers import Numbers
from collector.sandbox.book.world import BOOKS, BookSpec, Loan
from collector.sandbox.personas import ENDINGS

NOW = parse_moment("2026-05-20T10:00+08:00")
ACCOUNTS = 400
LOGINS = {name: f"swim-{place}-lantern-quartz" for place, name in enumerate(PEOPLE)}
REGION = {"cn": "CN", "us": "US"}

by_book = pytest.mark.parametrize("spec", [pytest.param(spec, id=spec.code) for spec in BOOKS])


@by_book
def test_the_same_seed_and_day_make_the_same_book(spec: BookSpec) -> None:
    assert invent(spec, 60, NOW, 1) == invent(spec, 60, NOW, 1)
    assert invent(spec, 60, NOW, 1) != invent(spec, 60, NOW, 2)
    assert invent(spec, 60, NOW, 1) != invent(spec, 60, NOW + timedelta(days=1), 1)


@by_book
def test_an_account_is_as_late_as_it_was_meant_to_be(spec: BookSpec) -> None:
    loans, _ = invent(spec, 200, NOW, 1)
    today = date(2026, 5, 20) if spec.jurisdiction == "cn" else date(2026, 5, 19)
    for loan in loans:
        if loan.oldest_unpaid is not None:
            assert (today - loan.instalments[loan.oldest_unpaid].due_on).days == loan.late
        assert sum(line.principal for line in loan.instalments) == loan.principal


@by_book
def test_phones_are_valid_and_nobody_shares_one(spec: BookSpec) -> None:
    loans, _ = invent(spec, 300, NOW, 1)
    numbers = [normalise(phone, REGION[spec.jurisdiction]) for loan in loans for phone in _phones(loan)]
    assert len(set(numbers)) == len(numbers)
    assert not any(refused_kind(number) for number in numbers)
    assert {number[-2:] for number in numbers} >= set(ENDINGS)


def _phones(loan: Loan) -> Iterator[str]:
    yield from loan.borrower.phones
    for party in loan.parties:
        yield from party.human.phones


def test_american_phones_are_lines_that_no_subscriber_has() -> None:
    loans, _ = invent(BOOKS[1], 300, NOW, 1)
    assert {phone[3:6] for loan in loans for phone in _phones(loan)} == {"555"}


def test_nothing_has_happened_yet_that_lies_ahead() -> None:
    for spec in BOOKS:
        loans, payments = invent(spec, 300, NOW, 1)
        assert max(paid.paid_at for paid in payments) <= NOW
        assert max(event.at for loan in loans for event in loan.events) <= NOW


@given(st.integers(0, 2**32), st.integers(1985, 2007))
@settings(max_examples=50, deadline=None)
def test_id_numbers_pass_their_check(seed: int, year: int) -> None:
    assert ric.is_valid(Numbers(Random(seed)).cn_id("330106", year))


@pytest.mark.parametrize(
    ("day", "months", "found"),
    [
        pytest.param(date(2026, 1, 31), 1, date(2026, 2, 28), id="the last day of a shorter month"),
        pytest.param(date(2026, 1, 15), -1, date(2025, 12, 15), id="back over the new year"),
        pytest.param(date(2024, 1, 31), 1, date(2024, 2, 29), id="a leap year"),
        pytest.param(date(2026, 11, 30), 2, date(2027, 1, 30), id="on over the new year"),
    ],
)
def test_the_same_day_of_another_month(day: date, months: int, found: date) -> None:
    assert add_months(day, months) == found


def test_a_whole_floor(database: Database, keys: Keys, tmp_path: Path) -> None:
    """One floor, looked at from all sides: making it is what takes the time."""
    seen: list[int] = []
    office = Office(Settings(home=tmp_path), database, keys)
    opening = make_book(
        office, LOGINS, accounts=ACCOUNTS, now=NOW, progress=lambda done, total: seen.append(done * 100 // total)
    )
    assert seen == sorted(seen)
    assert seen[-1] == 100
    assert opening.calls.now > 0
    assert list(tmp_path.glob("book-*")) == []  # the files were only the way in
    with database.read() as session:
        _has_everything(session)
        _keeps_to_its_people(session)
        assert verify(session) == []
        assert replay(session).told == []


def _has_everything(floor: Session) -> None:
    assert set(floor.exec(select(User.name))) == set(PEOPLE)
    assert len(floor.exec(select(Account.id)).all()) == ACCOUNTS
    assert set(floor.exec(select(Account.borrower_type))) == set(BorrowerType)
    assert set(floor.exec(select(Account.security))) == set(Security)
    assert set(floor.exec(select(Account.value_tier))) == set(ValueTier)
    assert set(floor.exec(select(PaymentRow.kind))) == set(PaymentKind)
    assert set(floor.exec(select(PaymentRow.state))) == set(PaymentState)
    assert set(floor.exec(select(Promise.state))) >= {PromiseState.open, PromiseState.kept, PromiseState.broken}
    assert set(floor.exec(select(OutcomeRow.outcome))) >= DEAD | {Outcome.right_party, Outcome.rejected}
    assert set(floor.exec(select(Referral.kind))) == set(ReferralKind)
    for table in (Stop, CallbackRow, Task):
        assert floor.exec(select(table)).first() is not None


def _keeps_to_its_people(floor: Session) -> None:
    strays = select(Attempt.id).where(col(Attempt.number).is_not(None), col(Attempt.contact_point_id).is_(None))
    assert floor.exec(strays).all() == []
    assert floor.exec(select(Person.id).where(col(Person.name) == "")).all() == []
    assert floor.exec(select(InstalmentRow.id).where(col(InstalmentRow.amount_due) <= 0)).all() == []


@pytest.mark.parametrize(
    ("at", "agent"),
    [
        pytest.param("2026-11-26T09:00+08:00", "li", id="morning in Shanghai"),
        pytest.param("2026-11-26T19:59+08:00", "li", id="evening in Shanghai"),
        pytest.param("2026-11-26T06:35+08:00", "smith", id="before dawn in Shanghai is the afternoon in New York"),
        pytest.param("2026-11-26T08:30-05:00", None, id="too early in New York, too late in Shanghai"),
    ],
)
def test_the_demo_sends_its_visitor_to_a_desk_that_has_calls(at: str, agent: str | None) -> None:
    assert agent_of_the_hour(parse_moment(at)) == agent

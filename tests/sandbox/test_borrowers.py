from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.history.rules import Outcome
from collector.sandbox.borrowers import borrower
from collector.sandbox.personas import ENDINGS, PERSONAS, WEIGHTS

NOON = datetime(2026, 5, 12, 4, tzinfo=UTC)
NUMBERS = st.integers(min_value=13000000000, max_value=19999999999).map(lambda number: f"+86{number}")


@pytest.mark.parametrize(("ending", "name"), sorted(ENDINGS.items()))
def test_the_last_two_digits_pick_the_persona(ending: str, name: str) -> None:
    for seed in (1, 2):
        assert borrower(seed, f"+8613800138{ending}").persona.name == name


def test_the_table_is_whole() -> None:
    assert list(ENDINGS) == [f"{number:02d}" for number in range(26)]
    assert sum(weight for _, weight in WEIGHTS) == 100
    assert {name for name, _ in WEIGHTS} <= set(PERSONAS)


@pytest.mark.parametrize(
    ("ending", "attempt", "outcome", "status"),
    [
        pytest.param("00", 1, Outcome.right_party, "completed", id="answers"),
        pytest.param("03", 1, Outcome.rejected, "busy", id="the carrier calls a refusal busy"),
        pytest.param("04", 1, Outcome.switched_off, "no-answer", id="switched off"),
        pytest.param("06", 1, Outcome.vacant, "failed", id="vacant"),
        pytest.param("22", 1, Outcome.failed, "failed", id="trunk fault at first"),
        pytest.param("22", 2, Outcome.right_party, "completed", id="trunk fault is over"),
        pytest.param("23", 2, Outcome.no_answer, "no-answer", id="second attempt"),
        pytest.param("23", 3, Outcome.right_party, "completed", id="third attempt"),
    ],
)
def test_calls(ending: str, attempt: int, outcome: Outcome, status: str) -> None:
    fate = borrower(1, f"+8613800138{ending}").on_call(NOON, "+861000", attempt)
    assert (fate.outcome, fate.status) == (outcome, status)
    assert fate.answered == (fate.duration > 0)


def test_a_screener_answers_some_callers_always_and_others_never() -> None:
    person = borrower(1, "+8613800138025")
    answers = {
        caller: {person.on_call(NOON + timedelta(hours=n), caller, n).outcome for n in range(1, 6)}
        for caller in (f"+8610000000{number:02d}" for number in range(30))
    }
    assert all(len(outcomes) == 1 for outcomes in answers.values())
    assert set.union(*answers.values()) == {Outcome.right_party, Outcome.rejected}


@given(number=NUMBERS, seed=st.integers(0, 9), attempt=st.integers(1, 9), hours=st.integers(0, 500))
def test_the_same_seed_lives_the_same_life(number: str, seed: int, attempt: int, hours: int) -> None:
    at = NOON + timedelta(hours=hours)
    one, other = borrower(seed, number), borrower.__wrapped__(seed, number)
    assert one.on_call(at, "+861000", attempt) == other.on_call(at, "+861000", attempt)
    assert one.on_message("pay", at) == other.on_message("pay", at)
    day = at.date()
    assert one.pays(10_000, 5, True, False, day) == other.pays(10_000, 5, True, False, day)


@given(number=NUMBERS, overdue=st.integers(-5, 10**9), past=st.integers(-7, 400), promised=st.booleans())
def test_nobody_pays_more_than_what_is_open(number: str, overdue: int, past: int, promised: bool) -> None:
    paid = borrower(3, number).pays(overdue, past, True, promised, date(2026, 5, 12))
    if paid is not None:
        assert 0 < paid.amount <= overdue
        assert 0 <= paid.minute_of_day < 24 * 60


def paid_days(ending: str, reminded: bool) -> int:
    people = [borrower(1, f"+86138{number:06d}{ending}") for number in range(300)]
    days = [date(2026, 5, 1) + timedelta(days=n) for n in range(10)]
    return sum(person.pays(100, 5, reminded, False, day) is not None for person in people for day in days)


def test_reminders_help_and_some_never_pay() -> None:
    assert paid_days("00", reminded=True) > 1.5 * paid_days("00", reminded=False) > 0
    assert paid_days("24", reminded=True) == 0


def test_a_book_of_random_numbers_is_mixed() -> None:
    people = [borrower(1, f"+86139{number * 7919 % 10**8:08d}") for number in range(3000)]
    outcomes = [person.on_call(NOON, "+861000", 1).outcome for person in people]
    assert set(outcomes) == set(Outcome)
    assert 0.2 < outcomes.count(Outcome.right_party) / len(outcomes) < 0.6

"""Ageing, handbook section 3: how late an account is, day by day, from its records alone."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.portfolio.rules import (
    Ageing,
    Instalment,
    Paid,
    Pause,
    Reported,
    age,
    apply_payments,
    days_past_due,
    reported_days,
)

FIRST = date(2026, 1, 10)
SCHEDULE = [Instalment(date(2026, month, 10), 100) for month in (1, 2, 3, 4)]


def on(day: str) -> date:
    return date.fromisoformat(f"2026-{day}")


class Case(NamedTuple):
    day: str
    paid: list[Paid]
    oldest: str | None
    overdue: int
    consecutive: int
    cumulative: int


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(Case("01-09", [], None, 0, 0, 0), id="before the first due date"),
        pytest.param(Case("01-10", [], "01-10", 0, 0, 0), id="due today is not overdue"),
        pytest.param(Case("01-11", [], "01-10", 100, 1, 1), id="the day after"),
        pytest.param(Case("03-11", [], "01-10", 300, 3, 3), id="three in a row"),
        pytest.param(Case("03-11", [Paid(on("03-11"), 300)], None, 0, 0, 3), id="paid late: cured, but missed"),
        pytest.param(Case("03-11", [Paid(on("01-10"), 100)], "02-10", 200, 2, 2), id="first in time"),
        pytest.param(Case("02-11", [Paid(on("01-05"), 250)], None, 0, 0, 0), id="paid ahead covers the next"),
        pytest.param(Case("02-11", [Paid(on("01-10"), 150)], "02-10", 50, 1, 1), id="part payment"),
        pytest.param(Case("02-11", [Paid(on("02-12"), 200)], "01-10", 200, 2, 2), id="dated ahead does not count yet"),
        pytest.param(Case("05-11", [Paid(on("01-01"), 500)], None, 0, 0, 0), id="overpaid"),
    ],
)
def test_lateness_by_day(case: Case) -> None:
    state = age(SCHEDULE, case.paid, 0, on(case.day))
    assert state.oldest_unpaid_due == (on(case.oldest) if case.oldest else None)
    assert (state.overdue, state.missed_consecutive, state.missed_cumulative) == (
        case.overdue,
        case.consecutive,
        case.cumulative,
    )


@pytest.mark.parametrize(
    ("day", "paid_on", "consecutive", "cumulative"),
    [
        pytest.param("01-13", None, 0, 0, id="in grace"),
        pytest.param("01-14", None, 1, 1, id="after grace"),
        pytest.param("01-20", "01-13", 0, 0, id="paid on the last day of grace"),
        pytest.param("01-20", "01-14", 0, 1, id="paid a day after grace"),
        pytest.param("02-12", None, 1, 1, id="the second in grace does not end the row"),
        pytest.param("02-14", None, 2, 2, id="both past grace"),
    ],
)
def test_grace_days(day: str, paid_on: str | None, consecutive: int, cumulative: int) -> None:
    paid = [Paid(on(paid_on), 100)] if paid_on else []
    state = age(SCHEDULE, paid, 3, on(day))
    assert (state.missed_consecutive, state.missed_cumulative) == (consecutive, cumulative)


def test_a_payment_in_between_ends_a_row_of_missed_instalments() -> None:
    newest_whole = [Instalment(on("01-10"), 100), Instalment(on("02-10"), 0), Instalment(on("03-10"), 100)]
    assert age(newest_whole, [], 0, on("03-11")).missed_consecutive == 1
    assert age(newest_whole, [], 0, on("03-11")).missed_cumulative == 2


def test_cure_and_settlement_are_dated_by_the_payment_that_made_them() -> None:
    cured = age(SCHEDULE, [Paid(on("02-20"), 200)], 0, on("03-01"))
    assert (cured.cured_on, cured.settled_on, cured.owed) == (on("02-20"), None, 200)
    settled = age(SCHEDULE, [Paid(on("02-20"), 200), Paid(on("04-02"), 250)], 0, on("04-02"))
    assert (settled.settled_on, settled.overpaid, settled.next_due_on) == (on("04-02"), 50, None)


def test_a_reversed_payment_reopens_what_it_had_closed() -> None:
    paid = Paid(on("01-10"), 100)
    assert age(SCHEDULE, [paid], 0, on("01-11")).oldest_unpaid_due is None
    assert age(SCHEDULE, [], 0, on("01-11")).oldest_unpaid_due == FIRST


@pytest.mark.parametrize(
    ("pauses", "days"),
    [
        pytest.param([], 30, id="none"),
        pytest.param([("01-15", "01-19")], 25, id="five days inside"),
        pytest.param([("01-15", "01-15")], 29, id="one day"),
        pytest.param([("01-01", "01-12")], 28, id="only the days of lateness count"),
        pytest.param([("01-10", "01-10")], 30, id="the due date itself is not late"),
        pytest.param([("02-05", "03-31")], 25, id="running: today is paused too"),
        pytest.param([("01-15", "01-19"), ("01-17", "01-21")], 23, id="overlapping pauses count once"),
        pytest.param([("01-15", "01-25"), ("01-17", "01-19")], 19, id="one inside the other"),
        pytest.param([("01-17", "01-19"), ("01-15", "01-25")], 19, id="in any order"),
        pytest.param([("02-10", "02-20")], 30, id="not yet begun"),
        pytest.param([("01-11", "02-09")], 0, id="all of it"),
    ],
)
def test_a_pause_takes_out_the_days_it_overlaps(pauses: list[tuple[str, str]], days: int) -> None:
    given_pauses = [Pause(on(first), on(last)) for first, last in pauses]
    assert days_past_due(FIRST, given_pauses, on("02-09")) == days


@pytest.mark.parametrize(
    ("least", "most", "overdue", "day", "expected"),
    [
        pytest.param(16, 30, 0, "06-30", (16, 30), id="on the day"),
        pytest.param(16, 30, 0, "07-05", (21, 35), id="both ends age"),
        pytest.param(121, None, 0, "07-05", (126, None), id="or more stays or more"),
        pytest.param(0, 0, 0, "07-05", (0, 0), id="on time stays on time"),
        pytest.param(16, 30, 0, "06-01", (16, 30), id="an earlier day invents nothing"),
    ],
)
def test_reported_lateness(
    least: int, most: int | None, overdue: int, day: str, expected: tuple[int, int | None]
) -> None:
    assert reported_days(Reported(on("06-30"), least, most, overdue, 1_000), [], on(day)) == expected


days = st.integers(0, 120).map(lambda days: FIRST + timedelta(days))
amounts = st.integers(0, 500)
schedules = st.lists(st.builds(Instalment, days, amounts), max_size=6)
payments = st.lists(st.builds(Paid, days, st.integers(1, 700)), max_size=6)
grace = st.integers(0, 5)


def test_what_is_kept_is_fresh_until_an_instalment_of_nothing_ends_the_row() -> None:
    schedule = [Instalment(on("01-10"), 100), Instalment(on("01-11"), 0)]
    state = age(schedule, [], 0, on("01-11"))
    assert (state.missed_consecutive, state.fresh_until) == (1, on("01-12"))
    assert age(schedule, [], 0, on("01-12")).missed_consecutive == 0


@given(schedules, payments)
def test_money_is_exact(schedule: list[Instalment], paid: list[Paid]) -> None:
    applied, overpaid = apply_payments(schedule, paid)
    assert sum(line.paid for line in applied) + overpaid == sum(payment.amount for payment in paid)
    assert all(0 <= line.paid <= line.amount for line in applied)
    assert overpaid == 0 or all(line.paid == line.amount for line in applied)
    assert all((line.whole_on is not None) == (line.paid == line.amount) for line in applied)


@given(schedules, payments, grace, days, st.randoms())
def test_the_order_of_records_does_not_matter(
    schedule: list[Instalment], paid: list[Paid], grace_days: int, day: date, dice: object
) -> None:
    mixed_schedule, mixed_paid = list(schedule), list(paid)
    dice.shuffle(mixed_schedule)  # type: ignore[attr-defined]
    dice.shuffle(mixed_paid)  # type: ignore[attr-defined]
    assert age(schedule, paid, grace_days, day) == age(mixed_schedule, mixed_paid, grace_days, day)


@given(schedules, payments, grace, days)
@settings(max_examples=200)
def test_until_fresh_until_nothing_changes(
    schedule: list[Instalment], paid: list[Paid], grace_days: int, day: date
) -> None:
    """What is kept stays true on every day before `fresh_until`, without looking at the records again."""
    state = age(schedule, paid, grace_days, day)
    last = state.fresh_until or FIRST + timedelta(days=200)
    for ahead in range(1, (last - day).days):
        assert kept(age(schedule, paid, grace_days, day + timedelta(ahead))) == kept(state)


def kept(state: Ageing) -> tuple[object, ...]:
    """The fields that the facts keep: all but the mark itself."""
    return tuple(state._replace(fresh_until=None))


@given(schedules, payments, grace, days)
def test_more_money_never_makes_an_account_later(
    schedule: list[Instalment], paid: list[Paid], grace_days: int, day: date
) -> None:
    before = age(schedule, paid, grace_days, day)
    after = age(schedule, [*paid, Paid(day, 50)], grace_days, day)
    assert after.overdue <= before.overdue
    assert after.owed <= before.owed
    assert after.missed_consecutive <= before.missed_consecutive


@given(schedules, payments, grace, days)
@settings(max_examples=300)
def test_ageing_agrees_with_counting_money_day_by_day(
    schedule: list[Instalment], paid: list[Paid], grace_days: int, day: date
) -> None:
    """The same said without applying anything: an instalment is whole once all that was paid reaches all that was due
    up to it, oldest first."""

    def money(until: date) -> int:
        return sum(payment.amount for payment in paid if payment.on <= until)

    lines, reach = [], 0
    for due_on, amount in sorted(schedule):
        reach += amount
        if amount:
            lines.append((due_on, reach))

    def missing(until: date) -> list[date]:
        return [due_on for due_on, reached in lines if money(until) < reached]

    state = age(schedule, paid, grace_days, day)
    due_before = sum(amount for due_on, amount in schedule if due_on < day)
    due_by_now = sum(amount for due_on, amount in schedule if due_on <= day)
    spare = timedelta(days=grace_days)
    past = [(due_on, reached) for due_on, reached in lines if due_on + spare < day]
    unpaid_row = 0
    for _, reached in reversed(past):
        if money(day) >= reached:
            break
        unpaid_row += 1
    assert state.overdue == max(due_before - money(day), 0)
    assert state.due_today == max(due_by_now - max(money(day), due_before), 0)
    assert state.owed == max(reach - money(day), 0)
    assert state.overpaid == max(money(day) - reach, 0)
    assert state.oldest_unpaid_due == min((due_on for due_on in missing(day) if due_on <= day), default=None)
    assert state.missed_cumulative == sum(money(due_on + spare) < reached for due_on, reached in past)
    if all(amount for _, amount in schedule):  # a row of nothing is whole, and ends a row of missed ones
        assert state.missed_consecutive == unpaid_row

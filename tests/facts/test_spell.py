"""When the present spell of lateness began."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from strategies import days, paid_lists, schedules

from collector.facts.rules import spell_since
from collector.portfolio.rules import Instalment, Paid, age

MAY, JUNE, JULY = date(2026, 5, 10), date(2026, 6, 10), date(2026, 7, 10)
SCHEDULE = [Instalment(MAY, 100), Instalment(JUNE, 100), Instalment(JULY, 100)]


@pytest.mark.parametrize(
    ("payments", "day", "since"),
    [
        pytest.param([], date(2026, 5, 1), None, id="before the first due date"),
        pytest.param([], MAY, None, id="due today is not late"),
        pytest.param([], date(2026, 5, 11), MAY, id="first day late"),
        pytest.param([], date(2026, 6, 20), MAY, id="two instalments, one spell"),
        pytest.param([Paid(date(2026, 5, 20), 100)], date(2026, 6, 1), date(2026, 5, 20), id="cured late"),
        pytest.param([Paid(MAY, 100)], date(2026, 6, 1), MAY, id="paid on time: for the next due date"),
        pytest.param([Paid(date(2026, 5, 20), 100)], date(2026, 6, 11), JUNE, id="late again: a new spell"),
        pytest.param([Paid(date(2026, 6, 15), 100)], date(2026, 6, 20), MAY, id="oldest paid while the next was late"),
        pytest.param([Paid(JUNE, 100)], date(2026, 6, 20), JUNE, id="cured on the day the next was due"),
        pytest.param([Paid(date(2026, 5, 1), 300)], date(2026, 5, 5), JULY, id="all paid ahead"),
        pytest.param([Paid(date(2026, 6, 30), 300)], date(2026, 6, 20), MAY, id="a later payment does not count yet"),
    ],
)
def test_since(payments: list[Paid], day: date, since: date | None) -> None:
    assert spell_since(SCHEDULE, payments, day) == since


@given(schedules(), paid_lists(), days(120))
def test_a_late_spell_began_on_or_before_its_oldest_unpaid_due_date(
    schedule: list[Instalment], payments: list[Paid], day: date
) -> None:
    state = age(schedule, payments, 0, day)
    since = spell_since(schedule, payments, day)
    if state.overdue:
        assert since is not None
        assert state.oldest_unpaid_due is not None
        assert since <= state.oldest_unpaid_due < day

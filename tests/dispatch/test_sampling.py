"""Which recorded calls are listened to, and how they are scored."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.dispatch.rules import Criterion, Heard, add_years, sample, score

DAY = date(2026, 5, 13)
CALLS = st.lists(
    st.builds(Heard, st.integers(1, 10**6), st.sampled_from(["user:li", "user:wu", "user:chen"])),
    unique_by=lambda one: one.id,
)


@given(CALLS, st.integers(1, 4))
def test_each_agent_has_as_many_calls_drawn_as_there_are_up_to_the_number(calls: list[Heard], each: int) -> None:
    drawn = sample(calls, each, DAY)
    agent_of = {one.id: one.agent for one in calls}
    for agent in {one.agent for one in calls}:
        had = sum(one.agent == agent for one in calls)
        assert sum(agent_of[number] == agent for number in drawn) == min(had, each)


@given(CALLS)
def test_the_draw_of_a_day_does_not_depend_on_the_order_or_on_other_agents(calls: list[Heard]) -> None:
    mine = [one for one in calls if one.agent == "user:li"]
    assert set(sample(mine, 3, DAY)) <= set(sample(list(reversed(calls)), 3, DAY))


def test_another_day_draws_others() -> None:
    calls = [Heard(number, "user:li") for number in range(1, 200)]
    assert len({tuple(sample(calls, 3, date(2026, 5, day))) for day in range(1, 11)}) > 5


@pytest.mark.parametrize(
    ("met", "percent"),
    [([], 0), (list(Criterion), 100), ([Criterion.lawful, Criterion.lawful], 20), (list(Criterion)[:2], 40)],
)
def test_a_score(met: list[Criterion], percent: int) -> None:
    assert score(met) == percent


@pytest.mark.parametrize(
    ("day", "years", "later"),
    [("2026-05-13", 5, "2031-05-13"), ("2024-02-29", 5, "2029-03-01"), ("2024-02-29", 4, "2028-02-29")],
)
def test_the_last_day_of_a_term(day: str, years: int, later: str) -> None:
    assert add_years(date.fromisoformat(day), years) == date.fromisoformat(later)

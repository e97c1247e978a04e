"""When a clock raises an alarm."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.law.rules import Clock, ClockKind, Event, Evidence, Happening, Source
from collector.legal.rules import AHEAD, PASSED, alarms_due

TODAY = date(2026, 5, 13)
LAW = Source("CN-LIMIT", "Civil Code 188", Evidence.text)


def clock(days: int, **more: object) -> Clock:
    last = TODAY + timedelta(days=days)
    return Clock(ClockKind.limitation, last, last, LAW, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("days", "ahead"),
    [
        pytest.param(181, [], id="not yet"),
        pytest.param(180, [180], id="half a year"),
        pytest.param(91, [180], id="before the second"),
        pytest.param(90, [90], id="three months"),
        pytest.param(30, [30], id="a month"),
        pytest.param(8, [30], id="before the last"),
        pytest.param(7, [7], id="a week"),
        pytest.param(0, [7], id="the last day"),
        pytest.param(-1, [PASSED], id="passed"),
        pytest.param(-900, [PASSED], id="long passed"),
    ],
)
def test_which_alarm_is_due(days: int, ahead: list[int]) -> None:
    assert [alarm.ahead for alarm in alarms_due([clock(days)], TODAY)] == ahead


@pytest.mark.parametrize("over", ["met", "let_go"])
def test_a_clock_that_is_over_raises_none(over: str) -> None:
    done = Event(Happening.filed, TODAY, "document:1")
    assert list(alarms_due([clock(3, **{over: done})], TODAY)) == []


@given(st.integers(-400, 400))
def test_looking_every_day_raises_each_once_and_misses_none(first: int) -> None:
    last = TODAY + timedelta(days=first)
    seen = {alarm.ahead for day in range(800) for alarm in alarms_due([clock(first)], TODAY + timedelta(days=day))}
    assert PASSED in seen
    assert seen - {PASSED} == {ahead for ahead in AHEAD if any(low <= first for low in _reach(ahead))}
    assert last


def _reach(ahead: int) -> range:
    """Days left on which that alarm is the one that is due."""
    lower = max((other for other in AHEAD if other < ahead), default=-1)
    return range(lower + 1, ahead + 1)

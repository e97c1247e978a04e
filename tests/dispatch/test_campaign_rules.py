"""How a campaign is let go: few first, a wait, then all; too many failures or opt-outs hold it at any time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from floor import moment
from hypothesis import given
from hypothesis import strategies as st

from collector.dispatch.rules.brake import Limits, Sample
from collector.dispatch.rules.campaigns import Count, Release, next_release

NOON = moment("2026-05-13 12:00")
WINDOW = (moment("2026-05-13 00:00"), moment("2026-05-15 00:00"))
LIMITS = Limits()
AGO = {minutes: NOON - timedelta(minutes=minutes) for minutes in (5, 15)}


def decided(waiting: int, released: int, sample: Sample, *, passed: bool = False, later: int = 0) -> Release:
    return next_release(Count(waiting, later, released, sample), WINDOW, NOON, LIMITS, passed=passed)


@pytest.mark.parametrize(
    ("waiting", "released", "sample", "expected"),
    [
        pytest.param(500, 0, Sample(), Release(50), id="the first fifty"),
        pytest.param(30, 0, Sample(), Release(30), id="fewer than fifty are all"),
        pytest.param(450, 50, Sample(), Release(0), id="nobody more while they are on the plan"),
        pytest.param(440, 20, Sample(20, AGO[5]), Release(10), id="who was put off makes room for others"),
        pytest.param(450, 0, Sample(50, AGO[5]), Release(0), id="then a wait"),
        pytest.param(450, 0, Sample(50, AGO[15]), Release(450, passed=True), id="and all others"),
        pytest.param(450, 0, Sample(50, AGO[15], 4, 1), Release(450, passed=True), id="under both limits"),
        pytest.param(450, 9, Sample(12, AGO[5], 5), Release(pause="5 of 12 contacts failed"), id="failures"),
        pytest.param(450, 0, Sample(50, AGO[15], 0, 2), Release(pause="2 of 50 people opted out"), id="opt-outs"),
        pytest.param(0, 0, Sample(7, AGO[5]), Release(over=True), id="nobody is left"),
        pytest.param(0, 3, Sample(7, AGO[5]), Release(0), id="some are still to be contacted"),
    ],
)
def test_who_may_follow(waiting: int, released: int, sample: Sample, expected: Release) -> None:
    assert decided(waiting, released, sample) == expected


@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        pytest.param(Sample(500, AGO[5], 49, 0), Release(9, passed=True), id="one in ten less one"),
        pytest.param(Sample(500, AGO[5], 50, 0), Release(pause="50 of 500 contacts failed"), id="one in ten"),
        pytest.param(Sample(500, AGO[5], 0, 20), Release(pause="20 of 500 people opted out"), id="opt-outs"),
    ],
)
def test_after_the_first_the_limits_hold_in_proportion(sample: Sample, expected: Release) -> None:
    assert decided(9, 0, sample, passed=True)._replace(passed=True) == expected._replace(passed=True)


def test_outside_its_days_nobody_is_released() -> None:
    count = Count(9, 0, 0, Sample())
    early = next_release(count, WINDOW, WINDOW[0] - timedelta(seconds=1), LIMITS, passed=False)
    late = next_release(count, WINDOW, WINDOW[1], LIMITS, passed=False)
    assert (early, late) == (Release(), Release(over=True))


@given(
    st.integers(0, 10_000),
    st.integers(0, 50),
    st.integers(0, 50),
    st.integers(0, 60),
    st.integers(0, 60),
    st.integers(0, 60),
)
def test_before_the_wait_never_more_than_the_sample_is_let_go(
    waiting: int, released: int, sent: int, failed: int, opted_out: int, minutes: int
) -> None:
    released = min(released, LIMITS.sample - sent)
    sample = Sample(sent, NOON - timedelta(minutes=minutes) if sent else None, min(failed, sent), min(opted_out, sent))
    found = decided(waiting, released, sample)
    assert 0 <= found.people <= waiting
    if not found.passed:
        assert found.people + released + sent <= LIMITS.sample
    if sample.failed >= LIMITS.errors or sample.opted_out >= LIMITS.opt_outs:
        assert found.people == 0
        assert found.pause

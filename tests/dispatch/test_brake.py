"""The brake as a rule: what a sample leaves room for, and how many an hour may take."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.dispatch.rules import LIMITS, Sample, most_of_an_hour, room_for

NOW = datetime(2026, 5, 12, 2, 0, tzinfo=UTC)
QUARTER = timedelta(minutes=15)


@pytest.mark.parametrize(
    ("sample", "messages", "until", "trips"),
    [
        pytest.param(Sample(), 50, NOW + QUARTER, False, id="nobody has met it"),
        pytest.param(Sample(30, NOW), 20, NOW + QUARTER, False, id="some have"),
        pytest.param(Sample(50, NOW), 0, NOW + QUARTER, False, id="now it waits"),
        pytest.param(Sample(50, NOW - QUARTER), None, None, False, id="a quarter of an hour later"),
        pytest.param(Sample(50, NOW - QUARTER, failed=4, opted_out=1), None, None, False, id="a few went wrong"),
        pytest.param(Sample(50, NOW - QUARTER, failed=5), 0, None, True, id="too many failed"),
        pytest.param(Sample(20, NOW, failed=5), 0, None, True, id="too many failed early"),
        pytest.param(Sample(50, NOW - QUARTER, opted_out=2), 0, None, True, id="too many opted out"),
    ],
)
def test_what_a_sample_leaves_room_for(
    sample: Sample, messages: int | None, until: datetime | None, trips: bool
) -> None:
    room = room_for(sample, NOW)
    assert (room.messages, room.until, bool(room.trip)) == (messages, until, trips)


@given(st.lists(st.tuples(st.integers(1, 200), st.integers(0, 3)), max_size=20))
def test_however_claims_come_no_more_than_the_sample_leaves_before_the_wait_is_over(
    claims: list[tuple[int, int]],
) -> None:
    """Claims of any size, minutes apart, none of them wrong: what leaves within the wait is the sample."""
    sample, now, began = Sample(), NOW, None
    for wanted, minutes in claims:
        room = room_for(sample, now)
        if room.messages is None:
            assert began is not None
            assert now - began >= LIMITS.wait
            break
        gone = min(wanted, room.messages)
        if gone:
            sample, began = sample._replace(sent=sample.sent + gone, last_at=now), began or now
        assert sample.sent <= LIMITS.sample
        now += timedelta(minutes=minutes)


@pytest.mark.parametrize(("planned", "most"), [(0, 50), (40, 50), (1_000, 1_100), (10, 50), (1_000_001, 1_100_001)])
def test_an_hour_sends_a_tenth_more_than_was_planned_at_most(planned: int, most: int) -> None:
    assert most_of_an_hour(planned) == most

"""Whose phone rings when somebody calls, in which order, and by when who was not answered is called back."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from floor import moment
from hypothesis import given
from hypothesis import strategies as st

from collector.dispatch.rules import (
    AgentState,
    DeskPhone,
    InboundState,
    Reading,
    answer_by,
    call_back_at,
    move_inbound,
    ring_order,
)
from collector.foundation.errors import Conflict
from collector.identity.rules import Level

NINE, TEN = moment("2026-05-13 09:00"), moment("2026-05-13 10:00")
READY, BREAK, CALL = AgentState.ready, AgentState.on_break, AgentState.on_call
OWNER, STAND_IN, OTHER, BOSS = 1, 2, 3, 4


def desk(
    user_id: int,
    state: AgentState = READY,
    since: datetime = NINE,
    level: Level | None = Level.middle,
    phone: str | None = "+1",
    takes_any: bool = True,
) -> DeskPhone:
    return DeskPhone(user_id, phone, state, since, level, takes_any)


@pytest.mark.parametrize(
    ("desks", "rung", "expected"),
    [
        pytest.param([desk(OTHER), desk(STAND_IN), desk(OWNER)], [], [OWNER, STAND_IN, OTHER], id="owner first"),
        pytest.param([desk(OWNER, BREAK), desk(STAND_IN)], [], [STAND_IN], id="the stand-in while the owner rests"),
        pytest.param([desk(OWNER, CALL), desk(STAND_IN, AgentState.wrap_up)], [], [], id="nobody is torn from a call"),
        pytest.param([desk(OWNER), desk(OTHER)], [OWNER], [OTHER], id="no phone rings twice for one call"),
        pytest.param([desk(OWNER, phone=None), desk(OTHER)], [], [OTHER], id="a desk without a phone can not ring"),
        pytest.param([desk(OWNER, AgentState.signed_out)], [], [], id="nobody sits at an empty desk"),
        pytest.param([desk(OWNER, level=Level.primary)], [], [OWNER], id="one's own case at any level"),
        pytest.param([desk(OTHER, level=Level.primary)], [], [], id="another's case not below its level"),
        pytest.param([desk(OTHER, level=None)], [], [OTHER], id="who has no level takes every call"),
        pytest.param([desk(BOSS, takes_any=False)], [], [], id="a supervisor answers their own cases only"),
        pytest.param([desk(OTHER, since=TEN), desk(5), desk(6)], [], [5, 6, OTHER], id="the longest ready first"),
    ],
)
def test_ring_order(desks: list[DeskPhone], rung: list[int], expected: list[int]) -> None:
    assert [one.user_id for one in ring_order(desks, [OWNER, STAND_IN, OWNER], Level.middle, rung)] == expected


@given(
    st.lists(
        st.builds(
            desk,
            st.integers(1, 9),
            st.sampled_from(AgentState),
            st.sampled_from([NINE, TEN]),
            st.sampled_from([None, *Level]),
            st.sampled_from([None, "+1"]),
            st.booleans(),
        ),
        unique_by=lambda one: one.user_id,
    ),
    st.lists(st.integers(1, 9)),
    st.sampled_from([None, *Level]),
    st.sets(st.integers(1, 9)),
)
def test_only_the_ready_ring_each_once_and_the_order_of_asking_does_not_matter(
    desks: list[DeskPhone], theirs: list[int], needs: Level | None, rung: set[int]
) -> None:
    order = ring_order(desks, theirs, needs, rung)
    assert all(one.may_ring and one.user_id not in rung for one in order)
    assert len({one.user_id for one in order}) == len(order)
    assert order == ring_order(desks[::-1], theirs, needs, rung)


@pytest.mark.parametrize("before", InboundState)
@pytest.mark.parametrize("after", InboundState)
def test_a_call_moves_forward_only(before: InboundState, after: InboundState) -> None:
    line = [InboundState.ringing, InboundState.talking, InboundState.over, InboundState.done]
    lost = {InboundState.missed, InboundState.abandoned}
    forward = before in line and after in line and line.index(before) < line.index(after)
    if forward or (before is InboundState.ringing and after in lost):
        assert move_inbound(before, after) is after
    else:
        with pytest.raises(Conflict):
            move_inbound(before, after)


@pytest.mark.parametrize(
    ("reading", "at", "by"),
    [
        pytest.param(Reading.missed_call, "2026-05-13 10:00", "2026-05-13 12:00", id="two hours of desk time"),
        pytest.param(Reading.missed_call, "2026-05-13 17:00", "2026-05-14 10:00", id="over the night"),
        pytest.param(Reading.abandoned_call, "2026-05-15 17:30", "2026-05-18 10:30", id="over the weekend"),
        pytest.param(Reading.missed_call, "2026-05-16 12:00", "2026-05-18 11:00", id="called on a Saturday"),
        pytest.param(Reading.missed_call, "2026-05-13 06:00", "2026-05-13 11:00", id="called before we open"),
        pytest.param(Reading.other, "2026-05-13 10:00", "2026-05-14 18:00", id="a message by the next working day"),
        pytest.param(Reading.dispute, "2026-05-15 10:00", "2026-05-18 18:00", id="a message before the weekend"),
        pytest.param(Reading.crisis, "2026-05-16 23:00", "2026-05-16 23:15", id="a life does not wait for Monday"),
    ],
)
def test_by_when_they_are_answered(reading: Reading, at: str, by: str) -> None:
    assert answer_by(reading, moment(at), "Asia/Shanghai", "CN") == moment(by)


@given(st.integers(0, 60 * 24 * 300))
def test_who_was_missed_is_called_back_inside_desk_hours(minutes: int) -> None:
    called = NINE + timedelta(minutes=minutes - 60 * 24 * 120)
    back = call_back_at(called, "Asia/Shanghai", "CN")
    hour = (back.hour + 8) % 24
    assert back > called
    assert 9 <= hour <= 18

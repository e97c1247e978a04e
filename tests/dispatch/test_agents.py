"""What an agent is doing follows from what they chose and from the call in hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from collector.dispatch.rules import AgentState, CallInHand, Choice, state_of

NINE = datetime(2026, 5, 11, 1, 0, tzinfo=UTC)
"""When they signed in."""


def at(minutes: int) -> datetime:
    return NINE + timedelta(minutes=minutes)


READY, BREAK = Choice(AgentState.ready, at(5)), Choice(AgentState.on_break, at(20))
CLAIMED = CallInHand(at(30))
RINGS = CallInHand(at(30), at(31))
ENDED = CallInHand(at(30), at(31), at(35))


@pytest.mark.parametrize(
    ("choice", "call", "signed_in", "last_call", "expected"),
    [
        pytest.param(None, None, NINE, None, (AgentState.ready, NINE), id="who never chose is ready"),
        pytest.param(READY, None, NINE, None, (AgentState.ready, at(5)), id="ready since they said so"),
        pytest.param(READY, None, NINE, at(40), (AgentState.ready, at(40)), id="ready since the last call"),
        pytest.param(BREAK, None, NINE, at(10), (AgentState.on_break, at(20)), id="a break"),
        pytest.param(BREAK, None, None, None, (AgentState.on_break, at(20)), id="a break outlasts the session"),
        pytest.param(READY, None, None, at(40), (AgentState.signed_out, None), id="nobody there"),
        pytest.param(READY, CLAIMED, NINE, None, (AgentState.ready, at(5)), id="a call that is not dialled"),
        pytest.param(READY, RINGS, NINE, None, (AgentState.on_call, at(31)), id="on a call"),
        pytest.param(BREAK, RINGS, NINE, None, (AgentState.on_call, at(31)), id="a break comes after the call"),
        pytest.param(READY, RINGS, None, None, (AgentState.on_call, at(31)), id="a long talk outlasts the session"),
        pytest.param(READY, ENDED, NINE, None, (AgentState.wrap_up, at(35)), id="no outcome yet"),
        pytest.param(BREAK, ENDED, None, None, (AgentState.wrap_up, at(35)), id="the outcome before the break"),
    ],
)
def test_the_state_follows(
    choice: Choice | None,
    call: CallInHand | None,
    signed_in: datetime | None,
    last_call: datetime | None,
    expected: tuple[AgentState, datetime | None],
) -> None:
    assert state_of(choice, call, signed_in, last_call) == expected

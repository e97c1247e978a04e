"""What an agent is doing: what they chose, and what follows from the call they have in hand."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class AgentState(StrEnum):
    """`ready` and `break` are chosen; the others follow: from a call that is live, one that ended without an outcome,
    and from nobody being signed in."""

    ready = "ready"
    on_break = "break"
    on_call = "on_call"
    wrap_up = "wrap_up"
    signed_out = "signed_out"


CHOSEN = frozenset({AgentState.ready, AgentState.on_break})


class CallInHand(NamedTuple):
    """The call an agent holds. `rang_at`: when it was dialled, None while it was not; `ended_at`: when the carrier said
    that it ended."""

    claimed_at: datetime
    rang_at: datetime | None = None
    ended_at: datetime | None = None


class Choice(NamedTuple):
    """What an agent chose last; who never chose is ready."""

    state: AgentState
    at: datetime


def state_of(
    choice: Choice | None, call: CallInHand | None, signed_in: datetime | None, last_call: datetime | None = None
) -> tuple[AgentState, datetime | None]:
    """The state and since when. A call in hand says more than what was chosen: who takes a break while they talk has it
    afterwards. `signed_in`: since when, None if they are not; `last_call`: when their last outcome was said, from when
    on they wait for the next one."""
    if call is not None and call.ended_at is not None:
        return AgentState.wrap_up, call.ended_at
    if call is not None and call.rang_at is not None:
        return AgentState.on_call, call.rang_at
    if choice is not None and choice.state is AgentState.on_break:
        return AgentState.on_break, choice.at
    if signed_in is None and call is None:
        return AgentState.signed_out, None
    begun = (choice.at if choice else None, signed_in, last_call)
    return AgentState.ready, max((at for at in begun if at is not None), default=None)

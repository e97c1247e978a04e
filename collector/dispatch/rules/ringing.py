"""A call that comes in: whose phone rings, in which order, and how the call moves (design section 5)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple

from collector.dispatch.rules.agents import AgentState
from collector.foundation.errors import Conflict
from collector.history.rules import Outcome
from collector.identity.rules import LEVEL_ORDER, Level

MOST_RUNG = 3
"""Desks that one call rings, one after the other, before a message is taken [config]: nobody listens for longer."""


class InboundState(StrEnum):
    """`over`: they hung up, and nobody said yet how it went. `missed`: nobody took it; `abandoned`: they hung up before
    anybody could."""

    ringing = "ringing"
    talking = "talking"
    over = "over"
    done = "done"
    missed = "missed"
    abandoned = "abandoned"


INBOUND_MOVES: Mapping[InboundState, frozenset[InboundState]] = {
    InboundState.ringing: frozenset(
        {InboundState.talking, InboundState.over, InboundState.done, InboundState.missed, InboundState.abandoned}
    ),
    InboundState.talking: frozenset({InboundState.over, InboundState.done}),
    InboundState.over: frozenset({InboundState.done}),
    InboundState.done: frozenset(),
    InboundState.missed: frozenset(),
    InboundState.abandoned: frozenset(),
}
"""Only forward. From ringing straight to over: the report that the desk answered came late, or never."""
AT_A_DESK = frozenset({InboundState.ringing, InboundState.talking, InboundState.over})
"""An agent has it in hand."""
INBOUND_OUTCOMES = (
    Outcome.wrong_number,
    Outcome.third_party,
    Outcome.right_party,
    Outcome.says_paid,
    Outcome.deceased,
    Outcome.failed,
)
"""How a call that came in and was answered can have gone: nobody who called us is busy, or did not answer."""


def move_inbound(before: InboundState, after: InboundState) -> InboundState:
    """The new state; a move backwards is a `Conflict`."""
    if after not in INBOUND_MOVES[before]:
        raise Conflict(f"a call that is {before} can not become {after}; open the page again")
    return after


class DeskPhone(NamedTuple):
    """A user who may answer calls of a portfolio. `takes_any`: not only those about accounts of their own."""

    user_id: int
    phone: str | None
    state: AgentState
    since: datetime | None = None
    level: Level | None = None
    takes_any: bool = True

    @property
    def may_ring(self) -> bool:
        return self.state is AgentState.ready and bool(self.phone)


def ring_order(
    desks: Iterable[DeskPhone], theirs: Sequence[int], needs: Level | None, rung: Collection[int] = ()
) -> list[DeskPhone]:
    """Whose phone rings, first to last, without those that it rang already.

    First whose account it is: `theirs`, the owner before the stand-in, what is overdue most before the rest. Then
    whoever is ready and of that level or above (None: any), the longest without a call first: a higher level may help
    a lower one, never the other way round.
    """
    free = {one.user_id: one for one in desks if one.may_ring and one.user_id not in rung}
    own = [free.pop(user_id) for user_id in dict.fromkeys(theirs) if user_id in free]
    able = [one for one in free.values() if one.takes_any and _reaches(one.level, needs)]
    return [*own, *sorted(able, key=lambda one: (one.since or _LONG_AGO, one.user_id))]


_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def _reaches(level: Level | None, needs: Level | None) -> bool:
    """Who has no level of their own takes every call, as at the claim."""
    return needs is None or level is None or LEVEL_ORDER[level] >= LEVEL_ORDER[needs]

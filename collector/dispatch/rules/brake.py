"""The brake of what is new (security section 1, "the whole book"): a bad publish must not reach everybody.

A new strategy version, or a text of the installation's own that was never sent, reaches `sample` people of a portfolio,
waits, and goes on only if errors and opt-outs stayed under their limits. Besides, no hour sends more than was planned
and a tenth. The limits are the house's, not a strategy's: what is distrusted does not set its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple


class BrakeKind(StrEnum):
    """What is new. `replanned`: a strategy version as it shows in a day that was planned before it began, person by
    person after events; `strategy`: the days it planned itself."""

    strategy = "strategy"
    replanned = "replanned"
    template = "template"


class BrakeState(StrEnum):
    sampling = "sampling"
    passed = "passed"
    tripped = "tripped"
    """Contact is held, until a person lifts the hold."""


@dataclass(frozen=True, slots=True)
class Limits:
    """`errors` and `opt_outs`: of the sample, from which on it is too many. `least`: messages of an hour that are never
    too many, however little was planned."""

    sample: int = 50
    wait: timedelta = timedelta(minutes=15)
    errors: int = 5
    opt_outs: int = 2
    surplus: float = 1.1
    least: int = 50


LIMITS = Limits()


class Sample(NamedTuple):
    """What became of the first messages. `last_at`: when the last of them was sent."""

    sent: int = 0
    last_at: datetime | None = None
    failed: int = 0
    opted_out: int = 0


class Room(NamedTuple):
    """How many may go now. None: as many as there are. `until`: when it is worth asking again. `trip`: why contact is
    to be held; then none may go."""

    messages: int | None
    until: datetime | None = None
    trip: str = ""


FREE = Room(None)


def room_for(sample: Sample, at: datetime, limits: Limits = LIMITS) -> Room:
    """What a sample leaves room for at that moment. Too many errors or opt-outs trip it, however few were sent."""
    if sample.failed >= limits.errors:
        return Room(0, None, f"{sample.failed} of the first {sample.sent} messages failed")
    if sample.opted_out >= limits.opt_outs:
        return Room(0, None, f"{sample.opted_out} of the first {sample.sent} people opted out")
    if sample.sent < limits.sample or sample.last_at is None:
        return Room(limits.sample - sample.sent, at + limits.wait)
    over = sample.last_at + limits.wait
    return FREE if at >= over else Room(0, over)


def most_of_an_hour(planned: int, limits: Limits = LIMITS) -> int:
    """Messages of a portfolio that may go in an hour, where so many were planned for the day."""
    return max(limits.least, int(planned * limits.surplus))

"""What becomes of a letter, step by step, and which step may follow."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from collector.foundation.errors import Conflict


class LetterStep(StrEnum):
    """`arrived`: the post proved it. `signed`: the reader sent the slip back."""

    printed = "printed"
    posted = "posted"
    arrived = "arrived"
    returned = "returned"
    signed = "signed"


class ReturnReason(StrEnum):
    """Why the post brought it back."""

    refused = "refused"
    moved = "moved"
    unknown_there = "unknown_there"
    address_incomplete = "address_incomplete"
    unclaimed = "unclaimed"
    deceased = "deceased"
    other = "other"


class LetterState(StrEnum):
    """Where a letter stands, as the lists of the page part them."""

    to_print = "to_print"
    to_post = "to_post"
    posted = "posted"
    """Posted, and nothing heard of it."""
    arrived = "arrived"
    returned = "returned"


_NEEDS = {
    LetterStep.printed: frozenset[LetterStep](),
    LetterStep.posted: frozenset({LetterStep.printed}),
    LetterStep.arrived: frozenset({LetterStep.posted}),
    LetterStep.returned: frozenset({LetterStep.posted}),
    LetterStep.signed: frozenset({LetterStep.printed}),
}
_EXCLUDES = {
    LetterStep.arrived: LetterStep.returned,
    LetterStep.returned: LetterStep.arrived,
}
STRIKABLE = frozenset({LetterStep.arrived, LetterStep.returned, LetterStep.signed})
"""Steps that were only told to us; what we printed and posted ourselves, happened."""
REASONS = {
    LetterStep.printed: "it was not printed yet",
    LetterStep.posted: "it was not posted yet",
    LetterStep.returned: "it came back",
    LetterStep.arrived: "it arrived",
}


def require_step(step: LetterStep, before: Collection[LetterStep]) -> None:
    """`Conflict` where this step can not follow those there were; a step that was taken is not asked about again."""
    for missing in sorted(_NEEDS[step] - set(before)):
        raise Conflict(f"the letter can not be {step}: {REASONS[missing]}")
    other = _EXCLUDES.get(step)
    if other in before and other is not None:
        raise Conflict(f"the letter can not be {step}: {REASONS[other]}")


def may_step(step: LetterStep, before: Collection[LetterStep]) -> bool:
    """Whether this step was not taken yet and can follow those there were."""
    return step not in before and _NEEDS[step] <= set(before) and _EXCLUDES.get(step) not in before


def state_of(steps: Collection[LetterStep]) -> LetterState:
    """Where a letter stands after these steps; a signed slip proves that it arrived."""
    if LetterStep.arrived in steps or LetterStep.signed in steps:
        return LetterState.arrived
    if LetterStep.returned in steps:
        return LetterState.returned
    if LetterStep.posted in steps:
        return LetterState.posted
    return LetterState.to_post if LetterStep.printed in steps else LetterState.to_print

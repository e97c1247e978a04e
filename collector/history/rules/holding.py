"""Who held an account when: why a holding began, and whose a payment is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class HoldingReason(StrEnum):
    """Why an account has another owner, another stand-in, or nobody from then on."""

    allotted = "allotted"
    """Nobody had it."""
    rotated = "rotated"
    """The holding period is over without a payment."""
    moved_up = "moved_up"
    """It needs a higher level of collector than its owner's."""
    owner_gone = "owner_gone"
    """Its owner does not work this portfolio any more."""
    over_limit = "over_limit"
    """Its owner holds more than the policy allows."""
    one_owner = "one_owner"
    """The person's other accounts are somebody else's."""
    stand_in = "stand_in"
    """The owner stays; another stands in."""
    cured = "cured"
    legal = "legal"
    traced = "traced"
    term_over = "term_over"
    reassigned = "reassigned"
    """A supervisor gave it to somebody."""
    taken_back = "taken_back"
    """A supervisor took it back: nobody has it by rule until it is reassigned."""


HELD_BACK = frozenset({HoldingReason.term_over, HoldingReason.taken_back})
"""Taken back for good: the rules give it to nobody."""


class HoldingFact(NamedTuple):
    """From `at` on the account was `owner_id`'s, or nobody's; written down at `recorded_at`."""

    owner_id: int | None
    at: datetime
    recorded_at: datetime


def holder_at(holdings: Iterable[HoldingFact], paid_at: datetime) -> int | None:
    """Who held the account when it was paid: the last that began by then, of those that were on record by then. What
    is written down after the money came moves no attribution (security section 1, "commission"). `holdings` in the
    order in which they were recorded."""
    seen = [one for one in holdings if one.at <= paid_at and one.recorded_at <= paid_at]
    return max(enumerate(seen), key=lambda one: (one[1].at, one[0]))[1].owner_id if seen else None

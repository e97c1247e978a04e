"""Pure rules of allocation: who is to own an account, who stands in, what is left out and why."""

from collector.allocation.rules.allocate import allocate
from collector.allocation.rules.reassign import reassign, take_back
from collector.allocation.rules.units import Member, holding_until, kept_for, members_of, recall_of, units_of
from collector.allocation.rules.words import (
    NOBODY,
    Collector,
    Decision,
    Holding,
    LeftOut,
    Move,
    Stays,
    Unplaced,
)

__all__ = [
    "NOBODY",
    "Collector",
    "Decision",
    "Holding",
    "LeftOut",
    "Member",
    "Move",
    "Stays",
    "Unplaced",
    "allocate",
    "holding_until",
    "kept_for",
    "members_of",
    "reassign",
    "recall_of",
    "take_back",
    "units_of",
]

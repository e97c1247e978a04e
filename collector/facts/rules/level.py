"""The level of collector an account may not silently fall below (handbook section 5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from collector.facts.rules.records import LoweredRecord
from collector.identity.rules import LEVEL_ORDER, Level


class Worked(NamedTuple):
    """The last time an account was worked at a level: seconds since 1970, and the person's local day."""

    level: str
    at: int
    day: date


def level_floor(worked: Sequence[Worked], lowered: Sequence[LoweredRecord], since: date | None) -> str | None:
    """The highest level at which a late account was worked in its present spell, which began after `since` (None: all
    contacts belong to it); None: the lowest.

    Once a supervisor lowered it, what was worked before counts only up to the level they named.
    """
    of_this_spell = [one for one in worked if since is None or one.day > since]
    down = lowered[-1] if lowered else None
    orders = [
        order if down is None or one.at > down.at else min(order, LEVEL_ORDER[Level(down.level)])
        for one in of_this_spell
        if (order := LEVEL_ORDER[Level(one.level)])
    ]
    highest = max(orders, default=0)
    return next(level.value for level, order in LEVEL_ORDER.items() if order == highest) if highest else None

"""When a clock raises an alarm, so that none lapses silently (issue 5: 180, 90, 30 and 7 days ahead)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from collector.law.rules import Clock

AHEAD = (180, 90, 30, 7)
"""Days before the cautious date."""
PASSED = 0
"""As `ahead`: the day passed, and nothing was done."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """One that is due. `ahead`: the nearest of `AHEAD` that was reached, or `PASSED`."""

    clock: Clock
    ahead: int


def first_ahead() -> int:
    """How many days ahead somebody is told for the first time."""
    return max(AHEAD)


def alarms_due(clocks: Iterable[Clock], today: date) -> Iterator[Alarm]:
    """Of every clock that is not over, the alarm it has reached by today; what an earlier day missed is made up for by
    the one that is due now."""
    for clock in clocks:
        days = (clock.cautious_on - today).days
        if clock.is_over or days > first_ahead():
            continue
        yield Alarm(clock, PASSED if days < 0 else min(ahead for ahead in AHEAD if days <= ahead))

"""How guessing is slowed down: the waiting time doubles, and ends by itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

FREE_TRIES: Final = 5
LONGEST_WAIT: Final = timedelta(minutes=15)


def waiting(failures: int) -> timedelta:
    """How long after that many failures the next try is taken: nothing at first, then doubling to 15 minutes."""
    if failures < FREE_TRIES:
        return timedelta(0)
    return min(timedelta(seconds=2 ** min(failures - FREE_TRIES, 10)), LONGEST_WAIT)


def waits_until(failures: int, last_at: datetime, now: datetime) -> datetime | None:
    """When the next try is taken; None: at once."""
    wait = waiting(failures)
    return last_at + wait if wait and now < last_at + wait else None

"""The sandbox's own time: it can be set, run faster, or be left out altogether."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import monotonic

from collector.foundation.clock import system_clock


def never() -> bool:
    return False


class Timeline:
    """Virtual time. At speed 0 the clock runs like a real one, and waits take none of it."""

    def __init__(self, starts_at: datetime | None, speed: float) -> None:
        self.speed = speed
        self._base = (starts_at or system_clock()).astimezone(UTC)
        self._since = monotonic()
        self._changed = asyncio.Event()

    def now(self) -> datetime:
        return self._base + timedelta(seconds=(monotonic() - self._since) * (self.speed or 1.0))

    def set(self, at: datetime | None = None, speed: float | None = None) -> None:
        """Jumps to a moment, changes the pace, or both; whoever waits looks at the clock again."""
        self._base = at.astimezone(UTC) if at is not None else self.now()
        self._since = monotonic()
        self.speed = self.speed if speed is None else speed
        self.wake()

    def wake(self) -> None:
        """Lets everyone who waits ask again whether to stop."""
        self._changed.set()
        self._changed = asyncio.Event()

    async def until(self, moment: datetime, stop: Callable[[], bool] = never) -> None:
        """Returns when the moment has come, or as soon as `stop` says so after a `wake`."""
        while self.speed and not stop():
            remaining = (moment - self.now()).total_seconds() / self.speed
            if remaining <= 0:
                return
            try:
                await asyncio.wait_for(self._changed.wait(), remaining)
            except TimeoutError:
                return
        await asyncio.sleep(0)

"""Pages that stay open and are told what changed: who listens, what they share, and how it ends.

A stream waits in the event loop. It holds no thread and no connection to the database while nothing is looked up.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec
import uvicorn
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

T = TypeVar("T")

EVERY_S = 3.0
"""Seconds between two looks, at the least; those who see the same share one."""
CHECKED_S = 1.5
"""Seconds after which a stream asks again whether its session lives: within 5 it is closed (security section 2)."""
FORGOTTEN_S = 120.0
"""A look that nobody asked for again in this time is not kept."""
PER_USER = 4
"""Streams a user may have open; one more ends the oldest."""
HEADERS = {"X-Accel-Buffering": "no"}
"""No proxy keeps the words back until there are enough of them."""


LIVE = frozenset({"/floor/live", "/desk/live"})


def is_live(request: HTTPConnection) -> bool:
    """A page that asks by itself: that nobody touches it must count (security section 2)."""
    return request.headers.get("X-Live") == "1" or request.url.path in LIVE


@dataclass(eq=False)
class Listener:
    """One open page. `why` it was ended, once it is: `enough` when its user opened too many, else empty."""

    user_id: int
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    why: str = ""

    async def wait(self, seconds: float) -> bool:
        """Until then, or until the stream is to end; whether it is."""
        try:
            await asyncio.wait_for(self.ended.wait(), seconds)
        except TimeoutError:
            return False
        return True

    def end(self, why: str = "") -> None:
        self.why = self.why or why
        self.ended.set()


@dataclass
class _Shared:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    value: Any = None
    at: float = 0.0


class Streams:
    """The open pages of this process."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []
        self._shared: dict[Hashable, _Shared] = {}
        self._closing = False

    @property
    def open(self) -> int:
        return len(self._listeners)

    def join(self, user_id: int) -> Listener:
        """A page more. The user's oldest is ended where it would be too many: who opens one looks at that one."""
        mine = [one for one in self._listeners if one.user_id == user_id and not one.ended.is_set()]
        for one in mine[: max(0, len(mine) - PER_USER + 1)]:
            one.end("enough")
        listener = Listener(user_id)
        if self._closing:
            listener.end()
        self._listeners.append(listener)
        return listener

    def leave(self, listener: Listener) -> None:
        if listener in self._listeners:
            self._listeners.remove(listener)
        if not self._listeners:
            self._shared.clear()

    def close(self) -> None:
        """The server stops: every stream ends now, and none begins."""
        self._closing = True
        for listener in self._listeners:
            listener.end()

    async def look(self, key: Hashable, ask: Callable[[], T], every_s: float = EVERY_S) -> T:
        """What `ask` answers, asked in a thread; the same for everyone with this key until it is that old."""
        now = time.monotonic()
        for old in [other for other, kept in self._shared.items() if kept.at and now - kept.at > FORGOTTEN_S]:
            del self._shared[old]
        shared = self._shared.setdefault(key, _Shared())
        async with shared.lock:
            if not shared.at or time.monotonic() - shared.at >= every_s:
                shared.value = await run_in_threadpool(ask)
                shared.at = time.monotonic()
            value: T = shared.value
        return value


class EventStream(StreamingResponse):
    """Server-sent events for one listener, who leaves however it ends."""

    media_type = "text/event-stream"

    def __init__(self, streams: Streams, listener: Listener, events: AsyncIterator[str]) -> None:
        super().__init__(events, headers=HEADERS)
        self._streams, self._listener = streams, listener

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._streams.leave(self._listener)


def event(name: str, data: object) -> str:
    """One event, its data as JSON on one line."""
    return f"event: {name}\ndata: {msgspec.json.encode(data).decode()}\n\n"


class Server(uvicorn.Server):
    """uvicorn waits for its connections before it stops; open streams, which never end by themselves, are ended
    first."""

    async def shutdown(self, sockets: Any = None) -> None:
        streams: Streams = self.config.app.state.desk.streams  # type: ignore[union-attr]
        streams.close()
        await super().shutdown(sockets)

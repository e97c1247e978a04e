"""The floor while it is open: what changed is sent as it happens, as the parts of the page that show it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from sqlalchemy.exc import OperationalError
from starlette.concurrency import run_in_threadpool

from collector.casework.views import floor as views
from collector.casework.views.untouched import Untouched, untouched
from collector.foundation.errors import BadInput
from collector.identity import actions as identity
from collector.portfolio.queries import portfolios, scope_of
from collector.web.live import CHECKED_S, EVERY_S, EventStream, Listener, event
from collector.web.pages.floor import Book, clock_of, parts_of, told, waits
from collector.web.pages.shell import frame_of
from collector.web.session import Caller, CallerParam, Desk, DeskParam, cookie_name, reading
from collector.web.templating import Frame

router = APIRouter()
RETRY_MS = 3000
SLOW_S = 60.0
"""What nobody tried for days is counted again so often: it goes through every overdue account."""


class Life(Enum):
    """Of the session that opened the stream. `changed`: what it may see is not what it was."""

    lives = auto()
    changed = auto()
    over = auto()


@dataclass(frozen=True)
class Viewer:
    """Who looks, at which portfolio (None: all of theirs), and how they are told."""

    desk: Desk
    caller: Caller
    frame: Frame
    token: str
    book: int | None

    def life(self) -> Life:
        """Looking is no activity: it keeps no session alive."""
        with reading(self.desk) as session:
            found = identity.live_session(session, self.token, self.desk.clock(), activity=False)
            if found is None:
                return Life.over
            user, actor = found[1], self.caller.actor
            scope = scope_of(session, user_id=user.id, everything=user.all_portfolios)
        same = (identity.actor_of(user).roles, scope, user.language) == (actor.roles, actor.scope, self.caller.language)
        return Life.lives if same and not user.must_change else Life.changed

    async def look(self) -> views.Floor:
        """The same for everyone who sees the same portfolios."""
        streams, key = self.desk.streams, (self.caller.actor.scope, self.book)
        quiet = await streams.look(("untouched", *key), self._quiet, SLOW_S)
        return await streams.look(("floor", *key), partial(self._floor, quiet))

    def _quiet(self) -> Sequence[Untouched]:
        with reading(self.desk) as session:
            everything = portfolios(session, self.caller.actor.scope)
            seen = views.narrowed(self.caller.actor.scope, everything, self.book)
            return untouched(session, [one for one in everything if seen.admits(one.id or 0)], self.desk.clock())

    def _floor(self, quiet: Sequence[Untouched]) -> views.Floor:
        scope, now = self.caller.actor.scope, self.desk.clock()
        with reading(self.desk) as session:
            return views.floor(session, self.desk.office, scope, now, self.book, quiet)

    def parts(self, seen: views.Floor) -> dict[str, tuple[str, str]]:
        """Digest and HTML of each part, with the reader's own forms in them."""
        with reading(self.desk) as session:
            asked = waits(session, self.caller, self.book, self.frame.t)
        parts = parts_of(told(self.frame, seen, asked, self.caller, self.book))
        return {name: (part.digest, str(part.html)) for name, part in parts.items()}


@router.get("/floor/live")
async def floor_live(request: Request, desk: DeskParam, caller: CallerParam, book: Book = None) -> Any:
    """Server-sent events: `part` for each part that changed, `beat` with the time of the last look, `bye` when the
    session is over, `enough` when the reader opened too many of these."""
    if "text/event-stream" not in request.headers.get("Accept", ""):
        raise BadInput("this address feeds an open page; open the floor itself")
    frame = replace(frame_of(request, caller), path="/floor")
    viewer = Viewer(desk, caller, frame, request.cookies.get(cookie_name(desk), ""), book)
    await viewer.look()  # a foreign portfolio is refused before anything is sent
    listener = desk.streams.join(caller.person.id or 0)
    return EventStream(desk.streams, listener, _events(viewer, listener))


async def _events(viewer: Viewer, listener: Listener) -> AsyncIterator[str]:
    yield f"retry: {RETRY_MS}\n\n"
    sent: dict[str, str] = {}
    waited = EVERY_S
    try:
        while not listener.ended.is_set():
            life = await run_in_threadpool(viewer.life)
            if life is not Life.lives:
                if life is Life.over:
                    yield event("bye", "")
                return
            if waited >= EVERY_S:
                waited = 0.0
                seen = await viewer.look()
                for name, (digest, html) in (await run_in_threadpool(partial(viewer.parts, seen))).items():
                    if sent.get(name) != digest:
                        sent[name] = digest
                        yield event("part", {"id": name, "digest": digest, "html": html})
                yield event("beat", clock_of(viewer.frame.t, seen))
            await listener.wait(CHECKED_S)
            waited += CHECKED_S
    except OperationalError:
        return  # the database is away: the page says since when it knows nothing, and asks again
    if listener.why:
        yield event(listener.why, "")

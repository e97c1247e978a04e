"""The desk while it is open: a phone that rings is told of at once, on whatever page its agent is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from sqlalchemy.exc import OperationalError

from collector.casework.views.calling_in import AtDesk, everywhere
from collector.foundation.errors import BadInput
from collector.identity.actions import digest
from collector.identity.queries import live_sessions
from collector.web.live import CHECKED_S, EventStream, Listener, event
from collector.web.pages.floor_live import RETRY_MS
from collector.web.pages.shell import bar_of
from collector.web.session import CallerParam, Desk, DeskParam, cookie_name, reading
from collector.web.templating import fragment
from collector.web.words import Words

router = APIRouter()
LOOKS_S = 1.0
"""Seconds between two looks at which phones ring: one for all desks of this process."""


@dataclass(frozen=True)
class Desks:
    """What is at which desk, and whose session lives."""

    calls: dict[int, AtDesk]
    alive: frozenset[str]


@router.get("/desk/live")
async def desk_live(request: Request, desk: DeskParam, caller: CallerParam) -> Any:
    """Server-sent events: `bar` with what the head of the page says of the call at this desk, as it changes; `beat`
    while there is no news; `bye` when the session is over, `enough` when the user opened too many of these."""
    if "text/event-stream" not in request.headers.get("Accept", ""):
        raise BadInput("this address feeds an open page; open the desk itself")
    user_id, session = caller.person.id or 0, digest(request.cookies.get(cookie_name(desk), ""))
    listener = desk.streams.join(user_id)
    return EventStream(desk.streams, listener, _events(desk, listener, user_id, session, Words(caller.language)))


async def _events(desk: Desk, listener: Listener, user_id: int, session: str, t: Words) -> AsyncIterator[str]:
    yield f"retry: {RETRY_MS}\n\n"
    told: AtDesk | None = None
    first = True
    try:
        while not listener.ended.is_set():
            seen: Desks = await desk.streams.look(("desks",), lambda: _look(desk), LOOKS_S)
            if session not in seen.alive:
                yield event("bye", "")
                return
            mine = seen.calls.get(user_id)
            if first or mine != told:
                told, first = mine, False
                yield event("bar", fragment("bar.html", t=t, bar=bar_of(mine, t) if mine else None))
            else:
                yield event("beat", "")
            await listener.wait(min(LOOKS_S, CHECKED_S))
    except OperationalError:
        return  # the database is away: the page asks again
    if listener.why:
        yield event(listener.why, "")


def _look(desk: Desk) -> Desks:
    """One look for every desk: it costs the same however many are open."""
    with reading(desk) as session:
        return Desks(everywhere(session), live_sessions(session, desk.clock()))

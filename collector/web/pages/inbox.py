"""Messages from borrowers that a person must look at."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Path, Request

from collector.casework import actions
from collector.casework.views import messages, queues, within
from collector.dispatch.tables import InboundMessage
from collector.foundation.money import shown
from collector.foundation.phone import masked
from collector.web.pages.shell import frame_of, may_open, see
from collector.web.session import CallerParam, DeskParam, FormParam, reading, writing
from collector.web.templating import Page, Told, render

router = APIRouter()
Id = Annotated[int, Path(ge=1, le=2**62)]


@dataclass(frozen=True)
class Message:
    id: int
    number: str
    at: str
    reading: str
    """Everything that was read in it, the strictest first."""
    suggestion: str
    """Day and amount of a promise as the message names them: nothing is on record until an agent agrees it."""
    body: str
    account_id: int | None


@dataclass(frozen=True)
class InboxPage(Page):
    template: ClassVar[str] = "inbox.html"
    count: int
    """Of all that wait; the page lists the oldest."""
    messages: Sequence[Message]
    may_handle: bool


@router.get("/inbox")
def inbox(request: Request, desk: DeskParam, caller: CallerParam) -> Any:
    frame = frame_of(request, caller)
    with reading(desk) as session:
        rows = queues.inbox(session, caller.actor.scope)
        waiting = [_message(row, messages.seen(session, row), Told(frame.t, zone)) for row, zone in rows]
        count = queues.inbox_count(session, caller.actor.scope)
    return render(InboxPage(frame, count, waiting, may_open(caller, "mark_handled")))


def _message(row: InboundMessage, seen: messages.Seen, told: Told) -> Message:
    amount = shown(seen.amount, seen.currency, told.t.language) if seen.amount else ""
    return Message(
        id=row.id or 0,
        number=masked(row.from_number),
        at=told.whose(row.at),
        reading=" · ".join(told.t.word(reading) for reading in seen.readings),
        suggestion=" · ".join(part for part in (told.day(seen.day), amount) if part),
        body=row.body,
        account_id=seen.account_id,
    )


@router.post("/inbox/{message_id}/handled")
def mark_handled(message_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    with writing(desk) as session:
        within.message(session, caller.actor.scope, message_id)
        actions.handle_inbound(session, desk.office, message_id, desk.clock(), caller.actor)
    return see("/inbox", "handled")

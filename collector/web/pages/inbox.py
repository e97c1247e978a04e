"""Messages from borrowers that a person must look at."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Path, Request

from collector.casework import actions
from collector.casework.views import queues, within
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
    body: str
    account_id: int | None


@dataclass(frozen=True)
class InboxPage(Page):
    template: ClassVar[str] = "inbox.html"
    messages: Sequence[Message]
    may_handle: bool


@router.get("/inbox")
def inbox(request: Request, desk: DeskParam, caller: CallerParam) -> Any:
    frame = frame_of(request, caller)
    with reading(desk) as session:
        messages = [
            Message(
                id=row.id or 0,
                number=masked(row.from_number),
                at=Told(frame.t, zone).whose(row.at),
                reading=frame.t.word(row.reading),
                body=row.body,
                account_id=queues.account_for(session, row),
            )
            for row, zone in queues.inbox(session, caller.actor.scope)
        ]
    return render(InboxPage(frame, messages, may_open(caller, "mark_handled")))


@router.post("/inbox/{message_id}/handled")
def mark_handled(message_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    with writing(desk) as session:
        within.message(session, caller.actor.scope, message_id)
        actions.handle_inbound(session, desk.office, message_id, desk.clock(), caller.actor)
    return see("/inbox", "handled")

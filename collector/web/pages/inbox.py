"""Messages from borrowers that a person must look at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Path, Request

from collector.casework import actions
from collector.casework.views import messages, queues, within
from collector.foundation.money import shown
from collector.foundation.phone import masked
from collector.web.pages.shell import frame_of, may_open, see
from collector.web.session import CallerParam, DeskParam, FormParam, reading, writing
from collector.web.templating import Page, Told, render
from collector.web.words import Words

router = APIRouter()
Id = Annotated[int, Path(ge=1, le=2**62)]


@dataclass(frozen=True)
class Message:
    id: int
    number: str
    at: str
    age: str
    answer_by: str
    late: bool
    """Whether that is over."""
    mine: bool
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
        now = desk.clock()
        rows = queues.inbox(session, caller.actor.scope, user_id=caller.actor.user_id)
        waiting = [_message(one, messages.seen(session, one.message), Told(frame.t, one.zone), now) for one in rows]
        count = queues.inbox_count(session, caller.actor.scope)
    return render(InboxPage(frame, count, waiting, may_open(caller, "mark_handled")))


def aged(since: datetime, now: datetime, t: Words) -> str:
    """How long ago, in the largest whole unit."""
    minutes = int((now - since).total_seconds()) // 60
    if minutes < 60:
        return t("{count} min", count=minutes)
    return t("{count} h", count=minutes // 60) if minutes < 60 * 48 else t("{count} days", count=minutes // (60 * 24))


def _message(one: queues.Unanswered, seen: messages.Seen, told: Told, now: datetime) -> Message:
    row = one.message
    amount = shown(seen.amount, seen.currency, told.t.language) if seen.amount else ""
    return Message(
        id=row.id or 0,
        number=masked(row.from_number),
        at=told.whose(row.at),
        age=aged(row.at, now, told.t),
        answer_by=told.whose(one.answer_by),
        late=now > one.answer_by,
        mine=one.mine,
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

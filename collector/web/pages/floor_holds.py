"""Holding a portfolio or a segment from the floor: first what it would stop, then the hold itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, ClassVar

from fastapi import APIRouter, Request
from pydantic import Field

from collector.casework import actions
from collector.casework.views import repeats
from collector.casework.views.halts import Halt, Target, target_of, would_stop
from collector.foundation.clock import at_local
from collector.foundation.errors import BadInput
from collector.web.pages.shell import Form, frame_of, read, see
from collector.web.session import CallerParam, DeskParam, FormParam, reading, writing
from collector.web.templating import Page, Told, render
from collector.web.words import Words

router = APIRouter()
LONGEST_ID = 18


class HoldForm(Form):
    target: str = Field(max_length=200)
    """ "ID" of a portfolio, or "ID:SEGMENT"."""
    note: str = Field(max_length=500)
    until: date | None = None

    @property
    def named(self) -> tuple[int, str | None]:
        number, colon, segment = self.target.partition(":")
        if not number.isdecimal() or len(number) > LONGEST_ID:
            raise BadInput("choose a portfolio or a segment from the list")
        return int(number), segment if colon else None

    def ends(self, target: Target, now: datetime) -> datetime | None:
        """The last minute of that day on the portfolio's clock; None: when somebody lifts it."""
        if self.until is None:
            return None
        end = at_local(self.until, time(23, 59), target.book.timezone)
        if end <= now:
            raise BadInput("the day until which it holds is over; choose today or a later one")
        return end


@dataclass(frozen=True)
class HoldPage(Page):
    template: ClassVar[str] = "hold.html"
    what: str
    stops: Sequence[str]
    until: str
    target: str
    note: str
    until_day: str


@router.post("/floor/hold")
def preview_hold(request: Request, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """What the hold would stop. Nothing is changed yet; the words travel in the body, never in an address."""
    form, frame, now = read(HoldForm, fields), frame_of(request, caller), desk.clock()
    t = frame.t
    with reading(desk) as session:
        target = target_of(session, caller.actor.scope, *form.named, now)
        ends = form.ends(target, now)
        stops = would_stop(session, target, now)
    told = Told(t, target.book.timezone, target.book.currency)
    page = HoldPage(
        frame=frame,
        what=" · ".join(part for part in (t.word(target.scope), target.book.code, target.segment or "") if part),
        stops=_stops(stops, told),
        until=t("until {moment}", moment=told.whose(ends)) if ends else t("until somebody lifts it"),
        target=form.target,
        note=form.note,
        until_day=told.day(form.until),
    )
    return render(page)


def _stops(stops: Halt, told: Told) -> list[str]:
    t: Words = told.t
    if not stops.calls + stops.messages + stops.papers:
        lines = [t("Nothing that is planned today would be stopped: no contact is open here.")]
    else:
        lines = [
            t(
                "This stops {accounts} accounts with {overdue} overdue: {calls} calls, {messages} messages and "
                "{papers} letters and visits planned today.",
                accounts=stops.accounts,
                overdue=told.money(stops.overdue),
                calls=stops.calls,
                messages=stops.messages,
                papers=stops.papers,
            )
        ]
    if stops.late:
        lines.append(
            t(
                "The portfolio has {accounts} overdue accounts, {overdue} in all: none is contacted while it is held.",
                accounts=stops.late,
                overdue=told.money(stops.late_overdue),
            )
        )
    return lines


@router.post("/floor/hold/put")
def put_hold(desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """The hold as it was shown. Sent twice, it stands once."""
    form, now = read(HoldForm, fields), desk.clock()
    with writing(desk) as session:
        target = target_of(session, caller.actor.scope, *form.named, now)
        on = {"portfolio_id": target.book.id, "segment": target.segment, "until": form.ends(target, now)}
        if repeats.hold(session, target.scope, **on) is None:  # type: ignore[arg-type]
            actions.hold(
                session,
                desk.office,
                scope=target.scope,
                note=form.note,
                at=now,
                actor=caller.actor,
                **on,  # type: ignore[arg-type]
            )
    return see("/floor", "hold")

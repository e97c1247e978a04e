"""The supervisor's floor: is today ready, queues, refusals, promises, approvals, and the red switch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Query, Request
from sqlmodel import Session

from collector.casework import actions, approvals
from collector.casework.views import floor as views
from collector.casework.views import repeats
from collector.history.rules import HoldScope
from collector.identity.rules import Scope
from collector.portfolio.queries import portfolios
from collector.web.pages import floor_quiet, floor_rail, floor_telling
from collector.web.pages.approvals import Waiting, waiting
from collector.web.pages.shell import Form, frame_of, may_open, read, see
from collector.web.session import Caller, CallerParam, DeskParam, FormParam, reading, writing
from collector.web.templating import Frame, Link, Page, Part, Table, Told, part, render
from collector.web.words import Words

router = APIRouter()


@dataclass(frozen=True)
class Floor(Page):
    """What the parts of the floor show."""

    template: ClassVar[str] = "floor.html"
    lights: Sequence[tuple[str, str, str]]
    figures: Sequence[floor_telling.Figure]
    queues: Sequence[floor_telling.QueueLine]
    idle: Sequence[floor_telling.QueueLine]
    agents: Table
    agents_said: str
    owned_said: str
    untouched: floor_quiet.Quiet
    rail: floor_rail.Rail
    approvals: Sequence[Waiting]
    holds: Sequence[tuple[int, str]]
    stoppable: Sequence[floor_telling.Group]
    red: bool
    may_hold: bool
    may_plan: bool


@dataclass(frozen=True)
class FloorPage(Page):
    template: ClassVar[str] = "floor.html"
    books: Sequence[Link]
    as_of: str
    live: str
    """Where the changes of an open page come from."""
    parts: Mapping[str, Part]


PARTS = ("lights", "figures", "queues", "agents", "untouched", "approvals", "holds", "rail")
"""Each is a template, floor_NAME.html, and is put in place alone when it changes."""
Book = Annotated[int | None, Query(ge=1, le=2**62)]
"""The portfolio that is looked at; None: all of them."""


@router.get("/floor")
def floor(request: Request, desk: DeskParam, caller: CallerParam, book: Book = None) -> Any:
    now, frame = desk.clock(), frame_of(request, caller)
    with reading(desk) as session:
        seen = views.floor(session, desk.office, caller.actor.scope, now, book)
        asked = waits(session, caller, book, frame.t)
    parts = parts_of(told(frame, seen, asked, caller, book))
    live = f"/floor/live?book={book}" if book is not None else "/floor/live"
    books = floor_telling.books(seen, book, frame.t)
    return render(FloorPage(frame, books, clock_of(frame.t, seen), live, parts))


def told(frame: Frame, seen: views.Floor, asked: Sequence[Waiting], caller: Caller, book: int | None) -> Floor:
    """What was seen, as this reader is told it."""
    t = frame.t
    open_, idle = floor_telling.queue_lines(seen.queues, t)
    return Floor(
        frame=frame,
        lights=[(t.word(light.name), light.state.value, t(light.sentence, **light.parts)) for light in seen.lights],
        figures=floor_telling.figures(seen.pulse, seen.refused, book, t),
        queues=open_,
        idle=idle,
        agents=floor_telling.agents(seen, t),
        agents_said=floor_telling.at_work(seen.agents, t),
        owned_said=t(
            "{held} accounts have an owner, {free} have none; {away} away",
            held=seen.owned.held,
            free=seen.owned.free,
            away=seen.owned.away,
        ),
        untouched=floor_quiet.untouched(seen.untouched, book, t),
        rail=floor_rail.rail(seen, t),
        approvals=asked,
        holds=[(row.id or 0, floor_telling.hold(row, seen.portfolios, t)) for row in seen.holds],
        stoppable=floor_telling.stoppable(seen, t),
        red=floor_telling.is_red(seen.holds),
        may_hold=may_open(caller, "red_switch"),
        may_plan=may_open(caller, "plan_now"),
    )


def waits(session: Session, caller: Caller, book: int | None, t: Words) -> list[Waiting]:
    """What waits for a second person, of the portfolio that is looked at."""
    rows = approvals.waiting(session, caller.actor)
    return [waiting(session, row, caller, t) for row in rows if book in (None, row.portfolio_id)]


def parts_of(page: Floor) -> dict[str, Part]:
    return {name: part(f"floor_{name}.html", page) for name in PARTS}


def clock_of(t: Words, seen: views.Floor) -> str:
    """When it was seen."""
    return Told(t, seen.zone).second(seen.at)


class RedForm(Form):
    note: str


@router.post("/floor/red-switch")
def red_switch(desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """Stop all contact: of everything, or of each portfolio this supervisor sees."""
    form = read(RedForm, fields)
    with writing(desk) as session:
        for scope, portfolio_id in _reach(session, caller.actor.scope):
            if repeats.hold(session, scope, portfolio_id=portfolio_id) is None:
                actions.hold(
                    session,
                    desk.office,
                    scope=scope,
                    portfolio_id=portfolio_id,
                    note=form.note,
                    at=desk.clock(),
                    actor=caller.actor,
                )
    return see("/floor", "hold")


def _reach(session: Session, scope: Scope) -> list[tuple[HoldScope, int | None]]:
    if scope.portfolio_ids is None:
        return [(HoldScope.everything, None)]
    return [(HoldScope.portfolio, book.id) for book in portfolios(session, scope)]


@router.post("/floor/plan")
def plan_now(desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """Plan today for every portfolio of the reader. The worker does the same when a new day begins."""
    with reading(desk) as session:
        codes = [book.code for book in portfolios(session, caller.actor.scope)]
    for code in codes:
        actions.plan(desk.office, code, desk.clock(), actor=caller.actor.name)
    return see("/floor" if may_open(caller, "floor") else "/operations", "planned")

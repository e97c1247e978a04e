"""The supervisor's floor: is today ready, queues, refusals, promises, approvals, and the red switch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Path, Query, Request
from sqlmodel import Session

from collector.casework import actions
from collector.casework.views import floor as views
from collector.casework.views import matching, repeats, within
from collector.foundation.clock import parse_moment
from collector.history.rules import HoldScope
from collector.identity import actions as identity
from collector.identity.queries import find_user
from collector.identity.rules import Role, Scope
from collector.identity.tables import Approval, User
from collector.portfolio.queries import portfolios
from collector.web.pages import floor_quiet, floor_rail, floor_telling
from collector.web.pages.shell import Form, frame_of, may_open, read, see
from collector.web.session import Caller, CallerParam, Desk, DeskParam, FormParam, reading, writing
from collector.web.templating import Frame, Link, Page, Part, Table, Told, part, render
from collector.web.words import Words

router = APIRouter()
Id = Annotated[int, Path(ge=1, le=2**62)]


@dataclass(frozen=True)
class Waiting:
    """An approval, as its second person is shown it."""

    id: int
    kind: str
    subject: str
    href: str
    words: str
    maker: str
    made: str
    digest: str
    own: bool
    """The reader's own: only another person may decide it."""


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
    may_decide: bool


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
        asked = [waiting(session, row, caller, frame.t) for row in seen.approvals]
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
        may_decide=may_open(caller, "decide_approval"),
    )


def parts_of(page: Floor) -> dict[str, Part]:
    return {name: part(f"floor_{name}.html", page) for name in PARTS}


def clock_of(t: Words, seen: views.Floor) -> str:
    """When it was seen."""
    return Told(t, seen.zone).second(seen.at)


def waiting(session: Session, row: Approval, caller: Caller, t: Words) -> Waiting:
    account_id = int(row.body["account"])
    account, book = within.account(session, caller.actor.scope, account_id)
    told = Told(t, book.timezone, book.currency)
    parts = [told.money(int(row.body["amount"]))] if "amount" in row.body else []
    if "until" in row.body:
        parts += [t("until {day}", day=str(row.body["until"])), str(row.body["reason"])]
    if "due_at" in row.body:
        parts.append(told.whose(parse_moment(row.body["due_at"])))
    if "reference" in row.body:
        parts.append(str(row.body["reference"]))
    return Waiting(
        id=row.id or 0,
        kind=t.word(row.kind),
        subject=f"{book.code}/{account.account_no}",
        href=f"/accounts/{account_id}",
        words=" · ".join(parts),
        maker=row.maker,
        made=told.moment(row.made_at),
        digest=row.digest,
        own=row.maker_staff_no == caller.person.staff_no,
    )


class DecisionForm(Form):
    decision: str
    shown: str
    reason: str = ""


@router.post("/approvals/{approval_id}/decide")
def decide_approval(approval_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """Approve or reject exactly what was shown; what was approved is carried out in the same transaction."""
    form, now = read(DecisionForm, fields), desk.clock()
    with writing(desk) as session:
        asked = within.approval(session, caller.actor.scope, approval_id)
        if asked.kind != matching.MATCH:
            caller.require(Role.supervisor)
        checker = session.get_one(User, caller.actor.user_id)
        yes = form.decision == "approve"
        row = identity.decide(session, approval_id, form.shown, yes, checker, form.reason, now)
        if yes:
            _carry_out(session, desk, caller, row)
    return see("/floor" if may_open(caller, "floor") else "/operations", "decided")


def _carry_out(session: Session, desk: Desk, caller: Caller, row: Approval) -> None:
    now = desk.clock()
    if row.kind == matching.MATCH:
        matching.carry_out(session, desk.office, row, caller.actor, now)
    elif row.kind == "promise":
        actions.make_promise(
            session,
            desk.office,
            account_id=row.body["account"],
            amount=row.body["amount"],
            due_at=parse_moment(row.body["due_at"]),
            at=now,
            actor=_maker(session, row, caller),
            approval_id=row.id,
        )
    elif row.kind == "keep":
        actions.keep_as_asked(session, row, now, caller.actor)


def _maker(session: Session, row: Approval, caller: Caller) -> Any:
    """The promise is the agent's who heard it, not the supervisor's who agreed."""
    maker = find_user(session, row.maker)
    return identity.actor_of(maker) if maker else caller.actor


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

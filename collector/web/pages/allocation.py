"""The allocation board: who holds what of a portfolio, what nobody holds, who is away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Query, Request
from pydantic import Field

from collector.casework import actions
from collector.casework.views import within
from collector.casework.views.allocation import AgentLine, Board, board
from collector.casework.views.untouched import AGES
from collector.foundation.clock import at_local
from collector.identity.tables import Absence
from collector.portfolio.queries import portfolios
from collector.web.pages.floor_quiet import age_words
from collector.web.pages.shell import Form, frame_of, may_open, read, see
from collector.web.session import CallerParam, DeskParam, FormParam, reading, writing
from collector.web.templating import Choice, Link, Page, Table, Told, num, render, table
from collector.web.words import Words

router = APIRouter()
Book = Annotated[int | None, Query(ge=1, le=2**62)]


@dataclass(frozen=True)
class Line:
    """An agent as the board tells them. `full`: how much of what they can hold they hold, 0 to 1; None: no limit."""

    user_id: int
    name: str
    level: str
    accounts: int
    full: float | None
    percent: str
    look: str
    money: str
    untouched: Sequence[str]
    promises: str
    stands_in: str
    collected: str
    away: str


@dataclass(frozen=True)
class Away:
    absence_id: int
    words: str


@dataclass(frozen=True)
class BoardPage(Page):
    template: ClassVar[str] = "allocation.html"
    book: int
    code: str
    books: Sequence[Link]
    automatic: bool
    limits: str
    """How many accounts of each rule alone fill an agent; empty: there are no rules."""
    ages: Sequence[str]
    agents: Sequence[Line]
    unowned: Table
    ownerless: int
    absences: Sequence[Away]
    sources: Sequence[Choice]
    today: str
    may_change: bool


@router.get("/allocation")
def allocation_page(request: Request, desk: DeskParam, caller: CallerParam, book: Book = None) -> Any:
    """One portfolio at a time: limits and money are of one."""
    frame, now = frame_of(request, caller), desk.clock()
    t = frame.t
    with reading(desk) as session:
        books = portfolios(session, caller.actor.scope)
        chosen = within.portfolio(session, caller.actor.scope, book or (books[0].id if books else 0) or 0)
        seen = board(session, chosen, now)
    told = Told(t, chosen.timezone, chosen.currency)
    page = BoardPage(
        frame=frame,
        book=chosen.id or 0,
        code=chosen.code,
        books=[Link(f"/allocation?book={one.id}", one.code, here=one.id == chosen.id) for one in books],
        automatic=seen.automatic,
        limits=" · ".join(f"{name} {accounts}" for name, accounts in seen.rules),
        ages=[age_words(place) for place in range(len(AGES))],
        agents=[_line(one, seen, told) for one in seen.agents],
        unowned=_unowned(seen, told),
        ownerless=seen.ownerless,
        absences=[
            Away(row.id or 0, f"{one.name} · {_span(row, told)}{f' · {row.note}' if row.note else ''}")
            for one in seen.agents
            for row in one.absences
        ],
        sources=_sources(seen, t),
        today=seen.today.isoformat(),
        may_change=may_open(caller, "run_allocation"),
    )
    return render(page)


def _line(one: AgentLine, seen: Board, told: Told) -> Line:
    t, full = told.t, one.full
    running = [row for row in one.absences if row.begins_at.date() <= seen.today]
    return Line(
        user_id=one.user_id,
        name=one.name,
        level=t.word(one.level),
        accounts=one.accounts,
        full=min(full, 1) if full is not None else None,
        percent=f"{full:.0%}" if full is not None else "",
        look="late" if full is not None and full > 1 else "",
        money=told.money(one.money),
        untouched=[str(one.untouched[place]) if one.untouched[place] else "·" for place in range(len(AGES))],
        promises=f"{one.promises} · {told.money(one.promised)}" if one.promises else "·",
        stands_in=str(one.stands_in or "·"),
        collected=told.money(one.collected) if one.collected else "·",
        away=_span((running or one.absences)[0], told) if one.absences else "",
    )


def _span(row: Absence, told: Told) -> str:
    """The days of an absence, both included."""
    last = row.ends_at - timedelta(minutes=1)
    return f"{told.moment(row.begins_at)[:10]} – {told.moment(last)[:10]}"


def _unowned(seen: Board, told: Told) -> Table:
    t = told.t
    return table(
        [t("Rule"), t("Level"), num(t("Accounts")), num(t("Overdue")), num(t("Held back"))],
        [
            [
                one.rule,
                t.word(one.level),
                num(str(one.accounts)),
                num(told.money(one.money)),
                num(str(one.held_back or "·")),
            ]
            for one in seen.unowned
        ],
        t("Every account that a rule asks an owner for has one."),
    )


def _sources(seen: Board, t: Words) -> list[Choice]:
    """What can be chosen at once: an agent's accounts, or those of a rule."""
    agents = [
        Choice(f"agent:{one.user_id}", t("all of {name} ({accounts})", name=one.name, accounts=one.accounts))
        for one in seen.agents
        if one.accounts
    ]
    return [*agents, *(Choice(f"rule:{name}", t("all of rule {name}", name=name)) for name, _ in seen.rules)]


# --- absence ---


class AbsenceForm(Form):
    book: int = Field(ge=1, le=2**62)
    user: int = Field(ge=1, le=2**62)
    first: date
    last: date
    note: str = Field(default="", max_length=200)


@router.post("/allocation/absence")
def note_absence(desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """Whole days on the portfolio's clock, both included; from today on they begin now."""
    form, now = read(AbsenceForm, fields), desk.clock()
    with writing(desk) as session:
        book = within.portfolio(session, caller.actor.scope, form.book)
        within.colleague(session, caller.actor.scope, form.user)
        actions.note_absence(
            session,
            user_id=form.user,
            begins_at=at_local(form.first, time(0), book.timezone),
            ends_at=at_local(form.last + timedelta(days=1), time(0), book.timezone),
            note=form.note,
            at=now,
            actor=caller.actor,
        )
    return see(f"/allocation?book={form.book}", "absence")


class EndForm(Form):
    book: int = Field(ge=1, le=2**62)
    absence: int = Field(ge=1, le=2**62)


@router.post("/allocation/absence/end")
def end_absence(desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    form = read(EndForm, fields)
    with writing(desk) as session:
        within.portfolio(session, caller.actor.scope, form.book)
        within.absence(session, caller.actor.scope, form.absence)
        actions.end_absence(session, absence_id=form.absence, at=desk.clock(), actor=caller.actor)
    return see(f"/allocation?book={form.book}", "back")

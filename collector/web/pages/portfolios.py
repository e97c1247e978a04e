"""Portfolios, and the ways to pay that change only by two people (security section 1, borrowers' payments)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Path, Request
from sqlmodel import Session

from collector.casework import actions
from collector.casework.approvals import ways
from collector.casework.views import portfolios as views
from collector.casework.views.portfolios import PortfolioView
from collector.foundation.errors import BadInput, CollectorError, Conflict
from collector.portfolio.rules.ways import CALLERS, FIELDS, LISTS, WORDS, Ways, WaysState, lines_of, points_to
from collector.portfolio.tables import WaysChange
from collector.web.answers import status_of
from collector.web.pages.approval_words import Difference, differences, field_words, new_targets
from collector.web.pages.approvals import Waiting, waiting
from collector.web.pages.shell import Form, frame_of, may_open, read, see
from collector.web.session import Caller, CallerParam, Desk, DeskParam, FormParam, reading, writing
from collector.web.templating import Cell, Page, Table, Told, num, render, table
from collector.web.words import Words

router = APIRouter()
Id = Annotated[int, Path(ge=1, le=2**62)]
Rows = Sequence[Sequence[Cell | str]]
OVER = {WaysState.in_force: "good", WaysState.cancelled: "dim", WaysState.overtaken: "look"}


@dataclass(frozen=True)
class PortfoliosPage(Page):
    template: ClassVar[str] = "portfolios.html"
    books: Table


@dataclass(frozen=True)
class Field:
    """A field of the form of proposing. `many`: one a line."""

    name: str
    words: str
    value: str
    many: bool


@dataclass(frozen=True)
class Coming:
    """An agreed change that waits for its moment."""

    id: int
    starts: str
    asked: str
    agreed: str
    changes: Sequence[Difference]
    new: Sequence[str]


@dataclass(frozen=True)
class PortfolioPage(Page):
    template: ClassVar[str] = "portfolio.html"
    id: int
    code: str
    creditor: str
    facts: Sequence[tuple[str, str]]
    held: Sequence[tuple[str, str]]
    """The ways to pay in force."""
    callers: Table
    points: Sequence[str]
    """Everything a text may name."""
    proposal: Waiting | None
    coming: Coming | None
    earlier: Table
    seen_by: Table
    fields: Sequence[Field]
    may_propose: bool
    waits: str
    """How long a change waits after the second person's yes."""
    problems: Sequence[str] = ()


@router.get("/portfolios")
def portfolios_page(request: Request, desk: DeskParam, caller: CallerParam) -> Any:
    frame = frame_of(request, caller)
    t = frame.t
    with reading(desk) as session:
        found = views.summaries(session, caller.actor.scope)
    head: list[Cell | str] = [t("Portfolio"), t("Creditor"), t("Collects as"), t("Law"), t("Language"), t("Currency")]
    head += [num(t("Accounts")), num(t("Caller numbers")), t("Ways to pay")]
    rows: Rows = [
        [
            Cell(one.book.code, "", f"/portfolios/{one.book.id}"),
            Cell(one.book.creditor, "wrap"),
            t.word(one.book.collector_type),
            one.book.jurisdiction,
            one.book.language,
            one.book.currency,
            num(f"{one.accounts:,}"),
            num(str(one.callers)),
            _in_short(one, t),
        ]
        for one in found
    ]
    empty = t("No portfolio is loaded that you may see. Operations loads portfolios first.")
    return render(PortfoliosPage(frame, table(head, rows, empty)))


def _in_short(one: views.Summary, t: Words) -> Cell:
    if one.waiting is not None:
        starts = Told(t, one.book.timezone).whose(one.waiting.starts_at)
        return Cell(t("a change takes effect at {moment}", moment=starts), "look wrap")
    return Cell(t("a change waits for a second person"), "look wrap") if one.proposal else Cell("")


@router.get("/portfolios/{portfolio_id}")
def portfolio_page(request: Request, portfolio_id: Id, desk: DeskParam, caller: CallerParam) -> Any:
    with reading(desk) as session:
        return render(_page(session, request, desk, caller, portfolio_id))


def _page(session: Session, request: Request, desk: Desk, caller: Caller, portfolio_id: int) -> PortfolioPage:
    frame = frame_of(request, caller)
    t = frame.t
    view = views.portfolio_view(session, caller.actor.scope, portfolio_id, desk.clock())
    told = Told(t, view.book.timezone)
    return PortfolioPage(
        frame=frame,
        id=view.book.id or 0,
        code=view.book.code,
        creditor=view.book.creditor,
        facts=_facts(view, t),
        held=[(field_words(t, name), _shown(view.ways, name)) for name in FIELDS if name != CALLERS],
        callers=_callers(view, told),
        points=points_to(view.ways),
        proposal=waiting(session, view.proposal, caller, t) if view.proposal else None,
        coming=_coming(view.waiting, told) if view.waiting else None,
        earlier=_earlier(view.earlier, told),
        seen_by=_seen_by(view, t),
        fields=_fields(view.ways, t),
        may_propose=may_open(caller, "propose_ways"),
        waits=t("{hours} hours", hours=f"{desk.office.settings.ways_wait_hours:g}"),
    )


def _facts(view: PortfolioView, t: Words) -> list[tuple[str, str]]:
    book = view.book
    return [
        (t("Collects as"), t.word(book.collector_type)),
        (t("Debt"), t.word(book.debt_type)),
        (t("Law"), book.jurisdiction),
        (t("Language"), book.language),
        (t("Currency"), book.currency),
        (t("Clock"), book.timezone),
        (t("Accounts"), f"{view.accounts:,}"),
    ]


def _shown(held: Ways, name: str) -> str:
    value = held[name]
    return value if isinstance(value, str) else "\n".join(value)


def _fields(held: Ways, t: Words) -> list[Field]:
    return [Field(name, field_words(t, name), _shown(held, name), name not in WORDS) for name in FIELDS]


def _callers(view: PortfolioView, told: Told) -> Table:
    t = told.t
    rows: Rows = [
        [
            one.row.number,
            ", ".join(t.word(word) for word in one.row.channels.split(",")) if one.row.channels else t("not used"),
            told.whose(one.row.resting_until) if one.row.resting_until else "",
            num(f"{one.placed:,}"),
            num(f"{one.answered / one.placed:.0%}" if one.placed else "—"),
        ]
        for one in view.lines
    ]
    head: list[Cell | str] = [
        t("Number"),
        t("Channels"),
        t("Rests until"),
        num(t("Calls in 30 days")),
        num(t("Answer rate")),
    ]
    return table(head, rows, t("No number calls or writes for this portfolio yet: load its caller numbers."))


def _coming(row: WaysChange, told: Told) -> Coming:
    return Coming(
        row.id or 0,
        told.whose(row.starts_at),
        f"{row.asked_by} {told.moment(row.asked_at)}",
        f"{row.agreed_by} {told.moment(row.agreed_at)}",
        differences(row.changes, told.t),
        new_targets(row.changes),
    )


def _earlier(rows: Sequence[WaysChange], told: Told) -> Table:
    t = told.t
    return table(
        [
            t("When"),
            t("State"),
            t("What"),
            t("as it was"),
            t("as it became"),
            t("asked by"),
            t("agreed by"),
            t("Reason"),
        ],
        [
            [
                told.moment(row.ended_at),
                Cell(t.word(row.state), OVER[row.state]),
                Cell(one.what, "wrap"),
                Cell(one.before or "—", "wide"),
                Cell(one.after or "—", "wide"),
                row.asked_by,
                row.agreed_by,
                Cell(row.ended_because, "wrap"),
            ]
            for row in rows
            for one in differences(row.changes, t)
        ],
        t("Nothing was changed yet since the portfolio was first loaded."),
    )


def _seen_by(view: PortfolioView, t: Words) -> Table:
    rows: Rows = [
        [
            one.name,
            one.display_name,
            ", ".join(t.word(role) for role in one.roles.split(",")),
            t("all portfolios") if one.all_portfolios else "",
        ]
        for one in view.seen_by
    ]
    return table([t("Login"), t("Name"), t("Roles"), ""], rows, t("Nobody was given this portfolio yet."))


class WaysForm(Form):
    creditor: str = ""
    sender_name: str = ""
    signature: str = ""
    pay_instructions: str = ""
    links: str = ""
    call_backs: str = ""
    pay_accounts: str = ""
    callers: str = ""

    def wanted(self) -> Ways:
        words = {name: " ".join(str(getattr(self, name)).split()) for name in WORDS}
        return {**words, **{name: lines_of(getattr(self, name)) for name in (*LISTS, CALLERS)}}


@router.post("/portfolios/{portfolio_id}/ways")
def propose_ways(request: Request, portfolio_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """Propose what the form says otherwise. What can not be proposed is told beside the form, which keeps it."""
    form = read(WaysForm, fields)
    try:
        with writing(desk) as session:
            book = views.one(session, caller.actor.scope, portfolio_id)
            ways.propose(session, book, form.wanted(), caller.actor, desk.clock())
    except (BadInput, Conflict) as error:
        return _again(request, portfolio_id, desk, caller, form, error)
    return see(f"/portfolios/{portfolio_id}", "asked-two")


def _again(
    request: Request, portfolio_id: int, desk: Desk, caller: Caller, form: WaysForm, error: CollectorError
) -> Any:
    with reading(desk) as session:
        page = _page(session, request, desk, caller, portfolio_id)
    t = page.frame.t
    typed = [replace(one, value=str(getattr(form, one.name))) for one in page.fields]
    told = [
        f"{field_words(t, problem.column)}: {problem.reason}" if problem.column else str(problem)
        for problem in getattr(error, "problems", ())
    ]
    return render(replace(page, fields=typed, problems=told or [error.message]), status_of(error))


class CancelForm(Form):
    reason: str


@router.post("/ways/{change_id}/cancel")
def cancel_ways(change_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """An agreed change that waits for its moment shall not come."""
    form = read(CancelForm, fields)
    with writing(desk) as session:
        row = views.change(session, caller.actor.scope, change_id)
        actions.cancel_ways(session, desk.office, change_id, at=desk.clock(), actor=caller.actor, reason=form.reason)
        back = f"/portfolios/{row.portfolio_id}"
    return see(back, "cancelled")

"""Strategies of each portfolio: the one in force, those to come, all there were, and any two side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import PlainTextResponse
from sqlmodel import Session

from collector.casework import approvals
from collector.casework import drafts as drafting
from collector.casework.approvals import strategies as proposals
from collector.casework.views import strategies as views
from collector.identity.rules import Role
from collector.identity.tables import Approval
from collector.portfolio.queries import portfolio_by_code, portfolios
from collector.portfolio.tables import Portfolio
from collector.strategy.queries import active
from collector.strategy.tables import StrategyVersion
from collector.web.pages.shell import frame_of, see
from collector.web.pages.strategy_words import Line, as_table, changed, lines, name_of, starts, versions_table
from collector.web.session import Caller, CallerParam, DeskParam, FormParam, reading, writing
from collector.web.templating import Cell, Choice, Page, Table, Told, render, table
from collector.web.words import Words

router = APIRouter()
Code = Annotated[str, Path(max_length=60)]
Id = Annotated[int, Path(ge=0, le=2**62)]


@dataclass(frozen=True)
class StrategyPage(Page):
    template: ClassVar[str] = "strategies.html"
    books: Table


@dataclass(frozen=True)
class Proposed:
    id: int
    maker: str
    made: str
    starts: str
    reason: str


@dataclass(frozen=True)
class BookPage(Page):
    template: ClassVar[str] = "strategy_book.html"
    code: str
    creditor: str
    zone: str
    in_force: Table
    to_come: Table
    earlier: Table
    choices: Sequence[Choice]
    draft: str
    """When the reader's own draft was touched last; empty: they have none."""
    others: Sequence[str]
    proposed: Sequence[Proposed]
    closed: str


@dataclass(frozen=True)
class VersionPage(Page):
    template: ClassVar[str] = "strategy_version.html"
    code: str
    title: str
    number: int
    facts: Sequence[tuple[str, str]]
    rows: Table
    text: str
    closed: str


@dataclass(frozen=True)
class ComparePage(Page):
    template: ClassVar[str] = "strategy_compare.html"
    code: str
    one: str
    other: str
    changes: Sequence[str]
    lines: Sequence[Line]
    proposal: Proposed | None = None
    mine: bool = False
    text: str = ""


def may_draft(caller: Caller) -> bool:
    return Role.supervisor in caller.actor.roles


def closed_for(caller: Caller, t: Words) -> str:
    """Why this reader can not draft; empty: they can."""
    return "" if may_draft(caller) else t("Closed: strategies are drafted by supervisors.")


@router.get("/strategy")
def strategy_page(request: Request, desk: DeskParam, caller: CallerParam) -> Any:
    frame, now = frame_of(request, caller), desk.clock()
    t = frame.t
    with reading(desk) as session:
        rows: list[list[Cell | str]] = []
        for book in portfolios(session, caller.actor.scope):
            found = views.versions(session, book, now)
            told = Told(t, book.timezone)
            rows.append(
                [
                    Cell(book.code, "", f"/strategy/{book.code}"),
                    book.creditor,
                    Cell(name_of(found.in_force, t), "", f"/strategy/{book.code}/versions/{found.in_force.id or 0}"),
                    told.moment(found.in_force.starts_at) if found.in_force.id else "",
                    found.in_force.author.removeprefix("user:"),
                    ", ".join(told.moment(row.starts_at) for row in found.to_come),
                    ", ".join(one.who for one in found.drafts),
                    Cell(str(len(found.proposals) or ""), "num look"),
                ]
            )
    head = [t("Portfolio"), t("Creditor"), t("In force"), t("Since"), t("Author"), t("To come"), t("Drafting")]
    return render(StrategyPage(frame, table([*head, t("Waiting")], rows, t("You see no portfolio."))))


@router.get("/strategy/{code}")
def strategy_book(request: Request, code: Code, desk: DeskParam, caller: CallerParam) -> Any:
    frame, now = frame_of(request, caller), desk.clock()
    t = frame.t
    with reading(desk) as session:
        book = portfolio_by_code(session, code, caller.actor.scope)
        found = views.versions(session, book, now)
    told = Told(t, book.timezone)
    mine = next((one.draft for one in found.drafts if one.draft.user_id == caller.actor.user_id), None)
    every = [found.in_force, *found.to_come, *found.earlier]
    page = BookPage(
        frame=frame,
        code=book.code,
        creditor=book.creditor,
        zone=book.timezone,
        in_force=versions_table([found.in_force], book.code, told, ""),
        to_come=versions_table(found.to_come, book.code, told, t("No version is to come.")),
        earlier=versions_table(found.earlier, book.code, told, t("There was none before.")),
        choices=[Choice(str(row.id or 0), f"{name_of(row, t)} · {row.reason}"[:70]) for row in every],
        draft=told.moment(mine.changed_at) if mine else "",
        others=drafting_others(found.drafts, caller, told),
        proposed=[proposed(row, now, told) for row in found.proposals],
        closed=closed_for(caller, t),
    )
    return render(page)


def drafting_others(drafts: Sequence[views.Drafting], caller: Caller, told: Told) -> list[str]:
    """Who else is at work here."""
    return [
        told.t("{name} is drafting here too, last at {moment}.", name=one.who, moment=told.moment(one.draft.changed_at))
        for one in drafts
        if one.draft.user_id != caller.actor.user_id
    ]


def proposed(row: Approval, now: Any, told: Told) -> Proposed:
    when = starts(proposals.moment_of(row), now, told)
    return Proposed(row.id or 0, row.maker, told.moment(row.made_at), when, row.body["reason"])


@router.get("/strategy/{code}/versions/{version_id}")
def strategy_version(request: Request, code: Code, version_id: Id, desk: DeskParam, caller: CallerParam) -> Any:
    frame = frame_of(request, caller)
    t = frame.t
    with reading(desk) as session:
        book = portfolio_by_code(session, code, caller.actor.scope)
        row = views.version(session, book, version_id)
    told = Told(t, book.timezone)
    page = VersionPage(
        frame=frame,
        code=book.code,
        title=name_of(row, t),
        number=row.id or 0,
        facts=_facts(row, told),
        rows=as_table(row.body, t),
        text=row.body,
        closed=closed_for(caller, t),
    )
    return render(page)


def _facts(row: StrategyVersion, told: Told) -> list[tuple[str, str]]:
    t = told.t
    found = [(t("Author"), row.author.removeprefix("user:")), (t("Reason"), row.reason)]
    if row.id is not None:
        found.append((t("Approved by"), (row.approver or t("nobody: by the command line")).removeprefix("user:")))
        found.append((t("Starts"), told.whose(row.starts_at)))
    return [*found, (t("Digest"), row.digest)]


def as_file(text: str, name: str) -> PlainTextResponse:
    named = {"Content-Disposition": f'attachment; filename="{name}.yaml"'}
    return PlainTextResponse(text, media_type="text/yaml", headers=named)


@router.get("/strategy/{code}/versions/{version_id}/file")
def download_strategy(code: Code, version_id: Id, desk: DeskParam, caller: CallerParam) -> Any:
    """The version as `collector strategy` takes it."""
    with reading(desk) as session:
        row = views.version(session, portfolio_by_code(session, code, caller.actor.scope), version_id)
    return as_file(row.body, f"strategy-{row.version}")


@router.get("/strategy/{code}/compare")
def compare_strategies(
    request: Request,
    code: Code,
    desk: DeskParam,
    caller: CallerParam,
    one: Annotated[int, Query(ge=0, le=2**62)] = 0,
    other: Annotated[int, Query(ge=0, le=2**62)] = 0,
) -> Any:
    """What changed from one version to another."""
    frame = frame_of(request, caller)
    with reading(desk) as session:
        book = portfolio_by_code(session, code, caller.actor.scope)
        first, second = (views.version(session, book, number) for number in (one, other))
    one_side, other_side = ((name_of(row, frame.t), row.body) for row in (first, second))
    return render(_compared(frame, book, one_side, other_side))


def _compared(frame: Any, book: Portfolio, one: tuple[str, str], other: tuple[str, str], **more: Any) -> ComparePage:
    return ComparePage(
        frame=frame,
        code=book.code,
        one=one[0],
        other=other[0],
        changes=changed(one[1], other[1], frame.t),
        lines=lines(one[1], other[1]),
        **more,
    )


@router.get("/strategy/{code}/proposals/{approval_id}")
def strategy_proposal(request: Request, code: Code, approval_id: Id, desk: DeskParam, caller: CallerParam) -> Any:
    """What would be published, against what is in force."""
    frame, now = frame_of(request, caller), desk.clock()
    t = frame.t
    with reading(desk) as session:
        book = portfolio_by_code(session, code, caller.actor.scope)
        row = views.proposal(session, book, approval_id)
        base = active(session, book.id or 0, now)
    told = Told(t, book.timezone)
    more = {"proposal": proposed(row, now, told), "text": row.body["yaml"]}
    mine = row.state.value == "open" and caller.actor.name == f"user:{row.maker}"
    other = (t("the proposal"), row.body["yaml"])
    return render(_compared(frame, book, (name_of(base, t), base.body), other, mine=mine, **more))


@router.post("/strategy/{code}/proposals/{approval_id}/withdraw")
def withdraw_strategy(code: Code, approval_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """The maker takes it back; sent twice, it is taken back once."""
    with writing(desk) as session:
        row = _own(session, code, approval_id, caller)
        if row.state.value == "open" or not caller.actor.name.endswith(f":{row.maker}"):
            drafting.withdraw(session, row, caller.actor, desk.clock())
    return see(f"/strategy/{code}", "strategy-withdrawn")


def _own(session: Session, code: str, approval_id: int, caller: Caller) -> Approval:
    book = portfolio_by_code(session, code, caller.actor.scope)
    approvals.asked(session, caller.actor, approval_id)
    return views.proposal(session, book, approval_id)

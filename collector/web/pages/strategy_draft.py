"""A draft at work: its rows moved, copied, changed; its parts and its whole text written; nothing that was typed is lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Query, Request
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from collector.casework import drafts
from collector.casework.views import strategies as views
from collector.foundation.errors import BadInput, NotFound, NotReady
from collector.identity.tables import Approval
from collector.portfolio.queries import portfolio_by_code
from collector.portfolio.tables import Portfolio
from collector.strategy.editing import (
    copy_row,
    free_name,
    insert_row,
    move_row,
    remove_row,
    replace_part,
    replace_row,
    rows_of,
)
from collector.strategy.queries import active, compiled, draft_of, trial_of
from collector.strategy.tables import StrategyDraft
from collector.web.pages.shell import frame_of, see
from collector.web.pages.strategy import Code, as_file, drafting_others, proposed
from collector.web.pages.strategy_editor import (
    PARTS,
    Counted,
    PartShown,
    ProblemShown,
    RowForm,
    RowShown,
    parts_shown,
    problems_shown,
    row_form,
    row_said,
    rows_shown,
)
from collector.web.pages.strategy_words import Line, changed, lines, name_of
from collector.web.session import Caller, CallerParam, Desk, DeskParam, FormParam, reading, writing
from collector.web.templating import Page, Told, render
from collector.web.words import Words

router = APIRouter()
NEW = {"stage": "growth", "level": "primary"}
GONE = "this form is not one of ours; open the page again"


@dataclass(frozen=True)
class DraftPage(Page):
    template: ClassVar[str] = "strategy_draft.html"
    code: str
    zone: str
    currency: str
    revision: int
    base: str
    rows: Sequence[RowShown]
    form: RowForm | None
    parts: Sequence[PartShown]
    text: str
    shows_text: bool
    problems: Sequence[ProblemShown]
    warnings: Sequence[ProblemShown]
    uncounted: str
    """Why no accounts stand beside the rows; empty: they do."""
    unread: str
    """Why there is no table; empty: there is."""
    others: Sequence[str]
    submitted: str
    changes: Sequence[str]
    lines: Sequence[Line]
    tried: str
    day: str
    time: str


@dataclass(frozen=True)
class Wanted:
    """What of the draft is open. `focus`: a row and one of its buttons."""

    row: int | None = None
    part: str = ""
    text: bool = False
    focus: tuple[int, str] = (-1, "")


@router.get("/strategy/{code}/draft")
def strategy_draft(
    request: Request,
    code: Code,
    desk: DeskParam,
    caller: CallerParam,
    row: Annotated[int | None, Query(ge=0, le=10_000)] = None,
    part: Annotated[str, Query(max_length=30)] = "",
    text: bool = False,
    at: Annotated[int, Query(ge=-1, le=10_000)] = -1,
    by: Annotated[str, Query(max_length=4)] = "",
) -> Any:
    wanted = Wanted(row, part if part in PARTS else "", text, (at, by))
    frame, now = frame_of(request, caller), desk.clock()
    with reading(desk) as session:
        book = portfolio_by_code(session, code, caller.actor.scope)
        draft = own_draft(session, book, caller)
        return render(_page(session, desk, caller, frame, book, draft, wanted, now))


def own_draft(session: Session, book: Portfolio, caller: Caller) -> StrategyDraft:
    draft = draft_of(session, book.id or 0, caller.actor)
    if draft is None:
        raise NotFound("you have no draft here; begin one from a version")
    return draft


def _page(
    session: Session,
    desk: Desk,
    caller: Caller,
    frame: Any,
    book: Portfolio,
    draft: StrategyDraft,
    wanted: Wanted,
    now: datetime,
) -> DraftPage:
    t, told = frame.t, Told(frame.t, book.timezone, book.currency)
    looked = views.look_over(desk.office.catalogue, book, draft.body)
    rows, unread = _rows(draft.body, t)
    base = active(session, book.id or 0, now)
    counted, uncounted = _counted(session, book, looked, now, t)
    found = views.versions(session, book, now)
    trial = trial_of(session, draft.id or 0)
    return DraftPage(
        frame=frame,
        code=book.code,
        zone=book.timezone,
        currency=book.currency,
        revision=draft.revision,
        base=name_of(base, t),
        rows=rows_shown(rows, looked, counted, told, wanted.row, wanted.focus),
        form=row_form(draft.body, wanted.row, looked, t) if wanted.row is not None and wanted.row < len(rows) else None,
        parts=[] if unread else parts_shown(draft.body, wanted.part, t),
        text=draft.body,
        shows_text=bool(unread) or wanted.text,
        problems=problems_shown(looked.problems, rows, t),
        warnings=problems_shown(looked.warnings, rows, t),
        uncounted=uncounted,
        unread=unread,
        others=drafting_others(found.drafts, caller, told),
        submitted=_submitted(session, draft, now, told),
        changes=changed(base.body, draft.body, t),
        lines=lines(base.body, draft.body),
        tried=told.moment(trial.begun_at) if trial else "",
        day=told.moment(now)[:10],
        time=told.moment(now)[11:],
    )


def _rows(text: str, t: Words) -> tuple[list[dict[str, Any]], str]:
    try:
        return rows_of(text), ""
    except BadInput as error:
        return [], t("There is no table while the text can not be read: {reason}", reason=t.reason(error.message))


def _counted(
    session: Session, book: Portfolio, looked: views.Looked, now: datetime, t: Words
) -> tuple[Counted | None, str]:
    if looked.strategy is None:
        return None, t("Accounts are counted once the problems are mended.")
    try:
        held = views.held_by(session, book, [looked.strategy, compiled(session, book.id or 0, now)], now)
    except NotReady:
        return None, t("Accounts are not counted: the facts of today are not ready yet; try again in a few minutes.")
    return Counted(*held), ""


def _submitted(session: Session, draft: StrategyDraft, now: datetime, told: Told) -> str:
    row = session.get(Approval, draft.approval_id) if draft.approval_id else None
    if row is None:
        return ""
    one = proposed(row, now, told)
    if row.state.value == "open":
        return told.t(
            "Submitted {made}, {starts}; it waits for a second person. A change takes it back.",
            made=one.made,
            starts=one.starts,
        )
    return told.t("What was submitted {made} was {state}.", made=one.made, state=told.t.word(row.state))


@router.post("/strategy/{code}/begin")
async def begin_draft(request: Request, code: Code, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """A draft from a version, or from a file."""
    file = (await request.form()).get("file")
    content = await file.read() if isinstance(file, UploadFile) and file.filename else None

    def begin() -> None:
        with writing(desk) as session:
            book = portfolio_by_code(session, code, caller.actor.scope)
            version = fields.get("version", "0")
            if not version.isdecimal() or len(version) > 18:
                raise BadInput("choose a version from the list")
            body = views.version(session, book, int(version)).body if content is None else drafts.uploaded(content)
            if draft_of(session, book.id or 0, caller.actor) is None:
                drafts.begin(session, book, body, caller.actor, desk.clock())

    await run_in_threadpool(begin)
    return see(f"/strategy/{code}/draft")


def change(
    desk: Desk, caller: Caller, code: str, fields: Mapping[str, str], edit: Callable[[str], str]
) -> tuple[str, bool]:
    """The draft changed; the sentence to say, if any."""
    with writing(desk) as session:
        book = portfolio_by_code(session, code, caller.actor.scope)
        revision = fields.get("revision", "")
        if not revision.isdecimal() or len(revision) > 9:
            raise BadInput(GONE)
        voided = drafts.change(session, book, caller.actor, int(revision), edit, desk.clock())
    return f"/strategy/{code}/draft", voided


def back(page: str, voided: bool, query: str = "", anchor: str = "") -> Any:
    told = [part for part in (query, "said=strategy-void" if voided else "") if part]
    return see(f"{page}{'?' if told else ''}{'&'.join(told)}{anchor}")


@router.post("/strategy/{code}/draft/rows")
def move_rows(code: Code, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """`do` is a word and places from 0: up AT, down AT, move AT TO, copy AT, remove AT, switch AT, add AT."""
    word, *places = fields.get("do", "").split()
    if not places or not all(place.isdecimal() and len(place) < 6 for place in places):
        raise BadInput(GONE)
    at, to = int(places[0]), int(places[-1])
    page, voided = change(desk, caller, code, fields, lambda text: _moved(text, word, at, to))
    target = {"up": max(at - 1, 0), "down": at + 1, "move": to, "copy": at + 1, "add": at}.get(word, at)
    if word in ("copy", "add"):
        return back(page, voided, f"row={target}", "#edit")
    return back(page, voided, f"at={target}&by={word if word in ('up', 'down') else 'up'}", f"#row-{target}")


def _moved(text: str, word: str, at: int, to: int) -> str:
    if word in ("up", "down"):
        return move_row(text, at, at + (1 if word == "down" else -1))
    if word == "move":
        return move_row(text, at, to)
    if word == "copy":
        return copy_row(text, at)
    if word == "remove":
        return remove_row(text, at)
    if word == "add":
        return insert_row(text, at, {"name": free_name(text, "new-segment"), "when": {"bucket": []}, **NEW})
    if word != "switch" or at >= len(rows_of(text)):
        raise BadInput(GONE)
    row = dict(rows_of(text)[at])
    return replace_row(text, at, _switched(row))


def _switched(row: dict[str, Any]) -> dict[str, Any]:
    """On or off."""
    if row.pop("disabled", False):
        return row
    return {**row, "disabled": True}


@router.post("/strategy/{code}/draft/row")
def save_row(code: Code, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    place = fields.get("at", "")
    if not place.isdecimal() or len(place) > 6:
        raise BadInput(GONE)
    at = int(place)
    page, voided = change(desk, caller, code, fields, lambda text: replace_row(text, at, row_said(text, at, fields)))
    if fields.get("do", "save") == "save":
        return back(page, voided, f"at={at}", f"#row-{at}")
    return back(page, voided, f"row={at}", "#edit")


@router.post("/strategy/{code}/draft/part")
def save_part(request: Request, code: Code, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """A part as text; one that can not be put back is shown again as it was typed."""
    key, block = fields.get("part", ""), fields.get("block", "")
    if key not in PARTS:
        raise BadInput(GONE)
    page, voided = change(desk, caller, code, fields, lambda text: replace_part(text, key, block.replace("\r\n", "\n")))
    return back(page, voided, f"part={key}", "#parts")


@router.post("/strategy/{code}/draft/text")
async def save_draft_text(request: Request, code: Code, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """The whole text, typed or from a file; kept whatever is wrong with it."""
    file = (await request.form()).get("file")
    if isinstance(file, UploadFile) and file.filename:
        text = drafts.uploaded(await file.read())
    elif "body" in fields:
        text = fields["body"]
    else:
        raise BadInput("choose a file first")
    page, voided = await run_in_threadpool(change, desk, caller, code, fields, lambda _: text)
    return back(page, voided, "text=1", "#text")


@router.get("/strategy/{code}/draft/file")
def download_draft(code: Code, desk: DeskParam, caller: CallerParam) -> Any:
    with reading(desk) as session:
        draft = own_draft(session, portfolio_by_code(session, code, caller.actor.scope), caller)
    return as_file(draft.body, "strategy-draft")


@router.post("/strategy/{code}/draft/drop")
def drop_strategy_draft(code: Code, desk: DeskParam, caller: CallerParam, _fields: FormParam) -> Any:
    with writing(desk) as session:
        book = portfolio_by_code(session, code, caller.actor.scope)
        if draft_of(session, book.id or 0, caller.actor) is not None:
            drafts.drop(session, book, caller.actor, desk.clock())
    return see(f"/strategy/{code}", "strategy-dropped")

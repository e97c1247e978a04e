"""A draft at work: its rows with what stands in them, its other parts, what is wrong, and what changed."""

from __future__ import annotations

from collections.abc import Sequence
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
    rows_of,
)
from collector.strategy.queries import active, compiled, draft_of, trial_of
from collector.strategy.tables import StrategyDraft, StrategyTrial
from collector.web.pages.shell import frame_of, see
from collector.web.pages.strategy import Code, drafting_others, proposed
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
    rows_shown,
)
from collector.web.pages.strategy_words import Line, changed, lines, name_of
from collector.web.session import Caller, CallerParam, Desk, DeskParam, FormParam, reading, writing
from collector.web.templating import Page, Told, render
from collector.web.words import Words

router = APIRouter()
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
    looked = views.look_over(desk.office.texts(session), book, draft.body)
    rows, unread = _rows(draft.body, t)
    base = active(session, book.id or 0, now)
    trial = trial_of(session, draft.id or 0)
    counted, uncounted = _counted(session, book, looked, trial, now, t)
    found = views.versions(session, book, now)
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
    session: Session, book: Portfolio, looked: views.Looked, trial: StrategyTrial | None, now: datetime, t: Words
) -> tuple[Counted | None, str]:
    if looked.strategy is None:
        return None, t("Accounts are counted once the problems are mended.")
    if views.is_large(session, book):
        if trial is not None and trial.found:
            return Counted(*views.held_in_trial(trial.found)), ""
        return None, t("The book is large: what would change, once worked out, tells the accounts of each row.")
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

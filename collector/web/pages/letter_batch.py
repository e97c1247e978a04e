"""A batch of letters: printed in the background with its progress, taken as one file and one list, numbered, posted."""

from __future__ import annotations

import io
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, ClassVar

import structlog
from fastapi import APIRouter, Path, Request
from fastapi.responses import FileResponse, JSONResponse, Response

from collector.casework import actions
from collector.casework.actions.letters import batching
from collector.casework.actions.letters.printing import POST_COLUMNS
from collector.casework.letters.lists import batch_rows
from collector.foundation.clock import local_day
from collector.foundation.errors import NotFound
from collector.foundation.files import write_csv
from collector.history.tables import LetterBatch
from collector.identity.rules import Actor
from collector.portfolio.queries import portfolio_by_code, portfolio_of
from collector.web.pages.letters import ToldPage, download
from collector.web.pages.shell import Form, frame_of, may_open, read, see
from collector.web.session import CallerParam, Desk, DeskParam, FormParam, reading, writing
from collector.web.templating import Cell, Page, Table, render, table
from collector.web.words import Words

log = structlog.get_logger()
router = APIRouter()
Id = Annotated[int, Path(ge=1, le=2**62)]
AT_ONCE_S = 2.0
"""A small batch is printed before anybody looks."""
_pool = ThreadPoolExecutor(1, thread_name_prefix="letters")
"""One batch at a time sets its letters: two would only slow each other down."""


@dataclass(frozen=True)
class BatchPage(Page):
    template: ClassVar[str] = "letter_batch.html"
    batch_id: int
    code: str
    state: str
    percent: int
    words: str
    printed: int
    not_printed: Table
    numbers: Sequence[str]
    """The first and the last posting number, once they are set aside."""
    today: str
    may_post: bool


class BatchForm(Form):
    code: str


@router.post("/letters/print")
def print_letters(desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """All that the plan of the portfolio asks for, in the background."""
    code = read(BatchForm, fields).code
    with writing(desk) as session:
        book = portfolio_by_code(session, code, caller.actor.scope)
        batch_id = batching.begin_batch(session, book, desk.clock(), caller.actor).id or 0
    wait([_pool.submit(_run, desk, batch_id, code, caller.actor)], timeout=AT_ONCE_S)
    return see(f"/letters/batches/{batch_id}")


def _run(desk: Desk, batch_id: int, code: str, actor: Actor) -> None:
    try:
        batching.run_batch(desk.office, batch_id, code, desk.clock, actor)
    finally:
        log.info("letters printed", batch=batch_id)


@router.get("/letters/batches/{batch_id}")
def letter_batch(batch_id: Id, request: Request, desk: DeskParam, caller: CallerParam) -> Any:
    """How far it is; then its file, its list and what could not be printed."""
    frame = frame_of(request, caller)
    t = frame.t
    with reading(desk) as session:
        row = batching.batch_of(session, batch_id, caller.actor.scope)
        book = portfolio_of(session, row.portfolio_id)
    told = _progress(row, desk, t)
    page = BatchPage(
        frame=frame,
        batch_id=batch_id,
        code=book.code,
        state=told["state"],
        percent=told["percent"],
        words=told["words"],
        printed=len(row.letters),
        not_printed=table(
            [t("Account"), t("Why")],
            [[account, Cell(t.error(why), "wrap")] for account, why in row.not_printed],
            t("Every letter was printed."),
        ),
        numbers=[row.numbers[0], row.numbers[-1]] if row.numbers else [],
        today=local_day(desk.clock(), book.timezone).isoformat(),
        may_post=may_open(caller, "post_batch"),
    )
    return render(page)


@router.get("/letters/batches/{batch_id}/progress.json")
def batch_progress(batch_id: Id, desk: DeskParam, caller: CallerParam) -> Any:
    """For the script of the page."""
    with reading(desk) as session:
        row = batching.batch_of(session, batch_id, caller.actor.scope)
    return JSONResponse(_progress(row, desk, Words(caller.language)))


def _progress(row: LetterBatch, desk: Desk, t: Words) -> dict[str, Any]:
    if row.ended_at is not None:
        broken = t("The letters could not be printed; the log of the server says why.")
        words = broken if row.error == batching.BROKEN else t.error(row.error)
        return {"state": "failed" if row.error else "over", "words": words, "percent": 100, "over": ""}
    if not batching.is_running(row, desk.clock()):
        words = t("The server stopped in the midst of it. What was printed stays printed: print the rest again.")
        return {"state": "interrupted", "words": words, "percent": 0, "over": ""}
    words = t("{done} of {total} letters printed.", done=f"{row.done:,}", total=f"{row.total:,}")
    percent = 100 * row.done // row.total if row.total else 0
    waiting = t("It waits for its turn.")
    return {"state": "running", "words": words if row.total else waiting, "percent": percent, "over": ""}


@router.get("/letters/batches/{batch_id}/letters.pdf")
def batch_as_pdf(batch_id: Id, desk: DeskParam, caller: CallerParam) -> Any:
    """All of them as one file. Who takes it is on record."""
    row = _given(batch_id, desk, caller, "pdf")
    path = batching.batch_folder(desk.office, row.id or 0) / "letters.pdf"
    if not path.is_file():
        raise NotFound("there is no file of this batch")
    return FileResponse(path, media_type="application/pdf", filename="letters.pdf")


@router.get("/letters/batches/{batch_id}/letters.csv")
def batch_as_csv(batch_id: Id, desk: DeskParam, caller: CallerParam) -> Response:
    """The one list for the post office, with the posting numbers that are set aside."""
    row = _given(batch_id, desk, caller, "csv")
    with reading(desk) as session:
        rows = batch_rows(session, row)
    file = io.StringIO()
    write_csv(file, POST_COLUMNS, rows)
    return download(b"\xef\xbb\xbf" + file.getvalue().encode(), "letters.csv", "text/csv")


def _given(batch_id: int, desk: Desk, caller: CallerParam, kind: str) -> LetterBatch:
    with writing(desk) as session:
        row = batching.batch_of(session, batch_id, caller.actor.scope)
        actions.give_letters(session, row.letters, kind, desk.clock(), caller.actor)
    return row


class NumbersForm(Form):
    first: str


@router.post("/letters/batches/{batch_id}/numbers")
def number_batch(batch_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """Posting numbers for all of it, counted up from the first."""
    first = read(NumbersForm, fields).first
    with writing(desk) as session:
        batching.batch_of(session, batch_id, caller.actor.scope)
        batching.number_batch(session, batch_id, first, desk.clock(), caller.actor)
    return see(f"/letters/batches/{batch_id}", "numbered")


class PostedForm(Form):
    day: date


@router.post("/letters/batches/{batch_id}/posted")
def post_batch(batch_id: Id, request: Request, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """The post office took them, on that day; each passes the gate."""
    day = read(PostedForm, fields).day
    taken = batching.post_batch(desk.office, batch_id, day, desk.clock(), caller.actor, caller.actor.scope)
    frame = frame_of(request, caller)
    t = frame.t
    refused = table(
        [t("Line"), t("Why")],
        [[str(one.line), Cell(t.error(one.reason), "wrap")] for one in taken.refused],
        t("Every line was taken."),
    )
    return render(ToldPage(frame=frame, taken=taken.told, refused=refused))

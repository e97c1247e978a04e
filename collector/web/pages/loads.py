"""A file being checked or loaded, and what came of it: totals, problems by kind, and the refused rows to mend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Path, Request
from fastapi.responses import FileResponse, JSONResponse

from collector.audit.actions import record
from collector.casework.uploads import Folder
from collector.casework.views import loads as views
from collector.casework.views import within
from collector.casework.views.portfolios import asked_by_file
from collector.portfolio.rules import LoadKind, UploadState
from collector.portfolio.tables import Upload
from collector.web.loading import digest, start_load
from collector.web.pages.shell import Form, frame_of, may_open, read, see
from collector.web.pages.uploads import Token, at_once, own_file, past_mapping
from collector.web.session import CallerParam, Desk, DeskParam, FormParam, reading, writing
from collector.web.templating import Cell, Frame, Page, Table, Told, num, render, table
from collector.web.uploads import kept_rejects, rejects_file
from collector.web.words import Words

router = APIRouter()
Id = Annotated[int, Path(ge=1, le=2**62)]
TOTALS = ("read", "accepted", "unchanged", "rejected", "held")
STEPS = {"waiting": 0, "reading": 0, "following": 50}
"""Percent at the beginning of each phase of a load; a check only reads."""


@dataclass(frozen=True)
class CheckedPage(Page):
    template: ClassVar[str] = "checked.html"
    token: str
    file: str
    totals: Sequence[tuple[str, str, str]]
    """Words, figure and how to look at it."""
    kinds: Table
    error: str
    shown: str
    """Digest of the mapping that was checked."""
    good: str
    may_keep: bool
    as_of: str


@dataclass(frozen=True)
class ProgressPage(Page):
    template: ClassVar[str] = "progress.html"
    token: str
    file: str
    title: str
    state: str
    words: str
    percent: int
    over: str
    """Where to go on once it is over; empty while it runs."""
    error: str


@dataclass(frozen=True)
class LoadPage(Page):
    template: ClassVar[str] = "load.html"
    file: str
    facts: Sequence[str]
    totals: Sequence[tuple[str, str, str]]
    sum: str
    kinds: Table
    rejects: str
    rejects_closed: str
    held: bool
    kept: bool
    differences: bool
    """It was of the creditor's balances."""
    proposed: Sequence[tuple[str, str]] = ()
    """Pages and codes of portfolios whose ways to pay the file has otherwise."""


@router.get("/operations/files/{token}/check")
def file_check(request: Request, token: Token, desk: DeskParam, caller: CallerParam) -> Any:
    """What a load would do, before anything is written."""
    row, book, folder = own_file(desk, caller, token)
    elsewhere = past_mapping(desk, row)
    if elsewhere is not None:
        return see(elsewhere)
    frame, tried = frame_of(request, caller), folder.tried()
    if folder.is_held():
        return render(_progress_page(desk, row, folder, frame))
    if tried is None or tried["mapping"] != digest(folder):
        return see(f"/operations/files/{token}")
    t, totals = frame.t, tried.get("totals", {})
    told = Told(t, book.timezone if book else "UTC")
    return render(
        CheckedPage(
            frame=frame,
            token=token,
            file=row.file_name,
            totals=_checked(totals, t),
            kinds=kinds_table(tried.get("kinds", []), row.kind, t),
            error=t.error(tried.get("error", "")),
            shown=tried["mapping"],
            good=f"{totals.get('good', 0):,}",
            may_keep=row.portfolio_id is not None,
            as_of=told.whose(row.as_of) if row.as_of else "",
        )
    )


def _checked(totals: dict[str, int], t: Words) -> list[tuple[str, str, str]]:
    if not totals:
        return []
    told = [
        (t("read"), totals["read"], ""),
        (t("would be taken"), totals["good"], "good"),
        (t("would be refused"), totals["refused"], "late" if totals["refused"] else ""),
    ]
    if totals["held"]:
        told.append((t("of them without an account"), totals["held"], "look"))
    if totals["skipped"]:
        told.append((t("left out by the mapping"), totals["skipped"], ""))
    return [(words, f"{figure:,}", shade) for words, figure, shade in told]


def kinds_table(kinds: Sequence[dict[str, Any]], kind: LoadKind, t: Words) -> Table:
    """Problems by kind, the most frequent first, each with its first rows; what is somebody's is veiled."""
    return table(
        [num(t("Rows")), t("Column"), t("Problem"), t("First rows")],
        [
            [
                num(f"{one['count']:,}", "late"),
                t.column(kind, one["column"]),
                Cell(t.clause(one["reason"]), "wide"),
                Cell(" · ".join(_example(example, t) for example in one["examples"]), "wide dim"),
            ]
            for one in kinds
        ],
        t("No row has a problem."),
    )


def _example(example: dict[str, Any], t: Words) -> str:
    line = t("line {number}", number=example["line"])
    return f"{line}: {example['value']}" if example["value"] else line


def _progress_page(desk: Desk, row: Upload, folder: Folder, frame: Frame) -> ProgressPage:
    told, t = _progress(desk, row, folder, frame.t), frame.t
    is_load = row.state in (UploadState.loading, UploadState.failed)
    return ProgressPage(
        frame=frame,
        token=row.token,
        file=row.file_name,
        title=t("Loading") if is_load else t("Checking"),
        state=told["state"],
        words=told["words"],
        percent=told["percent"],
        over=told["over"],
        error=t.error(row.error or ""),
    )


def _progress(desk: Desk, row: Upload, folder: Folder, t: Words) -> dict[str, Any]:
    """How far it is: one document for the page and for the script that looks again every second."""
    state = views.state_of(desk.office, row)
    if state == UploadState.loaded:
        return {"state": state, "words": "", "percent": 100, "over": f"/operations/loads/{row.run_id}"}
    if not folder.is_held():
        over = f"/operations/files/{row.token}/check" if state == UploadState.waiting else ""
        words = t("The server stopped in the midst of it. Nothing of the file is in the book; start it again.")
        return {"state": state, "words": words if state == views.INTERRUPTED else "", "percent": 0, "over": over}
    at = folder.progress()
    phase, done, total = at.get("phase", "waiting"), at.get("done", 0), at.get("total", 0)
    percent = 100 * done // total if total else 0
    whole = STEPS[phase] + percent // 2 if state == UploadState.loading else percent
    return {"state": "running", "words": _phase(phase, percent, done, total, t), "percent": whole, "over": ""}


def _phase(phase: str, percent: int, done: int, total: int, t: Words) -> str:
    if phase == "following":
        return t("In the book. Brought up to date: {done} of {total} accounts.", done=f"{done:,}", total=f"{total:,}")
    if phase == "reading" and percent >= 100:
        return t("All rows are read; they are put together.")
    if phase == "reading":
        return t("{percent} % of the file is read.", percent=percent)
    return t("It waits for its turn.")


@router.get("/operations/files/{token}/progress")
def file_progress(request: Request, token: Token, desk: DeskParam, caller: CallerParam) -> Any:
    """How far the load is. It may be left: the list of loads leads back."""
    row, _, folder = own_file(desk, caller, token)
    if row.state is UploadState.loaded:
        return see(f"/operations/loads/{row.run_id}", request.query_params.get("said", ""))
    if row.state is UploadState.waiting and not folder.is_held():
        return see(f"/operations/files/{token}")
    return render(_progress_page(desk, row, folder, frame_of(request, caller)))


@router.get("/operations/files/{token}/progress.json")
def progress_now(token: Token, desk: DeskParam, caller: CallerParam) -> Any:
    """For the script of the page."""
    row, _, folder = own_file(desk, caller, token)
    return JSONResponse(_progress(desk, row, folder, Words(caller.language)))


class LoadForm(Form):
    shown: str


@router.post("/operations/files/{token}/load")
def load_file(token: Token, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """Load what was checked. Sent twice, from two tabs or by the back button, it is done once."""
    form = read(LoadForm, fields)
    row, book, _ = own_file(desk, caller, token)
    elsewhere = past_mapping(desk, row)
    if elsewhere is not None:
        return see(elsewhere, "started")
    at_once(start_load(desk, row, book.code if book else None, caller.actor, form.shown))
    return see(f"/operations/files/{token}/progress")


@router.get("/operations/loads/{run_id}")
def load_page(request: Request, run_id: Id, desk: DeskParam, caller: CallerParam) -> Any:
    """What came of a load."""
    frame = frame_of(request, caller)
    with reading(desk) as session:
        one = views.one_load(session, caller.actor.scope, run_id)
        asked = asked_by_file(session, caller.actor.scope, one.run.at)
    run, t = one.run, frame.t
    told = Told(t, one.zone)
    there = bool(run.rejected) and rejects_file(desk.office, run_id).is_file()
    may = may_open(caller, "download_rejects")
    by = t("by {name}", name=run.actor.removeprefix("user:"))
    return render(
        LoadPage(
            frame=frame,
            file=one.name,
            facts=[fact for fact in (t.word(run.kind), one.code, told.whose(run.at), by) if fact],
            totals=_totals(run, one.found, t),
            sum=f"{run.read:,} = {run.accepted:,} + {run.unchanged:,} + {run.rejected:,}",
            kinds=kinds_table(one.found.get("kinds", []), run.kind, t),
            rejects=f"/operations/loads/{run_id}/rejects" if there and may else "",
            rejects_closed=t("Closed: they hold what is somebody's, and are for who loads files.")
            if there and not may
            else "",
            held=run.held > 0 and run.kind is LoadKind.payments,
            kept=run.held > 0 and run.kind in (LoadKind.accounts, LoadKind.instalments),
            differences=run.kind is LoadKind.balances,
            proposed=[(f"/portfolios/{book.id}", book.code) for book in asked],
        )
    )


def total(name: str, t: Words) -> str:
    """What a count is called; rejected is said of calls elsewhere."""
    return t("refused") if name == "rejected" else t(f"{name}")


def _totals(run: Any, found: dict[str, Any], t: Words) -> list[tuple[str, str, str]]:
    shades = {"rejected": "late" if run.rejected else "", "accepted": "good", "held": "look" if run.held else ""}
    told = [(total(name, t), f"{getattr(run, name):,}", shades.get(name, "")) for name in TOTALS]
    if found.get("skipped"):
        told.append((t("left out by the mapping"), f"{found['skipped']:,}", ""))
    return told


@router.get("/operations/loads/{run_id}/rejects")
def download_rejects(run_id: Id, desk: DeskParam, caller: CallerParam) -> Any:
    """The refused rows as CSV. They hold what the file held, so the look is on record."""
    with reading(desk) as session:
        within.load_run(session, caller.actor.scope, run_id)
    path = kept_rejects(desk.office, run_id)
    with writing(desk) as session:
        record(session, caller.actor.name, "load.rejects", f"load_run:{run_id}", {}, desk.clock())
    return FileResponse(path, media_type="text/csv", filename=f"rejects-{run_id}.csv")

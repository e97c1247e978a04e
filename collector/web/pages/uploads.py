"""A file on its way into the book: brought, its columns chosen, checked, loaded. Only its own user sees it here."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import PlainTextResponse
from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from collector.casework.actions import uploads
from collector.casework.uploads import Folder
from collector.casework.views import loads as views
from collector.foundation.errors import BadInput
from collector.portfolio.loading import Mapping, read_mapping, write_mapping
from collector.portfolio.loading.choice import Choice as Chosen
from collector.portfolio.rules import LoadKind, UploadState
from collector.portfolio.tables import Portfolio, SavedMapping, Upload
from collector.web.bringing import Brought, bring, keep_mapping_file
from collector.web.loading import start_trial
from collector.web.pages.choosing import chosen_in
from collector.web.pages.mapping import (
    Look,
    MappingPage,
    first_of,
    is_shown,
    look_at,
    offers,
    sample_table,
    targets,
)
from collector.web.pages.shell import Form, frame_of, read, see
from collector.web.session import Caller, CallerParam, Desk, DeskParam, FormParam, reading, writing
from collector.web.templating import Choice, Frame, render
from collector.web.words import Words

router = APIRouter()
Token = Annotated[str, Path(max_length=64)]
AT_ONCE_S = 2.0
"""A small file is checked or loaded before its user has looked up; nobody is made to watch a bar for it."""


class UploadForm(Form):
    kind: LoadKind
    portfolio: str | None = None
    as_of: str | None = None


@router.post("/operations/files")
async def bring_file(request: Request, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    form = read(UploadForm, {name: value for name, value in fields.items() if name not in {"file", "mapping"}})
    files = await request.form()
    file, mapping = (_upload(files.get(name)) for name in ("file", "mapping"))
    if file is None:
        raise BadInput("choose a file first")
    token = await run_in_threadpool(bring, desk, caller, Brought(form.kind, form.portfolio, form.as_of), file, mapping)
    return see(f"/operations/files/{token}")


def _upload(value: Any) -> UploadFile | None:
    return value if isinstance(value, UploadFile) and value.filename else None


def own_file(desk: Desk, caller: Caller, token: str) -> tuple[Upload, Portfolio | None, Folder]:
    folder = Folder(desk.office.settings, token)
    with reading(desk) as session:
        row, book = views.own(session, caller.actor.user_id, token, desk.clock())
    if views.state_of(desk.office, row) == views.INTERRUPTED:  # or over since it was read: then the row says so now
        with reading(desk) as session:
            row, book = views.own(session, caller.actor.user_id, token, desk.clock())
    return row, book, folder


def past_mapping(desk: Desk, row: Upload) -> str | None:
    """The page of a file that is past its mapping; None while that can be chosen."""
    if row.state is UploadState.loaded:
        return f"/operations/loads/{row.run_id}"
    if views.state_of(desk.office, row) == UploadState.loading:
        return f"/operations/files/{row.token}/progress"
    return None


@router.get("/operations/files/{token}")
def file_mapping(
    request: Request,
    token: Token,
    desk: DeskParam,
    caller: CallerParam,
    start: Annotated[str | None, Query(max_length=20)] = None,
) -> Any:
    """Which column is which: guessed, and to be corrected."""
    row, book, folder = own_file(desk, caller, token)
    elsewhere = past_mapping(desk, row)
    if elsewhere is not None:
        return see(elsewhere)
    first = first_of(folder)
    with reading(desk) as session:
        saved = views.saved(session, row.portfolio_id, row.kind, first.sample.header)
    frame = frame_of(request, caller)
    begun = _start(folder, saved, start, frame.t)
    return render(_mapping_page(look_at(folder, row, book, first, begun.chosen), frame, saved, begun))


@dataclass(frozen=True)
class Start:
    """What the page is filled in from. `kept`: number of a kept mapping, empty where it is none."""

    chosen: Chosen | Mapping | None
    origin: str
    kept: str = ""


def _start(folder: Folder, saved: Sequence[SavedMapping], start: str | None, t: Words) -> Start:
    """What was asked for, what was chosen before, what was kept, or the guess."""
    asked = next((row for row in saved if str(row.id) == start), None)
    if start is None and folder.mapping.is_file():
        return Start(read_mapping(folder.mapping), t("Filled in as you left it."))
    if asked is None and start is None:
        asked = next(iter(saved), None)
    if asked is not None:
        name = asked.name or t("the last one used")
        return Start(read_mapping(asked.body), t("Filled in from a kept mapping: {name}.", name=name), str(asked.id))
    return Start(None, t("Filled in by a guess: correct what is wrong, then check the file."))


def _mapping_page(look: Look, frame: Frame, saved: Sequence[SavedMapping], begun: Start) -> MappingPage:
    t = frame.t
    found = targets(look, t)
    return MappingPage(
        frame=frame,
        token=look.row.token,
        file=look.row.file_name,
        facts=_facts(look, t),
        columns=[Choice(str(at), name) for at, name in enumerate(look.sample.header)],
        targets=[one for one in found if is_shown(one)],
        more=[one for one in found if not is_shown(one)],
        sample=sample_table(look, t),
        origin=begun.origin,
        start=begun.kept,
        offered=offers(saved, look.row.token, t),
        yaml="" if look.choice is not None else write_mapping(look.mapping),
    )


MARKS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


def _facts(look: Look, t: Words) -> list[str]:
    """What was found out about the file, in words."""
    facts = [t.word(look.row.kind), look.book.code if look.book else "", f"{look.row.size / 1024:,.0f} KB"]
    if look.manner.workbook:
        facts.append(t("workbook, sheet {name}; no other sheet is read", name=look.sheet))
    else:
        encoding = look.manner.encoding.upper()
        facts.append(t("{encoding}, fields by {mark}", encoding=encoding, mark=t.word(MARKS[look.manner.delimiter])))
    facts.append(t("{count} columns", count=len(look.sample.header)))
    return [fact for fact in facts if fact]


@router.post("/operations/files/{token}/mapping")
def choose_mapping(request: Request, token: Token, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """What was chosen is kept, and the whole file is checked with it; what has to be asked is asked first."""
    row, book, folder = own_file(desk, caller, token)
    elsewhere = past_mapping(desk, row)
    if elsewhere is not None:
        return see(elsewhere, "started")
    first = first_of(folder)
    choice = chosen_in(fields, row.kind, first.sample)
    look = look_at(folder, row, book, first, choice)
    if look.problems:
        frame = frame_of(request, caller)
        begun = Start(choice, frame.t("Something has to be said before the file is checked."))
        return render(_mapping_page(look, frame, (), begun), 422)
    return _check(desk, row, book, write_mapping(look.mapping))


class CheckForm(Form):
    start: int | None = None


@router.post("/operations/files/{token}/check")
def check_again(token: Token, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """Check the whole file with the mapping it has."""
    row, book, folder = own_file(desk, caller, token)
    elsewhere = past_mapping(desk, row)
    if elsewhere is not None:
        return see(elsewhere, "started")
    kept = read(CheckForm, fields).start
    if kept:
        with reading(desk) as session:
            saved = views.saved_mapping(session, caller.actor.scope, row.portfolio_id, kept)
        look = look_at(folder, row, book, first_of(folder), read_mapping(saved.body))
        return _check(desk, row, book, write_mapping(look.mapping))
    if not folder.mapping.is_file():
        return see(f"/operations/files/{token}")
    return _check(desk, row, book)


def _check(desk: Desk, row: Upload, book: Portfolio | None, mapping: str | None = None) -> Any:
    at_once(start_trial(desk, row, book.code if book else None, mapping))
    return see(f"/operations/files/{row.token}/check")


def at_once(work: Future[None]) -> None:
    """Wait for work that is done in a moment."""
    wait([work], timeout=AT_ONCE_S)


@router.post("/operations/files/{token}/mapping-file")
async def give_mapping(request: Request, token: Token, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """A mapping file instead of the form."""
    file = _upload((await request.form()).get("mapping"))
    if file is None:
        raise BadInput("choose a file first")
    await run_in_threadpool(_give, desk, caller, token, file)
    return see(f"/operations/files/{token}")


def _give(desk: Desk, caller: Caller, token: str, file: UploadFile) -> None:
    row, _, folder = own_file(desk, caller, token)
    if past_mapping(desk, row) is None:
        with folder.held():
            keep_mapping_file(folder, row.kind, file)


@router.get("/operations/files/{token}/mapping.yaml")
def download_mapping(token: Token, desk: DeskParam, caller: CallerParam) -> Any:
    """The mapping as `collector load --mapping` takes it."""
    row, _, folder = own_file(desk, caller, token)
    if not folder.mapping.is_file():
        raise BadInput("choose the columns first")
    named = {"Content-Disposition": f'attachment; filename="{row.kind}-mapping.yaml"'}
    return PlainTextResponse(folder.mapping.read_text(encoding="utf-8"), media_type="text/yaml", headers=named)


class KeepForm(Form):
    name: str = Field(max_length=60)


@router.post("/operations/files/{token}/keep")
def keep_mapping(token: Token, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """Keep the mapping under a name for the next file of this portfolio and kind."""
    form = read(KeepForm, fields)
    row, _, folder = own_file(desk, caller, token)
    if row.portfolio_id is None or not folder.mapping.is_file():
        raise BadInput("choose the columns first")
    body = folder.mapping.read_text(encoding="utf-8")
    with writing(desk) as session:
        uploads.save_mapping(session, row.portfolio_id, row.kind, form.name, body, caller.actor, desk.clock())
    return see(f"/operations/files/{token}/check", "kept")


@router.post("/operations/files/{token}/drop")
def drop_file(token: Token, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """The file is not wanted: it is removed at once."""
    row, _, _ = own_file(desk, caller, token)
    with writing(desk) as session:
        uploads.drop(session, desk.office, session.get_one(Upload, row.id), caller.actor, desk.clock())
    return see("/operations", "dropped")

"""The papers of an account: filed, read, and put together as its case file or its balance to the day."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path as File
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Path, Request
from fastapi.responses import FileResponse, Response
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from collector.casework import actions
from collector.casework.actions.documents import paper_of
from collector.casework.casefiles import CaseOrder, make_case_file, material_of, open_typesetter
from collector.casework.views import papers as views
from collector.casework.views import within
from collector.casework.views.archive import COUNSEL
from collector.foundation.clock import local_day
from collector.foundation.errors import BadInput, NotFound
from collector.history.rules import MOST_BYTES, ArchiveLevel, DocumentKind, Media
from collector.history.tables import Document
from collector.legal.casefile.telling.parts import Told as ToldCase
from collector.legal.casefile.words import words_in
from collector.web.pages.archive import shelf_table
from collector.web.pages.opening import closed_file
from collector.web.pages.shell import Form, frame_of, may_open, read, see
from collector.web.session import Caller, CallerParam, Desk, DeskParam, FormParam, reading, writing
from collector.web.templating import Cell, Choice, Page, Table, Told, choices, num, render, table

router = APIRouter()
Id = Annotated[int, Path(ge=1, le=2**62)]
TYPES = {Media.pdf: "application/pdf", Media.jpeg: "image/jpeg", Media.png: "image/png"}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class PapersPage(Page):
    template: ClassVar[str] = "case_papers.html"
    account_id: int
    key: str
    lacking: Table
    papers: Table
    originals: Table
    made: Table
    owed: Sequence[tuple[str, str]]
    kinds: Sequence[Choice]
    people: Sequence[Choice]
    may_file: bool
    may_mark: bool
    """Whether they may file what is between the creditor and counsel."""
    may_make: bool
    may_take: bool
    is_closed: bool
    may_archive: bool
    levels: Sequence[Choice]
    scans: Sequence[Choice]
    today: str


@router.get("/accounts/{account_id}/papers")
def account_papers(account_id: Id, request: Request, desk: DeskParam, caller: CallerParam) -> Any:
    now, frame = desk.clock(), frame_of(request, caller)
    if closed := closed_file(request, desk, caller, account_id):
        return closed
    with reading(desk) as session:
        account, book = within.account(session, caller.actor.scope, account_id)
        found = views.papers_of(session, desk.office, caller.actor, account, now)
        told, words = Told(frame.t, book.timezone, book.currency), words_in(caller.language)
        case, balance = ToldCase(found.material, words), found.material.statement
        page = PapersPage(
            frame=frame,
            account_id=account_id,
            key=f"{book.code}/{account.account_no}",
            lacking=_lacking(found, case, told),
            papers=_papers(found, case, told),
            originals=shelf_table(found.originals, frame.t),
            made=_made(found, told),
            owed=[(words("owed"), told.money(balance.total)), (words("due"), told.money(balance.due))],
            kinds=[Choice(one.value, words.of("document", one)) for one in DocumentKind],
            people=[
                Choice(str(one.person.id), case.person(one.person.id)) for one in found.material.people if one.owes
            ],
            may_file=may_open(caller, "file_paper"),
            may_mark=bool(caller.actor.roles & COUNSEL),
            may_make=may_open(caller, "make_case"),
            may_take=may_open(caller, "give_balance"),
            is_closed=found.material.closing is not None,
            may_archive=may_open(caller, "archive_original"),
            levels=choices(frame.t, ArchiveLevel),
            scans=_scans(found, case),
            today=local_day(now, book.timezone).isoformat(),
        )
    return render(page)


def _lacking(found: views.Papers, case: ToldCase, told: Told) -> Table:
    words, t = case.words, told.t
    return table(
        [t("Missing"), t("Of whom"), t("Who can supply it")],
        [
            [
                Cell(words.of("lack", one.lack), "wrap"),
                case.person(one.person_id),
                words.of("supplier", one.supplier),
            ]
            for one in found.lacking
        ],
        t("Nothing is missing: the case file is complete."),
    )


def _papers(found: views.Papers, case: ToldCase, told: Told) -> Table:
    t = told.t
    return table(
        [t("Kind of paper"), t("Title"), t("Of whom"), t("Dated"), t("Filed"), num("KB"), ""],
        [
            [
                Cell(case.words.of("document", row.kind), href=f"/accounts/{row.account_id}/papers/{row.id}"),
                Cell(row.name or t("removed after its term"), "wrap"),
                case.person(row.person_id),
                told.day(row.dated_on) if row.dated_on else "",
                told.moment(row.stored_at),
                num(str(-(-row.size // 1024))),
                t("privileged: in no case file") if row.privileged else "",
            ]
            for row in found.rows
        ],
        t("No paper is on file yet. Contracts, receipts and ID copies belong here; a case file is made of them."),
    )


def _scans(found: views.Papers, case: ToldCase) -> list[Choice]:
    """Papers whose original is not in the archive."""
    archived = {one.original.document_id for one in found.originals}
    rows = [row for row in found.rows if row.id not in archived]
    return [Choice(str(row.id), f"{row.id} · {case.words.of('document', row.kind)} · {row.name}") for row in rows]


def _made(found: views.Papers, told: Told) -> Table:
    t = told.t
    return table(
        [t("Made"), t("By"), num(t("Files")), num(t("Pages")), "SHA-256"],
        [
            [
                told.moment(row.made_at),
                row.actor.removeprefix("user:"),
                num(str(row.files)),
                num(str(row.pages)),
                row.sha256[:16],
            ]
            for row in found.made
        ],
        t("No case file was made of this account yet."),
    )


class PaperForm(Form):
    kind: DocumentKind
    title: str = ""
    person: int | None = None
    dated_on: date | None = None
    privileged: bool = False
    note: str = ""


@router.post("/accounts/{account_id}/papers")
async def file_paper(account_id: Id, request: Request, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """The very same paper filed again is one paper."""
    file = (await request.form()).get("file")
    given = file if isinstance(file, UploadFile) and file.filename else None
    await run_in_threadpool(_file, desk, caller, account_id, fields, given)
    return see(f"/accounts/{account_id}/papers", "filed")


def _file(desk: Desk, caller: Caller, account_id: int, fields: dict[str, str], file: UploadFile | None) -> None:
    with reading(desk) as session:
        within.account(session, caller.actor.scope, account_id)
    form = read(PaperForm, {name: value for name, value in fields.items() if name != "file"})
    if file is None:
        raise BadInput("choose a file first")
    paper = paper_of(file.file.read(MOST_BYTES + 1))
    with writing(desk) as session:
        account, _ = within.account(session, caller.actor.scope, account_id)
        people = [one.person.id for one in material_of(session, desk.office, account, desk.clock()).people]
        if form.person is not None and form.person not in people:
            raise NotFound
        actions.file_document(
            session,
            desk.office,
            account,
            paper,
            kind=form.kind,
            title=form.title or (file.filename or ""),
            person_id=form.person,
            dated_on=form.dated_on,
            note=form.note,
            privileged=form.privileged and bool(caller.actor.roles & COUNSEL),
            actor=caller.actor,
            now=desk.clock(),
        )


@router.get("/accounts/{account_id}/papers/{document_id}")
def give_paper(account_id: Id, document_id: Id, desk: DeskParam, caller: CallerParam) -> Any:
    """A copy of one paper. Who took it is on record."""
    with writing(desk) as session:
        account, _ = within.account(session, caller.actor.scope, account_id)
        row = views.paper(session, caller.actor, account, document_id)
        file = actions.document_file(desk.office, row)
        if not row.name:
            raise NotFound("this paper was removed when its term was over; its certificate is on the retention page")
        if not file.is_file():
            raise NotFound("the bytes of this paper are not where they were filed; put them back from a backup")
        actions.note_given(session, document_id, desk.clock(), caller.actor)
        name = _name(row)
    return FileResponse(file, media_type=TYPES[row.media], filename=name)


def _name(row: Document) -> str:
    """A name of our own letters only."""
    return f"{row.kind.value}-{row.id}.{row.media.value}"


@router.post("/accounts/{account_id}/case-file")
async def make_case(account_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """The case file as one archive, in the reader's language. Only so many are made at once."""
    form = read(CaseForm, fields)
    async with desk.exports:
        return await run_in_threadpool(_make_case, desk, caller, account_id, form)


class CaseForm(Form):
    recordings: bool = False


def _make_case(desk: Desk, caller: Caller, account_id: int, form: CaseForm) -> Response:
    order = CaseOrder(desk.clock(), caller.language, recordings=form.recordings)
    return given_case(desk, caller, account_id, order, "case")


def given_case(desk: Desk, caller: Caller, account_id: int, order: CaseOrder, called: str) -> Response:
    """The case file that was ordered as one archive; `called`: how its name begins."""
    with reading(desk) as session:
        within.account(session, caller.actor.scope, account_id)
    with kept() as folder, open_typesetter(desk.office) as typesetter:
        name, now = f"{called}-{account_id}", order.as_of
        make_case_file(desk.office, typesetter, account_id, folder / name, order, actor=caller.actor, now=now)
        archive = folder / f"{name}.zip"
        pack(folder / name, archive)
        shutil.rmtree(folder / name)
    gone = BackgroundTask(shutil.rmtree, folder, ignore_errors=True)
    return FileResponse(archive, media_type="application/zip", filename=archive.name, background=gone)


@contextmanager
def kept() -> Iterator[File]:
    """A folder that outlives the block, unless the block fails."""
    folder = File(tempfile.mkdtemp(prefix="collector-case-"))
    with ExitStack() as failed:
        failed.callback(shutil.rmtree, folder, ignore_errors=True)
        yield folder
        failed.pop_all()


def pack(folder: File, archive: File) -> None:
    """Everything of the folder, in order, without a date: the same folder is the same archive."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as packed:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                about = zipfile.ZipInfo(str(path.relative_to(folder.parent)))
                with packed.open(about, "w") as out, path.open("rb") as source:
                    shutil.copyfileobj(source, out)

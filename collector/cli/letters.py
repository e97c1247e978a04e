"""Commands of letters: print what the plan asks for, and tell what the post office said."""

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import BinaryIO

import typer

from collector.casework import actions
from collector.casework.actions.letters import LetterOrder, ReportKind, read_reports, save_batch
from collector.casework.actions.letters.printing import PrintedLetter, letter_docx
from collector.casework.letters.lists import letter as letter_of
from collector.cli.frame import AtOption, JsonFlag, command, moment, office, out, progress_bar, show, show_json
from collector.foundation.errors import BadInput
from collector.foundation.files import replace_file
from collector.history.rules import ReturnReason
from collector.identity.rules import COMMAND_LINE, EVERYTHING
from collector.portfolio.queries import account_by_key
from collector.texts.rules import CONTACTS, LetterKind, letter_id_of

letters = typer.Typer(
    no_args_is_help=True, help="Letters and drafts: make, print, and tell what the post office said of them."
)
FILE = typer.Option(None, "--file", help="A CSV or XLSX file that tells of many letters.", exists=True, dir_okay=False)
NUMBER = typer.Argument(None, help="Number of the letter, such as L000012-34; left out with --file.")
ON = typer.Option(None, "--on", help="The day it happened, such as 2026-05-31; default: today.")
SCAN = typer.Option(None, "--scan", help="The scan that proves it: PDF, JPEG or PNG.", exists=True, dir_okay=False)


@letters.command("print")
@command
def print_(
    portfolio: str = typer.Option(..., "--portfolio", help="The letters that its plan asks for now."),
    folder: Path = typer.Option(..., "--out", help="Folder for letters.pdf and letters.csv, the list for the post."),
    at: str | None = AtOption,
    json_: bool = JsonFlag,
) -> None:
    """Print every letter that the plan asks for: one PDF, and a list that the post office fills in."""
    desk = office()
    with progress_bar("printing") as progress:
        batch = actions.print_open(desk, portfolio, moment(at), COMMAND_LINE, progress=progress)
    pdf, listed = save_batch(batch, folder)
    document = {
        "printed": [_told(one) for one in batch.printed],
        "not_printed": [asdict(one) for one in batch.not_printed],
        "pdf": str(pdf),
        "list": str(listed),
    }
    if json_:
        show_json(document)
        return
    out.print(f"{len(batch.printed)} letters in {pdf}, listed in {listed}")
    for one in batch.not_printed:
        out.print(f"not printed: {one.account}: {one.reason}")


@letters.command("draft")
@command
def draft(
    account: str = typer.Argument(..., help="The account, as CODE/NO."),
    kind: LetterKind = typer.Argument(..., metavar="KIND", help=", ".join(LetterKind)),
    folder: Path = typer.Option(..., "--out", help="Folder for the PDF and the DOCX file."),
    person: int | None = typer.Option(None, "--person", min=1, help="Who is addressed; default: the borrower."),
    language: str | None = typer.Option(None, "--language", help="zh or en; default: the portfolio's."),
    enter: list[str] = typer.Option([], "--enter", help="A value that only a person knows, as court=…; repeat it."),
    at: str | None = AtOption,
    json_: bool = JsonFlag,
) -> None:
    """Make one letter or draft, as PDF and DOCX."""
    desk, when = office(), moment(at)
    entered = dict(_pair(one) for one in enter)
    with desk.database.begin() as session:
        found = account_by_key(session, account)
        to = (person or found.person_id) if kind in CONTACTS else person
        order = LetterOrder(found.id or 0, kind, to, language, entered)
        number = actions.make_letter(session, desk, order, at=when, actor=COMMAND_LINE).id or 0
    printed = actions.print_letter(desk, number, when, COMMAND_LINE)
    with desk.database.read() as session:
        row, _ = letter_of(session, EVERYTHING, number)
    folder.mkdir(parents=True, exist_ok=True)
    files = {"pdf": folder / f"{printed.number}.pdf", "docx": folder / f"{printed.number}.docx"}
    for name, content in (("pdf", printed.file.read_bytes()), ("docx", letter_docx(desk, row))):
        _write(files[name], content)
    document = {**_told(printed), "files": {name: str(path) for name, path in files.items()}}
    show(document, as_json=json_, lines=[f"{printed.number} {printed.title}: {files['pdf']}, {files['docx']}"])


@letters.command("posted")
@command
def posted(
    number: str | None = NUMBER,
    posting_number: str = typer.Option("", "--posting-number", help="What the post office gave it."),
    file: Path | None = FILE,
    on: str | None = ON,
    at: str | None = AtOption,
    json_: bool = JsonFlag,
) -> None:
    """A letter was posted, or all in --file (columns letter, posting_number, posted_on). Judged by the gate."""
    desk, when = office(), moment(at)
    if file is not None:
        _take(ReportKind.posted, file, when_at=at, json_=json_)
        return
    with desk.database.begin() as session:
        letter_id, day = _id(number), _day(on, when.date())
        done = actions.letter_posted(session, desk, letter_id, posting_number, day, at=when, actor=COMMAND_LINE)
    done.require()
    show({"letter": number, "attempt": done.attempt_id}, as_json=json_, lines=[f"{number}: posted"])


@letters.command("arrived")
@command
def arrived(
    number: str | None = NUMBER,
    file: Path | None = FILE,
    scan: Path | None = SCAN,
    signed: bool = typer.Option(False, "--signed", help="It is the slip that the reader signed."),
    on: str | None = ON,
    at: str | None = AtOption,
    json_: bool = JsonFlag,
) -> None:
    """A letter arrived, or all in --file (columns letter, arrived_on)."""
    desk, when = office(), moment(at)
    if file is not None:
        _take(ReportKind.arrived, file, when_at=at, json_=json_)
        return
    with desk.database.begin() as session:
        paper = scan.read_bytes() if scan else None
        took = actions.letter_signed if signed else actions.letter_arrived
        day = _day(on, when.date())
        event = took(session, desk, _id(number), day, at=when, actor=COMMAND_LINE, scan=paper)
        document = {"letter": number, "step": event.step, "on": event.on, "document": event.document_id}
    show(document, as_json=json_, lines=[f"{number}: {document['step']}"])


@letters.command("returned")
@command
def returned(
    number: str | None = NUMBER,
    reason: ReturnReason = typer.Option(ReturnReason.other, "--reason", help=", ".join(ReturnReason)),
    file: Path | None = FILE,
    scan: Path | None = SCAN,
    on: str | None = ON,
    at: str | None = AtOption,
    json_: bool = JsonFlag,
) -> None:
    """The post brought a letter back, or all in --file (columns letter, returned_on, reason)."""
    desk, when = office(), moment(at)
    if file is not None:
        _take(ReportKind.returned, file, when_at=at, json_=json_)
        return
    with desk.database.begin() as session:
        paper = scan.read_bytes() if scan else None
        day = _day(on, when.date())
        more = (_id(number), day, reason)
        event = actions.letter_returned(session, desk, *more, at=when, actor=COMMAND_LINE, scan=paper)
        document = {"letter": number, "step": event.step, "on": event.on, "reason": event.reason}
    show(document, as_json=json_, lines=[f"{number}: returned, {reason}"])


def _take(kind: ReportKind, file: Path, *, when_at: str | None, json_: bool) -> None:
    taken = actions.take_reports(office(), kind, read_reports(kind, file), at=moment(when_at), actor=COMMAND_LINE)
    document = {"taken": taken.told, "refused": [asdict(one) for one in taken.refused]}
    lines = [f"{taken.told} letters {kind}", *(f"refused: {one}" for one in taken.refused)]
    show(document, as_json=json_, lines=lines)


def _told(one: PrintedLetter) -> dict[str, object]:
    return {"letter": one.number, "account": one.account, "kind": one.kind, "title": one.title, "sha256": one.sha256}


def _id(number: str | None) -> int:
    found = letter_id_of(number or "")
    if found is None:
        raise BadInput("this is no number of a letter, or it was mistyped; it looks like L000012-34")
    return found


def _day(on: str | None, today: date) -> date:
    try:
        return date.fromisoformat(on) if on else today
    except ValueError as error:
        raise BadInput("--on is not a day; write it as 2026-05-31") from error


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise BadInput("--enter is written as name=value, such as court=…")
    return name.strip(), value


def _write(path: Path, content: bytes) -> None:
    def write(file: BinaryIO) -> None:
        file.write(content)

    replace_file(path, write)

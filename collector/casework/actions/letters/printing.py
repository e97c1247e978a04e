"""Letters printed: one, or all that the plan asks for, as one file with a list for the post office."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from pypdf import PdfReader, PdfWriter
from sqlmodel import Session, col, select

from collector.audit.actions import record
from collector.casework.actions.documents import document_file, file_document
from collector.casework.actions.letters.making import LetterOrder, make_letter
from collector.casework.office import Office
from collector.foundation.clock import local_day
from collector.foundation.errors import CollectorError, Conflict, NotFound, NotReady
from collector.foundation.files import replace_file, write_csv
from collector.foundation.typesetting import Typesetter
from collector.history import actions as history
from collector.history.actions.keep import fetch
from collector.history.rules import Channel, DocumentKind, LetterStep
from collector.history.tables import Document, LetterEvent, LetterRow
from collector.identity.rules import EVERYTHING, Actor, Scope
from collector.planning.rules import RunState, TaskState
from collector.planning.tables import PlanRun, Task
from collector.portfolio.queries import key_of, portfolio_by_code, portfolio_of
from collector.portfolio.tables import Account
from collector.texts.letters.letter import letter_from
from collector.texts.letters.printing import ToPrint, print_docx, print_pdf
from collector.texts.rules import LetterKind, number_of

POST_COLUMNS = ("letter", "name", "address", "posting_number", "posted_on")
"""Of the list for the post office, which comes back with the last two filled in."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class PrintedLetter:
    """`account`: CODE/NO. `to`: the lines of the address, the name first."""

    letter_id: int
    number: str
    account: str
    kind: LetterKind
    title: str
    to: tuple[str, ...]
    sha256: str
    file: Path


@dataclass(frozen=True, slots=True)
class NotPrinted:
    """A letter of the plan that could not be made, with the sentence that says why."""

    task_id: int
    account: str
    reason: str


@dataclass(frozen=True, slots=True)
class Batch:
    printed: Sequence[PrintedLetter]
    not_printed: Sequence[NotPrinted]


def print_letter(office: Office, letter_id: int, at: datetime, actor: Actor) -> PrintedLetter:
    """Its PDF, filed among the papers of the account; printed again, it is the same file."""
    with Typesetter(office.letters.pdf_folder, office.settings.fonts_dir) as setter:
        return _print(office, setter, letter_id, at, actor)


def _print(office: Office, setter: Typesetter, letter_id: int, at: datetime, actor: Actor) -> PrintedLetter:
    """Typesetting is slow, so no transaction is open meanwhile."""
    with office.database.read() as session:
        row = _found(session, letter_id)
        printed = _printed(session, office, row)
        one = _to_print(row)
    if printed is not None:
        return printed
    content = print_pdf(setter, one)
    with office.database.begin() as session:
        row = fetch(session, LetterRow, letter_id)
        account = session.get_one(Account, row.account_id)
        paper = file_document(
            session,
            office,
            account,
            content,
            kind=DocumentKind.letter,
            title=f"{one.letter.title} {one.number}",
            actor=actor,
            now=at,
            person_id=row.person_id,
            dated_on=local_day(row.made_at, portfolio_of(session, row.portfolio_id).timezone),
        )
        day = local_day(at, portfolio_of(session, row.portfolio_id).timezone)
        history.take_step(session, row, LetterStep.printed, day, now=at, actor=actor, document_id=paper.id)
        printed = _printed(session, office, row)
    if printed is None:
        raise NotReady("the letter was printed, but its file is gone; look into the folder of documents")
    return printed


def print_open(
    office: Office,
    code: str,
    at: datetime,
    actor: Actor,
    *,
    scope: Scope = EVERYTHING,
    most: int | None = None,
    progress: Progress = lambda done, total: None,
) -> Batch:
    """Every letter that the plan of this portfolio asks for now, at `most` so many, one after the other: what can not
    be printed is told and does not hold up the others."""
    with office.database.read() as session:
        tasks = _open_tasks(session, portfolio_by_code(session, code, scope).id or 0, at)[:most]
    printed: list[PrintedLetter] = []
    not_printed: list[NotPrinted] = []
    with Typesetter(office.letters.pdf_folder, office.settings.fonts_dir) as setter:
        for done, (order, task_id, account) in enumerate(tasks, 1):
            try:
                with office.database.begin() as session:
                    letter_id = make_letter(session, office, order, at=at, actor=actor).id or 0
                printed.append(_print(office, setter, letter_id, at, actor))
            except NotReady:
                raise
            except CollectorError as error:
                not_printed.append(NotPrinted(task_id, account, error.message))
            progress(done, len(tasks))
    return Batch(printed, not_printed)


def save_batch(batch: Batch, folder: Path) -> tuple[Path, Path]:
    """`letters.pdf`, with a bookmark a letter, and `letters.csv` for the post office, in that folder."""
    folder.mkdir(parents=True, exist_ok=True)
    pdf, listed = folder / "letters.pdf", folder / "letters.csv"
    rows = [(one.number, one.to[0] if one.to else "", " ".join(one.to[1:]), "", "") for one in batch.printed]
    write_csv(listed, POST_COLUMNS, rows, bom=True)
    replace_file(pdf, lambda file: bound(batch.printed, file))
    return pdf, listed


def bound(printed: Sequence[PrintedLetter], file: BinaryIO) -> None:
    """All of them in one PDF, in order."""
    writer = PdfWriter()
    for one in printed:
        writer.append(io.BytesIO(one.file.read_bytes()), outline_item=f"{one.number} {one.title}", import_outline=False)
    writer.write(file)


def give_letters(session: Session, letter_ids: Sequence[int], kind: str, at: datetime, actor: Actor) -> None:
    """Put on record who took the files of these letters. `kind`: pdf, docx or csv."""
    for letter_id in letter_ids:
        record(session, actor.name, "letter.given", f"letter:{letter_id}", {"kind": kind}, at)


def letter_pdf(session: Session, office: Office, row: LetterRow) -> bytes:
    """The file as it was printed. `Conflict`: it was not yet."""
    printed = _printed(session, office, row)
    if printed is None:
        raise Conflict("the letter was not printed yet; print it first")
    return printed.file.read_bytes()


def letter_docx(office: Office, row: LetterRow) -> bytes:
    """The same words for whoever edits the draft. Slow: no transaction should be open."""
    return print_docx(office.letters.docx_layout, [_to_print(row)])[0]


def pages_of(content: bytes) -> int:
    return len(PdfReader(io.BytesIO(content)).pages)


def _to_print(row: LetterRow) -> ToPrint:
    return ToPrint(letter_from(row.body), number_of(row.id or 0), row.made_at)


def _found(session: Session, letter_id: int) -> LetterRow:
    row = session.get(LetterRow, letter_id)
    if row is None:
        raise NotFound(f"there is no letter {letter_id}")
    return row


def _printed(session: Session, office: Office, row: LetterRow) -> PrintedLetter | None:
    same = (LetterEvent.letter_id == row.id, LetterEvent.step == LetterStep.printed)
    statement = select(Document).join(LetterEvent, col(LetterEvent.document_id) == col(Document.id)).where(*same)
    paper = session.exec(statement).first()
    if paper is None:
        return None
    to = tuple(re.sub("[：:]$", "", line) for line in row.body["to"])
    account = key_of(session, session.get_one(Account, row.account_id))
    where = document_file(office, paper)
    return PrintedLetter(
        row.id or 0, number_of(row.id or 0), account, row.kind, row.body["title"], to, paper.sha256, where
    )


def _open_tasks(session: Session, portfolio_id: int, at: datetime) -> list[tuple[LetterOrder, int, str]]:
    statement = (
        select(Task)
        .join(PlanRun, col(PlanRun.id) == col(Task.run_id))
        .where(
            PlanRun.state == RunState.current,
            PlanRun.portfolio_id == portfolio_id,
            Task.channel == Channel.letter,
            Task.state == TaskState.planned,
            col(Task.not_after) > at,
        )
        .order_by(col(Task.rank), col(Task.id))
    )
    return list(_orders(session, session.exec(statement).all()))


def _orders(session: Session, tasks: Sequence[Task]) -> Iterator[tuple[LetterOrder, int, str]]:
    for task in tasks:
        kind = kind_of(task.template, was_demanded(session, task.account_id, task.person_id))
        order = LetterOrder(task.account_id, kind, task.person_id, task_id=task.id)
        yield order, task.id or 0, key_of(session, session.get_one(Account, task.account_id))


def was_demanded(session: Session, account_id: int, person_id: int) -> bool:
    """Whether a demand was posted to this person about this account before."""
    statement = (
        select(LetterRow.id)
        .join(LetterEvent, col(LetterEvent.letter_id) == col(LetterRow.id))
        .where(
            LetterRow.account_id == account_id,
            LetterRow.person_id == person_id,
            col(LetterRow.kind).in_([LetterKind.demand, LetterKind.quarterly]),
            LetterEvent.step == LetterStep.posted,
        )
    )
    return session.exec(statement.limit(1)).first() is not None


def kind_of(template: str | None, demanded: bool) -> LetterKind:
    """Which letter a step of a strategy means, by the text that it names; after the first demand comes the letter of
    each quarter (handbook section 5)."""
    if template == "guarantor-notice":
        return LetterKind.guarantor_notice
    if template is not None and template.startswith("overdue"):
        return LetterKind.reminder
    return LetterKind.quarterly if demanded else LetterKind.demand

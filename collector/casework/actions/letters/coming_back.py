"""What the post office and the readers say of letters: posted, arrived, returned, signed; one by one or as a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

from sqlmodel import Session, select

from collector.casework.actions.clocks import note_clock
from collector.casework.actions.documents import Paper, file_document
from collector.casework.actions.letters.posting import letter_posted
from collector.casework.office import Office
from collector.foundation.clock import local_day
from collector.foundation.errors import BadInput, CollectorError, Conflict, NotReady, Problem
from collector.foundation.files import plain_cell, read_table
from collector.history import actions as history
from collector.history.actions import ClockNote
from collector.history.actions.keep import fetch
from collector.history.rules import DocumentKind, LetterStep, ReturnReason
from collector.history.tables import LetterEvent, LetterRow
from collector.identity.rules import EVERYTHING, Actor, Scope
from collector.law.rules import Happening
from collector.portfolio.queries import portfolio_of
from collector.portfolio.rules import PartyRole
from collector.portfolio.tables import Account, Party
from collector.texts.rules import AGREEMENTS, DEMANDS, letter_id_of, number_of


class ReportKind(StrEnum):
    """What a file tells of each letter."""

    posted = "posted"
    arrived = "arrived"
    returned = "returned"


COLUMNS: Mapping[ReportKind, tuple[str, ...]] = {
    ReportKind.posted: ("letter", "posting_number", "posted_on"),
    ReportKind.arrived: ("letter", "arrived_on"),
    ReportKind.returned: ("letter", "returned_on", "reason"),
}


HAPPENED: Mapping[LetterStep, Happening] = {
    LetterStep.arrived: Happening.demand_arrived,
    LetterStep.signed: Happening.acknowledged,
}
"""What a step of a demand is to the clocks of the law."""


@dataclass(frozen=True, slots=True)
class LetterReport:
    """A line of such a file. `line` as a spreadsheet counts it."""

    line: int
    letter_id: int
    on: date
    posting_no: str = ""
    reason: ReturnReason | None = None


def letter_arrived(
    session: Session,
    office: Office,
    letter_id: int,
    on: date,
    *,
    at: datetime,
    actor: Actor,
    scan: bytes | Paper | None = None,
) -> LetterEvent:
    """The post proved that it arrived; `scan`: the receipt. A demand that arrived interrupts limitation."""
    return _came(session, office, letter_id, LetterStep.arrived, on, at, actor, scan, DocumentKind.letter_receipt)


def letter_signed(
    session: Session,
    office: Office,
    letter_id: int,
    on: date,
    *,
    at: datetime,
    actor: Actor,
    scan: bytes | Paper | None,
) -> LetterEvent:
    """The reader signed the slip and sent it back, or both sides signed the agreement. Without its scan it is a
    `BadInput`: it is the proof."""
    if not scan:
        raise BadInput("a signed slip comes with its scan: it is the proof that the debt was acknowledged")
    is_agreement = fetch(session, LetterRow, letter_id).kind in AGREEMENTS
    kind = DocumentKind.agreement if is_agreement else DocumentKind.letter_receipt
    return _came(session, office, letter_id, LetterStep.signed, on, at, actor, scan, kind)


def letter_returned(
    session: Session,
    office: Office,
    letter_id: int,
    on: date,
    reason: ReturnReason,
    *,
    at: datetime,
    actor: Actor,
    scan: bytes | Paper | None = None,
) -> LetterEvent:
    """The post brought it back; `scan`: the envelope."""
    kind = DocumentKind.letter_returned
    return _came(session, office, letter_id, LetterStep.returned, on, at, actor, scan, kind, reason)


def _came(
    session: Session,
    office: Office,
    letter_id: int,
    step: LetterStep,
    on: date,
    at: datetime,
    actor: Actor,
    scan: bytes | Paper | None,
    kind: DocumentKind,
    reason: ReturnReason | None = None,
) -> LetterEvent:
    row = fetch(session, LetterRow, letter_id)
    if on > local_day(at, portfolio_of(session, row.portfolio_id).timezone):
        raise BadInput("the day is to come")
    steps = history.steps_of(session, letter_id)
    before = steps.get(step)
    if before is not None and (before.document_id is not None or not scan):
        return before
    paper = _filed(session, office, row, step, kind, scan, on, at, actor) if scan else None
    if before is None:
        posted = steps.get(LetterStep.posted)
        before = history.take_step(
            session,
            row,
            step,
            on,
            now=at,
            actor=actor,
            reason=reason,
            attempt_id=posted.attempt_id if posted else None,
            document_id=paper,
        )
    _tell_clocks(session, office, row, step, before.on, paper, at, actor)
    return before


def _filed(
    session: Session,
    office: Office,
    row: LetterRow,
    step: LetterStep,
    kind: DocumentKind,
    scan: bytes | Paper,
    on: date,
    at: datetime,
    actor: Actor,
) -> int | None:
    """The scan among the papers of the account; its number."""
    account = session.get_one(Account, row.account_id)
    title = paper_title(row, step)
    return file_document(
        session,
        office,
        account,
        scan,
        kind=kind,
        title=title,
        actor=actor,
        now=at,
        person_id=row.person_id,
        dated_on=on,
    ).id


def _tell_clocks(
    session: Session,
    office: Office,
    row: LetterRow,
    step: LetterStep,
    on: date,
    document_id: int | None,
    at: datetime,
    actor: Actor,
) -> None:
    """A demand that arrived, or a slip that acknowledges the debt, moves the clocks of the law. Without the scan it was
    only told: posting proves no arrival, so no cautious date moves until the scan is there."""
    happened = HAPPENED.get(step)
    if happened is None or row.kind not in DEMANDS:
        return
    note = ClockNote(happened, on, guarantor_id=guarantor_of(session, row), document_id=document_id)
    note_clock(session, office, row.account_id, note, now=at, actor=actor)


def guarantor_of(session: Session, row: LetterRow) -> int | None:
    """Who is addressed, where that is a guarantor."""
    stands = (Party.account_id == row.account_id, Party.person_id == row.person_id, Party.role == PartyRole.guarantor)
    return session.exec(select(Party.person_id).where(*stands)).first()


def paper_title(row: LetterRow, step: LetterStep) -> str:
    """What the scan of a step is called among the papers of the account."""
    return f"{number_of(row.id or 0)} {step.value}"


def read_reports(kind: ReportKind, file: Path) -> Sequence[LetterReport]:
    """The lines of a CSV or XLSX file; lines without a day are letters of which nothing is known yet. `BadInput` with
    everything that is wrong, by line."""
    reports: list[LetterReport] = []
    problems: list[Problem] = []
    with read_table(file) as table:
        missing = [name for name in COLUMNS[kind] if name not in table.header]
        if missing:
            raise BadInput(f"the file lacks the columns {', '.join(missing)}; it has {', '.join(table.header)}")
        for batch in table.batches:
            problems += batch.problems
            for line, cells in zip(batch.lines, batch.rows, strict=True):
                row = dict(zip(table.header, map(plain_cell, cells), strict=True))
                try:
                    reports += _report(kind, line, row)
                except BadInput as error:
                    problems.append(Problem(error.message, line, file=file.name))
    if problems:
        raise BadInput(problems=tuple(problems))
    if twice := _twice(reports):
        said = "this letter stands there twice"
        raise BadInput(problems=tuple(Problem(said, line, file=file.name) for line in twice))
    return reports


def _report(kind: ReportKind, line: int, row: Mapping[str, str]) -> Iterator[LetterReport]:
    day = row[f"{kind}_on"].strip()
    if not day:
        return
    letter_id = letter_id_of(row["letter"])
    if letter_id is None:
        raise BadInput("this is no number of a letter, or it was mistyped; it looks like L000012-34")
    try:
        on = date.fromisoformat(day)
    except ValueError as error:
        raise BadInput(f"{kind}_on is not a day; write it as 2026-05-31") from error
    reason = row.get("reason", "").strip()
    if kind is ReportKind.returned and reason not in {one.value for one in ReturnReason}:
        raise BadInput(f"the reason is one of {', '.join(ReturnReason)}")
    told = ReturnReason(reason) if kind is ReportKind.returned else None
    yield LetterReport(line, letter_id, on, row.get("posting_number", ""), told)


def _twice(reports: Sequence[LetterReport]) -> list[int]:
    seen: set[int] = set()
    return [one.line for one in reports if one.letter_id in seen or seen.add(one.letter_id)]  # type: ignore[func-returns-value]


@dataclass(frozen=True, slots=True)
class Taken:
    """`told`: lines that were taken; `refused`: line and why not."""

    told: int
    refused: Sequence[Problem]


def take_reports(
    office: Office,
    kind: ReportKind,
    reports: Sequence[LetterReport],
    *,
    at: datetime,
    actor: Actor,
    scope: Scope = EVERYTHING,
) -> Taken:
    """Each line in a transaction of its own: what is refused, by the gate too, does not hold up the others."""
    refused: list[Problem] = []
    for one in reports:
        try:
            with office.database.begin() as session:
                said = _take(session, office, kind, one, at, actor, scope)
        except NotReady:
            raise
        except CollectorError as error:
            said = error.message
        if said:
            refused.append(Problem(said, one.line))
    return Taken(len(reports) - len(refused), refused)


def _take(
    session: Session,
    office: Office,
    kind: ReportKind,
    one: LetterReport,
    at: datetime,
    actor: Actor,
    scope: Scope,
) -> str:
    """The refusal of the gate, which is stored; "": taken."""
    row = session.get(LetterRow, one.letter_id)
    if row is None or not scope.admits(row.portfolio_id):
        raise Conflict(f"there is no letter {number_of(one.letter_id)}")
    if kind is ReportKind.posted:
        done = letter_posted(session, office, one.letter_id, one.posting_no, one.on, at=at, actor=actor)
        return f"not allowed now: {done.refused}" if done.refused else ""
    if kind is ReportKind.arrived:
        letter_arrived(session, office, one.letter_id, one.on, at=at, actor=actor)
    elif one.reason is not None:
        letter_returned(session, office, one.letter_id, one.on, one.reason, at=at, actor=actor)
    return ""

"""A court calendar as a file: looked at as a whole first, then loaded whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

from sqlmodel import Session

from collector.casework.actions.matters.days import DateOrder, moment_of, note_court_date
from collector.foundation.clock import zone
from collector.foundation.errors import BadInput, CollectorError, Problem
from collector.foundation.files import plain_cell, read_table
from collector.identity.rules import EVERYTHING, Actor, Scope
from collector.legal.matters.queries import running_matter
from collector.legal.matters.rules import DateKind
from collector.legal.matters.tables import CourtDate
from collector.portfolio.queries import account_by_key, portfolio_of

COLUMNS = ("account", "kind", "date", "what")
MORE = ("time", "timezone", "place", "who")
NO_DATES = (
    "this calendar has no dates: every line needs one in the column date, such as 2026-05-31; ask the court for them"
)


@dataclass(frozen=True, slots=True)
class CalendarLine:
    """A line of the file, as it would be noted. `line` as a spreadsheet counts it."""

    line: int
    key: str
    account_id: int
    at: datetime
    order: DateOrder


@dataclass(frozen=True, slots=True)
class CalendarRead:
    """What the file comes to: lines that could be noted, and what is wrong, by line."""

    lines: Sequence[CalendarLine]
    refused: Sequence[Problem]


def read_calendar(session: Session, file: Path, at: datetime, scope: Scope = EVERYTHING) -> CalendarRead:
    """Look at a CSV or XLSX file against the matters that run. A file without the columns, or without any date, is a
    `BadInput` as a whole."""
    lines: list[CalendarLine] = []
    refused: list[Problem] = []
    rows, broken = _rows(file)
    refused += broken
    for line, row in rows:
        try:
            lines.append(_line(session, line, row, at, scope))
        except CollectorError as error:
            refused.append(Problem(error.message, line, file=file.name))
    for line in _twice(lines):
        refused.append(Problem("this day stands there twice", line, file=file.name))
    return CalendarRead(lines, sorted(refused, key=lambda one: one.line or 0))


def _rows(file: Path) -> tuple[list[tuple[int, Mapping[str, str]]], Sequence[Problem]]:
    rows: list[tuple[int, Mapping[str, str]]] = []
    broken: list[Problem] = []
    with read_table(file) as table:
        missing = [name for name in COLUMNS if name not in table.header]
        if "date" in missing:
            raise BadInput(NO_DATES)
        if missing:
            raise BadInput(f"the file lacks the columns {', '.join(missing)}; it has {', '.join(table.header)}")
        if unknown := [name for name in table.header if name not in (*COLUMNS, *MORE)]:
            raise BadInput(f"a court calendar has no column {unknown[0]}; it may have {', '.join((*COLUMNS, *MORE))}")
        for batch in table.batches:
            broken += batch.problems
            for line, cells in zip(batch.lines, batch.rows, strict=True):
                rows.append((line, dict(zip(table.header, map(plain_cell, cells), strict=True))))
    if not any(row["date"].strip() for _, row in rows):
        raise BadInput(NO_DATES)
    return rows, broken


def _line(session: Session, line: int, row: Mapping[str, str], at: datetime, scope: Scope) -> CalendarLine:
    account = account_by_key(session, row["account"].strip(), scope)
    book = portfolio_of(session, account.portfolio_id)
    running_matter(session, account.id or 0)
    cell = {name: row.get(name, "").strip() for name in (*COLUMNS, *MORE)}
    if cell["kind"] not in {one.value for one in DateKind}:
        raise BadInput(f"the kind is one of {', '.join(DateKind)}")
    if not cell["what"]:
        raise BadInput("say what is to be done")
    zone_name = cell["timezone"] or book.timezone
    zone(zone_name)
    order = DateOrder(
        DateKind(cell["kind"]),
        _day(cell["date"]),
        cell["what"],
        _hour(cell["time"]),
        zone_name,
        cell["place"],
        cell["who"],
    )
    when = moment_of(order, zone_name)
    if when < at:
        raise BadInput("that moment has passed; enter what happened as a stage, and only days ahead in the calendar")
    return CalendarLine(line, f"{book.code}/{account.account_no}", account.id or 0, when, order)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadInput("the date is missing or is no day; write it as 2026-05-31") from error


def _hour(text: str) -> time | None:
    if not text:
        return None
    try:
        return time.fromisoformat(text).replace(tzinfo=None)
    except ValueError as error:
        raise BadInput("the time is missing or is none of the day; write it as 09:30") from error


def _twice(lines: Sequence[CalendarLine]) -> list[int]:
    seen: set[tuple[int, datetime, str]] = set()
    twice = []
    for one in lines:
        key = (one.account_id, one.at, one.order.what)
        if key in seen:
            twice.append(one.line)
        seen.add(key)
    return twice


def load_calendar(
    session: Session, file: Path, *, at: datetime, actor: Actor, scope: Scope = EVERYTHING
) -> list[CourtDate]:
    """Note every day of the file. With anything refused it is a `BadInput` that names each line: nothing is noted."""
    found = read_calendar(session, file, at, scope)
    if found.refused:
        raise BadInput(problems=tuple(found.refused))
    return [note_court_date(session, one.account_id, one.order, at=at, actor=actor) for one in found.lines]

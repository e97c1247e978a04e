"""Tables for people, in which no cell turns into a formula, and files that appear whole or not at all."""

from __future__ import annotations

import csv
import io
import os
import tempfile
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import BinaryIO, NamedTuple, TextIO

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from collector.foundation.errors import BadInput

Value = str | int | float | Decimal | bool | None

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""Starts that a spreadsheet may obey: OWASP ASVS 5.0, 1.2.10, and their full-width twins, which some also
take."""
EXACT = 10**15
"""From here on a spreadsheet loses digits of a number."""
BOTH_ENDS = "\r\n"
PLAINLY = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
"""Text is text, whatever it looks like."""
SHEET_ROWS = 1_048_575
CELL_CHARACTERS = 32_767


def safe_cell(text: str) -> str:
    """The text with ' before it where a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def plain_cell(text: str) -> str:
    """The text that `safe_cell` made safe, for tables of our own that come back."""
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA_STARTS) else text


def _shown(value: Value) -> str:
    """Only text can carry a formula: numbers are written as they are, so that -5 stays -5."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return safe_cell(value) if isinstance(value, str) else f"{value}"


def write_csv(
    target: Path | TextIO, header: Sequence[str], rows: Iterable[Sequence[Value]], *, bom: bool = False
) -> int:
    """A UTF-8 CSV; a path is replaced whole. `bom` is for files that people open in a spreadsheet. Returns
    the number of rows."""
    if not isinstance(target, Path):
        return _write_rows(target, header, rows)
    count = 0

    def write(file: BinaryIO) -> None:
        nonlocal count
        text = io.TextIOWrapper(file, "utf-8-sig" if bom else "utf-8", newline="")
        count = _write_rows(text, header, rows)
        text.flush()
        text.detach()

    replace_file(target, write)
    return count


def _write_rows(file: TextIO, header: Sequence[str], rows: Iterable[Sequence[Value]]) -> int:
    writer = csv.writer(_Quoting(file), lineterminator=BOTH_ENDS)
    writer.writerow([_shown(name) for name in header])
    count = 0
    for row in rows:
        writer.writerow([_shown(value) for value in row])
        count += 1
    return count


class _Quoting:
    """The writer quotes a cell for the characters of its line end only. A bare CR would end the line in a spreadsheet,
    and what stands behind it begin a cell: so it is told both, and lines end with LF all the same."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, line: str) -> int:
        return self._file.write(line.removesuffix(BOTH_ENDS) + "\n")


def write_xlsx(path: Path, header: Sequence[str], rows: Iterable[Sequence[Value]], *, mark: str = "") -> int:
    """A workbook of one sheet, replaced whole; text stays text. `mark`: words in its properties and in the foot of
    every printed page. Returns the number of rows."""
    count = 0

    def write(file: BinaryIO) -> None:
        nonlocal count
        count = _write_sheet(file, header, rows, mark)

    replace_file(path, write)
    return count


class Sheet(NamedTuple):
    """A sheet of a workbook: its name, at most 31 characters, its header and its rows."""

    name: str
    header: Sequence[str]
    rows: Sequence[Sequence[Value]]


def write_sheets(path: Path, sheets: Sequence[Sheet], made_at: datetime) -> None:
    """A workbook of several sheets, replaced whole; text stays text. The same sheets and moment give the same bytes."""

    def write(file: BinaryIO) -> None:
        with xlsxwriter.Workbook(file, {**PLAINLY, "in_memory": True}) as book:
            book.set_properties({"created": made_at.astimezone(UTC).replace(tzinfo=None)})
            for one in sheets:
                sheet = book.add_worksheet(one.name)
                sheet.freeze_panes(1, 0)
                for line, row in enumerate([one.header, *one.rows]):
                    _write_row(sheet, line, row)

    replace_file(path, write)


def _write_sheet(file: BinaryIO, header: Sequence[str], rows: Iterable[Sequence[Value]], mark: str) -> int:
    count = 0
    with xlsxwriter.Workbook(file, {**PLAINLY, "constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        if mark:
            book.set_properties({"comments": mark})
            sheet.set_footer(f"&L{mark.replace('&', '&&')}")
        _write_row(sheet, 0, header)
        for count, row in enumerate(rows, 1):
            if count > SHEET_ROWS:
                raise BadInput("more rows than a workbook can hold; export CSV instead")
            _write_row(sheet, count, row)
    return count


def _write_row(sheet: Worksheet, line: int, row: Sequence[Value]) -> None:
    for column, value in enumerate(row):
        if isinstance(value, bool):
            sheet.write_boolean(line, column, value)
        elif isinstance(value, (int, float, Decimal)) and -EXACT < value < EXACT:
            sheet.write_number(line, column, value)
        elif value is not None:
            sheet.write_string(line, column, _fitting(str(value)))


def _fitting(text: str) -> str:
    if len(text) > CELL_CHARACTERS:
        raise BadInput(f"a text of {len(text)} characters does not fit into a cell; export CSV instead")
    return text


def replace_file(path: Path, write: Callable[[BinaryIO], None]) -> None:
    """The file is what `write` wrote, or what it was before, also after a crash: a neighbour is written,
    synced and moved over it. A new file is for the owner's eyes only; an existing one keeps its mode."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name[:100]}.", dir=path.parent)
    neighbour = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            neighbour.chmod(path.stat().st_mode & 0o7777)
        neighbour.replace(path)
    finally:
        neighbour.unlink(missing_ok=True)  # gone already, where it took its place
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """The move itself reaches the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

"""Reads one workbook under limits and prints its rows as JSON lines. Run as a script by `workbook.py`,
alone: it imports nothing of the project, so that it starts fast and holds nothing worth stealing."""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

EXACT = 10**15
"""From here on a spreadsheet has already lost digits."""
Cell = str | float | int | bool | datetime | date | time | timedelta


def text_of(cell: Cell) -> str:
    """The canonical text of a cell; a number that lost digits is a ValueError."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int | float):
        return _number(cell)
    if isinstance(cell, datetime) and cell.time() == time(0):
        return cell.date().isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return cell.isoformat()


def _number(cell: float) -> str:
    if abs(cell) >= EXACT:
        raise ValueError(
            "a number of more than 15 digits, of which a spreadsheet keeps only 15; "
            "format the column as text and enter it again"
        )
    return str(int(cell)) if cell == int(cell) else f"{Decimal(repr(cell)):f}"


def _say(**reply: object) -> None:
    sys.stdout.write(json.dumps(reply, ensure_ascii=True) + "\n")


def _confine(memory: int, seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _first_visible(path: str) -> CalamineSheet | None:
    book = CalamineWorkbook.from_path(path)
    names = [sheet.name for sheet in book.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]
    if not names:
        return None
    _say(sheet=names[0])
    return book.get_sheet_by_name(names[0])


def _rows(sheet: CalamineSheet) -> Iterator[tuple[int, list[Cell]]]:
    for line, row in enumerate(sheet.iter_rows(), 1):
        if any(cell != "" for cell in row):
            yield line, row


def _tell(line: int, row: list[Cell], max_field: int) -> None:
    cells = []
    for place, cell in enumerate(row, 1):
        try:
            cells.append(text_of(cell))
        except ValueError as error:
            return _say(line=line, problem=f"cell {place}: {error}")
        if len(cells[-1]) > max_field:
            return _say(line=line, problem=f"cell {place}: more than {max_field} characters")
    return _say(line=line, cells=cells)


def main(path: str, memory: int, seconds: int, max_rows: int, max_columns: int, max_field: int) -> None:
    _confine(memory, seconds)
    try:
        sheet = _first_visible(path)
    except CalamineError:
        return _say(error="the workbook is damaged, protected or of an unknown kind; save it as CSV UTF-8")
    if sheet is None:
        return _say(error="no visible sheet")
    last_row = sheet.end[0] if sheet.end else 0  # from 0; `total_height` is one short when the sheet begins at A1
    if last_row > max_rows:
        return _say(error=f"more than {max_rows:,} rows, too many for a workbook; save it as CSV UTF-8")
    if sheet.width > max_columns:
        return _say(error=f"{sheet.width} columns; at most {max_columns} are taken")
    for line, row in _rows(sheet):
        _tell(line, row, max_field)
    return _say(end=True)


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))

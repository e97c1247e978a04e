"""What the readers of tables share: batches of rows, and what a header must be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from collector.foundation.errors import BadInput, Problem
from collector.foundation.files.limits import MAX_COLUMNS


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows as wide as the header, each with its line; and those of the same stretch that were
    refused."""

    rows: list[list[str]]
    lines: list[int]
    """Where each row begins, counted from 1 as an editor or a spreadsheet shows it."""
    problems: list[Problem]
    consumed: int
    """Bytes of the file read so far, out of `Table.total_hint`."""

    @property
    def read(self) -> int:
        return len(self.rows) + len(self.problems)


@dataclass(frozen=True, slots=True)
class Source:
    """An opened table."""

    header: list[str]
    batches: Iterator[Batch]
    sheet: str = ""
    """Of a workbook: the name of the one sheet that is read."""


def checked_header(cells: list[str], line: int, file: str) -> list[str]:
    """The names of the columns without the spaces around them; nameless, repeated or too many are refused."""
    names = [cell.strip() for cell in cells]
    if len(names) > MAX_COLUMNS:
        raise BadInput(problems=(Problem(f"{len(names)} columns; at most {MAX_COLUMNS} are taken", line, file=file),))
    problems = [
        Problem(f"column {place} has no name; the first row must name every column", line, str(place), file)
        for place, name in enumerate(names, 1)
        if not name
    ]
    repeated = dict.fromkeys(name for place, name in enumerate(names) if name and name in names[:place])
    problems += [Problem("two columns have this name; rename or remove one", line, name, file) for name in repeated]
    if problems:
        raise BadInput(problems=tuple(problems))
    return names


def wrong_width(found: int, wanted: int, line: int, file: str) -> Problem:
    if found > wanted:
        return Problem(f"too many fields: {found} where the header has {wanted}", line, file=file)
    return Problem(f"too few fields: {found} where the header has {wanted}", line, file=file)

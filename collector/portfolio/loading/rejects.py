"""Rows that were refused: counted, some of them shown, all of them written with their cells and their reasons."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from collector.foundation.errors import BadInput, Problem
from collector.foundation.files import Batch, Table, plain_cell, write_csv

SHOWN = 20
"""How many problems a result carries; the rejects file has them all."""
KINDS = 100
"""How many kinds of problems are told apart; what is rarer still is counted with the rows only."""
EXAMPLES = 3
MARKS = ("file", "line", "column", "reason")
"""The columns that a rejects file has before those of the file itself."""
QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|line [0-9]+|^[0-9][0-9eE.,+:-]*(?= )")
IN_MEMORY = 4 * 1024**2


def check_place(path: Path, source: Path) -> None:
    """Refuse a rejects file that could not be written, or would take the place of the file being loaded, before
    anything is."""
    reason = None
    if path.is_dir():
        reason = "this is a folder; name a file in it"
    elif not path.parent.is_dir():
        reason = "its folder does not exist; make it first"
    elif not os.access(path.parent, os.W_OK | os.X_OK):
        reason = "this user may not write into its folder"
    elif path.exists() and path.samefile(source):
        reason = "this is the file being loaded; name another for the refused rows"
    if reason:
        raise BadInput(problems=(Problem(f"--rejects: {reason}", file=path.name),))


@dataclass(slots=True)
class ProblemKind:
    """One kind of problem: so many rows have it in this column. `examples`: the first, as line, reason and the cells of
    the file."""

    column: str
    reason: str
    count: int = 0
    examples: list[tuple[int, str, Sequence[str]]] = field(default_factory=list)


def kind_of(reason: str) -> str:
    """What the reasons of many rows have in common: without the value, or the line, of the one."""
    return QUOTED.sub("…", reason)


def _marks(header: Sequence[str]) -> list[str]:
    """Called otherwise where the file has a column of that name itself, as payments have a reason."""
    return [f"refused_{name}" if name in header else name for name in MARKS]


def without_marks(table: Table) -> Table:
    """A rejects file that comes back mended is the file it was made from: its first columns are ours and say nothing,
    and what was put before cells for the sake of spreadsheets is taken off again. Any other table stays as it is."""
    own = table.header[len(MARKS) :]
    if not own or table.header[: len(MARKS)] != _marks(own):
        return table
    bare = (
        Batch(
            [[plain_cell(cell) for cell in row[len(MARKS) :]] for row in batch.rows],
            batch.lines,
            batch.problems,
            batch.consumed,
        )
        for batch in table.batches
    )
    return Table(own, bare, table.total_hint, table.close, table.sheet)


class Rejects:
    """Spools refused rows on disk until the load is over; then, and only then, the file is replaced whole."""

    def __init__(self, file: str, path: Path | None) -> None:
        self.file = file
        self.count = 0
        self.problems: list[Problem] = []
        self.kinds: dict[tuple[str, str], ProblemKind] = {}
        self._path = path
        self._spool: IO[str] = tempfile.SpooledTemporaryFile(IN_MEMORY, "w+", encoding="utf-8")  # noqa: SIM115

    def add(self, line: int, faults: Sequence[tuple[str | None, str]], cells: Sequence[str]) -> None:
        """One refused row: its faults as (column, reason), and the cells as the file has them."""
        column = ", ".join(dict.fromkeys(name for name, _ in faults if name))
        reason = "; ".join(f"{name}: {why}" if name and len(faults) > 1 else why for name, why in faults)
        self.count += 1
        self._sort(line, faults, cells)
        if len(self.problems) < SHOWN:
            self.problems.append(Problem(reason, line, column or None, self.file))
        if self._path is not None:
            self._spool.write(json.dumps([line, column, reason, *cells]) + "\n")

    def _sort(self, line: int, faults: Sequence[tuple[str | None, str]], cells: Sequence[str]) -> None:
        for column, reason in dict.fromkeys((name or "", kind_of(why)) for name, why in faults):
            kind = self.kinds.get((column, reason))
            if kind is None and len(self.kinds) < KINDS:
                kind = self.kinds[column, reason] = ProblemKind(column, reason)
            if kind is not None:
                kind.count += 1
                if len(kind.examples) < EXAMPLES:
                    said = next(why for name, why in faults if (name or "", kind_of(why)) == (column, reason))
                    kind.examples.append((line, said, cells))

    def write(self, header: Sequence[str]) -> None:
        """The rejects file, also when it holds no row, so that an older one is never mistaken for this one's."""
        if self._path is not None:
            write_csv(self._path, [*_marks(header), *header], self._rows(len(header)), bom=True)

    def _rows(self, width: int) -> Iterator[list[str]]:
        self._spool.seek(0)
        for text in self._spool:
            line, column, reason, *cells = json.loads(text)
            yield [self.file, str(line), column, reason, *cells, *[""] * (width - len(cells))]

    def close(self) -> None:
        self._spool.close()

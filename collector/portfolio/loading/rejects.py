"""Rows that were refused: counted, some of them shown, all of them written with their cells and their reasons."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from collector.foundation.errors import BadInput, Problem
from collector.foundation.files import write_csv

SHOWN = 20
"""How many problems a result carries; the rejects file has them all."""
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


class Rejects:
    """Spools refused rows on disk until the load is over; then, and only then, the file is replaced whole."""

    def __init__(self, file: str, path: Path | None) -> None:
        self.file = file
        self.count = 0
        self.problems: list[Problem] = []
        self._path = path
        self._spool: IO[str] = tempfile.SpooledTemporaryFile(IN_MEMORY, "w+", encoding="utf-8")  # noqa: SIM115

    def add(self, line: int, faults: Sequence[tuple[str | None, str]], cells: Sequence[str]) -> None:
        """One refused row: its faults as (column, reason), and the cells as the file has them."""
        column = ", ".join(dict.fromkeys(name for name, _ in faults if name))
        reason = "; ".join(f"{name}: {why}" if name and len(faults) > 1 else why for name, why in faults)
        self.count += 1
        if len(self.problems) < SHOWN:
            self.problems.append(Problem(reason, line, column or None, self.file))
        if self._path is not None:
            self._spool.write(json.dumps([line, column, reason, *cells]) + "\n")

    def write(self, header: Sequence[str]) -> None:
        """The rejects file, also when it holds no row, so that an older one is never mistaken for this one's."""
        if self._path is not None:
            write_csv(self._path, ["file", "line", "column", "reason", *header], self._rows(len(header)), bom=True)

    def _rows(self, width: int) -> Iterator[list[str]]:
        self._spool.seek(0)
        for text in self._spool:
            line, column, reason, *cells = json.loads(text)
            yield [self.file, str(line), column, reason, *cells, *[""] * (width - len(cells))]

    def close(self) -> None:
        self._spool.close()

"""From a file to validated rows in batches: the same for every kind, also for the rooms above (events).

with Reading(kind, path, book, mapping, rejects) as reading:
    for rows in reading.batches(progress):
        ...  reading.refuse(rows, {row: [(column, reason)]})  -> the rows that are left
    reading.finish()
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from collector.foundation.errors import BadInput, Problem
from collector.foundation.files import UTF8, Batch, Table, read_table
from collector.foundation.memory import no_collecting
from collector.portfolio.loading.checks import CHECKS
from collector.portfolio.loading.columns import SHAPES, Column
from collector.portfolio.loading.expressions import Frame
from collector.portfolio.loading.mapping import Mapped, Translator
from collector.portfolio.loading.mapping import Mapping as FileMapping
from collector.portfolio.loading.parsing import Book, meant
from collector.portfolio.loading.rejects import Rejects, check_place, without_marks
from collector.portfolio.rules import LoadKind

RowFaults = dict[int, list[tuple[str | None, str]]]
"""Row of a batch → what is wrong with it, as (column, reason)."""
Progress = Callable[[int, int], None]
"""Told the bytes read so far, and how many there are."""


def no_progress(_done: int, _total: int) -> None:
    """For callers who show none."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Validated rows as columns; `cells` are the file's own, for the rejects."""

    columns: Mapping[str, Sequence[Any]]
    lines: Sequence[int]
    cells: Sequence[Sequence[str]]

    def __len__(self) -> int:
        return len(self.lines)

    def column(self, name: str, default: Any = None) -> Sequence[Any]:
        """A column, or the default in every row where the file has none."""
        return self.columns[name] if name in self.columns else [default] * len(self)

    def dicts(self) -> Iterator[dict[str, Any]]:
        """Row by row, where a column at a time does not serve."""
        names = list(self.columns)
        for values in zip(*self.columns.values(), strict=True):
            yield dict(zip(names, values, strict=True))

    def kept(self, rows: Sequence[int]) -> Rows:
        return Rows(
            {name: [values[row] for row in rows] for name, values in self.columns.items()},
            [self.lines[row] for row in rows],
            [self.cells[row] for row in rows],
        )


class Reading:
    """One file being read: its table, its mapping, its counts and its refused rows."""

    def __init__(
        self,
        kind: LoadKind,
        path: Path,
        book: Book,
        mapping: FileMapping | None = None,
        rejects: Path | None = None,
    ) -> None:
        self.kind = kind
        self.shape = SHAPES[kind]
        self.read = self.skipped = 0
        self._book = book
        self._path = path
        self._seen: dict[Any, int] = {}
        self._data_rows = 0
        if mapping is not None and mapping.kind is not kind:
            raise BadInput(f"the mapping is for {mapping.kind}, and {kind} are being loaded")
        encoding, delimiter = (mapping.encoding, mapping.delimiter) if mapping else (UTF8, ",")
        self._table: Table = without_marks(read_table(path, encoding=encoding, delimiter=delimiter))
        try:
            if rejects is not None:
                check_place(rejects, path)
            self._translator = Translator(mapping, self._table.header, path.name) if mapping else None
            self.present = self._checked_columns()
        except BadInput:
            self._table.close()
            raise
        self.rejects = Rejects(path.name, rejects)

    def __enter__(self) -> Reading:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._table.close()
        self.rejects.close()

    @property
    def header(self) -> Sequence[str]:
        """The file's own columns."""
        return self._table.header

    def _checked_columns(self) -> tuple[Column, ...]:
        """Our columns that the file has. All that are missing, and all that are unknown, are named at once."""
        header = self._translator.header if self._translator else self._table.header
        unknown = [] if self._translator else [name for name in header if name not in self.shape.names]
        problems = [
            Problem(f"the column {column.name} is missing{meant(column.name, unknown)}", file=self._path.name)
            for column in self.shape.columns
            if column.required and column.name not in header
        ]
        problems += [
            Problem(
                f"the column {name!r} is not one of {self.kind}{meant(name, self.shape.names)}", file=self._path.name
            )
            for name in unknown
        ]
        if problems:
            raise BadInput(problems=tuple(problems))
        return tuple(column for column in self.shape.columns if column.name in header)

    def batches(self, progress: Progress = no_progress) -> Iterator[Rows]:
        """The good rows, batch by batch; the bad ones are counted and kept apart."""
        for batch in self._table.batches:
            with no_collecting():
                rows = self._validated(batch)
            progress(batch.consumed, self._table.total_hint)
            if len(rows):
                yield rows
        if not self.read and not self.shape.may_be_empty:
            raise BadInput(problems=(Problem(f"the file holds no row of {self.kind}", file=self._path.name),))

    def _validated(self, batch: Batch) -> Rows:
        numbers = _numbers(batch, self._data_rows)
        self._data_rows += batch.read
        self.read += len(batch.problems)
        for problem in batch.problems:
            self.rejects.add(problem.line or 0, [(problem.column, problem.reason)], ())
        columns: dict[str, Sequence[str]] = (
            dict(zip(self._table.header, zip(*batch.rows, strict=True), strict=True))
            if batch.rows
            else dict.fromkeys(self._table.header, ())
        )
        mapped = self._mapped(columns, numbers)
        self.read += mapped.frame.size
        self.skipped += mapped.skipped
        values, faults = self._parsed(mapped.frame)
        one_to_one = len(mapped.origin) == len(batch.rows)
        rows = Rows(
            values,
            batch.lines if one_to_one else [batch.lines[row] for row in mapped.origin],
            batch.rows if one_to_one else [batch.rows[row] for row in mapped.origin],
        )
        CHECKS[self.kind](rows, self._book, faults)
        return self._without_repeats(self.refuse(rows, faults))

    def _mapped(self, columns: dict[str, Sequence[str]], numbers: Sequence[int]) -> Mapped:
        if self._translator is not None:
            return self._translator.translate(columns, numbers)
        return Mapped(Frame(columns, numbers), range(len(numbers)), 0)

    def _parsed(self, frame: Frame) -> tuple[dict[str, Sequence[Any]], RowFaults]:
        values: dict[str, Sequence[Any]] = {}
        faults: RowFaults = frame.faults
        refused = set(faults)  # by the mapping, which says best what is wrong with them
        for column in self.present:
            wrong: dict[int, str] = {}
            values[column.name] = column.parse(frame.columns[column.name], self._book, column.blank, wrong)
            for row in wrong.keys() - refused:
                faults.setdefault(row, []).append((column.name, wrong[row]))
        return values, faults

    def _without_repeats(self, rows: Rows) -> Rows:
        """A key that was already in this file refuses the later row, naming the line of the first."""
        if not self.shape.key:
            return rows
        parts = [rows.column(name) for name in self.shape.key]
        keys: Sequence[Any] = parts[0] if len(parts) == 1 else list(zip(*parts, strict=True))
        faults: RowFaults = {}
        seen = self._seen
        for row, (key, line) in enumerate(zip(keys, rows.lines, strict=True)):
            if key in seen:
                faults[row] = [(self.shape.key[0], f"the same {self._named()} as in line {seen[key]}")]
            else:
                seen[key] = line
        return self.refuse(rows, faults)

    def _named(self) -> str:
        return " and ".join(self.shape.key)

    def refuse(self, rows: Rows, faults: Mapping[int, Sequence[tuple[str | None, str]]]) -> Rows:
        """The rows without those that have a fault; each of those is a reject from now on."""
        if not faults:
            return rows
        for row in sorted(faults):
            self.rejects.add(rows.lines[row], faults[row], rows.cells[row])
        return rows.kept([row for row in range(len(rows)) if row not in faults])

    def finish(self) -> None:
        """Write the rejects file: the load is over."""
        self.rejects.write(self._table.header)


def _numbers(batch: Batch, before: int) -> Sequence[int]:
    """The number of each row among the file's rows of data, refused ones counted too."""
    if not batch.problems:
        return range(before + 1, before + len(batch.rows) + 1)
    lines = sorted([*batch.lines, *(problem.line or 0 for problem in batch.problems)])
    place = {line: before + at for at, line in enumerate(lines, 1)}
    return [place[line] for line in batch.lines]

"""Tables out of CSV, gzipped CSV and XLSX, told apart by their first bytes and never by their name."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from collector.foundation.errors import BadInput, Problem
from collector.foundation.files.delimited import UTF8, open_delimited
from collector.foundation.files.limits import BATCH_ROWS
from collector.foundation.files.rows import Batch, Source
from collector.foundation.files.workbook import open_workbook

GZIP = b"\x1f\x8b"
FOREIGN = {
    b"\xd0\xcf\x11\xe0": "an old or protected workbook; save it as .xlsx without a password, or as CSV UTF-8",
    b"\xff\xfe": "UTF-16 text; save it as CSV UTF-8",
    b"\xfe\xff": "UTF-16 text; save it as CSV UTF-8",
    b"%PDF": "a PDF; export the table as CSV UTF-8",
    b"Rar!": "a RAR archive; unpack it first",
    b"7z\xbc\xaf": "a 7z archive; unpack it first",
}


@dataclass(slots=True)
class Table:
    """A header and its rows, streamed once. Close it, use it in `with`, or read it to the end."""

    header: list[str]
    batches: Iterator[Batch]
    total_hint: int
    """Bytes on disk; `Batch.consumed` counts towards it."""
    close: Callable[[], None]
    sheet: str = ""
    """Of a workbook: the name of the one sheet that is read."""

    def __enter__(self) -> Table:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def read_table(path: Path, *, delimiter: str = ",", batch_rows: int = BATCH_ROWS, encoding: str = UTF8) -> Table:
    """The table in a file: UTF-8 CSV (a BOM is fine), the same gzipped, or the first visible sheet of an
    XLSX. `encoding` and `delimiter` are of a CSV that is written otherwise; a workbook asks for neither.

    Cells come as text, exactly as written in a CSV and in canonical form from a workbook: ISO dates, numbers
    without a trailing .0, true and false. Rows of nothing but empty cells are left out. A row with too many
    or too few fields is a `Problem` of its batch; whatever makes the rest unreadable (encoding, an open
    quotation mark, a file cut off, a limit) is a `BadInput`, from here or while reading.
    """
    with ExitStack() as stack:
        file = _open(path, stack)
        source = _source(path, file, delimiter, batch_rows, stack, encoding)
        return Table(source.header, source.batches, path.stat().st_size, stack.pop_all().close, source.sheet)


def _open(path: Path, stack: ExitStack) -> BinaryIO:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise BadInput(problems=(Problem("not a plain file", file=path.name),))
        return stack.enter_context(path.open("rb"))
    except FileNotFoundError as error:
        raise BadInput(problems=(Problem("no such file", file=path.name),)) from error
    except PermissionError as error:
        raise BadInput(problems=(Problem("this user may not read it", file=path.name),)) from error
    except OSError as error:
        raise BadInput(problems=(Problem(f"can not be read: {error.strerror}", file=path.name[:100]),)) from error


def _source(path: Path, file: BinaryIO, delimiter: str, batch_rows: int, stack: ExitStack, encoding: str) -> Source:
    magic = file.read(8)
    file.seek(0)
    if not magic:
        raise BadInput(problems=(Problem("the file is empty; it needs at least a header", file=path.name),))
    for start, what in FOREIGN.items():
        if magic.startswith(start):
            raise BadInput(problems=(Problem(f"this is {what}", file=path.name),))
    if magic.startswith(b"PK"):
        return open_workbook(path, batch_rows, stack)
    packed = magic.startswith(GZIP)
    return open_delimited(path.name, file, delimiter, batch_rows, packed=packed, encoding=encoding)

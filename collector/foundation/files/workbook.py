"""XLSX by way of a child process: the parent sees rows, never the workbook.

A far cell in a file of 5 KB makes the parser ask for gigabytes, and under a memory limit it aborts its
process (security.md section 2). So the parts of the zip are measured first, and the parser runs in a process
that may die.
"""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

from collector.foundation.errors import BadInput, Problem
from collector.foundation.files import limits
from collector.foundation.files.rows import Batch, Source, checked_header, wrong_width

CHILD = Path(__file__).with_name("workbook_child.py")
TOO_HEAVY = (
    "the workbook needs more memory or time than it may have, as when a cell stands far outside the table; "
    "save the sheet as CSV UTF-8"
)


def open_workbook(path: Path, batch_rows: int, stack: ExitStack) -> Source:
    """The first visible sheet: its first row that is not blank is the header."""
    _check_parts(path)
    child = stack.enter_context(_started(path))
    stack.callback(child.kill)
    named: list[str] = []
    replies = _replies(child, path.name, named)
    header: list[str] | None = None
    for line, cells in replies:
        header = checked_header(_until_last(cells), line, path.name)
        break
    if header is None:
        raise _bad(path, "the first sheet is empty; it needs at least a header")
    return Source(header, _batches(replies, header, batch_rows, path), "".join(named))


def _bad(path: Path, reason: str, line: int | None = None) -> BadInput:
    return BadInput(problems=(Problem(reason, line, file=path.name),))


def _check_parts(path: Path) -> None:
    """The zip's own table of contents, before anything is unpacked; the child's limits hold if it lies."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise _bad(path, "the workbook is damaged or cut off; fetch it again") from error
    if not any(part.filename == "xl/workbook.xml" for part in parts):
        raise _bad(path, "a zip archive that is no .xlsx workbook; unpack it first")
    whole = sum(part.file_size for part in parts)
    if whole > limits.MAX_ZIP_BYTES:
        raise _bad(path, f"unpacks to more than {limits.MAX_ZIP_BYTES >> 20} MB; save the sheet as CSV UTF-8")
    packed = max(1, sum(part.compress_size for part in parts))
    if whole > limits.RATIO_FREE_BYTES and whole > limits.MAX_RATIO * packed:
        raise _bad(path, f"unpacks to over {limits.MAX_RATIO} times its size; it is refused")


def _started(path: Path) -> subprocess.Popen[bytes]:
    numbers = (limits.SHEET_MEMORY, limits.SHEET_CPU_SECONDS, limits.MAX_SHEET_ROWS, limits.MAX_COLUMNS)
    return subprocess.Popen(  # noqa: S603 - our own interpreter and script, and a path that is only opened
        [sys.executable, "-I", str(CHILD), str(path), *map(str, numbers), str(limits.MAX_FIELD)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
    )


def _replies(child: subprocess.Popen[bytes], name: str, named: list[str]) -> Iterator[tuple[int, list[str] | str]]:
    """Rows as (number, cells), or (number, what is wrong with this row); `named` gets the name of the sheet."""
    finished = False
    for reply in _lines(child.stdout):
        if "sheet" in reply:
            named.append(reply["sheet"])
            continue
        if "error" in reply:
            raise BadInput(problems=(Problem(reply["error"], reply.get("line"), file=name),))
        finished = "end" in reply
        if not finished:
            yield reply["line"], reply.get("cells") or reply["problem"]
    if child.wait() != 0 or not finished:
        raise BadInput(problems=(Problem(TOO_HEAVY, file=name),))


def _lines(stream: IO[bytes] | None) -> Iterator[dict[str, Any]]:
    for line in stream or ():
        if line.endswith(b"\n"):  # a child killed while writing leaves half a line
            yield json.loads(line)


def _until_last(cells: list[str] | str) -> list[str]:
    """Without the empty cells a spreadsheet keeps to the right of its table."""
    if isinstance(cells, str):
        raise BadInput(problems=(Problem(cells),))
    width = max((place for place, cell in enumerate(cells, 1) if cell.strip()), default=0)
    return cells[:width]


def _batches(
    replies: Iterator[tuple[int, list[str] | str]], header: list[str], size: int, path: Path
) -> Iterator[Batch]:
    width = len(header)
    total = path.stat().st_size
    rows: list[list[str]] = []
    lines: list[int] = []
    problems: list[Problem] = []
    for line, cells in replies:
        if isinstance(cells, str):
            problems.append(Problem(cells, line, file=path.name))
        elif any(cells[width:]):
            problems.append(wrong_width(len(_until_last(cells)), width, line, path.name))
        elif any(cells[:width]):
            rows.append(cells[:width])
            lines.append(line)
        if len(rows) + len(problems) >= size:
            yield Batch(rows, lines, problems, total * line // (limits.MAX_SHEET_ROWS + 1))
            rows, lines, problems = [], [], []
    if rows or problems:
        yield Batch(rows, lines, problems, total)

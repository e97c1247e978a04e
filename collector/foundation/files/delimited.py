"""CSV as a stream: guarded bytes, strict quoting, rows in batches."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import zlib
from _csv import Reader
from collections.abc import Callable, Iterator
from itertools import islice
from typing import BinaryIO

from collector.foundation.errors import BadInput, Problem
from collector.foundation.files import limits
from collector.foundation.files.rows import Batch, Source, checked_header, wrong_width
from collector.foundation.memory import no_collecting

csv.field_size_limit(limits.MAX_FIELD)  # of the process; the reader checks it in C, at no cost per row

Fail = Callable[[str, int | None], BadInput]
UTF8 = "utf-8"


class _Guarded(io.RawIOBase):
    """The bytes of a table on their way to the decoder: counted, and stopped at a NUL or at a limit."""

    def __init__(self, name: str, file: BinaryIO, packed: bool, fail: Fail, encoding: str) -> None:
        self.name = name
        self._file = file
        self._stream: BinaryIO = gzip.GzipFile(fileobj=file) if packed else file  # type: ignore[assignment]
        self._packed = packed
        self._fail = fail
        self._lines = 0
        self._count = 0
        self._ends = _Endings(encoding)
        self.last = b""

    def readable(self) -> bool:
        return True

    @property
    def consumed(self) -> int:
        return self._file.tell()

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        chunk = self._read(len(buffer))
        if b"\0" in chunk:
            line = self._lines + chunk[: chunk.index(b"\0")].count(b"\n") + 1
            raise self._fail("holds a NUL byte: this is not text; export it as CSV UTF-8", line)
        self._ends.feed(chunk, self._lines, self._fail)
        self._lines += chunk.count(b"\n")
        self._count += len(chunk)
        self.last = chunk[-1:] or self.last
        self._check_size()
        buffer[: len(chunk)] = chunk
        return len(chunk)

    def _read(self, size: int) -> bytes:
        try:
            return self._stream.read(size)
        except EOFError as error:
            raise self._fail("the packed file is cut off; fetch it again", self._lines + 1) from error
        except (gzip.BadGzipFile, zlib.error) as error:
            raise self._fail("the packed file is damaged; fetch it again", self._lines + 1) from error

    def _check_size(self) -> None:
        if self._count > limits.MAX_TABLE_BYTES:
            raise self._fail(f"larger than {limits.MAX_TABLE_BYTES >> 30} GB; load it in parts", None)
        if (
            self._packed
            and self._count > limits.RATIO_FREE_BYTES
            and self._count > limits.MAX_RATIO * self._file.tell()
        ):
            raise self._fail(f"unpacks to over {limits.MAX_RATIO} times its size; it is refused", None)


class _Endings:
    """The encoding checked chunk by chunk, so that the first bad byte can be named with its line."""

    def __init__(self, encoding: str) -> None:
        self._encoding = encoding
        self._decoder = codecs.getincrementaldecoder(encoding)()

    def feed(self, chunk: bytes, lines: int, fail: Fail) -> None:
        if chunk and chunk.isascii() and not self._decoder.getstate()[0]:
            return
        try:
            self._decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            line = lines + error.object[: error.start].count(b"\n") + 1
            if not chunk:
                raise fail("the file is cut off in the middle of a character; fetch it again", line) from error
            bad = error.object[error.start]
            if self._encoding != UTF8:
                raise fail(f"byte 0x{bad:02X} is not {self._encoding.upper()}; save it as CSV UTF-8", line) from error
            if _is_like_gbk(error.object[error.start :]):
                raise fail(f"byte 0x{bad:02X} is not UTF-8 (it looks like GBK); save it as CSV UTF-8", line) from error
            raise fail(f"byte 0x{bad:02X} is not UTF-8; save it as CSV UTF-8", line) from error


def _is_like_gbk(rest: bytes) -> bool:
    """GBK is what a Chinese spreadsheet writes unless told otherwise: worth a word when the bytes fit."""
    try:
        text = rest[:2].decode("gb18030")
    except UnicodeDecodeError:
        return False
    return "\u4e00" <= text[:1] <= "\u9fff"


def open_delimited(
    name: str, file: BinaryIO, delimiter: str, batch_rows: int, *, packed: bool, encoding: str = UTF8
) -> Source:
    """A CSV from its first byte: the header checked, the rows to come."""

    def fail(reason: str, line: int | None) -> BadInput:
        return BadInput(problems=(Problem(reason, line, file=name),))

    guard = _Guarded(name, file, packed, fail, encoding)
    shown = "utf-8-sig" if encoding == UTF8 else encoding
    text = io.TextIOWrapper(io.BufferedReader(guard, 1 << 18), shown, newline="")
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    line, cells = _first(reader, fail)
    header = checked_header(cells, line, name)
    if len(header) == 1 and any(mark in header[0] for mark in ";\t|" if mark != delimiter):
        raise fail("one column only: the fields are not separated by commas; save it with commas", line)
    return Source(header, _batches(reader, guard, len(header), batch_rows, fail))


def _first(reader: Reader, fail: Fail) -> tuple[int, list[str]]:
    """The header and its line: the first row that is not blank."""
    start = 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                return start, row
            start = reader.line_num + 1
    except csv.Error as error:
        raise fail(_in_plain_words(str(error)), start) from error
    raise fail("nothing but blank lines; it needs at least a header", None)


def _in_plain_words(complaint: str) -> str:
    if "unexpected end" in complaint:
        return "a quotation mark opened here is never closed: the file is cut off or the mark is a stray"
    if "field limit" in complaint:
        return f"a field of more than {limits.MAX_FIELD} characters; is a quotation mark never closed?"
    return "a quotation mark in the middle of a field; write it twice and put the field in quotation marks"


def _batches(reader: Reader, guard: _Guarded, width: int, size: int, fail: Fail) -> Iterator[Batch]:
    last: list[str] = []
    count = size
    while count == size:
        with no_collecting():
            batch, count, latest = _batch(reader, guard, width, size, fail)
        last = latest if count else last
        if count < size and len(last) < width and any(last) and guard.last not in (b"\n", b"\r"):
            raise fail("the file ends in the middle of its last row: it is cut off; fetch it again", reader.line_num)
        if batch.read:
            yield batch


def _batch(reader: Reader, guard: _Guarded, width: int, size: int, fail: Fail) -> tuple[Batch, int, list[str]]:
    """The next rows, how many were read, blank ones included, and the last. The loop runs for every row of a book:
    it stays bare."""
    rows: list[list[str]] = []
    lines: list[int] = []
    problems: list[Problem] = []
    row: list[str] = []
    count = 0
    start = reader.line_num + 1
    try:
        for count, row in enumerate(islice(reader, size), 1):  # noqa: B007 - the count is returned
            if len(row) == width:
                if row[0] or any(row):
                    rows.append(row)
                    lines.append(start)
            elif any(row):
                problems.append(wrong_width(len(row), width, start, guard.name))
            start = reader.line_num + 1
    except csv.Error as error:
        raise fail(_in_plain_words(str(error)), start) from error
    return Batch(rows, lines, problems, guard.consumed), count, row

"""How a table is written, found out from its bytes: for people who do not know what their spreadsheet did."""

from __future__ import annotations

import codecs
import csv
import gzip
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from collector.foundation.errors import BadInput, Problem
from collector.foundation.files.delimited import UTF8
from collector.foundation.files.tables import GZIP

CHINESE = "gb18030"
ENCODINGS = (UTF8, CHINESE)
"""What is taken; GB18030 holds GBK and GB2312, which a Chinese spreadsheet writes unless told otherwise."""
DELIMITERS = (",", ";", "\t", "|")
LOOKED_AT = 64 * 1024**2
"""Bytes of text that are looked at: all that an upload can hold unpacked, but for the most repetitive."""
PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Manner:
    """`workbook`: an XLSX, of which encoding and delimiter say nothing."""

    workbook: bool = False
    packed: bool = False
    encoding: str = UTF8
    delimiter: str = ","


def manner_of(path: Path) -> Manner:
    """How this file is written. It promises nothing: reading it says what is wrong with it."""
    with path.open("rb") as file:
        magic = file.read(4)
        file.seek(0)
        if magic.startswith(b"PK"):
            return Manner(workbook=True)
        packed = magic.startswith(GZIP)
        try:
            return _of_text(gzip.GzipFile(fileobj=file) if packed else file, packed)  # type: ignore[arg-type]
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            problem = Problem("the packed file is damaged; fetch it again", file=path.name)
            raise BadInput(problems=(problem,)) from error


def _of_text(stream: BinaryIO, packed: bool) -> Manner:
    left = {encoding: codecs.getincrementaldecoder(encoding)() for encoding in ENCODINGS}
    head, seen = b"", 0
    while left and seen < LOOKED_AT and (piece := stream.read(PIECE)):
        head = head or piece
        seen += len(piece)
        for encoding in list(left):
            try:
                left[encoding].decode(piece)
            except UnicodeDecodeError:
                del left[encoding]
    encoding = next(iter(left), UTF8)
    shown = head.decode("utf-8-sig" if encoding == UTF8 else encoding, "replace")
    return Manner(packed=packed, encoding=encoding, delimiter=_delimiter(shown))


def _delimiter(text: str) -> str:
    """The mark that makes the most fields of the first line that is not blank; a comma where none does."""
    line = next((line for line in text.splitlines() if line.strip()), "")
    counts = {mark: _fields(line, mark) for mark in DELIMITERS}
    best = max(counts, key=lambda mark: counts[mark])
    return best if counts[best] > 1 else ","


def _fields(line: str, mark: str) -> int:
    try:
        return len(next(csv.reader([line], delimiter=mark), []))
    except csv.Error:
        return 0

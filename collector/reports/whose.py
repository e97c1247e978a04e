"""Whose is this file? By its bytes; or, where it was changed, by the number that stands in it."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from sqlmodel import Session

from collector.foundation.errors import BadInput, NotFound
from collector.reports.queries import find_exports
from collector.reports.rules import numbers_in
from collector.reports.tables import ExportRecord

LARGEST = 64 * 1024 * 1024
"""Bytes of a file, or of a part of a workbook, that are looked through."""


@dataclass(frozen=True, slots=True)
class Found:
    """`is_unchanged`: these are the very bytes that were given out; else only the number in them was found."""

    export: ExportRecord
    is_unchanged: bool


def whose(session: Session, path: Path) -> list[Found]:
    """The exports this file is, or was made from; `NotFound` when it is none of ours."""
    try:
        with path.open("rb") as file:
            body = file.read(LARGEST + 1)
    except OSError as error:
        raise BadInput(f"{path.name}: {error.strerror}") from error
    if len(body) > LARGEST:
        raise BadInput(f"{path.name}: larger than any export; look at a part of it")
    digest = hashlib.sha256(body).hexdigest()
    numbers = {number for part in _parts(path, body) for number in numbers_in(part.decode("utf-8", "replace"))}
    found = [Found(row, row.sha256 == digest) for row in find_exports(session, digest, numbers)]
    if not found:
        raise NotFound(f"{path.name}: neither its bytes nor a number in it is of an export of this installation")
    return sorted(found, key=lambda one: (not one.is_unchanged, one.export.id or 0))


def _parts(path: Path, body: bytes) -> Iterator[bytes]:
    """The file itself, and of a workbook every part that may hold text."""
    yield body
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.endswith(".xml"):
                with archive.open(name) as part:
                    yield _start_of(part, name)


def _start_of(part: IO[bytes], name: str) -> bytes:
    try:
        return part.read(LARGEST)
    except (zipfile.BadZipFile, EOFError) as error:
        raise BadInput(f"{name}: the workbook is damaged here") from error

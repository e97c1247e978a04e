"""Whose is this file? By its bytes, an export or of a case file; or, where an export was changed, by the number that
stands in it."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from sqlmodel import Session, col, select

from collector.foundation.errors import BadInput, NotFound
from collector.legal.casefile.tables import CaseFile, CaseFilePart
from collector.portfolio.tables import Account, Portfolio
from collector.reports.queries import find_exports
from collector.reports.rules import numbers_in
from collector.reports.tables import ExportRecord

LARGEST = 64 * 1024 * 1024
"""Bytes of a file, or of a part of a workbook, that are looked through."""

MOST_MEMBERS = 2_000
"""Of an archive that are looked at."""


@dataclass(frozen=True, slots=True)
class Found:
    """`is_unchanged`: these are the very bytes that were given out; else only the number in them was found."""

    export: ExportRecord
    is_unchanged: bool


@dataclass(frozen=True, slots=True)
class FoundCase:
    """These are the very bytes of a file of that case file. `account` as CODE/NO."""

    case: CaseFile
    name: str
    account: str


@dataclass(frozen=True, slots=True)
class Traced:
    """What a file that was found somewhere is, or was made from."""

    exports: Sequence[Found]
    cases: Sequence[FoundCase]
    """The newest first; a paper of the account may be in several."""


def whose(session: Session, path: Path) -> Traced:
    """The exports and case files this file is, or is of; `NotFound` when it is none of ours."""
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
    cases = _cases(session, {digest, *_digests(path)})
    if not found and not cases:
        raise NotFound(
            f"{path.name}: neither its bytes nor a number in it is of an export or a case file of this installation"
        )
    return Traced(sorted(found, key=lambda one: (not one.is_unchanged, one.export.id or 0)), cases)


def _cases(session: Session, digests: Collection[str]) -> list[FoundCase]:
    rows = session.exec(
        select(CaseFile, CaseFilePart.name, Portfolio.code, Account.account_no)
        .join(CaseFilePart, col(CaseFilePart.case_file_id) == col(CaseFile.id))
        .join(Account, col(Account.id) == col(CaseFile.account_id))
        .join(Portfolio, col(Portfolio.id) == col(CaseFile.portfolio_id))
        .where(col(CaseFilePart.sha256).in_(sorted(digests)))
        .order_by(col(CaseFile.id).desc(), CaseFilePart.name)
    )
    return [FoundCase(case, name, f"{code}/{number}") for case, name, code, number in rows]


def _digests(path: Path) -> Iterator[str]:
    """Of what lies in an archive: a case file leaves the page as one."""
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist()[:MOST_MEMBERS]:
            with archive.open(name) as part:
                yield hashlib.sha256(_start_of(part, name)).hexdigest()


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

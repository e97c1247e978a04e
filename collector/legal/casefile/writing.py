"""Putting a case file together in a folder: bound document, originals, balance, audit, manifest and signature.

The same records and moment give the same bytes: nothing in it comes from the clock or from who asked for it. The
folder appears whole or not at all; names in it are ours, never the book's.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from collector.dispatch.tables import Recording
from collector.foundation.errors import Conflict
from collector.foundation.files import write_sheets
from collector.foundation.typesetting import Typesetter
from collector.history.rules import Media
from collector.history.tables import Document
from collector.legal.casefile.manifest import AUDIT, MANIFEST, fingerprint, public_of, seal_folder, signing_key
from collector.legal.casefile.reading import Link, Material, have
from collector.legal.casefile.rules import Missing, is_internal, missing
from collector.legal.casefile.telling import Exhibit, Sound, bound, exhibits_of, sheets, sounds_of
from collector.legal.casefile.words import words_in

TEMPLATE = "case-file"
BOUND, BALANCE, ORIGINALS, SOUNDS = "case-file.pdf", "balance.xlsx", "originals", "recordings"

FileOf = Callable[[Document], Path]
"""Where the bytes of a paper lie."""
SoundOf = Callable[[Recording], Path]
"""Where those of a recording lie."""
Signer = Callable[[bytes], bytes]
"""Signs a PDF, so that a reader of PDF files shows who made it."""


@dataclass(frozen=True, slots=True)
class Made:
    """A case file that was written. `sha256`: of its manifest; `parts`: of every file in it, by name."""

    files: int
    pages: int
    missing: tuple[Missing, ...]
    sha256: str
    parts: Mapping[str, str]


@contextmanager
def appearing(folder: Path) -> Iterator[Path]:
    """A folder to write into, which takes its name only at the end. One that holds something is a `Conflict`."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Conflict(f"{folder.name} exists already; a case file is never laid over another: name a new folder")
    folder.parent.mkdir(parents=True, exist_ok=True)
    making = folder.with_name(f".{folder.name}.{os.getpid()}")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(mode=0o700)
    try:
        yield making
        making.replace(folder)
    finally:
        shutil.rmtree(making, ignore_errors=True)


def write(
    folder: Path,
    material: Material,
    language: str,
    typesetter: Typesetter,
    secret: bytes,
    file_of: FileOf,
    sign: Signer | None = None,
    sound_of: SoundOf | None = None,
) -> Made:
    """Fill an empty folder. A paper whose bytes are not those that were filed is a `Conflict`: nothing is left out
    silently. `sound_of`: recordings go along."""
    (folder / ORIGINALS).mkdir()
    sounds = sounds_of(material) if sound_of is not None else []
    if sound_of is not None and sounds:
        (folder / SOUNDS).mkdir()
        for sound in sounds:
            _copy_sound(sound, sound_of(sound.recording), folder)
    papers = exhibits_of(material, {row.id or 0: None for row in material.documents})
    leaves = {one.document.id or 0: _copy(one, file_of(one.document), folder) for one in papers}
    papers = exhibits_of(material, leaves)
    words = words_in(language)
    key = fingerprint(public_of(signing_key(secret)))
    lacking = missing(have(material))
    document = bound(material, words, papers, lacking, key, sounds)
    if unshown := typesetter.lacking(document):
        lacking = missing(have(material, len(unshown)))
        document = bound(material, words, papers, lacking, key, sounds)
    made = typesetter.pdf(TEMPLATE, document, material.as_of)
    (folder / BOUND).write_bytes(sign(made.body) if sign else made.body)
    write_sheets(folder / BALANCE, sheets(material, words), material.as_of)
    (folder / AUDIT).write_text(_audit(material), encoding="utf-8")
    told: dict[str, Mapping[str, Any]] = {
        one.file: {"exhibit": one.number, "kind": one.document.kind.value} for one in papers
    }
    told |= {one.file: {"recording": one.recording.id, "at": one.recording.at.isoformat()} for one in sounds}
    sealed = seal_folder(folder, _about(material, language, lacking), told, secret)
    pages = len(PdfReader(BytesIO(made.body)).pages)
    return Made(len(papers) + len(sounds) + 3, pages, lacking, sealed[MANIFEST], sealed)


def _copy(paper: Exhibit, source: Path, folder: Path) -> int | None:
    """The original, checked against what was filed; its pages, where it has any."""
    row = paper.document
    body = _bytes(source)
    if body is None:
        raise Conflict(f"document {row.id} is not where it was filed; put its file back from a backup")
    if len(body) != row.size or hashlib.sha256(body).hexdigest() != row.sha256:
        raise Conflict(f"document {row.id} is not what was filed: its bytes changed; put it back from a backup")
    (folder / paper.file).write_bytes(body)
    return pages_of(body) if row.media is Media.pdf else None


def _copy_sound(sound: Sound, source: Path, folder: Path) -> None:
    row = sound.recording
    body = _bytes(source)
    if body is None:
        raise Conflict(f"recording {row.id} is not where it was kept; put its file back from a backup")
    if len(body) != row.size or hashlib.sha256(body).hexdigest() != row.sha256:
        raise Conflict(f"recording {row.id} is not what was kept: its bytes changed; put it back from a backup")
    (folder / sound.file).write_bytes(body)


def _bytes(source: Path) -> bytes | None:
    try:
        return source.read_bytes()
    except OSError:
        return None


def pages_of(body: bytes) -> int | None:
    """How many pages a PDF has; None where that can not be told."""
    try:
        return len(PdfReader(BytesIO(body)).pages)
    except (PyPdfError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _about(material: Material, language: str, lacking: tuple[Missing, ...]) -> dict[str, Any]:
    point = material.checkpoint
    return {
        "account_id": material.account.id,
        "account_no": material.account.account_no,
        "portfolio": material.portfolio.code,
        "as_of": material.as_of.isoformat(),
        "language": language,
        "total": material.statement.total,
        "currency": material.portfolio.currency,
        "missing": [str(one) for one in lacking],
        "audit_checkpoint": None if point is None else {"position": point.position, "hash": point.hash},
    }


def _audit(material: Material) -> str:
    entries = [_entry(link) for link in material.audit]
    return json.dumps({"entries": entries}, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _entry(link: Link) -> dict[str, Any]:
    """An entry as it can be checked again. Of one that tells how the house works only the hash is given."""
    entry = link.entry
    told: dict[str, Any] = {
        "id": entry.id,
        "at": entry.at.isoformat(),
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "position": link.position,
        "entry_hash": link.entry_hash,
        "before": link.before,
        "hash": link.hash,
    }
    shows = link.position is not None and not is_internal(entry.detail)
    return {**told, "detail": entry.detail} if shows else told

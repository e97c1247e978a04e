"""Papers of an account, stored with what proves them whole."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import BinaryIO

from sqlmodel import Session, col, select

from collector.audit.actions import record
from collector.casework.office import Office
from collector.foundation.errors import BadInput, Conflict
from collector.foundation.files import replace_file
from collector.foundation.files.portable import require_plain
from collector.history.actions.keep import add
from collector.history.rules import MOST_BYTES, DocumentKind, Media, media_of
from collector.history.tables import Document
from collector.identity.rules import Actor
from collector.portfolio.tables import Account

FOLDER_HOLDS = 1000
MOST_NAME = 120


def document_file(office: Office, row: Document) -> Path:
    """Where the bytes lie: by our own number, a thousand in a folder."""
    number = row.id or 0
    return office.settings.documents / f"{number // FOLDER_HOLDS:06}" / f"{number}.{row.media}"


@dataclass(frozen=True, slots=True)
class Paper:
    """Bytes that were looked at and found harmless."""

    content: bytes
    media: Media
    sha256: str


def paper_of(content: bytes) -> Paper:
    """Look at the bytes of a paper, a PDF in a process of its own, which may take its time: a door does so before it
    opens a transaction. What is empty, too large, active, encrypted or of another type is a `BadInput`."""
    return Paper(content, _media(content), hashlib.sha256(content).hexdigest())


def file_document(
    session: Session,
    office: Office,
    account: Account,
    content: bytes | Paper,
    *,
    kind: DocumentKind,
    title: str,
    actor: Actor,
    now: datetime,
    person_id: int | None = None,
    dated_on: date | None = None,
    note: str = "",
    privileged: bool = False,
    replaces_id: int | None = None,
) -> Document:
    """Store a paper of the account: PDF, JPEG or PNG. The very same bytes of the same kind are one paper; what is
    empty, too large or of another type is a `BadInput`, and one that is on file already, but may leave the house or may
    not, a `Conflict`."""
    paper = content if isinstance(content, Paper) else paper_of(content)
    before = _on_file(session, account, kind, paper.sha256)
    if before is not None:
        if before.privileged != privileged:
            raise Conflict("this very paper is on file already, and its mark as privileged differs; look at it there")
        return before
    row = Document(
        portfolio_id=account.portfolio_id,
        account_id=account.id or 0,
        person_id=person_id,
        kind=kind,
        name=" ".join("".join(one for one in title if one.isprintable()).split())[:MOST_NAME] or kind.value,
        media=paper.media,
        size=len(paper.content),
        sha256=paper.sha256,
        dated_on=dated_on,
        note=note,
        privileged=privileged,
        replaces_id=replaces_id,
        stored_at=now,
        actor=actor.name,
    )
    detail = {"account": account.id, "kind": kind.value, "sha256": row.sha256, "size": row.size}
    add(session, row, actor.name, "document.filed", detail, now)
    _write(document_file(office, row), paper.content)
    return row


def _media(content: bytes) -> Media:
    """What the bytes are, once they are known to be harmless."""
    media = media_of(content)
    if media is None:
        raise BadInput("send a PDF, JPEG or PNG file: this is none of them, whatever its name says")
    if len(content) > MOST_BYTES:
        raise BadInput(f"the file is larger than {MOST_BYTES // 1024 // 1024} MB; scan it smaller or in parts")
    if media is Media.pdf:
        require_plain(content)
    return media


def _on_file(session: Session, account: Account, kind: DocumentKind, digest: str) -> Document | None:
    same = col(Document.account_id) == account.id, col(Document.kind) == kind, col(Document.sha256) == digest
    return session.exec(select(Document).where(*same)).first()


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)

    def write(file: BinaryIO) -> None:
        file.write(content)

    replace_file(path, write)


def note_given(session: Session, document_id: int, at: datetime, actor: Actor) -> None:
    """Who took a copy: every look at a person's papers is on record (security section 2)."""
    record(session, actor.name, "document.given", f"document:{document_id}", {}, at)

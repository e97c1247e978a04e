"""A file that was brought, from its receipt to its load: every step on record, with ids, counts and digests only."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from collector.audit.actions import record
from collector.casework.office import Office
from collector.casework.uploads import KEPT, MOST, Folder, tidy
from collector.foundation.database import locked
from collector.foundation.errors import Conflict
from collector.identity.rules import Actor
from collector.portfolio.loading import LoadResult
from collector.portfolio.rules import LoadKind, UploadState
from collector.portfolio.tables import SavedMapping, Upload

LONGEST_NAME = 100
TOO_MANY = "{most} of your files wait to be loaded already; load or discard one of them first"
STARTED = "this file was loaded, or is being loaded, already"


def shown_name(given: str) -> str:
    """What a stranger calls a file, fit to be shown: its last part, printable and short."""
    bare = given.replace("\\", "/").rpartition("/")[2]
    return "".join(mark for mark in bare if mark.isprintable())[-LONGEST_NAME:] or "file"


def require_room(session: Session, user_id: int, now: datetime) -> None:
    """A `Conflict` where too many of the user's files wait."""
    waiting = session.exec(
        select(Upload.id).where(
            Upload.user_id == user_id, Upload.state == UploadState.waiting, col(Upload.made_at) > now - KEPT
        )
    ).all()
    if len(waiting) >= MOST:
        raise Conflict(TOO_MANY.format(most=MOST))


def receive(
    session: Session,
    *,
    token: str,
    actor: Actor,
    kind: LoadKind,
    portfolio_id: int | None,
    file: Path,
    name: str,
    as_of: datetime | None,
    now: datetime,
) -> Upload:
    """Note a file that lies in its folder."""
    row = Upload(
        token=token,
        user_id=actor.user_id or 0,
        actor=actor.name,
        portfolio_id=portfolio_id,
        kind=kind,
        file_name=shown_name(name),
        size=file.stat().st_size,
        as_of=as_of,
        made_at=now,
    )
    session.add(row)
    session.flush()
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    detail = {"kind": kind.value, "portfolio": portfolio_id, "size": row.size, "sha256": digest}
    record(session, actor.name, "upload", f"upload:{row.id}", detail, now)
    return row


def begin_trial(session: Session, upload_id: int) -> None:
    """It waits again, whatever became of an earlier load; by whoever holds its folder. One that is over is a
    `Conflict`."""
    row = session.exec(locked(select(Upload).where(Upload.id == upload_id), session)).one()
    if row.state in (UploadState.loaded, UploadState.dropped):
        raise Conflict(STARTED)
    row.state, row.error = UploadState.waiting, None
    session.add(row)
    session.flush()


def begin_load(session: Session, upload_id: int, actor: Actor, now: datetime) -> Upload:
    """From now on it is being loaded; by whoever holds its folder, so that only one can come here at a time. One that
    is over is a `Conflict`."""
    row = session.exec(locked(select(Upload).where(Upload.id == upload_id), session)).one()
    if row.state in (UploadState.loaded, UploadState.dropped):
        raise Conflict(STARTED)
    row.state, row.started_at, row.ended_at, row.error = UploadState.loading, now, None, None
    session.add(row)
    record(session, actor.name, "upload.load", f"upload:{upload_id}", {}, now)
    session.flush()
    return row


def end_load(session: Session, upload_id: int, result: LoadResult, found: Mapping[str, Any], now: datetime) -> None:
    """It is in the book."""
    row = session.get_one(Upload, upload_id)
    row.state, row.ended_at, row.run_id = UploadState.loaded, now, result.run_id
    row.found = {"skipped": result.skipped, **found}
    session.add(row)
    session.flush()


def fail_load(session: Session, upload_id: int, error: str, now: datetime) -> None:
    """Nothing of it is in the book; it can be started again."""
    row = session.get_one(Upload, upload_id)
    row.state, row.ended_at, row.error = UploadState.failed, now, error[:1000]
    session.add(row)
    session.flush()


def drop(session: Session, office: Office, row: Upload, actor: Actor, now: datetime) -> None:
    """Its user does not want it. Twice is once; one that is being loaded is a `Conflict`."""
    if row.state is UploadState.loaded:
        raise Conflict(STARTED)
    if row.state is UploadState.dropped:
        return
    folder = Folder(office.settings, row.token)
    if folder.path.is_dir():
        with folder.held():
            folder.remove()
    row.state, row.ended_at = UploadState.dropped, now
    session.add(row)
    record(session, actor.name, "upload.drop", f"upload:{row.id}", {}, now)
    session.flush()


def save_mapping(
    session: Session, portfolio_id: int, kind: LoadKind, name: str, body: str, actor: Actor, now: datetime
) -> SavedMapping:
    """Keep a mapping for the next file, in place of one of the same name. An empty name is the last that was used."""
    row = session.exec(
        select(SavedMapping).where(
            SavedMapping.portfolio_id == portfolio_id, SavedMapping.kind == kind, SavedMapping.name == name
        )
    ).first()
    row = row or SavedMapping(portfolio_id=portfolio_id, kind=kind, name=name, body="", made_by=actor.name, made_at=now)
    row.body, row.made_by, row.made_at = body, actor.name, now
    session.add(row)
    session.flush()
    detail = {"portfolio": portfolio_id, "kind": kind.value, "sha256": hashlib.sha256(body.encode()).hexdigest()}
    record(session, actor.name, "mapping.save", f"saved_mapping:{row.id}", detail, now)
    return row


def tidy_uploads(office: Office, now: datetime) -> int:
    """Remove the files whose time is over; how many there were."""
    gone = tidy(office.settings, now)
    with office.database.begin() as session:
        over = select(Upload).where(
            col(Upload.state).in_([UploadState.waiting, UploadState.failed, UploadState.loading]),
            col(Upload.made_at) < now - KEPT,
        )
        for row in session.exec(over):
            if not Folder(office.settings, row.token).path.is_dir():
                row.state, row.ended_at = UploadState.dropped, now
                session.add(row)
    return gone

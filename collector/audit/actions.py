"""Writing the audit: entries with the event, links and checkpoints by one leader afterwards (design section 3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, col, select

from collector.audit.rules import GENESIS, entry_hash, link_hash
from collector.audit.tables import AuditCheckpoint, AuditEntry, AuditLink
from collector.foundation.database import is_postgresql, lock_key
from collector.foundation.keys import Keys


def record(
    session: Session, actor: str, action: str, subject: str, detail: Mapping[str, Any], at: datetime
) -> AuditEntry:
    """One entry, in the transaction of what it tells. `detail` holds ids, codes, amounts and digests only; words about
    a person go in as `rules.veiled` gives them."""
    entry = AuditEntry(at=at, actor=actor, action=action, subject=subject, detail=dict(detail))
    session.add(entry)
    return entry


def record_change(
    session: Session, actor: str, action: str, subject: str, detail: Mapping[str, Any], at: datetime
) -> bool:
    """An entry only where the newest one of this subject says otherwise: what is in use from now on. Whether it was
    written. Nobody waits for anybody while nothing changes."""
    newest = select(AuditEntry.detail).where(AuditEntry.subject == subject).order_by(col(AuditEntry.id).desc()).limit(1)
    if session.exec(newest).first() == detail:
        return False
    lock_key(session, subject)
    if session.exec(newest).first() == detail:
        return False
    record(session, actor, action, subject, detail, at)
    return True


NEAR = 100_000
"""How many entries back a seal looks for one that was committed late; older ones are found by a full seal."""
LATEST = timedelta(hours=1)
"""How long after its neighbours were sealed an entry may still be committed (PostgreSQL). What comes later was put
there by somebody: it is never sealed, so that `verify` names it. SQLite commits in the order of ids."""


def seal(session: Session, keys: Keys, now: datetime, limit: int = 5_000, *, everything: bool = False) -> int:
    """Chain the committed entries that are not yet chained, oldest first, and sign the new end. Returns how many.

    Entries are sealed in the order in which they are found committed, so a slow transaction is never waited for. With
    `everything` all entries that may have been committed late are looked through, not only the latest part.
    """
    lock_key(session, "audit-seal")
    newest = session.exec(select(AuditLink).order_by(col(AuditLink.position).desc()).limit(1)).first()
    position, before = (newest.position, newest.hash) if newest else (0, GENESIS)
    since = settled(session, now)
    if newest is not None and not everything:
        since = max(since, newest.entry_id - NEAR)
    waiting = unsealed(session, since, limit)
    links = []
    for entry in waiting:
        position += 1
        sealed = hash_of(entry)
        before = link_hash(before, position, sealed)
        links.append({"position": position, "entry_id": entry.id, "entry_hash": sealed, "hash": before})
    if links:
        session.execute(insert(AuditLink), links)
        _sign(session, keys, position, before, now)
    return len(waiting)


def unsealed(session: Session, since: int, limit: int) -> list[AuditEntry]:
    """Entries after that id which no link seals, oldest first."""
    is_sealed = select(AuditLink.position).where(col(AuditLink.entry_id) == col(AuditEntry.id)).correlate(AuditEntry)
    found = select(AuditEntry).where(col(AuditEntry.id) > since, ~is_sealed.exists())
    return list(session.exec(found.order_by(col(AuditEntry.id)).limit(limit)))


def settled(session: Session, now: datetime) -> int:
    """The id up to which every entry that was ever committed in time is sealed."""
    newest = select(AuditLink.entry_id).order_by(col(AuditLink.position).desc()).limit(1)
    if is_postgresql(session):
        end = select(AuditCheckpoint.position).where(col(AuditCheckpoint.at) <= now - LATEST)
        newest = newest.where(
            col(AuditLink.position) == end.order_by(col(AuditCheckpoint.position).desc()).limit(1).scalar_subquery()
        )
    return session.exec(newest).first() or 0


def _sign(session: Session, keys: Keys, position: int, value: str, now: datetime) -> None:
    before = select(AuditCheckpoint.position).order_by(col(AuditCheckpoint.position).desc()).limit(1)
    previous = session.exec(before).first() or 0
    signature = signature_of(keys, position, value, now, previous)
    session.add(AuditCheckpoint(position=position, hash=value, at=now, previous=previous, signature=signature))


def signature_of(keys: Keys, position: int, value: str, at: datetime, previous: int | None) -> str:
    """Over all of a checkpoint. One from before checkpoints were chained covers position and hash alone."""
    if previous is None:
        return keys.mac("audit", str(position), value)
    return keys.mac("audit-checkpoint", str(position), value, at.astimezone(UTC).isoformat(), str(previous))


def hash_of(entry: AuditEntry) -> str:
    return entry_hash(entry.id or 0, entry.at, entry.actor, entry.action, entry.subject, entry.detail)

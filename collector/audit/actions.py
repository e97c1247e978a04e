"""Writing the audit: entries with the event, links and checkpoints by one leader afterwards (design section 3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from collector.audit.rules import GENESIS, entry_hash, link_hash
from collector.audit.tables import AuditCheckpoint, AuditEntry, AuditLink
from collector.foundation.database import lock_key
from collector.foundation.keys import Keys


def record(
    session: Session, actor: str, action: str, subject: str, detail: Mapping[str, Any], at: datetime
) -> AuditEntry:
    """One entry, in the transaction of what it tells. `detail` holds ids, codes, amounts and digests only."""
    entry = AuditEntry(at=at, actor=actor, action=action, subject=subject, detail=dict(detail))
    session.add(entry)
    return entry


LATE = 100_000
"""How many entries back a seal looks for one that was committed late; older ones are found by a full seal."""


def seal(session: Session, keys: Keys, now: datetime, limit: int = 5_000, *, everything: bool = False) -> int:
    """Chain the committed entries that are not yet chained, oldest first, and sign the new end. Returns how many.

    Entries are sealed in the order in which they are found committed, so a slow transaction is never waited for. With
    `everything` the whole audit is searched for entries without a link, not only its latest part.
    """
    lock_key(session, "audit-seal")
    newest = session.exec(select(AuditLink).order_by(col(AuditLink.position).desc()).limit(1)).first()
    position, before = (newest.position, newest.hash) if newest else (0, GENESIS)
    since = 0 if newest is None or everything else newest.entry_id - LATE
    is_sealed = select(AuditLink.position).where(col(AuditLink.entry_id) == col(AuditEntry.id)).correlate(AuditEntry)
    waiting = session.exec(
        select(AuditEntry)
        .where(col(AuditEntry.id) > since, ~is_sealed.exists())
        .order_by(col(AuditEntry.id))
        .limit(limit)
    ).all()
    for entry in waiting:
        position += 1
        sealed = hash_of(entry)
        before = link_hash(before, position, sealed)
        session.add(AuditLink(position=position, entry_id=entry.id or 0, entry_hash=sealed, hash=before))
    if waiting:
        session.add(
            AuditCheckpoint(position=position, hash=before, at=now, signature=keys.mac("audit", str(position), before))
        )
    return len(waiting)


def hash_of(entry: AuditEntry) -> str:
    return entry_hash(entry.id or 0, entry.at, entry.actor, entry.action, entry.subject, entry.detail)

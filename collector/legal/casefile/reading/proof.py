"""The audit's entries about the records, each with its place in the chain."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, SQLModel, col, select

from collector.audit.rules import GENESIS
from collector.audit.tables import AuditCheckpoint, AuditEntry, AuditLink
from collector.foundation.database import among
from collector.legal.casefile.reading.material import Link


def audit_of(session: Session, rows: Collection[SQLModel], as_of: datetime) -> list[Link]:
    subjects = [f"{row.__tablename__}:{row.id}" for row in rows]  # type: ignore[attr-defined]
    found = session.exec(
        select(AuditEntry, AuditLink)
        .join(AuditLink, col(AuditLink.entry_id) == col(AuditEntry.id), isouter=True)
        .where(among(session, AuditEntry.subject, subjects), AuditEntry.at <= as_of)
        .order_by(col(AuditEntry.id))
    ).all()
    places = [link.position - 1 for _, link in found if link is not None]
    earlier = session.exec(select(AuditLink).where(among(session, AuditLink.position, places)))
    before = {row.position: row.hash for row in earlier}
    return [_link(entry, link, before) for entry, link in found]


def _link(entry: AuditEntry, link: AuditLink | None, before: Mapping[int, str]) -> Link:
    if link is None:
        return Link(entry, None, "", "", "")
    return Link(entry, link.position, link.entry_hash, before.get(link.position - 1, GENESIS), link.hash)


def checkpoint_of(session: Session, audit: Sequence[Link]) -> AuditCheckpoint | None:
    last = max((link.position for link in audit if link.position is not None), default=None)
    if last is None:
        return None
    rows = select(AuditCheckpoint).where(AuditCheckpoint.position >= last)
    return session.exec(rows.order_by(col(AuditCheckpoint.position)).limit(1)).first()

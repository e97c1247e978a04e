"""Reading the audit: is the chain whole, and what was done to a thing."""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import Session, col, select

from collector.audit.actions import hash_of
from collector.audit.rules import Damage, Finding, Sealed, examine
from collector.audit.tables import AuditCheckpoint, AuditEntry, AuditLink
from collector.foundation.keys import Keys


@dataclass(frozen=True, slots=True)
class Proof:
    """The state of the chain. `unsealed` entries wait for the next sealing: they are not yet protected."""

    sealed: int
    unsealed: int
    findings: tuple[Finding, ...]


def verify(session: Session, keys: Keys) -> Proof:
    """Recomputes every hash and signature and names what was changed, removed, inserted or reordered."""
    findings = [*examine(_links(session)), *_checkpoints(session, keys)]
    sealed = session.exec(select(func.count()).select_from(AuditLink)).one()
    entries = session.exec(select(func.count()).select_from(AuditEntry)).one()
    lost = sum(1 for finding in findings if finding.damage is Damage.removed and finding.entry_id is not None)
    return Proof(sealed, entries + lost - sealed, tuple(findings))


def _links(session: Session) -> Iterator[Sealed]:
    rows = session.exec(
        select(AuditLink, AuditEntry)
        .join(AuditEntry, col(AuditLink.entry_id) == col(AuditEntry.id), isouter=True)
        .order_by(col(AuditLink.position))
        .execution_options(yield_per=2_000)
    )
    for link, entry in rows:
        now = hash_of(entry) if entry is not None else None
        yield Sealed(link.position, link.entry_id, link.entry_hash, link.hash, now)


def _checkpoints(session: Session, keys: Keys) -> Iterator[Finding]:
    """A signed end that the chain no longer reaches, or reaches with another hash, was tampered with."""
    rows = session.exec(
        select(AuditCheckpoint, AuditLink)
        .join(AuditLink, col(AuditLink.position) == col(AuditCheckpoint.position), isouter=True)
        .order_by(col(AuditCheckpoint.position))
    )
    for point, link in rows:
        genuine = keys.mac("audit", str(point.position), point.hash)
        if not hmac.compare_digest(genuine, point.signature):
            yield Finding(Damage.forged, point.position, None, f"checkpoint {point.position} is not signed by us")
        elif link is None:
            words = f"the chain was cut before checkpoint {point.position}"
            yield Finding(Damage.removed, point.position, None, words)
        elif link.hash != point.hash:
            words = f"the chain at {point.position} is not the one that was signed"
            yield Finding(Damage.forged, point.position, link.entry_id, words)


def entries_of(session: Session, subject: str, limit: int = 200) -> Sequence[AuditEntry]:
    """What was done to one thing, newest first."""
    return session.exec(
        select(AuditEntry).where(AuditEntry.subject == subject).order_by(col(AuditEntry.id).desc()).limit(limit)
    ).all()


def latest(session: Session, limit: int = 200) -> Sequence[AuditEntry]:
    """What was done last, newest first."""
    return session.exec(select(AuditEntry).order_by(col(AuditEntry.id).desc()).limit(limit)).all()

"""Reading the audit: is the chain whole, how far is it sealed, and what was done to a thing."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, islice
from typing import Any

import msgspec
from sqlalchemy import Exists, String, func, type_coerce
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from collector.audit.actions import settled, signature_of
from collector.audit.anchor import Anchor
from collector.audit.rules import Entry, Examiner, Finding, Sealed, Signed, against_anchor
from collector.audit.rules.findings import in_runs
from collector.audit.tables import AuditCheckpoint, AuditEntry, AuditLink
from collector.foundation.database import is_postgresql
from collector.foundation.keys import Keys

FETCHED = 2_000
KEPT = 1_000
"""Findings that are told one by one; more than that are counted."""
LOOSE = 1_000
"""Entries without a link that are looked at one by one."""

Progress = Callable[[int, int], None]
"""Called with how many links are done, and of how many."""


def silent(_done: int, _total: int) -> None:
    """No progress shown."""


@dataclass(frozen=True, slots=True)
class Proof:
    """The state of the chain. `unsealed` entries wait for the next sealing: they are not yet protected, and nobody can
    tell whether one of them was taken away."""

    sealed: int
    unsealed: int
    unsealed_since: datetime | None
    """Moment of the oldest of them."""
    findings: tuple[Finding, ...]
    found: int
    """All of them, also those beyond the ones that are told one by one."""


def verify(
    session: Session, keys: Keys, now: datetime, anchor: Anchor | None = None, progress: Progress = silent
) -> Proof:
    """Recomputes every hash and signature and names what was changed, removed, inserted or reordered. `anchor`: a
    checkpoint that was carried off, which knows how long the chain must be at least."""
    total = session.exec(select(func.count()).select_from(AuditLink)).one()
    loose = _loose(session)
    examiner = Examiner(loose)
    found = chain(
        examiner.examine(_links(session, progress, total), _ends(session, keys)),
        examiner.inserted(settled(session, now)),
        _anchored(session, keys, anchor) if anchor is not None else (),
    )
    told = in_runs(found)
    kept = sorted(islice(told, KEPT), key=lambda one: one.position)
    more = sum(1 for _ in told)
    waiting, since = unsealed_tail(session)
    return Proof(total, waiting, since, tuple(kept), len(kept) + more)


def unsealed_tail(session: Session) -> tuple[int, datetime | None]:
    """How many entries are not sealed, and the moment of the oldest of them."""
    counted = select(func.count(), func.min(AuditEntry.at)).where(~_is_sealed())
    count, since = session.exec(counted).one()
    return count, since


def unsealed_newest(session: Session) -> tuple[int, datetime | None]:
    """The same of entries younger than the last one sealed: what a running sealer leaves behind, found at once."""
    newest = session.exec(select(AuditLink.entry_id).order_by(col(AuditLink.position).desc()).limit(1)).first()
    young = select(func.count(), func.min(AuditEntry.at)).where(col(AuditEntry.id) > (newest or 0))
    count, since = session.exec(young).one()
    return count, since


def newest_anchor(session: Session) -> Anchor | None:
    """The newest checkpoint, to be carried off; None while nothing is sealed."""
    row = session.exec(select(AuditCheckpoint).order_by(col(AuditCheckpoint.position).desc()).limit(1)).first()
    return None if row is None else Anchor(row.position, row.hash, row.at, row.previous, row.signature)


def _is_sealed() -> Exists:
    link = select(AuditLink.position).where(col(AuditLink.entry_id) == col(AuditEntry.id))
    return link.correlate(AuditEntry).exists()


def _entry_columns(session: Session) -> list[Any]:
    """Moment and detail as SQLite holds them, in text: what was made unreadable must be named, not stumbled over."""
    at, detail = col(AuditEntry.at), col(AuditEntry.detail)
    raw = [at, detail] if is_postgresql(session) else [type_coerce(at, String), type_coerce(detail, String)]
    return [col(AuditEntry.id), raw[0], col(AuditEntry.actor), col(AuditEntry.action), col(AuditEntry.subject), raw[1]]


def _entry(row: Sequence[Any]) -> Entry:
    number, at, actor, action, subject, detail = row
    if isinstance(detail, str):
        try:
            at, detail = datetime.fromisoformat(at).replace(tzinfo=UTC), msgspec.json.decode(detail)
        except (TypeError, ValueError):
            at = None
    return Entry(number, at, actor, action, subject, detail)


def _loose(session: Session) -> list[Entry]:
    """The oldest of the entries that no link seals."""
    wanted = columns(*_entry_columns(session)).where(~_is_sealed()).order_by(col(AuditEntry.id)).limit(LOOSE)
    return [_entry(row) for row in session.connection().execute(wanted)]


def _links(session: Session, progress: Progress, total: int) -> Iterator[Sealed]:
    link = [col(AuditLink.position), col(AuditLink.entry_id), col(AuditLink.entry_hash), col(AuditLink.hash)]
    joined = (
        columns(*link, *_entry_columns(session))
        .select_from(AuditLink)
        .join(AuditEntry, col(AuditLink.entry_id) == col(AuditEntry.id), isouter=True)
    )
    rows: Iterable[Any] = session.connection().execute(
        joined.order_by(col(AuditLink.position)), execution_options={"yield_per": FETCHED}
    )
    for done, row in enumerate(rows, 1):
        position, entry_id, sealed, value, *entry = row
        yield Sealed(position, entry_id, sealed, value, _entry(entry) if entry[0] is not None else None)
        if done % FETCHED == 0 or done == total:
            progress(done, total)


def _ends(session: Session, keys: Keys) -> Iterator[Signed]:
    at = col(AuditCheckpoint.at)
    moment = at if is_postgresql(session) else type_coerce(at, String)
    rows: Iterable[Any] = session.connection().execute(
        columns(
            col(AuditCheckpoint.position),
            col(AuditCheckpoint.hash),
            moment,
            col(AuditCheckpoint.previous),
            col(AuditCheckpoint.signature),
        ).order_by(col(AuditCheckpoint.position)),
        execution_options={"yield_per": FETCHED},
    )
    for row in rows:
        yield _signed(keys, *row)


def _signed(keys: Keys, position: int, value: str, at: datetime | str, previous: int | None, signature: str) -> Signed:
    try:
        when = datetime.fromisoformat(at).replace(tzinfo=UTC) if isinstance(at, str) else at
        is_genuine = hmac.compare_digest(signature_of(keys, position, value, when, previous), signature)
    except (TypeError, ValueError):
        is_genuine = False
    return Signed(position, value, previous, is_genuine)


def _anchored(session: Session, keys: Keys, anchor: Anchor) -> Iterator[Finding]:
    here = select(AuditLink.hash).where(col(AuditLink.position) == anchor.position)
    newest = session.exec(select(func.max(AuditLink.position))).one() or 0
    signed = _signed(keys, anchor.position, anchor.hash, anchor.at, anchor.previous, anchor.signature)
    yield from against_anchor(signed, session.exec(here).first(), newest)


def entries_of(session: Session, subject: str, limit: int = 200) -> Sequence[AuditEntry]:
    """What was done to one thing, newest first."""
    return session.exec(
        select(AuditEntry).where(AuditEntry.subject == subject).order_by(col(AuditEntry.id).desc()).limit(limit)
    ).all()


def latest(session: Session, limit: int = 200) -> Sequence[AuditEntry]:
    """What was done last, newest first."""
    return session.exec(select(AuditEntry).order_by(col(AuditEntry.id).desc()).limit(limit)).all()

"""What is no longer to be kept is counted, proposed, removed in batches, and its files after each commit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from sqlmodel import Session, col, select

from collector.audit.actions import record
from collector.casework.actions.documents import FOLDER_HOLDS
from collector.casework.actions.recordings import file_of
from collector.casework.office import Office
from collector.compliance.rules import Retained
from collector.history.actions.keep import fetch
from collector.identity.rules import WORKER, Actor
from collector.legal.retention import actions as retention
from collector.legal.retention.actions import Counted, decide_all
from collector.legal.retention.reading import READERS
from collector.legal.retention.rules import PurgeState
from collector.legal.retention.tables import Purge, PurgedFile, RetentionHold

Told = Callable[[int, int], None]
"""Called with how many records were looked at or removed, and of how many (0: not known)."""
LOOKED_AT = 5_000
"""Records of one look of a count."""
AT_ONCE = 500
"""Records of one transaction of a purge."""


def silent(_done: int, _total: int) -> None:
    """No progress shown."""


def count_due(office: Office, now: datetime, told: Told = silent) -> Counted:
    """What is kept by which law and what may or must go, by pack and kind. A look for each few thousand records: no
    transaction is open for long."""
    counts: Counted = Counter()
    as_of = now.date()
    for reader in READERS.values():
        after: int | None = 0
        while after is not None:
            with office.database.read() as session:
                batch = reader(session, after, LOOKED_AT, as_of)
            counts.update(one.told for one in decide_all(batch.records, as_of))
            after = batch.last
            told(counts.total(), 0)
    return counts


def plan_purge(office: Office, now: datetime, actor: Actor, told: Told = silent) -> int:
    """Count, and keep the count for somebody to propose. Removes nothing. Returns the purge's number."""
    counts = count_due(office, now, told)
    with office.database.begin() as session:
        return retention.plan(session, now.date(), counts, now, actor).id or 0


def move_purge(
    session: Session, _office: Office, purge_id: int, state: PurgeState, at: datetime, actor: Actor
) -> Purge:
    """It is asked for, agreed to or refused; `Conflict` where that can not follow."""
    row = fetch(session, Purge, purge_id)
    retention.move(session, row, state, at, actor)
    return row


def drop_purge(session: Session, purge_id: int, *, at: datetime, actor: Actor) -> Purge:
    """The second person said no, or who asked asks no more."""
    row = fetch(session, Purge, purge_id)
    retention.move(session, row, PurgeState.refused, at, actor)
    return row


def put_retention_hold(
    session: Session,
    _office: Office,
    *,
    portfolio_id: int,
    account_id: int | None,
    reason: str,
    approval_id: int,
    at: datetime,
    actor: Actor,
) -> RetentionHold:
    """Nothing of the account, or of the whole portfolio, is removed from now on, whatever terms end."""
    return retention.put_hold(session, portfolio_id, account_id, reason, approval_id=approval_id, at=at, actor=actor)


def lift_retention_hold(
    session: Session, _office: Office, hold_id: int, *, approval_id: int, at: datetime, actor: Actor
) -> RetentionHold:
    """Terms count again."""
    return retention.lift_hold(session, hold_id, approval_id=approval_id, at=at, actor=actor)


def run_purge(
    office: Office,
    purge_id: int,
    now: datetime,
    actor: Actor = WORKER,
    told: Told = silent,
    at_once: int = AT_ONCE,
    is_over: Callable[[], bool] = lambda: False,
) -> int:
    """Remove what two people agreed to, each batch in a transaction of its own and its files after that. Stopped
    anywhere, it goes on there the next time; a record is removed once. How many records of it are removed."""
    while not is_over():
        with office.database.begin() as session:
            row = retention.purge_batch(session, office.keys, purge_id, now, actor, at_once)
            state, removed, total = row.state, row.removed, retention.going(row.found)
        remove_purged_files(office, now)
        told(removed, max(total, removed))
        if state is PurgeState.done:
            return removed
    return 0


def run_purges(office: Office, now: datetime, is_over: Callable[[], bool] = lambda: False) -> int:
    """Every purge that was agreed to and is not done, and files that could not be removed before."""
    with office.database.read() as session:
        waits = select(Purge.id).where(col(Purge.state).in_([PurgeState.approved, PurgeState.running]))
        numbers = [number or 0 for number in session.exec(waits.order_by(col(Purge.id)))]
    remove_purged_files(office, now)
    return sum(run_purge(office, number, now, is_over=is_over) for number in numbers)


def purged_path(office: Office, row: PurgedFile) -> Path:
    """Where such a file lies, or lay."""
    if row.kind is Retained.recording:
        return file_of(office, row.number)
    return office.settings.documents / f"{row.number // FOLDER_HOLDS:06}" / f"{row.number}.{row.ending}"


def remove_purged_files(office: Office, now: datetime) -> int:
    """Files of records whose removal was committed. One that can not be removed now is tried again later."""
    gone = 0
    while True:
        with office.database.read() as session:
            waits = select(PurgedFile).where(col(PurgedFile.gone_at).is_(None)).order_by(col(PurgedFile.id))
            rows = [(row.id or 0, purged_path(office, row)) for row in session.exec(waits.limit(AT_ONCE))]
        removed = [number for number, path in rows if _unlinked(path)]
        if removed:
            with office.database.begin() as session:
                _note_gone(session, removed, now)
        gone += len(removed)
        if len(rows) < AT_ONCE or not removed:
            return gone


def _note_gone(session: Session, removed: Sequence[int], now: datetime) -> None:
    """Each file once, and an entry for every purge that it was of."""
    counts: Counter[int] = Counter()
    for number in removed:
        row = session.get_one(PurgedFile, number)
        row.gone_at = now
        counts[row.purge_id] += 1
        session.add(row)
    for purge_id, files in sorted(counts.items()):
        record(session, WORKER.name, "purge.files", f"purge:{purge_id}", {"files": files}, now)


def _unlinked(path: Path) -> bool:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return False
    return True

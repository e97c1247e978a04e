"""What a purge removed, as a signed list that names nobody; and the check that it is gone and the rest is there."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC
from pathlib import Path
from typing import Any

from sqlalchemy import func
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from collector.audit.tables import AuditEntry, AuditLink
from collector.compliance.rules import Retained
from collector.dispatch.rules import RecordingState
from collector.dispatch.tables import InboundMessage, Recording, Submission
from collector.foundation.errors import Conflict
from collector.foundation.keys import Keys
from collector.history.tables import Attempt, Document, LetterRow
from collector.identity.tables import Approval
from collector.legal.casefile.manifest import MANIFEST, seal_folder
from collector.legal.retention.actions import counted, counts_of, digest_of
from collector.legal.retention.removing import GONE, WRITTEN
from collector.legal.retention.rules import PurgeState
from collector.legal.retention.tables import Purge, Purged, PurgedFile
from collector.portfolio.tables import ContactPoint, Person, Portfolio

LIST = "removed.csv"
FETCHED = 5_000


def certificate(session: Session, keys: Keys, purge: Purge, folder: Path) -> str:
    """Write the list and its signed manifest into that new folder; returns the manifest's SHA-256. The same purge gives
    the same bytes. Of one that is not done it is a `Conflict`, and nothing is made."""
    if purge.state is not PurgeState.done:
        raise Conflict("a purge has a certificate when it is done")
    codes = {row.id or 0: row.code for row in session.exec(select(Portfolio))}
    lines, sums = io.StringIO(), Counter[tuple[str, str, str]]()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(["number", "kind", "record", "portfolio", "rule", "kept_until", "pieces", "digest"])
    for row in _removed(session, purge):
        book = codes.get(row.portfolio_id, "")
        told = [row.id, row.kind.value, row.record_id, book, row.rule, row.until, row.pieces, row.digest]
        writer.writerow(told)
        sums[(row.kind.value, book, row.rule)] += 1
    folder.mkdir(parents=True)
    (folder / LIST).write_text(lines.getvalue(), encoding="utf-8")
    about = _about(session, purge) | {
        "removed": [[*key, number] for key, number in sorted(sums.items())],
        "kept": counted(counts_of(purge.left)),
        "files": _files(session, purge),
    }
    return seal_folder(folder, about, {LIST: {"rows": sums.total()}}, keys.derive("case-file"))[MANIFEST]


def _removed(session: Session, purge: Purge) -> Iterator[Purged]:
    after = 0
    while True:
        wanted = select(Purged).where(Purged.purge_id == purge.id, col(Purged.id) > after).order_by(col(Purged.id))
        rows = session.exec(wanted.limit(FETCHED)).all()
        yield from rows
        if len(rows) < FETCHED:
            return
        after = rows[-1].id or 0


def _about(session: Session, purge: Purge) -> dict[str, Any]:
    asked = session.get(Approval, purge.approval_id) if purge.approval_id else None
    done = columns(col(AuditEntry.id), col(AuditLink.position), col(AuditLink.hash))
    done = done.outerjoin(AuditLink, col(AuditLink.entry_id) == col(AuditEntry.id))
    done = done.where(col(AuditEntry.subject) == f"purge:{purge.id}", col(AuditEntry.action) == "purge.done")
    entry, position, link = session.connection().execute(done).one()
    return {
        "purge": purge.id,
        "as_of": purge.as_of.isoformat(),
        "asked_by": asked.maker if asked else None,
        "agreed_by": asked.checker if asked else None,
        "agreed_to": asked.digest if asked else None,
        "begun_at": purge.begun_at.astimezone(UTC).isoformat() if purge.begun_at else None,
        "done_at": purge.done_at.astimezone(UTC).isoformat() if purge.done_at else None,
        "audit": {"entry": entry, "position": position, "hash": link},
    }


def _files(session: Session, purge: Purge) -> dict[str, int]:
    of = columns(func.count(), func.count(col(PurgedFile.gone_at))).where(col(PurgedFile.purge_id) == purge.id)
    listed, gone = session.connection().execute(of).one()
    return {"listed": listed, "gone": gone}


def verify(session: Session, purge: Purge, is_there: Callable[[PurgedFile], bool]) -> list[str]:
    """Everything that is not as the purge says, a sentence each; empty: what was removed is gone, and its own records
    are whole. `is_there`: whether a file lies where it lay."""
    wrong = [f"{number} {words}" for words, wanted in _left(purge).items() if (number := _one(session, wanted))]
    for row in session.exec(select(PurgedFile).where(PurgedFile.purge_id == purge.id)):
        if is_there(row):
            wrong.append(f"file {row.kind.value} {row.number} is still there")
    counts = _one(session, columns(func.count()).where(col(Purged.purge_id) == purge.id))
    if counts != purge.removed:
        wrong.append(f"{counts} removals are listed, {purge.removed} were counted")
    return wrong + list(_entries(session, purge))


def _one(session: Session, wanted: Any) -> int:
    return int(session.connection().execute(wanted).scalar_one())


def _left(purge: Purge) -> Mapping[str, Any]:
    """What would be there if a removal had not happened, or was undone from a copy. What came later is not meant."""
    before = (col(Purged.purge_id) == purge.id, col(Purged.kind))

    def of(table: Any, owner: Any, kind: Retained, *more: Any) -> Any:
        found = columns(func.count()).select_from(table).join(Purged, col(Purged.record_id) == owner)
        return found.where(before[0], before[1] == kind, *more)

    earlier = col(Attempt.recorded_at) <= col(Purged.at)
    return {
        "recordings are not marked as removed": of(
            Recording, col(Recording.id), Retained.recording, col(Recording.state) != RecordingState.removed
        ),
        "papers have their words again": of(
            Document,
            col(Document.account_id),
            Retained.paper,
            col(Document.name) != "",
            col(Document.stored_at) <= col(Purged.at),
        ),
        "letters are there again": of(
            LetterRow, col(LetterRow.account_id), Retained.paper, col(LetterRow.made_at) <= col(Purged.at)
        ),
        "messages have their words again": of(
            Attempt,
            col(Attempt.person_id),
            Retained.message,
            col(Attempt.channel).in_(WRITTEN),
            col(Attempt.text).is_not(None),
            earlier,
        ),
        "messages that went out have their words again": of(
            Submission,
            col(Submission.person_id),
            Retained.message,
            col(Submission.body).is_not(None),
            col(Submission.submitted_at) <= col(Purged.at),
        ),
        "messages that came in have their words again": of(
            InboundMessage,
            col(InboundMessage.person_id),
            Retained.message,
            col(InboundMessage.body) != "",
            col(InboundMessage.at) <= col(Purged.at),
        ),
        "contacts have their numbers again": of(
            Attempt, col(Attempt.person_id), Retained.contact, col(Attempt.number).is_not(None), earlier
        ),
        "people have their names again": of(
            Person, col(Person.id), Retained.person, (col(Person.name) != "") | (col(Person.salt) != "")
        ),
        "phones or addresses are there again": of(
            ContactPoint, col(ContactPoint.person_id), Retained.person, ~col(ContactPoint.value).like(f"{GONE}:%")
        ),
    }


def _entries(session: Session, purge: Purge) -> Iterator[str]:
    """The audit's entries of its batches against the list: neither can be changed without the other."""
    mine = select(AuditEntry).where(AuditEntry.subject == f"purge:{purge.id}", AuditEntry.action == "purge.removed")
    told = [row.detail for row in session.exec(mine.order_by(col(AuditEntry.id)))]
    kinds: Counter[str] = Counter()
    for detail in told:
        kinds.update(detail["kinds"])
    listed = columns(col(Purged.kind), func.count()).where(col(Purged.purge_id) == purge.id).group_by(col(Purged.kind))
    found = {kind.value: number for kind, number in session.connection().execute(listed)}
    if found != dict(kinds):
        yield f"the list holds {found}, the audit says {dict(kinds)}"
    rows = _removed(session, purge)
    for detail in told:
        some = [row.digest for _, row in zip(range(sum(detail["kinds"].values())), rows, strict=False)]
        if digest_of(some) != detail["digest"]:
            yield "the list is not the one that the audit sealed: a line was changed"
            return

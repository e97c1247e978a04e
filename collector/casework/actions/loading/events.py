"""Events of a book taken over: past contacts, promises, stops, consents and the like, each once.

Read and validated like any other file, written to history in one transaction, so that a file goes in whole or not at
all. Contacts, which are many, go in batches; what is rare goes through the same actions as when it happens today. A
row's natural key is a digest of what it says, so loading twice changes nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlmodel import Session

from collector.audit.actions import record
from collector.casework.actions.loading.contacts import ContactsLoader
from collector.casework.actions.loading.details import KINDS, EventKind, Told, understand
from collector.casework.actions.loading.rest import RestLoader
from collector.casework.actions.loading.subjects import Subject, Subjects
from collector.casework.actions.loading.talks import TalksLoader
from collector.facts.actions import mark_behind
from collector.foundation.database import Begin, lock_key
from collector.foundation.errors import BadInput, Problem
from collector.identity.rules import Actor
from collector.portfolio.loading import Book, LoadResult, Mapping, Progress, Reading, Rows, read_book
from collector.portfolio.loading.parsing import meant
from collector.portfolio.loading.problems import told_kinds
from collector.portfolio.rules import LoadKind
from collector.portfolio.tables import LoadRun

CONTACTS = frozenset({EventKind.attempt, EventKind.outcome})
TALKS = frozenset({EventKind.disposition})
BATCHED = CONTACTS | TALKS
RowFaults = dict[int, list[tuple[str | None, str]]]
"""Row of a batch → what is wrong with it, as (column, reason)."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row understood: what happened, when, to whom."""

    place: int
    told: Told
    at: datetime
    subject: Subject


@dataclass(slots=True)
class Count:
    accepted: int = 0
    unchanged: int = 0
    accounts: set[int] = field(default_factory=set)

    def add(self, subject: Subject, is_new: bool) -> None:
        if is_new:
            self.accepted += 1
            self.accounts.add(subject.account_id)
        else:
            self.unchanged += 1


def load_events(
    begin: Begin,
    path: Path,
    *,
    portfolio: str | None,
    mapping: Mapping | None,
    rejects: Path | None,
    at: datetime,
    actor: Actor,
    progress: Progress,
) -> LoadResult:
    """Load a file of events at the moment `at`. An unreadable file or an unknown portfolio changes nothing."""
    book = read_book(begin, LoadKind.events, portfolio, mapping, at)
    with Reading(LoadKind.events, path, book, mapping, rejects) as reading:
        with begin() as session:
            lock_key(session, f"load:{book.portfolio_id}")
            count = Count()
            writer = _Writer(session, book, actor, count)
            for rows in reading.batches(progress):
                writer.write(rows, reading)
            run = _recorded(session, reading, count, book, path, actor)
            mark_behind(session, sorted(count.accounts))
        reading.finish()
        kinds = told_kinds(reading, mapping)
    return LoadResult(
        run_id=run.id or 0,
        read=run.read,
        accepted=run.accepted,
        unchanged=run.unchanged,
        rejected=run.rejected,
        held=0,
        skipped=reading.skipped,
        changed_accounts=tuple(sorted(count.accounts)),
        problems=tuple(reading.rejects.problems),
        kinds=kinds,
    )


class _Writer:
    """Batches of one file into history: contacts first, then what came of them."""

    def __init__(self, session: Session, book: Book, actor: Actor, count: Count) -> None:
        self._book, self._count = book, count
        self._subjects = Subjects(session, book)
        self._batched = (
            (ContactsLoader(session, book, actor), CONTACTS),
            (TalksLoader(session, book, actor), TALKS),
        )
        self._rest = RestLoader(session, book, actor)

    def write(self, rows: Rows, reading: Reading) -> None:
        understood, faults = self._understood(rows)
        for loader, kinds in self._batched:
            entries = [(row.told, row.at, row.subject) for row in understood if row.told.kind in kinds]
            for (_, _, subject), is_new in zip(entries, loader.write(entries), strict=True):
                self._count.add(subject, is_new)
        for row in understood:
            if row.told.kind not in BATCHED:
                self._write_one(row, faults)
        reading.refuse(rows, faults)

    def _write_one(self, row: Row, faults: RowFaults) -> None:
        try:
            is_new = self._rest.write(row.told, row.at, row.subject)
        except BadInput as error:
            faults[row.place] = [("details", error.message)]
        else:
            self._count.add(row.subject, is_new)

    def _understood(self, rows: Rows) -> tuple[list[Row], RowFaults]:
        self._subjects.learn(rows.columns["account_no"])
        found: list[Row] = []
        faults: RowFaults = {}
        for place, cells in enumerate(rows.dicts()):
            try:
                found.append(self._row(place, cells))
            except BadInput as error:
                faults[place] = [(error.problems[0].column, error.problems[0].reason)]
        return found, faults

    def _row(self, place: int, cells: dict[str, object]) -> Row:
        at, word, phone = cells["at"], str(cells["kind"]), cells.get("phone")
        if not isinstance(at, datetime) or at > self._book.at:
            raise _wrong("at", "lies in the future of this load")
        subject = self._subjects.of(str(cells["account_no"]), phone if isinstance(phone, str) else None)
        if subject is None:
            raise _wrong("account_no", f"no such account in {self._book.code}; load the accounts first")
        details = cells.get("details")
        if word not in KINDS:
            raise _wrong("kind", f"{word[:40]!r} is none of {', '.join(KINDS)}{meant(word, KINDS)}")
        try:
            told = understand(word, details if isinstance(details, dict) else None, self._book)
        except BadInput as error:
            raise _wrong("details", error.message) from error
        return Row(place, told, at, subject)


def _wrong(column: str, reason: str) -> BadInput:
    return BadInput(problems=(Problem(reason, column=column),))


def _recorded(session: Session, reading: Reading, count: Count, book: Book, path: Path, actor: Actor) -> LoadRun:
    """The run's own row, and its audit entry: counts and the digest of the file."""
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    row = LoadRun(
        kind=LoadKind.events,
        portfolio_id=book.portfolio_id,
        file_name=path.name,
        sha256=sha256,
        at=book.at,
        actor=actor.name,
        read=reading.read,
        accepted=count.accepted,
        unchanged=count.unchanged,
        rejected=reading.rejects.count,
    )
    session.add(row)
    session.flush()
    counts = {name: getattr(row, name) for name in ("read", "accepted", "unchanged", "rejected")}
    detail = {"kind": LoadKind.events.value, "portfolio": book.code, "sha256": sha256, **counts}
    record(session, actor.name, "load", f"load_run:{row.id}", detail, book.at)
    return row

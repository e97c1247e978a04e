"""Loading a file of the book: staged in chunks, merged in one transaction, all-or-rejected per row.

    read = accepted + unchanged + rejected        (rows that a mapping filters out are `skipped`, not read)

Loading the same file twice changes nothing the second time. A load that is cut off leaves the book as it was.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Table
from sqlmodel import Session, select

from collector.audit.actions import record
from collector.foundation.database import Begin, lock_key
from collector.foundation.errors import BadInput, NotFound, Problem
from collector.foundation.keys import Keys
from collector.foundation.memory import no_collecting
from collector.identity.queries import maker_named
from collector.portfolio import ways
from collector.portfolio.loading.job import Job, Merged, clear, make_room, require_staged
from collector.portfolio.loading.mapping import Mapping
from collector.portfolio.loading.merge import accounts, balances, instalments, parties, portfolios
from collector.portfolio.loading.merge.payments import TABLE as PAYMENTS
from collector.portfolio.loading.merge.payments import Payments
from collector.portfolio.loading.parsing import Book
from collector.portfolio.loading.phones import region_of_zone
from collector.portfolio.loading.problems import Told, told_kinds
from collector.portfolio.loading.reading import Progress, Reading, Rows, no_progress
from collector.portfolio.rules import LoadKind
from collector.portfolio.tables import LoadRun, Portfolio

WITHOUT_PORTFOLIO = frozenset({LoadKind.portfolios, LoadKind.callers})


Merging = Callable[[Session, Sequence[int]], None]


def nothing_more(_session: Session, _account_ids: Sequence[int]) -> None:
    """For callers above whom nothing is kept."""


@dataclass(frozen=True, slots=True)
class LoadResult:
    """What a load did. `problems` are the first of the rejected rows, `kinds` what they have in common; the rejects
    file has all of them.

    `payments_as_of`: up to when every payment is loaded, after this load (None: not a payments file, or never yet).
    `payments_as_of_held`: this file would have moved it, but rows were rejected, so that some payments are missing.
    """

    run_id: int
    read: int
    accepted: int
    unchanged: int
    rejected: int
    held: int
    skipped: int
    changed_accounts: tuple[int, ...] = field(repr=False)
    """Ids of the accounts whose records changed, in ascending order: those whose facts must be refreshed."""
    problems: tuple[Problem, ...] = ()
    kinds: tuple[Told, ...] = field(default=(), repr=False)
    payments_as_of: datetime | None = None
    payments_as_of_held: bool = False
    kept: int = 0
    """Rows that have an agreed schedule otherwise: it holds, and operations sees what they say."""
    proposed: tuple[str, ...] = ()
    """Codes of portfolios whose ways to pay the file has otherwise: they wait for a second person, unchanged."""

    def totals(self) -> dict[str, Any]:
        """What doors tell of it."""
        names = ("read", "accepted", "unchanged", "rejected", "held", "skipped", "payments_as_of")
        told = {name: getattr(self, name) for name in (*names, "payments_as_of_held", "problems")}
        more: dict[str, Any] = {"kept": self.kept} if self.kept else {}
        more |= {"proposed": list(self.proposed)} if self.proposed else {}
        return {"run": self.run_id, **told, **more}


class Loader(Protocol):
    """How one kind is staged, and merged."""

    def stage_rows(self, session: Session, job: Job, rows: Rows, reading: Reading, /) -> None: ...

    def merge(self, session: Session, job: Job, reading: Reading, /) -> Merged: ...


def _loader(kind: LoadKind) -> tuple[Loader, Table | None]:
    """What loads a kind, and the table its rows are staged in (None: they are few and wait in memory)."""
    if kind is LoadKind.portfolios:
        return portfolios.Portfolios(), None
    if kind is LoadKind.callers:
        return portfolios.Callers(), None
    if kind is LoadKind.accounts:
        return accounts, accounts.TABLE
    if kind is LoadKind.instalments:
        return instalments, instalments.TABLE
    if kind is LoadKind.payments:
        return Payments(), PAYMENTS
    if kind is LoadKind.parties:
        return parties, parties.TABLE
    if kind is LoadKind.balances:
        return balances, balances.TABLE
    raise BadInput("events are recorded one by one; they have their own way in")


def load(
    begin: Begin,
    keys: Keys,
    kind: LoadKind,
    path: Path,
    *,
    portfolio_code: str | None = None,
    mapping: Mapping | None = None,
    rejects: Path | None = None,
    at: datetime,
    as_of: datetime | None = None,
    actor: str,
    progress: Progress = no_progress,
    merged: Merging = nothing_more,
) -> LoadResult:
    """Load one file. `at` is the moment of loading; `as_of`, for payments, up to when the file is complete; `merged` is
    called in the merging transaction with the accounts that changed, for rooms above that keep something of them.

    A `BadInput` (unreadable file, missing columns, nothing in it) or `NotFound` (portfolio) changes nothing.
    """
    loader, table = _loader(kind)
    book = read_book(begin, kind, portfolio_code, mapping, at)
    moment = _complete_until(book, kind, as_of, mapping)
    with Reading(kind, path, book, mapping, rejects) as reading:
        present = frozenset(column.name for column in reading.present)
        job = Job(secrets.randbits(62), f"{kind}:{book.portfolio_id}", book, keys, present)
        with _staging(begin, table, job.slot):
            for rows in reading.batches(progress):
                with no_collecting(), begin() as session:
                    loader.stage_rows(session, job, rows, reading)
            sha256 = _digest(path)
            with begin() as session:
                result = _merge(session, job, reading, loader, table, _Run(kind, path.name, sha256, actor, moment))
                merged(session, result.changed_accounts)
        reading.finish()
        return replace(result, kinds=told_kinds(reading, mapping))


def read_book(begin: Begin, kind: LoadKind, portfolio_code: str | None, mapping: Mapping | None, at: datetime) -> Book:
    """The portfolio a file belongs to: the command's, else the mapping's. Also for `read_rows` of events."""
    code = portfolio_code or (mapping.portfolio if mapping else None)
    if code is None:
        if kind in WITHOUT_PORTFOLIO:
            return Book(at=at)
        raise BadInput(f"{kind} belong to a portfolio; name it with --portfolio, or in the mapping")
    with begin() as session:
        found = session.exec(select(Portfolio).where(Portfolio.code == code)).first()
    if found is None:
        if kind is LoadKind.portfolios:
            return Book(at=at)
        raise NotFound(f"there is no portfolio {code}; load portfolios first")
    return Book(
        found.id or 0,
        found.code,
        found.currency,
        found.timezone,
        region_of_zone(found.timezone),
        found.jurisdiction,
        at,
    )


def _complete_until(book: Book, kind: LoadKind, as_of: datetime | None, mapping: Mapping | None) -> datetime | None:
    if kind is not LoadKind.payments:
        return None
    if as_of is not None and as_of > book.at:
        raise BadInput("--as-of lies after the moment of loading: payments that are still to come are not in the file")
    if as_of is None and mapping is not None:
        as_of = mapping.moment(book.zone)
    return min(as_of, book.at) if as_of else book.at


@contextmanager
def _staging(begin: Begin, table: Table | None, slot: str) -> Iterator[None]:
    """An empty stage before, and after, whatever happens; a process that dies leaves its rows to the next load."""
    if table is None:
        yield
        return
    with begin() as session:
        clear(session, table, slot)
    try:
        yield
    finally:
        with begin() as session:
            clear(session, table, slot)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(frozen=True, slots=True)
class _Run:
    kind: LoadKind
    file_name: str
    sha256: str
    actor: str
    complete_until: datetime | None


def _merge(session: Session, job: Job, reading: Reading, loader: Loader, table: Table | None, run: _Run) -> LoadResult:
    lock_key(session, f"load:{job.book.portfolio_id}")
    make_room(session)
    if table is not None:
        require_staged(session, table, job)
    merged = loader.merge(session, job, reading)
    row = _recorded(session, job, reading, merged, run)
    proposed = _propose_ways(session, merged, run.actor, job.book.at)
    as_of, kept_back = _move_as_of(session, job, reading, run.complete_until)
    return LoadResult(
        run_id=row.id or 0,
        read=row.read,
        accepted=row.accepted,
        unchanged=row.unchanged,
        rejected=row.rejected,
        held=row.held,
        skipped=reading.skipped,
        kept=merged.kept.total(),
        changed_accounts=tuple(sorted(merged.accounts)),
        problems=tuple(reading.rejects.problems),
        payments_as_of=as_of,
        payments_as_of_held=kept_back,
        proposed=proposed,
    )


def _propose_ways(session: Session, merged: Merged, actor: str, at: datetime) -> tuple[str, ...]:
    """Whom to pay and whom to call does not change by a file alone: what it has otherwise is proposed."""
    codes, maker = [], maker_named(session, actor)
    for number, wanted in sorted(merged.ways.items()):
        portfolio = session.get_one(Portfolio, number)
        if ways.propose(session, portfolio, wanted, maker, at, from_file=True) is not None:
            codes.append(portfolio.code)
    return tuple(codes)


def _recorded(session: Session, job: Job, reading: Reading, merged: Merged, run: _Run) -> LoadRun:
    """The run's own row, and its audit entry: counts and the digest of the file."""
    row = LoadRun(
        kind=run.kind,
        portfolio_id=job.book.portfolio_id or None,
        file_name=run.file_name,
        sha256=run.sha256,
        at=job.book.at,
        actor=run.actor,
        read=reading.read,
        accepted=merged.accepted,
        unchanged=job.staged - merged.accepted,
        rejected=reading.rejects.count,
        held=merged.held,
    )
    session.add(row)
    session.flush()
    counts = {name: getattr(row, name) for name in ("read", "accepted", "unchanged", "rejected", "held")}
    detail = {"kind": run.kind.value, "portfolio": job.book.code, "sha256": run.sha256, **counts}
    record(session, run.actor, "load", f"load_run:{row.id}", detail, job.book.at)
    for subject, names in merged.changed:
        record(session, run.actor, f"{run.kind.value}.changed", subject, {"columns": names}, job.book.at)
    for account_id, rows in sorted(merged.kept.items()):
        record(
            session, run.actor, "schedule.stated", f"account:{account_id}", {"rows": rows, "load": row.id}, job.book.at
        )
    return row


def _move_as_of(session: Session, job: Job, reading: Reading, until: datetime | None) -> tuple[datetime | None, bool]:
    """Payments are known up to `until` only if every row of the file went in; the mark never moves back."""
    if until is None:
        return None, False
    portfolio = session.get_one(Portfolio, job.book.portfolio_id)
    before = portfolio.payments_as_of
    if before is not None and before >= until:
        return before, False
    if reading.rejects.count:
        return before, True
    portfolio.payments_as_of = until
    session.flush()
    return until, False

"""One load while it runs: what every step of it needs to know, and how its rows are staged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any

from sqlalchemy import Table, text
from sqlmodel import Session, col, select

from collector.foundation.database import among, copy_rows, is_postgresql
from collector.foundation.errors import Conflict
from collector.foundation.keys import Keys
from collector.portfolio.loading.parsing import Book
from collector.portfolio.loading.reading import Reading, RowFaults, Rows
from collector.portfolio.rules.ways import Ways
from collector.portfolio.tables import Account


@dataclass(slots=True)
class Job:
    """`present`: the columns the file has; what it has not is left as it is in the book."""

    run: int
    slot: str
    book: Book
    keys: Keys
    present: frozenset[str]
    staged: int = 0

    @property
    def values(self) -> dict[str, Any]:
        """Parameters of every merging statement."""
        return {"run": self.run, "portfolio": self.book.portfolio_id}


@dataclass(slots=True)
class Merged:
    """What a merge did: rows that were new or differed, and the accounts they belong to."""

    accepted: int = 0
    accounts: set[int] = field(default_factory=set)
    held: int = 0
    changed: list[tuple[str, list[str]]] = field(default_factory=list)
    """Of what is few and weighty, portfolios and caller numbers: "kind:id", and which columns have another value."""
    kept: Counter[int] = field(default_factory=Counter)
    """By account, rows that have an agreed schedule otherwise: kept beside it, for operations."""
    ways: dict[int, Ways] = field(default_factory=dict)
    """By portfolio, ways to pay that the file has otherwise than they are: two people decide about them."""


def stage(session: Session, table: Table, job: Job, columns: Mapping[str, Iterable[Any]], count: int) -> None:
    """Copy validated rows into their staging table."""
    if is_postgresql(session):  # a staged row that a crash loses is one that nobody misses
        session.connection().execute(text("SET LOCAL synchronous_commit = off"))
    positions = range(job.staged, job.staged + count)
    rows = zip(repeat(job.run), repeat(job.slot), positions, *columns.values())
    copy_rows(session, table.name, ("run", "slot", "position", *columns), rows)
    job.staged += count


def clear(session: Session, table: Table, slot: str) -> None:
    """Remove the staged rows of a slot: this load's at its end, a crashed one's at the next beginning."""
    session.connection().execute(table.delete().where(table.c.slot == slot))


def make_room(session: Session) -> None:
    """A few large statements: worth memory to hash and sort in, not worth compiling."""
    if is_postgresql(session):
        for setting in ("work_mem = '64MB'", "jit = off"):
            session.connection().execute(text(f"SET LOCAL {setting}"))


def require_staged(session: Session, table: Table, job: Job) -> None:
    """All rows are still there; otherwise another load of the same slot began, and this one gives way."""
    if is_postgresql(session):
        keys = ", ".join(
            name for name in ("run", "position", "account_no", "id_index", "natural_key") if name in table.c
        )
        session.connection().execute(text("SET LOCAL default_statistics_target = 10"))  # unique or not is all it tells
        session.connection().execute(text(f'ANALYZE "{table.name}" ({keys})'))
    statement = text(f'SELECT count(*) FROM "{table.name}" WHERE run = :run')  # noqa: S608 - our own table's name
    if session.connection().execute(statement, {"run": job.run}).scalar_one() != job.staged:
        raise Conflict(f"another load of {job.slot} began meanwhile; this one changed nothing, start it again")


def unlike(session: Session) -> str:
    """The comparison in which NULL is a value."""
    return "IS DISTINCT FROM" if is_postgresql(session) else "IS NOT"


def run_sql(session: Session, statement: str, values: Mapping[str, Any]) -> list[Any]:
    """Execute; the first column of the rows it returns, if it does."""
    result = session.connection().execute(text(statement), dict(values))
    return list(result.scalars()) if result.returns_rows else []


def run_rows(session: Session, statement: str, values: Mapping[str, Any]) -> list[Any]:
    """Execute a query; its rows."""
    return list(session.connection().execute(text(statement), dict(values)))


def account_ids(session: Session, portfolio_id: int, numbers: Iterable[str]) -> dict[str, int]:
    """The ids of these accounts of a portfolio, as far as they exist."""
    mine = Account.portfolio_id == portfolio_id, among(session, col(Account.account_no), set(numbers))
    rows = session.exec(select(Account.account_no, Account.id).where(*mine))
    return {number: identity for number, identity in rows if identity is not None}


def with_accounts(session: Session, job: Job, rows: Rows, reading: Reading) -> tuple[Rows, Sequence[int]]:
    """The rows whose account exists, and its id; the others are refused."""
    ids = account_ids(session, job.book.portfolio_id, rows.columns["account_no"])
    faults: RowFaults = {
        row: [("account_no", f"no such account in {job.book.code}; load the accounts first")]
        for row, number in enumerate(rows.columns["account_no"])
        if number not in ids
    }
    kept = reading.refuse(rows, faults)
    return kept, [ids[number] for number in kept.columns["account_no"]]

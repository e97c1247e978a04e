"""The database: SQLite (embedded) or PostgreSQL (production) through the same code.

What differs between the two lives here and nowhere else: how a write begins, how rows are locked and skipped,
how a table is filled in bulk, how many ids are asked for at once, and how one process becomes the leader.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, TypeVar

import msgspec
from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    ColumnElement,
    Engine,
    Integer,
    String,
    bindparam,
    cast,
    create_engine,
    event,
    false,
    func,
    select,
    text,
    type_coerce,
)
from sqlalchemy import Enum as SqlEnum
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import make_url
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateTable
from sqlmodel import Session, SQLModel
from sqlmodel.sql.expression import SelectOfScalar

from collector.foundation.known import KNOWN, Known, watch

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")

BUSY_MS = 10_000
"""How long a SQLite writer waits for another before it gives up."""

BigInt = BigInteger().with_variant(Integer, "sqlite")
"""Ids and money: 64 bits on both databases (SQLite's INTEGER is 64 bits wide, and only it may be a row id)."""

Json = JSON().with_variant(JSONB, "postgresql")

Begin = Callable[[], AbstractContextManager[Session]]
"""A transaction factory: commits when the block ends well, rolls back when it does not."""

# What `copy_rows` hands to the driver itself must read like what SQLAlchemy writes: UTC without an offset.
sqlite3.register_adapter(datetime, lambda at: at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f"))
sqlite3.register_adapter(date, date.isoformat)


@compiles(CreateTable, "sqlite")
def _create_table(element: CreateTable, compiler: Any, **given: Any) -> str:
    """SQLite has no tables outside its log: the word is PostgreSQL's alone."""
    return str(compiler.visit_create_table(element, **given)).replace("CREATE UNLOGGED TABLE", "CREATE TABLE", 1)


SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def enum_column(words: type[E]) -> SqlEnum:
    """A column that holds the values of a StrEnum as plain words, readable in SQL and open to new words."""
    return SqlEnum(
        words,
        native_enum=False,
        create_constraint=False,
        length=32,
        values_callable=lambda kinds: [kind.value for kind in kinds],
    )


class Database:
    """One database: `begin()` for a unit of writing, `read()` for a consistent look."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        if self.url.get_backend_name() == "postgresql":
            self.url = self.url.set(drivername="postgresql+psycopg")
        self.is_postgresql = self.url.get_backend_name() == "postgresql"
        self.engine = self._engine()
        watch(self.engine)

    def _engine(self) -> Engine:
        if self.is_postgresql:
            return create_engine(
                self.url,
                hide_parameters=True,
                pool_size=40,
                pool_pre_ping=True,
                connect_args={"options": "-c timezone=UTC -c idle_in_transaction_session_timeout=300000"},
            )
        engine = create_engine(
            self.url, hide_parameters=True, connect_args={"check_same_thread": False, "timeout": BUSY_MS / 1000}
        )

        @event.listens_for(engine, "connect")
        def _on_connect(connection: Any, _record: Any) -> None:
            connection.isolation_level = None  # transactions are begun below, not by the driver
            cursor = connection.cursor()
            for pragma in (
                "journal_mode=WAL",
                "synchronous=FULL",
                "foreign_keys=ON",
                f"busy_timeout={BUSY_MS}",
            ):
                cursor.execute(f"PRAGMA {pragma}")
            cursor.close()

        @event.listens_for(engine, "begin")
        def _on_begin(connection: Any) -> None:
            reading = connection.get_execution_options().get("collector_read", False)
            connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

        return engine

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """A write: everything in the block is committed together, or nothing is."""
        known = Known()
        engine = self.engine.execution_options(**{KNOWN: known})
        with self._turn(), Session(engine, expire_on_commit=False, info={KNOWN: known}) as session, session.begin():
            yield session

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """SQLite takes one writer at a time and lets the others try again and again until their patience is over; under
        a burst the unlucky starve. So writers of all processes queue at a lock beside the database, first come first
        served. A no-op on PostgreSQL and for a database in memory."""
        path = self.url.database
        if self.is_postgresql or not path or path == ":memory:":
            yield
            return
        handle = os.open(f"{path}.turn", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A look that sees one moment of the database and changes nothing."""
        engine = self.engine.execution_options(
            collector_read=True, **({"isolation_level": "REPEATABLE READ"} if self.is_postgresql else {})
        )
        with Session(engine, expire_on_commit=False, info={KNOWN: Known()}) as session:
            yield session  # closing it ends the transaction and leaves what was read as it was read

    def dispose(self) -> None:
        self.engine.dispose()


def is_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def locked(statement: SelectOfScalar[T], session: Session, *, skip: bool = False) -> SelectOfScalar[T]:
    """The same query, holding its rows until commit; with `skip`, without those that others hold.

    SQLite has one writer at a time, so there the rows of a write are held already.
    """
    return statement.with_for_update(skip_locked=skip) if is_postgresql(session) else statement


def lock_key(session: Session, name: str) -> None:
    """Hold a name until commit: whoever else asks for it waits. A no-op on SQLite, whose writers queue anyway."""
    if is_postgresql(session):
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": zlib.crc32(name.encode())})


def copy_rows(session: Session, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Fill a table fast: COPY on PostgreSQL, executemany on SQLite. Values are as the driver takes them: moments
    must be aware. Returns how many rows went in."""
    if known := session.info.get(KNOWN):
        known.forget(table)
    connection = session.connection().connection
    names = ", ".join(f'"{column}"' for column in columns)
    count = 0
    if is_postgresql(session):
        with connection.cursor() as cursor, cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:  # type: ignore[attr-defined]
            for row in rows:
                copy.write_row(row)
                count += 1
        return count

    def counted() -> Iterator[Sequence[Any]]:
        nonlocal count
        for row in rows:
            count += 1
            yield row

    marks = ", ".join("?" * len(columns))
    cursor = connection.cursor()
    cursor.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', counted())  # type: ignore[arg-type]  # noqa: S608
    cursor.close()
    return count


def among(session: Session, column: Any, values: Collection[Any]) -> ColumnElement[bool]:
    """The column is one of these ids or words, passed as a single value however many they are: a list of
    thousands of parameters costs more than the rows it finds."""
    kept = list(values)
    if not kept:
        return false()  # of nothing, a database does not know what sort of values it would be
    if is_postgresql(session):
        listed = select(func.unnest(_array(kept)))
    else:
        written = msgspec.json.encode(kept).decode()
        each = func.json_each(bindparam(None, written, type_=String())).table_valued("value")
        listed = select(each.c.value)
    found: ColumnElement[bool] = column.in_(listed)
    return found


def mostly(column: Any, word: StrEnum) -> ColumnElement[bool]:
    """The column is this word, which most rows have: said as what it is not, where another condition finds the rows.

    Said plainly, a planner without statistics takes the word for rare. SQLite then reads an index over it, all rows of
    the word, for every account; PostgreSQL does the same, or worse, until it has counted the table."""
    others: ColumnElement[bool] = column.not_in([other for other in type(word) if other is not word])
    return others


def holds(session: Session, column: Any, value: Any) -> ColumnElement[bool]:
    """The JSON list in `column` has this number among its items; `value` may be another column."""
    if is_postgresql(session):
        contained: ColumnElement[bool] = type_coerce(column, JSONB).contains(func.to_jsonb(value))
        return contained
    each = func.json_each(column).table_valued("value")
    found: ColumnElement[bool] = value.in_(select(each.c.value).correlate_except(each))
    return found


def _array(values: list[Any]) -> ColumnElement[Any]:
    """Numbers are written out as one literal: item by item the driver takes several times longer. As a set that is
    joined, not an array that is searched: a plan that scans the table would search it once for every row."""
    if values and isinstance(values[0], str):
        return bindparam(None, values, type_=ARRAY(String()))
    return cast(bindparam(None, f"{{{','.join(map(str, values))}}}", type_=String()), ARRAY(BigInteger()))

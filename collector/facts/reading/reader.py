"""Reading records in bulk: one query of each kind for some people, plain columns, no row objects."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, DateTime, Dialect, Executable, String, cast, func, type_coerce
from sqlalchemy.types import TypeDecorator
from sqlmodel import Session, SQLModel

from collector.facts.rules.records import BookRecord, Records
from collector.foundation.database import among, is_postgresql
from collector.foundation.known import once

FEW = 20
"""Up to how many people or accounts are read with care for single statements."""


class Reader:
    """A session, and what was read so far."""

    def __init__(self, session: Session, books: dict[int, BookRecord]) -> None:
        self.session = session
        self.postgresql = is_postgresql(session)
        self.found = Records(books=books)
        self.kinds: frozenset[str] | None = None
        """What `rare.kinds_of` found; None: nobody asked, there may be any."""

    def rows(self, statement: Executable) -> Sequence[Any]:
        """Plain tuples, in the order of the statement's columns. What PostgreSQL's driver gives needs no more work."""
        result: Any = self.session.connection().execute(statement)
        found: Sequence[Any] = result.cursor.fetchall() if self.postgresql else result.all()
        return found

    def kept(self, what: str, ids: Collection[int], statement: Executable) -> Sequence[Any]:
        """The same, and of a few people or accounts not read again before it was changed: an event that ends a round
        asks for all records twice. `what` names the statement."""
        if len(ids) > FEW:
            return self.rows(statement)
        return once(self.session, ("facts", what, *sorted(ids)), lambda: self.rows(statement))

    def rare(self, column: ColumnElement[Any], statement: Executable) -> Sequence[Any]:
        """The same, of what most people have none of and is looked up by that column."""
        return self.rows(statement) if self.kinds is None or str(column) in self.kinds else ()

    def moment(self, column: ColumnElement[Any]) -> ColumnElement[int]:
        """A moment as whole seconds since 1970."""
        if self.postgresql:
            return cast(func.floor(func.date_part("epoch", column)), BigInteger())
        return type_coerce(column, _Seconds())

    def among(self, column: ColumnElement[Any], values: Collection[Any]) -> ColumnElement[bool]:
        return among(self.session, column, values)


def columns_of(table: type[SQLModel]) -> Any:
    """The plain columns of a table, for queries whose rows are tuples."""
    return table.__table__.c  # type: ignore[attr-defined]


def word(column: ColumnElement[Any]) -> ColumnElement[str]:
    """An enum column as the word that is stored."""
    return type_coerce(column, String())


class _Seconds(TypeDecorator[int]):
    """A moment of SQLite, which gives UTC without saying so, as whole seconds since 1970."""

    impl = DateTime
    cache_ok = True

    def process_result_value(self, value: Any, dialect: Dialect) -> int | None:
        return None if value is None else int(value.replace(tzinfo=UTC).timestamp())

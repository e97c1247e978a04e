"""Reading records in bulk: one query of each kind for some people, plain columns, no row objects."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, DateTime, Executable, String, type_coerce
from sqlmodel import Session, SQLModel

from collector.facts.rules.records import BookRecord, Records
from collector.foundation.database import among


class Reader:
    """A session, and what was read so far."""

    def __init__(self, session: Session, books: dict[int, BookRecord]) -> None:
        self.session = session
        self.found = Records(books=books)

    def rows(self, statement: Executable) -> Sequence[Any]:
        """Plain tuples, in the order of the statement's columns."""
        found: Sequence[Any] = self.session.connection().execute(statement).all()
        return found

    def among(self, column: ColumnElement[Any], values: Collection[Any]) -> ColumnElement[bool]:
        return among(self.session, column, values)


def columns_of(table: type[SQLModel]) -> Any:
    """The plain columns of a table, for queries whose rows are tuples."""
    return table.__table__.c  # type: ignore[attr-defined]


def word(column: ColumnElement[Any]) -> ColumnElement[str]:
    """An enum column as the word that is stored."""
    return type_coerce(column, String())


def moment(column: ColumnElement[Any]) -> ColumnElement[datetime]:
    """A moment as the driver gives it, for `seconds`."""
    return type_coerce(column, DateTime(timezone=True))


def seconds(at: datetime) -> int:
    """Whole seconds since 1970; SQLite gives UTC without saying so."""
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp())


def seconds_or_none(at: datetime | None) -> int | None:
    return None if at is None else seconds(at)

"""One way of adding a row of history: once for its natural key, with its audit entry."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar

from sqlmodel import Session, SQLModel, col, select

from collector.audit.actions import record
from collector.audit.rules import veiled
from collector.foundation.database import lock_key
from collector.foundation.errors import NotFound
from collector.portfolio.tables import Person

K = TypeVar("K", bound=SQLModel)


def already(session: Session, table: type[K], natural_key: str | None) -> K | None:
    """The row recorded under this natural key. Until commit nobody else can record it meanwhile."""
    if natural_key is None:
        return None
    lock_key(session, f"{table.__name__}:{natural_key}")
    column = table.__table__.c.natural_key  # type: ignore[attr-defined]
    return session.exec(select(table).where(col(column) == natural_key)).first()


def add(session: Session, row: SQLModel, actor: str, action: str, detail: dict[str, Any], at: datetime) -> int:
    """Insert the row and its audit entry, "action" on "table:id"; returns the new id."""
    session.add(row)
    session.flush()
    number = id_of(row)
    record(session, actor, action, f"{row.__tablename__}:{number}", detail, at)
    return number


def change(session: Session, row: SQLModel, actor: str, action: str, detail: dict[str, Any], at: datetime) -> None:
    """Write a changed row and its audit entry."""
    session.add(row)
    session.flush()
    record(session, actor, action, f"{row.__tablename__}:{id_of(row)}", detail, at)


def words_of(session: Session, person_id: int | None, text: str) -> str | None:
    """Free words about a person as an audit entry may hold them; without a person, not at all."""
    salt = session.exec(select(Person.salt).where(col(Person.id) == person_id)).first() if text and person_id else None
    return veiled(salt, text) if salt else None


def id_of(row: SQLModel) -> int:
    """The id of a stored row."""
    number: int = row.id  # type: ignore[attr-defined]
    return number


def fetch(session: Session, table: type[K], number: int) -> K:
    """The row of that id, read afresh and held until commit, or a `NotFound`."""
    row = session.get(table, number, with_for_update=True)
    if row is None:
        raise NotFound(f"there is no {table.__tablename__} {number}")
    return row

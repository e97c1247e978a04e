"""The shape of the database: one line of Alembic revisions, forward only, on both databases."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import inspect, text

from collector.foundation.database import Database
from collector.foundation.errors import NotReady

SCRIPTS = Path(__file__).parent / "migrations"


def known() -> list[str]:
    """The revisions this program knows, oldest first: each is the number its file begins with."""
    return sorted(file.name.partition("_")[0] for file in (SCRIPTS / "versions").glob("[0-9]*.py"))


def head() -> str:
    """The newest revision this program knows."""
    return known()[-1]


def revision(database: Database) -> str | None:
    """The revision the database is at; None for an empty one."""
    with database.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return found


def require_current(database: Database) -> None:
    """Refuse to work on a database of another revision: older ones ask for `collector db upgrade`."""
    now = revision(database)
    refuse_newer(now)
    if now is None:
        raise NotReady("the database is empty; run: collector db upgrade")
    if now != head():
        raise NotReady("the database is from an older version; run: collector db upgrade")


def refuse_newer(now: str | None) -> None:
    """A database of a later program is left untouched."""
    if now is not None and now not in known():
        raise NotReady(f"the database is at revision {now}, which this program does not know: it is newer; update me")

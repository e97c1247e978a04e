"""Bringing the database to this program's shape by Alembic. Apart from `schema`: what only asks waits for neither."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from collector.foundation.database import Database
from collector.foundation.errors import NotReady
from collector.foundation.schema import SCRIPTS, head, refuse_newer, revision


def config_for(connection: Connection | None = None) -> Config:
    """Alembic's configuration: our revisions, on this connection."""
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.set_main_option("path_separator", "os")
    if connection is not None:
        config.attributes["connection"] = connection
    return config


def upgrade(database: Database) -> tuple[str | None, str]:
    """Bring the database to this program's revision: (before, after). A newer database is refused, untouched."""
    before = revision(database)
    refuse_newer(before)
    if head():
        with database.engine.connect() as connection, _unwatched(database, connection), connection.begin():
            command.upgrade(config_for(connection), "head")
            _look_through(database, connection)
    return before, head()


@contextmanager
def _unwatched(database: Database, connection: Connection) -> Iterator[None]:
    """SQLite changes a table by making it anew, and does not drop one that other rows point to while it watches them.
    So it does not watch meanwhile, which has to be said before the transaction begins; they are looked through at its
    end instead (sqlite.org, Making Other Kinds Of Table Schema Changes)."""
    if database.is_postgresql:
        yield
        return
    driver = connection.connection.cursor()
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")
        driver.close()


def _look_through(database: Database, connection: Connection) -> None:
    if not database.is_postgresql and (lost := connection.exec_driver_sql("PRAGMA foreign_key_check").first()):
        raise NotReady(f"the database was not upgraded: a row of {lost[0]} points to a row of {lost[2]} that is gone")

"""The shape of the database: one line of Alembic revisions, forward only, on both databases."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from collector.foundation.database import Database
from collector.foundation.errors import NotReady

SCRIPTS = Path(__file__).parent / "migrations"


def config_for(connection: Connection | None = None) -> Config:
    """Alembic's configuration: our revisions, on this connection."""
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.set_main_option("path_separator", "os")
    if connection is not None:
        config.attributes["connection"] = connection
    return config


def head() -> str:
    """The newest revision this program knows."""
    newest = ScriptDirectory.from_config(config_for()).get_current_head()
    return newest or ""


def revision(database: Database) -> str | None:
    """The revision the database is at; None for an empty one."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(database: Database) -> tuple[str | None, str]:
    """Bring the database to this program's revision: (before, after). A newer database is refused, untouched."""
    before = revision(database)
    _refuse_newer(before)
    if head():
        with database.engine.begin() as connection:
            command.upgrade(config_for(connection), "head")
    return before, head()


def require_current(database: Database) -> None:
    """Refuse to work on a database of another revision: older ones ask for `collector db upgrade`."""
    now = revision(database)
    _refuse_newer(now)
    if now is None:
        raise NotReady("the database is empty; run: collector db upgrade")
    if now != head():
        raise NotReady("the database is from an older version; run: collector db upgrade")


def _refuse_newer(now: str | None) -> None:
    known = {script.revision for script in ScriptDirectory.from_config(config_for()).walk_revisions()}
    if now is not None and now not in known:
        raise NotReady(f"the database is at revision {now}, which this program does not know: it is newer; update me")

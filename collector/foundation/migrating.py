"""Bringing the database to this program's shape by Alembic. Apart from `schema`: what only asks waits for neither."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from collector.foundation.database import Database
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
        with database.engine.begin() as connection:
            command.upgrade(config_for(connection), "head")
    return before, head()

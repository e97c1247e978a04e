"""The shape of the database: what the revisions make is what the tables say, and a newer one is refused."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlmodel import SQLModel

from collector.foundation import migrating, schema
from collector.foundation.database import Database
from collector.foundation.errors import NotReady


def test_the_revisions_make_what_the_tables_say(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_upgrading_an_upgraded_database_changes_nothing(database: Database) -> None:
    assert migrating.upgrade(database) == (schema.head(), schema.head())


def test_a_database_from_a_newer_version_is_refused_untouched(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NotReady, match="newer"):
        migrating.upgrade(database)
    with pytest.raises(NotReady, match="newer"):
        schema.require_current(database)
    assert schema.revision(database) == "9999"


def test_an_empty_database_asks_for_an_upgrade(tmp_path: object) -> None:
    empty = Database(f"sqlite:///{tmp_path}/empty.db")
    with pytest.raises(NotReady, match="collector db upgrade"):
        schema.require_current(empty)

"""Write a new Alembic revision from what the tables say and the last revision does not.

    .venv/bin/python scripts/new_revision.py "what it is for"

Read the result before committing it: a machine does not see renames.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from alembic import command
from alembic.autogenerate.api import AutogenContext
from alembic.config import Config
from sqlalchemy import BigInteger, Enum
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import JSON, TypeEngine
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

import collector.app  # noqa: F401 - makes every table known
from collector.foundation import migrating, schema
from collector.foundation.database import Database


def render(kind: str, item: Any, context: AutogenContext) -> str | bool:
    """Our own column types, as a revision writes them."""
    if kind != "type" or not isinstance(item, TypeEngine):
        return False
    if isinstance(item, UTCDateTime):
        context.imports.add("from sqlmodel import UTCDateTime")
        return "UTCDateTime()"
    if isinstance(item, Enum):
        return "WORD"
    if isinstance(item, AutoString):
        return f"sa.String(length={item.length})" if item.impl.length else "sa.String()"
    if isinstance(item, BigInteger):
        return "BIG"
    if isinstance(item, JSON | JSONB):
        return "JSON"
    return False


def main(message: str) -> None:
    with TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/empty.db")
        migrating.upgrade(database)
        with database.engine.begin() as connection:
            config: Config = migrating.config_for(connection)
            config.attributes["metadata"] = SQLModel.metadata
            config.attributes["render"] = render
            script = command.revision(config, message, autogenerate=True, rev_id=_next())
    print(Path(script.path).name)  # type: ignore[union-attr]


def _next() -> str:
    return f"{len(list((schema.SCRIPTS / 'versions').glob('*.py'))) + 1:04d}"


if __name__ == "__main__":
    main(sys.argv[1])

"""Making an installation, or bringing it to this program's shape."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.engine import make_url

from collector.foundation import migrating
from collector.foundation.database import Database
from collector.foundation.keys import make_key_file, read_keys
from collector.foundation.settings import Settings
from collector.identity import installation as who
from collector.identity.queries import installation


def set_up(settings: Settings, now: datetime) -> tuple[str | None, str]:
    """Create or upgrade the database; (revision before, revision after).

    Only a database that has never been set up gets a new key file: a lost key is never quietly replaced.
    """
    if make_url(settings.resolved_database_url).get_backend_name() == "sqlite":
        settings.home.mkdir(parents=True, exist_ok=True)
    database = Database(settings.resolved_database_url)
    before, after = migrating.upgrade(database)
    with database.begin() as session:
        row = installation(session)
        path = settings.resolved_key_file
        keys = make_key_file(path) if row is None and not path.exists() else read_keys(path)
        who.install(session, keys, now, demo=settings.demo)
    database.dispose()
    return before, after

"""Shared fixtures: both databases, an instant clock, and the folder of data that nobody here wrote."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path

import psycopg
import pytest
from hypothesis import settings
from sqlmodel import Session

import collector.app  # noqa: F401 - makes every table known
from collector.foundation import migrating
from collector.foundation.clock import parse_moment
from collector.foundation.database import Database
from collector.foundation.keys import Keys

# Examples take as long as the machine is busy. In CI they are the same each time: what fails there was changed.
settings.register_profile("house", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("house")

ROOT = Path(__file__).resolve().parents[1]
POSTGRES = os.environ.get("COLLECTOR_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")
"""Address of a server on which databases may be made and dropped; empty: PostgreSQL tests are skipped."""


def _postgres_answers() -> bool:
    if not POSTGRES:
        return False
    try:
        psycopg.connect(POSTGRES, connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


POSTGRES_ANSWERS = _postgres_answers()


COMPLETE = os.environ.get("COLLECTOR_TEST_COMPLETE") == "1"
"""Set where everything that a test may lack was installed: a skip for want of it is then a failure."""
DOES_NOT_APPLY = "SQLite has"
"""How the reason of a skip begins that no installation can mend."""


STORES = frozenset({"templates", "home", "shared", "real_data"})


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever asks for a database, a home of its own or the real books, however indirectly, is no plain unit test."""
    for item in items:
        if STORES.intersection(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.stored)


def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.getplugin("terminalreporter")
    if not COMPLETE or reporter is None:
        return
    lacking = sorted(
        {
            report.longrepr[2].removeprefix("Skipped: ")
            for report in reporter.stats.get("skipped", ())
            if DOES_NOT_APPLY not in report.longrepr[2]
        }
    )
    if lacking:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        reporter.write_line("Tests were skipped that this machine should have run: " + "; ".join(lacking), red=True)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not POSTGRES_ANSWERS:
        terminalreporter.write_line(
            "PostgreSQL tests were SKIPPED: no server answers at COLLECTOR_TEST_POSTGRES", yellow=True
        )


def _admin(statement: str) -> None:
    with psycopg.connect(POSTGRES, autocommit=True) as connection:
        connection.execute(statement)


def _address(name: str) -> str:
    return POSTGRES.rsplit("/", 1)[0] + "/" + name


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], str]]:
    """An empty installation per kind of database, made once and copied for each test that commits."""
    made: dict[str, str] = {}

    def template(kind: str) -> str:
        if kind not in made:
            if kind == "postgresql":
                made[kind] = f"collector_template_{uuid.uuid4().hex[:12]}"
                _admin(f'CREATE DATABASE "{made[kind]}"')
                url = _address(made[kind])
            else:
                made[kind] = str(tmp_path_factory.mktemp("template") / "template.db")
                url = f"sqlite:///{made[kind]}"
            empty = Database(url)
            migrating.upgrade(empty)
            empty.dispose()
        return made[kind]

    yield template
    if "postgresql" in made:
        _admin(f'DROP DATABASE IF EXISTS "{made["postgresql"]}" WITH (FORCE)')


Databases = Callable[[str], AbstractContextManager[Database]]


@pytest.fixture(scope="session")
def databases(templates: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """`with databases("sqlite") as database`: an empty installation of that kind, nobody else's."""
    spare: list[str] = []

    @contextmanager
    def fresh(kind: str) -> Iterator[Database]:
        if kind == "postgresql" and not POSTGRES_ANSWERS:
            pytest.skip("PostgreSQL does not answer at COLLECTOR_TEST_POSTGRES")
        template = templates(kind)
        if kind == "sqlite":
            folder = tmp_path_factory.mktemp("database")
            shutil.copy(template, folder / "collector.db")
            database = Database(f"sqlite:///{folder / 'collector.db'}")
            yield database
            database.dispose()
            shutil.rmtree(folder)
            return
        name = spare.pop() if spare else _copy_of(template)
        database = Database(_address(name))
        yield database
        database.dispose()
        if _emptied(name, template):
            spare.append(name)
        else:
            _admin(f'DROP DATABASE "{name}" WITH (FORCE)')

    yield fresh
    for name in spare:
        _admin(f'DROP DATABASE "{name}" WITH (FORCE)')


def _copy_of(template: str) -> str:
    name = f"collector_test_{uuid.uuid4().hex[:12]}"
    _admin(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    _admin(f'ALTER DATABASE "{name}" SET synchronous_commit TO off')  # nobody mourns a test's database
    return name


SHAPE = """
SELECT string_agg(line, E'\n' ORDER BY line) FROM (
    SELECT concat_ws(' ', attrelid::regclass, attname, atttypid::regtype, attnotnull, attisdropped) AS line
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT concat_ws(' ', tgrelid::regclass, tgname, tgenabled) FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT concat_ws(' ', conrelid::regclass, pg_get_constraintdef(oid)) FROM pg_constraint WHERE conrelid > 0
    UNION ALL SELECT concat_ws(' ', proname, md5(prosrc)) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
) AS lines
"""
"""Columns, triggers, constraints and functions: what a test may have changed that emptying does not mend."""
NAMES = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = %s"
KEPT = "alembic_version"


def _emptied(name: str, template: str) -> bool:
    """Makes a used database as good as new, in a twentieth of the time a new one takes. False: throw it away."""
    with psycopg.connect(_address(name), autocommit=True) as used, psycopg.connect(_address(template)) as new:
        used.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()",
            (name,),
        )
        if used.execute(SHAPE).fetchone() != new.execute(SHAPE).fetchone():
            return False
        tables, counters = ([row[0] for row in used.execute(NAMES, (kind,))] for kind in ("r", "S"))
        filled = " UNION ALL ".join(
            f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM \"{table}\")" for table in tables if table != KEPT
        )
        with used.transaction():
            used.execute("SET LOCAL session_replication_role = replica")  # nothing checks, nothing refuses
            for (table,) in used.execute(filled).fetchall():
                used.execute(f'DELETE FROM "{table}"')
            used.execute("SELECT " + ", ".join(f"setval('\"{counter}\"', 1, false)" for counter in counters))
        return used.execute(f"SELECT * FROM {KEPT}").fetchall() == new.execute(f"SELECT * FROM {KEPT}").fetchall()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, databases: Databases) -> Iterator[Database]:
    """A fresh, empty database of each kind: what a test commits is its own."""
    with databases(request.param) as fresh:
        yield fresh


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """One open transaction, rolled back at the end."""
    with Session(database.engine, expire_on_commit=False) as opened, opened.begin():
        yield opened
        opened.rollback()


@pytest.fixture
def keys() -> Keys:
    return Keys(b"a master secret for tests, 32 bytes!")


@pytest.fixture
def at() -> Callable[[str], datetime]:
    """`at("2026-05-12T09:30+08:00")`: a moment, as people write it."""
    return parse_moment


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real books; without it the test is skipped, and says so."""
    folder = Path(os.environ.get("COLLECTOR_TEST_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip("the folder of real books is absent; set COLLECTOR_TEST_DATA")
    return folder

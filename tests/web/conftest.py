"""A floor behind a client: two portfolios, one user for each role, keys, and a clock that the test moves."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from conftest import Databases
from fastapi.testclient import TestClient
from floor import Floor
from httpx2 import Response
from sqlmodel import select

from collector.casework.office import Office
from collector.dispatch.twilio import Signatures
from collector.facts import actions as facts
from collector.foundation.database import Database
from collector.foundation.keys import Keys
from collector.foundation.settings import Settings
from collector.identity import actions as identity
from collector.identity.installation import install
from collector.identity.passwords import hash_password
from collector.identity.rules import ApiScope, Level, Role
from collector.identity.tables import User
from collector.planning.queries import Mark
from collector.portfolio.actions import give_access
from collector.portfolio.tables import CallerNumber
from collector.web.app import create_web
from collector.web.session import Desk

NOW = datetime(2026, 5, 11, 2, 0, tzinfo=UTC)
"""10:00 in Shanghai, the morning after Wang's first instalment was due."""
PASSWORD = "walnut tram violet nine"
HOST = "http://127.0.0.1"
SID = "AC" + "1" * 32
TOKEN = "only for webhooks"
SECRET = b"a master secret for tests, 32 bytes!"
CSRF = re.compile(r'name="csrf" value="([^"]+)"')


class Moved:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class Building:
    """What the tests of this room start from."""

    office: Office
    clock: Moved
    book: Floor
    web: Any
    keys: dict[str, str] = field(default_factory=dict)
    portal: BlockingPortal | None = None

    def client(self, **options: Any) -> TestClient:
        client = TestClient(self.web, base_url=HOST, follow_redirects=False, **options)
        client.portal = self.portal
        return client

    def signed_in(self, name: str) -> Visitor:
        """Somebody who signed in a moment ago; `enter` is the way in itself, which costs an Argon2 each time."""
        client = self.client()
        with self.office.database.begin() as session:
            user = session.exec(select(User).where(User.name == name)).one()
            token = identity.begin_session(session, user, identity.Came("testclient"), self.clock()).token
        client.cookies.set("collector", token, domain="127.0.0.1")
        return Visitor(client)

    def enter(self, name: str) -> Visitor:
        client = self.client()
        answer = client.post("/login", data={"name": name, "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        return Visitor(client)

    def api(self, key: str = "all") -> ApiVisitor:
        return ApiVisitor(self.client(), self.keys[key])


@dataclass
class Visitor:
    """Somebody with a browser."""

    client: TestClient

    def get(self, path: str) -> Response:
        return self.client.get(path)

    def csrf(self) -> str:
        found = CSRF.search(self.get("/search").text)
        assert found, "a page without a token"
        return found[1]

    def post(self, path: str, fields: dict[str, Any] | None = None, **more: Any) -> Response:
        """A form as the page sends it."""
        return self.client.post(path, data={"csrf": self.csrf(), **(fields or {})}, **more)


@dataclass
class ApiVisitor:
    """A program with a key."""

    client: TestClient
    key: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}

    def get(self, path: str, **asked: Any) -> Response:
        return self.client.get(f"/api/v1{path}", params=asked, headers=self.headers)

    def post(self, path: str, **asked: Any) -> Response:
        return self.client.post(f"/api/v1{path}", json=asked, headers=self.headers)


def settings_for(database: Database, home: Path, **more: Any) -> Settings:
    return Settings(
        home=home,
        database_url=database.url.render_as_string(hide_password=False),
        public_url=HOST,
        twilio_account_sid=SID,
        twilio_auth_token=TOKEN,
        **{"require_codes": False, **more},
    )


def open_building(database: Database, home: Path, keys: Keys, **more: Any) -> Building:
    """Book, users and keys. Users are named by role; `stranger` and the key `us` see the other portfolio only."""
    office, clock = Office(settings_for(database, home, **more), database, keys), Moved()
    with database.begin() as session:
        install(session, keys, NOW)
        book = Floor(session)
        for number in (1, 2, 3):
            session.add(CallerNumber(portfolio_id=book.cn, number=f"+86571220100{number}0"))
        session.flush()
        facts.refresh(session, [book.wang, book.zhao, book.qian], NOW)
        building = Building(office, clock, book, create_web(office, clock))
        for role in Role:
            _user(session, role.value, [role], ["CN"])
        _user(session, "second", [Role.operations, Role.supervisor], ["CN"])
        _user(session, "stranger", list(Role), ["US"])
        building.keys = _keys(session)
    return building


@lru_cache(maxsize=1)
def hashed() -> str:
    """Argon2 is slow on purpose: once for all."""
    return hash_password(PASSWORD)


def _user(session: Any, name: str, roles: Sequence[Role], codes: Sequence[str]) -> None:
    user = User(
        name=name,
        staff_no=name,
        display_name=name,
        roles=",".join(roles),
        level=Level.senior,
        password_hash=hashed(),
        must_change=False,
        phone="+8657188880000",
        created_at=NOW,
    )
    session.add(user)
    session.flush()
    give_access(session, codes, user_id=user.id, actor="cli", at=NOW)


def _keys(session: Any) -> dict[str, str]:
    keys = {}
    for name, scopes, codes in (
        ("all", list(ApiScope), []),
        ("us", list(ApiScope), ["US"]),
        *((scope.value, [scope], []) for scope in ApiScope),
    ):
        shown, row = identity.add_api_key(session, name, scopes, NOW, "cli", all_portfolios=not codes)
        give_access(session, codes, api_key_id=row.id, actor="cli", at=NOW)
        keys[name] = shown
    return keys


ON_BOTH = frozenset({"test_pages", "test_webhooks"})
"""Whose tests run on both databases. What the other pages do with a database is done by rooms below them, whose own
tests run on both."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    named = any("database" in mark.args[0] for mark in metafunc.definition.iter_markers("parametrize"))
    if "database" in metafunc.fixturenames and not named:
        kinds = ["sqlite", "postgresql"] if metafunc.module.__name__.rpartition(".")[2] in ON_BOTH else ["sqlite"]
        metafunc.parametrize("database", kinds, indirect=True)


@pytest.fixture
def database(request: pytest.FixtureRequest, databases: Databases) -> Iterator[Database]:
    """A fresh, empty database of the kind that `pytest_generate_tests` chose."""
    with databases(request.param) as fresh:
        yield fresh


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory, templates: Callable[[str], str]) -> tuple[Path, Building]:
    """The file of a floor on SQLite, and what is in it: made once, copied for each test."""
    home = tmp_path_factory.mktemp("furnished")
    shutil.copy(templates("sqlite"), home / "collector.db")
    database = Database(f"sqlite:///{home / 'collector.db'}")
    made = open_building(database, home, Keys(SECRET))
    database.dispose()
    return home / "collector.db", made


@pytest.fixture
def building(
    database: Database, tmp_path: Path, keys: Keys, furnished: tuple[Path, Building], portal: BlockingPortal
) -> Building:
    if database.is_postgresql:
        opened = open_building(database, tmp_path, keys)
    else:
        file, made = furnished
        shutil.copy(file, str(database.url.database))
        office, clock = Office(settings_for(database, tmp_path), database, keys), Moved()
        made.web.state.desk = Desk(office, clock, Signatures(office.settings), Mark())
        opened = Building(office, clock, copy(made.book), made.web, dict(made.keys))
    opened.portal = portal
    return opened


@pytest.fixture(scope="session")
def portal() -> Iterator[BlockingPortal]:
    """One event loop for every request: a client of its own would start one for each."""
    with start_blocking_portal() as opened:
        yield opened


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, templates: Callable[[str], str]) -> Iterator[Building]:
    """A floor on SQLite shared by tests that leave nothing behind: they look, or are refused."""
    home = tmp_path_factory.mktemp("house")
    shutil.copy(templates("sqlite"), home / "collector.db")
    database = Database(f"sqlite:///{home / 'collector.db'}")
    yield open_building(database, home, Keys(SECRET))
    database.dispose()

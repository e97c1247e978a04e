"""What fits the published schema, or nearly, is answered in words: never by a fault of ours."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import schemathesis
from fastapi.routing import APIRoute
from hypothesis import HealthCheck, given, settings
from schemathesis.schemas import BaseSchema
from web.conftest import HOST, Building, open_building

from collector.casework import actions
from collector.foundation.database import Database
from collector.foundation.keys import Keys
from collector.web.api import book, floor, people


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory, templates: Callable[[str], str]) -> Iterator[Building]:
    """A planned floor of its own: these requests write, too."""
    home: Path = tmp_path_factory.mktemp("schema")
    shutil.copy(templates("sqlite"), home / "collector.db")
    database = Database(f"sqlite:///{home / 'collector.db'}")
    building = open_building(database, home, Keys(b"a master secret for tests, 32 bytes!"))
    actions.plan(building.office, "CN", building.clock(), actor="test")
    yield building
    database.dispose()


@pytest.fixture(scope="module")
def published(planned: Building) -> BaseSchema:
    headers = {**planned.api().headers, "Host": "127.0.0.1"}
    return schemathesis.openapi.from_asgi("/api/v1/openapi.json", planned.web, headers=headers)


ROUTES = [
    (method, f"/api/v1{route.path}")
    for part in (book, floor, people)
    for route in part.router.routes
    if isinstance(route, APIRoute)
    for method in sorted(route.methods)
]


@pytest.mark.parametrize(("method", "path"), ROUTES, ids=[f"{method} {path}" for method, path in ROUTES])
def test_no_request_ends_in_a_fault(method: str, path: str, published: BaseSchema, planned: Building) -> None:
    @settings(max_examples=10, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=published[path][method].as_strategy())
    def ask(case: schemathesis.Case) -> None:
        answer = case.call(base_url=HOST, headers=planned.api().headers)
        assert answer.status_code < 500, answer.text
        assert answer.status_code != 401, "the key was not taken"

    ask()

"""The typesetter that every case of this folder is set with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from case_making import Case

from collector.casework import casefiles
from collector.foundation.database import Database
from collector.foundation.typesetting import Typesetter


@pytest.fixture(scope="module")
def typesetter() -> Iterator[Typesetter]:
    with Typesetter(casefiles.shipped_templates() / "print") as setter:
        yield setter


@pytest.fixture
def case(database: Database, tmp_path: Path) -> Case:
    return Case(database, tmp_path)

"""A working floor for every story of this folder."""

from __future__ import annotations

import pytest
from floor import Story

from collector.foundation.database import Database


@pytest.fixture
def story(database: Database) -> Story:
    return Story(database)

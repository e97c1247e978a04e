"""A loaded portfolio per test, and files written on the spot."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from portfolio_loading import NOW, PORTFOLIO, Loading

from collector.foundation.database import Database
from collector.foundation.keys import Keys
from collector.portfolio.loading import LoadResult, load, read_mapping
from collector.portfolio.rules import LoadKind


@pytest.fixture
def loading(database: Database, keys: Keys, tmp_path: Path) -> Loading:
    """`loading("accounts", "account_no,...")`: write the text to a file, and load it into CN1."""
    count = 0

    def run(
        kind: str, body: str | bytes | Path, *, at: datetime = NOW, mapping: Any = None, **options: Any
    ) -> LoadResult:
        nonlocal count
        count += 1
        path = body if isinstance(body, Path) else tmp_path / f"{kind}-{count}.csv"
        if not isinstance(body, Path):
            path.write_bytes(body if isinstance(body, bytes) else body.encode())
        if kind != "portfolios" and mapping is None:
            options.setdefault("portfolio_code", "CN1")
        given = read_mapping(mapping) if mapping is not None else None
        return load(database.begin, keys, LoadKind(kind), path, mapping=given, at=at, actor="test", **options)

    return run


@pytest.fixture
def book(loading: Loading) -> Loading:
    """The same, with the portfolio there."""
    loading("portfolios", PORTFOLIO)
    return loading

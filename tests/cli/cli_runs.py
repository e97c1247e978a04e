"""Running `collector` in this process, and counting what it left behind."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, func, inspect, select, table
from typer.testing import CliRunner

from collector.cli.main import app


@dataclass(frozen=True)
class Run:
    """How one command ended."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on stdout; anything beside it fails."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Home:
    """A folder with an installation in it."""

    folder: Path
    more: Mapping[str, str]

    @property
    def environment(self) -> dict[str, str]:
        return {
            **{key: value for key, value in os.environ.items() if not key.startswith("COLLECTOR_")},
            "COLLECTOR_HOME": str(self.folder),
            **self.more,
        }

    def run(self, *words: str) -> Run:
        """One command; an exception that reaches the top fails the test: people never see a traceback."""
        hidden = {key: None for key in os.environ if key.startswith("COLLECTOR_")}
        result = CliRunner().invoke(app, [*words], env={**hidden, **self.environment})
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise AssertionError(f"{words} ended with a traceback") from result.exception
        return Run(result.exit_code, result.stdout, result.stderr)

    def file(self, name: str, body: str | bytes) -> str:
        """A file to give to a command; its path."""
        path = self.folder / name
        path.write_bytes(body if isinstance(body, bytes) else body.encode())
        return str(path)

    def rows(self) -> dict[str, int]:
        """How many rows each table has."""
        engine = create_engine(f"sqlite:///{self.folder / 'collector.db'}")
        with engine.connect() as connection:
            names = inspect(connection).get_table_names()
            counted = {name: connection.scalar(select(func.count()).select_from(table(name))) or 0 for name in names}
        engine.dispose()
        return counted

    def with_settings(self, **more: str) -> Home:
        return Home(self.folder, {**self.more, **{f"COLLECTOR_{key.upper()}": value for key, value in more.items()}})

"""What the columns of each kind of file hold, and what other systems call them: `headings.yaml` as a table."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from collector.foundation.files import read_yaml
from collector.portfolio.loading.columns import SHAPES
from collector.portfolio.rules import Holds, LoadKind, Wanted

FILE = Path(__file__).with_suffix(".yaml")


@lru_cache(maxsize=1)
def _known() -> Mapping[str, Any]:
    table: Mapping[str, Any] = read_yaml(FILE)
    return table


@lru_cache(maxsize=16)
def wanted(kind: LoadKind) -> tuple[Wanted, ...]:
    """The columns of a kind, in the order in which they are shown."""
    return tuple(_wanted(kind, column.name, column.required) for column in SHAPES[kind].columns)


def _wanted(kind: LoadKind, name: str, required: bool) -> Wanted:
    entry = _known().get(f"{kind}.{name}") or _known()[name]
    return Wanted(name, Holds(entry["holds"]), required, tuple(map(str, entry["names"])))


def holds(kind: LoadKind) -> Mapping[str, Holds]:
    """By column, what its cells mean."""
    return {one.name: one.holds for one in wanted(kind)}

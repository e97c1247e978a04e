"""What is wrong with a file, told by kind: how many rows, and the first of them, with nobody's data in the open."""

from __future__ import annotations

from collections.abc import Mapping as Map
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from collector.portfolio.loading.headings import holds
from collector.portfolio.loading.mapping import Mapping
from collector.portfolio.loading.reading import Reading
from collector.portfolio.loading.rejects import ProblemKind
from collector.portfolio.rules import PERSONAL, Holds, is_personal, veiled


@dataclass(frozen=True, slots=True)
class Example:
    """One row that has a problem. `value`: the cell, veiled where it is somebody's."""

    line: int
    reason: str
    value: str


@dataclass(frozen=True, slots=True)
class Told:
    """A kind of problem in one of our columns."""

    column: str
    reason: str
    count: int
    examples: Sequence[Example]


def told_kinds(reading: Reading, mapping: Mapping | None) -> tuple[Told, ...]:
    """The kinds of problems of what was read, the most frequent first."""
    source, sorts = _sources(mapping, reading.header), holds(reading.kind)
    kinds = sorted(reading.rejects.kinds.values(), key=lambda one: -one.count)
    return tuple(
        Told(one.column, one.reason, one.count, _examples(one, source, reading.header, sorts)) for one in kinds
    )


def _sources(mapping: Mapping | None, header: Sequence[str]) -> Map[str, str]:
    """By our column, the file's column that it is made of."""
    found = {name: name for name in header}
    if mapping is not None:
        found |= {target: source for source, target in mapping.rename.items()}
        derived: dict[str, Any] = mapping.derive
        found |= {
            target: how["from"] for target, how in derived.items() if isinstance(how, dict) and set(how) == {"from"}
        }
    return found


def _examples(kind: ProblemKind, source: Map[str, str], header: Sequence[str], sorts: Map[str, Holds]) -> list[Example]:
    found = []
    for line, reason, cells in kind.examples:
        name = source.get(kind.column, "")
        place = header.index(name) if name in header else None
        cell = cells[place].strip() if place is not None and place < len(cells) else ""
        hidden = sorts.get(kind.column) in PERSONAL or is_personal(cell)
        found.append(Example(line, reason, veiled(cell) if hidden else cell[:60]))
    return found

"""What can be wrong with a chain, each thing named once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum


class Damage(StrEnum):
    changed = "changed"
    """It no longer reads as it was sealed."""
    removed = "removed"
    inserted = "inserted"
    """It was never sealed, or not by us."""
    reordered = "reordered"
    """It is genuine, and stands in another's place."""


class Part(StrEnum):
    entry = "entry"
    link = "link"
    checkpoint = "checkpoint"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong. `last`: a run of positions, both ends included. Positions are of the chain; an entry
    that no link seals has none (0)."""

    damage: Damage
    part: Part
    position: int
    entry_id: int | None
    words: str
    last: int

    @classmethod
    def of(
        cls,
        damage: Damage,
        part: Part,
        position: int,
        words: str,
        *,
        entry_id: int | None = None,
        last: int | None = None,
    ) -> Finding:
        return cls(damage, part, position, entry_id, words, position if last is None else last)

    def __str__(self) -> str:
        if self.part is Part.entry:
            where = f" at position {self.position}" if self.position else ""
            return f"{self.damage}: entry {self.entry_id}{where} {self.words}"
        is_run = self.last != self.position
        where = f"{self.part}s {self.position}–{self.last}" if is_run else f"{self.part} {self.position}"
        return f"{self.damage}: {where} {self.words}"


def in_runs(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The same, neighbours of one kind told as one run. They come in order of position."""
    run: Finding | None = None
    for one in findings:
        alike = run is not None and (run.damage, run.part, run.words) == (one.damage, one.part, one.words)
        if run is not None and alike and one.part is not Part.entry and one.position == run.last + 1:
            run = replace(run, last=one.last, entry_id=None)
            continue
        if run is not None:
            yield run
        run = one
    if run is not None:
        yield run

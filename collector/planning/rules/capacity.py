"""Capacity: which calls fit into the agents' day, by rank (handbook section 5)."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple


class Cut(NamedTuple):
    """The first call of a level that does not fit: it and those after it, by (rank, person), are left out."""

    rank: int
    person_id: int


@dataclass(slots=True)
class Queue:
    """The planned calls of one level in compact form: 18 bytes a call, so that ten million fit in memory."""

    ranks: array[int] = field(default_factory=lambda: array("q"))
    persons: array[int] = field(default_factory=lambda: array("q"))
    segments: array[int] = field(default_factory=lambda: array("H"))

    def add(self, rank: int, person_id: int, segment: int) -> None:
        self.ranks.append(rank)
        self.persons.append(person_id)
        self.segments.append(segment)

    def extend(self, other: Queue) -> None:
        self.ranks.extend(other.ranks)
        self.persons.extend(other.persons)
        self.segments.extend(other.segments)

    def __len__(self) -> int:
        return len(self.ranks)


def fill(queues: Mapping[str, Queue], levels: Sequence[str], places: Mapping[str, int]) -> dict[str, Cut]:
    """For each level that does not fit, its cut. `levels` from lowest to highest; `places`: calls a day that the
    agents of a level can make, and a higher level may help a lower one, never the other way round.

    Taken by rank over all levels: a call fits while, for its level and each below it, the calls taken so far at that
    level or above leave a place. Once a level is full it stays full, so one cut a level says it all. Calls of a level
    that nobody on the floor has are not cut: no day is filled by them.
    """
    staffed = [level for at, level in enumerate(levels) if any(places.get(upper, 0) for upper in levels[at:])]
    room = {level: sum(places.get(upper, 0) for upper in staffed[at:]) for at, level in enumerate(staffed)}
    cuts: dict[str, Cut] = {}
    for rank, person_id, at in _by_rank(queues, staffed):
        level = staffed[at]
        if level in cuts:
            continue
        if all(room[lower] > 0 for lower in staffed[: at + 1]):
            for lower in staffed[: at + 1]:
                room[lower] -= 1
        else:
            cuts[level] = Cut(rank, person_id)
    return cuts


def _by_rank(queues: Mapping[str, Queue], levels: Sequence[str]) -> list[tuple[int, int, int]]:
    return sorted(
        (rank, person_id, at)
        for at, level in enumerate(levels)
        if level in queues
        for rank, person_id in zip(queues[level].ranks, queues[level].persons, strict=True)
    )


def left_out(queues: Mapping[str, Queue], cuts: Mapping[str, Cut], names: Sequence[str]) -> dict[str, int]:
    """How many calls of each segment are left out. `names`: segments by the number that the queues carry."""
    counted: Counter[str] = Counter()
    for level, cut in cuts.items():
        queue = queues[level]
        for rank, person_id, segment in zip(queue.ranks, queue.persons, queue.segments, strict=True):
            if (rank, person_id) >= cut:
                counted[names[segment]] += 1
    return dict(sorted(counted.items()))

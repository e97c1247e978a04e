"""The rows of the decision table: what each asks, what it admits, which rows meet, which are never reached."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from collector.strategy.rules.fields import FIELDS
from collector.strategy.rules.parts import Segment
from collector.strategy.rules.scales import Scales
from collector.strategy.rules.sets import Domain, Numbers, common, without

DAYS = "days_past_due"
MOST_PIECES = 1_000
"""A table more tangled than this is not searched to the end: its row counts as reachable."""

Box = dict[str, Domain]
"""Field → the values admitted; a field that is absent admits everything. `bucket` is said in days past due."""


@dataclass(frozen=True)
class Condition:
    """One field of a row, as written. `wanted` is for people: "M1 or M2", ">= 500.00"."""

    field: str
    domain: Domain
    wanted: str


@dataclass(frozen=True)
class Row:
    """A line of the decision table. All conditions must hold; none: it takes whatever reaches it."""

    segment: Segment
    conditions: tuple[Condition, ...]

    @property
    def name(self) -> str:
        return self.segment.name


class Shadow(NamedTuple):
    """A row no account can reach, and the earlier rows that take its accounts; none: it contradicts itself."""

    row: int
    by: tuple[int, ...]


def box(conditions: Sequence[Condition], scales: Scales) -> Box:
    """What the conditions admit together, field by field."""
    admitted: Box = {}
    for condition in conditions:
        name, domain = condition.field, condition.domain
        if name == "bucket":
            name, domain = DAYS, _days(domain, scales)
        admitted[name] = common(admitted.get(name, FIELDS[name].everything), domain)
    return admitted


def _days(domain: Domain, scales: Scales) -> Domain:
    names = (name for name in scales.bucket_names() if name in domain)
    return Numbers.of(pair for name in names for pair in scales.days_of(name).ranges)


def unreachable(tables: Sequence[Sequence[Condition]], scales: Scales) -> Iterator[Shadow]:
    """Rows that never match first: fully shadowed by earlier ones, or in contradiction with themselves.

    The last row, when it asks for nothing, is the required default and may well be a mere safety net.
    """
    boxes = [box(conditions, scales) for conditions in tables]
    for at, own in enumerate(boxes):
        if not all(own.values()):
            yield Shadow(at, ())
        elif at < len(boxes) - 1 or tables[at]:
            by = _covered(own, boxes[:at])
            if by:
                yield Shadow(at, by)


def overlaps(tables: Sequence[Sequence[Condition]], scales: Scales) -> Iterator[tuple[int, int]]:
    """Pairs of rows, default aside, that some account could match both, and of which the earlier, which takes it, is
    not the narrower one: a narrow row above a wider one is the way to write an exception."""
    boxes = [box(conditions, scales) for conditions in tables]
    for later in range(len(boxes)):
        for earlier in range(later):
            meet = tables[later] and tables[earlier] and _meet(boxes[earlier], boxes[later])
            if meet and any(_minus(boxes[earlier], boxes[later])):
                yield earlier, later


def _meet(one: Box, other: Box) -> bool:
    return all(one.values()) and all(
        common(domain, one.get(name, FIELDS[name].everything)) for name, domain in other.items()
    )


def _covered(own: Box, earlier: Sequence[Box]) -> tuple[int, ...]:
    """The earlier boxes that together leave nothing of this one; empty when something is left."""
    left, by = [own], []
    for at, taken in enumerate(earlier):
        if not any(_meet(taken, piece) for piece in left):
            continue
        by.append(at)
        left = [rest for piece in left for rest in _minus(piece, taken)]
        if not left:
            return tuple(by)
        if len(left) > MOST_PIECES:
            return ()
    return ()


def _minus(piece: Box, taken: Box) -> Iterator[Box]:
    if not _meet(taken, piece):
        yield piece
        return
    inside = dict(piece)
    for name, domain in taken.items():
        here = inside.get(name, FIELDS[name].everything)
        outside = without(here, domain)
        if outside:
            yield {**inside, name: outside}
        inside[name] = common(here, domain)

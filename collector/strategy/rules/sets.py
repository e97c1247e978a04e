"""Sets of values a condition admits: words, and whole numbers. Exact, so that what rows cover can be computed.

Numbers are whole (days, counts, minor units), so every range has both ends inside; `END` stands for no upper end.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

Value = str | int | bool | None

END = 10**18
"""Larger than any amount or count there is."""

Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Words:
    """These values; with `others`, every value but these."""

    values: frozenset[Value]
    others: bool = False

    def __contains__(self, value: Value) -> bool:
        return (value in self.values) != self.others

    def __bool__(self) -> bool:
        return self.others or bool(self.values)

    def common(self, other: Words) -> Words:
        if self.others and other.others:
            return Words(self.values | other.values, others=True)
        if self.others or other.others:
            plain, negated = (other, self) if self.others else (self, other)
            return Words(plain.values - negated.values)
        return Words(self.values & other.values)

    def without(self, other: Words) -> Words:
        return self.common(Words(other.values, others=not other.others))


@dataclass(frozen=True, slots=True)
class Numbers:
    """Ranges in order that neither touch nor overlap; `null`: absent is admitted too."""

    ranges: tuple[Range, ...]
    null: bool = False

    @staticmethod
    def of(ranges: Iterable[Range], null: bool = False) -> Numbers:
        """The same numbers from ranges in any order; those that end before they begin are empty."""
        merged: list[Range] = []
        for low, high in sorted(pair for pair in ranges if pair[0] <= pair[1]):
            if merged and low <= merged[-1][1] + 1:
                merged[-1] = (merged[-1][0], max(merged[-1][1], high))
            else:
                merged.append((low, high))
        return Numbers(tuple(merged), null)

    def __contains__(self, value: Value) -> bool:
        if not isinstance(value, int):
            return value is None and self.null
        return any(low <= value <= high for low, high in self.ranges)

    def __bool__(self) -> bool:
        return self.null or bool(self.ranges)

    @property
    def is_single(self) -> bool:
        """Whether one number, and nothing else, is admitted."""
        return not self.null and len(self.ranges) == 1 and self.ranges[0][0] == self.ranges[0][1]

    def common(self, other: Numbers) -> Numbers:
        pairs = ((max(a, c), min(b, d)) for a, b in self.ranges for c, d in other.ranges)
        return Numbers.of(pairs, self.null and other.null)

    def without(self, other: Numbers) -> Numbers:
        left = list(self.ranges)
        for low, high in other.ranges:
            left = [
                piece
                for a, b in left
                for piece in ((a, min(b, low - 1)), (max(a, high + 1), b))
                if piece[0] <= piece[1]
            ]
        return Numbers.of(left, self.null and not other.null)


Domain = Words | Numbers


def common(one: Domain, other: Domain) -> Domain:
    """What both admit. Both are of one field, hence of one kind."""
    if isinstance(one, Words):
        return one.common(cast(Words, other))
    return one.common(cast(Numbers, other))


def without(one: Domain, other: Domain) -> Domain:
    """What the first admits and the second does not. Both are of one field."""
    if isinstance(one, Words):
        return one.without(cast(Words, other))
    return one.without(cast(Numbers, other))

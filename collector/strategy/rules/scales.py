"""Lateness as words: buckets, and the five-tier class (handbook section 3)."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from collector.portfolio.rules import LedgerKind
from collector.strategy.rules.sets import END, Numbers

CURRENT = "current"


class AssetClass(StrEnum):
    """The five-tier classification (五级分类), best first."""

    normal = "normal"
    special_mention = "special_mention"
    substandard = "substandard"
    doubtful = "doubtful"
    loss = "loss"


@dataclass(frozen=True)
class Bucket:
    """Days past due, both ends inside; `last` None: no end."""

    name: str
    first: int
    last: int | None


@dataclass(frozen=True)
class AssetClasses:
    """From which day past due an account is of which class, for bank loans and for cards."""

    bank: tuple[tuple[AssetClass, int], ...]
    card: tuple[tuple[AssetClass, int], ...]
    card_products: frozenset[str]

    def kind(self, product: str) -> LedgerKind:
        return LedgerKind.card if product in self.card_products else LedgerKind.bank

    def of(self, product: str, days: int) -> AssetClass:
        """The class of a product that many days past due."""
        table = self.card if product in self.card_products else self.bank
        found = AssetClass.normal
        for name, first in table:
            if days < first:
                break
            found = name
        return found


@dataclass(frozen=True)
class Scales:
    """How this strategy reads lateness. Buckets run from day 1 without gap or overlap to an open end."""

    buckets: tuple[Bucket, ...]
    asset_classes: AssetClasses

    @cached_property
    def _firsts(self) -> tuple[int, ...]:
        return tuple(bucket.first for bucket in self.buckets)

    @cached_property
    def _names(self) -> tuple[str, ...]:
        return (CURRENT, *(bucket.name for bucket in self.buckets))

    def bucket(self, days: int) -> str:
        """The bucket that many days past due; 0 is `current`."""
        return self._names[bisect_right(self._firsts, days)]

    def bucket_names(self) -> tuple[str, ...]:
        """`current`, then the buckets, earliest first."""
        return self._names

    def days_of(self, name: str) -> Numbers:
        """The days past due that a bucket holds."""
        if name == CURRENT:
            return Numbers.of([(0, 0)])
        return Numbers.of((b.first, END if b.last is None else b.last) for b in self.buckets if b.name == name)

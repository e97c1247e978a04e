"""Keyset pages: stable under inserts, cheap at any depth."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
LARGEST = 500


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows, and the key to ask for those after them (None: there are no more)."""

    rows: Sequence[T]
    after: str | None


def page_of(rows: Sequence[T], limit: int, key: Callable[[T], str]) -> Page[T]:
    """A page from a query that asked for `limit` + 1 rows."""
    more = len(rows) > limit
    kept = rows[:limit]
    return Page(kept, key(kept[-1]) if more and kept else None)

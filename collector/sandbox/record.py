"""The judge's record: everything the carrier accepted, refused, did and reported, in order.

It holds whole numbers and texts because it must prove what was sent; it lives in memory, and dies with the
sandbox.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any

Entry = dict[str, Any]


class Record:
    """Entries carry `seq` (from 1), `at` (virtual time) and `kind`, such as `message.accepted`."""

    def __init__(self, limit: int) -> None:
        self._entries: deque[Entry] = deque(maxlen=limit)
        self._written = 0
        self.counts: Counter[str] = Counter()

    def write(self, kind: str, at: datetime, **details: Any) -> None:
        self._written += 1
        self.counts[kind] += 1
        self._entries.append({"seq": self._written, "at": at, "kind": kind, **details})

    def read(self, kind: str = "", since: int = 0, limit: int = 1000) -> list[Entry]:
        """Entries after `since` whose kind is `kind` or starts with `kind.`; an empty kind means all."""
        return list(islice(self._matching(kind, since), limit))

    def clear(self) -> None:
        self._entries.clear()
        self.counts.clear()

    def _matching(self, kind: str, since: int) -> Iterator[Entry]:
        skipped = max(0, since - (self._written - len(self._entries)))
        for entry in islice(self._entries, skipped, None):
            if not kind or entry["kind"] == kind or entry["kind"].startswith(kind + "."):
                yield entry

"""Entries, links and checkpoints as values, and what their hashes cover."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec

GENESIS = "0" * 64
"""What the first link stands on."""


def entry_hash(entry_id: int, at: datetime, actor: str, action: str, subject: str, detail: Mapping[str, Any]) -> str:
    """SHA-256 over the entry in one canonical form: sorted keys, UTC, no spaces."""
    body = msgspec.json.encode(
        [entry_id, at.astimezone(UTC).isoformat(), actor, action, subject, detail], order="sorted"
    )
    return hashlib.sha256(body).hexdigest()


def link_hash(before: str, position: int, entry: str) -> str:
    return hashlib.sha256(f"{before}:{position}:{entry}".encode()).hexdigest()


def veiled(salt: str, text: str) -> str:
    """Words about a person as an entry may hold them: an HMAC-SHA256 under the person's own salt, hex. The same words
    give the same value; once the salt is erased nobody can tell any more what they were."""
    return hmac.digest(salt.encode(), text.encode(), "sha256").hex()


class Entry(NamedTuple):
    """An entry as the database gives it. `at` None: its moment or its detail can not even be read any more."""

    id: int
    at: datetime | None
    actor: str
    action: str
    subject: str
    detail: Any

    def hash_as(self, number: int) -> str:
        """Its hash, if that were its id; empty for an entry that can not be read."""
        if self.at is None:
            return ""
        return entry_hash(number, self.at, self.actor, self.action, self.subject, self.detail)


class Sealed(NamedTuple):
    """A link, and its entry as it reads today (None: it is gone)."""

    position: int
    entry_id: int
    entry_hash: str
    hash: str
    entry: Entry | None

    def follows(self, before: str) -> bool:
        return hmac.compare_digest(self.hash, link_hash(before, self.position, self.entry_hash))


@dataclass(frozen=True, slots=True)
class Signed:
    """A checkpoint. `previous`: position of the one before it; None: it is from before they were chained."""

    position: int
    hash: str
    previous: int | None
    is_genuine: bool

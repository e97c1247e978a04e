"""The chain: what an entry's hash covers, and what a broken chain looks like."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import msgspec

GENESIS = "0" * 64
"""What the first link stands on."""


class Damage(StrEnum):
    changed = "changed"
    """The entry no longer reads as it was sealed."""
    removed = "removed"
    """A sealed entry is gone, or a link of the chain."""
    reordered = "reordered"
    """The link does not follow from the one before it."""
    forged = "forged"
    """A checkpoint's signature is not ours, or it signed another chain."""


@dataclass(frozen=True, slots=True)
class Finding:
    damage: Damage
    position: int
    entry_id: int | None
    words: str


@dataclass(frozen=True, slots=True)
class Sealed:
    """A link, and the hash its entry has today (None: the entry is gone)."""

    position: int
    entry_id: int
    entry_hash: str
    hash: str
    entry_hash_now: str | None


def entry_hash(entry_id: int, at: datetime, actor: str, action: str, subject: str, detail: Mapping[str, Any]) -> str:
    """SHA-256 over the entry in one canonical form: sorted keys, UTC, no spaces."""
    body = msgspec.json.encode(
        [entry_id, at.astimezone(UTC).isoformat(), actor, action, subject, detail], order="sorted"
    )
    return hashlib.sha256(body).hexdigest()


def link_hash(before: str, position: int, entry: str) -> str:
    return hashlib.sha256(f"{before}:{position}:{entry}".encode()).hexdigest()


def examine(links: Iterable[Sealed]) -> Iterable[Finding]:
    """Walks the chain from its start and names every place where it does not hold."""
    before, expected = GENESIS, 1
    for link in links:
        while expected < link.position:
            yield Finding(Damage.removed, expected, None, f"link {expected} is missing from the chain")
            expected += 1
        if link.hash != link_hash(before, link.position, link.entry_hash):
            yield Finding(
                Damage.reordered,
                link.position,
                link.entry_id,
                f"link {link.position} does not follow the one before",
            )
        if link.entry_hash_now is None:
            yield Finding(Damage.removed, link.position, link.entry_id, f"entry {link.entry_id} was removed")
        elif link.entry_hash_now != link.entry_hash:
            yield Finding(Damage.changed, link.position, link.entry_id, f"entry {link.entry_id} was changed")
        before, expected = link.hash, link.position + 1

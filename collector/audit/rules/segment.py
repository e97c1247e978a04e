"""A stretch of the chain between two signed ends, and what is wrong inside it.

A signed end proves everything that leads to it from the signed end before. So a stretch is first rolled up from its
entries' hashes alone: when that gives what was signed, places and entries' hashes are genuine, and any link whose own
hash differs is named exactly. Only when it does not, the links are walked one by one, each oddity explained by the
smallest change that makes the rest of the chain follow again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from collector.audit.rules.entry import Sealed, Signed, link_hash
from collector.audit.rules.findings import Damage, Finding, Part

SUSPECTS = 100
"""Links of a stretch that may have changed places with another: each is tried against each."""


@dataclass(slots=True)
class Stretch:
    """Links in order of position. `before`: what its first link stands on, at position `first`. `end`: the checkpoint
    that closes it. `loose`: hash → id of entries that no link seals."""

    before: str
    first: int
    links: Sequence[Sealed]
    end: Signed | None
    loose: Mapping[str, int]
    findings: list[Finding] = field(default_factory=list)
    gaps: list[tuple[int, str]] = field(default_factory=list)
    """Missing positions, with what the missing link stood on."""
    explained: set[int] = field(default_factory=set)
    """Positions whose link was found out, so that its entry says nothing more."""
    unlinked: set[int] = field(default_factory=set)
    """Loose entries whose links are missing here."""

    @property
    def base(self) -> str:
        """What the next stretch stands on."""
        if self.end is not None and self.end.is_genuine:
            return self.end.hash
        return self.links[-1].hash if self.links else self.before

    def look(self) -> None:
        signed = self._signed_values()
        if signed is None:
            _Walk(self).walk()
            return
        for link, value in zip(self.links, signed, strict=True):
            if link.hash != value:
                self.say(Damage.changed, link.position, "has another hash than was signed", link.entry_id)

    def say(
        self, damage: Damage, position: int, words: str, entry_id: int | None = None, last: int | None = None
    ) -> None:
        self.findings.append(Finding.of(damage, Part.link, position, words, entry_id=entry_id, last=last))

    def _signed_values(self) -> list[str] | None:
        """The hash of each link as it was signed; None where what is here does not lead to a signed end."""
        if self.end is None or not self.end.is_genuine:
            return None
        value, position, values = self.before, self.first, list[str]()
        for link in self.links:
            if link.position != position:
                return None
            value = link_hash(value, position, link.entry_hash)
            values.append(value)
            position += 1
        return values if values and value == self.end.hash and position == self.end.position + 1 else None


class _Walk:
    """Link by link. `before`: what the link at hand must stand on; None: not known, so the link is taken as it is."""

    def __init__(self, stretch: Stretch) -> None:
        self.stretch = stretch
        self.before: str | None = stretch.before
        self.earlier: str | None = None
        """What the link before the one at hand stood on."""
        self.expected = stretch.first
        links = stretch.links
        odd = [*links[:1], *(link for before, link in pairwise(links) if not link.follows(before.hash))]
        self.suspects = odd[:SUSPECTS]

    def walk(self) -> None:
        links = self.stretch.links
        for link, after in zip(links, [*links[1:], None], strict=True):
            if link.position < self.expected:
                self._tell(Damage.inserted, link, "has no place in the chain", is_explained=True)
                continue
            if link.position > self.expected:
                self._gap(link)
            stands_on = self.before
            self.before = self._one(link, after)
            self.earlier, self.expected = stands_on, link.position + 1
        self._reach_end()

    def _tell(self, damage: Damage, link: Sealed, words: str, *, is_explained: bool) -> None:
        self.stretch.say(damage, link.position, words, link.entry_id)
        if is_explained:
            self.stretch.explained.add(link.position)

    def _gap(self, link: Sealed) -> None:
        """Positions that are not there; where their entries still are, the chain goes on over them."""
        first, last, before = self.expected, link.position - 1, self.before
        self.before = None if before is None else self._bridge(before, first, last, link.follows)
        self.stretch.say(Damage.removed, first, "is missing from the chain", last=last)

    def _bridge(self, before: str, first: int, last: int, leads_on: Callable[[str], bool]) -> str | None:
        """The hash of the last of these missing links, from entries that no link seals any more."""
        if first == last:
            self.stretch.gaps.append((first, before))
        loose, count = list(self.stretch.loose.items()), last - first + 1
        for start in range(len(loose) - count + 1):
            value, taken = before, loose[start : start + count]
            for position, (sealed, _) in enumerate(taken, first):
                value = link_hash(value, position, sealed)
            if leads_on(value):
                self.stretch.unlinked.update(number for _, number in taken)
                return value
        return None

    def _one(self, link: Sealed, after: Sealed | None) -> str | None:
        """Name what is wrong with a link; returns what the next one must stand on."""
        before = self.before
        if before is None or link.follows(before):
            return link.hash
        own = link.entry.hash_as(link.entry_id) if link.entry is not None else ""
        if link.hash == link_hash(before, link.position, own):
            self._tell(Damage.changed, link, "does not hold the hash of its entry any more", is_explained=True)
            return link.hash
        return self._moved(link, before) or self._changed(link, after, before) or self._odd(link, after)

    def _moved(self, link: Sealed, before: str) -> str | None:
        for other in self.suspects:
            if other is not link and other.hash == link_hash(before, link.position, other.entry_hash):
                self._tell(Damage.reordered, link, f"now stands at position {other.position}", is_explained=False)
                return other.hash
        return None

    def _changed(self, link: Sealed, after: Sealed | None, before: str) -> str | None:
        """The hash it should have, when the chain goes on from that: its own hash was changed, or all of it."""
        value = link_hash(before, link.position, link.entry_hash)
        if self._goes_on(value, link, after):
            self._tell(Damage.changed, link, "has another hash than the chain goes on from", is_explained=False)
            return value
        for sealed, number in self.stretch.loose.items():
            value = link_hash(before, link.position, sealed)
            if self._goes_on(value, link, after):
                self._replaced(link.position, number)
                return value
            if self.earlier is not None and link.follows(link_hash(self.earlier, link.position - 1, sealed)):
                self._replaced(link.position - 1, number)
                return link.hash
        return None

    def _replaced(self, position: int, entry_id: int) -> None:
        self.stretch.say(Damage.changed, position, f"was replaced; it sealed entry {entry_id}", entry_id)
        self.stretch.explained.add(position)

    def _odd(self, link: Sealed, after: Sealed | None) -> str | None:
        if self._goes_on(link.hash, link, after):
            self._tell(Damage.changed, link, "does not hold the hash that it sealed any more", is_explained=True)
            return link.hash
        if link.entry is None:
            self._tell(Damage.inserted, link, "was never sealed", is_explained=True)
        else:
            self._tell(Damage.reordered, link, "does not follow the one before", is_explained=False)
        return None

    def _goes_on(self, value: str, link: Sealed, after: Sealed | None) -> bool:
        """Whether what comes next stands on that hash."""
        end = self.stretch.end
        if after is not None:
            return after.position == link.position + 1 and after.follows(value)
        return end is not None and end.is_genuine and (end.position, end.hash) == (link.position, value)

    def _reach_end(self) -> None:
        stretch, end = self.stretch, self.stretch.end
        if end is None or not end.is_genuine:
            return
        if self.expected <= end.position:
            if self.before is not None:
                self._bridge(self.before, self.expected, end.position, end.hash.__eq__)
            stretch.say(Damage.removed, self.expected, "is missing from the chain", last=end.position)
        elif not stretch.findings and self.before != end.hash:
            stretch.say(Damage.changed, stretch.first, "does not lead to the end that was signed", last=end.position)

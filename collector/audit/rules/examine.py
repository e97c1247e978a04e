"""Walking the whole chain in a stream, stretch by stretch, and naming every place where it does not hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from collector.audit.rules.entry import GENESIS, Entry, Sealed, Signed, link_hash
from collector.audit.rules.findings import Damage, Finding, Part
from collector.audit.rules.segment import Stretch

PIECE = 20_000
"""Links held at once where no checkpoint closes a stretch."""
COMPARED = 300
"""Entries that do not read as sealed, and are tried against each other to see whether they changed places."""


class Examiner:
    """One examination. `loose`: entries that no link seals."""

    def __init__(self, loose: Sequence[Entry]) -> None:
        self._loose = loose
        self._by_hash = {entry.hash_as(entry.id): entry.id for entry in loose if entry.at is not None}
        self._broken: list[Sealed] = []
        self._gaps: list[tuple[int, str]] = []
        self._accounted: set[int] = set()
        self._prior = 0

    def examine(self, links: Iterable[Sealed], ends: Iterable[Signed]) -> Iterator[Finding]:
        """Both in order of position. What is found about entries that may have changed places comes last."""
        before, first = GENESIS, 1
        for piece in _pieces(links, ends):
            if piece.is_tail:
                yield from map(self._past_the_end, piece.links)
                continue
            if piece.end is not None:
                yield from self._checkpoint(piece.end)
            stretch = Stretch(before, first, piece.links, piece.end, self._by_hash)
            stretch.look()
            yield from self._noted(stretch)
            before = stretch.base
            if piece.end is not None and piece.end.is_genuine:
                first = piece.end.position + 1
            elif piece.links:
                first = piece.links[-1].position + 1
        yield from self._entries()

    def inserted(self, settled: int) -> Iterator[Finding]:
        """Loose entries up to this id that no finding accounts for: all that was committed so early is sealed."""
        for entry in self._loose:
            if entry.id <= settled and entry.id not in self._accounted:
                words = "stands among sealed ones and was never sealed"
                yield Finding.of(Damage.inserted, Part.entry, 0, words, entry_id=entry.id)

    def _checkpoint(self, end: Signed) -> Iterator[Finding]:
        if not end.is_genuine:
            yield Finding.of(Damage.changed, Part.checkpoint, end.position, "is not signed by us")
        elif end.previous is not None and end.previous != self._prior:
            yield Finding.of(Damage.removed, Part.checkpoint, end.previous, "is gone")
        self._prior = end.position

    def _past_the_end(self, link: Sealed) -> Finding:
        """Every sealing ends with a checkpoint, so that a link after the last one was put there, or moved there."""
        for position, before in self._gaps:
            if link.hash == link_hash(before, position, link.entry_hash):
                words = f"is the one that is missing at position {position}"
                return Finding.of(Damage.reordered, Part.link, link.position, words, entry_id=link.entry_id)
        return Finding.of(Damage.inserted, Part.link, link.position, "stands after the last signed end")

    def _noted(self, stretch: Stretch) -> Iterator[Finding]:
        yield from stretch.findings
        self._accounted.update(one.entry_id for one in stretch.findings if one.entry_id is not None)
        self._accounted |= stretch.unlinked
        self._gaps += stretch.gaps[: COMPARED - len(self._gaps)]
        for link in stretch.links:
            if link.position in stretch.explained:
                continue
            if link.entry is not None and link.entry.hash_as(link.entry_id) == link.entry_hash:
                continue
            if len(self._broken) < COMPARED:
                self._broken.append(link)
            else:
                yield _plainly(link)

    def _entries(self) -> Iterator[Finding]:
        """Each of those links, with the entry that it sealed wherever that stands now."""
        rows = [*(link.entry for link in self._broken if link.entry is not None), *self._loose]
        readable = [row for row in rows if row.at is not None]
        as_is = {row.hash_as(row.id): row.id for row in readable}
        named = {link.entry_id for link in self._broken}
        for link in self._broken:
            number = as_is.get(link.entry_hash)
            if number is not None:
                self._accounted.add(number)
                damage = Damage.reordered if number in named else Damage.changed
                words = f"names entry {link.entry_id}; it sealed entry {number}"
                yield Finding.of(damage, Part.link, link.position, words, entry_id=number)
                continue
            fits = (row.id for row in readable if row.hash_as(link.entry_id) == link.entry_hash)
            twin = next((other for other in fits if other != link.entry_id), None)
            if twin is None:
                yield _plainly(link)
                continue
            self._accounted.add(twin)
            words = f"is now numbered {twin}"
            yield Finding.of(Damage.reordered, Part.entry, link.position, words, entry_id=link.entry_id)


def _plainly(link: Sealed) -> Finding:
    damage = Damage.removed if link.entry is None else Damage.changed
    words = "is gone" if link.entry is None else "no longer reads as it was sealed"
    return Finding.of(damage, Part.entry, link.position, words, entry_id=link.entry_id)


class _Piece(NamedTuple):
    links: list[Sealed]
    end: Signed | None = None
    is_tail: bool = False
    """After the last checkpoint of all."""


def _pieces(links: Iterable[Sealed], ends: Iterable[Signed]) -> Iterator[_Piece]:
    waiting = iter(links)
    held = next(waiting, None)
    for end in ends:
        piece: list[Sealed] = []
        while held is not None and held.position <= end.position:
            if len(piece) == PIECE:
                yield _Piece(piece)
                piece = []
            piece.append(held)
            held = next(waiting, None)
        yield _Piece(piece, end)
    while held is not None:
        yield _Piece([held], is_tail=True)
        held = next(waiting, None)


def against_anchor(anchor: Signed, hash_here: str | None, newest: int) -> Iterator[Finding]:
    """What a checkpoint that was carried off says about the chain that is here now. `hash_here`: of the link at its
    position; `newest`: the last position there is."""
    if not anchor.is_genuine:
        yield Finding.of(Damage.changed, Part.checkpoint, anchor.position, "of the anchor is not signed by us")
    elif newest < anchor.position:
        words = "is missing: the anchor saw it, so this chain was cut, or is an older copy"
        yield Finding.of(Damage.removed, Part.link, newest + 1, words, last=anchor.position)
    elif hash_here != anchor.hash:
        words = "is not the one that the anchor saw: the chain was cut and sealed anew"
        yield Finding.of(Damage.changed, Part.link, anchor.position, words)

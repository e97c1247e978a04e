"""What is different between two documents, place by place: rows by their names, everything else by its path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any, NamedTuple

SEGMENTS = "segments"
PLAIN = {"exception": False, "disabled": False, "weight": 1.0}
"""What a row says without writing it down."""


class ChangeKind(StrEnum):
    added = "added"
    removed = "removed"
    changed = "changed"
    moved = "moved"
    """A row stands elsewhere among those that stayed."""


class Change(NamedTuple):
    """`part`: of the document; `place`: the row's name or the path inside the part; `what`: the field of a row.
    `before` and `after`: what is written there; None: nothing."""

    kind: ChangeKind
    part: str
    place: str = ""
    what: str = ""
    before: Any = None
    after: Any = None


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """From the old document to the new one: the rows in the new order, then the other parts."""
    found = list(_rows(_named(old.get(SEGMENTS)), _named(new.get(SEGMENTS))))
    for part in dict.fromkeys([*old, *new]):
        if part != SEGMENTS:
            found += _parts(part, "", old.get(part), new.get(part))
    return found


def _named(rows: Any) -> dict[str, Mapping[str, Any]]:
    listed = rows if isinstance(rows, list) else []
    return {str(row.get("name", at)): row for at, row in enumerate(listed) if isinstance(row, dict)}


def _rows(old: Mapping[str, Mapping[str, Any]], new: Mapping[str, Mapping[str, Any]]) -> Iterator[Change]:
    moved = _moved([name for name in old if name in new], [name for name in new if name in old])
    places = {name: at for at, name in enumerate(old, 1)}
    for at, (name, row) in enumerate(new.items(), 1):
        if name not in old:
            yield Change(ChangeKind.added, SEGMENTS, name, after=at)
            continue
        if name in moved:
            yield Change(ChangeKind.moved, SEGMENTS, name, before=places[name], after=at)
        yield from _fields(name, old[name], row)
    for name in old:
        if name not in new:
            yield Change(ChangeKind.removed, SEGMENTS, name, before=places[name])


def _moved(before: Sequence[str], after: Sequence[str]) -> frozenset[str]:
    """The fewest rows whose move explains the new order, as far as a diff finds them."""
    stayed: set[str] = set()
    for block in SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks():
        stayed.update(after[block.b : block.b + block.size])
    return frozenset(after) - stayed


def _fields(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for field in dict.fromkeys([*old, *new]):
        if field == "when":
            yield from _conditions(name, old.get("when") or {}, new.get("when") or {})
        elif old.get(field, PLAIN.get(field)) != new.get(field, PLAIN.get(field)):
            yield Change(ChangeKind.changed, SEGMENTS, name, field, old.get(field), new.get(field))


def _conditions(name: str, old: Any, new: Any) -> Iterator[Change]:
    if not isinstance(old, dict) or not isinstance(new, dict):
        return
    for field in dict.fromkeys([*old, *new]):
        if old.get(field) != new.get(field):
            kind = ChangeKind.added if field not in old else ChangeKind.removed if field not in new else None
            place = f"when.{field}"
            yield Change(kind or ChangeKind.changed, SEGMENTS, name, place, old.get(field), new.get(field))


def _parts(part: str, path: str, old: Any, new: Any) -> Iterator[Change]:
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys([*old, *new]):
            yield from _parts(part, f"{path}.{key}" if path else str(key), old.get(key), new.get(key))
        return
    kind = ChangeKind.added if old is None else ChangeKind.removed if new is None else ChangeKind.changed
    yield Change(kind, part, path, "", old, new)

"""A strategy's text changed at one place: a row moved, a part replaced. Everything else stays as it was written, and so
do the comments: those above a row go with it, those inside a changed row are put above it.

Only texts that can be read as YAML are changed so, whatever else is wrong with them; others are changed as text. Every
change is read back: where the text is laid out in a way that a change of lines would not carry, the part is written
anew.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import yaml

from collector.foundation.errors import BadInput
from collector.foundation.files import Span, comments_in, flow_yaml, read_yaml, spans_of, write_yaml

SEGMENTS = "segments"
WIDEST = 150
"""Characters of a row that is written on one line."""
Row = dict[str, Any]
Chunks = list[list[str]]


def data_of(text: str) -> dict[str, Any]:
    """The document as plain values, unchecked; a text that is no mapping is a `BadInput`."""
    data = read_yaml(text)
    if not isinstance(data, dict):
        raise BadInput("a strategy is a mapping: buckets, slots, segments …")
    return {str(key): value for key, value in data.items()}


def rows_of(text: str) -> list[Row]:
    """The rows of the decision table, unchecked; a `BadInput` where there is no list of rows."""
    rows = data_of(text).get(SEGMENTS)
    if rows is None:
        return []
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise BadInput("segments: write a list of rows, each with its name")
    return rows


def move_row(text: str, at: int, to: int) -> str:
    """The row goes to place `to` (from 0, beyond the end: the last)."""
    return _changed(text, at, lambda rows: rows.insert(max(0, min(to, len(rows) - 1)), rows.pop(at)))


def remove_row(text: str, at: int) -> str:
    return _changed(text, at, lambda rows: rows.pop(at))


def copy_row(text: str, at: int) -> str:
    """The same row once more below it, under a name of its own."""
    row = rows_of(text)[_inside(text, at)]
    return insert_row(text, at + 1, {**row, "name": free_name(text, str(row.get("name") or "segment"))})


def insert_row(text: str, at: int, row: Row) -> str:
    """A new row at place `at`."""
    column = _column(text)
    return _changed(text, None, lambda rows: rows.insert(at, row), _written(row, column), at)


def replace_row(text: str, at: int, row: Row) -> str:
    """The row with other content; what it held in comments stands above it."""
    if rows_of(text)[_inside(text, at)] == row:
        return text

    def change(rows: list[Any]) -> None:
        rows[at] = row

    return _changed(text, at, change, _written(row, _column(text)))


def free_name(text: str, wanted: str) -> str:
    """That name, or with the first number that makes it one of its own."""
    taken = {str(row.get("name")) for row in rows_of(text)}
    names = [wanted, *(f"{wanted}-{number}" for number in range(2, len(taken) + 3))]
    return next(name for name in names if name not in taken)


def parts_of(text: str) -> list[str]:
    """The parts that the text writes down, in their order."""
    return list(data_of(text))


def part_of(text: str, key: str) -> str:
    """A part as it stands, comments above it too; empty: it is not written down, and its defaults hold."""
    lines, spans = text.splitlines(), spans_of(text)
    if (key,) not in spans:
        return ""
    first, last = _borders(spans, key)
    return "\n".join(lines[first : last + 1]).strip("\n") + "\n"


def replace_part(text: str, key: str, block: str) -> str:
    """The part as the block says, which is that part and nothing else; an empty block takes the part out."""
    given = data_of(block) if block.strip() else {}
    if set(given) - {key}:
        raise BadInput(f"write this part and no other: it begins with {key}:")
    before = data_of(text)
    wanted = {name: value for name, value in before.items() if name != key or given}
    wanted |= given
    lines, spans = text.splitlines(), spans_of(text)
    new = block.strip("\n").splitlines() if given else []
    if (key,) in spans:
        first, last = _borders(spans, key)
        while first < last and not lines[first].strip():
            first += 1
        lines[first : last + 1] = new
    else:
        lines += ["", *new]
    return _proved("\n".join(lines) + "\n", wanted)


def _borders(spans: dict[tuple[str | int, ...], Span], key: str) -> tuple[int, int]:
    """A part, from behind the one before it."""
    own = spans[(key,)]
    before = max((span.last for place, span in spans.items() if len(place) == 1 and span.last < own.first), default=-1)
    return before + 1, own.last


def _inside(text: str, at: int) -> int:
    if not 0 <= at < len(rows_of(text)):
        raise BadInput("there is no such row any more; look at the table again")
    return at


def _column(text: str) -> int:
    """Where the dashes of the rows stand."""
    span = spans_of(text).get((SEGMENTS,))
    return 2 if span is None or span.flow else span.column


def _changed(
    text: str, at: int | None, change: Callable[[list[Any]], Any], new: Sequence[str] = (), place: int = 0
) -> str:
    """The text with the list of rows changed: `at` is the row it is about, `new` its lines or those of the row that
    comes to `place`."""
    if at is not None:
        _inside(text, at)
    data = data_of(text)
    rows = list(rows_of(text))
    change(rows)
    wanted = {**data, SEGMENTS: rows}
    spans = spans_of(text)
    chunks = _chunks(text, spans)
    if chunks is None:
        return _anew(text, rows)
    head, held, tail = chunks
    if not new:
        change(held)
    elif at is None:
        held.insert(place, list(new))
    else:
        held[at] = [*_above(held[at]), *new]
    if not held:
        return _anew(text, rows)
    return _proved("\n".join([*head, *(line for chunk in held for line in chunk), *tail]) + "\n", wanted, text, rows)


def _chunks(text: str, spans: dict[tuple[str | int, ...], Span]) -> tuple[list[str], Chunks, list[str]] | None:
    """Lines before the rows, of each row with what stands above it, and after them; None: not laid out row by row."""
    span = spans.get((SEGMENTS,))
    if span is None or span.flow:
        return None
    lines, last = text.splitlines(), span.first
    held: Chunks = []
    for number in range(len(rows_of(text))):
        own = spans[SEGMENTS, number]
        if own.first <= last:
            return None
        held.append(lines[last + 1 : own.last + 1])
        last = own.last
    return lines[: span.first + 1], held, lines[last + 1 :]


def _above(chunk: list[str]) -> list[str]:
    """What stands above a row in its chunk, and the comments it holds."""
    at = next(number for number, line in enumerate(chunk) if line.strip() and not line.lstrip().startswith("#"))
    indent = " " * (len(chunk[at]) - len(chunk[at].lstrip()))
    return [*chunk[:at], *(indent + comment for comment in comments_in(chunk[at:]))]


def _written(row: Row, column: int) -> list[str]:
    """A row as lines: on one line where it fits."""
    indent, line = " " * column, flow_yaml(row)
    if len(line) + column + 2 <= WIDEST:
        return [f"{indent}- {line}"]
    lines = write_yaml(row).rstrip("\n").split("\n")
    return [f"{indent}{'- ' if at == 0 else '  '}{line}" for at, line in enumerate(lines)]


def _proved(text: str, wanted: dict[str, Any], before: str = "", rows: list[Row] | None = None) -> str:
    """The text, once it is seen to say what it should."""
    try:
        is_right = data_of(text) == wanted
    except (BadInput, yaml.YAMLError):
        is_right = False
    if is_right:
        return text
    if rows is None:
        raise BadInput("this part can not be put back where it stood; change the whole text instead")
    return _anew(before, rows)


def _anew(text: str, rows: list[Row]) -> str:
    """The rows written anew, one below the other; comments that stood between them are kept above the first."""
    spans, lines = spans_of(text), text.splitlines()
    span = spans.get((SEGMENTS,))
    block = ["segments:", *(line for row in rows for line in _written(row, 2))] if rows else ["segments: []"]
    if span is None:
        return "\n".join([*lines, *block]) + "\n"
    comments = comments_in(lines[span.first : span.last + 1])
    return "\n".join([*lines[: span.first], *comments, *block, *lines[span.last + 1 :]]) + "\n"

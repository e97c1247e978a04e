"""Where in a YAML text each part stands, so that one part can be changed and the rest, comments too, stay as they are.

Lines count from 0 here: they are places in a list of lines, not what people are told.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import yaml

from collector.foundation.files.documents import Place, read_yaml, scalar_of


class Span(NamedTuple):
    """A part from its first line to the line of its last character. `column`: where its value begins; `flow`: it is
    written in brackets, on lines that may hold other parts too."""

    first: int
    last: int
    column: int
    flow: bool


def spans_of(text: str) -> dict[Place, Span]:
    """Every part of a document that `read_yaml` takes, by its path; else the same `BadInput`."""
    read_yaml(text)
    node = yaml.compose(text, Loader=yaml.CSafeLoader)
    return dict(_spans(node, (), None)) if node is not None else {}


def _spans(node: yaml.Node, place: Place, key: yaml.Node | None) -> Iterator[tuple[Place, Span]]:
    yield place, Span((key or node).start_mark.line, _last(node), node.start_mark.column, _is_flow(node))
    if isinstance(node, yaml.MappingNode):
        for own, value in node.value:
            name = scalar_of(own)
            yield from _spans(value, (*place, name if isinstance(name, int) else str(name)), own)
    elif isinstance(node, yaml.SequenceNode):
        for at, item in enumerate(node.value):
            yield from _spans(item, (*place, at), None)


def _is_flow(node: yaml.Node) -> bool:
    return not isinstance(node, yaml.CollectionNode) or bool(node.flow_style)


def _last(node: yaml.Node) -> int:
    """A block ends where its last part does: its own end is told only by what comes after the comments below it."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _last(last[1] if isinstance(last, tuple) else last)
    mark = node.end_mark
    return int(mark.line if mark.column or mark.line == node.start_mark.line else mark.line - 1)


def comments_in(lines: list[str]) -> list[str]:
    """The comments of these lines of a text, each from its `#` on, in order."""
    ends: dict[int, int] = {}
    inside: set[int] = set()
    for token in yaml.scan("\n".join(lines), Loader=yaml.CSafeLoader):
        first, last = token.start_mark.line, token.end_mark.line
        ends[last] = max(ends.get(last, 0), token.end_mark.column)
        if isinstance(token, yaml.ScalarToken):
            inside.update(range(first, last))
    found = (lines[at][ends.get(at, 0) :].strip() for at in range(len(lines)) if at not in inside)
    return [rest for rest in found if rest.startswith("#")]

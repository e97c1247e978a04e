"""Fills one DOCX layout in under limits. Run as a script by `printing.py`, alone: it imports nothing of the project,
so that it holds nothing worth stealing.

Every piece of template in the layout, its headers and its properties is checked before it is compiled: it may print
what it is given, ask about it and go through lists of it; it calls nothing and reaches for no attribute but those of
a letter.
"""

from __future__ import annotations

import base64
import io
import json
import resource
import sys
import zipfile
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Const,
    nodes.If,
    nodes.For,
    nodes.Getattr,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
)
GIVEN = frozenset({"title", "number", "language", "sender", "to", "body", "signed", "slip", "labels"})
PARTS = frozenset({"kind", "text", "rows", "title", "body", "number", "page", "cut"})
"""Attributes that a layout may read."""
EPOCH = (1980, 1, 1, 0, 0, 0)


class RefusedError(TemplateError):
    """The layout asks for more than a layout may."""


class LayoutEnvironment(ImmutableSandboxedEnvironment):
    """Checks every source before it is compiled."""

    def __init__(self) -> None:
        super().__init__(undefined=StrictUndefined, autoescape=True)
        self.globals.clear()
        self.filters.clear()
        self.tests.clear()

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        loops = {one.name for loop in tree.find_all(nodes.For) for one in _targets(loop)}
        for node in _every(tree):
            _check(node, GIVEN | loops)
        return tree


def _targets(loop: nodes.For) -> Iterator[nodes.Name]:
    if isinstance(loop.target, nodes.Name):
        yield loop.target
    yield from loop.target.find_all(nodes.Name)


def _every(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    for child in node.iter_child_nodes():
        yield from _every(child)


def _check(node: nodes.Node, names: frozenset[str]) -> None:
    if not isinstance(node, ALLOWED):
        raise RefusedError(f"'{type(node).__name__}' is not allowed in a layout: print values, ask with if, use for")
    if isinstance(node, nodes.Name) and (node.name not in names or node.name.startswith("_")):
        raise RefusedError(f"a layout is not given '{node.name[:40]}'")
    if isinstance(node, nodes.Getattr) and node.attr not in PARTS:
        raise RefusedError(f"a layout may not read '{node.attr[:40]}'")
    if isinstance(node, nodes.Operand) and node.op not in ("eq", "ne"):
        raise RefusedError("values are compared with == and != only")


def _confine(memory: int, seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _filled(layout: bytes, data: dict[str, Any], at: datetime) -> bytes:
    document = DocxTemplate(io.BytesIO(layout))
    document.render(data, jinja_env=LayoutEnvironment(), autoescape=True)
    about = document.docx.core_properties
    about.title, about.author, about.last_modified_by = data["title"], "", ""
    about.created = about.modified = at.replace(tzinfo=None, microsecond=0)
    made = io.BytesIO()
    document.save(made)
    return _undated(made.getvalue())


def _undated(made: bytes) -> bytes:
    """The same parts without the hour at which they were packed, so that the same letter gives the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made)) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.infolist():
            target.writestr(zipfile.ZipInfo(part.filename, EPOCH), source.read(part), zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def main(layout: str, memory: int, seconds: int) -> None:
    with open(layout, "rb") as file:
        content = file.read()
    _confine(memory, seconds)
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            made = _filled(content, asked["data"], datetime.fromisoformat(asked["at"]))
        except TemplateError as error:
            sys.stdout.write(json.dumps({"error": f"the layout is refused: {error.message}"}) + "\n")
            return
        sys.stdout.write(json.dumps({"docx": base64.b64encode(made).decode()}) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))

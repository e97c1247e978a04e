"""YAML and JSON from people: small, plain, without aliases, every key once, every line known.

Scalars follow YAML 1.2's core schema, not 1.1 as PyYAML does by itself: `no` stays text (it is a country),
`22:00` stays text (it is a time), so do dates; a number with a leading zero stays text, since it is a phone
or an ID.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from pathlib import Path
from typing import Any

import yaml

from collector.foundation.errors import BadInput, Problem
from collector.foundation.files import limits

Place = tuple[str | int, ...]

INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
FLOAT = re.compile(r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?")
MAX_DIGITS = 40
"""Of a whole number in JSON."""
WORDS = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip


def read_yaml(source: Path | str, name: str = "") -> Any:
    """The YAML document in a file, or in a text (then `name` is what errors call it)."""
    return _read(source, name)[0]


def read_yaml_with_lines(source: Path | str, name: str = "") -> tuple[Any, dict[Place, int]]:
    """The document, and the line (from 1) of every part of it by its path: ("segments", 2, "when")."""
    return _read(source, name)


def _read(source: Path | str, name: str) -> tuple[Any, dict[Place, int]]:
    text, file = _text(source, name, limits.MAX_YAML_BYTES)
    try:
        _check_events(text, file)
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        reason = f"not YAML: {error.problem or error.context}"
        problem = Problem(reason, mark.line + 1 if mark else None, file=file)
        raise BadInput(problems=(problem,)) from error
    except yaml.YAMLError as error:
        raise BadInput(problems=(Problem("a character that YAML forbids", file=file),)) from error
    lines: dict[Place, int] = {}
    builder = _Builder(file, lines)
    value = builder.build(node, ()) if node is not None else None
    if builder.problems:
        raise BadInput(problems=tuple(builder.problems))
    return value, lines


def _text(source: Path | str, name: str, limit: int) -> tuple[str, str | None]:
    """The text and what to call it, refused when too large before it is read."""
    file = name or (source.name if isinstance(source, Path) else None)
    if isinstance(source, str):
        body = source.encode(errors="surrogatepass")
    else:
        try:
            with source.open("rb") as stream:
                body = stream.read(limit + 1)
        except OSError as error:
            raise BadInput(problems=(Problem(f"can not be read: {error.strerror}", file=file),)) from error
    if len(body) > limit:
        raise BadInput(problems=(Problem(f"larger than {limit >> 10} KB", file=file),))
    try:
        return body.decode("utf-8-sig"), file
    except UnicodeDecodeError as error:
        line = body[: error.start].count(b"\n") + 1
        raise BadInput(problems=(Problem("not UTF-8; save it as UTF-8", line, file=file),)) from error


def _check_events(text: str, file: str | None) -> None:
    """Refuses what could grow or run, before anything is built: anchors, aliases, tags, deep nesting."""
    depth = documents = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        documents += isinstance(event, yaml.DocumentStartEvent)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        reason = _objection(event)
        if depth > limits.MAX_DEPTH:
            reason = f"nested deeper than {limits.MAX_DEPTH} levels"
        if documents > 1:
            reason = "a second document; one file holds one"
        if reason:
            raise BadInput(problems=(Problem(reason, _line(event), file=file),))


def _line(event: yaml.Event) -> int | None:
    return event.start_mark.line + 1 if event.start_mark else None


def _objection(event: yaml.Event) -> str | None:
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        return "anchors (&) and aliases (*) are not taken; write the value out, or put it in quotation marks"
    if getattr(event, "tag", None):
        return "tags (!) are not taken; write the plain value, or put it in quotation marks"
    return None


class _Builder:
    """Plain values out of nodes; collects every repeated key instead of stopping at the first."""

    def __init__(self, file: str | None, lines: dict[Place, int]) -> None:
        self._file = file
        self._lines = lines
        self.problems: list[Problem] = []

    def build(self, node: yaml.Node, place: Place) -> Any:
        self._lines.setdefault(place, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, place)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item, (*place, at)) for at, item in enumerate(node.value)]
        return scalar_of(node) if isinstance(node, yaml.ScalarNode) else None

    def _mapping(self, node: yaml.MappingNode, place: Place) -> dict[str | int, Any]:
        built: dict[str | int, Any] = {}
        for key_node, value_node in node.value:
            key = scalar_of(key_node) if isinstance(key_node, yaml.ScalarNode) else None
            if isinstance(key, bool | float) or key is None or key == "<<":
                self._complain("a key must be a word or a whole number", key_node)
            elif key in built:
                self._complain(f"the key {str(key)[:60]!r} appears twice; remove or rename one", key_node)
            else:
                self._lines[(*place, key)] = key_node.start_mark.line + 1
                built[key] = self.build(value_node, (*place, key))
        return built

    def _complain(self, reason: str, node: yaml.Node) -> None:
        self.problems.append(Problem(reason, node.start_mark.line + 1, file=self._file))


def scalar_of(node: yaml.ScalarNode) -> str | int | float | bool | None:
    """The value of a plain or quoted word."""
    text = str(node.value)
    if node.style not in (None, ""):  # quoted, or a block: text whatever it looks like
        return text
    if text in WORDS:
        return WORDS[text]
    if INTEGER.fullmatch(text):
        return int(text)
    if FLOAT.fullmatch(text):
        value = float(text)
        return value if math.isfinite(value) else text
    return text


def read_json(source: Path | str, name: str = "", most: int = limits.MAX_JSON_BYTES) -> Any:
    """The JSON document in a file or a text, of `most` bytes. Keys given twice, NaN and Infinity are refused."""
    text, file = _text(source, name, most)
    try:
        value = json.loads(
            text, object_pairs_hook=_once, parse_constant=_no_constant, parse_int=_whole, parse_float=_finite
        )
    except json.JSONDecodeError as error:
        raise BadInput(problems=(Problem(f"not JSON: {error.msg}", error.lineno, str(error.colno), file),)) from error
    except RecursionError as error:
        raise BadInput(problems=(Problem("nested too deeply", file=file),)) from error
    except ValueError as error:
        raise BadInput(problems=(Problem(str(error)[:200], file=file),)) from error
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    built = dict(pairs)
    if len(built) < len(pairs):
        repeated = Counter(key for key, _ in pairs).most_common(1)[0][0]
        raise ValueError(f"the key {repeated[:60]!r} appears twice in one object; remove or rename one")
    return built


def _whole(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise ValueError(f"a number of {len(digits)} digits")
    return int(digits)


def _finite(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise ValueError("a number beyond every range")
    return value


def _no_constant(word: str) -> float:
    raise ValueError(f"{word} is not a number in JSON")


PLAIN = re.compile(r"[^\W\d_][\w ().%/:-]*[\w).%]|[^\W\d_]")
"""Texts that need no quotation marks, whoever reads them."""


class _Writer(yaml.SafeDumper):
    """Texts that could be taken for something else stand in quotation marks; nothing is ever an alias."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text_node(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    is_plain = PLAIN.fullmatch(text) and text not in WORDS and ": " not in text and not text.endswith(":")
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if is_plain else '"')


_Writer.add_representer(str, _text_node)


def write_yaml(document: Any) -> str:
    """The document as `read_yaml` reads it back: the same keys, the same values."""
    return yaml.dump(document, Dumper=_Writer, allow_unicode=True, sort_keys=False, width=120)


def flow_yaml(document: Any) -> str:
    """The same on one line, in brackets."""
    text = yaml.dump(
        document, Dumper=_Writer, allow_unicode=True, sort_keys=False, width=float("inf"), default_flow_style=True
    )
    return str(text).strip()

"""One template: its header, what may stand in it, and its strict rendering.

A template file is a short header, a line `---`, and the body:

    purpose: reminder
    tone: informative
    description: Before the due date.
    ---
    {{ signature }}{{ name }}, ...

Jinja's sandbox alone is not enough: `{{ 'a'*10**9 }}` makes a gigabyte in it (security.md section 2, SMS templates).
So a body may only print catalogue variables and ask yes/no questions; everything else is refused before it is compiled.
Every variable of the body must be given, whatever branch is taken, and only one that a condition asks about may be
empty: a text with a hole in it is not sent.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from jinja2 import nodes

from collector.foundation.errors import BadInput, Problem
from collector.texts.rules import MAX_SOURCE_BYTES, MAX_TEXT, VARIABLES, Kind, Purpose, Tone, Value, samples
from collector.texts.syntax import ENVIRONMENT, names_in, read_body

_HEADER_KEYS: Final = frozenset({"purpose", "tone", "description"})

# Line breaks become spaces; other controls, invisible and direction-changing characters and lone surrogates vanish.
_SPACES = re.compile(r"[\t\n\v\f\r\x85\u2028\u2029]+")
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ud800-\udfff]")
_UNSAFE_IN_BODY = re.compile(_UNSAFE.pattern.replace("\x00-\x1f", "\x00-\x09\x0b-\x1f"))


@dataclass(frozen=True)
class Template:
    """A checked template, compiled once. `variables` must all be given; those in `may_be_empty` may be ''."""

    name: str
    language: str
    purpose: Purpose
    tone: Tone
    description: str
    body: str
    variables: frozenset[str]
    may_be_empty: frozenset[str]
    _fill: Callable[..., str]

    @cached_property
    def digest(self) -> str:
        """The beginning of the SHA-256 of its words: what a change of them changes."""
        return hashlib.sha256(self.body.encode()).hexdigest()[:16]

    @property
    def key(self) -> str:
        """Which very words these are, as a carrier registers them."""
        return key_of(self.language, self.name, self.digest)

    @property
    def source(self) -> str:
        """The whole text as it is edited: header, line, body."""
        head = [f"purpose: {self.purpose}", f"tone: {self.tone}"]
        head += [f"description: {self.description}"] if self.description else []
        return "\n".join([*head, "---", self.body]) + "\n"

    def render(self, values: Mapping[str, Value]) -> str:
        """The finished text. Values are data, never template source; other keys than `variables` are not looked at.

        Raises BadInput, naming the template and the variable, for a value that is absent, empty or of the wrong kind,
        and for a text over 1,600 characters. The message never repeats a value.
        """
        given = {name: self._value(name, values) for name in self.variables}
        text = self._fill(given).strip()
        if not text or len(text) > MAX_TEXT:
            raise self._refusal(f"has {len(text)} characters; a text has 1 to {MAX_TEXT}")
        return text

    def _value(self, name: str, values: Mapping[str, Value]) -> Value:
        value = values.get(name)
        if value is None:
            raise self._refusal(f"needs a value for '{name}' ({VARIABLES[name].meaning})")
        kind = VARIABLES[name].kind
        if isinstance(value, bool) is not (kind is Kind.flag) or not isinstance(value, str | bool):
            raise self._refusal(f"needs a {kind} for '{name}'")
        if isinstance(value, bool):
            return value
        if len(value) > MAX_TEXT:
            raise self._refusal(f"can not hold a '{name}' of more than {MAX_TEXT} characters")
        shown = clean(value)
        if not shown and name not in self.may_be_empty:
            raise self._refusal(f"needs a value for '{name}', which is empty")
        return shown

    def _refusal(self, reason: str) -> BadInput:
        return BadInput(problems=(Problem(f"the template {reason}", file=f"{self.language}/{self.name}"),))


def clean(value: str) -> str:
    """A value on one line, without what is not seen or turns the direction of what follows."""
    return _UNSAFE.sub("", _SPACES.sub(" ", value)).strip()


def key_of(language: str, name: str, digest: str) -> str:
    """Language, name and words of a text in one."""
    return f"{language}/{name}@{digest}"


def read_template(source: str, name: str = "", language: str = "", file: str | None = None) -> Template:
    """The template in `source`, the whole text of its file. Raises BadInput with every problem found and its line."""
    header, body, first_line, problems = _split(source)
    if problems:
        raise BadInput(problems=tuple(replace(problem, file=file) for problem in problems))
    tree, problems = read_body(body, Purpose(header["purpose"]), language)
    if problems:
        raise BadInput(problems=tuple(_moved(problem, first_line, file) for problem in problems))
    return _compiled(header, body, tree, name, language, file)


def check(source: str, language: str = "", file: str | None = None) -> list[Problem]:
    """What is wrong with a template's whole text; empty when it may be published."""
    try:
        read_template(source, language=language, file=file)
    except BadInput as error:
        return list(error.problems)
    return []


def _compiled(
    header: Mapping[str, str], body: str, tree: nodes.Template, name: str, language: str, file: str | None
) -> Template:
    names = frozenset(node.name for node in tree.find_all(nodes.Name))
    asked = frozenset(node.name for branch in tree.find_all(nodes.If) for node in names_in(branch.test))
    template = Template(
        name=name,
        language=language,
        purpose=Purpose(header["purpose"]),
        tone=Tone(header["tone"]),
        description=header.get("description", ""),
        body=body,
        variables=names,
        may_be_empty=asked,
        _fill=ENVIRONMENT.from_string(body).render,
    )
    try:
        template.render(samples(language))
    except BadInput as error:
        raise BadInput(problems=tuple(replace(problem, file=file) for problem in error.problems)) from error
    return template


def _split(source: str) -> tuple[dict[str, str], str, int, list[Problem]]:
    """Header, body, the line the body starts on, problems."""
    if len(source.encode("utf-8", "surrogatepass")) > MAX_SOURCE_BYTES:
        return {}, "", 1, [Problem(f"the template is larger than {MAX_SOURCE_BYTES} bytes")]
    lines = source.replace("\r\n", "\n").split("\n")
    if "---" not in lines:
        return {}, "", 1, [Problem("the header is missing: 'purpose: …', 'tone: …', then a line '---'", line=1)]
    end = lines.index("---")
    header, problems = _header(lines[:end])
    rest = lines[end + 1 :]
    blank = next((index for index, line in enumerate(rest) if line.strip()), 0)
    body = "\n".join(rest[blank:]).strip()
    if _UNSAFE_IN_BODY.search(body):
        problems.append(Problem("the body holds a control or invisible character"))
    if not body:
        problems.append(Problem("the body is empty", line=end + 1))
    return header, body, end + 2 + blank, problems


def _header(lines: list[str]) -> tuple[dict[str, str], list[Problem]]:
    header: dict[str, str] = {}
    problems: list[Problem] = []
    for number, line in enumerate(lines, start=1):
        key, colon, value = (part.strip() for part in line.partition(":"))
        if not colon or key not in _HEADER_KEYS:
            problems.append(Problem("a header line is 'purpose: …', 'tone: …' or 'description: …'", line=number))
        elif key in header:
            problems.append(Problem(f"'{key}' is given twice", line=number))
        header[key] = value
    for key, words in (("purpose", Purpose), ("tone", Tone)):
        if header.get(key) not in [word.value for word in words]:
            problems.append(Problem(f"'{key}' must be one of {', '.join(words)}", line=1))
    return header, problems


def _moved(problem: Problem, first_line: int, file: str | None) -> Problem:
    """A problem of the body where an editor shows it: below the header."""
    return replace(problem, line=problem.line and problem.line + first_line - 1, file=file)

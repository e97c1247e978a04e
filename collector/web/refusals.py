"""Why something was refused, in the reader's language.

The English sentence is raised where the rule is; `errors.po` beside this file knows it by its pattern. What is joined
("a; b"), placed ("book.csv, line 3, column amount: …") or led in ("not sent: …") is told part by part.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from collector.foundation.errors import Problem
from collector.web.patterns import Patterns

PLACE: Final = re.compile(
    r"(?:(?P<file>[^:;,]+), )?(?:line (?P<line>\d+)(?:, column (?P<of_line>[^:;]+))?|column (?P<column>[^:;]+)): "
    r"(?P<reason>.+)",
    re.DOTALL,
)
"""As `Problem` writes it."""
NAMED: Final = re.compile(r"(?P<name>[^:;]{1,100}): (?P<reason>.+)", re.DOTALL)
"""A field or a file, and what is wrong there."""
SPOKEN: Final = frozenset(
    {"channel", "expected", "kind", "kinds", "level", "proof", "role", "roles", "scope", "state", "thing", "to"}
)
"""Parts that hold words of the business; whatever another holds was typed, and is shown as it is."""
QUOTED: Final = re.compile(r"'([^']*)'|\"([^\"]*)\"")
UNNAMED: Final = {"some": "前面某行"}
"""What stands for a part where a kind of problem is told and not one of its values; others are simply a value."""
MOST: Final = 40
"""Sentences that a joined text is taken apart into."""
DEEPEST: Final = 5
"""Sentences within sentences that are looked into; ours have three."""
ENDED: Final = ("。", "？", "！")


@dataclass(frozen=True)
class Refusals:
    """The sentences of one language and its reasons of the law, with how it says a word of the business, a field of
    a form and a column of a file."""

    sentences: Patterns
    law: Patterns
    word: Callable[[str], str]
    field: Callable[[str], str]
    column: Callable[[str], str]

    def told(self, text: str) -> str:
        """The whole as one sentence with its full stop; what is not known is shown as it is."""
        found = self.clause(text)
        return found if found.endswith(ENDED) or found == text else found + "。"

    def clause(self, text: str, depth: int = 0) -> str:
        """The same without a full stop, as a cell of a table has it. `depth`: sentences that this one stands in."""
        return (self._known(text.strip(), depth) if depth < DEEPEST else None) or text

    def placed(self, problem: Problem) -> str:
        """A problem as a clause, its place said first."""
        place = self._place(problem.file, problem.line, problem.column)
        reason = self.clause(problem.reason)
        return f"{place}：{reason}" if place else reason

    def _known(self, text: str, depth: int) -> str | None:
        return (
            self._one(text, depth, narrow=True)
            or self._placed_text(text, depth)
            or self._joined(text, depth)
            or self._one(text, depth, narrow=False)  # what a person typed may hold a semicolon too
            or self._of_field(text, depth, narrow=False)
        )

    def _one(self, text: str, depth: int, *, narrow: bool) -> str | None:
        """The text as one sentence of ours."""
        found = self.sentences.translated(
            text, lambda name, value: self._filled(name, value, depth, known=narrow), narrow=narrow
        )
        return found or self.law.translated(text, lambda _, value: self.word(value), narrow=narrow)

    def _placed_text(self, text: str, depth: int) -> str | None:
        found = PLACE.fullmatch(text)
        if found is None or "; " in found[0].removesuffix(found["reason"]):
            return None
        pieces = found["reason"].split("; ")
        own = next((at for at, piece in enumerate(pieces) if at and PLACE.fullmatch(piece)), len(pieces))
        column = found["of_line"] or found["column"]
        place = self._place(found["file"], int(found["line"]) if found["line"] else None, column)
        told = [f"{place}：{self.clause('; '.join(pieces[:own]), depth + 1)}"]
        told += [self.clause("; ".join(pieces[own:]), depth)] if pieces[own:] else []
        return "；".join(told)

    def _joined(self, text: str, depth: int) -> str | None:
        """The longest beginning that is a sentence, then the rest likewise; None unless all of it is known."""
        pieces = text.split("; ")
        for size in range(len(pieces) - 1 if len(pieces) <= MOST else 0, 0, -1):
            first = "; ".join(pieces[:size])
            told = self._one(first, depth, narrow=True) or self._of_field(first, depth, narrow=True)
            if told:
                rest = self._known("; ".join(pieces[size:]), depth)
                return f"{told}；{rest}" if rest else None
        return None

    def _of_field(self, text: str, depth: int, *, narrow: bool) -> str | None:
        """One sentence about a field, or a file."""
        found = NAMED.fullmatch(text)
        reason = self._one(found["reason"], depth, narrow=narrow) if found else None
        return f"{self.field(found['name'])}：{reason}" if found and reason else None

    def _place(self, file: str | None, line: int | None, column: str | None) -> str:
        parts = (
            file,
            f"第{line}行" if line is not None else None,
            f"列 {'、'.join(self.column(name) for name in column.split(', '))}" if column else None,
        )
        return "，".join(part for part in parts if part)

    def _filled(self, name: str, value: str, depth: int, *, known: bool) -> str | None:
        """What a part shows. `known`: a reason that is none of our sentences is None."""
        if name == "reason":
            told = self.clause(value, depth + 1)
            return None if known and told == value else told
        if value == "…":
            return UNNAMED.get(name, "该值")
        if name in SPOKEN:
            return self.word(QUOTED.sub(r"\1\2", value))
        return QUOTED.sub(r"“\1\2”", value)

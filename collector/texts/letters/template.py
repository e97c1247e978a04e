"""The words of one kind of letter in one language, checked when they are read, and filled in strictly.

Every piece is a small template under the same rules as a text message: it prints variables and asks yes/no questions,
nothing else. A piece that comes out empty is left out. A value that is missing is refused by name, with who can bring
it: a letter with a hole in it is not printed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from jinja2 import Template, nodes

from collector.foundation.errors import BadInput, Problem
from collector.texts.letters.document import BlockWords, LetterWords
from collector.texts.letters.letter import Block, Letter, Slip
from collector.texts.rules import ROWS, VALUES, Entry, Kind, LetterKind, LetterValue, Value, letter_samples, sample_rows
from collector.texts.syntax import ENVIRONMENT, names_in, read_piece
from collector.texts.template import clean

MOST_VALUE = 2_000
"""Characters of one value."""
MOST_ROWS = 400
"""Rows of one table."""
Rows = Mapping[str, Sequence[Mapping[str, str]]]
"""Table → its rows, by column."""


@dataclass(frozen=True)
class LetterTemplate:
    """`variables` are all the values it names; those in `may_be_empty` it asks about with `if`."""

    kind: LetterKind
    language: str
    words: LetterWords
    digest: str
    variables: frozenset[str]
    may_be_empty: frozenset[str]

    @property
    def entries(self) -> tuple[LetterValue, ...]:
        """What a person enters with such a letter, in the order of the catalogue."""
        return tuple(value for name, value in VALUES.items() if name in self.variables and value.entry)

    @property
    def tables(self) -> frozenset[str]:
        return frozenset(block.rows for block in _blocks_of(self.words) if block.rows)

    def missing(self, values: Mapping[str, Value]) -> tuple[LetterValue, ...]:
        """Every value that the letter can not do without and that is not given, in the order of the catalogue."""
        wanted = (value for name, value in VALUES.items() if name in self.variables - self.may_be_empty)
        return tuple(
            value
            for value in wanted
            if value.kind is Kind.text and not value.optional and not clean(str(values.get(value.name, "")))
        )

    def fill(self, values: Mapping[str, Value], rows: Rows) -> Letter:
        """The finished letter. A table that is known to be empty is left out. Raises BadInput with everything that is
        missing."""
        lacks = [*(value.name for value in self.missing(values)), *sorted(self.tables - rows.keys())]
        if lacks:
            raise BadInput(f"the letter lacks {', '.join(lacks)}")
        given = {name: _given(name, values) for name in self.variables}
        say = _sayer(given)
        slip = self.words.slip
        return Letter(
            kind=self.kind,
            language=self.language,
            template=self.digest,
            title=say(self.words.title),
            sender=_lines(self.words.sender, say),
            to=_lines(self.words.to, say),
            body=tuple(_filled(self.words.body, say, rows)),
            signed=_lines(self.words.signed, say),
            slip=Slip(say(slip.title), tuple(_filled(slip.body, say, rows))) if slip else None,
        )


def compile_letter(words: LetterWords, kind: LetterKind, language: str, source: str, file: str) -> LetterTemplate:
    """The template of these words. Raises BadInput with everything that is wrong in any piece."""
    problems: list[Problem] = []
    names: set[str] = set()
    asked: set[str] = set()
    for piece in _pieces(words):
        tree, wrong = read_piece(piece, VALUES)
        problems += [Problem(f"{one.reason}, in '{piece[:60]}'", file=file) for one in wrong]
        names |= {node.name for node in tree.find_all(nodes.Name)}
        asked |= {node.name for branch in tree.find_all(nodes.If) for node in names_in(branch.test)}
    problems += [Problem(one, file=file) for block in _blocks_of(words) for one in _wrong_table(block)]
    if problems:
        raise BadInput(problems=tuple(problems))
    digest = hashlib.sha256(source.encode()).hexdigest()[:16]
    template = LetterTemplate(kind, language, words, digest, frozenset(names), frozenset(asked))
    template.fill(letter_samples(language), sample_rows(language))
    return template


def _given(name: str, values: Mapping[str, Value]) -> Value:
    value = values.get(name, False if VALUES[name].kind is Kind.flag else "")
    if isinstance(value, bool) is not (VALUES[name].kind is Kind.flag):
        raise BadInput(f"the letter needs a {VALUES[name].kind} for '{name}'")
    if isinstance(value, bool):
        return value
    most = MOST_VALUE if VALUES[name].entry is Entry.text else MOST_VALUE // 4
    shown = clean(value)
    if len(shown) > most:
        raise BadInput(f"{VALUES[name].meaning} has more than {most} characters")
    return shown


def _sayer(given: Mapping[str, Value]) -> Callable[[str], str]:
    """Fills one piece in. Pieces were checked when they were read; values are data, never template source."""
    return lambda piece: clean(_compiled(piece).render(given))


@lru_cache(maxsize=4096)
def _compiled(piece: str) -> Template:
    """Compiled once: it costs a hundred times what filling in does."""
    return ENVIRONMENT.from_string(piece)


def _lines(pieces: Sequence[str], say: Callable[[str], str]) -> tuple[str, ...]:
    return tuple(said for said in map(say, pieces) if said)


def _filled(blocks: Sequence[BlockWords], say: Callable[[str], str], rows: Rows) -> Iterator[Block]:
    for block in blocks:
        if block.p or block.h:
            if said := say(block.p or block.h):
                yield Block("text" if block.p else "heading", said)
        elif block.lines:
            yield Block("lines", rows=tuple((line,) for line in _lines(block.lines, say)))
        elif block.pairs:
            pairs = [(say(label), say(value)) for label, value in block.pairs]
            yield Block("pairs", rows=tuple(pair for pair in pairs if pair[1]))
        elif rows[block.rows]:
            yield _table(block, say, rows[block.rows])


def _table(block: BlockWords, say: Callable[[str], str], rows: Sequence[Mapping[str, str]]) -> Block:
    if len(rows) > MOST_ROWS:
        raise BadInput(f"the table '{block.rows}' has {len(rows)} rows; a letter takes {MOST_ROWS}")
    head = tuple(say(label) for label in block.columns.values())
    lines = [tuple(clean(row.get(column, "")) or "—" for column in block.columns) for row in rows]
    return Block("rows", rows=(head, *lines))


def _wrong_table(block: BlockWords) -> Iterator[str]:
    if block.rows and block.rows not in ROWS:
        yield f"there is no table '{block.rows}'; there are {', '.join(sorted(ROWS))}"
    elif block.rows:
        for column in sorted(block.columns.keys() - ROWS[block.rows]):
            yield f"the table '{block.rows}' has no column '{column}'; it has {', '.join(sorted(ROWS[block.rows]))}"


def _blocks_of(words: LetterWords) -> Sequence[BlockWords]:
    return (*words.body, *(words.slip.body if words.slip else ()))


def _pieces(words: LetterWords) -> Iterator[str]:
    yield words.title
    yield from (*words.sender, *words.to, *words.signed)
    if words.slip:
        yield words.slip.title
    for block in _blocks_of(words):
        yield from (piece for piece in (block.p, block.h) if piece)
        yield from block.lines
        yield from block.columns.values()
        for label, value in block.pairs:
            yield from (label, value)

"""A letter as it stands, before any layout: finished words, in the order in which they are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from collector.texts.rules import LetterKind

BlockKind = Literal["text", "heading", "pairs", "rows", "lines"]


@dataclass(frozen=True, slots=True)
class Block:
    """`text`, `heading`: one paragraph. `pairs`: a table of a label and its value a row. `rows`: a table whose first
    row is its head. `lines`: lines to fill in or sign, one a row."""

    kind: BlockKind
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Slip:
    """What the reader signs and sends back."""

    title: str
    body: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """`template`: digest of the words it was made from. `sender`, `to`, `signed`: lines."""

    kind: LetterKind
    language: str
    template: str
    title: str
    sender: tuple[str, ...]
    to: tuple[str, ...]
    body: tuple[Block, ...]
    signed: tuple[str, ...]
    slip: Slip | None = None

    @property
    def words(self) -> str:
        """Everything it says, a piece a line: what is searched for what must not stand in it."""
        blocks = (*self.body, *(self.slip.body if self.slip else ()))
        pieces = [self.title, *self.sender, *self.to, *self.signed, *(block.text for block in blocks)]
        return "\n".join([*pieces, *(cell for block in blocks for row in block.rows for cell in row)])

    def as_data(self) -> dict[str, Any]:
        """As JSON keeps it: lists and words only."""
        data: dict[str, Any] = plain_data(asdict(self))
        return data


def letter_from(data: Mapping[str, Any]) -> Letter:
    """The letter that `as_data` wrote."""
    slip = data["slip"]
    return Letter(
        kind=LetterKind(data["kind"]),
        language=data["language"],
        template=data["template"],
        title=data["title"],
        sender=tuple(data["sender"]),
        to=tuple(data["to"]),
        body=_blocks(data["body"]),
        signed=tuple(data["signed"]),
        slip=Slip(slip["title"], _blocks(slip["body"])) if slip else None,
    )


def _blocks(data: Sequence[Mapping[str, Any]]) -> tuple[Block, ...]:
    return tuple(Block(one["kind"], one["text"], tuple(tuple(row) for row in one["rows"])) for one in data)


def plain_data(value: Any) -> Any:
    """Tuples as lists, enums as their words."""
    if isinstance(value, Mapping):
        return {name: plain_data(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain_data(part) for part in value]
    return str(value) if isinstance(value, str) else value

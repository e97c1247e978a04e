"""The file of one letter's words as it is written: `letters/<kind>.<language>.yaml`."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Piece = Annotated[str, Field(max_length=4_000)]
Lines = Annotated[list[Piece], Field(max_length=30)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class BlockWords(_Strict):
    """One block: exactly one of a paragraph, a heading, lines, pairs of label and value, or a table of the account's
    rows with the heads of its columns."""

    p: Piece = ""
    h: Piece = ""
    lines: Lines = []
    pairs: Annotated[list[tuple[Piece, Piece]], Field(max_length=40)] = []
    rows: str = ""
    columns: dict[str, Piece] = {}

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if sum(map(bool, (self.p, self.h, self.lines, self.pairs, self.rows))) != 1:
            raise ValueError("a block is one of p, h, lines, pairs and rows")
        if bool(self.rows) is not bool(self.columns):
            raise ValueError("rows come with their columns, and columns with rows")
        return self


class SlipWords(_Strict):
    """What is signed and sent back."""

    title: Piece
    body: Annotated[list[BlockWords], Field(min_length=1, max_length=40)]


class LetterWords(_Strict):
    """`description` is for whoever chooses it, and never printed."""

    description: Piece
    title: Piece
    sender: Lines = []
    to: Annotated[Lines, Field(min_length=1)]
    body: Annotated[list[BlockWords], Field(min_length=1, max_length=80)]
    signed: Annotated[Lines, Field(min_length=1)]
    slip: SlipWords | None = None

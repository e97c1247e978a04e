"""The words by which inbound messages are read, and what an opt-out closes where: data, read once and checked."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from collector.dispatch.rules.reading import STOPS, Reach, Reading, Signs, Tongue
from collector.foundation.errors import BadInput, Problem
from collector.foundation.files import read_yaml
from collector.history.rules import Channel
from collector.texts.rules.fold import has_cjk, plain

FOLDER = Path(__file__).parent / "words"
LANGUAGES = ("en", "zh")
DEFAULT = "default"
_PART = re.compile(r"<([a-z]+)>")


class Entry(BaseModel):
    """The signs of one reading, as they stand in a file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    words: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()
    clause: tuple[str, ...] = ()
    likely: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()


class WordsFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    courtesies: tuple[str, ...]
    contractions: dict[str, str]
    parts: dict[str, str]
    readings: dict[str, Entry]


class ReachLine(BaseModel):
    """What is closed from that day on. `every`: every medium."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    since: date | None = Field(default=None, alias="from")
    messages: tuple[Channel, ...] | Literal["every"]
    everything: tuple[Channel, ...] | Literal["every"]


@lru_cache(maxsize=1)
def load_tongues() -> tuple[Tongue, ...]:
    """How messages read, in every language we know; several may stand in one message."""
    return tuple(read_tongue((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"), name) for name in LANGUAGES)


def read_tongue(text: str, name: str) -> Tongue:
    """One language from the text of its file; what is wrong is a `BadInput` with its place."""
    try:
        file = WordsFile.model_validate(read_yaml(text, name))
    except ValidationError as error:
        raise BadInput(
            problems=tuple(
                Problem(part["msg"], column=".".join(map(str, part["loc"])), file=name) for part in error.errors()
            )
        ) from error
    unknown = file.readings.keys() - set(Reading) - STOPS.keys()
    if unknown or STOPS.keys() - file.readings.keys():
        raise BadInput(f"{name}: readings unknown, or stops missing: {', '.join(sorted(unknown)) or ', '.join(STOPS)}")
    return Tongue(
        _courtesies(file.courtesies),
        file.contractions,
        {key: _signs(entry, file.parts, f"{name}: {key}") for key, entry in file.readings.items()},
    )


def _courtesies(words: tuple[str, ...]) -> re.Pattern[str]:
    """At the two ends, as often as they come. English ones are whole words."""
    folded = sorted((plain(word) for word in words), key=len, reverse=True)
    ends = [re.escape(word) if has_cjk(word) else rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])" for word in folded]
    either = f"(?:{'|'.join(ends)})"
    return re.compile(rf"^(?:{either} ?)++|(?: ?{either})++$")


def _signs(entry: Entry, parts: dict[str, str], place: str) -> Signs:
    def pattern(lines: tuple[str, ...]) -> re.Pattern[str] | None:
        if not lines:
            return None
        whole = "|".join(f"(?:{line})" for line in lines)
        while found := _PART.search(whole):
            whole = whole.replace(found.group(), parts[found.group(1)])
        return re.compile(whole)

    try:
        return Signs(
            frozenset(map(plain, entry.words)),
            *(pattern(lines) for lines in (entry.alone, entry.clause, entry.likely, entry.unless)),
        )
    except (re.error, KeyError) as error:
        raise BadInput(problems=(Problem(f"not a pattern: {error}", file=place),)) from error


@lru_cache(maxsize=1)
def _reaches() -> dict[str, tuple[ReachLine, ...]]:
    data = read_yaml(FOLDER / "reach.yaml")
    return {code: tuple(ReachLine.model_validate(line) for line in lines) for code, lines in data.items()}


def closes(reach: Reach, jurisdiction: str, today: date) -> tuple[Channel | None, ...]:
    """The media an opt-out of that reach closes there on that day; (None,): every one of them."""
    lines = _reaches().get(jurisdiction) or _reaches()[DEFAULT]
    line = next(line for line in lines if line.since is None or line.since <= today)
    media = line.messages if reach is Reach.messages else line.everything
    return (None,) if media == "every" else media

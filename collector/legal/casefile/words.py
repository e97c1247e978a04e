"""The words that a case file prints, in its language."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

from collector.foundation.errors import BadInput
from collector.foundation.files import read_yaml

FILE = Path(__file__).with_name("words.yaml")


class Language(StrEnum):
    zh = "zh"
    en = "en"


class Words:
    """Words by name, and those of a kind of thing by kind and name. One that is not there is a mistake of ours."""

    def __init__(self, document: dict[str, Any], language: Language) -> None:
        self.language = language
        self._document = document

    def __call__(self, name: str, **values: str) -> str:
        text: str = self._document[name][self.language.value]
        return text.format(**values) if values else text

    def of(self, kind: str, value: str | None) -> str:
        """What a value of that kind is called; nothing for no value."""
        if value is None:
            return ""
        return str(self._document[kind][str(value)][self.language.value])

    def many(self, *names: str) -> list[str]:
        return [self(name) for name in names]


@lru_cache
def words_in(language: str) -> Words:
    """The words of "zh" or "en", also given as "zh-CN"; another language is a `BadInput`."""
    known = {one.value: one for one in Language}
    if language[:2] not in known:
        raise BadInput(f"a case file is made in zh or en, not in {language[:20]!r}")
    return Words(read_yaml(FILE), known[language[:2]])

"""Finding listed words in a text, whatever their width, case and spacing."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import product
from math import prod

_CHOICE = re.compile(r"\{([^{}]*)\}")
MOST_PHRASES = 1000
_BETWEEN = re.compile(r"[\s\W_]+")
_CJK = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")


def plain(text: str) -> str:
    """One width, one case; characters that are not seen are taken out."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(letter for letter in folded if unicodedata.category(letter) != "Cf")


def spread(phrase: str) -> list[str]:
    """Every phrase that "{tell,call} your {boss,family}" stands for."""
    parts = _CHOICE.split(phrase)
    choices = [part.split(",") if place % 2 else [part] for place, part in enumerate(parts)]
    if prod(map(len, choices)) > MOST_PHRASES:
        raise ValueError(f"stands for more than {MOST_PHRASES} phrases")
    return ["".join(chosen) for chosen in product(*choices)]


def has_cjk(text: str) -> bool:
    return _CJK.search(text) is not None


@lru_cache(maxsize=256)
def _patterns(words: tuple[str, ...]) -> tuple[re.Pattern[str] | None, re.Pattern[str] | None]:
    chinese = [re.escape(_BETWEEN.sub("", plain(word))) for word in words if has_cjk(word)]
    spaced = [r"[\s\W_]+".join(map(re.escape, plain(word).split())) for word in words if not has_cjk(word)]
    return (
        re.compile("|".join(chinese)) if chinese else None,
        re.compile(rf"(?<![a-z0-9])(?:{'|'.join(spaced)})(?![a-z0-9])") if spaced else None,
    )


def find(words: tuple[str, ...], text: str) -> str | None:
    """The first of the words that stands in the text. Chinese words are found across blanks and points between
    their characters; others as whole words."""
    chinese, spaced = _patterns(words)
    folded = plain(text)
    hit = chinese.search(_BETWEEN.sub("", folded)) if chinese is not None else None
    if hit is None and spaced is not None:
        hit = spaced.search(folded)
    return hit.group() if hit is not None else None


@lru_cache(maxsize=64)
def _introduction(words: tuple[str, ...]) -> re.Pattern[str]:
    spaced = "|".join(r"\s+".join(map(re.escape, word.split())) for word in words)
    return re.compile(rf"\b(?i:{spaced})[\s,:]+(?:[A-Z]|[\u3400-\u9fff])")


def names(words: tuple[str, ...], text: str) -> bool:
    """Whether one of the words introduces a name: something written with a capital letter, or in Chinese."""
    return not words or _introduction(words).search(unicodedata.normalize("NFKC", text)) is not None

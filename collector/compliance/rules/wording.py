"""Finding listed words in a text, whatever their width, case, script and spacing."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import product
from math import prod

from collector.texts.rules.fold import has_cjk, is_chinese, plain

__all__ = ["find", "has_cjk", "is_chinese", "names", "plain", "spread"]

_CHOICE = re.compile(r"\{([^{}]*)\}")
MOST_PHRASES = 1000

_BETWEEN = re.compile(r"[\s\W_]+")
_SPELLED = re.compile(r"(?<![a-z0-9])(?:[a-z][\s\W_]{1,3}){2,}[a-z](?![a-z0-9])")
"""Letters one by one: j.a.i.l"""
_GONE = "\ue000"
"""Stands where a harmless phrase stood: nothing is found across it."""


def spread(phrase: str) -> list[str]:
    """Every phrase that "{tell,call} your {boss,family}" stands for."""
    parts = _CHOICE.split(phrase)
    choices = [part.split(",") if place % 2 else [part] for place, part in enumerate(parts)]
    if prod(map(len, choices)) > MOST_PHRASES:
        raise ValueError(f"stands for more than {MOST_PHRASES} phrases")
    return ["".join(chosen) for chosen in product(*choices)]


@lru_cache(maxsize=256)
def _patterns(words: tuple[str, ...]) -> tuple[re.Pattern[str] | None, re.Pattern[str] | None]:
    between = r"[^\w\ue000]*_*[^\w\ue000]*"
    chinese = [between.join(map(re.escape, _BETWEEN.sub("", plain(word)))) for word in words if has_cjk(word)]
    spaced = [r"[\s\W_]+".join(map(re.escape, plain(word).split())) for word in words if not has_cjk(word)]
    return (
        re.compile("|".join(chinese)) if chinese else None,
        re.compile(rf"(?<![a-z0-9])(?:{'|'.join(spaced)})(?![a-z0-9])") if spaced else None,
    )


def find(words: tuple[str, ...], text: str, harmless: tuple[str, ...] = ()) -> str | None:
    """The first of the words that stands in the text, outside the harmless phrases. Chinese words are found across
    blanks and points between their characters; others as whole words, spelled letter by letter too."""
    folded = plain(text)
    for pattern in _patterns(harmless) if harmless else ():
        folded = pattern.sub(_GONE, folded) if pattern is not None else folded
    chinese, spaced = _patterns(words)
    hit = chinese.search(folded) if chinese is not None else None
    if hit is not None:
        return _BETWEEN.sub("", hit.group())
    if spaced is None:
        return None
    hit = spaced.search(folded)
    if hit is None and _SPELLED.search(folded):
        hit = spaced.search(_SPELLED.sub(lambda run: _BETWEEN.sub("", run.group()), folded))
    return hit.group() if hit is not None else None


@lru_cache(maxsize=64)
def _introduction(words: tuple[str, ...]) -> re.Pattern[str]:
    spaced = "|".join(r"\s+".join(map(re.escape, word.split())) for word in words)
    return re.compile(rf"\b(?i:{spaced})[\s,:]+(?:[A-Z]|[\u3400-\u9fff])")


def names(words: tuple[str, ...], text: str) -> bool:
    """Whether one of the words introduces a name: something written with a capital letter, or in Chinese."""
    return not words or _introduction(words).search(unicodedata.normalize("NFKC", text)) is not None

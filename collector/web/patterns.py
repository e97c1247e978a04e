"""Sentences with `{parts}`, found again in finished text: which one it is, and what was put in."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Final

PART: Final = re.compile(r"\{(\w+)\}")
HOLDS: Final = {"reason": ".+", "value": r"'.*'|\".*\"|[^\s:]+"}
"""What parts of these names hold: a reason may be more than one sentence, a value is quoted or is one word."""
LONGEST: Final = 3000
"""Characters of a text that is looked at; what is longer is nobody's sentence."""
Fill = Callable[[str, str], str | None]
"""The name of a part and what stands there → what is shown instead; None: it is not what such a part holds."""


class Patterns:
    """English sentences with their translations. The order is theirs, or the most literal first: the one that fits
    best is then met first, wherever it stands in the catalogue."""

    def __init__(self, told: Mapping[str, str], *, most_literal_first: bool = False) -> None:
        pairs = list(told.items())
        if most_literal_first:
            pairs.sort(key=lambda pair: -len(PART.sub("", pair[0])))
        self._pairs: Sequence[tuple[str, str]] = pairs

    @cached_property
    def _whole(self) -> Sequence[tuple[re.Pattern[str], str]]:
        return [(_compiled(english, ".+"), translated) for english, translated in self._pairs]

    @cached_property
    def _narrow(self) -> Sequence[tuple[re.Pattern[str], str]]:
        """With parts that hold no second sentence, but where a sentence is what they hold."""
        return [(_compiled(english, "(?:(?!; ).)+"), translated) for english, translated in self._pairs]

    def translated(self, text: str, fill: Fill, *, narrow: bool = False) -> str | None:
        """The translation of the first sentence that the text is; None where it is none of them."""
        if len(text) > LONGEST:
            return None
        for pattern, translated in self._narrow if narrow else self._whole:
            found = pattern.fullmatch(text)
            if found:
                parts = {name: fill(name, value) for name, value in found.groupdict().items()}
                if None not in parts.values():
                    return PART.sub(lambda part: str(parts[part[1]]), translated)  # noqa: B023 - used at once
        return None


def _compiled(english: str, part: str) -> re.Pattern[str]:
    def hole(found: re.Match[str]) -> str:
        return f"(?P<{found[1]}>{HOLDS.get(found[1], part)})"

    return re.compile(re.sub(r"\\\{(\w+)\\\}", hole, re.escape(english)), re.DOTALL)

"""The words of the screens in English and Chinese.

The English sentence is the key. `ZH` must know every key that a template or a page asks for: a house test reads them
all. Words of the business (outcomes, states, roles …) come from the same book, by their plain English form.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from collector.web.words.business import ZH_BUSINESS
from collector.web.words.law import ZH_LAW
from collector.web.words.objections import ZH_OBJECTIONS, ZH_PARTS
from collector.web.words.reasons import ZH_REASONS
from collector.web.words.screens import ZH_SCREENS

LANGUAGES = ("en", "zh")

REASONS = tuple(
    (re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+)", re.escape(english))), chinese)
    for english, chinese in (ZH_REASONS | ZH_OBJECTIONS).items()
)
_DAYS = re.compile(r"(\d+) days?")

ZH: Mapping[str, str] = {**ZH_SCREENS, **ZH_LAW, **ZH_BUSINESS}


class Words:
    """The words of one language."""

    def __init__(self, language: str) -> None:
        self.language = "zh" if language.startswith("zh") else "en"

    def __call__(self, sentence: str, **parts: object) -> str:
        """The sentence in this language, its `{parts}` filled in. An unknown sentence is a `KeyError`."""
        found = ZH[sentence] if self.language == "zh" else sentence
        return found.format(**parts) if parts else found

    def word(self, value: str | None) -> str:
        """A word of the business, such as `no_answer`; one that came from outside is shown as it is."""
        if not value:
            return ""
        known = plain_form(value)
        return ZH_BUSINESS.get(known, known) if self.language == "zh" else known

    def reason(self, text: str) -> str:
        """Why something is due or may not be, in this language; a sentence that is not known is shown as it is."""
        if self.language != "zh":
            return text
        for pattern, chinese in REASONS:
            if found := pattern.fullmatch(text):
                return chinese.format(**{name: _part(value) for name, value in found.groupdict().items()})
        return text

    @property
    def html(self) -> str:
        return "zh-CN" if self.language == "zh" else "en"


def _part(text: str) -> str:
    """A part of a reason: words of the business in Chinese, everything else as it is."""
    words = [ZH_PARTS.get(one) or ZH_BUSINESS.get(plain_form(one), one) for one in text.split(", ")]
    return _DAYS.sub(r"\1天", "、".join(words) if words != text.split(", ") else text)


SPELLED = {
    "co_borrower": "co-borrower",
    "callback": "call-back",
    "opt_out": "opt-out",
    "skiptrace": "skip-tracing",
    "over_indebted": "over-indebted",
}


def plain_form(value: str) -> str:
    """`no_answer` as people write it."""
    return SPELLED.get(value, value.replace("_", " "))

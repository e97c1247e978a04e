"""The words of the screens in English and Chinese.

The English sentence is the key; `zh.po` beside it must know every key that a template or a page asks for: a house
test reads them all. Words of the business (outcomes, states, roles …) come from the same catalogue, by their plain
English form.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from babel.messages.pofile import read_po

from collector.foundation.errors import Problem
from collector.web.patterns import Patterns
from collector.web.refusals import Refusals

LANGUAGES = ("en", "zh")


def _read(path: Path) -> Mapping[str, Mapping[str, str]]:
    """Context ("" for none) → English → the other language, in the order of the file."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    with path.open("rb") as file:
        for message in read_po(file, locale="zh_Hans", abort_invalid=True):
            if message.id:
                found[message.context or ""][str(message.id)] = str(message.string)
    return found


CHINESE = _read(Path(__file__).parent / "zh.po")
ERRORS = _read(Path(__file__).parent / "errors.po")
"""What is told when something is refused; `field`: how a field of a form is called there."""
_WORDS, _PARTS, _COLUMNS, _FIELDS = CHINESE["word"], CHINESE["part"], CHINESE["column"], ERRORS["field"]
_REASONS = Patterns(CHINESE["reason"])
_PART_OF_ADDRESS = re.compile(r"^(path|query|body)\.")
_DAYS = re.compile(r"(\d+) days?")


class Words:
    """The words of one language."""

    def __init__(self, language: str) -> None:
        self.language = "zh" if language.startswith("zh") else "en"

    def __call__(self, sentence: str, **parts: object) -> str:
        """The sentence in this language, its `{parts}` filled in. An unknown sentence is a `KeyError`."""
        found = sentence
        if self.language == "zh":
            found = CHINESE[""].get(sentence) or _WORDS[sentence]
        return found.format(**parts) if parts else found

    def word(self, value: str | None) -> str:
        """A word of the business, such as `no_answer`; one that came from outside is shown as it is."""
        if not value:
            return ""
        known = plain_form(value)
        return _WORDS.get(known, known) if self.language == "zh" else known

    def column(self, kind: str, name: str) -> str:
        """A column of a kind of file, by what people call it."""
        known = plain_form(name)
        if self.language != "zh":
            return known
        return _COLUMNS.get(f"{kind}.{known}") or _COLUMNS.get(known) or _WORDS.get(known, known)

    def reason(self, text: str) -> str:
        """Why something is due or may not be, in this language; a sentence that is not known is shown as it is."""
        if self.language != "zh":
            return text
        return _REASONS.translated(text, lambda _, value: _part(value)) or text

    def error(self, text: str) -> str:
        """Why something was refused, as one sentence; its English is `errors.po`'s key. What is not known is shown as
        it is."""
        return text if self.language != "zh" else _REFUSALS.told(text)

    def clause(self, text: str) -> str:
        """The same without a full stop, as a cell of a table has it."""
        return text if self.language != "zh" else _REFUSALS.clause(text)

    def problem(self, problem: Problem) -> str:
        """One thing wrong with an input, its place said in this language."""
        return str(problem) if self.language != "zh" else _REFUSALS.placed(problem)

    def problems(self, problems: Sequence[Problem]) -> str:
        """All of them as one sentence."""
        if self.language != "zh":
            return "; ".join(str(problem) for problem in problems)
        return "".join(f"{_REFUSALS.placed(problem)}。" for problem in problems)

    @property
    def html(self) -> str:
        return "zh-CN" if self.language == "zh" else "en"


def _part(text: str) -> str:
    """A part of a reason: words of the business in Chinese, everything else as it is."""
    words = [_PARTS.get(one) or _WORDS.get(plain_form(one), one) for one in text.split(", ")]
    return _DAYS.sub(r"\1天", "、".join(words) if words != text.split(", ") else text)


def _field(name: str) -> str:
    """A field of a form by its label; `path.task_id` and its like are parts of an address."""
    bare = _PART_OF_ADDRESS.sub("", name)
    return _FIELDS.get(plain_form(bare)) or _column(bare)


def _column(name: str) -> str:
    """A column of a file by what people call it, whatever kind of file."""
    known = plain_form(name)
    return _COLUMNS.get(known) or _WORDS.get(known, name)


SPELLED = {
    "co_borrower": "co-borrower",
    "callback": "call-back",
    "opt_out": "opt-out",
    "skiptrace": "skip-tracing",
    "over_indebted": "over-indebted",
    "wrap_up": "wrap-up",
    "moved_up": "needs a higher level",
    "owner_gone": "its owner works here no more",
    "over_limit": "its owner holds too many",
    "one_owner": "one owner for a person",
    "stand_in": "another stand-in",
    "term_over": "its term is over",
    "no_collector": "nobody of its level is here",
    "all_full": "everybody of its level is full",
    "in_hand": "a call is held or rings",
    "held_back": "taken back by a supervisor",
    "not_rotated": "its rule rotates nothing",
    "nobody_else": "nobody else is free",
    "limit": "over a limit",
    "technical": "technical fault",
    "we_lack_payment": "we lack a payment",
    "they_lack_payment": "they lack a payment",
    "schedule_differs": "the schedule differs",
    "fees_unknown": "fees we do not keep",
    "account_unknown": "the account is not here",
    "missing_there": "missing in their file",
    "silent": "not comparable",
}


def plain_form(value: str) -> str:
    """`no_answer` as people write it."""
    return SPELLED.get(value, value.replace("_", " "))


_REFUSALS = Refusals(Patterns(ERRORS[""], most_literal_first=True), _REASONS, _part, _field, _column)

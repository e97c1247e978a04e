"""Ways to pay: everything in a portfolio that tells people whom to pay and whom to call. It changes only by two people
(security section 1, borrowers' payments).

Held as plain values, one a field: words as text, the others as sorted lists of lines. Nothing here is of a borrower.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from collector.foundation.errors import BadInput, Problem
from collector.texts.rules import references

Ways = Mapping[str, str | list[str]]
"""Field → its value. Callers are lines "+8657122010010 call,sms"."""
Changes = dict[str, dict[str, str | list[str]]]
"""Field → {"before": …, "after": …}, of the fields that differ."""

WORDS = ("creditor", "sender_name", "signature", "pay_instructions")
LISTS = ("links", "call_backs", "pay_accounts")
CALLERS = "callers"
FIELDS = (*WORDS, *LISTS, CALLERS)
CHANNELS = ("call", "sms")
LONGEST, MOST_LINES = 1000, 50
_NEEDED = ("creditor", "sender_name")
_NUMBER_CHARACTERS = frozenset("0123456789 +-()*")
LEAST_DIGITS = 3
"""Of a number that can be called: hotlines are short."""


class WaysState(StrEnum):
    """Of a change that a second person agreed to."""

    waiting = "waiting"
    in_force = "in_force"
    cancelled = "cancelled"
    overtaken = "overtaken"
    """What it was to change was no longer as it had been shown."""


def changes(now: Ways, wanted: Ways) -> Changes:
    """What `wanted` would change; fields that it does not hold stay."""
    return {
        name: {"before": now[name], "after": wanted[name]}
        for name in FIELDS
        if name in wanted and wanted[name] != now[name]
    }


def laid_over(now: Ways, change: Changes) -> Ways:
    return {**now, **{name: both["after"] for name, both in change.items()}}


def is_still(now: Ways, change: Changes) -> bool:
    """Whether everything that would change is as it was when the change was shown."""
    return all(now[name] == both["before"] for name, both in change.items())


def lines_of(text: str) -> list[str]:
    """A list as people type it, one a line; sorted, each once."""
    return sorted({" ".join(line.split()) for line in text.splitlines() if line.strip()})


def points_to(ways: Ways) -> tuple[str, ...]:
    """Every link and number that a text of the portfolio may name: the lists, and what its own words name."""
    listed = [line for name in LISTS for line in ways[name]]
    called = [line.split()[0] for line in ways[CALLERS]]
    named = [one for name in WORDS for one in references(str(ways[name]))]
    return tuple(dict.fromkeys([*listed, *called, *named]))


def caller_line(number: str, channels: str) -> str:
    return f"{number} {','.join(sorted(word.strip() for word in channels.split(',')))}"


def with_callers(lines: Iterable[str], more: Mapping[str, str]) -> list[str]:
    """Those lines, and these numbers with their channels, which count where both have one."""
    known = dict(line.split() for line in lines)
    return sorted(caller_line(number, channels) for number, channels in {**known, **more}.items())


def require_sound(ways: Ways) -> None:
    """`BadInput` with everything that is wrong, by field."""
    problems = [*_wrong_words(ways), *_wrong_lists(ways), *_wrong_callers(ways)]
    if problems:
        raise BadInput(problems=tuple(problems))


def _wrong_words(ways: Ways) -> Iterable[Problem]:
    for name in WORDS:
        if len(ways[name]) > LONGEST:
            yield Problem(f"has more than {LONGEST} characters", column=name)
        if name in _NEEDED and not ways[name]:
            yield Problem("must not be empty", column=name)


def _wrong_lists(ways: Ways) -> Iterable[Problem]:
    for name in (*LISTS, CALLERS):
        if len(ways[name]) > MOST_LINES:
            yield Problem(f"has more than {MOST_LINES} lines", column=name)
    for line in ways["links"]:
        if references(line) != (line,) or not any(char.isalpha() for char in line):
            yield Problem(f"{line!r} is no host or link such as pay.example.com/loans", column="links")
    for name in ("call_backs", "pay_accounts"):
        for line in ways[name]:
            if not _is_number(line):
                yield Problem(f"{line!r} is no number: figures, blanks, + and - only", column=name)


def _wrong_callers(ways: Ways) -> Iterable[Problem]:
    for line in ways[CALLERS]:
        number, _, channels = line.partition(" ")
        if not (number.startswith("+") and _is_number(number)) or not set(channels.split(",")) <= set(CHANNELS):
            yield Problem(f"{line!r} is not written as +8657122010010 call,sms", column=CALLERS)
    numbers = [line.split()[0] for line in ways[CALLERS]]
    if len(set(numbers)) < len(numbers):
        yield Problem("the same number stands there twice", column=CALLERS)


def _is_number(line: str) -> bool:
    return set(line) <= _NUMBER_CHARACTERS and sum(char.isdigit() for char in line) >= LEAST_DIGITS

"""The answer of the gate: a value with its reasons (design section 7)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

import msgspec


class Answer(StrEnum):
    """`review` closes the gate for machines as `deny` does; a person may decide to open it."""

    allow = "allow"
    review = "review"
    deny = "deny"


class Finding(NamedTuple):
    """What a rule function says when it objects."""

    reason: str
    until: int | None = None
    """The earliest second (UTC) at which this rule alone could stop objecting, never later than that; None: time
    alone will not change its mind."""
    answer: Answer | None = None
    """None: the answer its pack gives to the rule."""


class Fired(msgspec.Struct, frozen=True, gc=False):
    """A rule that objected, with where it comes from."""

    id: str
    answer: Answer
    reason: str
    source: str
    until: int | None = None


class Verdict(msgspec.Struct, frozen=True):
    """All rules that objected, in order of judging; none of them: allow."""

    answer: Answer
    rules: tuple[Fired, ...] = ()
    earliest: datetime | None = None
    """First later moment (UTC) at which the same contact is allowed if nothing else happens. None when the answer is
    allow, when no wait helps (a standing refusal), or when the search was not asked for."""


ALLOWED = Verdict(Answer.allow)
_DENY = Answer.deny


def verdict_of(fired: tuple[Fired, ...], earliest: datetime | None) -> Verdict:
    """The hardest answer wins."""
    if not fired:
        return ALLOWED
    for rule in fired:
        if rule.answer is _DENY:
            return Verdict(Answer.deny, fired, earliest)
    return Verdict(Answer.review, fired, earliest)

"""When is this contact open, and what closes it the rest of the time: the gate asked along a stretch of time.

The same rules as `judge`, so a calendar on a screen can not disagree with the check at the moment of dialling.
"""

from __future__ import annotations

from typing import NamedTuple

from collector.compliance.rules.contact import Contact
from collector.compliance.rules.day import QUARTER
from collector.compliance.rules.judge import ask, step_of
from collector.compliance.rules.policy import Policy
from collector.compliance.rules.verdict import Fired
from collector.facts.rules import PersonFacts

HOUR = 3600
"""While closed, what closes is asked again at least this often: another rule may have taken over."""


class Stretch(NamedTuple):
    """Seconds since 1970 from `start` up to, not including, `end`, in which the gate says the same."""

    start: int
    end: int
    rules: tuple[Fired, ...]
    """The rules that object; none: open."""


def stretches(contact: Contact, facts: PersonFacts, policy: Policy, start: int, end: int) -> list[Stretch]:
    """The time from `start` to `end` cut where the gate changes its mind, to the quarter of an hour.

    Nothing else is taken to happen meanwhile: a contact placed today uses up part of tomorrow's openings too.
    """
    found: list[Stretch] = []
    at = start
    while at < end:
        fired = ask(contact, facts, policy, at)
        until = min(_next(fired, at, end), end)
        if found and _names(found[-1].rules) == _names(fired):
            found[-1] = found[-1]._replace(end=until)
        else:
            found.append(Stretch(at, until, fired))
        at = until
    return found


def _next(fired: tuple[Fired, ...], at: int, end: int) -> int:
    """The next moment worth asking about."""
    quarter = (at // QUARTER + 1) * QUARTER
    if not fired:
        return quarter
    opens = step_of(fired)
    if opens is None:
        opens = end
    return max(quarter, min(opens // QUARTER * QUARTER, at + HOUR))


def _names(fired: tuple[Fired, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((rule.id, rule.answer.value) for rule in fired)

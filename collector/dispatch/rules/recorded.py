"""Recordings of calls: where they stand, how they are scored, and which are listened to."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from datetime import date
from enum import StrEnum
from typing import NamedTuple


class RecordingState(StrEnum):
    waiting = "waiting"
    """At the carrier, not fetched yet."""
    kept = "kept"
    missing = "missing"
    """The carrier had it no more."""
    removed = "removed"
    """Its term is over."""


class Criterion(StrEnum):
    """What a listener answers with yes or no."""

    introduced = "introduced"
    """Said who calls and from where."""
    verified = "verified"
    """Not a word about the debt before the person was verified."""
    courteous = "courteous"
    lawful = "lawful"
    """No threat, no insult, no invented consequence."""
    concluded = "concluded"
    """Ended with a plan, or with what happens next."""


def score(met: Collection[Criterion]) -> int:
    """Percent of the criteria that were met."""
    return round(100 * len(set(met)) / len(Criterion))


class Heard(NamedTuple):
    """A recording that could be listened to."""

    id: int
    agent: str


def sample(calls: Iterable[Heard], for_each: int, day: date) -> list[int]:
    """Recordings to listen to on that day: as many for each agent, drawn so that nobody can foresee or steer which."""
    by_agent: dict[str, list[int]] = defaultdict(list)
    for one in calls:
        by_agent[one.agent].append(one.id)
    return [number for agent in sorted(by_agent) for number in sorted(by_agent[agent], key=_drawn(day))[:for_each]]


def _drawn(day: date) -> Callable[[int], bytes]:
    return lambda number: hashlib.sha256(f"{day.isoformat()}:{number}".encode()).digest()


def add_years(day: date, years: int) -> date:
    """The same day so many years later; the 29th of February becomes the 1st of March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)

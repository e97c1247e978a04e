"""By which route a claim may be pursued: conditions as strategy data, judged one by one, so that every route says what
speaks for it and what is missing (handbook section 8)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from collector.facts.rules import AccountFacts
from collector.history.rules import Route
from collector.strategy.rules.fields import FIELDS, Field, FieldKind
from collector.strategy.rules.rows import Condition
from collector.strategy.rules.scales import Scales
from collector.strategy.rules.sets import Value


@dataclass(frozen=True, slots=True)
class Sued:
    """A case as the routes are asked about it. `days` past due; `today` in the portfolio's zone."""

    account: AccountFacts
    days: int
    today: date
    is_deceased: bool = False
    guarantee_days: int | None = None
    """Until the first guarantee period that still runs is over; None: none runs, or it was not looked at."""
    service_address: bool = False
    """Whether one was agreed, by the book or by a paper on file."""
    alike: int = 0
    """Other cases of this portfolio and product that are with the legal team."""


_OF_THE_CASE: Mapping[str, Callable[[Sued], Value]] = {
    "deceased": lambda case: case.is_deceased,
    "guarantee_days": lambda case: case.guarantee_days,
    "service_address": lambda case: case.service_address,
    "alike": lambda case: case.alike,
}


def _elsewhere(_account: AccountFacts, _today: date, _days: int, _scales: Scales) -> Value:
    """Not told by an account alone: `value_of` reads it from the case."""
    return None


ROUTE_FIELDS: dict[str, Field] = FIELDS | {
    "deceased": Field("deceased", FieldKind.flag, _elsewhere),
    "guarantee_days": Field("guarantee_days", FieldKind.number, _elsewhere, nullable=True),
    "service_address": Field("service_address", FieldKind.flag, _elsewhere),
    "alike": Field("alike", FieldKind.number, _elsewhere),
}
"""What a route may ask: all that a segment may, and what only the case as a whole tells."""


def value_of(name: str, case: Sued, scales: Scales) -> Value:
    """What that field says of the case."""
    own = _OF_THE_CASE.get(name)
    return own(case) if own else FIELDS[name].read(case.account, case.today, case.days, scales)


@dataclass(frozen=True)
class Way:
    """A row of the routes: that route is open where all conditions hold."""

    route: Route
    conditions: tuple[Condition, ...] = ()


class Said(NamedTuple):
    """A condition, and what the case says to it. `wanted` as written: "guaranteed", "< 50000"."""

    field: str
    wanted: str
    found: Value
    holds: bool


@dataclass(frozen=True)
class Considered:
    """A route with all that was asked about it; of several ways to it the one that lacks least."""

    route: Route
    said: tuple[Said, ...]

    @property
    def speaks(self) -> tuple[Said, ...]:
        return tuple(one for one in self.said if one.holds)

    @property
    def lacks(self) -> tuple[Said, ...]:
        return tuple(one for one in self.said if not one.holds)

    @property
    def is_open(self) -> bool:
        return not self.lacks


def consider(ways: Sequence[Way], case: Sued, scales: Scales) -> tuple[Considered, ...]:
    """Every route of the strategy, those that are open first, in the order of the strategy; then the rest, what lacks
    least first."""
    best: dict[Route, tuple[int, int, Considered]] = {}
    for at, way in enumerate(ways):
        found = Considered(way.route, tuple(_said(one, case, scales) for one in way.conditions))
        rank = len(found.lacks), at, found
        if way.route not in best or rank[:2] < best[way.route][:2]:
            best[way.route] = rank
    return tuple(found for _, _, found in sorted(best.values(), key=lambda rank: rank[:2]))


def _said(condition: Condition, case: Sued, scales: Scales) -> Said:
    found = value_of(condition.field, case, scales)
    return Said(condition.field, condition.wanted, found, found in condition.domain)

"""The law of the debt of one place, as its file gives it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from collector.law.rules.clocks.words import ClockKind, ContractKind, Happening
from collector.law.rules.source import Source


@dataclass(frozen=True, slots=True)
class Suspension:
    """What a time in which nobody could sue does: with `last_months`, one that reaches into the last months of the
    period lets it end so many months after the cause; otherwise its days are added."""

    source: Source
    last_months: int | None = None


@dataclass(frozen=True, slots=True)
class Limitation:
    """How long a claim lives, and what lets the time begin anew."""

    years: int
    restarts: frozenset[Happening]
    source: Source
    outer_years: int | None = None
    suspension: Suspension | None = None
    is_shortest: bool = False
    """The place is not known: this is the shortest of all."""


@dataclass(frozen=True, slots=True)
class Unstated:
    """Which kind of guarantee one is that does not say, for contracts up to that day."""

    kind: str
    until: date | None = None


@dataclass(frozen=True, slots=True)
class GuaranteeTerm:
    """Months from maturity where no period was agreed."""

    months: int
    unstated: tuple[Unstated, ...]
    source: Source

    def kind_of(self, stated: str | None, opened_on: date | None) -> str:
        """`joint` or `general`; where the contract's day is not known, the kind that asks for more: general."""
        if stated in ("joint", "general"):
            return stated
        if opened_on is None:
            return "general"
        return next(one.kind for one in self.unstated if one.until is None or opened_on <= one.until)


@dataclass(frozen=True, slots=True)
class Term:
    """A term of procedure: days, or years."""

    source: Source
    days: int = 0
    years: int = 0


@dataclass(frozen=True)
class Statute:
    """All of one jurisdiction. `places`: by place and kind of contract; "*" where it is one law for all."""

    code: str
    title: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, Mapping[ContractKind, Limitation]] = field(default_factory=dict)
    shortest: Limitation | None = None
    """For a place that is not known; None: no limitation is known at all."""
    guarantee: GuaranteeTerm | None = None
    terms: Mapping[ClockKind, Term] = field(default_factory=dict)

    def limitation(self, place: str | None = None, contract: ContractKind | None = None) -> Limitation | None:
        """That of the place; of an unknown kind of contract the shorter one; of an unknown place the shortest."""
        found = self.places.get(place or "*") or self.places.get("*")
        if found is None:
            return self.shortest
        return found[contract] if contract else min(found.values(), key=lambda one: one.years)

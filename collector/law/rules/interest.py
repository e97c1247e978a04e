"""What may be asked for a loan that is late: in which order money is taken, how days are counted, and where it ends.

Pure shapes and the choice among them. Rates are percent a year, exact fractions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from collector.foundation.errors import BadInput
from collector.law.rules.source import Source


class DayCount(StrEnum):
    """How many days lie between two dates, and how many a year has."""

    actual_365 = "actual_365"
    actual_360 = "actual_360"
    thirty_360 = "thirty_360"
    """Every month has thirty days; a 31st counts as a 30th (30E/360)."""


class ClaimPart(StrEnum):
    """What a debt is made of."""

    fee = "fee"
    penalty = "penalty"
    """Penalty interest on what is late: ours to compute, in no schedule."""
    interest = "interest"
    unsplit = "unsplit"
    """Of an instalment whose parts the creditor did not give."""
    principal = "principal"


class Sweep(StrEnum):
    """Where a payment goes first when several instalments are due."""

    instalments = "instalments"
    """The oldest instalment with all its parts, then the next."""
    parts = "parts"
    """The first part of every instalment that is due, then the next part."""


class Lender(StrEnum):
    """Which cap binds: that of licensed institutions, or that of everybody else."""

    licensed = "licensed"
    other = "other"


class RatePoint(NamedTuple):
    """A published rate, in force from that day until the next."""

    from_on: date
    percent: Fraction


class CapStep(NamedTuple):
    """The most that may be asked from that day on, in percent a year, and the rule that says so."""

    from_on: date
    percent: Fraction
    rule: str


@dataclass(frozen=True, slots=True)
class Cap:
    """A limit of interest, penalty and fees together: a fixed rate, or a multiple of the published one on the day that
    the contract was made. `contracts_from`: contracts made before are under an earlier rule."""

    lender: Lender
    source: Source
    contracts_from: date
    percent: Fraction | None = None
    times: Fraction | None = None


@dataclass(frozen=True, slots=True)
class InterestLaw:
    """The terms of one place. `series`: its published rate, oldest first."""

    code: str
    day_count: DayCount
    order: tuple[ClaimPart, ...]
    sweep: Sweep
    penalty_on: tuple[ClaimPart, ...]
    caps: tuple[Cap, ...]
    series: tuple[RatePoint, ...]
    sources: tuple[Source, ...]
    """Of order, day count and series, by rule id."""

    def caps_of(self, lender: Lender, made_on: date) -> tuple[CapStep, ...]:
        """The cap of a contract made that day; none where this place has none. A multiple of a rate that was not yet
        published on that day is a `BadInput`."""
        mine = [cap for cap in self.caps if cap.lender is lender and cap.contracts_from <= made_on]
        if not mine:
            return ()
        cap = max(mine, key=lambda one: one.contracts_from)
        if cap.percent is not None:
            return (CapStep(date.min, cap.percent, cap.source.rule),)
        percent = published(self.series, made_on) * (cap.times or 1)
        return (CapStep(date.min, percent, cap.source.rule),)

    def source_of(self, rule: str) -> Source | None:
        return next((one for one in (*self.sources, *(cap.source for cap in self.caps)) if one.rule == rule), None)


def published(series: Sequence[RatePoint], on: date) -> Fraction:
    """The rate in force on that day."""
    before = [point for point in series if point.from_on <= on]
    if not before:
        raise BadInput(f"no published rate of {on.isoformat()} or before is on file; add it to the interest data")
    return max(before).percent

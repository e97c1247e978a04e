"""The shapes of a balance to the day: what goes in, and every line that comes out.

Money in minor units, days local to the portfolio, rates in percent a year as exact fractions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from collector.law.rules import CapStep, ClaimPart, DayCount, Sweep


class Scheduled(NamedTuple):
    """An instalment as the creditor gave it. Parts that are None were not given."""

    number: int
    due_on: date
    amount: int
    principal: int | None = None
    interest: int | None = None
    fee: int | None = None


class Received(NamedTuple):
    """A payment that stands, on the local day it was made. `label`: by which it is found again."""

    on: date
    amount: int
    label: str = ""


class Given(NamedTuple):
    """What was given up from a day on and still is, by part (a waiver). Minor units."""

    on: date
    fee: int = 0
    interest: int = 0
    principal: int = 0
    penalty: int = 0

    @property
    def amount(self) -> int:
        """Of the schedule: penalty is in none."""
        return self.fee + self.interest + self.principal


class RateStep(NamedTuple):
    """The rates of the contract from that day on; None: not agreed, so nothing is asked by it."""

    from_on: date
    annual: Fraction | None
    penalty: Fraction | None
    annual_by: str = ""
    """Where the rate comes from: the contract, or the clause or notice that changed it."""
    penalty_by: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """By what a balance is computed. `grace_days` after a due date carry no penalty. `called_on`: the day on which all
    that was not yet due was called in; None: it was not. `opened_on`: from when the loan is outstanding, needed for the
    cap of the whole; None: that cap can not be checked."""

    day_count: DayCount
    order: tuple[ClaimPart, ...]
    sweep: Sweep
    penalty_on: tuple[ClaimPart, ...]
    rates: tuple[RateStep, ...]
    caps: tuple[CapStep, ...] = ()
    grace_days: int = 0
    opened_on: date | None = None
    called_on: date | None = None
    reckoned_by: str = ""
    """By what day count, order and penalty are others than the law's default for the place; empty: by that."""


class Accruing(StrEnum):
    """What a line of days is for."""

    penalty = "penalty"
    running = "running"
    """Interest of a called loan from its last due date to the call, in the place of the schedule's later interest."""


class Accrual(NamedTuple):
    """One line that anybody can compute again: base × percent ÷ 100 × days ÷ `year`, rounded half up once."""

    number: int
    """Of the instalment."""
    what: Accruing
    first: date
    """From this day …"""
    end: date
    """… to this one, which is not counted."""
    days: int
    base: int
    percent: Fraction
    year: int
    amount: int
    rule: str
    """The cap that lowered the rate, or the terms' own day count."""
    source: str = ""
    """Of the rate: the contract, the clause or notice that changed it, or the rule of the cap."""


class Allocation(NamedTuple):
    """What of a payment went to which part of which instalment."""

    on: date
    label: str
    number: int
    part: ClaimPart
    amount: int


@dataclass(slots=True)
class PartBalance:
    """One part of one instalment: what was asked, what was paid to it, given up of it, and taken off by a cap."""

    asked: int = 0
    paid: int = 0
    waived: int = 0
    taken_off: int = 0

    @property
    def left(self) -> int:
        return self.asked - self.paid - self.waived - self.taken_off


@dataclass(frozen=True, slots=True)
class InstalmentBalance:
    number: int
    due_on: date
    """The day it fell due, which for a called loan may be the day of the call."""
    parts: Mapping[ClaimPart, PartBalance]

    @property
    def left(self) -> int:
        return sum(part.left for part in self.parts.values())


class Bridge(NamedTuple):
    """From the ledger to the statement: the first less what lowers it, plus what stands on top (`total`)."""

    owed: int
    """The whole schedule less payments and waivers, as facts and ledger have it."""
    overpaid: int
    penalty: int
    running: int
    dropped: int
    """Interest and fees of the schedule that a call took away."""
    taken_off: int
    unallocated: int
    """Money received, and waivers given, beyond all that is asked."""
    waived_penalty: int = 0

    @property
    def total(self) -> int:
        gained = self.penalty + self.running + self.unallocated
        return self.owed - self.overpaid + gained - self.dropped - self.taken_off - self.waived_penalty


class Gap(StrEnum):
    """What the statement could not say, named instead of left out silently."""

    no_schedule = "no_schedule"
    unsplit = "unsplit"
    """Instalments without parts: no penalty is asked on them."""
    no_penalty_rate = "no_penalty_rate"
    no_annual_rate = "no_annual_rate"
    """A called loan without its rate: no running interest is asked."""
    cap_unchecked = "cap_unchecked"
    """The cap of the whole could not be checked: the day of the loan or its principal is not known."""
    paid_over_cap = "paid_over_cap"
    """More was paid than the cap allows; it is not set off here."""


@dataclass(frozen=True, slots=True)
class Statement:
    """The balance at the end of `as_of`. Its lines add up: the parts are the total, and the bridge leads to it."""

    as_of: date
    terms: Terms
    """By which it was reckoned."""
    instalments: tuple[InstalmentBalance, ...]
    accruals: tuple[Accrual, ...]
    allocations: tuple[Allocation, ...]
    bridge: Bridge
    allowed: int | None
    """The most that interest, penalty and fees may come to by the cap, to this day; None: no cap, or not checked."""
    cost: int
    """What they come to before the cap of the whole."""
    gaps: tuple[Gap, ...] = field(default=())

    @property
    def total(self) -> int:
        return sum(one.left for one in self.instalments)

    def left(self, part: ClaimPart, *, is_due: bool | None = None) -> int:
        """What is left of a part, of all instalments, or only those that are due (or are not)."""
        return sum(
            one.parts[part].left for one in self.instalments if is_due is None or (one.due_on <= self.as_of) is is_due
        )

    @property
    def due(self) -> int:
        """What can be asked for on this day."""
        return sum(one.left for one in self.instalments if one.due_on <= self.as_of)

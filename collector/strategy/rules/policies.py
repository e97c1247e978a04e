"""The numbers of a strategy: retries, order of work, capacity, promises. Each is a supervisor's to change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cached_property


class RetryMode(StrEnum):
    """`diagonal`: every call from another caller in another slot. `matrix`: every caller in every slot."""

    diagonal = "diagonal"
    matrix = "matrix"


@dataclass(frozen=True)
class Retry:
    """When a phone may be given up: the 3:3:3 rule (handbook section 6).

    At least `attempts` calls, from `callers` numbers, in `slots` time slots, on `days` local days, `min_gap_hours`
    apart; then the closing SMS and `closing_sms_wait_hours` of waiting. `reopen_once`: a late delivered receipt
    reopens the round, and does so once.
    """

    callers: int = 3
    slots: int = 3
    attempts: int = 3
    days: int = 1
    min_gap_hours: float = 2
    mode: RetryMode = RetryMode.diagonal
    closing_sms_wait_hours: float = 48
    closing_template: str | None = "closing"
    reopen_once: bool = True


class Tier(StrEnum):
    """What comes first in a day's work (handbook section 5)."""

    callback = "callback"
    broken_promise = "broken_promise"
    promise_due = "promise_due"
    legal_clock = "legal_clock"
    about_to_roll = "about_to_roll"
    first_day = "first_day"
    untouched = "untouched"
    ordinary = "ordinary"


@dataclass(frozen=True)
class Reach:
    """Chance to reach, between `floor` and 1: `base`, plus what speaks for it, minus what speaks against."""

    base: float = 0.4
    reached_before: float = 0.3
    each_unanswered: float = -0.05
    payday: float = 0.15
    payday_within_days: int = 2
    floor: float = 0.05


@dataclass(frozen=True)
class Priority:
    """Tiers in order; inside the last, weight × balance × chance to reach. Days past due, local days."""

    tiers: tuple[Tier, ...] = tuple(Tier)
    roll_days: tuple[tuple[int, int], ...] = ((28, 30), (58, 60), (88, 90))
    untouched_days: int = 5
    clock_days: int = 30
    reach: Reach = Reach()

    def rank(self, tier: Tier) -> int:
        """0 for the first tier. A tier that is not listed counts as the last."""
        return self._ranks.get(tier, len(self.tiers) - 1)

    @cached_property
    def _ranks(self) -> dict[Tier, int]:
        return {tier: rank for rank, tier in enumerate(self.tiers)}

    def is_about_to_roll(self, days: int) -> bool:
        """Whether the account is in the last days of its bucket."""
        return any(first <= days <= last for first, last in self.roll_days)


@dataclass(frozen=True)
class Capacity:
    """How many accounts a plan puts into one agent's day."""

    accounts_per_agent: int = 100


@dataclass(frozen=True)
class CampaignPolicy:
    """Campaigns. More people than `approval_above` need a second person. The first `first` people are contacted, then
    `wait_minutes` pass; it goes on while of every `first` contacts fewer than `errors` failed and fewer than `opt_outs`
    people opted out."""

    approval_above: int = 100
    first: int = 50
    wait_minutes: int = 15
    errors: int = 5
    opt_outs: int = 2


@dataclass(frozen=True)
class PromisePolicy:
    """Promises to pay (handbook section 7). An open promise silences ordinary dunning when payments of at least
    `silence_share` of what is overdue are promised within `silence_within_days`."""

    silence_within_days: int = 7
    silence_share: Decimal = Decimal("0.5")
    supervisor_after_days: int = 14
    third_after_broken: int = 2
    banking_days: int = 1
    reminder_hours_before: int = 24
    reminder_template: str | None = "promise-reminder"
    broken_template: str | None = "promise-broken"
    how_to_pay_template: str | None = "how-to-pay"

    def is_silencing(self, amount: int, overdue: int, days_ahead: int) -> bool:
        """Whether promised payments of that sum (minor units), due in so many days, silence dunning."""
        return 0 <= days_ahead <= self.silence_within_days and amount >= overdue * self.silence_share

    def suggested_day(self, today: date, payday: int | None) -> date:
        """What is offered first on the floor: the next pay day where it is near, else the third day from now."""
        days = [today + timedelta(days=ahead) for ahead in range(1, self.silence_within_days + 1)]
        near = next((day for day in days if payday is not None and day.day == payday), None)
        return near or today + timedelta(days=min(3, self.silence_within_days))

    def needs_supervisor(self, days_ahead: int, broken: int) -> bool:
        """Whether a promise that far ahead, after so many broken ones, must be approved first."""
        return days_ahead > self.supervisor_after_days or broken >= self.third_after_broken


@dataclass(frozen=True)
class HoldPolicy:
    """Holds that have an end, and are made longer: by so many days in all on one word, beyond them with a second."""

    extend_days: int = 3
    longest_days: int = 92

    def needs_second(self, days: int) -> bool:
        """Whether a hold that ends so many days after it first was to end must be agreed to by a second person."""
        return days > self.extend_days

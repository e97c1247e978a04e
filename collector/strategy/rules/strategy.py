"""A strategy, ready to decide: buckets, the decision table, and the numbers beside it."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import date, time
from typing import Any

from collector.facts.rules import AccountFacts, lateness
from collector.strategy.rules.allocation import AllocationPolicy
from collector.strategy.rules.cadence import Cadence
from collector.strategy.rules.decide import Decide, Tried, compile_table, walk
from collector.strategy.rules.hand_off import Handoff
from collector.strategy.rules.parts import Segment
from collector.strategy.rules.policies import CampaignPolicy, Capacity, HoldPolicy, Priority, PromisePolicy, Retry
from collector.strategy.rules.reminders import Reminders
from collector.strategy.rules.rows import Row
from collector.strategy.rules.scales import AssetClass, Scales
from collector.strategy.rules.terms import TermsPolicy


@dataclass(frozen=True)
class Strategy:
    """One version of a strategy for one currency. Immutable; can be sent to another process.

    `slots` are local times of the person's day, the end outside. `paydays` are days of the month.
    """

    name: str
    version: int
    currency: str
    scales: Scales
    rows: tuple[Row, ...]
    cadences: dict[str, Cadence]
    slots: dict[str, tuple[time, time]]
    retry: Retry
    reminders: Reminders
    paydays: tuple[int, ...]
    priority: Priority
    capacity: Capacity
    promise: PromisePolicy
    handoff: Handoff
    holds: HoldPolicy = field(default_factory=HoldPolicy)
    allocation: AllocationPolicy = field(default_factory=AllocationPolicy)
    campaigns: CampaignPolicy = field(default_factory=CampaignPolicy)
    tolerance: int = 0
    """Minor units: a difference to the creditor's ledger up to this is none."""
    terms: TermsPolicy = field(default_factory=TermsPolicy)
    _decide: Decide = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_decide", compile_table(self.rows, self.scales))

    def __reduce__(self) -> tuple[Any, ...]:
        return Strategy, tuple(getattr(self, each.name) for each in fields(self) if each.init)

    def bucket(self, days: int) -> str:
        """`current`, M1 … M6+ for that many days past due."""
        return self.scales.bucket(days)

    def asset_class(self, product: str, days: int) -> AssetClass:
        """The five-tier class of a product that many days past due."""
        return self.scales.asset_classes.of(product, days)

    def segment(self, account: AccountFacts, today: date) -> Segment:
        """The first row that matches; there always is one. `today` in the portfolio's zone."""
        return self._decide(account, today, lateness(account, today))

    def segment_at(self, account: AccountFacts, today: date, days: int) -> Segment:
        """The same, for a caller that has the days past due already."""
        return self._decide(account, today, days)

    def trail(self, account: AccountFacts, today: date) -> tuple[Tried, ...]:
        """Which rows were asked, and which condition each failed by; the last one matched."""
        return tuple(walk(self.rows, self.scales, account, today, lateness(account, today)))

    def segments(self) -> tuple[Segment, ...]:
        """The queues, in the order of the table."""
        return tuple(row.segment for row in self.rows)

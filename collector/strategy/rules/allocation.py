"""Who works which account: the numbers of allocation (handbook section 2). Each is a supervisor's to change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from math import lcm

from collector.facts.rules import AccountFacts
from collector.identity.rules import LEVEL_ORDER, Level
from collector.strategy.rules.fields import FIELDS
from collector.strategy.rules.rows import Condition
from collector.strategy.rules.scales import Scales


@dataclass(frozen=True)
class Keeping:
    """When an account stays with its owner although the holding period is over (留案).

    `promise`: while one is open. `paid_within_days`: after a payment; None: a payment only begins the period anew.
    `asked_days`: the longest keep that a supervisor may agree to; 0: none.
    """

    promise: bool = True
    paid_within_days: int | None = None
    asked_days: int = 30


@dataclass(frozen=True)
class AllocationRule:
    """One kind of account. `accounts`: how many of this kind alone fill an agent; `days`: the holding period without a
    payment, None: no end; `rotate`: whether another owner has it then."""

    name: str
    conditions: tuple[Condition, ...]
    level: Level
    accounts: int
    days: int | None = None
    rotate: bool = True
    keep: Keeping = Keeping()

    def level_for(self, floor: str | None) -> Level:
        """An account moves up, never silently down (handbook section 5)."""
        return self.level if floor is None else max(self.level, Level(floor), key=LEVEL_ORDER.__getitem__)


@dataclass(frozen=True)
class Recalling:
    """What takes an account from its owner without another owner (退案). `term_days`: since it was first given to
    somebody, as an outsourced book is given for a term; None: no term."""

    cured: bool = True
    legal: bool = True
    skiptrace: bool = False
    term_days: int | None = None


@dataclass(frozen=True)
class AllocationPolicy:
    """The rules in order, the first that matches counts; an account that none matches is nobody's by rule.

    `automatic`: owners are brought up to date before each day's plan, without anybody asking for it.
    """

    automatic: bool = False
    rules: tuple[AllocationRule, ...] = ()
    recall: Recalling = Recalling()
    scales: Scales | None = None

    def rule_for(self, account: AccountFacts, today: date, days: int) -> AllocationRule | None:
        """The rule of an account that is so many days past due; None: no rule asks for an owner."""
        if self.scales is None:
            return None
        for rule in self.rules:
            if all(FIELDS[one.field].read(account, today, days, self.scales) in one.domain for one in rule.conditions):
                return rule
        return None

    @cached_property
    def full(self) -> int:
        """What an agent can hold, in a unit in which an account of each rule weighs a whole number."""
        return lcm(*(rule.accounts for rule in self.rules))

    def weight(self, rule: AllocationRule | None) -> int:
        """Of one account. Half as many M1 and half as many M2 as allowed fill an agent together."""
        return self.full // rule.accounts if rule is not None else 0

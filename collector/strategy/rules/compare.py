"""What a change of strategy would move, in accounts and money."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from collector.facts.rules import AccountFacts
from collector.portfolio.rules import PartyRole
from collector.strategy.rules.strategy import Strategy


@dataclass(frozen=True)
class Flow:
    """Accounts that stand in segment `source` now and would stand in `target`. Money in minor units."""

    source: str
    target: str
    accounts: int
    overdue: int
    owed: int

    @property
    def moves(self) -> bool:
        return self.source != self.target


def diff(old: Strategy, new: Strategy, accounts: Iterable[AccountFacts], today: date) -> tuple[Flow, ...]:
    """Flows from segment to segment, in the order of the old table and then the new one's.

    Flows that stay are in it too, so the sums are the book. An account counts once, as its borrower's.
    """
    sums: dict[tuple[str, str], list[int]] = {}
    for account in accounts:
        if account.role is not PartyRole.borrower:
            continue
        pair = (old.segment(account, today).name, new.segment(account, today).name)
        sum_of = sums.setdefault(pair, [0, 0, 0])
        sum_of[0] += 1
        sum_of[1] += account.overdue
        sum_of[2] += account.owed
    before = {segment.name: at for at, segment in enumerate(old.segments())}
    after = {segment.name: at for at, segment in enumerate(new.segments())}
    ordered = sorted(sums, key=lambda pair: (before[pair[0]], after[pair[1]]))
    return tuple(Flow(*pair, *sums[pair]) for pair in ordered)

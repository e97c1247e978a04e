"""What a matter cost and brought, in minor units of one currency. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Net(NamedTuple):
    """Of a matter, or of many. `recovered`: paid since the suit was filed; `after`: of it since the judgment."""

    claimed: int = 0
    awarded: int = 0
    recovered: int = 0
    after: int = 0
    costs: int = 0
    posted: int = 0
    """Of the costs, what stands on the borrower's account."""

    @property
    def net(self) -> int:
        """What came in less what it cost; below 0 where it cost more."""
        return self.recovered - self.costs

    @property
    def open_award(self) -> int:
        """What of the award has not come in since the judgment; never below 0."""
        return max(self.awarded - self.after, 0)


def net_of(claimed: int | None, awarded: int | None, recovered: int, after: int, costs: int, posted: int) -> Net:
    """What was never claimed or awarded counts as nothing."""
    return Net(claimed or 0, awarded or 0, recovered, after, costs, posted)


def total_of(parts: Iterable[Net]) -> Net:
    """The sum, part by part."""
    columns = list(zip(*parts, strict=True))
    return Net(*(sum(column) for column in columns)) if columns else Net()

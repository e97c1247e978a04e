"""Balance to the day: what is owed of an account by its parts, with every line that leads there. Pure."""

from collector.portfolio.rules.balance.days import YEAR, days_between, half_up
from collector.portfolio.rules.balance.shapes import (
    Accrual,
    Accruing,
    Allocation,
    Bridge,
    Gap,
    Given,
    InstalmentBalance,
    PartBalance,
    RateStep,
    Received,
    Scheduled,
    Statement,
    Terms,
)
from collector.portfolio.rules.balance.statement import balance

__all__ = [
    "YEAR",
    "Accrual",
    "Accruing",
    "Allocation",
    "Bridge",
    "Gap",
    "Given",
    "InstalmentBalance",
    "PartBalance",
    "RateStep",
    "Received",
    "Scheduled",
    "Statement",
    "Terms",
    "balance",
    "days_between",
    "half_up",
]

"""Pure shapes and decisions of the law of the debt."""

from collector.law.rules.interest import (
    Cap,
    CapStep,
    ClaimPart,
    DayCount,
    InterestLaw,
    Lender,
    RatePoint,
    Sweep,
    published,
)
from collector.law.rules.source import Evidence, Source

__all__ = [
    "Cap",
    "CapStep",
    "ClaimPart",
    "DayCount",
    "Evidence",
    "InterestLaw",
    "Lender",
    "RatePoint",
    "Source",
    "Sweep",
    "published",
]

"""Pure shapes and decisions of the law of the debt."""

from collector.law.rules.clocks import (
    ABOUT_ANOTHER,
    OF_OTHER_TABLES,
    Claim,
    Clock,
    ClockKind,
    ClockReason,
    ContractKind,
    Event,
    Guarantor,
    Happening,
    Move,
    add_months,
    add_years,
    clocks_of,
    lost_first,
    turns,
)
from collector.law.rules.source import Evidence, Source
from collector.law.rules.statute import Statute

__all__ = [
    "ABOUT_ANOTHER",
    "OF_OTHER_TABLES",
    "Claim",
    "Clock",
    "ClockKind",
    "ClockReason",
    "ContractKind",
    "Event",
    "Evidence",
    "Guarantor",
    "Happening",
    "Move",
    "Source",
    "Statute",
    "add_months",
    "add_years",
    "clocks_of",
    "lost_first",
    "turns",
]

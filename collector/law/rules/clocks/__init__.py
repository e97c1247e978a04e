"""Clocks of the law: what lapses when, and what moves it. Pure."""

from collector.law.rules.clocks.account import clocks_of, lost_first, turns
from collector.law.rules.clocks.days import add_months, add_years
from collector.law.rules.clocks.guarantee import Guarantor
from collector.law.rules.clocks.limitation import Claim
from collector.law.rules.clocks.words import (
    ABOUT_ANOTHER,
    OF_OTHER_TABLES,
    Clock,
    ClockKind,
    ClockReason,
    ContractKind,
    Event,
    Happening,
    Move,
)

__all__ = [
    "ABOUT_ANOTHER",
    "OF_OTHER_TABLES",
    "Claim",
    "Clock",
    "ClockKind",
    "ClockReason",
    "ContractKind",
    "Event",
    "Guarantor",
    "Happening",
    "Move",
    "add_months",
    "add_years",
    "clocks_of",
    "lost_first",
    "turns",
]

"""Counting days, and the one rounding there is."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from collector.law.rules import DayCount

YEAR = {DayCount.actual_365: 365, DayCount.actual_360: 360, DayCount.thirty_360: 360}


def days_between(first: date, end: date, count: DayCount) -> int:
    """Days from `first` to `end`, of which one end is counted. Cutting a stretch in two never changes the sum."""
    if count is DayCount.thirty_360:
        return _thirties(end) - _thirties(first)
    return (end - first).days


def _thirties(day: date) -> int:
    return day.year * 360 + day.month * 30 + min(day.day, 30)


def exact(base: int, percent: Fraction, days: int, count: DayCount) -> Fraction:
    """Interest in minor units before rounding."""
    return base * percent / 100 * Fraction(days, YEAR[count])


def half_up(amount: Fraction) -> int:
    """To whole minor units; a half goes up. Amounts here are never negative."""
    return (2 * amount.numerator + amount.denominator) // (2 * amount.denominator)

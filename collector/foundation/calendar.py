"""Working days of CN, US, GB and IN: for promises, banking days, notice periods and reminders that shift.

What is known. CN: the State Council's arrangement with its make-up workdays, for the years that
chinesecalendar carries (from 2004 to the year it was released for). US: federal holidays with their observed
days, any year. GB: bank holidays of England; Scotland and Northern Ireland differ. IN: the central
government's gazetted holidays; those of the states are not in it, and feasts that follow the moon are
estimated ahead.

What is not. CN beyond the known years: statutory days fall as the law says, but bridging days and make-up
workdays are not announced before the November of the year before. `is_known` tells; `overrides` is the table
that an installation edits until the packages are renewed: a day mapped to True is worked, to False is free.
It wins everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache

import chinese_calendar
import holidays

from collector.foundation.errors import BadInput

Overrides = Mapping[date, bool]

NONE: Overrides = {}
COUNTRIES = {"CN": None, "US": None, "GB": "ENG", "IN": None}
"""ISO 3166 country → the part of it whose holidays are meant."""
SATURDAY = 5
LONGEST_REST = 60
"""Days. No country rests longer; an override table that does is a mistake, not a calendar."""
CN_FIRST = min(chinese_calendar.holidays)
CN_LAST = date(max(chinese_calendar.holidays).year, 12, 31)


@lru_cache(maxsize=64)
def _holidays(country: str, year: int) -> frozenset[date]:
    """Days that are free by law, weekends aside; an unknown country is a `BadInput`."""
    if country not in COUNTRIES:
        raise BadInput(f"no calendar for country {country!r}; there are {', '.join(COUNTRIES)}")
    return frozenset(holidays.country_holidays(country, subdiv=COUNTRIES[country], years=year))


def is_known(day: date, country: str) -> bool:
    """Whether the official calendar of that day is in the packages, rather than worked out by rule."""
    _holidays(country, day.year)
    return country != "CN" or CN_FIRST <= day <= CN_LAST


def is_holiday(day: date, country: str, overrides: Overrides = NONE) -> bool:
    """Whether the day is free for a reason other than being a weekend."""
    if day in overrides:
        return not overrides[day]
    listed = day in _holidays(country, day.year)
    return day in chinese_calendar.holidays if country == "CN" and is_known(day, country) else listed


def is_business_day(day: date, country: str, overrides: Overrides = NONE) -> bool:
    """Whether offices and banks work: Monday to Friday but for holidays, and in China the make-up
    workdays."""
    if day in overrides:
        return overrides[day]
    if country == "CN" and is_known(day, country) and day in chinese_calendar.workdays:
        return True
    return day.weekday() < SATURDAY and not is_holiday(day, country)


def _nearest(day: date, step: int, country: str, overrides: Overrides) -> date:
    for _ in range(LONGEST_REST):
        if is_business_day(day, country, overrides):
            return day
        day += timedelta(days=step)
    raise BadInput(f"no business day within {LONGEST_REST} days of {day}; check the override table")


def on_or_before_business_day(day: date, country: str, overrides: Overrides = NONE) -> date:
    """That day, or the last business day before it: for reminders, which must not come too late."""
    return _nearest(day, -1, country, overrides)


def on_or_after_business_day(day: date, country: str, overrides: Overrides = NONE) -> date:
    """That day, or the first business day after it: for deadlines, which must not come too early."""
    return _nearest(day, 1, country, overrides)


def add_business_days(day: date, n: int, country: str, overrides: Overrides = NONE) -> date:
    """The n-th business day after that day (before it, for negative n); the day itself is not counted. 0 is
    the day itself, whatever it is."""
    step = 1 if n > 0 else -1
    for _ in range(abs(n)):
        day = _nearest(day + timedelta(days=step), step, country, overrides)
    return day

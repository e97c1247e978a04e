"""Which lists of accounts there are, what a day's exports may hold, and what a column may be."""

from collector.reports.rules.budget import HOURS_COUNTED, ROWS_A_DAY, rows_a_day
from collector.reports.rules.columns import COLUMNS, MONEY, Format, columns_of, mark_of, new_number, numbers_in
from collector.reports.rules.lists import (
    NOT_YET,
    SETTLED,
    STATES,
    OfDays,
    OfDifferences,
    OfHour,
    OfPromises,
    OfRoll,
    OfStage,
    Stage,
    Wanted,
    address_of,
    check_span,
    described,
    wanted_of,
)
from collector.reports.rules.weeks import days_back, week_of, weeks_back

__all__ = [
    "COLUMNS",
    "HOURS_COUNTED",
    "MONEY",
    "NOT_YET",
    "ROWS_A_DAY",
    "SETTLED",
    "STATES",
    "Format",
    "OfDays",
    "OfDifferences",
    "OfHour",
    "OfPromises",
    "OfRoll",
    "OfStage",
    "Stage",
    "Wanted",
    "address_of",
    "check_span",
    "columns_of",
    "days_back",
    "described",
    "mark_of",
    "new_number",
    "numbers_in",
    "rows_a_day",
    "wanted_of",
    "week_of",
    "weeks_back",
]

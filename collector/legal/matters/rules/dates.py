"""Days at court: which comes first, and when somebody is told. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from collector.legal.matters.rules.words import DateKind
from collector.legal.rules.alarms import PASSED

COURT_AHEAD = (30, 7, 1)
"""Days ahead of a day at court: courts set them later than the law sets its terms."""
WEIGHT = {DateKind.deadline: 0, DateKind.hearing: 1, DateKind.errand: 2}
"""At the same moment: a right that lapses before a seat that stays empty, before an errand."""


def alarm_of(day: date, today: date) -> int | None:
    """How many days ahead somebody is to be told by now of a day at court that has not ended: the nearest of
    `COURT_AHEAD` that was reached, or `PASSED`; None: it is far."""
    days = (day - today).days
    if days < 0:
        return PASSED
    reached = [ahead for ahead in COURT_AHEAD if days <= ahead]
    return min(reached, default=None)


def calendar_order(rows: Iterable[tuple[datetime, DateKind, int]]) -> list[int]:
    """The numbers of days at court (moment, kind, number), what is lost first on top: those that passed with nothing
    noted lead, since they are the oldest."""
    return [number for _, _, number in sorted(rows, key=lambda one: (one[0], WEIGHT[one[1]], one[2]))]

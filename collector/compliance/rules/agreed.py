"""Times that the person asked for or agreed to: they open the gate at an hour that would be closed."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from collector.compliance.rules.case import Case
from collector.compliance.rules.day import DAY, QUARTER, day_of, second_at
from collector.compliance.rules.parameters import clock_seconds
from collector.facts.rules import Mark, Standing


class Span(NamedTuple):
    """Seconds from `opens` up to, not including, `closes`."""

    opens: int
    closes: int
    made_at: int
    """When it was agreed; 0 where that is not known."""


@lru_cache(maxsize=1024)
def hours_of(text: str) -> tuple[int, int]:
    """Start and length, in seconds, of "22:00-23:00"; past midnight where the end is the earlier of the two.

    A span that ends when it starts has no length: nothing was agreed, rather than everything.
    """
    first, _, last = text.partition("-")
    start, end = clock_seconds(first.strip()), clock_seconds(last.strip())
    return start, end - start if end >= start else end - start + DAY


def agreed_spans(case: Case, once: bool, callback_minutes: int) -> list[Span]:
    """Spans around the moment asked about that the person agreed to.

    An agreement without an evidence id opens nothing. `once`: it is good for its first occasion only.
    """
    callbacks = case.facts.body.callbacks if callback_minutes else ()
    spans = [Span(callback.at, callback.at + callback_minutes * 60, 0) for callback in callbacks]
    for mark in case.marks(Mark.agreement):
        hours = mark.detail.get("hours")
        if isinstance(hours, str) and mark.detail.get("evidence_id") and _is_for(case, mark):
            spans += _occasions(case, mark, hours, once)
    return spans


def _is_for(case: Case, mark: Standing) -> bool:
    return (
        mark.channel in (None, case.contact.channel)
        and case.same_number(mark.number)
        and case.same_collector(mark.collector)
        and case.about(mark.debts)
    )


def _occasions(case: Case, mark: Standing, hours: str, once: bool) -> list[Span]:
    start, length = hours_of(hours)
    if once:
        near = [span for back in (0, 1) if (span := _span(case, mark, mark.at, back, start, length))]
        return [span for span in near if span.closes > mark.at][:1]
    days = [_span(case, mark, case.at, back, start, length) for back in (-1, 0, 1)]
    return [span for span in days if span is not None]


def _span(case: Case, mark: Standing, around: int, later: int, start: int, length: int) -> Span | None:
    """That day's occasion, only where all possible zones agree on it."""
    opens = [second_at(day.zone, day_of(day.zone, around // QUARTER).ordinal + later, start) for day in case.days]
    span = Span(max(opens), min(opens) + length, mark.at)
    return span if span.closes > span.opens else None

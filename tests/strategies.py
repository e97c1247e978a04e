"""Hypothesis strategies that several rooms draw from."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from collector.history.rules import PaymentMade, PromiseState, PromiseTerms
from collector.law.rules import Event as LawEvent
from collector.law.rules import Happening
from collector.portfolio.rules import Instalment, Paid

START = datetime(2026, 5, 1, tzinfo=UTC)


def moments(days: int = 40) -> st.SearchStrategy[datetime]:
    """A moment, whole minutes, in the days after the first of May 2026."""
    return st.integers(0, days * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))


def days(count: int = 90) -> st.SearchStrategy[date]:
    return st.integers(0, count).map(lambda day: START.date() + timedelta(days=day))


@st.composite
def payments_made(draw: st.DrawFn) -> PaymentMade:
    """A payment whose moment is known."""
    at = draw(moments())
    return PaymentMade(at, at, draw(st.integers(1, 500)))


@st.composite
def promises_of_one_account(draw: st.DrawFn) -> list[PromiseTerms]:
    """Up to four promises, overlapping in any way."""
    plan = []
    for number in range(draw(st.integers(0, 4))):
        made_at = draw(moments())
        due_at = made_at + timedelta(minutes=draw(st.integers(1, 20 * 24 * 60)))
        state = draw(st.sampled_from([PromiseState.open, PromiseState.open, PromiseState.withdrawn]))
        plan.append(PromiseTerms(number + 1, draw(st.integers(1, 500)), made_at, due_at, state))
    return plan


@st.composite
def schedules(draw: st.DrawFn) -> list[Instalment]:
    """One to five instalments on different days."""
    due = draw(st.lists(days(), min_size=1, max_size=5, unique=True))
    return [Instalment(day, draw(st.integers(1, 300))) for day in sorted(due)]


def paid_lists() -> st.SearchStrategy[list[Paid]]:
    return st.lists(st.builds(Paid, days(), st.integers(1, 400)), max_size=6)


# --- Clocks of the law. ---

MOVING = tuple(
    kind
    for kind in Happening
    if kind not in (Happening.accelerated, Happening.governing_law, Happening.struck, Happening.let_go)
)


@st.composite
def clock_events(draw: st.DrawFn) -> list[LawEvent]:
    """What may happen to a claim in its years, each event with its own number, proven or only told."""
    found = []
    for number in range(1, draw(st.integers(0, 6)) + 1):
        kind, on = draw(st.sampled_from(MOVING)), draw(st.dates(date(2018, 1, 1), date(2032, 12, 31)))
        until = on + timedelta(days=draw(st.integers(0, 900))) if kind is Happening.stood_still else None
        evidence = draw(st.sampled_from(["", f"document:{number}"]))
        found.append(LawEvent(kind, on, evidence, until, number=number))
    return found

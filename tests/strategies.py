"""Hypothesis strategies that several rooms draw from."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from collector.history.rules import PaymentMade, PromiseState, PromiseTerms
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

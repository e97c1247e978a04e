"""Hypothesis strategies that several rooms draw from."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

from hypothesis import strategies as st

from collector.history.rules import PaymentMade, PromiseState, PromiseTerms
from collector.law.rules import CapStep, ClaimPart, DayCount, Happening, Sweep
from collector.law.rules import Event as LawEvent
from collector.portfolio.rules import Instalment, Paid
from collector.portfolio.rules.balance import Given, RateStep, Received, Scheduled, Terms

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


@st.composite
def instalments_in_parts(draw: st.DrawFn) -> list[Scheduled]:
    """One to five instalments; of some, only the amount is known."""
    lines = []
    for number, day in enumerate(sorted(draw(st.lists(days(), min_size=1, max_size=5, unique=True))), 1):
        parts = [draw(st.integers(0, 90_000)) for _ in range(3)]
        rest = draw(st.integers(0, 500))
        given = parts if draw(st.booleans()) else [None, None, None]
        lines.append(Scheduled(number, day, sum(parts) + rest, *given))
    return lines


def money_received() -> st.SearchStrategy[list[Received]]:
    """Payments of one account, each with a label of its own."""
    made = st.lists(st.tuples(days(160), st.integers(1, 120_000)), max_size=6)
    return made.map(lambda rows: [Received(on, amount, f"P{place}") for place, (on, amount) in enumerate(rows)])


@st.composite
def claim_terms(draw: st.DrawFn) -> Terms:
    """Any terms: order, counting, rates that change, caps, grace, called or not."""
    rate = st.none() | st.integers(0, 4000).map(lambda hundredths: Fraction(hundredths, 100))
    rates = draw(st.lists(st.builds(RateStep, days(160), rate, rate), max_size=3, unique_by=lambda one: one.from_on))
    cap = st.builds(CapStep, days(160), st.integers(1, 3000).map(lambda one: Fraction(one, 100)), st.just("CAP"))
    return Terms(
        day_count=draw(st.sampled_from(DayCount)),
        order=tuple(draw(st.permutations(list(ClaimPart)))),
        sweep=draw(st.sampled_from(Sweep)),
        penalty_on=tuple(draw(st.sets(st.sampled_from([part for part in ClaimPart if part != "penalty"])))),
        rates=tuple(rates),
        caps=tuple(draw(st.lists(cap, max_size=2, unique_by=lambda one: one.from_on))),
        grace_days=draw(st.integers(0, 10)),
        opened_on=draw(st.none() | days(30)),
        called_on=draw(st.none() | days(160)),
    )


def given_up() -> st.SearchStrategy[list[Given]]:
    """What was waived of one account."""
    amount = st.integers(0, 60_000)
    return st.lists(st.builds(Given, days(160), amount, amount, amount, amount), max_size=3)

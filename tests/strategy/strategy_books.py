"""Accounts and documents for the tests of the strategy room."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import msgspec
from hypothesis import strategies as st

from collector.facts.rules import AccountFacts, Extra
from collector.history.rules import Cause
from collector.portfolio.rules import BorrowerType, GuaranteeKind, PartyRole, Security, ValueTier

TODAY = date(2026, 5, 12)


def account(days: int = 0, extra: Extra | None = None, **changes: Any) -> AccountFacts:
    """A cash loan of 1,000.00 overdue by so many days."""
    body = None if extra is None else msgspec.json.encode(extra).decode()
    values: dict[str, Any] = {
        "person_id": 1,
        "account_id": 1,
        "portfolio_id": 1,
        "role": PartyRole.borrower,
        "account_no": "A-1",
        "product": "cash",
        "borrower_type": "other",
        "value_tier": "ordinary",
        "security": "credit",
        "partner": None,
        "autopay": False,
        "principal": 1_000_000,
        "matures_on": None,
        "payday": None,
        "grace_days": 0,
        "oldest_unpaid_due": TODAY - timedelta(days=days) if days else None,
        "overdue": 100_000 if days else 0,
        "due_today": 0,
        "owed": 900_000,
        "next_due_on": None,
        "next_due_amount": 0,
        "missed_consecutive": 0,
        "missed_cumulative": 0,
        "last_paid_on": None,
        "settled": False,
        "reported_on": None,
        "reported_min": None,
        "reported_max": None,
        "owner_id": None,
        "guarantee_kind": None,
        "guarantee_until": None,
        "step": None,
        "step_on": None,
        "touched_on": None,
        "broken_at": None,
        "promises_broken": 0,
        "extra": body,
    }
    return AccountFacts(**{**values, **changes})


def words(kind: type[Any]) -> st.SearchStrategy[str]:
    return st.sampled_from([word.value for word in kind])


EXTRAS = st.one_of(
    st.none(),
    st.builds(
        Extra,
        refused_at=st.sampled_from([None, 1]),
        disputed_since=st.sampled_from([None, 1]),
        cause=st.none() | words(Cause),
        willing=st.booleans(),
        arbitration=st.booleans(),
        notarised=st.booleans(),
        lapsed=st.booleans(),
    ),
)
MONEY = st.sampled_from([0, 1, 49_999, 50_000, 50_001, 199_999, 200_000, 5_000_000])
ACCOUNTS = st.builds(
    account,
    days=st.sampled_from([0, 1, 2, 10, 11, 30, 31, 45, 60, 61, 90, 91, 120, 121, 180, 181, 400]),
    extra=EXTRAS,
    role=st.sampled_from(PartyRole),
    product=st.sampled_from(["cash", "card", "auto"]),
    borrower_type=words(BorrowerType),
    value_tier=words(ValueTier),
    security=words(Security),
    partner=st.sampled_from([None, "north", "south"]),
    autopay=st.booleans(),
    overdue=MONEY,
    owed=MONEY,
    settled=st.booleans(),
    missed_consecutive=st.integers(0, 4),
    missed_cumulative=st.integers(0, 7),
    promises_broken=st.integers(0, 3),
    payday=st.sampled_from([None, 5, 15]),
    guarantee_kind=st.none() | words(GuaranteeKind),
    touched_on=st.none() | st.integers(0, 9).map(lambda days: TODAY - timedelta(days=days)),
)

WORD_FIELDS: dict[str, list[Any]] = {
    "bucket": ["current", "M1", "M2", "M3", "late"],
    "borrower_type": [word.value for word in BorrowerType],
    "value_tier": [word.value for word in ValueTier],
    "security": [word.value for word in Security],
    "role": [word.value for word in PartyRole],
    "product": ["cash", "card"],
    "partner": ["north", "south"],
    "asset_class": ["normal", "special_mention", "substandard", "doubtful", "loss"],
    "cause": ["over_indebted", "disappeared"],
    "autopay": [True, False],
    "refused": [True, False],
    "disputed": [True, False],
    "settled": [True, False],
    "willing": [True, False],
    "arbitration": [True, False],
    "notarised": [True, False],
    "lapsed": [True, False],
}
NUMBER_FIELDS = {
    "days_past_due": 200,
    "missed_consecutive": 4,
    "missed_cumulative": 7,
    "promises_broken": 3,
    "days_since_touched": 9,
    "payday": 20,
    "overdue": 2_500,
    "owed": 2_500,
}
NULLABLE = ("partner", "cause", "payday", "days_since_touched")


@st.composite
def conditions(draw: st.DrawFn) -> dict[str, Any]:
    """A `when` that is well formed, though it may contradict itself."""
    when: dict[str, Any] = {}
    for name in draw(st.lists(st.sampled_from([*WORD_FIELDS, *NUMBER_FIELDS]), max_size=3, unique=True)):
        if name in NULLABLE and draw(st.booleans()):
            when[name] = {"is_null": draw(st.booleans())}
        elif name in WORD_FIELDS:
            when[name] = draw(st.lists(st.sampled_from(WORD_FIELDS[name]), min_size=1, max_size=3))
        else:
            low, high = sorted(draw(st.tuples(*[st.integers(0, NUMBER_FIELDS[name])] * 2)))
            when[name] = draw(
                st.sampled_from(
                    [{"gte": low}, {"gt": low}, {"lt": high + 1}, {"lte": high}, {"eq": low}, {"between": [low, high]}]
                )
            )
    return when


HEAD = """\
buckets: {M1: [1, 30], M2: [31, 60], M3: [61, 90], late: [91, null]}
slots: {morning: "08:30-12:00", afternoon: "13:30-18:00", evening: "18:00-20:30"}
cadences:
  firm:
    - {day: 1, channel: sms, slot: morning, template: overdue-first, tone: firm}
    - {day: 5, channel: call}
segments:
"""


def row(name: str, when: str = "") -> str:
    """A line of the decision table; without `when`, the default."""
    condition = f", when: {when}" if when else ""
    return f"  - {{name: {name}, stage: growth, level: primary, cadence: firm{condition}}}\n"


def table(*rows: str) -> str:
    """A whole document. The first row stands on line 8."""
    return HEAD + "".join(rows)

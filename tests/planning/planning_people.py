"""People, phones and a portfolio's day for the tests of the planning room."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from collector.compliance.packs import load_pack
from collector.compliance.rules import compile_policy
from collector.facts.rules import AccountFacts, Extra, PersonBody, PersonFacts, Phone, RoundCall
from collector.foundation.clock import at_local, local_day, parse_moment
from collector.history.rules import Outcome
from collector.planning.rules import Context, Line
from collector.portfolio.rules import PartyRole
from collector.strategy.compiling import compile_document
from collector.strategy.reading import parse
from collector.strategy.rules import Retry

ZONE = "Asia/Shanghai"
TODAY = date(2026, 5, 12)
MORNING = parse_moment("2026-05-12T07:00+08:00")
"""Before the first slot of the day."""
CALLERS = ("+861055500001", "+861055500002", "+861055500003")
SLOTS = ("morning", "afternoon", "evening")
HOURS = {"morning": 9, "afternoon": 14, "evening": 19}

STRATEGY = """
name: test
buckets: {M1: [1, 30], M2: [31, 60], M3: [61, 90], M3+: [91, null]}
slots: {morning: "08:30-12:00", afternoon: "13:30-18:00", evening: "18:00-20:30"}
segments:
  - {name: not-late, when: {bucket: [current]}, stage: gestation, level: primary}
  - {name: first, when: {bucket: [M1]}, stage: growth, level: primary, cadence: first, weight: 1.0}
  - {name: rest, stage: maturity, level: middle, cadence: later, weight: 1.2}
cadences:
  first:
    - {day: 1, channel: sms, slot: morning, template: overdue-first, tone: courteous}
    - {day: 3, channel: call, slot: morning, tone: courteous}
    - {day: 7, channel: sms, slot: afternoon, template: overdue-first, tone: firm}
    - {day: 10, channel: call, slot: afternoon, tone: firm}
    - {day: 20, channel: call, tone: firm}
    - {day: 25, channel: letter, template: demand, tone: formal}
    - {day: 28, channel: call, tone: firm}
  later:
    - {day: 40, channel: call, tone: firm}
"""


def second(text: str) -> int:
    return int(parse_moment(text).timestamp())


def context(now: datetime = MORNING, *, strategy: str = STRATEGY, pack: str = "cn", **changes: Any) -> Context:
    """A Chinese creditor's day with three numbers."""
    values: dict[str, Any] = {
        "portfolio_id": 1,
        "strategy": compile_document(parse(strategy), "CNY", 1),
        "policy": compile_policy(load_pack(pack), "creditor", "bank_loan"),
        "lines": tuple(Line(number, frozenset({"call", "sms"})) for number in CALLERS),
        "zone": ZONE,
        "today": local_day(now, ZONE),
    }
    return Context(**{**values, **changes})


def account(days: int = 0, extra: Extra | None = None, today: date = TODAY, **changes: Any) -> AccountFacts:
    """A loan with 1,000.00 overdue for so many days."""
    values: dict[str, Any] = dict.fromkeys(AccountFacts.__struct_fields__)
    values |= {
        "person_id": 1,
        "account_id": 11,
        "portfolio_id": 1,
        "role": PartyRole.borrower,
        "account_no": "A-1",
        "product": "cash",
        "borrower_type": "other",
        "value_tier": "ordinary",
        "security": "credit",
        "autopay": False,
        "principal": 1_000_000,
        "grace_days": 0,
        "oldest_unpaid_due": today - timedelta(days=days) if days else None,
        "overdue": 100_000 if days else 0,
        "due_today": 0,
        "owed": 900_000,
        "next_due_amount": 0,
        "missed_consecutive": 0,
        "missed_cumulative": 1,
        "settled": False,
        "promises_broken": 0,
        "extra": None if extra is None else msgspec.json.encode(extra).decode(),
    }
    return AccountFacts(**{**values, **changes})


def phone(number: int = 1, **changes: Any) -> Phone:
    return Phone(**{"id": number, "number": f"+86138000000{number:02}", **changes})


def person(*accounts: AccountFacts, phones: tuple[Phone, ...] = (phone(),), **body: Any) -> PersonFacts:
    return PersonFacts(1, PersonBody(zones=(ZONE,), phones=phones, **body), accounts)


def call(
    day: date, slot: str, caller: str = CALLERS[0], outcome: Outcome = Outcome.switched_off, minutes: int = 0
) -> RoundCall:
    """A call at the usual hour of that slot."""
    at = int(at_local(day, datetime.min.time().replace(hour=HOURS[slot]), ZONE).timestamp()) + minutes * 60
    return RoundCall(at, day, caller, slot, outcome)


def diagonal(first: date = TODAY, days: int = 1) -> tuple[RoundCall, ...]:
    """Three silent calls, each from another number in another slot."""
    return tuple(
        call(first + timedelta(days=at if days > 1 else 0), slot, caller)
        for at, (slot, caller) in enumerate(zip(SLOTS, CALLERS, strict=True))
    )


RULE = Retry()
"""Three callers, three slots, three calls, diagonal, two hours apart, on one day."""

"""A policy, collectors and accounts to allocate, said shortly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta

import msgspec
from floor import STRATEGY

from collector.allocation.rules import NOBODY, Collector, Decision, Holding, Move
from collector.facts.rules import AccountFacts
from collector.facts.rules.blank import BLANK
from collector.history.rules import HELD_BACK
from collector.identity.rules import Level
from collector.strategy.compiling import compile_document
from collector.strategy.reading import parse
from collector.strategy.rules import AllocationPolicy

TODAY = date(2026, 5, 20)
RULES = """
allocation:
  rules:
    - {name: m1, when: {bucket: [M1]}, level: primary, accounts: 6, days: 10, keep: {paid_within_days: 15}}
    - {name: m2, when: {bucket: [M2]}, level: middle, accounts: 4, days: 10}
    - {name: far, when: {bucket: [M3, M3+]}, level: senior, accounts: 3, days: 20, rotate: false}
  recall: {cured: true, legal: true, skiptrace: false, term_days: 90}
"""


def policy(rules: str = RULES) -> AllocationPolicy:
    return compile_document(parse(STRATEGY + rules), "CNY").allocation


POLICY = policy()


def account(
    number: int, days: int = 5, overdue: int = 100_00, person: int | None = None, **more: object
) -> AccountFacts:
    """An account so many days late today."""
    due = TODAY - timedelta(days=days) if days else None
    who = person if person is not None else number
    return msgspec.structs.replace(
        BLANK, account_id=number, person_id=who, oldest_unpaid_due=due, overdue=overdue if days else 0, **more
    )


def agent(number: int, level: Level = Level.primary, **more: object) -> Collector:
    return replace(Collector(number, f"S{number}", level), **more)  # type: ignore[arg-type]


def held(owner: int, days: int | None = 1, **more: object) -> Holding:
    """Owned for so many days; None: nobody knows since when."""
    since = TODAY - timedelta(days=days) if days is not None else None
    return Holding(owner, since=since, first_on=since, **more)  # type: ignore[arg-type]


def owners(decision: Decision) -> dict[int, int | None]:
    return {move.account_id: move.owner_id for move in decision.moves}


def after(holdings: Mapping[int, Holding], moves: Iterable[Move], today: date = TODAY) -> dict[int, Holding]:
    """How everything is held once the moves were made."""
    found = dict(holdings)
    for move in moves:
        old = found.get(move.account_id, NOBODY)
        if not move.changes_owner:
            found[move.account_id] = replace(old, standby_id=move.standby_id)
            continue
        back = move.owner_id is None
        found[move.account_id] = Holding(
            move.owner_id,
            move.standby_id,
            None if back else today,
            move.before if move.before is not None else old.before,
            None if back else old.first_on or today,
            held_back=move.why in HELD_BACK,
        )
    return found

"""The order of work (handbook section 5): tiers first, then weight × balance × chance to reach. Every part is kept."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import lru_cache

import msgspec

from collector.facts.rules import AccountFacts, Phone, days_to_lapse, extra_of
from collector.foundation.clock import local_day
from collector.history.rules import CONVERSATION, DEAD
from collector.planning.rules.context import Context
from collector.planning.rules.look import Look
from collector.planning.rules.words import Purpose
from collector.strategy.rules import Reach, Tier

TIER_SIZE = 10**17
"""Ranks of a tier. Scores stay below it: balances end at 10^15 minor units, and weights are small."""


class Priority(msgspec.Struct, frozen=True):
    """`rank`: smaller is sooner. `score` in minor units: weight × balance × chance. `reach`: the chance's parts."""

    rank: int
    tier: Tier
    weight: float
    balance: int
    chance: float
    score: int
    reach: dict[str, float]

    def as_json(self) -> str:
        """What is stored with the task and shown as "why here"."""
        return _encode(self).decode()


_encode = msgspec.json.Encoder().encode


def priority(seen: Look, purpose: Purpose, phone: Phone | None, ctx: Context) -> Priority:
    """The rank of a contact about this account, with its parts."""
    policy = ctx.strategy.priority
    tier = tier_of(seen, purpose, ctx)
    parts = reach_parts(policy.reach, phone, _is_near_payday(seen.account, ctx))
    chance = round(min(1.0, max(policy.reach.floor, sum(parts.values()))), 4)
    balance = seen.account.owed or seen.account.overdue
    score = min(TIER_SIZE - 1, int(seen.segment.weight * balance * chance))
    rank = (policy.rank(tier) + 1) * TIER_SIZE - 1 - score
    return Priority(rank, tier, seen.segment.weight, balance, chance, score, parts)


def tier_of(seen: Look, purpose: Purpose, ctx: Context) -> Tier:
    """The first tier, in the strategy's order, that holds for the account; `ordinary` always does."""
    if purpose is Purpose.callback:
        return Tier.callback
    held = _tiers(seen, purpose, ctx)
    if len(held) <= 1:
        return held[0] if held else Tier.ordinary
    return min(held, key=ctx.strategy.priority.rank)


def _tiers(seen: Look, purpose: Purpose, ctx: Context) -> list[Tier]:
    policy, account, today = ctx.strategy.priority, seen.account, ctx.today
    held = []
    if seen.is_broken or purpose is Purpose.broken_promise:
        held.append(Tier.broken_promise)
    if purpose is Purpose.promise_reminder or _is_promise_due(account, ctx):
        held.append(Tier.promise_due)
    if account.lapses_on is not None and _is_clock_near(account, today, policy.clock_days):
        held.append(Tier.legal_clock)
    if policy.is_about_to_roll(seen.days):
        held.append(Tier.about_to_roll)
    if seen.days == account.grace_days + 1:
        held.append(Tier.first_day)
    if seen.days and untouched_days(seen, today) >= policy.untouched_days:
        held.append(Tier.untouched)
    return held


def _is_promise_due(account: AccountFacts, ctx: Context) -> bool:
    """Whether a promise that is still open falls due on the planned day, in the portfolio's calendar."""
    if account.extra is None:
        return False
    days = (local_day(datetime.fromtimestamp(promise.due_at, UTC), ctx.zone) for promise in extra_of(account).promises)
    return ctx.today in days


def _is_clock_near(account: AccountFacts, today: date, days: int) -> bool:
    left = days_to_lapse(account, today)
    return left is not None and left <= days


def untouched_days(seen: Look, today: date) -> int:
    """Days without an attempted contact in this spell of lateness."""
    touched = seen.account.touched_on
    return seen.days if touched is None else min(seen.days, (today - touched).days)


def reach_parts(reach: Reach, phone: Phone | None, near_payday: bool) -> dict[str, float]:
    """What makes up the chance to reach, by name."""
    parts = {"base": reach.base}
    if phone is not None and phone.last_outcome in CONVERSATION:
        parts["reached_before"] = reach.reached_before
    if phone is not None and phone.round:
        silent = sum(call.outcome in DEAD for call in phone.round)
        parts["unanswered"] = reach.each_unanswered * silent
    if near_payday:
        parts["payday"] = reach.payday
    return parts


def _is_near_payday(account: AccountFacts, ctx: Context) -> bool:
    paydays = ctx.strategy.paydays if account.payday is None else (account.payday,)
    return is_near(ctx.today, paydays, ctx.strategy.priority.reach.payday_within_days)


@lru_cache(maxsize=4096)
def is_near(today: date, paydays: tuple[int, ...], within: int) -> bool:
    """Whether one of these days of the month lies within so many days, in this month or across its end; the 31st
    of a shorter month is its last day."""
    month = today.year * 12 + today.month - 1
    return any(abs((_day_in(month + step, payday) - today).days) <= within for step in (-1, 0, 1) for payday in paydays)


def _day_in(month: int, day: int) -> date:
    first = date(month // 12, month % 12 + 1, 1)
    length = (date((month + 1) // 12, (month + 1) % 12 + 1, 1) - first).days
    return first.replace(day=min(day, length))

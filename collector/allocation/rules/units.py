"""The accounts of one person as they are given to somebody: together, to one owner."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from collector.allocation.rules.words import NOBODY, Holding, Stays
from collector.facts.rules import AccountFacts, extra_of, lateness
from collector.history.rules import HoldingReason
from collector.identity.rules import LEVEL_ORDER, Level
from collector.strategy.rules import AllocationPolicy, AllocationRule

LEGAL, TRACED = "legal/accepted", "skiptrace/accepted"


@dataclass(frozen=True, slots=True)
class Member:
    """One account, with the rule that asks for an owner."""

    facts: AccountFacts
    held: Holding
    rule: AllocationRule | None
    weight: int
    level: Level

    @property
    def account_id(self) -> int:
        return self.facts.account_id

    @property
    def rule_name(self) -> str:
        return self.rule.name if self.rule else ""


@dataclass(slots=True)
class Unit:
    """A person's accounts. `home`: the owner who may keep `at_home`, which they have already; `why`: what moves the
    others, or all; `apart`: whom they may not go to, `rather_not`: nor to them while others are free. `owner_id` has
    `given` in the end."""

    person_id: int
    members: Sequence[Member]
    home: int | None = None
    at_home: Sequence[Member] = ()
    why: HoldingReason = HoldingReason.one_owner
    apart: frozenset[int] = frozenset()
    rather_not: frozenset[int] = frozenset()
    owner_id: int | None = None
    given: Sequence[Member] = ()

    @property
    def to_come(self) -> Sequence[Member]:
        """What the home does not have yet."""
        here = {one.account_id for one in self.at_home}
        return [one for one in self.members if one.account_id not in here]

    @property
    def level(self) -> Level:
        return max((one.level for one in self.members), key=LEVEL_ORDER.__getitem__)

    @property
    def in_hand(self) -> bool:
        return any(one.held.in_hand for one in self.members)

    @property
    def order(self) -> tuple[int, int, int]:
        """Who needs a high level first, then the largest: what is left over is small."""
        money = sum(one.facts.overdue for one in self.members)
        return -LEVEL_ORDER[self.level], -money, self.person_id

    def owners(self) -> list[int]:
        """Who has most of it first."""
        held: Counter[int] = Counter()
        for one in self.members:
            if one.held.owner_id is not None:
                held[one.held.owner_id] += one.weight
        return sorted(held, key=lambda user_id: (-held[user_id], user_id))


def weight_of(members: Iterable[Member]) -> int:
    return sum(one.weight for one in members)


def members_of(
    accounts: Iterable[AccountFacts], holdings: Mapping[int, Holding], policy: AllocationPolicy, today: date
) -> list[Member]:
    """Every account with its rule, by id. It weighs nothing where no rule asks for an owner; a call in hand is about
    all that the person owes."""
    found, ordered = [], sorted(accounts, key=lambda one: one.account_id)
    busy = {one.person_id for one in ordered if holdings.get(one.account_id, NOBODY).in_hand}
    for facts in ordered:
        rule = policy.rule_for(facts, today, lateness(facts, today))
        level = rule.level_for(facts.level_floor) if rule else Level(facts.level_floor or Level.primary)
        held = holdings.get(facts.account_id, NOBODY)
        if facts.person_id in busy and not held.in_hand:
            held = replace(held, in_hand=True)
        found.append(Member(facts, held, rule, policy.weight(rule), level))
    return found


def recall_of(member: Member, policy: AllocationPolicy, today: date) -> HoldingReason | None:
    """What takes the account back (退案)."""
    recall, extra = policy.recall, extra_of(member.facts)
    if recall.cured and (member.facts.settled or not lateness(member.facts, today)):
        return HoldingReason.cured
    if recall.legal and LEGAL in extra.referrals:
        return HoldingReason.legal
    if recall.skiptrace and TRACED in extra.referrals:
        return HoldingReason.traced
    first = member.held.first_on
    if recall.term_days is not None and first is not None and today >= first + timedelta(days=recall.term_days):
        return HoldingReason.term_over
    return None


def units_of(members: Iterable[Member]) -> list[Unit]:
    """By person, in their order."""
    theirs: dict[int, list[Member]] = defaultdict(list)
    for member in members:
        theirs[member.facts.person_id].append(member)
    return [Unit(person_id, theirs[person_id]) for person_id in sorted(theirs)]


def holding_until(member: Member) -> date | None:
    """The first day on which the holding period of the account's owner is over; None: it has no end."""
    days = member.rule.days if member.rule else None
    if days is None or member.held.since is None:
        return None
    begun = max(member.held.since, member.facts.last_paid_on or member.held.since)
    return begun + timedelta(days=days)


def is_over(unit: Unit, today: date) -> bool:
    """Whether the period of every account that has one is over: one payment begins it anew for the person."""
    ends = [end for one in unit.members if (end := holding_until(one)) is not None]
    return bool(ends) and max(ends) <= today


def kept_for(unit: Unit, today: date) -> Stays | None:
    """What keeps it beyond its period (留案)."""
    for member in unit.members:
        keep = member.rule.keep if member.rule else None
        if member.held.kept_until is not None and today <= member.held.kept_until:
            return Stays.asked
        if keep is None:
            continue
        if keep.promise and extra_of(member.facts).promises:
            return Stays.promised
        paid = member.facts.last_paid_on
        if keep.paid_within_days and paid and today <= paid + timedelta(days=keep.paid_within_days):
            return Stays.paid
    ruled = [one.rule for one in unit.members if one.rule]
    return None if all(rule.rotate for rule in ruled) else Stays.not_rotated

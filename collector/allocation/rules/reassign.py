"""Accounts that a supervisor gives to somebody, or spreads over several: level and limits hold here too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import date

from collector.allocation.rules.allocate import Allocation
from collector.allocation.rules.units import Member, Unit, members_of, units_of
from collector.allocation.rules.words import Collector, Decision, Holding, LeftOut, Move, Unplaced
from collector.facts.rules import AccountFacts
from collector.history.rules import HoldingReason
from collector.strategy.rules import AllocationPolicy


def reassign(
    accounts: Iterable[AccountFacts],
    agents: Iterable[Collector],
    holdings: Mapping[int, Holding],
    policy: AllocationPolicy,
    today: date,
    *,
    chosen: Collection[int],
    to: Collection[int],
) -> Decision:
    """The chosen accounts, and whatever else the same people owe here, to these collectors, spread by count and money.
    What one of them has already stays; nothing else moves."""
    spread, targets = Allocation(agents, policy, today), frozenset(to)
    members = members_of(accounts, holdings, policy, today)
    people = {one.facts.person_id for one in members if one.account_id in chosen}
    for one in members:
        if one.held.owner_id is not None:
            spread.desks.add(one.held.owner_id, [one])
            spread.desks.note_stand_in(one.held.standby_id, 1)
    spread.desks.queue()
    units = [unit for unit in units_of(_concerned(members, people, chosen)) if not _is_there(unit, targets)]
    given = [unit for unit in sorted(units, key=lambda one: one.order) if _give(spread, unit, targets)]
    spread.settle(given)
    return spread.decision()


def take_back(members: Iterable[Member], chosen: Collection[int]) -> Decision:
    """The chosen accounts become nobody's (退案), those excepted about whose people a call is held or rings."""
    owned = [one for one in members if one.account_id in chosen and one.held.owner_id is not None]
    moves = (
        Move(
            one.account_id,
            one.facts.person_id,
            one.rule_name,
            HoldingReason.taken_back,
            one.facts.overdue,
            one.held.owner_id,
            None,
            one.held.standby_id,
            None,
        )
        for one in owned
        if not one.held.in_hand
    )
    left = (
        Unplaced(one.account_id, one.rule_name, one.facts.overdue, LeftOut.in_hand) for one in owned if one.held.in_hand
    )
    return Decision(tuple(moves), tuple(left), Counter())


def _concerned(members: Iterable[Member], people: Collection[int], chosen: Collection[int]) -> list[Member]:
    """All that these people owe here and that somebody works, or should."""
    return [
        one
        for one in members
        if one.facts.person_id in people
        and (one.account_id in chosen or one.held.owner_id is not None or (one.rule and not one.held.held_back))
    ]


def _is_there(unit: Unit, targets: Collection[int]) -> bool:
    owners = {one.held.owner_id for one in unit.members}
    return len(owners) == 1 and not owners.isdisjoint(targets)


def _give(spread: Allocation, unit: Unit, targets: Collection[int]) -> bool:
    found = None if unit.in_hand else spread.desks.place(unit, targets)
    if found is None:
        why = LeftOut.in_hand if unit.in_hand else spread.desks.why_not(unit, targets)
        spread.left_out += [Unplaced(one.account_id, one.rule_name, one.facts.overdue, why) for one in unit.members]
        return False
    for one in unit.members:
        if one.held.owner_id is not None:
            spread.desks.add(one.held.owner_id, [one], -1)
            spread.desks.note_stand_in(one.held.standby_id, -1)
    spread.desks.add(found, unit.members)
    unit.owner_id, unit.given, unit.why = found, unit.members, HoldingReason.reassigned
    return True

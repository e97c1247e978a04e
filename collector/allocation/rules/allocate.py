"""Who is to own which account from today on, and who stands in: decided for a whole portfolio at once.

What is held and may be held stays: nothing moves only for the sake of balance. What has no owner, or may not stay
where it is, goes to the desk that holds the least, of those the one with the least money. Asked again after its
moves were made, the decision moves nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from collector.allocation.rules.desks import Desks
from collector.allocation.rules.units import (
    Member,
    Unit,
    is_over,
    kept_for,
    members_of,
    recall_of,
    units_of,
    weight_of,
)
from collector.allocation.rules.words import Collector, Decision, Holding, LeftOut, Move, Stays, Unplaced
from collector.facts.rules import AccountFacts
from collector.history.rules import HoldingReason
from collector.strategy.rules import AllocationPolicy


def allocate(
    accounts: Iterable[AccountFacts],
    agents: Iterable[Collector],
    holdings: Mapping[int, Holding],
    policy: AllocationPolicy,
    today: date,
) -> Decision:
    """The accounts of one portfolio, each once, as its borrower owes it; `today` in the portfolio's zone."""
    return Allocation(agents, policy, today).decide(members_of(accounts, holdings, policy, today))


class Allocation:
    """One decision under way."""

    def __init__(self, agents: Iterable[Collector], policy: AllocationPolicy, today: date) -> None:
        self.policy, self.today = policy, today
        self.desks = Desks(sorted(agents, key=lambda one: one.user_id), policy.full)
        self.moves: list[Move] = []
        self.left_out: list[Unplaced] = []
        self.stays: Counter[Stays] = Counter()

    def decide(self, members: Sequence[Member]) -> Decision:
        units = units_of(self._asked(members))
        free = [unit for unit in units if not unit.in_hand]
        for unit in units:
            if unit.in_hand:
                self._pin(unit)
            else:
                self._find_home(unit)
        self._keep_within_limits(free)
        self.desks.queue()
        rotating = sorted((unit for unit in free if unit.why is HoldingReason.rotated), key=_order)
        for unit in rotating:
            self._rotate(unit)
        self._give_out([unit for unit in free if len(unit.given) < len(unit.members) or unit in rotating])
        for unit in free:
            self._tell_left_out(unit)
        self.settle(free)
        return self.decision()

    def decision(self) -> Decision:
        """What came of it, in an order that depends on nothing but the accounts."""
        moves = sorted(self.moves, key=lambda one: one.account_id)
        return Decision(tuple(moves), tuple(sorted(self.left_out, key=lambda one: one.account_id)), self.stays)

    # --- who is asked at all ---

    def _asked(self, members: Iterable[Member]) -> list[Member]:
        """Those that a rule asks an owner for; the others are taken back where something says so."""
        found = []
        for one in members:
            owner, recall = one.held.owner_id, recall_of(one, self.policy, self.today)
            gone = owner is not None and one.rule is None and owner not in self.desks.of
            if owner is not None and (recall or gone):
                if one.held.in_hand:
                    self._leave(one, LeftOut.in_hand)
                else:
                    self._move(one, recall or HoldingReason.owner_gone, None, None)
            elif owner is None and one.held.held_back and one.rule is not None:
                self._leave(one, LeftOut.held_back)
            elif one.rule is not None and recall is None:
                found.append(one)
        return found

    def _pin(self, unit: Unit) -> None:
        """A call about the person is held or rings: what is held stays so until that is done."""
        for one in unit.members:
            if one.held.owner_id is None:
                self._leave(one, LeftOut.in_hand)
            else:
                self.desks.add(one.held.owner_id, [one])
                self.desks.note_stand_in(one.held.standby_id, 1)

    def _find_home(self, unit: Unit) -> None:
        owners = unit.owners()
        unit.home = next((one for one in owners if self.desks.may_hold(one, unit.level)), None)
        if unit.home is None:
            known = any(one in self.desks.of for one in owners)
            unit.why = HoldingReason.moved_up if known else HoldingReason.owner_gone
            return
        unit.at_home = [one for one in unit.members if one.held.owner_id == unit.home]
        if not is_over(unit, self.today):
            return
        kept = kept_for(unit, self.today)
        if kept is not None:
            self.stays[kept] += len(unit.members)
            return
        unit.why, unit.apart = HoldingReason.rotated, frozenset({unit.home})
        unit.rather_not = frozenset(one.held.before for one in unit.members if one.held.before is not None)

    # --- room ---

    def _keep_within_limits(self, units: Iterable[Unit]) -> None:
        """What was kept and what is held longest stays first; what does not fit goes to somebody else."""
        staying = [unit for unit in units if unit.home is not None and unit.why is not HoldingReason.rotated]
        for unit in sorted(staying, key=self._longest):
            if not self._take_home(unit):
                unit.home, unit.at_home, unit.why = None, (), HoldingReason.over_limit

    def _longest(self, unit: Unit) -> tuple[bool, date, int]:
        since = min((one.held.since or date.min for one in unit.at_home), default=date.min)
        return kept_for(unit, self.today) is None, since, unit.person_id

    def _take_home(self, unit: Unit) -> bool:
        home = unit.home
        if home is None or not self.desks.fits(home, weight_of(unit.at_home)):
            return False
        self.desks.add(home, unit.at_home)
        unit.owner_id, unit.given = home, unit.at_home
        return True

    def _rotate(self, unit: Unit) -> None:
        """To another owner; where nobody else has room it stays, if there still is room."""
        if not self._place(unit) and not self._take_home(unit):
            unit.home, unit.at_home, unit.why = None, (), HoldingReason.over_limit

    def _place(self, unit: Unit) -> bool:
        found = self.desks.place(unit)
        if found is None:
            return False
        if unit.owner_id is not None:
            self.desks.add(unit.owner_id, unit.given, -1)
        self.desks.add(found, unit.members)
        unit.owner_id, unit.given = found, unit.members
        return True

    def _give_out(self, units: Iterable[Unit]) -> None:
        """Until nobody can be given anything more: an account that joins others elsewhere leaves room behind."""
        waiting, before = sorted(units, key=_order), -1
        while len(waiting) != before:
            before = len(waiting)
            waiting = [unit for unit in waiting if not self._give(unit)]

    def _give(self, unit: Unit) -> bool:
        """Whether nothing more is to be done for these."""
        home = unit.owner_id
        if home is None:
            return self._place(unit)
        if home != unit.home:
            return True
        more = unit.to_come
        if more and self.desks.fits(home, weight_of(more)):
            self.desks.add(home, more)
            unit.given = unit.members
            return unit.why is not HoldingReason.rotated
        unit.apart |= {home}
        if unit.given is not unit.members and unit.why is not HoldingReason.rotated:
            unit.why = HoldingReason.over_limit
        return self._place(unit)

    # --- what is told ---

    def _tell_left_out(self, unit: Unit) -> None:
        if unit.why is HoldingReason.rotated and unit.owner_id == unit.home:
            self.stays[Stays.nobody_else] += len(unit.at_home)
        given = {one.account_id for one in unit.given}
        missed = [one for one in unit.members if one.account_id not in given]
        for one in missed:
            self._leave(one, self.desks.why_not(unit))
            if one.held.owner_id is not None:
                self._move(one, unit.why, None, None)

    def _leave(self, member: Member, why: LeftOut) -> None:
        self.left_out.append(Unplaced(member.account_id, member.rule_name, member.facts.overdue, why))

    def settle(self, units: Iterable[Unit]) -> None:
        """The moves of those that have an owner: stand-ins that may stay do, the others are chosen evenly."""
        owned = sorted((unit for unit in units if unit.owner_id is not None), key=_order)
        well = {unit.person_id for unit in owned if self.desks.stands_well(unit)}
        for unit in owned:
            if unit.person_id in well:
                self.desks.note_stand_in(unit.given[0].held.standby_id, len(unit.given))
        for unit in owned:
            standby = unit.given[0].held.standby_id
            if unit.person_id not in well:
                standby = self.desks.stand_in(unit)
                self.desks.note_stand_in(standby, len(unit.given))
            for one in unit.given:
                self._move(one, _why(one, unit), unit.owner_id, standby)

    def _move(self, member: Member, why: HoldingReason, owner: int | None, standby: int | None) -> None:
        facts, held = member.facts, member.held
        if (held.owner_id, held.standby_id) != (owner, standby):
            who = (held.owner_id, owner, held.standby_id, standby)
            self.moves.append(Move(facts.account_id, facts.person_id, member.rule_name, why, facts.overdue, *who))


def _order(unit: Unit) -> tuple[int, int, int]:
    return unit.order


def _why(member: Member, unit: Unit) -> HoldingReason:
    if member.held.owner_id == unit.owner_id:
        return HoldingReason.stand_in
    return HoldingReason.allotted if member.held.owner_id is None else unit.why

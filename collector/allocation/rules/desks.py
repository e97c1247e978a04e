"""What each collector holds while accounts are given out: who is the next to get one, by count and by money."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

from collector.allocation.rules.units import Member, Unit, weight_of
from collector.allocation.rules.words import Collector, LeftOut
from collector.identity.rules import LEVEL_ORDER, Level

WHOLE = 1_000_000
"""Of `Collector.elsewhere`."""


@dataclass(slots=True)
class Desk:
    """`load` in the policy's unit, `money` overdue in minor units; `standing_in`: accounts as stand-in."""

    who: Collector
    load: int = 0
    money: int = 0
    standing_in: int = 0

    @property
    def key(self) -> tuple[int, int, int]:
        """The least loaded comes first, of those the one with the least money."""
        return self.load, self.money, self.who.user_id


class Desks:
    """All who may own accounts of the portfolio. Nobody's `load` exceeds `full` by what is placed here."""

    def __init__(self, collectors: Iterable[Collector], full: int) -> None:
        self.full = full
        self.of = {one.user_id: Desk(one, -(-one.elsewhere * full // WHOLE)) for one in collectors}
        self._queues: dict[Level, list[tuple[tuple[int, int, int], int]]] = {level: [] for level in LEVEL_ORDER}

    def queue(self) -> None:
        """Line them up as they stand now; whoever is away gets nothing new."""
        for level, line in self._queues.items():
            desks = (desk for desk in self.of.values() if desk.who.level is level and not desk.who.away)
            line[:] = [(desk.key, desk.who.user_id) for desk in desks]
            heapify(line)

    def may_hold(self, user_id: int | None, level: Level) -> bool:
        desk = self.of.get(user_id) if user_id is not None else None
        return desk is not None and LEVEL_ORDER[desk.who.level] >= LEVEL_ORDER[level]

    def fits(self, user_id: int, weight: int) -> bool:
        return not weight or self.of[user_id].load + weight <= self.full

    def add(self, user_id: int, members: Iterable[Member], sign: int = 1) -> None:
        """Accounts come to a desk, or with -1 leave it."""
        desk = self.of.get(user_id)
        if desk is None:
            return
        for one in members:
            desk.load += sign * one.weight
            desk.money += sign * one.facts.overdue
        if not desk.who.away:
            heappush(self._queues[desk.who.level], (desk.key, user_id))

    def place(self, unit: Unit, among: Collection[int] | None = None) -> int | None:
        """The desk that is to have them: of their very level if one has room, else of the next above. `among`: only
        these."""
        for refused in dict.fromkeys((unit.apart | unit.rather_not, unit.apart)):
            for level in _from(unit.level):
                found = self._next(level, weight_of(unit.members), refused, among)
                if found is not None:
                    return found
        return None

    def _next(self, level: Level, weight: int, refused: Collection[int], among: Collection[int] | None) -> int | None:
        line, passed, found = self._queues[level], [], None
        while line:
            key, user_id = heappop(line)
            if key != self.of[user_id].key:
                continue  # they stand elsewhere in the line by now
            passed.append((key, user_id))
            if not self.fits(user_id, weight):
                break  # nor does it fit anybody behind them
            if user_id not in refused and (among is None or user_id in among):
                found = user_id
                break
        for entry in dict.fromkeys(passed):
            heappush(line, entry)
        return found

    def why_not(self, unit: Unit, among: Collection[int] | None = None) -> LeftOut:
        able = [
            one
            for one in self.of
            if self.may_hold(one, unit.level) and not self.of[one].who.away and (among is None or one in among)
        ]
        return LeftOut.all_full if able else LeftOut.no_collector

    # --- who stands in ---

    def stands_well(self, unit: Unit) -> bool:
        """Whether somebody may go on standing in for all that the owner has."""
        stand_ins = {one.held.standby_id for one in unit.given}
        user_id = next(iter(stand_ins))
        if len(stand_ins) > 1 or user_id is None or not self.may_hold(user_id, unit.level):
            return False
        return self.of[user_id].who.staff_no != self.of[unit.owner_id or 0].who.staff_no

    def note_stand_in(self, user_id: int | None, accounts: int) -> None:
        if user_id in self.of:
            self.of[user_id].standing_in += accounts

    def stand_in(self, unit: Unit) -> int | None:
        """Another person of the level, who stands in for the fewest."""
        staff_no = self.of[unit.owner_id or 0].who.staff_no
        for level in _from(unit.level):
            free = [
                (desk.standing_in, desk.who.user_id)
                for desk in self.of.values()
                if desk.who.level is level and desk.who.staff_no != staff_no and not desk.who.away
            ]
            if free:
                return min(free)[1]
        return None


def _from(level: Level) -> Iterator[Level]:
    """This level and those above, in their order."""
    return (one for one, order in LEVEL_ORDER.items() if order >= LEVEL_ORDER[level])

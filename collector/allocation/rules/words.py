"""What allocation is decided from, and what it decides."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from collector.history.rules import HoldingReason
from collector.identity.rules import Level


@dataclass(frozen=True, slots=True)
class Collector:
    """Somebody who may own accounts of the portfolio. `elsewhere`: what they hold in other portfolios, as a share of
    all they can hold, in parts of a million; `away`: absent today, so that nothing new comes to them."""

    user_id: int
    staff_no: str
    level: Level
    elsewhere: int = 0
    away: bool = False


@dataclass(frozen=True, slots=True)
class Holding:
    """How an account is held. `since`: the owner has it, None: for longer than is on record; `before`: who had it
    before them; `first_on`: the first day anybody had it, since it was last taken back; `held_back`: a supervisor, or
    the end of its term, took it back; `in_hand`: a call about the person is held or rings."""

    owner_id: int | None = None
    standby_id: int | None = None
    since: date | None = None
    before: int | None = None
    first_on: date | None = None
    kept_until: date | None = None
    held_back: bool = False
    in_hand: bool = False


NOBODY = Holding()


class LeftOut(StrEnum):
    """Why an account that needs an owner gets none, or not the one that was asked for."""

    no_collector = "no_collector"
    """Nobody of the level works this portfolio."""
    all_full = "all_full"
    in_hand = "in_hand"
    """A call about the person is held or rings: it stays until that is done."""
    held_back = "held_back"


class Stays(StrEnum):
    """Why an account stays with its owner although its holding period is over."""

    promised = "promised"
    paid = "paid"
    asked = "asked"
    not_rotated = "not_rotated"
    nobody_else = "nobody_else"


@dataclass(frozen=True, slots=True)
class Move:
    """An account that gets another owner or stand-in. `money`: overdue, minor units; `rule`: empty where none asks."""

    account_id: int
    person_id: int
    rule: str
    why: HoldingReason
    money: int
    before: int | None
    owner_id: int | None
    standby_before: int | None
    standby_id: int | None

    @property
    def changes_owner(self) -> bool:
        return self.before != self.owner_id


@dataclass(frozen=True, slots=True)
class Unplaced:
    account_id: int
    rule: str
    money: int
    why: LeftOut


@dataclass(frozen=True, slots=True)
class Decision:
    """Moves and what is left out, each by account id; how many accounts stay beyond their period, and why."""

    moves: tuple[Move, ...]
    left_out: tuple[Unplaced, ...]
    stays: Counter[Stays]

    @property
    def people(self) -> Sequence[int]:
        return sorted({move.person_id for move in self.moves})

    @property
    def digest(self) -> str:
        """SHA-256 of the moves, hex: whoever was shown them can ask for exactly these."""
        told = [
            (one.account_id, one.why.value, one.before, one.owner_id, one.standby_before, one.standby_id)
            for one in self.moves
        ]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()

    def without(self, people: Collection[int]) -> Decision:
        """The same, except that these people's accounts stay where they are."""
        moves = tuple(move for move in self.moves if move.person_id not in people)
        stay = (
            Unplaced(one.account_id, one.rule, one.money, LeftOut.in_hand)
            for one in self.moves
            if one.person_id in people
        )
        return Decision(moves, (*self.left_out, *stay), self.stays)

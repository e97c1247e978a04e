"""A segment: the queue an account stands in, and how it is treated there (handbook section 5)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from collector.identity.rules import LEVEL_ORDER, Level
from collector.strategy.rules.cadence import Cadence


class Stage(StrEnum):
    """The stages of lateness: internal words, never printed."""

    gestation = "gestation"
    growth = "growth"
    maturity = "maturity"
    decline = "decline"
    terminal = "terminal"


class TrialState(StrEnum):
    """How far the working out of what a draft would change is."""

    running = "running"
    done = "done"
    failed = "failed"


@dataclass(frozen=True)
class Segment:
    """`weight` multiplies balance and chance to reach in the order of work. `playbook` None: by borrower type."""

    name: str
    stage: Stage
    level: Level
    cadence: Cadence
    weight: float = 1.0
    playbook: str | None = None

    def level_for(self, floor: str | None) -> Level:
        """The level of collector for an account that may not fall below `floor` (`AccountFacts.level_floor`): an
        account moves up, never silently down."""
        return self.level if floor is None else max(self.level, Level(floor), key=LEVEL_ORDER.__getitem__)

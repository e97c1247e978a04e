"""Cadences: named steps on days past due. Escalation jumps to the step that is due and says what it skipped."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from collector.history.rules import Channel
from collector.portfolio.rules import PartyRole
from collector.texts.rules import Tone

LAST_DAY = 7_305
"""Days past due to which a repeating step is laid out: 20 years, the outer limit of limitation (Civil Code 188)."""


@dataclass(frozen=True)
class Step:
    """A contact on a day past due (before the due date: negative).

    `to`: only people in that role to the account get this step; each obligor is planned as a person of their own.
    `every`: it comes again each so many days. `key` is what `AccountFacts.step` keeps once it was done.
    """

    cadence: str
    offset: int
    channel: Channel
    slot: str | None
    template: str | None
    tone: Tone
    to: PartyRole = PartyRole.borrower
    every: int | None = None

    @cached_property
    def key(self) -> str:
        return f"{self.cadence}/{self.offset}"


class Due(NamedTuple):
    """The step to take now, if any, and the earlier ones that it leaps over, oldest first."""

    step: Step | None
    skipped: tuple[Step, ...]


NOTHING_DUE = Due(None, ())


def done_offset(key: str | None) -> int:
    """The day past due of the last step done; 0 when none was. A step of another cadence counts by its day: after
    a change of segment nobody hears again what they heard on an earlier day."""
    return 0 if key is None else int(key.rpartition("/")[2])


@dataclass(frozen=True)
class Cadence:
    """Steps in order of their days; no two for the same role on one day."""

    name: str
    steps: tuple[Step, ...]

    @cached_property
    def _laid_out(self) -> dict[PartyRole, tuple[tuple[int, ...], tuple[Step, ...]]]:
        roles = {step.to for step in self.steps}
        return {role: self._for_role(role) for role in roles}

    def _for_role(self, role: PartyRole) -> tuple[tuple[int, ...], tuple[Step, ...]]:
        by_day: dict[int, Step] = {}
        for step in self.steps:
            if step.to is role:
                for day in range(step.offset, LAST_DAY, step.every) if step.every else (step.offset,):
                    if day == step.offset or day not in by_day:
                        by_day[day] = step if day == step.offset else replace(step, offset=day)
        days = tuple(sorted(by_day))
        return days, tuple(by_day[day] for day in days)

    def due_step(self, days: int, done: str | None, role: PartyRole = PartyRole.borrower) -> Due:
        """The latest step whose day has come and is later than that of the last step done.

        `days` past due; `done` as in `AccountFacts.step`. A step that could not be taken on its day stays due until
        the next one's day comes.
        """
        laid_out = self._laid_out.get(role)
        if laid_out is None:
            return NOTHING_DUE
        offsets, steps = laid_out
        first, after = bisect_right(offsets, done_offset(done)), bisect_right(offsets, days)
        if first >= after:
            return NOTHING_DUE
        return Due(steps[after - 1], steps[first : after - 1])

    def next_step(self, days: int, role: PartyRole = PartyRole.borrower) -> Step | None:
        """The first step on a later day than this one."""
        offsets, steps = self._laid_out.get(role, ((), ()))
        at = bisect_right(offsets, days)
        return steps[at] if at < len(steps) else None

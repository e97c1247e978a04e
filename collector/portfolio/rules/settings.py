"""What holds for a whole portfolio and two people agreed to: who the creditor is on paper, and how its debts are
reckoned where the contracts say otherwise than the law of the place. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, TypeVar

from collector.foundation.errors import BadInput, Problem
from collector.law.rules import ClaimPart, DayCount, Sweep

E = TypeVar("E", bound=StrEnum)


class SettingKind(StrEnum):
    """Of a portfolio's settings, each changes as a whole."""

    creditor = "creditor_data"
    reckoning = "reckoning"


CREDITOR: Final = (
    "creditor_code",
    "creditor_address",
    "creditor_representative",
    "creditor_contact",
    "sender_address",
)
"""What papers say of the creditor, beside its name: registration number, address, who represents it, where it can be
reached; and the address of who sends, which an agency has of its own."""


@dataclass(frozen=True, slots=True)
class Reckoning:
    """How days are counted, in which order money is taken, and on which parts penalty is asked, by the contracts of a
    portfolio. It goes before the law's default for its place."""

    day_count: DayCount
    order: tuple[ClaimPart, ...]
    sweep: Sweep
    penalty_on: tuple[ClaimPart, ...]

    def as_data(self) -> dict[str, Any]:
        return {
            "day_count": self.day_count.value,
            "order": [part.value for part in self.order],
            "sweep": self.sweep.value,
            "penalty_on": [part.value for part in self.penalty_on],
        }


def read_reckoning(data: Mapping[str, Any]) -> Reckoning:
    """The reckoning that these words say. `BadInput` with everything that is wrong, by field."""
    problems: list[Problem] = []
    day_count = _one(DayCount, "day_count", data.get("day_count"), problems)
    sweep = _one(Sweep, "sweep", data.get("sweep"), problems)
    order = _many("order", data.get("order", ()), problems)
    penalty_on = _many("penalty_on", data.get("penalty_on", ()), problems)
    if set(order) != set(ClaimPart) or len(order) != len(ClaimPart):
        parts = ", ".join(ClaimPart)
        problems.append(Problem(f"name each of {parts} once, the first to be paid first", column="order"))
    if ClaimPart.penalty in penalty_on:
        problems.append(Problem("no penalty is asked on a penalty", column="penalty_on"))
    if len(set(penalty_on)) != len(penalty_on):
        problems.append(Problem("name each part once", column="penalty_on"))
    if problems or day_count is None or sweep is None:
        raise BadInput(problems=tuple(problems))
    return Reckoning(day_count, tuple(order), sweep, tuple(penalty_on))


def _one(words: type[E], name: str, given: object, problems: list[Problem]) -> E | None:
    try:
        return words(str(given))
    except ValueError:
        problems.append(Problem(f"choose one of {', '.join(words)}", column=name))
        return None


def _many(name: str, given: Sequence[object], problems: list[Problem]) -> list[ClaimPart]:
    found = [_one(ClaimPart, name, one, problems) for one in given]
    return [one for one in found if one is not None]

"""The level of collector below which an account may not silently fall."""

from __future__ import annotations

from datetime import date

import pytest

from collector.facts.rules.level import Worked, level_floor
from collector.facts.rules.records import LoweredRecord

BEFORE, SINCE, AFTER = date(2026, 5, 9), date(2026, 5, 10), date(2026, 5, 20)


def worked(level: str, at: int, day: date = AFTER) -> Worked:
    return Worked(level, at, day)


@pytest.mark.parametrize(
    ("seen", "lowered", "floor"),
    [
        pytest.param([], [], None, id="never worked"),
        pytest.param([worked("primary", 1)], [], None, id="the lowest is no floor"),
        pytest.param([worked("middle", 1), worked("primary", 2)], [], "middle", id="worked lower later"),
        pytest.param([worked("senior", 1), worked("middle", 2)], [], "senior", id="the highest holds"),
        pytest.param([worked("senior", 1, SINCE)], [], None, id="the day the spell before ended"),
        pytest.param([worked("senior", 1, BEFORE), worked("middle", 5)], [], "middle", id="another spell"),
        pytest.param([worked("senior", 1)], ["primary"], None, id="lowered all the way"),
        pytest.param([worked("senior", 1)], ["middle"], "middle", id="lowered by one"),
        pytest.param([worked("middle", 1)], ["middle"], "middle", id="lowered to where it stands"),
        pytest.param([worked("senior", 1)], ["primary", "middle"], "middle", id="the newest word holds"),
        pytest.param([worked("senior", 9)], ["primary"], "senior", id="worked higher again"),
    ],
)
def test_the_floor(seen: list[Worked], lowered: list[str], floor: str | None) -> None:
    words = [LoweredRecord(1, 5 + at, level) for at, level in enumerate(lowered)]
    assert level_floor(seen, words, SINCE) == floor


def test_without_an_earlier_spell_every_contact_counts() -> None:
    assert level_floor([worked("senior", 1, BEFORE)], [], None) == "senior"

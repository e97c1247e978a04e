"""A portfolio may only tighten its pack: whatever document is accepted, what the pack refused stays refused."""

from __future__ import annotations

from typing import Any

import pytest
from gate_asking import call, check, event, policy

from collector.foundation.errors import BadInput

CEASED = [event("cease", "2026-03-01T10:00-04:00")]
DEATH_TOLD = [call("2026-04-01T10:00-04:00", "deceased")]


@pytest.mark.parametrize(
    ("pack", "change"),
    [
        pytest.param("us", {"US-CEASE": {"days": 1}}, id="a cease that would end by itself"),
        pytest.param("us", {"HOUSE-BREATH": {"days": 60}}, id="a moratorium that would end by itself"),
        pytest.param("uk", {"UK-BREATH": {"days": 59}}, id="a shorter breathing space"),
        pytest.param("us", {"HOUSE-DEC-SAID": {"working_days": 1}}, id="a death told that nobody looked into"),
    ],
)
def test_what_lasts_until_it_is_lifted_is_not_given_an_end(pack: str, change: dict[str, Any]) -> None:
    with pytest.raises(BadInput, match="only tighten"):
        policy(pack, tightening=change)


def test_a_term_may_be_made_longer_or_endless() -> None:
    begun = event("breathing_space", "2026-02-01T10:00+00:00")
    later = event("call", "2026-04-03T12:00+01:00")
    assert check("uk", [begun], later)[0] == "allow"
    for days in (90, None):
        assert check("uk", [begun], later, tightening={"UK-BREATH": {"days": days}})[:2] == ("deny", ["UK-BREATH"])

"""What a history may do to the gate: only the person's own words and what answers a stop open it, all else closes."""

from __future__ import annotations

from typing import Any

import pytest
from gate_asking import check, event

TEXT = event("sms", "2026-04-03T12:00-04:00")
MAIL = event("email", "2026-04-03T12:00-04:00", to={"number": "work"})


@pytest.mark.parametrize("asked", [pytest.param(TEXT, id="text"), pytest.param(MAIL, id="mail to the office")])
@pytest.mark.parametrize(
    ("at", "more", "opens"),
    [
        pytest.param("2026-04-01T10:00-04:00", {}, True, id="the person wrote"),
        pytest.param("2026-04-01T10:00-04:00", {"person": "S"}, False, id="somebody else wrote"),
        pytest.param("2026-04-03T12:01-04:00", {}, False, id="the person will have written"),
        pytest.param("2026-04-01T10:00-04:00", {"direction": "outbound"}, False, id="we wrote"),
    ],
)
def test_only_the_persons_own_word_shows_whose_address_it_is(
    asked: dict[str, Any], at: str, more: dict[str, Any], opens: bool
) -> None:
    wrote = event(asked["kind"], at, **{"direction": "inbound", **more})
    assert check("us", [wrote], asked)[0] == ("allow" if opens else "review" if asked is TEXT else "deny")


def test_what_was_sent_to_another_confirms_no_opt_out() -> None:
    out = event("opt_out", "2026-04-03T10:00-04:00", channel="email")
    asked = event("email", "2026-04-03T12:00-04:00", purpose="opt_out_confirmation")
    for person, answer in (("S", "allow"), ("C", "deny")):
        assert check("us", [out, event("email", "2026-04-03T11:00-04:00", person=person)], asked)[0] == answer


@pytest.mark.parametrize(
    ("wish", "earliest"),
    [
        pytest.param({"not_before": "17:00"}, "2026-04-03T11:30:00-04:00", id="before the time that suits"),
        pytest.param({"channel": "call"}, "2026-04-03T11:30:00-04:00", id="where no time suits"),
        pytest.param({"not_before": "10:00"}, "2026-04-03T10:00:00-04:00", id="later than the time that suits"),
    ],
)
def test_the_earliest_moment_may_be_one_agreed_since_the_wish(wish: dict[str, Any], earliest: str) -> None:
    events = [
        event("preference", "2026-03-01T10:00-05:00", **wish),
        event("agreement", "2026-04-03T07:00-04:00", evidence_id="E", hours="11:30-12:00"),
    ]
    assert check("us", events, event("call", "2026-04-03T09:00-04:00"))[2] == earliest

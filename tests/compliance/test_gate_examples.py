"""Worked examples, as documents: those of compliance.md, and hours."""

from __future__ import annotations

from typing import Any

import pytest
from gate_asking import call, check, event

DAYS = [call(f"2026-04-0{day}T10:00-04:00") for day in range(1, 8)]
TALK = event("conversation", "2026-04-07T12:00-04:00", direction="outbound")
COASTS = {"timezones": ["America/New_York", "America/Los_Angeles"]}


@pytest.mark.parametrize(
    ("at", "answer", "fired", "earliest"),
    [
        pytest.param(
            "2026-04-07T17:00-04:00", "deny", ["US-7IN7"], "2026-04-08T08:00:00-04:00", id="eighth in seven days"
        ),
        pytest.param("2026-04-08T10:00-04:00", "allow", [], None, id="the first day has left the window"),
    ],
)
def test_seven_calls_in_seven_days(at: str, answer: str, fired: list[str], earliest: str | None) -> None:
    assert check("us", DAYS, event("call", at)) == (answer, fired, earliest)


@pytest.mark.parametrize(
    ("direction", "at", "answer"),
    [
        pytest.param("outbound", "2026-04-13T20:59-04:00", "deny", id="day 7"),
        pytest.param("inbound", "2026-04-13T10:00-04:00", "deny", id="the consumer called"),
        pytest.param("outbound", "2026-04-14T08:30-04:00", "allow", id="day 8"),
    ],
)
def test_quiet_after_a_conversation(direction: str, at: str, answer: str) -> None:
    talk = {**TALK, "direction": direction}
    verdict, fired, earliest = check("us", [talk], event("call", at))
    assert verdict == answer
    if answer == "deny":
        assert (fired, earliest) == (["US-CONV"], "2026-04-14T08:00:00-04:00")


@pytest.mark.parametrize(
    ("clock", "answer", "earliest"),
    [
        pytest.param("10:30", "deny", "2026-04-07T11:00:00-04:00", id="too early in the west"),
        pytest.param("11:30", "allow", None, id="open on both coasts"),
        pytest.param("21:10", "deny", "2026-04-08T11:00:00-04:00", id="too late in the east"),
    ],
)
def test_only_hours_that_are_good_in_every_zone(clock: str, answer: str, earliest: str | None) -> None:
    verdict, _, found = check("us", [], event("call", f"2026-04-07T{clock}-04:00"), COASTS)
    assert (verdict, found) == (answer, earliest)


@pytest.mark.parametrize(
    ("outcomes", "at", "answer"),
    [
        pytest.param(["answered"] * 3, "2026-05-13T15:00+08:00", "deny", id="a fourth"),
        pytest.param(["answered"] * 3, "2026-05-14T08:00+08:00", "allow", id="the next day"),
        pytest.param(
            ["right_party", "third_party", "no_answer"], "2026-05-13T15:00+08:00", "allow", id="two effective"
        ),
        pytest.param(["no_answer"] * 3, "2026-05-13T15:00+08:00", "review", id="the house cap on unanswered dials"),
    ],
)
def test_chinese_calls_a_day(outcomes: list[str], at: str, answer: str) -> None:
    events = [call(f"2026-05-13T{10 + hour}:00+08:00", outcome) for hour, outcome in enumerate(outcomes)]
    assert check("cn", events, event("call", at))[0] == answer


@pytest.mark.parametrize(
    ("at", "answer"),
    [
        pytest.param("2026-05-13T14:30Z", "deny", id="22:30 in Beijing"),
        pytest.param("2026-05-13T13:59:59Z", "allow", id="21:59:59"),
        pytest.param("2026-05-13T14:00Z", "deny", id="22:00:00"),
        pytest.param("2026-05-13T23:59:59Z", "deny", id="07:59:59"),
        pytest.param("2026-05-14T00:00Z", "allow", id="08:00:00"),
    ],
)
@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Asia/Urumqi"])
def test_chinese_hours_are_those_of_beijing_everywhere(zone: str, at: str, answer: str) -> None:
    assert check("cn", [], event("call", at), {"timezones": [zone]})[0] == answer


NIGHT = event("agreement", "2026-05-13T12:00+08:00", evidence_id="E1", hours="22:00-23:00")


@pytest.mark.parametrize(
    ("agreement", "at", "answer"),
    [
        pytest.param(NIGHT, "2026-05-13T22:30+08:00", "allow", id="agreed with evidence"),
        pytest.param(NIGHT, "2026-05-20T22:30+08:00", "allow", id="goes on being agreed"),
        pytest.param(NIGHT, "2026-05-13T23:00+08:00", "deny", id="its end is not inside"),
        pytest.param({**NIGHT, "evidence_id": None}, "2026-05-13T22:30+08:00", "deny", id="no evidence"),
        pytest.param(
            {**NIGHT, "at": "2026-05-14T12:00+08:00"}, "2026-05-13T22:30+08:00", "deny", id="agreed only later"
        ),
        pytest.param({**NIGHT, "until": "2026-05-19"}, "2026-05-20T22:30+08:00", "deny", id="ran out"),
        pytest.param({**NIGHT, "person": "X"}, "2026-05-13T22:30+08:00", "deny", id="somebody else agreed"),
    ],
)
def test_agreed_hours(agreement: dict[str, Any], at: str, answer: str) -> None:
    assert check("cn", [agreement], event("call", at))[0] == answer


def test_the_next_agreed_hour_may_come_first() -> None:
    agreement = {**NIGHT, "hours": "23:30-23:45"}
    assert check("cn", [agreement], event("call", "2026-05-13T22:10+08:00"))[2] == "2026-05-13T23:30:00+08:00"


TONIGHT = event("agreement", "2026-04-07T12:00-04:00", evidence_id="E1", hours="22:00-22:30")


@pytest.mark.parametrize(
    ("at", "answer"),
    [
        pytest.param("2026-04-07T22:10-04:00", "allow", id="tonight, as asked"),
        pytest.param("2026-04-08T22:10-04:00", "deny", id="that occasion only"),
    ],
)
def test_a_time_the_consumer_asked_for_is_good_once(at: str, answer: str) -> None:
    assert check("us", [TONIGHT], event("call", at))[0] == answer


@pytest.mark.parametrize(
    ("wish", "at", "answer", "earliest"),
    [
        pytest.param(
            {"weekdays": ["mon", "tue", "wed", "thu", "fri"], "not_after": "15:00", "not_before": "17:00"},
            "2026-04-07T16:00-04:00",
            "deny",
            "2026-04-07T17:00:00-04:00",
            id="not weekdays 15 to 17",
        ),
        pytest.param(
            {"weekdays": ["mon", "tue", "wed", "thu", "fri"], "not_after": "15:00", "not_before": "17:00"},
            "2026-04-11T16:00-04:00",
            "allow",
            None,
            id="saturday is open",
        ),
        pytest.param(
            {"not_before": "12:00"}, "2026-04-07T11:59-04:00", "deny", "2026-04-07T12:00:00-04:00", id="not before noon"
        ),
        pytest.param(
            {"not_after": "18:00"}, "2026-04-07T18:00-04:00", "deny", "2026-04-08T08:00:00-04:00", id="not after six"
        ),
        pytest.param(
            {"weekdays": ["tue", "wed"]}, "2026-04-07T10:00-04:00", "deny", "2026-04-09T08:00:00-04:00", id="whole days"
        ),
        pytest.param({"channel": "sms"}, "2026-04-07T10:00-04:00", "allow", None, id="another channel"),
        pytest.param({"channel": "call"}, "2026-04-07T10:00-04:00", "deny", None, id="never by phone"),
        pytest.param({"place": "work"}, "2026-04-07T10:00-04:00", "review", None, id="which number, is not known"),
    ],
)
def test_inconvenient_times_and_places(wish: dict[str, Any], at: str, answer: str, earliest: str | None) -> None:
    wished = event("preference", "2026-04-01T12:00-04:00", **wish)
    verdict, _, found = check("us", [wished], event("call", at))
    assert (verdict, found) == (answer, earliest)


@pytest.mark.parametrize(
    ("pack", "at", "answer"),
    [
        pytest.param("in", "2026-05-13T19:00+05:30", "deny", id="India closes at 19"),
        pytest.param("in", "2026-05-13T18:59+05:30", "allow", id="India before 19"),
        pytest.param("uk", "2026-05-13T20:30+01:00", "allow", id="UK house hours"),
        pytest.param("uk", "2026-05-13T21:00+01:00", "deny", id="UK closes at 21"),
        pytest.param("house", "2026-05-13T20:00+02:00", "deny", id="house closes at 20"),
    ],
)
def test_hours_of_the_packs(pack: str, at: str, answer: str) -> None:
    assert check(pack, [], event("call", at))[0] == answer


def test_breathing_space_lasts_sixty_days() -> None:
    start = event("breathing_space", "2026-03-02T10:00+00:00")
    verdict, fired, earliest = check("uk", [start], event("call", "2026-03-10T10:00+00:00"))
    assert (verdict, fired, earliest) == ("deny", ["UK-BREATH"], "2026-05-01T08:00:00+01:00")

"""The rules of the house, of India and of the United Kingdom: a table for each."""

from __future__ import annotations

from typing import Any

import pytest
from gate_asking import call, check, event

OFFSET = {"house": "+02:00", "in": "+05:30", "uk": "+01:00"}
PACKS = list(OFFSET)


def at(pack: str, day: int, clock: str) -> str:
    return f"2026-05-{day:02}T{clock}{OFFSET[pack]}"


@pytest.mark.parametrize("pack", PACKS)
@pytest.mark.parametrize(
    ("hours", "numbers", "fired"),
    [
        pytest.param([8, 9], ["1", "1"], [], id="two"),
        pytest.param([8, 9, 10], ["1", "1", "1"], ["HOUSE-DIALS-NUMBER"], id="three to this number"),
        pytest.param([8, 9, 10], ["1", "1", "2"], [], id="two to this number"),
        pytest.param([8, 9, 10], ["1", "1", None], ["HOUSE-DIALS-NUMBER"], id="perhaps three to this number"),
        pytest.param(range(8, 14), "223344", ["HOUSE-DIALS-PERSON"], id="six to the person"),
        pytest.param(range(8, 13), "22334", [], id="five to the person"),
    ],
)
def test_dials_a_day(pack: str, hours: list[int], numbers: list[str | None], fired: list[str]) -> None:
    events = [call(at(pack, 13, f"{hour:02}:00"), phone=number) for hour, number in zip(hours, numbers, strict=True)]
    verdict, found, earliest = check(pack, events, event("call", at(pack, 13, "15:00"), to={"phone": "1"}))
    assert (verdict, found) == ("deny" if fired else "allow", fired)
    assert earliest == (at(pack, 14, "08:00:00") if fired else None)


@pytest.mark.parametrize("pack", PACKS)
@pytest.mark.parametrize(
    ("days", "day", "answer", "until"),
    [
        pytest.param(range(4, 11), 10, "deny", 11, id="eighth in seven days"),
        pytest.param(range(4, 11), 11, "allow", None, id="the first has left"),
        pytest.param(range(4, 10), 10, "allow", None, id="seventh"),
    ],
)
def test_dials_a_week(pack: str, days: list[int], day: int, answer: str, until: int | None) -> None:
    events = [call(at(pack, day_, "10:00")) for day_ in days]
    verdict, _, earliest = check(pack, events, event("call", at(pack, day, "15:00")))
    assert (verdict, earliest) == (answer, None if until is None else at(pack, until, "08:00:00"))


@pytest.mark.parametrize("pack", [*PACKS, "cn"])
def test_one_text_a_day(pack: str) -> None:
    offset = OFFSET.get(pack, "+08:00")
    sent = event("sms", f"2026-05-13T09:00{offset}")
    text = None if pack != "cn" else "【安和】您好"
    assert check(pack, [sent], event("sms", f"2026-05-13T15:00{offset}", text=text))[1] == ["HOUSE-SMS"]
    assert check(pack, [sent], event("sms", f"2026-05-14T08:00{offset}", text=text))[0] == "allow"
    assert (
        check(pack, [{**sent, "direction": "inbound"}], event("sms", f"2026-05-13T15:00{offset}", text=text))[0]
        == "allow"
    )


@pytest.mark.parametrize(
    ("pack", "flags", "purpose", "answer"),
    [
        pytest.param("in", ["unreachable"], "location", "deny", id="India: not even asked where"),
        pytest.param("in", ["unreachable"], "collect", "deny", id="India"),
        pytest.param("uk", ["unreachable"], "location", "allow", id="United Kingdom: where"),
        pytest.param("uk", ["unreachable"], "collect", "deny", id="United Kingdom"),
        pytest.param("uk", [], "location", "deny", id="United Kingdom: the debtor can be reached"),
        pytest.param("house", ["unreachable"], "location", "allow", id="house: where"),
        pytest.param("house", [], "location", "deny", id="house: the debtor can be reached"),
    ],
)
def test_third_persons(pack: str, flags: list[str], purpose: str, answer: str) -> None:
    third = {"id": "R", "role": "contact", "flags": flags}
    asked = event("call", at(pack, 13, "12:00"), person="R", purpose=purpose)
    assert check(pack, [], asked, third)[0] == answer


@pytest.mark.parametrize("whom", ["relative", "friend", "neighbour", "colleague", "spouse", "parent"])
def test_in_3p_relatives_and_friends(whom: str) -> None:
    candidate = event("call", at("in", 13, "12:00"), to={"whom": whom}, purpose="location")
    assert check("in", [], candidate, {"flags": ["unreachable"]})[:2] == ("deny", ["IN-3P"])


@pytest.mark.parametrize(
    ("pack", "flags", "events", "answer", "fired"),
    [
        pytest.param("uk", ["hardship"], [], "deny", ["UK-PLAN"], id="a plan is being made"),
        pytest.param(
            "uk", [], [event("hardship", "2026-04-14T10:00+01:00")], "deny", ["UK-PLAN"], id="day 30 of making it"
        ),
        pytest.param("uk", [], [event("hardship", "2026-04-13T10:00+01:00")], "allow", [], id="day 31"),
        pytest.param("in", ["hardship"], [], "review", ["HOUSE-HARD"], id="elsewhere a person decides"),
        pytest.param(
            "uk", [], [event("vulnerable", "2026-04-13T10:00+01:00")], "review", ["HOUSE-VULN"], id="vulnerable"
        ),
        pytest.param("uk", ["breathing_space"], [], "deny", ["UK-BREATH"], id="breathing space"),
        pytest.param("house", ["breathing_space"], [], "deny", ["HOUSE-BREATH"], id="a moratorium"),
    ],
)
def test_hardship(pack: str, flags: list[str], events: list[dict[str, Any]], answer: str, fired: list[str]) -> None:
    assert check(pack, events, event("letter", at(pack, 13, "12:00")), {"flags": flags})[:2] == (answer, fired)


@pytest.mark.parametrize(
    ("outcome", "hours_later", "answer", "fired"),
    [
        pytest.param("says_paid", 24, "deny", ["HOUSE-SAYS-PAID"], id="already paid: the first working day"),
        pytest.param("says_paid", 72, "allow", [], id="after two working days"),
        pytest.param("deceased", 72, "review", ["HOUSE-DEC-SAID"], id="a death nobody confirmed"),
        pytest.param("wrong_number", 72, "review", ["HOUSE-STRANGER"], id="a stranger, perhaps at this number"),
        pytest.param("third_party", 72, "allow", [], id="somebody else at the debtor's number"),
    ],
)
def test_what_was_said_on_a_call(outcome: str, hours_later: int, answer: str, fired: list[str]) -> None:
    day = 12 + hours_later // 24
    said = call(at("house", 12, "10:00"), outcome)
    assert check("house", [said], event("call", at("house", day, "12:00")))[:2] == (answer, fired)

"""Answers to the person's own message: at once, whatever keeps us from beginning; never past a stop."""

from __future__ import annotations

from typing import Any

import pytest
from gate_asking import check, event

NIGHT = "2026-04-07T23:30-04:00"
SOON, LATE = "2026-04-07T23:34-04:00", "2026-04-07T23:36-04:00"
PHONE = "+12025550123"
STOP = event("opt_out", NIGHT, channel="sms", phone=PHONE)
HELP = event("sms", NIGHT, direction="inbound", phone=PHONE)
CONFIRM = event("sms", SOON, purpose="opt_out_confirmation", to={"phone": PHONE})
ANSWER = event("sms", SOON, purpose="answer", to={"phone": PHONE})


def said(events: list[dict[str, Any]], candidate: dict[str, Any], pack: str = "us", **person: Any) -> list[str]:
    verdict, rules, _ = check(pack, events, candidate, person)
    assert (verdict == "allow") == (rules == [])
    return rules


@pytest.mark.parametrize(
    ("events", "candidate", "rules"),
    [
        pytest.param([STOP], CONFIRM, [], id="STOP at night is confirmed"),
        pytest.param([STOP], {**CONFIRM, "at": LATE}, ["US-TIME"], id="after minutes it waits"),
        pytest.param([HELP], ANSWER, [], id="HELP at night is answered"),
        pytest.param([HELP], {**ANSWER, "at": LATE}, ["HOUSE-ANSWER", "US-TIME"], id="answered too late"),
        pytest.param([], ANSWER, ["HOUSE-ANSWER", "US-TEXT-SH", "US-TIME"], id="nothing to answer"),
        pytest.param([HELP], {**ANSWER, "purpose": "collect"}, ["US-TIME"], id="an answer does not collect"),
        pytest.param([HELP, event("sms", NIGHT)], ANSWER, ["HOUSE-ANSWER"], id="answered already"),
        pytest.param([HELP], {**ANSWER, "to": {"phone": "+12025550199"}}, ["HOUSE-ANSWER", "US-TEXT-SH", "US-TIME"],
                     id="another number than the one that wrote"),
        pytest.param([HELP], {**ANSWER, "kind": "call"}, ["HOUSE-ANSWER", "US-TIME"], id="another medium"),
        pytest.param([STOP, {**HELP, "at": SOON}], ANSWER, ["US-TCPA", "US-MEDIUM"], id="HELP after STOP: closed"),
        pytest.param([event("sms", "2026-04-07T09:00-04:00"), HELP], ANSWER, [], id="the day's text is no cap"),
        pytest.param([event("hold", "2026-04-01T09:00-04:00"), HELP], ANSWER, [], id="our own hold is none"),
        pytest.param([event("dispute", "2026-04-01T09:00-04:00"), HELP], ANSWER, [], id="nor is a dispute"),
        pytest.param(
            [event("preference", "2026-04-01T09:00-04:00", not_after="18:00"), HELP], ANSWER, [], id="nor a wish"
        ),
        pytest.param([event("cease", "2026-04-01T09:00-04:00"), HELP], ANSWER, ["US-CEASE"], id="a cease is"),
        pytest.param([event("cease", "2026-04-01T09:00-04:00"), STOP], CONFIRM, [], id="a cease, confirmed"),
    ],
)  # fmt: skip
def test_united_states(events: list[dict[str, Any]], candidate: dict[str, Any], rules: list[str]) -> None:
    assert sorted(said(events, candidate)) == sorted(rules)


@pytest.mark.parametrize(
    ("flag", "answered", "confirmed"),
    [
        pytest.param("bankrupt", ["US-BK"], ["US-BK"], id="bankruptcy stops all"),
        pytest.param("deceased", ["US-DEC"], ["US-DEC"], id="who writes for a dead person is not known"),
        pytest.param("attorney", ["US-ATTY"], [], id="an attorney answers; a STOP is still confirmed"),
        pytest.param("breathing_space", ["HOUSE-BREATH"], [], id="breathing space"),
        pytest.param("hardship", [], [], id="hardship"),
        pytest.param("settled", [], [], id="settled"),
    ],
)
def test_full_stops(flag: str, answered: list[str], confirmed: list[str]) -> None:
    assert said([HELP], ANSWER, flags=[flag]) == answered
    assert said([STOP], CONFIRM, flags=[flag]) == confirmed


@pytest.mark.parametrize("zones", [[], ["America/New_York", "Asia/Shanghai"]])
def test_where_they_are_does_not_matter(zones: list[str]) -> None:
    assert said([STOP], CONFIRM, timezones=zones) == []
    assert said([HELP], ANSWER, timezones=zones) == []
    assert said([HELP], {**ANSWER, "purpose": "collect"}, timezones=zones) != []


def test_a_third_person_who_writes_is_answered_without_a_word_of_the_debt() -> None:
    asked = {**ANSWER, "person": "R", "text": "Anhe Bank: please call +1 415 555 0132. Reply STOP to opt out."}
    wrote = {**HELP, "person": "R"}
    assert said([wrote], asked) == []
    assert said([wrote], {**asked, "text": "Anhe Bank: your loan is overdue. Reply STOP to opt out."}) == [
        "HOUSE-DISCREET"
    ]
    assert "US-LOC" in said([wrote], {**asked, "at": LATE})


def test_what_is_said_is_judged() -> None:
    assert said([HELP], {**ANSWER, "text": "Anhe Bank: you will go to jail. Reply STOP to opt out."}) == ["US-FORBID"]
    assert said([HELP], {**ANSWER, "text": "Anhe Bank: please call us."}) == ["US-OPTOUT"]
    assert said([STOP], {**CONFIRM, "text": "Anhe Bank: no more texts."}) == []


def test_china() -> None:
    at = {"at": "2026-05-13T23:04+08:00", "text": "【安和银行】如需人工帮助请致电400-555-0199。拒收请回复R"}
    wrote = event("sms", "2026-05-13T23:00+08:00", direction="inbound")
    assert said([wrote], event("sms", purpose="answer", **at), "cn") == []
    assert said([wrote], event("sms", purpose="collect", **at), "cn") == ["CN-TIME"]
    assert said([wrote], event("sms", purpose="answer", **{**at, "text": "请致电。"}), "cn") == ["CN-SMS"]

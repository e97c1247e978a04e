"""Hours, wishes and agreements: boundary seconds, changes of the clocks, several zones, in every pack."""

from __future__ import annotations

from typing import Any

import pytest
from gate_asking import check, event

EVERY_MEDIUM = ["call", "sms", "email", "letter", "visit"]
NOON = "2026-04-07T12:00-04:00"


def inbound(at: str) -> dict[str, Any]:
    """A text from the person, so that a text to the person is no matter of its own."""
    return event("sms", at, direction="inbound")


@pytest.mark.parametrize("kind", EVERY_MEDIUM)
@pytest.mark.parametrize(
    ("pack", "at", "answer"),
    [
        pytest.param("us", "2026-04-07T07:59:59-04:00", "deny", id="us 7:59:59"),
        pytest.param("us", "2026-04-07T08:00:00-04:00", "allow", id="us 8"),
        pytest.param("us", "2026-04-07T20:59:59-04:00", "allow", id="us 20:59:59"),
        pytest.param("us", "2026-04-07T20:59:59.999-04:00", "allow", id="us a moment before 21"),
        pytest.param("us", "2026-04-07T21:00:00-04:00", "deny", id="us 21"),
        pytest.param("cn", "2026-04-07T07:59:59.999+08:00", "deny", id="cn a moment before 8"),
        pytest.param("cn", "2026-04-07T21:59:59+08:00", "allow", id="cn 21:59:59"),
        pytest.param("cn", "2026-04-07T22:00:00+08:00", "deny", id="cn 22"),
        pytest.param("in", "2026-04-07T07:59:59+05:30", "deny", id="in 7:59:59"),
        pytest.param("in", "2026-04-07T18:59:59+05:30", "allow", id="in 18:59:59"),
        pytest.param("in", "2026-04-07T19:00:00+05:30", "deny", id="in 19"),
        pytest.param("uk", "2026-04-07T20:59:59+01:00", "allow", id="uk 20:59:59"),
        pytest.param("uk", "2026-04-07T21:00:00+01:00", "deny", id="uk 21"),
        pytest.param("house", "2026-04-07T19:59:59+02:00", "allow", id="house 19:59:59"),
        pytest.param("house", "2026-04-07T20:00:00+02:00", "deny", id="house 20"),
    ],
)
def test_hours_of_every_pack_for_every_medium(kind: str, pack: str, at: str, answer: str) -> None:
    assert check(pack, [inbound("2026-04-01T12:00Z")], event(kind, at))[0] == answer


@pytest.mark.parametrize("collector", ["agency", "debt_buyer", "creditor"])
def test_the_hours_bind_every_collector(collector: str) -> None:
    night = event("call", "2026-04-07T21:00-04:00")
    assert check("us", [], night, collector_type=collector)[0] == "deny"


@pytest.mark.parametrize(
    ("zones", "at", "answer", "earliest"),
    [
        pytest.param(["America/Phoenix"], "2026-04-07T08:00-07:00", "allow", None, id="one"),
        pytest.param(
            ["America/New_York", "Pacific/Honolulu"],
            "2026-04-07T12:00-04:00",
            "deny",
            "2026-04-07T14:00:00-04:00",
            id="six hours apart",
        ),
        pytest.param(
            ["Pacific/Honolulu", "America/New_York"],
            "2026-04-07T12:00-04:00",
            "deny",
            "2026-04-07T08:00:00-10:00",
            id="told in the first of them",
        ),
        pytest.param(["America/New_York", "Asia/Shanghai"], "2026-04-07T20:30-04:00", "allow", None, id="half a world"),
        pytest.param(
            ["America/New_York", "Asia/Kolkata"],
            "2026-04-07T12:00-04:00",
            "deny",
            "2026-04-08T08:00:00-04:00",
            id="in the morning only",
        ),
        pytest.param([], NOON, "deny", None, id="not known"),
    ],
)
def test_us_time_in_zones(zones: list[str], at: str, answer: str, earliest: str | None) -> None:
    verdict, _, found = check("us", [], event("call", at), {"timezones": zones})
    assert verdict == answer
    assert found == earliest


def test_china_needs_no_zone_of_the_person() -> None:
    for zones in ([], ["America/New_York"], ["Asia/Urumqi"]):
        assert check("cn", [], event("call", "2026-04-07T21:59+08:00"), {"timezones": zones})[0] == "allow"
        assert check("cn", [], event("call", "2026-04-07T22:00+08:00"), {"timezones": zones})[0] == "deny"


@pytest.mark.parametrize(
    ("at", "earliest"),
    [
        pytest.param("2026-03-07T21:30-05:00", "2026-03-08T08:00:00-04:00", id="the night that is short"),
        pytest.param("2026-10-31T21:30-04:00", "2026-11-01T08:00:00-05:00", id="the night that is long"),
    ],
)
def test_the_morning_after_the_clocks_changed(at: str, earliest: str) -> None:
    assert check("us", [], event("call", at))[2] == earliest


def agreed(at: str, hours: str, **more: Any) -> dict[str, Any]:
    return event("agreement", at, evidence_id="E1", hours=hours, **more)


TONIGHT = agreed("2026-04-07T12:00-04:00", "22:00-22:30")


@pytest.mark.parametrize(
    ("agreement", "at", "answer"),
    [
        pytest.param(TONIGHT, "2026-04-07T21:59:59-04:00", "deny", id="not before it"),
        pytest.param(TONIGHT, "2026-04-07T22:00:00-04:00", "allow", id="as asked"),
        pytest.param(TONIGHT, "2026-04-07T22:29:59-04:00", "allow", id="its last second"),
        pytest.param(TONIGHT, "2026-04-07T22:30:00-04:00", "deny", id="not after it"),
        pytest.param(TONIGHT, "2026-04-08T22:00:00-04:00", "deny", id="not the next night"),
        pytest.param({**TONIGHT, "evidence_id": None}, "2026-04-07T22:00-04:00", "deny", id="nothing proves it"),
        pytest.param({**TONIGHT, "person": "S"}, "2026-04-07T22:00-04:00", "deny", id="somebody else asked"),
        pytest.param({**TONIGHT, "collector": "K2"}, "2026-04-07T22:00-04:00", "deny", id="asked of another"),
        pytest.param({**TONIGHT, "debts": ["B"]}, "2026-04-07T22:00-04:00", "deny", id="about another debt"),
        pytest.param({**TONIGHT, "at": "2026-04-07T22:10-04:00"}, "2026-04-07T22:05-04:00", "deny", id="asked later"),
        pytest.param({**TONIGHT, "until": "2026-04-06"}, "2026-04-07T22:00-04:00", "deny", id="its term is over"),
        pytest.param(agreed("2026-04-07T23:00-04:00", "22:00-22:30"), "2026-04-08T22:10-04:00", "allow", id="tomorrow"),
        pytest.param(
            agreed("2026-04-07T12:00-04:00", "23:30-00:30"), "2026-04-08T00:10-04:00", "allow", id="past midnight"
        ),
    ],
)
def test_a_time_the_consumer_asked_for(agreement: dict[str, Any], at: str, answer: str) -> None:
    assert check("us", [agreement], event("call", at))[0] == answer


def test_asked_for_in_two_zones_only_what_both_clocks_show() -> None:
    coasts = {"timezones": ["America/New_York", "America/Chicago"]}
    long = agreed("2026-04-07T12:00-04:00", "21:00-23:00")
    assert check("us", [long], event("call", "2026-04-07T22:30-04:00"), coasts)[0] == "allow"
    assert check("us", [long], event("call", "2026-04-07T21:30-04:00"), coasts)[0] == "deny"


@pytest.mark.parametrize(
    ("pack", "night", "answer"),
    [
        pytest.param("cn", "2026-05-20T22:30+08:00", "allow", id="China: until it is taken back"),
        pytest.param("us", "2026-05-20T22:30-04:00", "deny", id="United States: once"),
        pytest.param("uk", "2026-05-20T22:30+01:00", "deny", id="United Kingdom: once"),
        pytest.param("in", "2026-05-13T22:30+05:30", "deny", id="India: never"),
        pytest.param("house", "2026-05-13T22:30+02:00", "deny", id="house: never"),
    ],
)
def test_how_far_an_agreement_goes(pack: str, night: str, answer: str) -> None:
    assert check(pack, [agreed("2026-05-13T06:00Z", "22:00-23:00")], event("call", night))[0] == answer


def wish(at: str = "2026-04-01T12:00-04:00", **more: Any) -> dict[str, Any]:
    return event("preference", at, **more)


NOT_AT_SCHOOL = {"weekdays": ["mon", "tue", "wed", "thu", "fri"], "not_after": "15:00", "not_before": "17:00"}


@pytest.mark.parametrize("pack", ["us", "cn", "in", "uk", "house"])
@pytest.mark.parametrize(
    ("more", "clock", "to", "answer"),
    [
        pytest.param(NOT_AT_SCHOOL, "07T14:59:59", {}, "allow", id="before the span"),
        pytest.param(NOT_AT_SCHOOL, "07T15:00:00", {}, "deny", id="its first second"),
        pytest.param(NOT_AT_SCHOOL, "07T16:59:59", {}, "deny", id="its last second"),
        pytest.param(NOT_AT_SCHOOL, "07T17:00:00", {}, "allow", id="after it"),
        pytest.param(NOT_AT_SCHOOL, "11T16:00:00", {}, "allow", id="on a Saturday"),
        pytest.param({"not_before": "10:30"}, "07T10:29:59", {}, "deny", id="too early"),
        pytest.param({"not_before": "10:30"}, "07T10:30:00", {}, "allow", id="early enough"),
        pytest.param({"not_before": "10:00", "not_after": "16:00"}, "07T16:00:00", {}, "deny", id="outside a span"),
        pytest.param({"not_before": "10:00", "not_after": "16:00"}, "07T12:00:00", {}, "allow", id="inside a span"),
        pytest.param({"weekdays": ["tue"]}, "07T12:00:00", {}, "deny", id="a day"),
        pytest.param({"weekdays": ["tue"]}, "08T12:00:00", {}, "allow", id="the day after"),
        pytest.param({"channel": "call"}, "07T12:00:00", {}, "deny", id="this channel"),
        pytest.param({"channel": "letter"}, "07T12:00:00", {}, "allow", id="another channel"),
        pytest.param({"channel": "call", "weekdays": ["wed"]}, "07T12:00:00", {}, "allow", id="not that day"),
        pytest.param({"place": "work"}, "07T12:00:00", {"number": "work"}, "deny", id="at work"),
        pytest.param({"place": "work"}, "07T12:00:00", {"number": "home"}, "allow", id="at home"),
        pytest.param({"place": "work"}, "07T12:00:00", {}, "review", id="perhaps at work"),
        pytest.param({"place": "work", "not_after": "11:00"}, "07T10:00:00", {"number": "work"}, "allow", id="early"),
        pytest.param({"place": "work", "not_after": "11:00"}, "07T12:00:00", {"number": "work"}, "deny", id="late"),
        pytest.param({"person": "S", "channel": "call"}, "07T12:00:00", {}, "allow", id="somebody else's"),
    ],
)
def test_what_does_not_suit(pack: str, more: dict[str, Any], clock: str, to: dict[str, Any], answer: str) -> None:
    offset = {"us": "-04:00", "cn": "+08:00", "in": "+05:30", "uk": "+01:00", "house": "+02:00"}[pack]
    candidate = event("call", f"2026-04-{clock}{offset}", to=to)
    assert check(pack, [wish(**more)], candidate)[0] == answer


def test_a_time_asked_for_later_overrides_a_wish_and_not_an_earlier_one() -> None:
    no_evenings = wish(not_after="18:00")
    later = agreed("2026-04-07T12:00-04:00", "19:00-20:00")
    earlier = agreed("2026-03-31T12:00-04:00", "19:00-20:00")
    at = "2026-04-07T19:30-04:00"
    assert check("us", [no_evenings, later], event("call", at))[0] == "allow"
    assert check("us", [no_evenings, earlier], event("call", at))[:2] == ("deny", ["US-PLACE"])
    assert check("us", [no_evenings, later], event("call", "2026-04-07T18:30-04:00"))[2] == "2026-04-07T19:00:00-04:00"


def test_where_zones_differ_a_wish_counts_on_every_clock() -> None:
    coasts = {"timezones": ["America/New_York", "America/Los_Angeles"]}
    early = wish(not_before="10:00")
    assert check("us", [early], event("call", "2026-04-07T12:59-04:00"), coasts)[2] == "2026-04-07T13:00:00-04:00"


def test_closed_days_of_every_week_never_open() -> None:
    every_day = wish(weekdays=["mon", "tue", "wed", "thu", "fri", "sat", "sun"])
    assert check("us", [every_day], event("call", NOON)) == ("deny", ["US-PLACE"], None)

"""Stops of the whole debt: disputes and their period, validation notices, cease, crises, who may still be contacted.

A notice sent on Monday 2026-03-02 is assumed received on Monday the 9th, five business days later; the period for
disputes ends thirty days after, with Wednesday 2026-04-08.
"""

from __future__ import annotations

from typing import Any

import pytest
from gate_asking import check, event

NOTICE = event("validation_notice", "2026-03-02T10:00-05:00")
VERIFIED = event("verification_sent", "2026-04-20T10:00-04:00")
ASKED = "2026-05-05T12:00-04:00"


def dispute(at: str, **more: Any) -> dict[str, Any]:
    return event("dispute", at, **more)


@pytest.mark.parametrize(
    ("events", "answer"),
    [
        pytest.param([NOTICE, dispute("2026-03-03T10:00-05:00")], "deny", id="early in the period"),
        pytest.param([NOTICE, dispute("2026-04-08T23:59:59-04:00")], "deny", id="last second of the period"),
        pytest.param([NOTICE, dispute("2026-04-09T00:00-04:00")], "allow", id="the day after it"),
        pytest.param([dispute("2026-04-09T00:00-04:00")], "deny", id="no notice on file: no period ended"),
        pytest.param(
            [{**NOTICE, "debts": ["B"]}, dispute("2026-04-09T00:00-04:00")], "deny", id="the notice of another debt"
        ),
        pytest.param(
            [{**NOTICE, "collector": "K2"}, dispute("2026-04-09T00:00-04:00")], "deny", id="another collector's notice"
        ),
        pytest.param(
            [NOTICE, {**NOTICE, "at": "2026-03-10T10:00-04:00"}, dispute("2026-04-10T10:00-04:00")],
            "deny",
            id="a later notice began the period anew",
        ),
        pytest.param(
            [{**NOTICE, "at": "2026-02-12T10:00-05:00"}, dispute("2026-03-22T12:00-04:00")],
            "deny",
            id="Presidents' Day is no business day: 20 February, and 30 days",
        ),
        pytest.param(
            [{**NOTICE, "at": "2026-02-12T10:00-05:00"}, dispute("2026-03-23T12:00-04:00")], "allow", id="a day later"
        ),
        pytest.param([NOTICE, dispute("2026-04-01T10:00-04:00"), VERIFIED], "allow", id="verified"),
        pytest.param([dispute("2026-04-01T10:00-04:00"), VERIFIED], "allow", id="verified, without a notice"),
        pytest.param(
            [dispute("2026-04-01T10:00-04:00"), VERIFIED, dispute("2026-04-21T10:00-04:00")], "deny", id="again"
        ),
        pytest.param(
            [dispute("2026-04-01T10:00-04:00"), {**VERIFIED, "debts": ["B"]}], "deny", id="of another debt verified"
        ),
        pytest.param(
            [dispute("2026-04-01T10:00-04:00"), {**VERIFIED, "debts": []}], "allow", id="of every debt verified"
        ),
        pytest.param(
            [dispute("2026-04-01T10:00-04:00", debts=("A", "B")), VERIFIED], "allow", id="this debt is verified"
        ),
        pytest.param(
            [dispute("2026-04-01T10:00-04:00"), {**VERIFIED, "collector": "K2"}], "deny", id="verified by another"
        ),
        pytest.param(
            [dispute("2026-04-01T10:00-04:00"), {**VERIFIED, "at": "2026-05-06T10:00-04:00"}], "deny", id="only later"
        ),
    ],
)
def test_us_dispute(events: list[dict[str, Any]], answer: str) -> None:
    verdict, fired, earliest = check("us", events, event("letter", ASKED))
    assert (verdict, fired, earliest) == (answer, ["US-DISPUTE"] if answer == "deny" else [], None)


@pytest.mark.parametrize("pack", ["cn", "in", "uk", "house"])
def test_elsewhere_every_dispute_stops(pack: str) -> None:
    events = [NOTICE, dispute("2026-04-20T10:00+01:00")]
    assert check(pack, events, event("letter", "2026-05-05T12:00+02:00"))[1] == ["HOUSE-DISPUTE"]


DUE = [{"id": "A", "validation": "due"}]
TALK = event("conversation", "2026-04-01T10:00-04:00")


@pytest.mark.parametrize(
    ("events", "at", "debts", "answer"),
    [
        pytest.param([TALK], "2026-04-06T20:59-04:00", DUE, "allow", id="day 5 after the first communication"),
        pytest.param([TALK], "2026-04-07T08:00-04:00", DUE, "deny", id="day 6"),
        pytest.param([TALK], "2026-04-07T08:00-04:00", [], "allow", id="nothing is told of a notice"),
        pytest.param(
            [TALK], "2026-04-07T08:00-04:00", [{"id": "A", "validation": "sent"}], "allow", id="it is told to be sent"
        ),
        pytest.param(
            [TALK, {**NOTICE, "at": "2026-04-03T10:00-04:00"}], "2026-04-07T08:00-04:00", DUE, "allow", id="sent since"
        ),
        pytest.param(
            [TALK, {**NOTICE, "at": "2026-04-03T10:00-04:00", "debts": ["B"]}],
            "2026-04-07T08:00-04:00",
            DUE,
            "deny",
            id="of another debt",
        ),
        pytest.param([], "2026-04-07T08:00-04:00", DUE, "allow", id="it may go with the first communication"),
        pytest.param(
            [event("call", "2026-04-01T10:00-04:00", outcome="no_answer")],
            "2026-04-07T08:00-04:00",
            DUE,
            "allow",
            id="a call nobody answered told nothing",
        ),
        pytest.param(
            [event("email", "2026-04-01T10:00-04:00")], "2026-04-07T08:00-04:00", DUE, "deny", id="an e-mail told of it"
        ),
    ],
)
def test_us_valid(events: list[dict[str, Any]], at: str, debts: list[dict[str, Any]], answer: str) -> None:
    verdict, fired, _ = check("us", events, event("letter", at), debts=debts)
    assert (verdict, fired) == (answer, ["US-VALID"] if answer == "deny" else [])


def test_us_valid_does_not_bind_the_creditor() -> None:
    letter = event("letter", "2026-04-07T08:00-04:00")
    assert check("us", [TALK], letter, debts=DUE, collector_type="creditor")[0] == "allow"


CEASE = event("cease", "2026-04-01T10:00-04:00")


@pytest.mark.parametrize(
    ("collector", "candidate", "fired"),
    [
        pytest.param("agency", {}, ["US-CEASE"], id="collecting"),
        pytest.param("creditor", {}, ["HOUSE-CEASE"], id="a creditor keeps to it as a rule of the house"),
        pytest.param("agency", {"purpose": "reminder"}, ["US-CEASE"], id="reminding"),
        pytest.param("agency", {"purpose": "closing_notice"}, [], id="the closing notice"),
        pytest.param("agency", {"purpose": "remedy_notice"}, [], id="notice of a remedy"),
        pytest.param("agency", {"debts": ["B"]}, [], id="another debt"),
        pytest.param("agency", {"debts": []}, ["US-CEASE"], id="perhaps this debt"),
    ],
)
def test_us_cease(collector: str, candidate: dict[str, Any], fired: list[str]) -> None:
    letter = {**event("letter", "2026-04-20T12:00-04:00"), **candidate}
    assert check("us", [CEASE], letter, collector_type=collector)[1] == fired


@pytest.mark.parametrize("pack", ["us", "cn", "in", "uk", "house"])
@pytest.mark.parametrize(
    ("flag", "to", "answer"),
    [
        pytest.param("bankrupt", {}, "deny", id="bankrupt"),
        pytest.param("bankrupt", {"whom": "attorney"}, "deny", id="bankrupt, the attorney"),
        pytest.param("deceased", {}, "deny", id="deceased"),
        pytest.param("deceased", {"whom": "executor"}, "allow", id="deceased, the executor"),
        pytest.param("deceased", {"whom": "administrator"}, "allow", id="deceased, the administrator"),
        pytest.param("deceased", {"whom": "friend"}, "deny", id="deceased, a friend"),
        pytest.param("attorney", {}, "deny", id="represented"),
        pytest.param("attorney", {"whom": "attorney"}, "allow", id="represented, the attorney"),
        pytest.param("settled", {}, "deny", id="settled"),
        pytest.param("breathing_space", {}, "deny", id="breathing space"),
    ],
)
def test_full_stops_everywhere(pack: str, flag: str, to: dict[str, Any], answer: str) -> None:
    noon = {"us": "-04:00", "cn": "+08:00", "in": "+05:30", "uk": "+01:00", "house": "+02:00"}[pack]
    candidate = event("call", f"2026-05-05T12:00{noon}", to=to)
    assert check(pack, [], candidate, {"flags": [flag]})[0] == answer


@pytest.mark.parametrize(("pack", "answer"), [("us", "allow"), ("cn", "deny"), ("uk", "deny")])
def test_a_spouse_after_a_death(pack: str, answer: str) -> None:
    candidate = event("call", "2026-05-05T12:00Z", to={"whom": "spouse"})
    assert check(pack, [], candidate, {"flags": ["deceased"], "timezones": ["Europe/London"]})[0] == answer


CRISIS = event("mental_health_crisis", "2026-03-02T10:00+00:00")


@pytest.mark.parametrize(
    ("crisis", "at", "answer", "earliest"),
    [
        pytest.param(CRISIS, "2026-12-01T12:00+00:00", "deny", None, id="its end is not known"),
        pytest.param(
            {**CRISIS, "until": "2026-03-31"},
            "2026-04-10T12:00+01:00",
            "deny",
            "2026-05-01T08:00:00+01:00",
            id="thirty days after the treatment",
        ),
        pytest.param(
            {**CRISIS, "until": "2026-03-31"},
            "2026-04-30T20:59+01:00",
            "deny",
            "2026-05-01T08:00:00+01:00",
            id="day 30",
        ),
        pytest.param({**CRISIS, "until": "2026-03-31"}, "2026-05-01T08:00+01:00", "allow", None, id="day 31"),
        pytest.param({**CRISIS, "debts": ["B"]}, "2026-04-10T12:00+01:00", "allow", None, id="for another debt"),
    ],
)
def test_uk_mh(crisis: dict[str, Any], at: str, answer: str, earliest: str | None) -> None:
    verdict, fired, found = check("uk", [crisis], event("letter", at))
    assert (verdict, fired, found) == (answer, ["UK-MH"] if answer == "deny" else [], earliest)
    if answer == "deny":
        assert "HOUSE-CRISIS" in check("house", [crisis], event("letter", at))[1]


@pytest.mark.parametrize(
    ("start", "at", "answer"),
    [
        pytest.param({}, "2026-04-30T20:59+01:00", "deny", id="day 60"),
        pytest.param({}, "2026-05-01T08:00+01:00", "allow", id="day 61"),
        pytest.param({"until": "2026-03-20"}, "2026-03-20T20:59+00:00", "deny", id="last day, when it was told"),
        pytest.param({"until": "2026-03-20"}, "2026-03-21T08:00+00:00", "allow", id="after it"),
    ],
)
def test_uk_breath(start: dict[str, Any], at: str, answer: str) -> None:
    begun = event("breathing_space", "2026-03-02T10:00+00:00", **start)
    assert check("uk", [begun], event("call", at))[0] == answer


FORBIDS = event("employer_forbids", "2026-03-02T10:00-05:00")


@pytest.mark.parametrize(
    ("kind", "to", "answer"),
    [
        pytest.param("call", {"number": "work"}, "deny", id="at work"),
        pytest.param("call", {"number": "mobile"}, "allow", id="on the mobile"),
        pytest.param("call", {}, "review", id="perhaps at work"),
        pytest.param("letter", {}, "allow", id="by letter"),
    ],
)
def test_us_work(kind: str, to: dict[str, Any], answer: str) -> None:
    verdict, fired, _ = check("us", [FORBIDS], event(kind, ASKED, to=to))
    assert (verdict, fired) == (answer, [] if answer == "allow" else ["US-WORK"])

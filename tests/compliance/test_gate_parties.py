"""Who, and whether at all, as documents: stops, third persons, guarantors, opt-outs."""

from __future__ import annotations

from typing import Any

import pytest
from gate_asking import call, check, event

FRESH = event("sms", "2026-04-01T09:00-04:00", direction="inbound")


HOUR = "2026-05-13T10:00+08:00"


@pytest.mark.parametrize(
    ("pack", "flags", "events", "candidate", "answer"),
    [
        pytest.param("cn", ["unreachable"], [], {"purpose": "location"}, "allow", id="where is the debtor"),
        pytest.param("cn", ["deceased"], [], {"purpose": "location"}, "allow", id="a dead debtor"),
        pytest.param("cn", [], [], {"purpose": "location"}, "deny", id="the debtor can be reached"),
        pytest.param("cn", ["unreachable"], [], {"purpose": "collect"}, "deny", id="never collected from"),
        pytest.param(
            "cn",
            ["unreachable"],
            [call("2026-05-01T10:00+08:00", "third_party", person="R")],
            {"purpose": "location"},
            "deny",
            id="once",
        ),
        pytest.param(
            "cn",
            ["unreachable"],
            [event("contact_refused", "2026-05-01T10:00+08:00", person="R")],
            {"purpose": "location"},
            "deny",
            id="refused",
        ),
        pytest.param(
            "cn",
            ["unreachable"],
            [],
            {"purpose": "location", "text": "请问他在哪里？他欠款已逾期。"},
            "deny",
            id="no word of the debt",
        ),
        pytest.param(
            "in",
            ["unreachable"],
            [],
            {"purpose": "location", "at": "2026-05-13T10:00+05:30"},
            "deny",
            id="not in India",
        ),
        pytest.param(
            "us",
            ["unreachable"],
            [],
            {"purpose": "location", "at": "2026-05-13T10:00-04:00"},
            "allow",
            id="location information",
        ),
        pytest.param(
            "us",
            ["unreachable", "attorney"],
            [],
            {"purpose": "location", "at": "2026-05-13T10:00-04:00"},
            "deny",
            id="an attorney is known",
        ),
    ],
)
def test_third_persons(
    pack: str, flags: list[str], events: list[dict[str, Any]], candidate: dict[str, Any], answer: str
) -> None:
    third = {"id": "R", "role": "contact", "flags": flags}
    assert check(pack, events, {**event("call", HOUR, person="R"), **candidate}, third)[0] == answer


@pytest.mark.parametrize(
    ("flag", "whom", "answer"),
    [
        pytest.param("bankrupt", "debtor", "deny", id="bankrupt"),
        pytest.param("bankrupt", "attorney", "deny", id="bankruptcy stops all"),
        pytest.param("deceased", "debtor", "deny", id="deceased"),
        pytest.param("deceased", "executor", "allow", id="the executor"),
        pytest.param("deceased", "spouse", "allow", id="the spouse"),
        pytest.param("deceased", "parent", "deny", id="a parent"),
        pytest.param("attorney", "debtor", "deny", id="represented"),
        pytest.param("attorney", "attorney", "allow", id="the attorney"),
        pytest.param("settled", "debtor", "deny", id="settled"),
        pytest.param("breathing_space", "debtor", "deny", id="breathing space"),
        pytest.param("hardship", "debtor", "review", id="hardship"),
        pytest.param("unreachable", "debtor", "allow", id="unreachable"),
        pytest.param("unreachable", "relative", "deny", id="a relative"),
    ],
)
def test_flags(flag: str, whom: str, answer: str) -> None:
    candidate = event("call", "2026-04-07T12:00-04:00", to={"whom": whom})
    verdict, _, earliest = check("us", [], candidate, {"flags": [flag]})
    assert (verdict, earliest) == (answer, None)


CEASED = event("cease", "2026-04-01T09:00-04:00")


@pytest.mark.parametrize(
    ("events", "candidate", "answer"),
    [
        pytest.param([CEASED], {}, "deny", id="cease"),
        pytest.param([CEASED], {"purpose": "closing_notice"}, "allow", id="the closing notice"),
        pytest.param([CEASED], {"purpose": "remedy_notice"}, "allow", id="notice of a remedy"),
        pytest.param([CEASED], {"debts": ["B"]}, "allow", id="about another debt"),
        pytest.param([{**CEASED, "kind": "dispute"}], {}, "deny", id="disputed"),
        pytest.param([{**CEASED, "kind": "dispute"}], {"debts": ["A", "B"]}, "deny", id="one of two is disputed"),
        pytest.param([{**CEASED, "kind": "dispute"}], {"debts": ["B"]}, "allow", id="the other debt"),
        pytest.param(
            [{**CEASED, "kind": "dispute"}, event("verification_sent", "2026-04-03T09:00-04:00")],
            {},
            "allow",
            id="verified",
        ),
        pytest.param(
            [{**CEASED, "kind": "dispute"}, event("verification_sent", "2026-03-03T09:00-04:00")],
            {},
            "deny",
            id="verified before the dispute",
        ),
        pytest.param(
            [{**CEASED, "kind": "dispute"}, event("verification_sent", "2026-04-09T09:00-04:00")],
            {},
            "deny",
            id="verified only later",
        ),
        pytest.param([{**CEASED, "at": "2026-04-09T09:00-04:00"}], {}, "deny", id="a later refusal is taken as made"),
        pytest.param([{**CEASED, "kind": "employer_forbids"}], {"to": {"number": "work"}}, "deny", id="not at work"),
        pytest.param(
            [{**CEASED, "kind": "employer_forbids"}], {"to": {"number": "mobile"}}, "allow", id="but on the mobile"
        ),
    ],
)
def test_refusals_and_disputes(events: list[dict[str, Any]], candidate: dict[str, Any], answer: str) -> None:
    letter = {**event("letter", "2026-04-07T12:00-04:00"), **candidate}
    assert check("us", events, letter)[0] == answer


@pytest.mark.parametrize(
    ("guarantee", "answer"),
    [
        pytest.param({"kind": "joint", "until": "2026-05-13"}, "allow", id="last day of the period"),
        pytest.param({"kind": "joint", "until": "2026-05-12"}, "deny", id="period over"),
        pytest.param({"kind": "joint"}, "review", id="end unknown"),
        pytest.param({"kind": "general", "until": "2026-12-31"}, "review", id="the debtor was not sued"),
        pytest.param({"kind": "unstated", "until": "2026-12-31"}, "review", id="unstated is general"),
        pytest.param({"until": "2026-12-31"}, "review", id="kind unknown"),
        pytest.param(None, "review", id="nothing on file"),
    ],
)
def test_guarantors(guarantee: dict[str, Any] | None, answer: str) -> None:
    debts = [{"id": "A", "guarantee": guarantee}]
    verdict, fired, _ = check("cn", [], event("call", HOUR), {"role": "guarantor"}, debts=debts)
    assert verdict == answer
    assert fired == ([] if answer == "allow" else ["CN-GUAR"])


@pytest.mark.parametrize(("plan", "answer"), [("current", "deny"), ("broken", "allow")])
def test_a_kept_instalment_plan_stops_collection(plan: str, answer: str) -> None:
    assert check("cn", [], event("call", HOUR), debts=[{"id": "A", "plan": plan, "type": "card"}])[0] == answer


def test_no_suit_is_announced_on_a_time_barred_debt() -> None:
    text = "Acme: we may take legal action about your account. Reply STOP to opt out."
    letter = event("letter", "2026-04-07T12:00-04:00", text=text)
    over, open_ = [{"id": "A", "limitation_until": "2026-04-06"}], [{"id": "A", "limitation_until": "2026-04-07"}]
    assert check("us", [], letter, debts=over)[:2] == ("deny", ["US-FORBID", "US-TB"])
    assert check("us", [], letter, debts=open_)[:2] == ("review", ["US-FORBID"])
    assert check("us", [], {**letter, "text": None, "purpose": "remedy_notice"}, debts=over)[0] == "deny"


STOPPED = event("opt_out", "2026-04-07T09:00-04:00", channel="sms")


@pytest.mark.parametrize(
    ("events", "answer"),
    [
        pytest.param([FRESH, STOPPED], "allow", id="once"),
        pytest.param([FRESH, STOPPED, event("sms", "2026-04-07T09:01-04:00")], "deny", id="not twice"),
        pytest.param([FRESH], "deny", id="nothing to confirm"),
        pytest.param([FRESH, event("sms", "2026-04-07T08:30-04:00"), STOPPED], "allow", id="outside the cap on texts"),
    ],
)
def test_one_confirmation_of_an_opt_out(events: list[dict[str, Any]], answer: str) -> None:
    candidate = event("sms", "2026-04-07T12:00-04:00", purpose="opt_out_confirmation")
    assert check("us", events, candidate)[0] == answer

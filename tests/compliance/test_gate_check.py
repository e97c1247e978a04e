"""The document itself: strict at the edge, an answer in its own words, never an exception."""

from __future__ import annotations

import copy
import random
from typing import Any

import pytest
from gate_asking import call, event, question

from collector.compliance.check import check_document, check_schema
from collector.foundation.errors import BadInput

CANDIDATE = event("call", "2026-04-07T17:00-04:00")
GOOD = question("us", [call("2026-04-01T10:00-04:00")], CANDIDATE)


def test_the_answer_in_its_own_words() -> None:
    assert check_document({**GOOD, "candidate": {**CANDIDATE, "at": "2026-04-07T22:00-04:00"}}) == {
        "verdict": "deny",
        "rules": [
            {
                "id": "US-TIME",
                "verdict": "deny",
                "reason": "22:00 in America/New_York; allowed from 08:00 until before 21:00",
                "source": "12 CFR 1006.6(b)(1)(i)",
            }
        ],
        "earliest": "2026-04-08T08:00:00-04:00",
    }
    assert check_document(GOOD) == {"verdict": "allow", "rules": [], "earliest": None}


def _changed(path: str, value: Any) -> dict[str, Any]:
    data: Any = copy.deepcopy(GOOD)
    *steps, last = path.split(".")
    part = data
    for step in steps:
        part = part[int(step)] if isinstance(part, list) else part[step]
    part[last] = value
    return dict(data)


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        pytest.param("colour", "red", "colour", id="unknown field"),
        pytest.param("pack", "fr", "pack", id="unknown pack"),
        pytest.param("collector_type", "uncle", "collector_type", id="unknown collector type"),
        pytest.param("person.age", 30, "person.age", id="unknown field of the person"),
        pytest.param("person.role", "cousin", "person.role", id="unknown role"),
        pytest.param("person.flags", ["sad"], "person.flags.0", id="unknown flag"),
        pytest.param("person.timezones", ["Mars/Olympus"], "person.timezones.0", id="unknown zone"),
        pytest.param("person.timezones", ["../../etc/passwd"], "person.timezones.0", id="a path is no zone"),
        pytest.param("person.timezones", [7], "person.timezones.0", id="a number is no zone"),
        pytest.param("events.0.kind", "telex", "events.0", id="unknown kind"),
        pytest.param("events.0.outcome", "maybe", "events.0.call.outcome", id="unknown outcome"),
        pytest.param("events.0.outcome", None, "events.0.call", id="a call without outcome"),
        pytest.param("events.0.mood", "bad", "events.0.call.mood", id="unknown field of an event"),
        pytest.param("events.0.at", "2026-04-01T10:00", "events.0.call.at", id="no offset"),
        pytest.param("events.0.at", "yesterday", "events.0.call.at", id="no time"),
        pytest.param("events.0.at", 1775000000, "events.0.call.at", id="a number is no time"),
        pytest.param("candidate.at", "2026-04-07", "candidate.at", id="no time of the candidate"),
        pytest.param("candidate.at", "0001-01-01T00:00+14:00", "candidate.at", id="before time"),
        pytest.param("candidate.at", "1974-12-31T12:00+00:00", "candidate.at", id="before the clocks of today"),
        pytest.param("events.0.at", "9999-12-30T12:00+00:00", "events.0.call.at", id="at the end of time"),
        pytest.param("candidate.kind", "fax", "candidate.kind", id="unknown channel"),
        pytest.param("candidate.purpose", "fun", "candidate.purpose", id="unknown purpose"),
        pytest.param("candidate.to", {"whom": "dog"}, "candidate.to.whom", id="unknown whom"),
        pytest.param("debts", [{"id": "A", "plan": "maybe"}], "debts.0.plan", id="unknown plan"),
        pytest.param("tightening", {"US-7IN7": {"cap": 9}}, "US-7IN7.cap", id="loosening"),
        pytest.param("tightening", {"US-7IN7": {"days": 8}}, "US-7IN7.days", id="more days than facts keep"),
        pytest.param("tightening", {"US-7IN7": {"binds": ["uncle"]}}, "US-7IN7.binds", id="nobody to bind"),
        pytest.param("tightening", {"US-7IN7": {"binds": 5}}, "US-7IN7.binds", id="no list to bind"),
        pytest.param(
            "tightening",
            {"HOUSE-SAYS-PAID": {"working_days": 999999}},
            "HOUSE-SAYS-PAID.working_days",
            id="quiet for ever by number",
        ),
    ],
)
def test_what_is_not_right_is_named_with_its_place(path: str, value: Any, place: str) -> None:
    with pytest.raises(BadInput) as caught:
        check_document(_changed(path, value))
    assert place in [problem.column for problem in caught.value.problems]


@pytest.mark.parametrize("data", [None, [], "us", 7, {}], ids=str)
def test_what_is_no_document_is_bad_input(data: Any) -> None:
    with pytest.raises(BadInput):
        check_document(data)


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"kind": "preference"}, id="a preference for nothing"),
        pytest.param({"kind": "preference", "not_before": "25:00"}, id="no time of day"),
        pytest.param({"kind": "preference", "weekdays": ["monday"]}, id="no weekday"),
        pytest.param({"kind": "agreement", "evidence_id": "E"}, id="an agreement without hours"),
        pytest.param({"kind": "agreement", "evidence_id": "E", "hours": "22:00"}, id="hours without an end"),
        pytest.param({"kind": "consent", "until": "soon"}, id="no date"),
    ],
)
def test_events_that_say_nothing_are_errors(more: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        check_document(question("us", [{**event("x", "2026-04-01T10:00-04:00"), **more}], CANDIDATE))


def test_the_order_of_the_history_does_not_matter() -> None:
    events = [call(f"2026-04-0{day}T10:00-04:00") for day in range(1, 8)]
    events += [event("dispute", "2026-04-02T10:00-04:00"), event("verification_sent", "2026-04-03T10:00-04:00")]
    expected = check_document(question("us", events, CANDIDATE))
    shuffled = random.Random(7).sample(events, len(events))
    assert check_document(question("us", shuffled, CANDIDATE)) == expected
    assert expected["verdict"] == "deny"


@pytest.mark.parametrize(
    ("later", "answer"),
    [
        pytest.param(event("opt_out", "2026-05-01T10:00-04:00", channel="call"), "deny", id="a refusal closes"),
        pytest.param(event("conversation", "2026-04-08T10:00-04:00"), "deny", id="a conversation closes"),
        pytest.param(event("consent", "2026-04-08T10:00-04:00"), "allow", id="a consent changes nothing"),
    ],
)
def test_what_lies_ahead_never_opens_the_gate(later: dict[str, Any], answer: str) -> None:
    assert check_document(question("us", [later], CANDIDATE))["verdict"] == answer


def test_a_candidate_nobody_described_is_a_third_person() -> None:
    answer = check_document({**GOOD, "candidate": {**CANDIDATE, "person": "S"}})
    assert [rule["id"] for rule in answer["rules"]] == ["US-LOC"]


def test_contradictory_flags_give_the_hardest_answer() -> None:
    flags = ["settled", "hardship", "unreachable", "deceased", "bankrupt"]
    answer = check_document(question("us", [], CANDIDATE, {"flags": flags}))
    assert answer["verdict"] == "deny"
    assert [rule["id"] for rule in answer["rules"]] == ["US-BK", "US-DEC", "HOUSE-SETTLED", "HOUSE-HARD"]


def test_ten_thousand_events_are_answered() -> None:
    events = [call(f"2026-04-0{1 + n % 6}T{n % 24:02}:{n % 60:02}-04:00") for n in range(10_000)]
    assert check_document(question("us", events, CANDIDATE))["verdict"] == "deny"


def test_the_schema_admits_what_is_right_and_names_every_kind() -> None:
    schema = check_schema()
    kinds = set(schema["properties"]["events"]["items"]["discriminator"]["mapping"])
    assert {
        "call",
        "conversation",
        "consent",
        "opt_out",
        "agreement",
        "preference",
        "contact_refused",
        "cease",
    } <= kinds
    assert schema["additionalProperties"] is False


def test_for_ever_may_be_written_as_the_last_date_there_is() -> None:
    until = {"until": "9999-12-31"}
    held = question("us", [event("hold", "2026-04-01T10:00-04:00", **until)], CANDIDATE)
    agreed = question("us", [event("consent", "2026-04-01T10:00-04:00", **until)], CANDIDATE)
    assert check_document(held)["earliest"] is None
    assert check_document(agreed)["verdict"] == "allow"

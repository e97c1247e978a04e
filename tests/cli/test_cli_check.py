"""`collector check`: the gate on its own, from a file to a verdict, as its schema says (design section 9)."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import pytest
from cli_runs import Home

BEIJING = "2026-05-13T{}+08:00"
"""A Wednesday."""
EASTERN = "2026-04-07T{}-04:00"
"""A Tuesday."""
CN = {"id": "D", "role": "debtor", "timezones": ["Asia/Shanghai"]}
US = {"id": "C", "role": "debtor", "timezones": ["America/New_York"]}


def call(person: str, at: str, outcome: str = "no_answer", debts: tuple[str, ...] = ("A",)) -> dict[str, Any]:
    return {"kind": "call", "at": at, "person": person, "debts": list(debts), "collector": "K1", "outcome": outcome}


def event(kind: str, person: str, at: str, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "at": at, "person": person, "debts": ["A"], "collector": "K1", **more}


def question(pack: str, events: list[Any], at: str, kind: str = "call", **more: Any) -> dict[str, Any]:
    person = {**(CN if pack == "cn" else US), **more.pop("person", {})}
    candidate = event(kind, str(person["id"]), at, text=None) | more.pop("candidate", {})
    return {
        "pack": pack,
        "collector_type": "agency",
        "person": person,
        "events": events,
        "candidate": candidate,
        **more,
    }


SEVEN = [call("C", f"2026-04-0{day}T10:00-04:00") for day in range(1, 8)]
TALK = event("conversation", "C", EASTERN.format("12:00"), direction="outbound")
COASTS = {"timezones": ["America/New_York", "America/Los_Angeles"]}
ANSWERED = [call("D", BEIJING.format(f"{hour:02}:00"), "answered") for hour in (9, 10, 11)]
TEXT = "Bank A: please call 212 555 0100. Reply STOP to opt out."

EXAMPLES = [
    pytest.param(question("us", SEVEN, EASTERN.format("17:00")), "deny", {"US-7IN7"}, id="an eighth call in 7 days"),
    pytest.param(question("us", SEVEN, "2026-04-08T10:00-04:00"), "allow", set(), id="the next day"),
    pytest.param(question("us", [TALK], "2026-04-13T20:00-04:00"), "deny", {"US-CONV"}, id="day 7 after a talk"),
    pytest.param(question("us", [TALK], "2026-04-14T08:30-04:00"), "allow", set(), id="day 8 after a talk"),
    pytest.param(
        question("us", [], EASTERN.format("10:30"), person=COASTS), "deny", {"US-TIME"}, id="early in the west"
    ),
    pytest.param(question("us", [], EASTERN.format("11:30"), person=COASTS), "allow", set(), id="good on both coasts"),
    pytest.param(
        question("us", [], EASTERN.format("21:10"), person=COASTS), "deny", {"US-TIME"}, id="late in the east"
    ),
    pytest.param(question("cn", ANSWERED, BEIJING.format("15:00")), "deny", {"CN-FREQ"}, id="a fourth answered call"),
    pytest.param(question("cn", ANSWERED, "2026-05-14T08:00+08:00"), "allow", set(), id="the next morning"),
    pytest.param(question("cn", [], "2026-05-13T14:30Z"), "deny", {"CN-TIME"}, id="22:30 in Beijing"),
]
"""Those of compliance.md."""

MORE = [
    pytest.param(question("cn", [], BEIJING.format("07:59:59")), "deny", {"CN-TIME"}, id="a second too early"),
    pytest.param(question("cn", [], BEIJING.format("08:00")), "allow", set(), id="on the stroke of eight"),
    pytest.param(
        question("cn", [call("D", BEIJING.format(f"{hour:02}:00")) for hour in (9, 11, 13)], BEIJING.format("15:00")),
        "review",
        {"HOUSE-DIALS-NUMBER"},
        id="three unanswered",
    ),
    pytest.param(
        question("cn", [event("call", "D", BEIJING.format("09:00"), direction="inbound")] * 5, BEIJING.format("15:00")),
        "allow",
        set(),
        id="calls the debtor placed",
    ),
    pytest.param(
        question("cn", [], BEIJING.format("10:00"), person={"role": "contact"}), "deny", {"CN-3P"}, id="a contact"
    ),
    pytest.param(
        question(
            "cn",
            [],
            BEIJING.format("10:00"),
            person={"role": "contact", "flags": ["unreachable"]},
            candidate={"purpose": "location"},
        ),
        "allow",
        set(),
        id="asked where an unreachable debtor is",
    ),
    pytest.param(
        question(
            "cn",
            [event("contact_refused", "D", "2026-05-01T10:00+08:00")],
            BEIJING.format("10:00"),
            person={"role": "contact", "flags": ["unreachable"]},
            candidate={"purpose": "location"},
        ),
        "deny",
        {"CN-3P"},
        id="who refused is not asked again",
    ),
    pytest.param(
        question("cn", [], BEIJING.format("10:00"), "sms", candidate={"text": "【安和银行】再不还款就让你坐牢"}),
        "deny",
        {"CN-FORBID"},
        id="a threat",
    ),
    pytest.param(
        question("cn", [], BEIJING.format("10:00"), debts=[{"id": "A", "plan": "current"}]),
        "deny",
        {"CN-CARD-70"},
        id="a plan that is kept",
    ),
    pytest.param(
        question("cn", [], BEIJING.format("10:00"), person={"flags": ["deceased"]}), "deny", {"CN-DEC"}, id="deceased"
    ),
    pytest.param(
        question("cn", [], BEIJING.format("10:00"), person={"flags": ["settled"]}),
        "deny",
        {"HOUSE-SETTLED"},
        id="settled",
    ),
    pytest.param(
        question("cn", [], BEIJING.format("10:00"), person={"flags": ["hardship"]}),
        "review",
        {"HOUSE-HARD"},
        id="hardship",
    ),
    pytest.param(
        question("us", [event("cease", "C", "2026-04-01T10:00-04:00")], EASTERN.format("10:00")),
        "deny",
        {"US-CEASE"},
        id="asked to cease",
    ),
    pytest.param(
        question("us", [], EASTERN.format("10:00"), person={"flags": ["attorney"]}), "deny", {"US-ATTY"}, id="attorney"
    ),
    pytest.param(
        question("us", [], EASTERN.format("10:00"), person={"flags": ["bankrupt"]}), "deny", {"US-BK"}, id="bankrupt"
    ),
    pytest.param(
        question("us", [event("dispute", "C", "2026-04-01T10:00-04:00")], EASTERN.format("10:00")),
        "deny",
        {"US-DISPUTE"},
        id="disputed and not verified",
    ),
    pytest.param(
        question("us", [event("opt_out", "C", "2026-04-01T10:00-04:00", channel="call")], EASTERN.format("10:00")),
        "deny",
        {"US-TCPA", "US-MEDIUM"},
        id="no calls, said the consumer",
    ),
    pytest.param(
        question("us", [], EASTERN.format("10:00"), "sms", candidate={"text": TEXT}),
        "review",
        {"US-TEXT-SH"},
        id="a text to a number that nobody vouches for",
    ),
    pytest.param(
        question(
            "us",
            [event("sms", "C", "2026-04-05T10:00-04:00", direction="inbound")],
            EASTERN.format("10:00"),
            "sms",
            candidate={"text": TEXT},
        ),
        "allow",
        set(),
        id="a text to a number that wrote to us",
    ),
    pytest.param(
        question("us", [*SEVEN[1:], call("C", EASTERN.format("09:00"), debts=("B",))], EASTERN.format("17:00")),
        "allow",
        set(),
        id="six about this debt, one about another",
    ),
    pytest.param(
        question("us", [call("C", EASTERN.format("16:57"))], EASTERN.format("17:00")),
        "review",
        {"US-REBUT"},
        id="again within five minutes",
    ),
    pytest.param(
        question("us", [], EASTERN.format("10:00"), person={"timezones": []}), "deny", None, id="no zone known"
    ),
    pytest.param(
        question("in", [], "2026-05-13T19:30+05:30", person={"timezones": ["Asia/Kolkata"]}),
        "deny",
        None,
        id="India, 19:30",
    ),
    pytest.param(
        question("uk", [], "2026-05-13T20:30+01:00", person={"timezones": ["Europe/London"]}),
        "allow",
        set(),
        id="UK, 20:30",
    ),
]


@pytest.fixture(scope="module")
def schema(made: Any) -> Any:
    """What the command says about its own input."""
    return jsonschema_rs.validator_for(Home(made, {}).run("check", "--schema").document)


@pytest.mark.parametrize(("document", "verdict", "fired"), [*EXAMPLES, *MORE])
def test_verdicts(home: Home, schema: Any, document: dict[str, Any], verdict: str, fired: set[str] | None) -> None:
    schema.validate(document)
    done = home.run("check", home.file("q.json", json.dumps(document)), "--json")
    answer = done.document
    assert done.code == 0
    rules = {rule["id"] for rule in answer["rules"]}
    assert answer["verdict"] == verdict, answer
    assert rules if fired is None else rules == fired
    assert all(rule["reason"] and rule["source"] for rule in answer["rules"])
    assert set(answer) == {"verdict", "rules", "earliest"}


@pytest.mark.parametrize(
    ("part", "value", "place"),
    [
        pytest.param("colour", "red", "colour", id="unknown field"),
        pytest.param("pack", "fr", "pack", id="unknown pack"),
        pytest.param("events", [call("C", "2026-04-01T10:00")], "events.0.call.at", id="no offset"),
        pytest.param("events", [call("C", EASTERN.format("10:00"), "maybe")], "events.0.call.outcome", id="outcome"),
        pytest.param("events", [event("telex", "C", EASTERN.format("10:00"))], "events.0", id="unknown kind"),
        pytest.param("person", {"id": "C", "timezones": ["Mars/Base"]}, "person.timezones.0", id="unknown zone"),
        pytest.param("candidate", {"kind": "call"}, "candidate.at", id="no time"),
    ],
)
def test_what_the_gate_does_not_know_is_bad_input(home: Home, part: str, value: Any, place: str) -> None:
    document = {**question("us", [], EASTERN.format("10:00")), part: value}
    done = home.run("check", home.file("q.json", json.dumps(document)), "--json")
    assert done.code == 2
    assert place in {problem["column"] for problem in done.document["problems"]}
    assert place in done.err


@pytest.mark.parametrize(
    "body",
    [
        pytest.param('{"pack": "us"', id="cut off"),
        pytest.param('{"pack": "us", "pack": "cn"}', id="a key twice"),
        pytest.param('{"pack": NaN}', id="no number"),
        pytest.param("[" * 100_000, id="deep"),
        pytest.param("", id="empty"),
        pytest.param(b"\xff\xfe{\x00}\x00", id="not UTF-8"),
    ],
)
def test_what_is_no_json_is_named_with_its_file(home: Home, body: str | bytes) -> None:
    done = home.run("check", home.file("q.json", body))
    assert (done.code, "q.json" in done.err, done.out) == (2, True, "")


def test_the_schema_refuses_what_the_command_refuses(schema: Any) -> None:
    good = question("us", SEVEN, EASTERN.format("17:00"))
    for change in ({"colour": "red"}, {"pack": "fr"}, {"person": {"id": ""}}, {"candidate": {"kind": "fax"}}):
        assert not schema.is_valid({**good, **change})


def test_the_gate_needs_no_installation(tmp_path: Any) -> None:
    home = Home(tmp_path, {})
    file = home.file("q.json", json.dumps(question("us", SEVEN, EASTERN.format("17:00"))))
    done = home.run("check", file)
    assert (done.code, done.out.startswith("deny\n")) == (0, True)
    assert "US-7IN7" in done.out

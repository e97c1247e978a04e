"""Packs as data: whole, honest about their sources, and only to be tightened."""

from __future__ import annotations

from typing import Any

import pytest
from gate_asking import contact, person, placed, policy, second
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.compliance.packs import CODES, FOLDER, load_pack, read_pack
from collector.compliance.rules import FUNCTIONS, Answer, compile_policy, judge
from collector.foundation.errors import BadInput
from collector.law.rules import Evidence

HOUSE_TEXT = (FOLDER / "house.yaml").read_text(encoding="utf-8")
MINIMAL = """
code: xx
title: {en: Test, zh: 测试}
rules:
  - id: XX-TIME
    title: {en: Hours, zh: 时段}
    source: nowhere
    evidence: unverified
    rule: hours
    parameters: {start: "09:00", end: "17:00"}
"""


@pytest.mark.parametrize("code", CODES)
def test_every_pack_compiles_for_every_collector(code: str) -> None:
    for collector in ("creditor", "agency", "debt_buyer"):
        assert compile_policy(load_pack(code), collector).rules


@pytest.mark.parametrize("code", CODES)
def test_a_house_default_never_poses_as_law(code: str) -> None:
    for rule in load_pack(code).rules:
        if rule.evidence is Evidence.house:
            assert not rule.id.startswith(("CN-TIME", "US-TIME", "IN-TIME"))
        if rule.id.startswith("HOUSE-"):
            assert rule.evidence is Evidence.house


@pytest.mark.parametrize("code", CODES)
def test_what_is_not_asked_says_where_it_is_kept(code: str) -> None:
    for rule in load_pack(code).rules:
        assert rule.asks in FUNCTIONS or rule.note or rule.id == "CN-FREQ-HOUSE"
        assert rule.title["en"]
        assert rule.title["zh"]


def test_every_function_is_used_by_a_pack() -> None:
    assert {rule.asks for code in CODES for rule in load_pack(code).rules} - {None} == set(FUNCTIONS)


def test_every_rule_of_the_tables_is_there() -> None:
    named = {
        "cn": "TIME FREQ 3P GUAR ID FORBID REC CARD-70 LIMIT CLASS SMS PIPL",
        "us": "7IN7 CONV EXCL UNIT REBUT SMSVOL TIME PLACE ATTY WORK CEASE MEDIUM OPTOUT TEXT-SH VM LOC"
        " VALID DISPUTE TB MAIL KEEP BK DEC TCPA STATE",
    }
    for code, names in named.items():
        assert {f"{code.upper()}-{name}" for name in names.split()} <= {rule.id for rule in load_pack(code).rules}


def test_stops_are_judged_before_hours_and_hours_before_counts() -> None:
    order = [asked.rule.id for asked in policy("us").rules]
    assert order.index("US-BK") < order.index("US-TCPA") < order.index("US-LOC") < order.index("US-TIME")
    assert order.index("US-TIME") < order.index("US-7IN7") < order.index("US-OPTOUT")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param(MINIMAL.replace("evidence: unverified", "evidence: rumour"), "evidence", id="unknown evidence"),
        pytest.param(MINIMAL.replace("    source: nowhere\n", ""), "source", id="no source"),
        pytest.param(MINIMAL.replace("rule: hours", "rule: moods"), "no rule function", id="unknown function"),
        pytest.param(MINIMAL.replace('end: "17:00"', 'finish: "17:00"'), "XX-TIME.finish", id="unknown parameter"),
        pytest.param(MINIMAL.replace('"17:00"', "1020"), "XX-TIME.end", id="a number is no time of day"),
        pytest.param(
            MINIMAL.replace("code: xx", "code: xx\nzone: Mars/Olympus"), "unknown time zone", id="unknown zone"
        ),
        pytest.param(MINIMAL + MINIMAL.split("rules:\n")[1], "stands twice", id="the same rule twice"),
        pytest.param(
            MINIMAL.replace("rules:", "house: {without: [HOUSE-NOTHING]}\nrules:"),
            "HOUSE-NOTHING",
            id="unknown house rule",
        ),
        pytest.param(MINIMAL.replace("code: xx", "code: xx\ncolour: red"), "colour", id="unknown field"),
    ],
)
def test_a_wrong_pack_is_refused_with_its_place(text: str, reason: str) -> None:
    with pytest.raises(BadInput, match=reason):
        read_pack(text, HOUSE_TEXT)


def test_the_version_follows_the_text() -> None:
    first, second_ = read_pack(MINIMAL, HOUSE_TEXT), read_pack(MINIMAL.replace("nowhere", "elsewhere"), HOUSE_TEXT)
    assert first.version != second_.version
    assert first.version == read_pack(MINIMAL, HOUSE_TEXT).version


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param({"CN-TIME": {"start": "07:00"}}, "CN-TIME.start", id="earlier"),
        pytest.param({"CN-TIME": {"end": "23:00"}}, "CN-TIME.end", id="later"),
        pytest.param(
            {"CN-TIME": {"agreed_once": False, "start": "09:00", "callback_minutes": 5}}, "callback", id="one of three"
        ),
        pytest.param({"CN-FREQ": {"cap": 4}}, "CN-FREQ.cap", id="more calls"),
        pytest.param({"CN-FREQ": {"cap": -1}}, "CN-FREQ.cap", id="no number of calls"),
        pytest.param({"HOUSE-WORK": {"number_kinds": []}}, "number_kinds", id="a fixed parameter"),
        pytest.param({"CN-3P": {"when": ["unreachable", "hardship"]}}, "CN-3P.when", id="more occasions"),
        pytest.param({"CN-FORBID": {"deny": {"insult": ["老赖"]}}}, "CN-FORBID.deny", id="fewer words"),
        pytest.param({"CN-NOTHING": {}}, "no such rule", id="unknown rule"),
        pytest.param({"CN-FREQ": {"cops": 1}}, "CN-FREQ.cops", id="unknown parameter"),
        pytest.param({"CN-FREQ": {"answer": "review"}}, "CN-FREQ.answer", id="a softer answer"),
        pytest.param({"CN-FREQ": {"answer": "allow"}}, "CN-FREQ.answer", id="no answer of a rule"),
        pytest.param({"CN-FREQ": {"binds": ["agency"]}}, "CN-FREQ.binds", id="fewer are bound"),
        pytest.param({"CN-REC": {"years": 1}}, "no such rule", id="a rule that asks nothing"),
    ],
)
def test_a_portfolio_can_not_loosen_its_pack(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(BadInput, match=reason):
        policy("cn", tightening=change)


def test_a_portfolio_can_tighten_its_pack() -> None:
    change = {
        "CN-TIME": {"start": "09:00", "end": "20:00"},
        "CN-FREQ": {"cap": 1},
        "HOUSE-CHANNEL": {"channels": ["visit"]},
        "HOUSE-DAYS": {"weekdays": ["sun"], "dates": ["2026-05-14"]},
        "HOUSE-DIALS-PERSON": {"answer": "deny"},
    }
    rules = policy("cn", tightening=change)
    facts = person(placed("2026-05-13T10:00+08:00", "right_party"), zones=("Asia/Shanghai",))
    verdict = judge(contact(), facts, rules, second("2026-05-13T11:00+08:00"))
    assert [rule.id for rule in verdict.rules] == ["CN-FREQ"]
    assert verdict.earliest is not None
    assert verdict.earliest.timestamp() == second("2026-05-15T09:00+08:00")
    closed = judge(contact("visit"), facts, rules, second("2026-05-13T11:00+08:00"))
    assert [rule.id for rule in closed.rules] == ["HOUSE-CHANNEL"]
    assert closed.earliest is None


HARDNESS = [Answer.allow, Answer.review, Answer.deny]


@settings(max_examples=40, deadline=None)
@given(
    start=st.integers(8, 12),
    cap=st.integers(0, 3),
    hour=st.integers(0, 23),
    answered=st.integers(0, 4),
)
def test_tightening_never_opens_the_gate(start: int, cap: int, hour: int, answered: int) -> None:
    tight = policy("cn", tightening={"CN-TIME": {"start": f"{start:02}:00"}, "CN-FREQ": {"cap": cap}})
    calls = [placed(second("2026-05-13T00:00+08:00") + n * 3600, "right_party") for n in range(answered)]
    facts, at = person(*calls), second("2026-05-13T00:00+08:00") + hour * 3600
    loose_answer = judge(contact(), facts, policy("cn"), at, earliest=False).answer
    tight_answer = judge(contact(), facts, tight, at, earliest=False).answer
    assert HARDNESS.index(tight_answer) >= HARDNESS.index(loose_answer)

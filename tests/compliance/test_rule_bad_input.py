"""Documents that are wrong, odd or huge: an error with its place, or the safe verdict; never an exception, never a
permission by default."""

from __future__ import annotations

import copy
import time
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from gate_asking import call, check, event, question
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.compliance.check import check_document, check_schema
from collector.foundation.errors import BadInput

AT = "2026-04-07T12:00-04:00"
FULL = question(
    "us",
    [
        call("2026-04-01T10:00-04:00"),
        event("consent", "2026-04-01T10:00-04:00", until="2026-04-05", channel="call"),
        event("agreement", "2026-04-01T10:00-04:00", hours="22:00-23:00", evidence_id="E"),
        event("preference", "2026-04-01T10:00-04:00", not_before="09:00", weekdays=["mon"], place="work"),
        event("opt_out", "2026-04-01T10:00-04:00", channel="email"),
        event("opt_in", "2026-04-02T10:00-04:00", channel="email"),
        event("mental_health_crisis", "2026-01-01T10:00-04:00", until="2026-01-05"),
        event("dispute", "2026-04-01T10:00-04:00", debts=("B",)),
        event("validation_notice", "2026-04-01T10:00-04:00"),
    ],
    event("call", AT, to={"whom": "debtor", "number": "mobile", "phone": "1"}, purpose="collect"),
    {"flags": ["hardship"]},
    debts=[
        {
            "id": "A",
            "type": "student",
            "account": "1",
            "plan": "broken",
            "limitation_until": "2027-01-01",
            "referred_on": "2026-03-01",
            "sued_on": "2026-03-02",
            "guarantee": {"kind": "joint", "until": "2027-01-01"},
            "validation": "due",
        }
    ],
    carrier={"name": "twilio", "content": ["reminder"]},
    tightening={"US-7IN7": {"cap": 2, "binds": ["agency", "debt_buyer", "creditor"]}},
)
ODD: list[Any] = [
    None, True, False, 0, -1, 7, 10**30, 1.5, float("inf"), "", " ", "A", "\x00", "\ud800", "ä" * 300, "0001-01-01",
    "9999-12-31", "9999-12-31T23:59:59Z", "0001-01-01T00:00+14:00", "2026-02-30", "2026-02-30T10:00Z",
    "2026-04-07T24:00Z", "2026-04-07T12:00+99:00", "2026-04-07T12:00", "-2026-04-07T12:00Z", "24:00", "00:00-00:00",
    "24:00-24:00", "22:00-22:00", "Etc/GMT+12", "../../etc/passwd", "UTC", "localtime", [], [[]], [None], ["mon"] * 9,
    {}, {"a": 1}, {"cap": -1}, {"cap": "x"}, {"binds": ["uncle"]}, {"binds": 5}, {"answer": []}, {"US-7IN7": None},
]  # fmt: skip


def paths(part: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    inside = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for name, value in inside:
        yield from paths(value, (*path, name))


def answer_to(data: Any) -> str:
    """The verdict, or `refused` where the document is refused with what is wrong and where."""
    try:
        return str(check_document(data)["verdict"])
    except BadInput as error:
        return "refused" if all(problem.reason for problem in error.problems) and error.problems else "no reason"


def changed(path: tuple[Any, ...], value: Any) -> Any:
    data: Any = copy.deepcopy(FULL)
    if not path:
        return value
    part = data
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = value
    return data


@pytest.mark.parametrize("value", ODD, ids=lambda value: ascii(value)[:30])
def test_an_odd_value_anywhere_is_an_error_or_a_verdict(value: Any) -> None:
    for path in paths(FULL):
        assert answer_to(changed(path, value)) in ("allow", "deny", "review", "refused")


@settings(max_examples=80, deadline=None)
@given(
    changes=st.lists(st.tuples(st.sampled_from(list(paths(FULL))), st.sampled_from(ODD)), max_size=3),
    pack=st.sampled_from(["cn", "us", "in", "uk", "house"]),
)
def test_several_odd_values(changes: list[tuple[tuple[Any, ...], Any]], pack: str) -> None:
    data = {**copy.deepcopy(FULL), "pack": pack, "tightening": {}}
    for path, value in changes:
        part: Any = data
        try:
            for step in path[:-1]:
                part = part[step]
            if path:
                part[path[-1]] = value
        except (KeyError, IndexError, TypeError):
            continue
    assert answer_to(data) in ("allow", "deny", "review", "refused")


@pytest.mark.parametrize(
    ("path", "value", "place", "words"),
    [
        pytest.param(("debts",), [{"id": "A"}, {"id": "A"}], "document", "told of twice", id="a debt twice"),
        pytest.param(("events", 2, "hours"), "22:00-22:00", "events.2.agreement.hours", "ends when", id="no span"),
        pytest.param(("candidate", "at"), "1969-01-01T00:00Z", "candidate.at", "outside the years", id="too early"),
        pytest.param(("candidate", "at"), "2200-01-01T00:00Z", "candidate.at", "outside the years", id="too late"),
        pytest.param(("events", 1, "until"), 5, "events.1.consent.until", "is not a day", id="a number is no day"),
        pytest.param(
            ("events", 1, "until"), "2026-04-05T10:00Z", "events.1.consent.until", "is not a day", id="nor is a time"
        ),
        pytest.param(("candidate", "debts"), ["A"] * 1001, "candidate.debts", "1000", id="too many debts"),
        pytest.param(
            ("tightening",), {"US-7IN7": {"binds": ["uncle"]}}, "US-7IN7.binds", "binds a list of", id="an uncle"
        ),
        pytest.param(("tightening",), {"US-7IN7": {"binds": 5}}, "US-7IN7.binds", "binds a list of", id="no list"),
        pytest.param(("tightening",), {"US-7IN7": {"answer": []}}, "US-7IN7.answer", "deny or review", id="no answer"),
        pytest.param(
            ("tightening",),
            {"US-FORBID": {"deny": {"x": ["{a,b}" * 40]}}},
            "US-FORBID.deny",
            "more than",
            id="a phrase for millions",
        ),
        pytest.param(("carrier",), {"name": "x", "countries": ["86"]}, "carrier.countries.0", "pattern", id="no plus"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(path: tuple[Any, ...], value: Any, place: str, words: str) -> None:
    with pytest.raises(BadInput) as caught:
        check_document(changed(path, value))
    assert [problem.column for problem in caught.value.problems] == [place]
    assert words in str(caught.value.problems[0])


def test_what_is_not_told_is_not_permitted_where_it_matters() -> None:
    night = event("call", "2026-04-07T03:00-04:00")
    for person in ({"timezones": []}, {"flags": ["settled", "bankrupt", "unreachable"]}, {"role": "contact"}):
        assert check("us", [], night, person)[0] == "deny"
    without = question("us", [], event("call", AT))
    del without["person"]["timezones"], without["person"]["flags"], without["collector_type"]
    assert check_document(without)["verdict"] == "deny"


def test_a_debt_of_another_type_does_not_free_one_of_unknown_type() -> None:
    """Every rule binds where a debt's type is not known."""
    week = [call(f"2026-04-0{day}T10:00-04:00", debts=("A", "B")) for day in range(1, 8)]
    both = event("call", "2026-04-07T17:00-04:00", debts=("A", "B"))
    assert check("us", week, both, debts=[{"id": "B", "type": "business"}])[0] == "deny"


MIXES = {
    "calls": ["call"],
    "consents": ["consent", "conversation", "call", "revoked"],
    "wishes": ["preference", "agreement"],
    "disputes": ["dispute", "verification_sent", "validation_notice"],
    "texts": ["sms", "number_checked", "consent", "revoked"],
    "marks": ["breathing_space", "hold", "cease", "opt_out", "mental_health_crisis"],
}


@pytest.mark.slow
@pytest.mark.parametrize("kinds", MIXES.values(), ids=MIXES)
def test_ten_thousand_events_of_any_kind(kinds: list[str]) -> None:
    """A long history is answered in seconds, whatever is in it: nothing is compared with everything."""
    more = {"call": {"outcome": "no_answer"}, "agreement": {"hours": "22:00-23:00", "evidence_id": "E"}}
    more |= {"preference": {"not_before": "11:00"}, "hold": {"until": "2026-05-01"}}
    events = [
        event(kind, f"2026-0{3 + n % 2}-{1 + n % 28:02}T{n % 24:02}:{n % 60:02}-04:00", **more.get(kind, {}))
        for n in range(10_000)
        for kind in [kinds[n % len(kinds)]]
    ]
    began = time.process_time()
    for kind in ("call", "sms"):
        check("us", events, event(kind, "2026-04-15T23:10-04:00"))
    assert time.process_time() - began < 20


def test_the_schema_takes_the_whole_document_and_describes_every_part() -> None:
    schema = check_schema()
    jsonschema_rs.validator_for(schema).validate(FULL)
    for name, part in schema["$defs"].items():
        assert part.get("description") or part.get("enum"), name
        assert part.get("enum") or part.get("additionalProperties") is False, name
    bare = [
        f"{name}.{field}"
        for name, part in [("Document", schema), *schema["$defs"].items()]
        for field, told in part.get("properties", {}).items()
        if not {"description", "$ref", "const", "enum", "items"} & set(told)
        and not any({"$ref", "enum", "description"} & set(one) for one in told.get("anyOf", []))
    ]
    assert not bare

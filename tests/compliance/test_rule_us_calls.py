"""US-7IN7, US-CONV, US-EXCL, US-UNIT, US-REBUT, US-STATE: a table for each (12 CFR 1006.14(b)).

April 2026: the 7th is a Tuesday. Times are New York's unless said otherwise.
"""

from __future__ import annotations

from typing import Any

import pytest
from gate_asking import call, check, event


def on(day: int, clock: str = "10:00", **more: Any) -> dict[str, Any]:
    return call(f"2026-04-{day:02}T{clock}-04:00", **more)


def talk(day: int, clock: str = "12:00", **more: Any) -> dict[str, Any]:
    return event("conversation", f"2026-04-{day:02}T{clock}-04:00", **more)


def consent(day: int, clock: str = "13:00", **more: Any) -> dict[str, Any]:
    return event("consent", f"2026-04-{day:02}T{clock}-04:00", **more)


def ask(events: list[dict[str, Any]], day: int, clock: str = "10:00", **more: Any) -> tuple[str, list[str], str | None]:
    top = {name: more.pop(name) for name in ("debts", "collector_type", "tightening", "person") if name in more}
    candidate = event("call", f"2026-04-{day:02}T{clock}-04:00", **more.pop("candidate", {}))
    return check("us", events, candidate, top.pop("person", None), **top)


WEEK = [on(day) for day in range(1, 8)]


@pytest.mark.parametrize(
    ("events", "day", "clock", "answer", "earliest"),
    [
        pytest.param(WEEK[:6], 7, "17:00", "allow", None, id="the seventh"),
        pytest.param(WEEK, 7, "17:00", "deny", "2026-04-08T08:00:00-04:00", id="the eighth"),
        pytest.param(WEEK, 8, "08:00", "allow", None, id="day 1 has left the window"),
        pytest.param([*WEEK[1:], on(8)], 8, "17:00", "deny", "2026-04-09T08:00:00-04:00", id="the window moves"),
        pytest.param([on(1, "23:59"), *WEEK[1:]], 8, "08:00", "allow", None, id="local days, not hours"),
        pytest.param([on(2, "00:00"), *WEEK[1:]], 8, "20:59", "deny", "2026-04-09T08:00:00-04:00", id="midnight"),
        pytest.param([*WEEK[:6], on(7, "18:00")], 7, "17:00", "deny", "2026-04-08T08:00:00-04:00", id="one in flight"),
    ],
)
def test_us_7in7(events: list[dict[str, Any]], day: int, clock: str, answer: str, earliest: str | None) -> None:
    verdict, fired, found = ask(events, day, clock)
    assert (verdict, found) == (answer, earliest)
    assert ("US-7IN7" in fired) == (answer == "deny")


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        pytest.param({"outcome": "busy_tone"}, "allow", id="a proven busy tone is no call"),
        pytest.param({"outcome": "vacant"}, "allow", id="a number out of use"),
        pytest.param({"outcome": "suspended"}, "allow", id="a number out of service"),
        pytest.param({"outcome": "failed"}, "allow", id="our own failure"),
        pytest.param({"outcome": "busy"}, "deny", id="busy: perhaps declined"),
        pytest.param({"outcome": "rejected"}, "deny", id="declined"),
        pytest.param({"outcome": "voicemail"}, "deny", id="voicemail"),
        pytest.param({"outcome": "assistant"}, "deny", id="a voice assistant"),
        pytest.param({"outcome": "switched_off"}, "deny", id="switched off is not out of service"),
        pytest.param({"outcome": "unreachable"}, "deny", id="unreachable is not out of service"),
        pytest.param({"outcome": "third_party"}, "deny", id="somebody else answered"),
        pytest.param({"direction": "inbound", "outcome": "no_answer"}, "allow", id="the consumer called"),
    ],
)
def test_us_excl_by_outcome(changes: dict[str, Any], answer: str) -> None:
    assert ask([*WEEK[:6], {**WEEK[6], **changes}], 7, "17:00")[0] == answer


@pytest.mark.parametrize(
    ("whom", "answer"),
    [("attorney", "allow"), ("credit_bureau", "allow"), ("creditor", "allow"), ("spouse", "deny"), ("debtor", "deny")],
)
def test_us_excl_by_who_is_called(whom: str, answer: str) -> None:
    assert ask(WEEK, 7, "17:00", candidate={"to": {"whom": whom}})[0] == answer


@pytest.mark.parametrize(
    ("events", "day", "clock", "answer"),
    [
        pytest.param([talk(7), consent(7)], 7, "14:00", "allow", id="day 1"),
        pytest.param([talk(7), consent(7)], 13, "20:59", "allow", id="day 7"),
        pytest.param([talk(8), consent(8), talk(7)], 14, "20:59", "allow", id="day 7 of a later one"),
        pytest.param([consent(6), on(7, outcome="right_party")], 8, "10:00", "deny", id="a talk by call ends it"),
        pytest.param([talk(8), consent(7)], 9, "10:00", "deny", id="a conversation after it ends it"),
        pytest.param([talk(7), consent(7), talk(9, debts=("B",))], 10, "10:00", "allow", id="about another debt"),
        pytest.param([talk(7), consent(7), talk(9, collector="K2")], 10, "10:00", "allow", id="with another collector"),
        pytest.param([talk(7), consent(7, until="2026-04-09")], 9, "20:59", "allow", id="last day of its term"),
        pytest.param([talk(7), consent(7, until="2026-04-09")], 10, "08:00", "deny", id="its term is over"),
        pytest.param([talk(12), consent(7, "14:00", until="2026-05-30")], 13, "10:00", "deny", id="a long term is cut"),
        pytest.param(
            [talk(7), consent(7), event("revoked", "2026-04-08T09:59-04:00")], 8, "10:00", "deny", id="revoked"
        ),
        pytest.param(
            [talk(7), consent(7), event("revoked", "2026-04-08T10:01-04:00")], 8, "10:00", "deny", id="revoked soon"
        ),
        pytest.param(
            [talk(7), consent(7), event("revoked", "2026-04-08T09:00-04:00", debts=("B",))],
            8,
            "10:00",
            "allow",
            id="revoked for another debt",
        ),
        pytest.param([talk(7), consent(7, debts=("B",))], 8, "10:00", "deny", id="for another debt"),
        pytest.param([talk(7), consent(7, collector="K2")], 8, "10:00", "deny", id="given to somebody else"),
        pytest.param([talk(7), consent(7, person="S")], 8, "10:00", "deny", id="given by somebody else"),
        pytest.param([talk(7), consent(8)], 7, "14:00", "deny", id="given only later"),
        pytest.param([talk(7), consent(7, channel="sms")], 8, "10:00", "deny", id="for texts"),
        pytest.param([*WEEK, consent(7, "08:00")], 7, "17:00", "allow", id="beyond seven calls"),
        pytest.param([consent(1, "09:00"), *WEEK], 8, "10:00", "allow", id="calls under consent are not counted"),
        pytest.param([consent(1, "11:00"), *WEEK, on(8)], 8, "17:00", "allow", id="the first was before it"),
    ],
)
def test_us_excl_by_consent(events: list[dict[str, Any]], day: int, clock: str, answer: str) -> None:
    assert ask(events, day, clock)[0] == answer


def test_calls_after_the_seventh_day_of_a_consent_count_again() -> None:
    events = [consent(1, "09:00"), *(on(day) for day in range(8, 15))]
    assert ask(events, 14, "17:00")[:2] == ("deny", ["US-7IN7"])
    freed = [consent(2, "09:00"), *(on(day) for day in range(8, 15))]
    assert ask(freed, 14, "17:00")[0] == "allow"


@pytest.mark.parametrize(
    ("events", "day", "clock", "answer", "fired"),
    [
        pytest.param([talk(7, "23:59")], 13, "20:59", "deny", ["US-CONV"], id="day 7"),
        pytest.param([talk(7, "00:00")], 14, "08:00", "allow", [], id="day 8"),
        pytest.param([talk(7, direction="inbound")], 8, "10:00", "deny", ["US-CONV"], id="the consumer began it"),
        pytest.param([on(7, outcome="right_party")], 8, "10:00", "deny", ["US-CONV"], id="an outcome tells of it"),
        pytest.param(
            [on(7, outcome="answered", direction="inbound")], 8, "10:00", "deny", ["US-CONV"], id="they called in"
        ),
        pytest.param([on(7, outcome="third_party")], 8, "10:00", "allow", [], id="a talk with somebody else"),
        pytest.param([on(7, outcome="answered")], 8, "10:00", "review", ["US-CONV"], id="with whom, is not known"),
        pytest.param([on(7, outcome="voicemail")], 8, "10:00", "allow", [], id="a voicemail is no conversation"),
        pytest.param([talk(7, person="S")], 8, "10:00", "allow", [], id="with the spouse"),
        pytest.param([talk(7, debts=("B",))], 8, "10:00", "allow", [], id="about another debt"),
        pytest.param([talk(7, collector="K2")], 8, "10:00", "allow", [], id="with another collector"),
        pytest.param([talk(8, "18:00")], 8, "10:00", "deny", ["US-CONV"], id="later today"),
    ],
)
def test_us_conv(events: list[dict[str, Any]], day: int, clock: str, answer: str, fired: list[str]) -> None:
    assert ask(events, day, clock)[:2] == (answer, fired)


def test_the_days_after_a_conversation_are_the_person_s() -> None:
    """23:30 in New York is the 7th there and the 8th by UTC; the seventh day ends with the 13th."""
    late = talk(7, "23:30")
    assert ask([late], 13, "12:00")[2] == "2026-04-14T08:00:00-04:00"
    west = {"timezones": ["America/Los_Angeles"]}
    assert ask([talk(8, "02:30")], 14, "11:00", person=west)[0] == "allow"
    both = {"timezones": ["America/Los_Angeles", "America/New_York"]}
    assert ask([talk(8, "02:30")], 14, "11:00", person=both)[2] == "2026-04-15T08:00:00-07:00"


def test_a_conversation_only_closes_the_debts_it_was_about() -> None:
    both = {"debts": ("A", "B")}
    assert ask([talk(7), consent(7)], 8, candidate=both)[0] == "allow"
    assert ask([talk(7, debts=("A", "B")), consent(7)], 8, candidate=both)[:2] == ("deny", ["US-CONV"])


STUDENT = {"type": "student"}


@pytest.mark.parametrize(
    ("change", "debts", "answer"),
    [
        pytest.param({"debts": ["B"]}, [], "allow", id="another debt"),
        pytest.param({"debts": ["A", "B"]}, [], "deny", id="several debts: each"),
        pytest.param({"debts": []}, [], "deny", id="which, is not told"),
        pytest.param({"collector": "K2"}, [], "allow", id="another collector"),
        pytest.param({"collector": None}, [], "deny", id="perhaps this collector"),
        pytest.param({"person": "S"}, [], "allow", id="the spouse"),
        pytest.param({"phone": "2"}, [], "deny", id="another number of the person"),
        pytest.param(
            {"debts": ["B"]},
            [{"id": "A", "account": "1", **STUDENT}, {"id": "B", "account": "1", **STUDENT}],
            "deny",
            id="student loans under one number",
        ),
        pytest.param(
            {"debts": ["B"]},
            [{"id": "A", "account": "1", **STUDENT}, {"id": "B", "account": "2", **STUDENT}],
            "allow",
            id="student loans under two",
        ),
        pytest.param(
            {"debts": ["B"]},
            [{"id": "A", "account": "1", **STUDENT}, {"id": "B", **STUDENT}],
            "deny",
            id="student loans under perhaps one",
        ),
        pytest.param(
            {"debts": ["B"]},
            [{"id": "A", "account": "1", "type": "card"}, {"id": "B", "account": "1", "type": "card"}],
            "allow",
            id="other loans are counted apart",
        ),
    ],
)
def test_us_unit(change: dict[str, Any], debts: list[dict[str, Any]], answer: str) -> None:
    events = [{**one, **change} if place == 3 else one for place, one in enumerate(WEEK)]
    assert ask(events, 7, "17:00", debts=debts)[0] == answer


def test_a_conversation_about_one_student_loan_is_about_all_of_the_account() -> None:
    loans = [{"id": name, "account": "1", **STUDENT} for name in "AB"]
    assert ask([talk(7, debts=("B",))], 8, debts=loans)[:2] == ("deny", ["US-CONV"])


@pytest.mark.parametrize(
    ("before", "clock", "answer"),
    [
        pytest.param(on(7, "10:00"), "10:05", "review", id="five minutes"),
        pytest.param(on(7, "10:00"), "10:05:01", "allow", id="a second more"),
        pytest.param(on(7, "10:00", outcome="busy"), "10:02", "review", id="busy"),
        pytest.param(on(7, "10:00", outcome="busy_tone"), "10:02", "allow", id="a busy tone"),
        pytest.param(on(7, "10:00", outcome="third_party"), "10:02", "allow", id="it was answered"),
        pytest.param(on(7, "10:00", debts=("B",)), "10:02", "review", id="about another debt, to the same person"),
        pytest.param(on(7, "10:00", person="S"), "10:02", "allow", id="to somebody else"),
    ],
)
def test_us_rebut_in_minutes(before: dict[str, Any], clock: str, answer: str) -> None:
    verdict, fired, _ = ask([before], 7, clock)
    assert (verdict, fired) == (answer, ["US-REBUT"] if answer == "review" else [])


@pytest.mark.parametrize(("placed", "answer"), [(3, "allow"), (5, "allow"), (6, "review"), (7, "deny")])
def test_us_rebut_in_a_day(placed: int, answer: str) -> None:
    events = [on(7, f"{8 + hour:02}:00") for hour in range(placed)]
    verdict, fired, _ = ask(events, 7, "17:00")
    assert verdict == answer
    assert ("US-REBUT" in fired) == (placed >= 6)


@pytest.mark.parametrize(
    ("collector", "tightening", "answer"),
    [
        pytest.param("creditor", {}, "allow", id="the creditor is not bound"),
        pytest.param("agency", {}, "allow", id="two are few"),
        pytest.param("agency", {"US-7IN7": {"cap": 2}}, "deny", id="a state's cap"),
        pytest.param("creditor", {"US-7IN7": {"cap": 2}}, "allow", id="a cap alone binds nobody new"),
        pytest.param(
            "creditor",
            {"US-7IN7": {"cap": 2, "binds": ["agency", "debt_buyer", "creditor"]}},
            "deny",
            id="Massachusetts binds creditors",
        ),
    ],
)
def test_us_state(collector: str, tightening: dict[str, Any], answer: str) -> None:
    assert ask([on(3), on(5)], 7, collector_type=collector, tightening=tightening)[0] == answer


def test_a_cap_of_none_needs_no_history() -> None:
    assert ask([], 7, tightening={"US-7IN7": {"cap": 0}})[:2] == ("deny", ["US-7IN7"])

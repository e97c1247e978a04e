"""How often, as documents: Regulation F, the Chinese standard, the caps of the house."""

from __future__ import annotations

from typing import Any

import pytest
from gate_asking import call, check, event, person, policy, second

from collector.compliance.rules import Contact, judge
from collector.facts.rules import Event, Kind
from collector.history.rules import Channel, Direction

DAYS = [call(f"2026-04-0{day}T10:00-04:00") for day in range(1, 8)]
TALK = event("conversation", "2026-04-07T12:00-04:00", direction="outbound")
HOUR = "2026-05-13T10:00+08:00"


CONSENT = event("consent", "2026-04-07T12:30-04:00")


@pytest.mark.parametrize(
    ("events", "at", "answer"),
    [
        pytest.param([*DAYS, CONSENT], "2026-04-07T17:00-04:00", "allow", id="consent opens"),
        pytest.param([TALK, CONSENT], "2026-04-13T17:00-04:00", "allow", id="day 7 of the consent"),
        pytest.param([TALK, {**CONSENT, "until": "2026-04-08"}], "2026-04-09T10:00-04:00", "deny", id="a shorter term"),
        pytest.param(
            [TALK, CONSENT, event("revoked", "2026-04-08T10:00-04:00")], "2026-04-09T10:00-04:00", "deny", id="revoked"
        ),
        pytest.param(
            [CONSENT, event("conversation", "2026-04-08T10:00-04:00")],
            "2026-04-09T10:00-04:00",
            "deny",
            id="a talk ends it",
        ),
        pytest.param([TALK, {**CONSENT, "collector": "K2"}], "2026-04-09T10:00-04:00", "deny", id="given to another"),
    ],
)
def test_consent_given_directly(events: list[dict[str, Any]], at: str, answer: str) -> None:
    assert check("us", events, event("call", at))[0] == answer


def test_calls_made_under_consent_do_not_count() -> None:
    consent = event("consent", "2026-04-01T08:00-04:00")
    assert check("us", [consent, *DAYS], event("call", "2026-04-08T10:00-04:00"))[0] == "allow"
    assert check("us", DAYS, event("call", "2026-04-07T10:30-04:00"))[0] == "deny"
    assert check("us", [consent, *DAYS], event("call", "2026-04-07T10:30-04:00"))[0] == "allow"


@pytest.mark.parametrize(
    ("change", "answer"),
    [
        pytest.param({"outcome": "busy_tone"}, "allow", id="a proven busy tone"),
        pytest.param({"outcome": "vacant"}, "allow", id="out of service"),
        pytest.param({"outcome": "failed"}, "allow", id="our own failure"),
        pytest.param({"outcome": "busy"}, "deny", id="busy may be declined"),
        pytest.param({"outcome": "voicemail"}, "deny", id="voicemail counts"),
        pytest.param({"debts": ["B"]}, "allow", id="another debt"),
        pytest.param({"debts": ["A", "B"]}, "deny", id="about several debts"),
        pytest.param({"collector": "K2"}, "allow", id="another collector"),
        pytest.param({"person": "S"}, "allow", id="the spouse has an own count"),
        pytest.param({"direction": "inbound", "outcome": None}, "allow", id="the consumer called"),
    ],
)
def test_what_counts_among_seven(change: dict[str, Any], answer: str) -> None:
    events = [*DAYS[:6], {**DAYS[6], **change}]
    assert check("us", events, event("call", "2026-04-07T17:00-04:00"))[0] == answer


def test_a_call_about_two_debts_needs_room_in_both() -> None:
    both = event("call", "2026-04-07T17:00-04:00", debts=("A", "B"))
    assert check("us", DAYS, both)[:2] == ("deny", ["US-7IN7"])
    assert check("us", DAYS, {**both, "debts": ["B"]})[0] == "allow"


@pytest.mark.parametrize(
    ("events", "at", "answer"),
    [
        pytest.param(
            [call("2026-04-07T10:00-04:00")], "2026-04-07T10:05-04:00", "review", id="two within five minutes"
        ),
        pytest.param([call("2026-04-07T10:00-04:00")], "2026-04-07T10:06-04:00", "allow", id="six minutes"),
        pytest.param(
            [call(f"2026-04-07T{9 + n:02}:00-04:00") for n in range(6)],
            "2026-04-07T17:00-04:00",
            "review",
            id="seven in a day",
        ),
        pytest.param(
            [call("2026-04-07T10:00-04:00", "answered")], "2026-04-08T10:00-04:00", "review", id="perhaps a talk"
        ),
    ],
)
def test_bunched_and_unclear_calls_go_to_a_person(events: list[dict[str, Any]], at: str, answer: str) -> None:
    assert check("us", events, event("call", at))[0] == answer


def test_regulation_f_does_not_bind_the_creditor() -> None:
    candidate = event("call", "2026-04-07T17:00-04:00")
    assert check("us", DAYS, candidate, collector_type="debt_buyer")[0] == "deny"
    assert check("us", DAYS, candidate, collector_type="creditor")[0] == "allow"
    massachusetts = {"US-7IN7": {"cap": 2, "binds": ["agency", "debt_buyer", "creditor"]}}
    assert check("us", DAYS, candidate, collector_type="creditor", tightening=massachusetts)[:2] == (
        "deny",
        ["US-7IN7"],
    )


FRESH = event("sms", "2026-04-01T09:00-04:00", direction="inbound")


@pytest.mark.parametrize(
    ("events", "answer", "fired"),
    [
        pytest.param([], "review", ["US-TEXT-SH"], id="nothing shows whose number it is"),
        pytest.param([FRESH], "allow", [], id="the person texted"),
        pytest.param(
            [event("consent", "2026-02-01T09:00-05:00")], "review", ["US-TEXT-SH"], id="consent older than 60 days"
        ),
        pytest.param([FRESH, event("sms", "2026-04-07T09:00-04:00")], "deny", ["US-SMSVOL"], id="a second on one day"),
        pytest.param(
            [FRESH, *(event("sms", f"2026-04-0{d}T09:00-04:00") for d in (2, 4, 6))],
            "deny",
            ["US-SMSVOL"],
            id="a fourth in seven days",
        ),
        pytest.param(
            [FRESH, event("opt_out", "2026-04-02T09:00-04:00", channel="sms")],
            "deny",
            ["US-TCPA", "US-MEDIUM"],
            id="opted out",
        ),
    ],
)
def test_texts(events: list[dict[str, Any]], answer: str, fired: list[str]) -> None:
    assert check("us", events, event("sms", "2026-04-07T12:00-04:00"))[:2] == (answer, fired)


def test_house_caps() -> None:
    three = [call(f"2026-05-13T{9 + n:02}:00+02:00", phone="1") for n in range(3)]
    candidate = event("call", "2026-05-13T15:00+02:00")
    same, other = {**candidate, "to": {"phone": "1"}}, {**candidate, "to": {"phone": "2"}}
    assert check("house", three, same)[:2] == ("deny", ["HOUSE-DIALS-NUMBER"])
    assert check("house", three, other)[0] == "allow"
    six = [*three, *(call(f"2026-05-13T{12 + n}:00+02:00", phone="3") for n in range(3))]
    assert check("house", six, other)[:2] == ("deny", ["HOUSE-DIALS-PERSON"])
    assert check("house", [event("sms", HOUR)], event("sms", "2026-05-13T15:00+02:00"))[1] == ["HOUSE-SMS"]


@pytest.mark.parametrize(
    ("change", "answer"),
    [
        pytest.param({}, "deny", id="about this debt, by this collector"),
        pytest.param({"collector": "K2"}, "allow", id="another collector"),
        pytest.param({"debts": ["B"]}, "allow", id="another debt"),
        pytest.param({"debts": []}, "deny", id="about what, is not known"),
        pytest.param({"person": "S"}, "allow", id="somebody else"),
    ],
)
def test_which_conversation_gives_quiet(change: dict[str, Any], answer: str) -> None:
    assert check("us", [{**TALK, **change}], event("call", "2026-04-08T12:00-04:00"))[0] == answer


@pytest.mark.parametrize(
    ("change", "fired"),
    [
        pytest.param({}, ["US-REBUT"], id="unanswered"),
        pytest.param({"outcome": "busy_tone"}, [], id="a proven busy tone"),
        pytest.param({"collector": "K2"}, [], id="another collector"),
        pytest.param({"phone": "2"}, [], id="another number"),
        pytest.param({"outcome": "third_party"}, [], id="answered"),
    ],
)
def test_what_counts_as_bunched(change: dict[str, Any], fired: list[str]) -> None:
    before = {**call("2026-04-07T11:58-04:00"), **change}
    candidate = event("call", "2026-04-07T12:00-04:00", to={"phone": "1"})
    assert check("us", [before], candidate)[1] == fired


def test_the_seventh_call_of_a_day_is_bunched() -> None:
    six = [call(f"2026-04-07T{9 + n:02}:00-04:00", phone="1") for n in range(6)]
    candidate = event("call", "2026-04-07T17:00-04:00", to={"phone": "1"})
    assert check("us", six, candidate)[1] == ["US-REBUT", "HOUSE-DIALS-NUMBER", "HOUSE-DIALS-PERSON"]
    assert check("us", six[:5], candidate)[1] == ["HOUSE-DIALS-NUMBER"]


def test_conversations_recorded_without_their_calls_count_as_answered() -> None:
    talks = [event("conversation", f"2026-05-13T1{hour}:00+08:00") for hour in range(3)]
    assert check("cn", talks, event("call", "2026-05-13T15:00+08:00"))[:2] == ("deny", ["CN-FREQ"])
    assert check("cn", talks[:2], event("call", "2026-05-13T15:00+08:00"))[0] == "allow"


def test_a_conversation_about_another_debt_leaves_a_consent_as_it_was() -> None:
    consent = event("consent", "2026-04-07T12:30-04:00")
    elsewhere = event("conversation", "2026-04-08T10:00-04:00", debts=("B",))
    candidate = event("call", "2026-04-09T10:00-04:00")
    assert check("us", [TALK, consent, elsewhere], candidate)[0] == "allow"
    assert check("us", [TALK, consent, {**elsewhere, "debts": ["A", "B"]}], candidate)[0] == "deny"
    assert check("us", [TALK, {**consent, "debts": ["B"]}], candidate)[0] == "deny"


def test_the_longer_of_two_caps_on_texts_sets_the_earliest_moment() -> None:
    texted = [FRESH, *(event("sms", f"2026-04-0{day}T09:00-04:00") for day in (5, 6, 7))]
    assert check("us", texted, event("sms", "2026-04-07T12:00-04:00"))[2] == "2026-04-12T08:00:00-04:00"
    assert (
        check("us", texted[:1] + texted[-1:], event("sms", "2026-04-07T12:00-04:00"))[2] == "2026-04-08T08:00:00-04:00"
    )


def rang(at: str, who: int | None = 9, number: str | None = "+1", kind: Kind = Kind.call, **more: Any) -> Event:
    return Event(kind, second(at), **{"direction": Direction.outbound, "number": number, "person": who, **more})


@pytest.mark.parametrize(
    ("third", "counts"),
    [
        pytest.param(rang("2026-04-08T12:00+02:00"), True, id="another person was called there"),
        pytest.param(rang("2026-04-08T12:00+02:00", None), True, id="the person was called there"),
        pytest.param(rang("2026-04-08T12:00+02:00", number="+2"), False, id="another person on another number"),
        pytest.param(rang("2026-04-08T12:00+02:00", number=None), False, id="another person, number not known"),
        pytest.param(rang("2026-04-08T12:00+02:00", kind=Kind.sms), False, id="another person was written to there"),
        pytest.param(
            rang("2026-04-08T12:00+02:00", direction=Direction.inbound), False, id="another person called from there"
        ),
        pytest.param(rang("2026-04-08T12:00+02:00", outcome="failed"), False, id="it was never placed"),
    ],
)
def test_a_number_bears_three_dials_a_day_whoever_is_meant(third: Event, counts: bool) -> None:
    day = [rang("2026-04-08T10:00+02:00"), rang("2026-04-08T11:00+02:00", None), third]
    asked = Contact(Channel.call, number="+1")
    verdict = judge(asked, person(*day, zones=("Europe/Paris",)), policy("house"), second("2026-04-08T15:00+02:00"))
    assert ("HOUSE-DIALS-NUMBER" in [rule.id for rule in verdict.rules]) is counts


@pytest.mark.parametrize("number", ["+1", None])
def test_a_dial_to_a_number_not_known_yet_is_counted_with_the_person_only(number: str | None) -> None:
    day = [rang(f"2026-04-08T{hour:02}:00+02:00", number=number) for hour in (9, 11, 13)]
    asked = person(*day, zones=("Europe/Paris",))
    assert not judge(Contact(Channel.call), asked, policy("house"), second("2026-04-08T15:00+02:00")).rules


def test_what_others_were_called_there_is_not_counted_against_the_person() -> None:
    day = [rang(f"2026-04-08T{hour:02}:00+02:00") for hour in range(8, 15)]
    asked = Contact(Channel.call, number="+1")
    verdict = judge(asked, person(*day, zones=("Europe/Paris",)), policy("house"), second("2026-04-08T15:00+02:00"))
    assert [rule.id for rule in verdict.rules] == ["HOUSE-DIALS-NUMBER"]

"""US-TEXT-SH, US-SMSVOL, US-OPTOUT, US-MEDIUM, US-TCPA, US-VM, US-TB, US-MAIL, US-LOC, CARRIER-*: a table for each."""

from __future__ import annotations

from typing import Any

import pytest
from gate_asking import check, event

AT = "2026-04-07T12:00-04:00"
FRESH = event("sms", "2026-04-01T09:00-04:00", direction="inbound")
OLD = event("sms", "2026-01-05T09:00-05:00", direction="inbound")
CHECKED = event("number_checked", "2026-03-20T09:00-04:00")


@pytest.mark.parametrize(
    ("events", "answer"),
    [
        pytest.param([], "review", id="nothing"),
        pytest.param([FRESH], "allow", id="a text from there"),
        pytest.param([event("sms", "2026-04-01T09:00-04:00")], "review", id="a text to there"),
        pytest.param([OLD], "review", id="a text long ago"),
        pytest.param([OLD, CHECKED], "allow", id="and the number was checked since"),
        pytest.param([CHECKED], "review", id="a check alone"),
        pytest.param([OLD, {**CHECKED, "at": "2026-01-20T09:00-05:00"}], "review", id="the check is old"),
        pytest.param([OLD, {**CHECKED, "at": "2026-04-08T09:00-04:00"}], "review", id="checked only later"),
        pytest.param([event("consent", "2026-02-07T09:00-05:00")], "allow", id="consent, day 60"),
        pytest.param([event("consent", "2026-02-06T09:00-05:00")], "review", id="consent, day 61"),
        pytest.param([event("consent", "2026-04-01T09:00-04:00", collector="K2")], "review", id="to somebody else"),
        pytest.param([event("consent", "2026-04-01T09:00-04:00", person="S")], "review", id="by somebody else"),
        pytest.param([event("consent", "2026-04-01T09:00-04:00", channel="call")], "review", id="to be called"),
        pytest.param([event("consent", "2026-04-01T09:00-04:00", until="2026-04-06")], "review", id="ran out"),
        pytest.param([FRESH, event("revoked", "2026-04-02T09:00-04:00")], "review", id="taken back"),
        pytest.param([{**FRESH, "at": "2026-04-08T09:00-04:00"}], "review", id="texted only later"),
        pytest.param([{**FRESH, "phone": "2"}], "review", id="from another number"),
    ],
)
def test_us_text_sh(events: list[dict[str, Any]], answer: str) -> None:
    candidate = event("sms", AT, to={"phone": "1"})
    verdict, fired, _ = check("us", events, candidate)
    assert (verdict, fired) == (answer, ["US-TEXT-SH"] if answer == "review" else [])
    assert check("us", events, candidate, collector_type="creditor")[0] == "allow"


@pytest.mark.parametrize(
    ("sent", "answer", "earliest"),
    [
        pytest.param([], "allow", None, id="none"),
        pytest.param([7], "deny", "2026-04-08T08:00:00-04:00", id="one today"),
        pytest.param([6], "allow", None, id="one yesterday"),
        pytest.param([1, 3, 5], "deny", "2026-04-08T08:00:00-04:00", id="three in seven days"),
        pytest.param([3, 5], "allow", None, id="two in seven days"),
        pytest.param([5, 6, 7], "deny", "2026-04-12T08:00:00-04:00", id="both caps"),
    ],
)
def test_us_smsvol(sent: list[int], answer: str, earliest: str | None) -> None:
    events = [FRESH, *(event("sms", f"2026-04-0{day}T10:00-04:00") for day in sent)]
    verdict, fired, found = check("us", events, event("sms", AT))
    assert (verdict, found) == (answer, earliest)
    assert fired == ([] if answer == "allow" else ["US-SMSVOL"])


def test_texts_are_no_calls() -> None:
    texts = [event("sms", f"2026-04-0{day}T10:00-04:00") for day in range(1, 8)] * 2
    assert check("us", texts, event("call", AT))[0] == "allow"


@pytest.mark.parametrize("kind", ["sms", "email"])
@pytest.mark.parametrize(
    ("ending", "answer"),
    [
        pytest.param(" Reply STOP to opt out.", "allow", id="reply stop"),
        pytest.param(" To unsubscribe, click the link below.", "allow", id="unsubscribe"),
        pytest.param(" Text STOP to cancel.", "allow", id="text stop"),
        pytest.param("", "deny", id="nothing"),
        pytest.param(" You need to stop ignoring us.", "deny", id="the word alone"),
        pytest.param(" Bus stop.", "deny", id="another stop"),
    ],
)
def test_us_optout(kind: str, ending: str, answer: str) -> None:
    candidate = event(kind, AT, text=f"Acme: please call 212 555 0100.{ending}")
    assert check("us", [FRESH], candidate)[:2] == (answer, [] if answer == "allow" else ["US-OPTOUT"])
    assert check("us", [FRESH], candidate, collector_type="creditor")[0] == "allow"
    assert check("us", [FRESH], {**candidate, "kind": "letter"})[0] == "allow"


STOP = event("opt_out", "2026-04-07T11:00-04:00", channel="sms")


@pytest.mark.parametrize(
    ("events", "candidate", "answer"),
    [
        pytest.param([STOP], {}, "deny", id="stopped"),
        pytest.param([STOP], {"kind": "call"}, "allow", id="another medium"),
        pytest.param([{**STOP, "channel": None}], {"kind": "letter"}, "deny", id="every medium"),
        pytest.param([STOP], {"debts": ["B"]}, "deny", id="for every debt"),
        pytest.param([STOP], {"collector": "K2"}, "deny", id="for every collector"),
        pytest.param([STOP, event("consent", "2026-04-07T11:30-04:00")], {}, "deny", id="a consent does not undo it"),
        pytest.param([{**STOP, "at": "2026-04-07T12:30-04:00"}], {}, "deny", id="about to be stopped"),
        pytest.param([{**STOP, "person": "S"}], {}, "allow", id="somebody else's"),
        pytest.param([STOP], {"purpose": "opt_out_confirmation"}, "allow", id="the one confirmation"),
        pytest.param(
            [STOP, event("sms", "2026-04-07T11:01-04:00")], {"purpose": "opt_out_confirmation"}, "deny", id="a second"
        ),
        pytest.param(
            [STOP], {"purpose": "opt_out_confirmation", "kind": "email"}, "deny", id="confirmed in another medium"
        ),
        pytest.param([], {"purpose": "opt_out_confirmation"}, "deny", id="nothing to confirm"),
    ],
)
@pytest.mark.parametrize("collector", ["agency", "creditor"])
def test_us_medium(collector: str, events: list[dict[str, Any]], candidate: dict[str, Any], answer: str) -> None:
    signed = [event("consent", "2026-04-01T09:00-04:00", debts=("A", "B"), collector=None)]
    asked = {**event("sms", AT), **candidate}
    assert check("us", [*signed, *events], asked, collector_type=collector)[0] == answer


IN = event("opt_in", "2026-04-07T11:30-04:00", channel="sms")


@pytest.mark.parametrize(
    ("events", "candidate", "answer"),
    [
        pytest.param([STOP, IN], {}, "allow", id="START after STOP"),
        pytest.param([IN, STOP], {}, "allow", id="in any order of telling"),
        pytest.param([STOP, {**IN, "at": STOP["at"]}], {}, "deny", id="in the same second"),
        pytest.param([STOP, {**IN, "at": "2026-04-07T10:59-04:00"}], {}, "deny", id="START before STOP"),
        pytest.param([STOP, {**IN, "at": "2026-04-07T12:30-04:00"}], {}, "deny", id="START to come"),
        pytest.param([STOP, IN, {**STOP, "at": "2026-04-07T11:45-04:00"}], {}, "deny", id="STOP again"),
        pytest.param([{**STOP, "channel": None}, IN], {}, "deny", id="every medium was stopped, one taken back"),
        pytest.param([{**STOP, "channel": None}, {**IN, "channel": None}], {}, "allow", id="every medium, taken back"),
        pytest.param([STOP, {**IN, "channel": None}], {}, "allow", id="by every medium again"),
        pytest.param([STOP, {**IN, "channel": "call"}], {}, "deny", id="calls are not texts"),
        pytest.param([STOP, {**IN, "person": "S"}], {}, "deny", id="somebody else's START"),
        pytest.param([STOP, {**IN, "collector": "K2"}], {}, "deny", id="told to somebody else"),
        pytest.param([{**STOP, "phone": "1"}, {**IN, "phone": "1"}], {}, "allow", id="of one number"),
        pytest.param([{**STOP, "phone": "1"}, {**IN, "phone": "2"}], {}, "deny", id="from another number"),
        pytest.param([{**STOP, "phone": "1"}, IN], {}, "deny", id="perhaps from another number"),
        pytest.param([STOP, {**IN, "phone": "1"}], {"to": {"phone": "2"}}, "deny", id="STOP of perhaps another"),
        pytest.param([STOP, IN], {"debts": ["A", "B"]}, "deny", id="about one of two debts"),
        pytest.param([STOP, {**IN, "debts": []}], {"debts": ["A", "B"]}, "allow", id="about all"),
        pytest.param([STOP, {**IN, "debts": ["B"]}], {"debts": []}, "deny", id="about debts not told"),
        pytest.param(
            [event("revoked", "2026-04-07T11:00-04:00", channel="sms"), IN], {}, "deny", id="a revocation is no opt-out"
        ),
        pytest.param([event("cease", "2026-04-07T11:00-04:00"), IN], {}, "deny", id="nor is a cease"),
    ],
)
def test_start_lifts_what_stop_closed(events: list[dict[str, Any]], candidate: dict[str, Any], answer: str) -> None:
    signed = [event("consent", "2026-04-01T09:00-04:00", debts=(), collector=None)]
    assert check("us", [*signed, *events], {**event("sms", AT), **candidate})[0] == answer


@pytest.mark.parametrize(
    ("kind", "channel", "said_at", "asked_at", "answer"),
    [
        pytest.param("call", "sms", "2027-01-30T23:59-05:00", "2027-01-31T12:00-05:00", "allow", id="the day before"),
        pytest.param("call", "sms", "2026-04-07T11:00-04:00", "2027-06-01T12:00-04:00", "allow", id="long before"),
        pytest.param("call", "sms", "2027-01-31T00:00-05:00", "2027-01-31T12:00-05:00", "deny", id="from that day on"),
        pytest.param("sms", "call", "2027-02-01T11:00-05:00", "2027-02-01T12:00-05:00", "deny", id="calls: texts too"),
        pytest.param("call", "email", "2027-02-01T11:00-05:00", "2027-02-01T12:00-05:00", "allow", id="e-mail: no"),
        pytest.param("email", "sms", "2027-02-01T11:00-05:00", "2027-02-01T12:00-05:00", "allow", id="nor to e-mail"),
        pytest.param("letter", "sms", "2027-02-01T11:00-05:00", "2027-02-01T12:00-05:00", "allow", id="nor letters"),
    ],
)
@pytest.mark.parametrize("sort", ["opt_out", "revoked"])
def test_revoke_all(sort: str, kind: str, channel: str, said_at: str, asked_at: str, answer: str) -> None:
    """47 CFR 64.1200(a)(10): the scope of a revocation, from 2027-01-31."""
    consent = event("consent", said_at[:10] + "T00:00-05:00" if kind == "sms" else said_at)
    found = check("us", [consent, event(sort, said_at, channel=channel)], event(kind, asked_at))
    assert (found[0], "US-TCPA" in found[1]) == (answer, answer == "deny")


def test_a_later_consent_takes_back_what_only_the_law_closed() -> None:
    """Not what was said, and not for another channel."""
    said, later = "2027-02-01T11:00-05:00", "2027-02-02T11:00-05:00"
    stop = event("opt_out", said, channel="call")
    for channel, kind, answer in (("sms", "sms", "allow"), ("call", "call", "deny"), ("call", "sms", "deny")):
        events = [event("consent", said), stop, event("consent", later, channel=channel)]
        assert check("us", events, event(kind, "2027-02-02T12:00-05:00"))[0] == answer, (channel, kind)
    before = [event("consent", said, channel="sms"), stop]
    assert check("us", before, event("sms", "2027-02-02T12:00-05:00"))[0] == "deny"


def test_a_confirmation_needs_no_other_sign_of_the_number() -> None:
    assert (
        check("us", [STOP], event("sms", AT, purpose="opt_out_confirmation", text="You are opted out."))[0] == "allow"
    )


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        pytest.param(
            "This is Robin Smith calling from ABC Inc. Please contact me or Jim Johnson at 1-800-555-1212.",
            "allow",
            id="all that is needed",
        ),
        pytest.param(
            "Hi, this is Robin Smith calling from ABC Inc. It is 4:15 p.m. Please call me or any of our"
            " representatives at 1-800-555-1212 until 6:00 p.m.",
            "allow",
            id="and what is permitted",
        ),
        pytest.param(
            "This is Robin Smith calling from Ficus Debt Collection Services. Please contact me at 1-800-555-1212.",
            "deny",
            id="the name shows collection",
        ),
        pytest.param("This is Robin Smith calling from ABC Inc. 1-800-555-1212.", "deny", id="no request"),
        pytest.param("This is Robin Smith calling from ABC Inc. Please call me back.", "deny", id="no number"),
        pytest.param("Please call 1-800-555-1212 back. Greetings from ABC Inc.", "deny", id="no person"),
        pytest.param("This is Robin Smith. Please call me at 1-800-555-1212.", "deny", id="no business"),
        pytest.param(
            "This is Robin Smith from ABC Inc about your account. Please call me at 1-800-555-1212.",
            "deny",
            id="more than is permitted",
        ),
    ],
)
def test_us_vm(text: str, answer: str) -> None:
    verdict, fired, _ = check("us", [], event("call", AT, text=text))
    assert (verdict, fired) == (answer, [] if answer == "allow" else ["US-VM"])


OVER, OPEN = [{"id": "A", "limitation_until": "2026-04-06"}], [{"id": "A", "limitation_until": "2026-04-07"}]
SUIT = "Acme: we may sue you over this account."


@pytest.mark.parametrize(
    ("debts", "candidate", "denied"),
    [
        pytest.param(OVER, {"text": SUIT}, True, id="a threat on a barred debt"),
        pytest.param(OPEN, {"text": SUIT}, False, id="the last day"),
        pytest.param([], {"text": SUIT}, False, id="limitation not told"),
        pytest.param(OVER, {"text": "Acme: please call us."}, False, id="no threat"),
        pytest.param(OVER, {"purpose": "remedy_notice"}, True, id="notice of a remedy"),
        pytest.param(OPEN, {"purpose": "remedy_notice"}, False, id="notice of a remedy in time"),
        pytest.param(OVER, {}, False, id="collecting goes on"),
        pytest.param(OVER, {"debts": ["B"], "text": SUIT}, False, id="another debt"),
    ],
)
def test_us_tb(debts: list[dict[str, Any]], candidate: dict[str, Any], denied: bool) -> None:
    fired = check("us", [], {**event("letter", AT), **candidate}, debts=debts)[1]
    assert ("US-TB" in fired) is denied
    assert ("US-FORBID" in fired) is ("text" in candidate and candidate["text"] == SUIT), "no referral is on file"


@pytest.mark.parametrize(
    ("events", "to", "answer"),
    [
        pytest.param([], {"number": "work"}, "deny", id="the employer's"),
        pytest.param(
            [event("email", "2026-04-01T09:00-04:00", direction="inbound")], {"number": "work"}, "allow", id="used"
        ),
        pytest.param([event("email", "2026-04-01T09:00-04:00")], {"number": "work"}, "deny", id="used by us"),
        pytest.param(
            [event("email", "2026-04-08T09:00-04:00", direction="inbound")], {"number": "work"}, "deny", id="used later"
        ),
        pytest.param([], {"number": "home"}, "allow", id="a private one"),
        pytest.param([], {}, "allow", id="nothing says it is the employer's"),
    ],
)
def test_us_mail(events: list[dict[str, Any]], to: dict[str, Any], answer: str) -> None:
    assert check("us", events, event("email", AT, to=to))[0] == answer


@pytest.mark.parametrize(
    ("flags", "events", "more", "answer"),
    [
        pytest.param(["unreachable"], [], {}, "allow", id="where is the consumer"),
        pytest.param([], [], {}, "deny", id="the consumer can be reached"),
        pytest.param(["unreachable"], [], {"purpose": "collect"}, "deny", id="not to collect"),
        pytest.param(
            ["unreachable"], [event("conversation", "2026-03-01T10:00-05:00", person="R")], {}, "deny", id="once"
        ),
        pytest.param(["unreachable"], [], {"text": "Tom owes us money"}, "deny", id="no debt"),
        pytest.param(["unreachable", "attorney"], [], {}, "deny", id="the attorney is asked"),
    ],
)
def test_us_loc(flags: list[str], events: list[dict[str, Any]], more: dict[str, Any], answer: str) -> None:
    third = {"id": "R", "role": "contact", "flags": flags}
    assert check("us", events, event("call", AT, **{"person": "R", "purpose": "location", **more}), third)[0] == answer


TWILIO = {"name": "twilio", "content": ["reminder", "collection", "notice"], "countries": ["+1"]}
ONE_WAY = {"name": "route", "two_way": False, "templates": ["r1"], "languages": ["en"]}


@pytest.mark.parametrize(
    ("carrier", "candidate", "collector", "fired"),
    [
        pytest.param(None, {}, "agency", [], id="no carrier told"),
        pytest.param(TWILIO, {}, "agency", ["CARRIER-CONTENT"], id="third-party collection is not carried"),
        pytest.param(TWILIO, {}, "creditor", [], id="the creditor's own is"),
        pytest.param(TWILIO, {"purpose": "reminder"}, "agency", [], id="a reminder is"),
        pytest.param(TWILIO, {"kind": "call"}, "agency", [], id="a call is"),
        pytest.param(TWILIO, {"to": {"phone": "+8613800000000"}}, "creditor", ["CARRIER-COUNTRY"], id="abroad"),
        pytest.param({**TWILIO, "channels": ["call"]}, {}, "creditor", ["CARRIER-CHANNEL"], id="no texts"),
        pytest.param(
            ONE_WAY,
            {"text": "Acme: please call. Reply STOP to opt out."},
            "agency",
            ["CARRIER-TEMPLATE", "CARRIER-TWOWAY"],
            id="not registered, and a reply it does not take",
        ),
        pytest.param(
            ONE_WAY, {"text": "Acme: please call. Opt out: acme.test", "template": "r1"}, "agency", [], id="registered"
        ),
    ],
)
def test_carriers(carrier: dict[str, Any] | None, candidate: dict[str, Any], collector: str, fired: list[str]) -> None:
    asked = {**event("sms", AT), **candidate}
    assert check("us", [FRESH], asked, carrier=carrier, collector_type=collector)[1] == fired

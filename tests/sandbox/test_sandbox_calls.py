from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sandbox_stage import AGENT, OTHER, OURS, Receiver, Sandbox
from twilio.base.exceptions import TwilioRestException

EVERY = ["initiated", "ringing", "answered", "completed"]
ANSWERS = "+12125551000"

BRIDGE = (
    '<Response><Dial callerId="{caller}" action="/after" timeout="{timeout}">'
    '<Number statusCallback="/leg" statusCallbackEvent="initiated ringing answered completed"'
    ' machineDetection="Enable"{whisper}>{to}</Number></Dial><Say>never reached</Say></Response>'
)


def call_agent(sandbox: Sandbox, receiver: Receiver, to: str, caller: str = OURS, **more: object) -> str:
    """The product's call: the agent's phone first, then a document that dials the borrower."""
    whisper = ' url="/whisper"' if "/whisper" in receiver.answers else ""
    receiver.answers["/script"] = BRIDGE.format(
        caller=caller, to=to, whisper=whisper, timeout=more.pop("dial_timeout", 70)
    )
    receiver.answers.setdefault("/after", "<Response><Hangup/></Response>")
    made = sandbox.client.calls.create(
        to=AGENT,
        from_=OURS,
        url=f"{receiver.url}/script",
        status_callback=f"{receiver.url}/call",
        status_callback_event=EVERY,
        **more,
    )
    return str(made.sid)


@pytest.mark.parametrize(
    ("to", "status", "duration", "detected", "outcome"),
    [
        pytest.param("+12125551000", "completed", "90", "human", "right_party", id="answers"),
        pytest.param("+12125551001", "no-answer", None, None, "no_answer", id="no answer"),
        pytest.param("+12125551002", "busy", None, None, "busy", id="busy"),
        pytest.param("+12125551003", "busy", None, None, "rejected", id="rejected"),
        pytest.param("+12125551004", "no-answer", None, None, "switched_off", id="switched off"),
        pytest.param("+12125551006", "failed", None, None, "vacant", id="vacant"),
        pytest.param("+12125551008", "completed", "25", "machine_end_beep", "voicemail", id="voicemail"),
        pytest.param("+12125551010", "completed", "35", "human", "third_party", id="third party"),
    ],
)
def test_agent_first_then_borrower(
    sandbox: Sandbox,
    receiver: Receiver,
    to: str,
    status: str,
    duration: str | None,
    detected: str | None,
    outcome: str,
) -> None:
    sid = call_agent(sandbox, receiver, to)
    sandbox.settle()
    (after,) = receiver.at("/after")
    assert after["CallSid"] == sid
    assert (after["DialCallStatus"], after.get("DialCallDuration")) == (status, duration)
    (leg,) = sandbox.client.calls.list(parent_call_sid=sid)
    assert (leg.sid, leg.to, leg._from, leg.status) == (after["DialCallSid"], to, OURS, status)
    assert (leg.direction, leg.answered_by) == ("outbound-dial", detected)
    assert sandbox.control("GET", f"calls/{leg.sid}")["outcome"] == outcome
    assert sandbox.client.calls(sid).fetch().status == "completed"
    assert not sandbox.log("twiml.say")
    assert all(told.genuine for told in receiver.told)


def test_events_of_both_legs(sandbox: Sandbox, receiver: Receiver) -> None:
    sid = call_agent(sandbox, receiver, ANSWERS)
    sandbox.settle()
    words = ["initiated", "ringing", "in-progress", "completed"]
    for path in ("/call", "/leg"):
        assert [told["CallStatus"] for told in receiver.at(path)] == words
        assert [told["SequenceNumber"] for told in receiver.at(path)] == ["0", "1", "2", "3"]
    assert {told.get("ParentCallSid") for told in receiver.at("/leg")} == {sid}
    last = receiver.at("/leg")[-1]
    assert (last["CallDuration"], last["AnsweredBy"], last["SipResponseCode"]) == ("90", "human", "200")


def test_ringing_stops_at_the_dial_timeout(sandbox: Sandbox, receiver: Receiver) -> None:
    call_agent(sandbox, receiver, "+12125551008", dial_timeout=10)
    sandbox.settle()
    assert receiver.at("/after")[0]["DialCallStatus"] == "no-answer"


def test_a_foreign_caller_number_is_not_put_through(sandbox: Sandbox, receiver: Receiver) -> None:
    call_agent(sandbox, receiver, ANSWERS, caller="+15550000000")
    sandbox.settle()
    assert receiver.at("/after")[0]["DialCallStatus"] == "failed"
    assert sandbox.log("call.heard")[0]["outcome"] == "failed"


def test_the_called_party_may_hear_something_first(sandbox: Sandbox, receiver: Receiver) -> None:
    receiver.answers["/whisper"] = "<Response><Say>This call is recorded</Say></Response>"
    call_agent(sandbox, receiver, ANSWERS)
    sandbox.settle()
    assert [said["text"] for said in sandbox.log("twiml.say")] == ["This call is recorded"]
    assert len(sandbox.log("call.bridged")) == 1


def test_a_whisper_that_hangs_up_prevents_the_bridge(sandbox: Sandbox, receiver: Receiver) -> None:
    receiver.answers["/whisper"] = "<Response><Hangup/></Response>"
    call_agent(sandbox, receiver, ANSWERS)
    sandbox.settle()
    assert sandbox.log("call.bridged") == []
    assert len(receiver.at("/after")) == 1


@pytest.mark.parametrize(
    ("document", "said", "paths"),
    [
        pytest.param("<Say>one</Say><Pause length='2'/><Say>two</Say>", ["one", "two"], [], id="say"),
        pytest.param("<Say>one</Say><Hangup/><Say>two</Say>", ["one"], [], id="hang up"),
        pytest.param("<Redirect>/next</Redirect><Say>two</Say>", ["next"], ["/next"], id="redirect"),
        pytest.param(
            "<Gather action='/next'><Say>press</Say></Gather><Say>two</Say>", ["press", "two"], [], id="no key"
        ),
        pytest.param("<Record action='/next' maxLength='5'/>", ["next"], ["/next"], id="record"),
        pytest.param("<Play>/hold.wav</Play><Dance/><Say>two</Say>", ["two"], [], id="unknown verb"),
        pytest.param("<Redirect>http://169.254.169.254/</Redirect>", [], [], id="address elsewhere"),
        pytest.param("<Say>one", [], [], id="no xml"),
    ],
)
def test_twiml_is_obeyed(
    sandbox: Sandbox, receiver: Receiver, document: str, said: list[str], paths: list[str]
) -> None:
    receiver.answers["/next"] = "<Response><Say>next</Say></Response>"
    receiver.answers["/script"] = f"<Response>{document}</Response>"
    made = sandbox.client.calls.create(to=AGENT, from_=OURS, url=f"{receiver.url}/script")
    sandbox.settle()
    assert [entry["text"] for entry in sandbox.log("twiml.say")] == said
    assert [told.path for told in receiver.told] == ["/script", *paths]
    assert sandbox.client.calls(made.sid).fetch().status == "completed"


def test_a_document_that_redirects_to_itself_ends(sandbox: Sandbox, receiver: Receiver) -> None:
    receiver.answers["/script"] = "<Response><Redirect>/script</Redirect></Response>"
    sandbox.client.calls.create(to=AGENT, from_=OURS, url=f"{receiver.url}/script")
    sandbox.settle()
    assert len(receiver.at("/script")) == 100
    assert len(sandbox.log("twiml.endless")) == 1


def wait_for(sandbox: Sandbox, kind: str) -> None:
    for _ in range(20_000):
        if sandbox.log(kind):
            return
    pytest.fail(f"no {kind} on the record")


def test_hanging_up_by_rest(start: Callable[..., Sandbox], receiver: Receiver) -> None:
    noon = datetime(2026, 5, 12, 12, tzinfo=UTC)
    sandbox = start(speed=1, starts_at=noon)
    sid = call_agent(sandbox, receiver, ANSWERS)
    for seconds, kind in ((5, "call.dialled"), (30, "call.bridged")):
        sandbox.control("POST", "time", {"at": (noon + timedelta(seconds=seconds)).isoformat()})
        wait_for(sandbox, kind)
    sandbox.client.calls(sid).update(status="completed")
    sandbox.control("POST", "time", {"speed": 0})
    sandbox.settle()
    (leg,) = sandbox.client.calls.list(parent_call_sid=sid)
    assert leg.status == sandbox.client.calls(sid).fetch().status == "completed"
    assert int(leg.duration) < 90
    assert receiver.at("/after")[0]["DialCallStatus"] == "completed"
    with pytest.raises(TwilioRestException) as over:
        sandbox.client.calls(sid).update(status="completed")
    assert over.value.code == 21220


def test_redirecting_by_rest(start: Callable[..., Sandbox], receiver: Receiver) -> None:
    noon = datetime(2026, 5, 12, 12, tzinfo=UTC)
    sandbox = start(speed=1, starts_at=noon)
    receiver.answers["/script"] = "<Response><Enqueue>desk</Enqueue></Response>"
    receiver.answers["/other"] = "<Response><Say>hello</Say></Response>"
    made = sandbox.client.calls.create(to="client:ann", from_=OURS, url=f"{receiver.url}/script")
    with pytest.raises(TwilioRestException) as early:
        sandbox.client.calls(made.sid).update(url=f"{receiver.url}/other")
    assert early.value.code == 21220
    sandbox.control("POST", "time", {"at": (noon + timedelta(seconds=5)).isoformat()})
    wait_for(sandbox, "twiml.enqueue")
    sandbox.client.calls(made.sid).update(url=f"{receiver.url}/other", method="POST")
    sandbox.control("POST", "time", {"speed": 0})
    sandbox.settle()
    assert [told["CallSid"] for told in receiver.at("/other")] == [made.sid]


def test_an_unanswered_call_can_be_cancelled(start: Callable[..., Sandbox], receiver: Receiver) -> None:
    sandbox = start(speed=1)
    sid = sandbox.client.calls.create(to="+12125551001", from_=OURS, url=f"{receiver.url}/script").sid
    wait_for(sandbox, "call.ringing")
    sandbox.client.calls(sid).update(status="canceled")
    sandbox.settle()
    assert sandbox.client.calls(sid).fetch().status == "canceled"
    assert receiver.told == []


def test_an_inbound_call_reaches_an_agent(sandbox: Sandbox, receiver: Receiver) -> None:
    receiver.answers["/voice"] = f"<Response><Dial action='/after'><Number>{AGENT}</Number></Dial></Response>"
    sid = sandbox.control("POST", "inbound-call", {"from": ANSWERS, "to": OURS, "talk_seconds": 30})["sid"]
    sandbox.settle()
    asked = receiver.at("/voice")[0]
    assert (asked["From"], asked["To"], asked["Direction"], asked["CallStatus"]) == (
        ANSWERS,
        OURS,
        "inbound",
        "ringing",
    )
    assert receiver.at("/after")[0]["DialCallStatus"] == "completed"
    call = sandbox.client.calls(sid).fetch()
    assert (call.status, call.direction, call.duration) == ("completed", "inbound", "30")
    assert [told["CallSid"] for told in receiver.at("/voice-status")] == [sid]


def test_an_inbound_call_can_be_rejected(sandbox: Sandbox, receiver: Receiver) -> None:
    receiver.answers["/voice"] = "<Response><Reject reason='busy'/></Response>"
    sid = sandbox.control("POST", "inbound-call", {"from": ANSWERS, "to": OURS})["sid"]
    sandbox.settle()
    assert sandbox.client.calls(sid).fetch().status == "busy"


def test_an_inbound_caller_presses_keys(sandbox: Sandbox, receiver: Receiver) -> None:
    receiver.answers["/voice"] = "<Response><Gather action='/key'/></Response>"
    receiver.answers["/key"] = "<Response><Say>thanks</Say></Response>"
    sandbox.control("POST", "inbound-call", {"from": ANSWERS, "to": OURS, "digits": ["2"]})
    sandbox.settle()
    assert [told["Digits"] for told in receiver.at("/key")] == ["2"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({"to": ""}, 21201, id="no to"),
        pytest.param({"to": "99"}, 21211, id="invalid to"),
        pytest.param({"from_": "+15550000000"}, 21210, id="foreign from"),
        pytest.param({"url": "http://169.254.169.254/"}, 21205, id="url elsewhere"),
        pytest.param({"status_callback": "file:///etc/passwd"}, 21609, id="callback elsewhere"),
    ],
)
def test_refused_calls(sandbox: Sandbox, receiver: Receiver, changes: dict[str, str], code: int) -> None:
    arguments = {"to": AGENT, "from_": OURS, "url": f"{receiver.url}/script"} | changes
    with pytest.raises(TwilioRestException) as refused:
        sandbox.client.calls.create(**arguments)
    assert refused.value.code == code
    assert receiver.told == []


def test_calls_are_listed_by_number_status_and_start(sandbox: Sandbox, receiver: Receiver) -> None:
    receiver.answers["/script"] = "<Response/>"
    busy = sandbox.client.calls.create(to="+12125551002", from_=OURS, url=f"{receiver.url}/script").sid
    done = sandbox.client.calls.create(to=ANSWERS, from_=OTHER, url=f"{receiver.url}/script").sid
    sandbox.settle()
    assert [call.sid for call in sandbox.client.calls.list(page_size=1)] == [done, busy]
    assert [call.sid for call in sandbox.client.calls.list(status="busy")] == [busy]
    assert [call.sid for call in sandbox.client.calls.list(from_=OTHER)] == [done]
    begun = sandbox.client.calls(done).fetch().start_time
    assert done in [call.sid for call in sandbox.client.calls.list(start_time_after=begun)]

from __future__ import annotations

from collections.abc import Callable
from threading import Thread

import pytest
import requests
from sandbox_stage import ACCOUNT, OURS, TOKEN, Receiver, Sandbox
from twilio.base.exceptions import TwilioRestException

ANSWERS = "+12125551000"


def post(sandbox: Sandbox, callback: str = "", seconds: float = 5) -> requests.Response:
    form = {"To": ANSWERS, "From": OURS, "Body": "Please pay"}
    return requests.post(
        f"{sandbox.url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json",
        data=form | ({"StatusCallback": callback} if callback else {}),
        auth=(ACCOUNT, TOKEN),
        timeout=seconds,
    )


def accepted(sandbox: Sandbox) -> int:
    return len(sandbox.log("message.accepted"))


@pytest.mark.parametrize(
    ("fault", "status", "taken"),
    [
        pytest.param({"kind": "error"}, 503, 0, id="5xx, not accepted"),
        pytest.param({"kind": "error", "status": 500, "accepted": True}, 500, 1, id="5xx, yet accepted"),
        pytest.param({"kind": "too_many"}, 429, 0, id="429"),
        pytest.param({"kind": "garbled"}, 201, 1, id="no json"),
        pytest.param({"kind": "slow", "seconds": 0.01}, 201, 1, id="slow"),
        pytest.param({"kind": "hold", "seconds": 0.01}, 201, 1, id="held a moment"),
    ],
)
def test_answers_that_go_wrong(sandbox: Sandbox, fault: dict[str, object], status: int, taken: int) -> None:
    sandbox.fault(**fault)
    assert post(sandbox).status_code == status
    assert accepted(sandbox) == taken
    assert post(sandbox).status_code == 201
    assert accepted(sandbox) == taken + 1


@pytest.mark.parametrize(
    ("fault", "taken"),
    [
        pytest.param({"kind": "drop"}, 1, id="after accepting"),
        pytest.param({"kind": "drop", "accepted": False}, 0, id="before accepting"),
        pytest.param({"kind": "cut"}, 1, id="in the middle of the body"),
    ],
)
def test_connections_that_break(sandbox: Sandbox, fault: dict[str, object], taken: int) -> None:
    sandbox.fault(**fault)
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        post(sandbox)
    assert accepted(sandbox) == taken


def test_too_many_says_when_to_come_back(sandbox: Sandbox) -> None:
    sandbox.fault("too_many", retry_after=7)
    answer = post(sandbox)
    assert (answer.headers["Retry-After"], answer.json()["code"]) == ("7", 20429)


def test_the_sdk_tells_the_code_of_a_fault(sandbox: Sandbox) -> None:
    sandbox.fault("too_many")
    with pytest.raises(TwilioRestException) as refused:
        sandbox.client.messages.create(to=ANSWERS, from_=OURS, body="Please pay")
    assert (refused.value.code, refused.value.status) == (20429, 429)


def test_a_held_answer_comes_after_its_receipts(sandbox: Sandbox, receiver: Receiver) -> None:
    sandbox.fault("hold")
    answers: list[requests.Response] = []
    asking = Thread(target=lambda: answers.append(post(sandbox, f"{receiver.url}/status", seconds=20)))
    asking.start()
    receiver.wait_for("/status", 2)
    assert answers == []
    sandbox.control("DELETE", "faults")
    asking.join(20)
    assert answers[0].json()["sid"] == receiver.at("/status")[0]["MessageSid"]


def test_faults_wait_for_their_turn_and_resource(sandbox: Sandbox) -> None:
    sandbox.fault("error", skip=1, times=2, on="messages")
    sandbox.fault("error", on="calls", times=None)
    assert [post(sandbox).status_code for _ in range(4)] == [201, 503, 503, 201]
    assert len(sandbox.control("GET", "faults")["faults"]) == 1


@pytest.mark.parametrize(
    ("kind", "statuses", "genuine"),
    [
        pytest.param("callbacks_doubled", ["sent", "sent", "delivered", "delivered"], True, id="doubled"),
        pytest.param("callbacks_lost", [], True, id="lost"),
        pytest.param("callbacks_forged", ["sent", "delivered"], False, id="forged"),
    ],
)
def test_receipts_that_go_wrong(
    sandbox: Sandbox, receiver: Receiver, kind: str, statuses: list[str], genuine: bool
) -> None:
    sandbox.fault(kind, times=None)
    post(sandbox, f"{receiver.url}/status")
    sandbox.settle()
    assert [told["MessageStatus"] for told in receiver.at("/status")] == statuses
    assert all(told.genuine is genuine for told in receiver.told)


def test_receipts_about_strangers(sandbox: Sandbox, receiver: Receiver) -> None:
    sandbox.fault("callbacks_unknown")
    sid = post(sandbox, f"{receiver.url}/status").json()["sid"]
    sandbox.settle()
    assert [told["MessageSid"] for told in receiver.at("/status")] == ["SM" + "0" * 32, sid, sid]
    assert all(told.genuine for told in receiver.told)


def test_receipts_late_and_backwards(sandbox: Sandbox, receiver: Receiver) -> None:
    sandbox.fault("callbacks_held", times=None)
    post(sandbox, f"{receiver.url}/status")
    sandbox.settle()
    assert receiver.told == []
    assert sandbox.control("DELETE", "faults?order=reversed") == {"released": 2}
    assert [told["MessageStatus"] for told in receiver.at("/status")] == ["delivered", "sent"]


def test_an_unreachable_application_is_on_the_record(start: Callable[..., Sandbox], receiver: Receiver) -> None:
    sandbox = start(app_url="http://127.0.0.1:9")
    post(sandbox, "http://127.0.0.1:9/status")
    sandbox.settle()
    assert {entry["problem"] for entry in sandbox.log("webhook.status")} == {"ClientConnectorError"}


def test_time_can_be_set_and_stretched(start: Callable[..., Sandbox]) -> None:
    sandbox = start(speed=1)
    post(sandbox)
    assert not sandbox.control("GET", "idle?timeout=0")["idle"]
    sandbox.control("POST", "time", {"at": "2030-01-01T08:00+08:00", "speed": 1})
    sandbox.settle()
    assert [entry["kind"] for entry in sandbox.log("message")][-1] == "message.delivered"
    assert str(sandbox.control("GET", "time")["at"]).startswith("2030-01-01T00:00:0")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        pytest.param("faults", {"kind": "sunspots"}, id="unknown fault"),
        pytest.param("time", {"at": "2030-01-01T08:00"}, id="time without offset"),
        pytest.param("time", {"speed": -1}, id="time backwards"),
        pytest.param("inbound-sms", {"from": ANSWERS, "to": ANSWERS, "body": "x"}, id="not our number"),
        pytest.param("inbound-sms", {"from": ANSWERS, "to": OURS, "text": "x"}, id="unknown field"),
    ],
)
def test_control_refuses_what_it_does_not_understand(sandbox: Sandbox, path: str, body: dict[str, object]) -> None:
    answer = requests.post(f"{sandbox.url}/sandbox/{path}", json=body, auth=(ACCOUNT, TOKEN), timeout=5)
    assert answer.status_code == 400
    assert answer.json()["message"]


def test_nothing_answers_without_credentials(sandbox: Sandbox) -> None:
    for path in ("/sandbox/log", f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json", "/nowhere"):
        assert requests.get(sandbox.url + path, timeout=5).status_code == 401

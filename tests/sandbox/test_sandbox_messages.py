from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sandbox_stage import ACCOUNT, KEY, OTHER, OURS, SECRET, TOKEN, Receiver, Sandbox, twilio_client
from twilio.base.exceptions import TwilioRestException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.rest import Client

ANSWERS, STOPS, LANDLINE, OPTED_OUT = "+12125551000", "+12125551014", "+12125551012", "+12125551013"


def send(sandbox: Sandbox, to: str = ANSWERS, body: str = "Please pay", **more: str) -> str:
    return str(sandbox.client.messages.create(to=to, from_=more.pop("from_", OURS), body=body, **more).sid)


@pytest.mark.parametrize(
    ("to", "status", "code"),
    [
        pytest.param(ANSWERS, "delivered", None, id="delivered"),
        pytest.param(LANDLINE, "undelivered", 30006, id="landline"),
        pytest.param("+12125551006", "undelivered", 30005, id="vacant"),
        pytest.param("+12125551020", "sent", None, id="no receipt ever"),
        pytest.param("+12125551022", "failed", 30008, id="trunk fault"),
    ],
)
def test_a_text_ends_as_its_number_says(sandbox: Sandbox, to: str, status: str, code: int | None) -> None:
    made = sandbox.client.messages.create(to=to, from_=OURS, body="Please pay")
    assert made.status == "queued"
    sandbox.settle()
    found = sandbox.client.messages(made.sid).fetch()
    assert (found.status, found.error_code, found.body) == (status, code, "Please pay")


def test_receipts_arrive_in_order_and_signed(sandbox: Sandbox, receiver: Receiver) -> None:
    sid = send(sandbox, LANDLINE, status_callback=f"{receiver.url}/status?token=abc")
    sandbox.settle()
    assert [told["MessageStatus"] for told in receiver.at("/status")] == ["sent", "undelivered"]
    last = receiver.at("/status")[-1]
    assert (last["MessageSid"], last["ErrorCode"], last["AccountSid"]) == (sid, "30006", ACCOUNT)
    assert all(told.genuine for told in receiver.told)


@pytest.mark.parametrize(
    ("arguments", "code", "status"),
    [
        pytest.param({"to": "12345", "from_": OURS, "body": "x"}, 21211, 400, id="invalid to"),
        pytest.param({"to": "", "from_": OURS, "body": "x"}, 21604, 400, id="no to"),
        pytest.param({"to": ANSWERS, "from_": "+15550000000", "body": "x"}, 21606, 400, id="foreign from"),
        pytest.param({"to": ANSWERS, "body": "x"}, 21603, 400, id="no from"),
        pytest.param({"to": ANSWERS, "from_": OURS}, 21602, 400, id="no body"),
        pytest.param({"to": ANSWERS, "from_": OURS, "body": "x" * 1601}, 21617, 400, id="too long"),
        pytest.param({"to": OPTED_OUT, "from_": OURS, "body": "x"}, 21610, 400, id="opted out"),
        pytest.param(
            {"to": ANSWERS, "from_": OURS, "body": "x", "status_callback": "http://169.254.169.254/"},
            21609,
            400,
            id="callback elsewhere",
        ),
    ],
)
def test_refusals_carry_the_published_code(sandbox: Sandbox, arguments: dict[str, str], code: int, status: int) -> None:
    with pytest.raises(TwilioRestException) as refused:
        sandbox.client.messages.create(**arguments)
    assert (refused.value.code, refused.value.status) == (code, status)
    assert [entry["code"] for entry in sandbox.log("message.refused")] == [code]
    assert sandbox.log("message.accepted") == []


@pytest.mark.parametrize(
    ("user", "password", "admitted"),
    [
        pytest.param(ACCOUNT, TOKEN, True, id="account and token"),
        pytest.param(KEY, SECRET, True, id="api key"),
        pytest.param(KEY, TOKEN, False, id="key with the wrong secret"),
        pytest.param("SK" + "0" * 32, SECRET, False, id="unknown key"),
    ],
)
def test_credentials(sandbox: Sandbox, user: str, password: str, admitted: bool) -> None:
    send(sandbox)
    (sent,) = sandbox.client.messages.list()
    client = twilio_client(sandbox.url, user, password)
    if admitted:
        assert client.messages(sent.sid).fetch().to == ANSWERS
        return
    with pytest.raises(TwilioRestException) as refused:
        client.messages(sent.sid).fetch()
    assert (refused.value.code, refused.value.status) == (20003, 401)


def test_an_unknown_sid_is_not_found(sandbox: Sandbox) -> None:
    with pytest.raises(TwilioRestException) as missing:
        sandbox.client.messages("SM" + "0" * 32).fetch()
    assert (missing.value.code, missing.value.status) == (20404, 404)


def test_lists_are_newest_first_and_page_through(sandbox: Sandbox) -> None:
    sent = [send(sandbox, body=f"text {number}") for number in range(7)]
    assert [one.sid for one in sandbox.client.messages.list(page_size=3)] == sent[::-1]
    assert [one.sid for one in sandbox.client.messages.list(page_size=3, limit=4)] == sent[:2:-1]


def test_pages_stay_whole_while_texts_arrive(sandbox: Sandbox) -> None:
    sent = [send(sandbox) for _ in range(4)]
    page = sandbox.client.messages.page(page_size=2)
    send(sandbox)
    following = page.next_page()
    assert following is not None
    assert [one.sid for one in [*page, *following]] == sent[::-1]


def test_lists_filter_by_ends_and_day(start: Callable[..., Sandbox]) -> None:
    noon = datetime(2026, 5, 12, 12, tzinfo=UTC)
    sandbox = start(starts_at=noon)
    first = send(sandbox)
    second = send(sandbox, LANDLINE, from_=OTHER)
    sandbox.settle()
    sandbox.control("POST", "time", {"at": "2026-05-13T09:00+00:00"})
    third = send(sandbox)
    sandbox.settle()

    def found(**filters: object) -> list[str]:
        return [one.sid for one in sandbox.client.messages.list(**filters)]

    assert found(to=ANSWERS) == [third, first]
    assert found(to=ANSWERS, from_=OTHER) == []
    assert found(from_=OTHER) == [second]
    assert found(date_sent=date(2026, 5, 12)) == [second, first]
    assert found(date_sent_after=noon + timedelta(hours=6)) == [third]
    assert found(date_sent_before=noon + timedelta(hours=6)) == [second, first]


def test_a_stop_is_remembered_until_start(sandbox: Sandbox, receiver: Receiver) -> None:
    for word, code in (("stop ", 21610), ("START", None)):
        sandbox.control("POST", "inbound-sms", {"from": ANSWERS, "to": OURS, "body": word})
        if code is None:
            send(sandbox)
            continue
        with pytest.raises(TwilioRestException) as refused:
            send(sandbox)
        assert refused.value.code == code
        send(sandbox, from_=OTHER)
    assert [told["Body"] for told in receiver.at("/sms")] == ["stop ", "START"]
    inbound = sandbox.client.messages.list(from_=ANSWERS)
    assert {(one.direction, one.status) for one in inbound} == {("inbound", "received")}


@pytest.mark.parametrize(
    ("number", "reply"),
    [
        pytest.param(STOPS, "STOP", id="stop"),
        pytest.param("+12125551015", "will pay on Friday", id="promise"),
        pytest.param("+8613800138015", "周五还款", id="promise in Chinese"),
        pytest.param("+12125551016", "already paid", id="paid"),
        pytest.param("+8613800138017", "退订", id="unsubscribe in Chinese"),
    ],
)
def test_borrowers_answer_texts(sandbox: Sandbox, receiver: Receiver, number: str, reply: str) -> None:
    send(sandbox, number)
    sandbox.settle()
    told = receiver.at("/sms")
    assert [(one["From"], one["To"], one["Body"]) for one in told] == [(number, OURS, reply)]
    assert all(one.genuine for one in receiver.told)


def test_nobody_answers_twice_within_the_hour(start: Callable[..., Sandbox], receiver: Receiver) -> None:
    sandbox = start(starts_at=datetime(2026, 5, 12, 12, tzinfo=UTC))
    for clock in ("12:00", "12:30", "13:30"):
        sandbox.control("POST", "time", {"at": f"2026-05-12T{clock}+00:00"})
        send(sandbox, "+12125551016")
        sandbox.settle()
    assert len(receiver.at("/sms")) == 2


def test_an_answer_in_twiml_is_sent_back(sandbox: Sandbox, receiver: Receiver) -> None:
    receiver.answers["/sms"] = "<Response><Message>Thank you</Message></Response>"
    sandbox.control("POST", "inbound-sms", {"from": ANSWERS, "to": OURS, "body": "hello"})
    sandbox.settle()
    (reply,) = sandbox.client.messages.list(to=ANSWERS)
    assert (reply.body, reply.direction, reply.status) == ("Thank you", "outbound-reply", "delivered")


def test_the_async_client_of_the_sdk(sandbox: Sandbox) -> None:
    async def sent() -> str:
        async with AsyncTwilioHttpClient() as http:
            client = Client(KEY, SECRET, ACCOUNT, http_client=http)
            client.api.base_url = sandbox.url
            made = await client.messages.create_async(to=ANSWERS, from_=OURS, body="Please pay")
            return str((await client.messages(made.sid).fetch_async()).sid)

    assert asyncio.run(sent()) == sandbox.client.messages.list()[0].sid

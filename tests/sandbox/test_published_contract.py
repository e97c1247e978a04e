"""What the sandbox says agrees with Twilio's published description, and it hears what the SDK may say."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from sandbox_stage import ACCOUNT, AGENT, OURS, TOKEN, Receiver, Sandbox

DATA = Path(os.environ.get("COLLECTOR_TEST_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))
DESCRIPTION = DATA / "twilio" / "twilio_api_v2010.json"
BASE = "/2010-04-01/Accounts"
ANSWERS, LANDLINE = "+12125551000", "+12125551012"

pytestmark = pytest.mark.skipif(not DESCRIPTION.exists(), reason="no twilio_api_v2010.json under COLLECTOR_TEST_DATA")

TYPES = {"string": str, "integer": int, "object": dict, "array": list, "boolean": bool, "number": (int, float)}
FORMATS: dict[str, Callable[[str], bool]] = {
    "phone-number": lambda text: re.fullmatch(r"\+\d{7,15}", text) is not None,
    "date-time-rfc-2822": lambda text: parsedate_to_datetime(text).tzinfo is not None,
    "currency": lambda text: re.fullmatch("[A-Z]{3}", text) is not None,
    "uri": lambda text: urlsplit(text).path.startswith("/2010-04-01/"),
}


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(DESCRIPTION.read_text())
    return found


def differences(value: Any, schema: dict[str, Any], description: dict[str, Any], at: str = "$") -> Iterator[str]:
    """Where a value departs from its schema: type, nullability, enum, pattern, length, format, properties."""
    if "$ref" in schema:
        schema = description["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    if value is None:
        if not schema.get("nullable"):
            yield f"{at}: null"
        return
    kind = schema.get("type")
    if kind and (not isinstance(value, TYPES[kind]) or (kind == "integer" and isinstance(value, bool))):
        yield f"{at}: {type(value).__name__} is no {kind}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at}: {value!r} is none of the published words"
    if isinstance(value, str):
        yield from text_differences(value, schema, at)
    if kind == "array":
        for place, item in enumerate(value):
            yield from differences(item, schema["items"], description, f"{at}[{place}]")
    if "properties" in schema:
        for name in value.keys() ^ schema["properties"].keys():
            yield f"{at}.{name}: {'unknown' if name in value else 'missing'}"
        for name in value.keys() & schema["properties"].keys():
            yield from differences(value[name], schema["properties"][name], description, f"{at}.{name}")


def text_differences(value: str, schema: dict[str, Any], at: str) -> Iterator[str]:
    if "pattern" in schema and not re.search(schema["pattern"], value):
        yield f"{at}: {value!r} does not match {schema['pattern']}"
    if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)):
        yield f"{at}: {len(value)} characters"
    good = FORMATS.get(schema.get("format", ""))
    if good is not None and not good(value):
        yield f"{at}: {value!r} is no {schema['format']}"


def operation(description: dict[str, Any], path: str, method: str) -> dict[str, Any]:
    """The published operation for a path as it was requested."""
    account, resource = path.removeprefix(BASE + "/").split("/", 1)
    assert account == ACCOUNT
    template = re.sub(r"/(SM|MM|CA)[0-9a-f]{32}\.json", "/{Sid}.json", resource)
    found: dict[str, Any] = description["paths"][f"{BASE}/{{AccountSid}}/{template}"][method.lower()]
    return found


@pytest.fixture
def traffic(sandbox: Sandbox) -> list[requests.Response]:
    """Every answer that the SDK's client gets, with its request."""
    seen: list[requests.Response] = []
    session = sandbox.client.http_client.session
    session.hooks["response"].append(lambda response, **_: seen.append(response))
    return seen


def talk(sandbox: Sandbox, receiver: Receiver) -> None:
    """Everything the product does over REST, once, with every parameter it may set."""
    receiver.answers["/script"] = f"<Response><Dial><Number>{ANSWERS}</Number></Dial></Response>"
    client = sandbox.client
    for to in (ANSWERS, LANDLINE):
        sid = client.messages.create(
            to=to, from_=OURS, body="请还款", status_callback=f"{receiver.url}/status", smart_encoded=False
        ).sid
    client.messages.create(to=ANSWERS, from_=OURS, media_url=[f"{receiver.url}/picture"])
    call = client.calls.create(
        to=AGENT,
        from_=OURS,
        url=f"{receiver.url}/script",
        method="POST",
        status_callback=f"{receiver.url}/call",
        status_callback_event=["initiated", "completed"],
        status_callback_method="POST",
        machine_detection="Enable",
        timeout=30,
        record=True,
    )
    sandbox.settle()
    sandbox.control("POST", "inbound-sms", {"from": ANSWERS, "to": OURS, "body": "ok"})
    client.messages(sid).fetch()
    client.messages.list(to=ANSWERS, from_=OURS, page_size=1)
    client.calls(call.sid).fetch()
    client.calls.list(status="completed", page_size=1)
    client.calls.create(to="client:ann", from_=OURS, twiml="<Response><Enqueue>x</Enqueue></Response>")


def test_every_answer_fits_the_published_schema(
    sandbox: Sandbox, receiver: Receiver, traffic: list[requests.Response], description: dict[str, Any]
) -> None:
    talk(sandbox, receiver)
    met = set()
    for answer in traffic:
        published = operation(description, urlsplit(answer.request.url).path, answer.request.method)
        met.add(published["operationId"])
        schema = published["responses"][str(answer.status_code)]["content"]["application/json"]["schema"]
        assert list(differences(answer.json(), schema, description)) == []
    assert met == {"CreateMessage", "ListMessage", "FetchMessage", "CreateCall", "ListCall", "FetchCall"}


def test_every_parameter_of_the_sdk_is_published(
    sandbox: Sandbox, receiver: Receiver, traffic: list[requests.Response], description: dict[str, Any]
) -> None:
    talk(sandbox, receiver)
    for answer in traffic:
        parts = urlsplit(answer.request.url)
        published = operation(description, parts.path, answer.request.method)
        known = {parameter["name"] for parameter in published.get("parameters", [])}
        assert {name for name, _ in parse_qsl(parts.query)} <= known
        if answer.request.body:
            body = published["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]
            assert {name for name, _ in parse_qsl(str(answer.request.body))} <= set(body["properties"])


def test_a_redirected_and_a_refused_call_fit_too(
    sandbox: Sandbox, receiver: Receiver, description: dict[str, Any]
) -> None:
    sandbox.control("POST", "time", {"speed": 1})
    sid = sandbox.client.calls.create(to=AGENT, from_=OURS, url=f"{receiver.url}/script").sid
    address = f"{sandbox.url}{BASE}/{ACCOUNT}/Calls/{sid}.json"
    ended = requests.post(address, data={"Status": "canceled"}, auth=(ACCOUNT, TOKEN), timeout=5)
    published = operation(description, urlsplit(address).path, "POST")["responses"]["200"]
    assert list(differences(ended.json(), published["content"]["application/json"]["schema"], description)) == []
    sandbox.settle()
    refused = requests.post(address, data={"Status": "completed"}, auth=(ACCOUNT, TOKEN), timeout=5)
    assert refused.status_code == 400
    assert set(refused.json()) == {"code", "message", "more_info", "status"}


@pytest.mark.parametrize(
    ("value", "schema"),
    [
        pytest.param(1, {"type": "string"}, id="type"),
        pytest.param(None, {"type": "string"}, id="null"),
        pytest.param("x", {"type": "string", "enum": ["y"]}, id="enum"),
        pytest.param("x", {"type": "string", "pattern": "^y"}, id="pattern"),
        pytest.param("x", {"type": "string", "minLength": 2}, id="length"),
        pytest.param("us dollars", {"type": "string", "format": "currency"}, id="format"),
        pytest.param({"a": 1}, {"type": "object", "properties": {}}, id="unknown"),
        pytest.param({}, {"type": "object", "properties": {"a": {}}}, id="missing"),
        pytest.param([1], {"type": "array", "items": {"type": "string"}}, id="item"),
    ],
)
def test_the_checker_sees_differences(value: object, schema: dict[str, Any]) -> None:
    assert len(list(differences(value, schema, {}))) == 1

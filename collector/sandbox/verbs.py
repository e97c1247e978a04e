"""TwiML obeyed: documents are fetched from the application, and their verbs take the time they say."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from urllib.parse import urljoin

from collector.foundation.errors import BadInput
from collector.sandbox.carrier import Carrier
from collector.sandbox.legs import HungUp, identity, wait
from collector.sandbox.shapes import Call
from collector.sandbox.twiml import Verb, parse
from collector.sandbox.webhooks import Answer, Params

MOST_DOCUMENTS: Final = 100
"""A document that redirects to itself would keep a call for ever."""

LETTERS_PER_SECOND: Final = 15
PLAY_SECONDS: Final = 5
QUEUE_SECONDS: Final = 300
RECORD_SECONDS: Final = 10


@dataclass(frozen=True, slots=True)
class Document:
    """Verbs, and the address they came from, to which their own addresses are relative."""

    verbs: list[Verb]
    url: str


Handler = Callable[[Carrier, Call, Verb, Document], Awaitable[Document | None]]


async def first_document(carrier: Carrier, call: Call, extra: Params) -> Document:
    """The document a call begins with: given with the request, or fetched."""
    if call.twiml:
        return _read(carrier, call, call.twiml, "")
    return await load(carrier, call, call.url, call.method, extra)


async def load(carrier: Carrier, call: Call, url: str, method: str, extra: Params) -> Document:
    """Fetches a document, from the fallback address if need be; without one the call ends."""
    call.documents += 1
    if call.documents > MOST_DOCUMENTS:
        carrier.record.write("twiml.endless", call.moment, sid=call.sid)
        raise HungUp
    params = identity(carrier, call) | extra
    answer = await carrier.hooks.fetch(url, params, method)
    if not _usable(answer) and call.fallback_url:
        url = call.fallback_url
        answer = await carrier.hooks.fetch(url, params | {"ErrorCode": "11200"}, call.fallback_method)
    if answer is None or not answer.good:
        carrier.record.write("twiml.missing", call.moment, sid=call.sid, url=url)
        raise HungUp
    return _read(carrier, call, answer.text, url)


async def obey(carrier: Carrier, call: Call, document: Document, handlers: Mapping[str, Handler]) -> Document | None:
    """Carries out the verbs in turn; the document that one of them leads to replaces the rest."""
    for verb in document.verbs:
        handler = handlers.get(verb.name)
        if handler is None:
            carrier.record.write("twiml.ignored", call.moment, sid=call.sid, verb=verb.name)
            continue
        following = await handler(carrier, call, verb, document)
        if following is not None:
            return following
    return None


async def follow(carrier: Carrier, call: Call, verb: Verb, document: Document, extra: Params) -> Document | None:
    """The document at a verb's `action`; None where it names none."""
    action = verb.get("action")
    if not action:
        return None
    method = "GET" if verb.get("method").upper() == "GET" else "POST"
    return await load(carrier, call, urljoin(document.url, action), method, extra)


async def passes(carrier: Carrier, call: Call, seconds: int) -> None:
    await wait(carrier, call, call.moment + timedelta(seconds=seconds))


async def say(carrier: Carrier, call: Call, verb: Verb, _: Document) -> None:
    carrier.record.write("twiml.say", call.moment, sid=call.sid, text=verb.text.strip())
    await passes(carrier, call, max(1, len(verb.text.strip()) // LETTERS_PER_SECOND))


async def play(carrier: Carrier, call: Call, _: Verb, __: Document) -> None:
    await passes(carrier, call, PLAY_SECONDS)


async def pause(carrier: Carrier, call: Call, verb: Verb, _: Document) -> None:
    await passes(carrier, call, verb.seconds("length", 1))


async def hang_up(_: Carrier, __: Call, ___: Verb, ____: Document) -> None:
    raise HungUp


async def redirect(carrier: Carrier, call: Call, verb: Verb, document: Document) -> Document:
    method = "GET" if verb.get("method").upper() == "GET" else "POST"
    return await load(carrier, call, urljoin(document.url, verb.text.strip()), method, {})


async def gather(carrier: Carrier, call: Call, verb: Verb, document: Document) -> Document | None:
    """Asks for keys: the next ones the caller was given to press, or silence until the timeout."""
    await obey(carrier, call, Document(verb.children, document.url), PROMPTS)
    if call.digits:
        pressed = {"Digits": call.digits.pop(0), "FinishedOnKey": verb.get("finishOnKey", "#")}
        verb.attributes.setdefault("action", document.url)
        return await follow(carrier, call, verb, document, pressed)
    await passes(carrier, call, verb.seconds("timeout", 5))
    if verb.get("actionOnEmptyResult") == "true":
        return await follow(carrier, call, verb, document, {"Digits": ""})
    return None


async def record(carrier: Carrier, call: Call, verb: Verb, document: Document) -> Document | None:
    seconds = min(verb.seconds("maxLength", RECORD_SECONDS), RECORD_SECONDS)
    await passes(carrier, call, seconds)
    verb.attributes.setdefault("action", document.url)
    return await follow(carrier, call, verb, document, await recording(carrier, call, verb, seconds))


async def enqueue(carrier: Carrier, call: Call, verb: Verb, document: Document) -> Document | None:
    """Waits until REST sends the call elsewhere, the caller gives up, or five minutes are over."""
    carrier.record.write("twiml.enqueue", call.moment, sid=call.sid, queue=verb.text.strip())
    await passes(carrier, call, QUEUE_SECONDS)
    result = {"QueueResult": "leave", "QueueTime": str(QUEUE_SECONDS)}
    return await follow(carrier, call, verb, document, result)


async def recording(carrier: Carrier, call: Call, verb: Verb, seconds: int) -> Params:
    """A recording's parameters, reported also to the verb's own callback. Its address leads nowhere on purpose:
    an application must build the address from the sid."""
    sid = carrier.sid("RE", carrier.next_ordinal())
    carrier.recordings[sid] = seconds
    url = f"http://recordings.invalid{carrier.account_path}/Recordings/{sid}"
    params = {"RecordingSid": sid, "RecordingUrl": url, "RecordingDuration": str(seconds)}
    callback = verb.get("recordingStatusCallback")
    if callback:
        status = {"AccountSid": carrier.config.account_sid, "CallSid": call.sid, "RecordingStatus": "completed"}
        await carrier.hooks.report("calls", urljoin(call.url, callback), params | status)
    return params


PROMPTS: Final[Mapping[str, Handler]] = {"Say": say, "Play": play, "Pause": pause}

SIMPLE: Final[Mapping[str, Handler]] = {
    **PROMPTS,
    "Hangup": hang_up,
    "Reject": hang_up,
    "Redirect": redirect,
    "Gather": gather,
    "Record": record,
    "Enqueue": enqueue,
}
"""All verbs but `Dial`: also what a called party may be told before being connected."""


def _usable(answer: Answer | None) -> bool:
    return answer is not None and answer.good


def _read(carrier: Carrier, call: Call, text: str, url: str) -> Document:
    try:
        return Document(parse(text), url)
    except BadInput as error:
        carrier.record.write("twiml.invalid", call.moment, sid=call.sid, reason=error.message)
        raise HungUp from error

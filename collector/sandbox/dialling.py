"""`<Dial>`: rings one or several phones, connects the first that answers, and tells how it went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from urllib.parse import urljoin

from collector.history.rules import Outcome
from collector.sandbox.borrowers import CallFate
from collector.sandbox.carrier import Carrier
from collector.sandbox.legs import (
    HungUp,
    Redirected,
    answer,
    fate_of,
    finish,
    new_call,
    obey_order,
    picks_up,
    ring,
    rings_for,
    wait,
)
from collector.sandbox.shapes import Call, Callback
from collector.sandbox.twiml import Verb
from collector.sandbox.verbs import SIMPLE, Document, follow, load, obey, recording
from collector.sandbox.webhooks import Params

NOUNS: Final = {"Number": "", "Client": "client:", "Sip": ""}
TALK_SECONDS: Final = 60
"""How long two phones talk of which neither has a will of its own."""


BAD_CALLER: Final = CallFate("failed", 0, 0, None, Outcome.failed, 403)
"""A caller number that is not ours is not put through (the carrier's error 13214)."""


@dataclass(slots=True)
class Ringing:
    child: Call
    fate: CallFate
    noun: Verb


async def dial(carrier: Carrier, call: Call, verb: Verb, document: Document) -> Document | None:
    """Connects this leg with another. The `action` is asked even when this leg hung up; its answer is then moot."""
    legs = [_child(carrier, call, verb, noun, document) for noun in _nouns(verb)]
    try:
        last = await _connect(carrier, call, verb, document, legs)
    except Redirected:
        await _part(carrier, call, legs)
        raise
    except HungUp:
        await _part(carrier, call, legs)
        call.status = "completed"
        await _tell(carrier, call, verb, document, _furthest(legs))
        raise
    return await _tell(carrier, call, verb, document, last)


async def _connect(carrier: Carrier, call: Call, verb: Verb, document: Document, legs: list[Ringing]) -> Ringing | None:
    began = call.moment
    for leg in legs:
        await ring(carrier, leg.child, leg.fate)
    for leg in sorted(legs, key=lambda leg: rings_for(leg.child, leg.fate)):
        await wait(carrier, call, began + rings_for(leg.child, leg.fate), beside=leg.child)
        if leg.child.order is not None:
            await finish(carrier, leg.child, "canceled")
        elif picks_up(leg.child, leg.fate):
            await _part(carrier, call, [other for other in legs if other is not leg])
            await _talk(carrier, call, verb, document, leg)
            return leg
        else:
            await finish(carrier, leg.child, "no-answer" if leg.fate.answered else leg.fate.status)
    return _furthest(legs)


async def _talk(carrier: Carrier, call: Call, verb: Verb, document: Document, leg: Ringing) -> None:
    child = leg.child
    await answer(carrier, child, leg.fate)
    if not await _whisper(carrier, child, leg.noun, document):
        return
    call.moment = child.moment
    until = child.hangs_up_at or call.hangs_up_at or call.moment + timedelta(seconds=TALK_SECONDS)
    limit = call.moment + timedelta(seconds=verb.seconds("timeLimit", 14400))
    carrier.record.write("call.bridged", call.moment, sid=child.sid, parent=call.sid)
    await wait(carrier, call, min(until, limit), beside=child)
    child.order = None
    await finish(carrier, child, "completed")


async def _whisper(carrier: Carrier, child: Call, noun: Verb, document: Document) -> bool:
    """What the called party hears before being connected; False if that ended the leg."""
    if not noun.get("url"):
        return True
    method = "GET" if noun.get("method").upper() == "GET" else "POST"
    try:
        following: Document | None = await load(carrier, child, urljoin(document.url, noun.get("url")), method, {})
        while following is not None:
            following = await obey(carrier, child, following, SIMPLE)
        obey_order(child)
    except (HungUp, Redirected):
        await finish(carrier, child, "completed")
        return False
    return True


async def _part(carrier: Carrier, call: Call, legs: list[Ringing]) -> None:
    """Ends the legs that are still there, because this one left or another was faster."""
    for leg in legs:
        if leg.child.ended is None:
            leg.child.moment = call.moment
            await finish(carrier, leg.child, "completed" if leg.child.started else "canceled")


async def _tell(carrier: Carrier, call: Call, verb: Verb, document: Document, leg: Ringing | None) -> Document | None:
    params: Params = {"DialCallStatus": "failed"}
    if leg is not None:
        child = leg.child
        params = {"DialCallStatus": child.status, "DialCallSid": child.sid}
        params["DialBridged"] = "true" if child.started else "false"
        if child.started:
            params["DialCallDuration"] = str(child.duration)
            if verb.get("record", "do-not-record") not in ("do-not-record", "false"):
                params |= await recording(carrier, call, verb, child.duration)
    return await follow(carrier, call, verb, document, params)


def _child(carrier: Carrier, call: Call, verb: Verb, noun: Verb, document: Document) -> Ringing:
    caller = verb.get("callerId") or call.sender
    to = NOUNS.get(noun.name, "") + noun.text.strip()
    child = new_call(carrier, to, caller, "outbound-dial", call.moment)
    child.parent, child.timeout = call.sid, verb.seconds("timeout", 30)
    child.url = document.url
    child.detects = noun.get("machineDetection") in ("Enable", "DetectMessageEnd")
    if noun.get("amdStatusCallback"):
        child.detected_callback = urljoin(document.url, noun.get("amdStatusCallback"))
    if noun.get("statusCallback"):
        child.callback = Callback(
            urljoin(document.url, noun.get("statusCallback")),
            "GET" if noun.get("statusCallbackMethod").upper() == "GET" else "POST",
            frozenset(noun.get("statusCallbackEvent", "completed").split()),
        )
    carrier.record.write("call.dialled", call.moment, sid=child.sid, parent=call.sid, to=to, sender=caller)
    known = caller in carrier.config.numbers or caller == call.sender
    return Ringing(child, fate_of(carrier, child) if known else BAD_CALLER, noun)


def _nouns(verb: Verb) -> list[Verb]:
    """The phones to ring; a number may also stand in `<Dial>` itself."""
    nouns = [noun for noun in verb.children if noun.name in NOUNS]
    return nouns or ([Verb("Number", {}, text=verb.text)] if verb.text.strip() else [])


def _furthest(legs: list[Ringing]) -> Ringing | None:
    """The leg that tells how the dial went: the one that was answered, else the last to end."""
    return max(legs, key=lambda leg: (leg.child.started is not None, leg.child.moment), default=None)

"""Calls as the REST sees them: created, changed, listed and shown. `legs` lets them live."""

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime
from hashlib import md5
from typing import Final

from collector.sandbox.carrier import API_VERSION, E164, Carrier
from collector.sandbox.forms import Form
from collector.sandbox.legs import new_call
from collector.sandbox.listing import Query, whole, within
from collector.sandbox.lives import arrive, place
from collector.sandbox.refusals import RestError
from collector.sandbox.shapes import Call, Callback, Order

OVER: Final = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
DEFAULT_EVENTS: Final = frozenset({"completed"})


def create(carrier: Carrier, form: Form) -> Call:
    """Accepts an outbound call, or refuses it with a published code; its life goes on by itself."""
    to, sender = form.one("To"), form.one("From")
    _check(carrier, form, to, sender)
    call = new_call(carrier, to, sender, "outbound-api", carrier.timeline.now())
    call.url, call.method, call.twiml = form.one("Url"), form.method("Method"), form.one("Twiml")
    call.fallback_url, call.fallback_method = form.one("FallbackUrl"), form.method("FallbackMethod")
    call.callback = _callback(form)
    call.timeout = whole(form.one("Timeout"), 60)
    call.detects = form.one("MachineDetection") in ("Enable", "DetectMessageEnd")
    if form.one("AsyncAmd") == "true":
        call.detected_callback = form.one("AsyncAmdStatusCallback")
    carrier.record.write("call.accepted", call.created, sid=call.sid, to=to, sender=sender)
    carrier.starts(place(carrier, call))
    return call


def receive(carrier: Carrier, sender: str, to: str, talk_seconds: int, digits: list[str]) -> Call:
    """Somebody calls one of our numbers, talks for so long and presses these keys when asked."""
    call = new_call(carrier, to, sender, "inbound", carrier.timeline.now())
    owned = carrier.config.numbers[to]
    call.url, call.digits, call.status = owned.voice_url, list(digits), "ringing"
    call.callback = Callback(owned.status_callback)
    carrier.record.write("call.inbound", call.created, sid=call.sid, to=to, sender=sender)
    carrier.starts(arrive(carrier, call, talk_seconds))
    return call


def update(carrier: Carrier, call: Call, form: Form) -> Call:
    """Hangs up or redirects; a call that is over, or not yet answered for a redirect, is error 21220."""
    status, url, twiml = form.one("Status"), form.one("Url"), form.one("Twiml")
    if call.status in OVER or ((url or twiml) and call.status != "in-progress"):
        raise RestError(21220)
    if url and not carrier.hooks.allows(url):
        raise RestError(21205)
    if status == "completed" or (status == "canceled" and call.status != "in-progress"):
        call.order = Order(hang_up=True)
    elif url or twiml:
        call.order = Order(False, url, form.method("Method"), twiml)
    carrier.record.write("call.ordered", carrier.timeline.now(), sid=call.sid, status=status, url=url)
    carrier.timeline.wake()
    return call


def matches(call: Call, query: Query) -> bool:
    return (
        query.get("To", call.to) == call.to
        and query.get("From", call.sender) == call.sender
        and query.get("Status", call.status) == call.status
        and query.get("ParentCallSid", call.parent) == call.parent
        and within(call.started or call.ended, query, "StartTime")
        and within(call.ended, query, "EndTime")
    )


def render(carrier: Carrier, call: Call) -> dict[str, object]:
    """The call as the published schema describes it."""
    uri = f"{carrier.account_path}/Calls/{call.sid}"
    ours = call.to if call.direction == "inbound" else call.sender
    return {
        "sid": call.sid,
        "account_sid": carrier.config.account_sid,
        "parent_call_sid": call.parent,
        "phone_number_sid": "PN" + md5(ours.encode(), usedforsecurity=False).hexdigest(),
        "to": call.to,
        "to_formatted": call.to,
        "from": call.sender,
        "from_formatted": call.sender,
        "status": call.status,
        "direction": call.direction,
        "answered_by": call.answered_by,
        "date_created": format_datetime(call.created),
        "date_updated": format_datetime(call.updated),
        "start_time": _date(call.started or call.ended),
        "end_time": _date(call.ended),
        "duration": str(call.duration) if call.ended else None,
        "price": None,
        "price_unit": "USD",
        "api_version": API_VERSION,
        "forwarded_from": None,
        "group_sid": None,
        "caller_name": None,
        "queue_time": "0",
        "trunk_sid": None,
        "uri": uri + ".json",
        "subresource_uris": {name.lower(): f"{uri}/{name}.json" for name in ("Recordings", "Notifications", "Events")},
    }


def _check(carrier: Carrier, form: Form, to: str, sender: str) -> None:
    url, callback = form.one("Url"), form.one("StatusCallback")
    code = None
    if not to:
        code = 21201
    elif not (E164.fullmatch(to) or carrier.is_agent(to)):
        code = 21211
    elif not sender:
        code = 21213
    elif sender not in carrier.config.numbers:
        code = 21210
    elif not form.one("Twiml") and not (url and carrier.hooks.allows(url)):
        code = 21205
    elif callback and not carrier.hooks.allows(callback):
        code = 21609
    if code is not None:
        carrier.record.write("call.refused", carrier.timeline.now(), to=to, sender=sender, code=code)
        raise RestError(code)


def _callback(form: Form) -> Callback:
    events = frozenset(" ".join(form.many("StatusCallbackEvent")).split()) or DEFAULT_EVENTS
    return Callback(form.one("StatusCallback"), form.method("StatusCallbackMethod"), events)


def _date(moment: datetime | None) -> str | None:
    return format_datetime(moment) if moment else None

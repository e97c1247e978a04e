"""The life of a leg: it rings, is answered or not, lasts, ends, and reports each of these to its owner."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Final

from collector.foundation.errors import CollectorError
from collector.history.rules import Outcome
from collector.sandbox.borrowers import CallFate
from collector.sandbox.carrier import API_VERSION, Carrier
from collector.sandbox.shapes import Call, Order
from collector.sandbox.webhooks import Params

AGENT: Final = CallFate("completed", 3, 0, "human", Outcome.right_party, 200)
"""Agents pick up after three seconds, and hang up only when told."""


class HungUp(CollectorError):
    """The call is over."""


class Redirected(CollectorError):
    """The call goes on with another document."""

    def __init__(self, order: Order) -> None:
        super().__init__()
        self.order = order


def new_call(carrier: Carrier, to: str, sender: str, direction: str, at: datetime) -> Call:
    ordinal = carrier.next_ordinal()
    call = Call(carrier.sid("CA", ordinal), ordinal, to, sender, direction, at, at, at)
    carrier.calls.add(call)
    return call


def fate_of(carrier: Carrier, call: Call) -> CallFate:
    """What the phone at the other end will do; every ask is one more attempt on that number."""
    if carrier.is_agent(call.to):
        return AGENT
    carrier.attempts[call.to] += 1
    return carrier.person_at(call.to).on_call(call.moment, call.sender, carrier.attempts[call.to])


async def wait(carrier: Carrier, call: Call, until: datetime, beside: Call | None = None) -> None:
    """Lets time pass on this leg, and on the one `beside` it, until that moment.

    Ends early with `HungUp` when the person hangs up or REST says so, with `Redirected` when REST sends the call
    elsewhere. An order to the leg beside ends the waiting only.
    """
    leaves = call.hangs_up_at is not None and until > call.hangs_up_at
    target = call.hangs_up_at if leaves and call.hangs_up_at is not None else until
    await carrier.timeline.until(target, lambda: bool(call.order or (beside and beside.order)))
    interrupted = bool(call.order or (beside and beside.order))
    call.moment = max(call.moment, min(target, carrier.timeline.now())) if interrupted else target
    if beside is not None:
        beside.moment = call.moment
    obey_order(call)
    if leaves and not interrupted:
        raise HungUp


def obey_order(call: Call) -> None:
    """Carries out what REST asked of this call meanwhile, if anything."""
    order, call.order = call.order, None
    if order is not None:
        raise HungUp if order.hang_up else Redirected(order)


async def ring(carrier: Carrier, call: Call, fate: CallFate) -> None:
    """The first reports of a leg that was just dialled."""
    call.fate = fate
    await report(carrier, call, "initiated", "initiated")
    if fate.status != "failed":
        call.status = "ringing"
        await report(carrier, call, "ringing")


def rings_for(call: Call, fate: CallFate) -> timedelta:
    return timedelta(seconds=min(fate.ring, call.timeout))


def picks_up(call: Call, fate: CallFate) -> bool:
    return fate.answered and fate.ring <= call.timeout


async def answer(carrier: Carrier, call: Call, fate: CallFate) -> None:
    """Somebody, or a machine, takes the call."""
    call.status, call.started = "in-progress", call.moment
    if fate is not AGENT:
        call.hangs_up_at = call.moment + timedelta(seconds=fate.duration)
    if call.detects:
        call.answered_by = fate.answered_by
    await report(carrier, call, "answered")
    if call.detected_callback and call.answered_by:
        params = identity(carrier, call) | {"AnsweredBy": call.answered_by, "MachineDetectionDuration": "2500"}
        await carrier.hooks.report("calls", call.detected_callback, params)


async def finish(carrier: Carrier, call: Call, status: str) -> None:
    """Ends a leg, once."""
    if call.ended is not None:
        return
    call.status, call.ended = status, call.moment
    if call.fate is not None and call.fate is not AGENT:
        days = call.fate.promise_in.days if call.fate.promise_in else None
        carrier.record.write(
            "call.heard", call.moment, sid=call.sid, to=call.to, outcome=call.fate.outcome, promise_days=days
        )
    await report(carrier, call, "completed")


async def report(carrier: Carrier, call: Call, event: str, word: str = "") -> None:
    """Puts the event on the record and tells the owner, if that was asked for."""
    call.updated = call.moment
    carrier.record.write("call." + event, call.moment, sid=call.sid, status=word or call.status)
    if not call.callback.url or event not in call.callback.events:
        return
    params = identity(carrier, call) | {
        "CallStatus": word or call.status,
        "Timestamp": format_datetime(call.moment),
        "CallbackSource": "call-progress-events",
        "SequenceNumber": str(call.reported),
    }
    if call.answered_by:
        params["AnsweredBy"] = call.answered_by
    if event == "completed":
        params |= {"CallDuration": str(call.duration), "Duration": str(-(-call.duration // 60))}
        params["SipResponseCode"] = str(call.fate.sip_code if call.fate else 200)
    call.reported += 1
    await carrier.hooks.report("calls", call.callback.url, params, call.callback.method)


def identity(carrier: Carrier, call: Call) -> Params:
    """The parameters every request about a call carries."""
    params = {
        "CallSid": call.sid,
        "AccountSid": carrier.config.account_sid,
        "From": call.sender,
        "Caller": call.sender,
        "To": call.to,
        "Called": call.to,
        "CallStatus": call.status,
        "ApiVersion": API_VERSION,
        "Direction": call.direction,
    }
    return params | {"ParentCallSid": call.parent} if call.parent else params

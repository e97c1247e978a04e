"""Whole calls: one that REST placed, and one that somebody makes to a number of ours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from collector.sandbox.carrier import Carrier
from collector.sandbox.dialling import dial
from collector.sandbox.legs import (
    HungUp,
    Redirected,
    answer,
    fate_of,
    finish,
    obey_order,
    picks_up,
    report,
    ring,
    rings_for,
    wait,
)
from collector.sandbox.shapes import Call, Order
from collector.sandbox.verbs import SIMPLE, Document, Handler, first_document, load, obey

HANDLERS: Final[Mapping[str, Handler]] = {**SIMPLE, "Dial": dial}
REJECTED: Final = {"busy": "busy", "rejected": "no-answer"}


async def place(carrier: Carrier, call: Call) -> None:
    """An outbound call from its acceptance to its end."""
    try:
        fate = fate_of(carrier, call)
        await ring(carrier, call, fate)
        await wait(carrier, call, call.moment + rings_for(call, fate))
        if not picks_up(call, fate):
            await finish(carrier, call, "no-answer" if fate.answered else fate.status)
            return
        await answer(carrier, call, fate)
        extra = {"AnsweredBy": call.answered_by} if call.answered_by and not call.detected_callback else {}
        await _converse(carrier, call, await first_document(carrier, call, extra))
    except (HungUp, Redirected):
        pass
    await finish(carrier, call, "completed" if call.started else "canceled")


async def arrive(carrier: Carrier, call: Call, talk_seconds: int) -> None:
    """An inbound call: the owner is asked while it rings, and answers with any verb but `<Reject>`."""
    try:
        document = await first_document(carrier, call, {})
        if document.verbs and document.verbs[0].name == "Reject":
            reason = document.verbs[0].get("reason", "rejected")
            await finish(carrier, call, REJECTED.get(reason, "no-answer"))
            return
        call.status, call.started = "in-progress", call.moment
        call.hangs_up_at = call.moment + timedelta(seconds=talk_seconds)
        await report(carrier, call, "answered")
        await _converse(carrier, call, document)
    except (HungUp, Redirected):
        pass
    await finish(carrier, call, "completed" if call.started else "failed")


async def _converse(carrier: Carrier, call: Call, document: Document) -> None:
    """Obeys one document after another, and the redirections that REST asks for in between."""
    following: Document | None = document
    while following is not None:
        try:
            following = await obey(carrier, call, following, HANDLERS)
            obey_order(call)
        except Redirected as redirected:
            following = await _sent_to(carrier, call, redirected.order)


async def _sent_to(carrier: Carrier, call: Call, order: Order) -> Document:
    if order.twiml:
        call.twiml = order.twiml
        return await first_document(carrier, call, {})
    return await load(carrier, call, order.url, order.method, {})

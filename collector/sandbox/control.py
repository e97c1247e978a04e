"""The strings behind the stage: `/sandbox/...`, with the same Basic credentials as the REST.

| request                    | body or query                      | does                                  |
|----------------------------|------------------------------------|---------------------------------------|
| POST /sandbox/inbound-sms  | from, to, body                     | a borrower texts; the webhook's answer |
| POST /sandbox/inbound-call | from, to, talk_seconds=60, digits=[] | a borrower calls; the sid at once     |
| POST /sandbox/agents       | numbers                            | from now on these phones answer       |
| GET  /sandbox/log          | kind, since, limit=1000            | the record: all sent and reported     |
| GET  /sandbox/counts       |                                    | entries by kind, lives under way      |
| GET  /sandbox/calls/{sid}  |                                    | what an agent on that leg heard       |
| GET  /sandbox/idle         | timeout=10                         | waits until nothing is under way      |
| POST /sandbox/faults       | a fault, see `faults`              | a bad day for the carrier             |
| DELETE /sandbox/faults     | order=reversed, or none            | ends them, releases what was held     |
| GET  /sandbox/faults       |                                    | the faults in force                   |
| GET  /sandbox/time         |                                    | the sandbox's clock                   |
| POST /sandbox/time         | at (ISO 8601 with offset), speed   | virtual clock; 0: all at once         |
"""

from __future__ import annotations

from datetime import timedelta
from typing import TypeVar

import msgspec
from aiohttp import web

from collector.foundation.clock import parse_moment
from collector.foundation.errors import BadInput
from collector.sandbox import calls, messages
from collector.sandbox.carrier import Carrier
from collector.sandbox.faults import Fault
from collector.sandbox.listing import whole


class InboundSms(msgspec.Struct, forbid_unknown_fields=True, rename={"sender": "from"}):
    sender: str
    to: str
    body: str


class InboundCall(msgspec.Struct, forbid_unknown_fields=True, rename={"sender": "from"}):
    sender: str
    to: str
    talk_seconds: int = 60
    digits: list[str] = []


class Agents(msgspec.Struct, forbid_unknown_fields=True):
    numbers: list[str]


class Time(msgspec.Struct, forbid_unknown_fields=True):
    at: str | None = None
    speed: float | None = None


Body = TypeVar("Body")


class Control:
    """The handlers, bound to one carrier."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/sandbox/inbound-sms", self.inbound_sms),
            web.post("/sandbox/inbound-call", self.inbound_call),
            web.post("/sandbox/agents", self.agents),
            web.get("/sandbox/log", self.log),
            web.get("/sandbox/counts", self.counts),
            web.get("/sandbox/calls/{sid}", self.heard),
            web.get("/sandbox/idle", self.idle),
            web.get("/sandbox/faults", self.faults),
            web.post("/sandbox/faults", self.add_fault),
            web.delete("/sandbox/faults", self.clear_faults),
            web.get("/sandbox/time", self.time),
            web.post("/sandbox/time", self.set_time),
        ]

    async def inbound_sms(self, request: web.Request) -> web.Response:
        told = await _read(request, InboundSms)
        self._ours(told.to)
        message, answer = await messages.receive(self._carrier, told.sender, told.to, told.body)
        webhook = {"status": answer.status, "body": answer.text} if answer else None
        return reply({"sid": message.sid, "webhook": webhook}, 201)

    async def inbound_call(self, request: web.Request) -> web.Response:
        told = await _read(request, InboundCall)
        self._ours(told.to)
        call = calls.receive(self._carrier, told.sender, told.to, told.talk_seconds, told.digits)
        return reply({"sid": call.sid}, 201)

    async def agents(self, request: web.Request) -> web.Response:
        self._carrier.agents.update((await _read(request, Agents)).numbers)
        return reply({"numbers": sorted(self._carrier.agents)})

    async def log(self, request: web.Request) -> web.Response:
        query = request.query
        limit, since = whole(query.get("limit"), 1000), whole(query.get("since"), 0)
        return reply({"entries": self._carrier.record.read(query.get("kind", ""), since, limit)})

    async def counts(self, _: web.Request) -> web.Response:
        carrier = self._carrier
        totals = {"messages": len(carrier.messages), "calls": len(carrier.calls), "running": carrier.running}
        return reply({**totals, "entries": dict(carrier.record.counts)})

    async def heard(self, request: web.Request) -> web.Response:
        call = self._carrier.calls.get(request.match_info["sid"])
        over = call.ended is not None and call.fate is not None
        outcome = call.fate.outcome if over and call.fate else None
        promise = call.fate.promise_in if over and call.fate else None
        days = promise // timedelta(days=1) if promise else None
        return reply(
            {"sid": call.sid, "parent": call.parent, "status": call.status, "outcome": outcome, "promise_days": days}
        )

    async def idle(self, request: web.Request) -> web.Response:
        idle = await self._carrier.idle(float(whole(request.query.get("timeout"), 10)))
        return reply({"idle": idle, "running": self._carrier.running})

    async def faults(self, _: web.Request) -> web.Response:
        return reply({"faults": self._carrier.faults.active()})

    async def add_fault(self, request: web.Request) -> web.Response:
        fault = await _read(request, Fault)
        self._carrier.faults.add(fault)
        self._carrier.record.write("fault.asked", self._carrier.timeline.now(), fault=fault.kind)
        return reply({"faults": self._carrier.faults.active()}, 201)

    async def clear_faults(self, request: web.Request) -> web.Response:
        self._carrier.faults.clear()
        released = await self._carrier.hooks.release(request.query.get("order") == "reversed")
        return reply({"released": released})

    async def time(self, _: web.Request) -> web.Response:
        timeline = self._carrier.timeline
        return reply({"at": timeline.now(), "speed": timeline.speed})

    async def set_time(self, request: web.Request) -> web.Response:
        told = await _read(request, Time)
        if told.speed is not None and told.speed < 0:
            raise BadInput("speed is 0 or more")
        self._carrier.timeline.set(parse_moment(told.at) if told.at else None, told.speed)
        return await self.time(request)

    def _ours(self, number: str) -> None:
        if number not in self._carrier.config.numbers:
            raise BadInput("`to` is not a number of this account")


def reply(body: object, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """A JSON answer."""
    return web.Response(body=msgspec.json.encode(body), status=status, content_type="application/json", headers=headers)


async def _read(request: web.Request, shape: type[Body]) -> Body:
    try:
        return msgspec.json.decode(await request.read(), type=shape)
    except msgspec.DecodeError as error:
        raise BadInput(f"the body does not fit: {error}") from error

"""The carrier sandbox as a server: Twilio's REST for messages and calls, and `/sandbox` to pull its strings.

REST follows the published description: form-encoded requests, 201 for what was created, error bodies of `refusals`.
Everything needs Basic credentials: the account sid with the auth token, or the API key with its secret. It is for one
machine and binds to the loopback address only.
"""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import AsyncIterator

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from collector.foundation.errors import BadInput
from collector.sandbox import calls, messages
from collector.sandbox.carrier import API_VERSION, Carrier
from collector.sandbox.config import SandboxConfig
from collector.sandbox.control import Control, reply
from collector.sandbox.faults import Fault
from collector.sandbox.forms import Form
from collector.sandbox.refusals import RestError
from collector.sandbox.sound import sound

ACCOUNT = f"/{API_VERSION}/Accounts/{{account}}"


def create_app(config: SandboxConfig) -> web.Application:
    """The server as an aiohttp application; `app[CARRIER]` is its state."""
    carrier = Carrier(config)
    doors = Doors(carrier)
    app = web.Application(middlewares=[doors.guard], client_max_size=256 * 1024)
    app[CARRIER] = carrier
    app.cleanup_ctx.append(_lifetime)
    app.add_routes(doors.routes())
    app.add_routes(Control(carrier).routes())
    return app


def run(config: SandboxConfig, port: int) -> None:
    """Serves on the loopback address until interrupted."""
    web.run_app(create_app(config), host="127.0.0.1", port=port, access_log=None, print=None)


CARRIER = web.AppKey("carrier", Carrier)


async def _lifetime(app: web.Application) -> AsyncIterator[None]:
    await app[CARRIER].hooks.open()
    yield
    await app[CARRIER].close()


class Doors:
    """The REST handlers and the guard before them, bound to one carrier."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier
        config = carrier.config
        self._keys = [_basic(config.account_sid, config.auth_token)]
        if config.api_key:
            self._keys.append(_basic(config.api_key, config.api_secret))

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post(ACCOUNT + "/Messages.json", self.create_message),
            web.get(ACCOUNT + "/Messages.json", self.list_messages),
            web.get(ACCOUNT + r"/Messages/{sid:\w+}.json", self.fetch_message),
            web.post(ACCOUNT + "/Calls.json", self.create_call),
            web.get(ACCOUNT + "/Calls.json", self.list_calls),
            web.get(ACCOUNT + r"/Calls/{sid:\w+}.json", self.fetch_call),
            web.post(ACCOUNT + r"/Calls/{sid:\w+}.json", self.update_call),
            web.get(ACCOUNT + r"/Recordings/{sid:\w+}.wav", self.play_recording),
            web.delete(ACCOUNT + r"/Recordings/{sid:\w+}.json", self.delete_recording),
        ]

    @property
    def guard(self) -> Middleware:
        @web.middleware
        async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
            try:
                self._admit(request)
                if request.path.startswith("/sandbox/"):
                    return await handler(request)
                fault = self._carrier.faults.for_request(request.method, request.path)
                return await (self._through(fault, request, handler) if fault else handler(request))
            except RestError as error:
                wait = {"Retry-After": str(error.retry_after)} if error.retry_after is not None else None
                return reply(error.body(), error.status, wait)
            except BadInput as error:
                return reply({"message": error.message}, 400)
            except web.HTTPNotFound:
                return reply(RestError(20404).body(), 404)

        return guarded

    async def create_message(self, request: web.Request) -> web.Response:
        message = messages.create(self._carrier, Form(await request.read()))
        return reply(messages.render(self._carrier, message), 201)

    async def fetch_message(self, request: web.Request) -> web.Response:
        message = self._carrier.messages.get(request.match_info["sid"])
        return reply(messages.render(self._carrier, message))

    async def list_messages(self, request: web.Request) -> web.Response:
        query = request.query
        page = self._carrier.messages.page(request.path, query, lambda message: messages.matches(message, query))
        shown = [messages.render(self._carrier, message) for message in page.items]
        return reply(page.body("messages", shown))

    async def create_call(self, request: web.Request) -> web.Response:
        call = calls.create(self._carrier, Form(await request.read()))
        return reply(calls.render(self._carrier, call), 201)

    async def fetch_call(self, request: web.Request) -> web.Response:
        return reply(calls.render(self._carrier, self._carrier.calls.get(request.match_info["sid"])))

    async def list_calls(self, request: web.Request) -> web.Response:
        query = request.query
        page = self._carrier.calls.page(request.path, query, lambda call: calls.matches(call, query))
        return reply(page.body("calls", [calls.render(self._carrier, call) for call in page.items]))

    async def update_call(self, request: web.Request) -> web.Response:
        call = self._carrier.calls.get(request.match_info["sid"])
        call = calls.update(self._carrier, call, Form(await request.read()))
        return reply(calls.render(self._carrier, call))

    async def play_recording(self, request: web.Request) -> web.Response:
        seconds = self._carrier.recordings.get(request.match_info["sid"])
        if seconds is None:
            raise RestError(20404)
        return web.Response(body=sound(seconds), content_type="audio/x-wav")

    async def delete_recording(self, request: web.Request) -> web.Response:
        if self._carrier.recordings.pop(request.match_info["sid"], None) is None:
            raise RestError(20404)
        return web.Response(status=204)

    def _admit(self, request: web.Request) -> None:
        given = request.headers.get("Authorization", "").encode()
        known = [hmac.compare_digest(given, key) for key in self._keys]
        account = request.match_info.get("account", self._carrier.config.account_sid)
        if not any(known) or account != self._carrier.config.account_sid:
            raise RestError(20003)

    async def _through(self, fault: Fault, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answers as the fault says. What takes effect does so before the answer goes wrong."""
        now = self._carrier.timeline.now()
        self._carrier.record.write("fault.met", now, fault=fault.kind, path=request.path)
        if fault.kind == "too_many":
            raise RestError(20429, retry_after=fault.retry_after)
        if fault.kind == "slow":
            await self._carrier.faults.hold(fault.seconds or 2.0)
        answer = await handler(request) if fault.carries_out() else None
        match fault.kind:
            case "error":
                raise RestError(20500, status=fault.status)
            case "hold":
                await self._carrier.faults.hold(fault.seconds)
            case "drop":
                _break_off(request)
            case "cut" if isinstance(answer, web.Response):
                return await _cut(request, answer)
            case "garbled":
                return web.Response(text="<html>Bad Gateway</html>", status=answer.status if answer else 200)
            case "shapeless":
                return web.json_response(["accepted"], status=answer.status if answer else 200)
        return answer or web.Response(status=fault.status)


def _basic(user: str, password: str) -> bytes:
    return b"Basic " + b64encode(f"{user}:{password}".encode())


def _break_off(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()


async def _cut(request: web.Request, answer: web.Response) -> web.StreamResponse:
    """Promises the whole body, sends half of it and closes the connection."""
    body = answer.body if isinstance(answer.body, bytes) else b""
    cut = web.StreamResponse(status=answer.status, headers={"Content-Length": str(len(body))})
    cut.content_type = "application/json"
    await cut.prepare(request)
    await cut.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.close()
    return cut

"""A sandbox and a tiny application beside it, both on free ports of one background loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import sleep
from typing import Any

import requests
from aiohttp import web
from twilio.request_validator import RequestValidator
from twilio.rest import Client

ACCOUNT = "AC" + "0123456789abcdef" * 2
TOKEN = "token-of-the-account"
KEY, SECRET = "SK" + "f" * 32, "secret-of-the-key"
OURS, OTHER = "+12125550100", "+12125550177"
AGENT = "+12125550199"


class Loop:
    """An event loop in a thread, where servers live while the test talks to them from outside."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._runners: list[web.AppRunner] = []
        self._thread.start()

    def serve(self, app: web.Application) -> str:
        return asyncio.run_coroutine_threadsafe(self._serve(app), self._loop).result(10)

    async def _serve(self, app: web.Application) -> str:
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        self._runners.append(runner)
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        return f"http://{host}:{port}"

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    async def _close(self) -> None:
        for runner in reversed(self._runners):
            await runner.cleanup()


@dataclass
class Told:
    """A webhook request as it arrived."""

    path: str
    params: dict[str, str]
    genuine: bool


@dataclass
class Receiver:
    """The application: keeps what it was told, answers with the TwiML set for the path."""

    answers: dict[str, str] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)
    url: str = ""

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_route("*", "/{tail:.*}", self._take)
        return app

    async def _take(self, request: web.Request) -> web.Response:
        form = {key: str(value) for key, value in (await request.post()).items()}
        signature = request.headers.get("X-Twilio-Signature", "")
        genuine = RequestValidator(TOKEN).validate(self.url + request.path_qs, form, signature)
        self.told.append(Told(request.path, form or dict(request.query), genuine))
        return web.Response(text=self.answers.get(request.path, ""), content_type="text/xml")

    def wait_for(self, path: str, requests_there: int) -> None:
        for _ in range(2000):
            if len(self.at(path)) >= requests_there:
                return
            sleep(0.01)
        raise AssertionError(f"{path} was not asked {requests_there} times")

    def at(self, path: str) -> list[dict[str, str]]:
        return [told.params for told in self.told if told.path == path]


@dataclass
class Sandbox:
    """A running sandbox and the ways to reach it."""

    url: str
    client: Client

    def control(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        answer = requests.request(method, f"{self.url}/sandbox/{path}", json=body, auth=(ACCOUNT, TOKEN), timeout=20)
        assert answer.ok, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def settle(self) -> None:
        assert self.control("GET", "idle")["idle"]

    def log(self, kind: str = "") -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = self.control("GET", f"log?kind={kind}")["entries"]
        return entries

    def fault(self, kind: str, **more: object) -> None:
        self.control("POST", "faults", {"kind": kind, **more})


def twilio_client(url: str, user: str = KEY, password: str = SECRET) -> Client:
    client = Client(user, password, ACCOUNT)
    client.api.base_url = url
    return client

"""What the carrier tells the application: signed requests, to allowed origins only, each one on the record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import urlencode

import aiohttp
from twilio.request_validator import RequestValidator

from collector.sandbox.config import origin
from collector.sandbox.faults import Faults
from collector.sandbox.record import Record
from collector.sandbox.timeline import Timeline

PATIENCE: Final = 15.0
"""Seconds the carrier waits for an answer."""

Params = dict[str, str]
Resource = Literal["messages", "calls"]


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    text: str

    @property
    def good(self) -> bool:
        return 200 <= self.status < 300


class Webhooks:
    """Signs with the auth token, as the SDK's validator checks it: over address and sorted parameters."""

    def __init__(
        self, auth_token: str, allowed: frozenset[str], timeline: Timeline, record: Record, faults: Faults
    ) -> None:
        self._validator = RequestValidator(auth_token)
        self._allowed = allowed
        self._timeline = timeline
        self._record = record
        self._faults = faults
        self._session: aiohttp.ClientSession | None = None
        self._held: list[tuple[str, str, Params]] = []

    async def open(self) -> None:
        limit = aiohttp.ClientTimeout(total=PATIENCE)
        self._session = aiohttp.ClientSession(timeout=limit, connector=aiohttp.TCPConnector(limit=100))

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    def allows(self, url: str) -> bool:
        return origin(url) in self._allowed

    async def fetch(self, url: str, params: Params, method: str = "POST") -> Answer | None:
        """Asks the application for TwiML; None where it can not be reached or must not be asked."""
        return await self._request("webhook.twiml", url, params, method)

    async def report(self, resource: Resource, url: str, params: Params, method: str = "POST") -> None:
        """Reports a status, through the callback fault in force if there is one."""
        fault = self._faults.for_callback(resource)
        match fault.kind if fault else None:
            case "callbacks_lost":
                self._record.write("webhook.lost", self._timeline.now(), url=url, params=params)
            case "callbacks_held":
                self._held.append((url, method, params))
            case "callbacks_forged":
                await self._request("webhook.status", url, params, method, signature="forged")
            case "callbacks_doubled":
                await self._request("webhook.status", url, params, method)
                await self._request("webhook.status", url, params, method)
            case "callbacks_unknown":
                stranger = "0" * 32
                unknown = {
                    key: value[:2] + stranger if key.endswith("Sid") and key != "AccountSid" else value
                    for key, value in params.items()
                }
                await self._request("webhook.status", url, unknown, method)
                await self._request("webhook.status", url, params, method)
            case _:
                await self._request("webhook.status", url, params, method)

    async def release(self, backwards: bool) -> int:
        """Sends what `callbacks_held` kept, in order or in reverse; returns how many."""
        held, self._held = self._held, []
        for url, method, params in reversed(held) if backwards else held:
            await self._request("webhook.status", url, params, method)
        return len(held)

    async def _request(
        self, kind: str, url: str, params: Params, method: str, signature: str | None = None
    ) -> Answer | None:
        if not self.allows(url):
            self._record.write("webhook.refused", self._timeline.now(), url=url)
            return None
        if method == "GET":
            url, params = f"{url}{'&' if '?' in url else '?'}{urlencode(params)}", {}
        signature = signature or self._validator.compute_signature(url, params)
        answer, problem = await self._send(method, url, params, {"X-Twilio-Signature": signature})
        status = answer.status if answer else None
        now = self._timeline.now()
        self._record.write(kind, now, url=url, params=params, status=status, problem=problem)
        return answer

    async def _send(self, method: str, url: str, params: Params, headers: Params) -> tuple[Answer | None, str | None]:
        if self._session is None:
            return None, "the sandbox is not running"
        try:
            async with self._session.request(
                method, url, data=params if method == "POST" else None, headers=headers, allow_redirects=False
            ) as response:
                return Answer(response.status, await response.text()), None
        except (aiohttp.ClientError, TimeoutError, UnicodeDecodeError) as error:
            return None, type(error).__name__

"""What stands before every route: the size of the body, and the headers that every answer carries."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY = 64 * 1024 * 1024
MAX_WEBHOOK = 64 * 1024
MAX_FORM = 1024 * 1024
"""JSON and plain forms; only a multipart upload may be larger."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; media-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}

REFUSAL = "This is larger than the server takes: 64 MB. Pack a table as .csv.gz, or use collector load there.\n"
IN_CHINESE = "内容超过服务器可接收的 64 MB。请将表格压缩为 .csv.gz，或在服务器上使用 collector load。\n"
"""Nobody is known yet, nor their language: people read both."""
PLAIN = b"text/plain; charset=utf-8"
PROGRAMS = ("/api/", "/webhooks/")


class TooLarge(Exception):
    """The body is longer than anything this server takes."""


class Guard:
    """Refuses bodies over the limit before they are parsed, and puts the security headers on every answer.

    It is the outermost layer, so that an answer to an unforeseen error carries the headers too.
    """

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self._app = app
        self._https = https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        visit = _Visit(scope, receive, send, self._headers(scope["path"]))
        if visit.announced_too_much():
            await visit.refuse()
            return
        try:
            await self._app(scope, visit.receive, visit.send)
        except TooLarge:
            await visit.refuse()

    def _headers(self, path: str) -> dict[str, str]:
        headers = dict(HEADERS)
        if path.startswith("/static/"):
            headers["Cache-Control"] = "public, max-age=3600"
        if self._https:
            headers["Strict-Transport-Security"] = "max-age=31536000"
        return headers


class _Visit:
    """One request on its way in and its answer on its way out."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, headers: dict[str, str]) -> None:
        self._receive, self._send, self._marks = receive, send, headers
        self._sent = Headers(scope=scope)
        self._limit = _limit(scope["path"], self._sent.get("content-type", ""))
        self._refusal = REFUSAL if scope["path"].startswith(PROGRAMS) else REFUSAL + IN_CHINESE
        self._seen = 0
        self._answered = False

    def announced_too_much(self) -> bool:
        length = self._sent.get("content-length", "0")
        return length.isdecimal() and int(length) > self._limit

    async def receive(self) -> Message:
        message = await self._receive()
        self._seen += len(message.get("body", b""))
        if self._seen > self._limit:
            raise TooLarge
        return message

    async def send(self, message: Message) -> None:
        if self._seen > self._limit:  # a parser on the way may have turned TooLarge into an answer of its own
            await self.refuse()
            return
        if message["type"] == "http.response.start":
            self._answered = True
            headers = MutableHeaders(scope=message)
            for name, value in self._marks.items():
                headers[name] = value
        await self._send(message)

    async def refuse(self) -> None:
        if self._answered:
            return
        self._answered = True
        start = {"type": "http.response.start", "status": 413, "headers": [(b"content-type", PLAIN)]}
        headers = MutableHeaders(scope=start)
        for name, value in self._marks.items():
            headers[name] = value
        await self._send(start)
        await self._send({"type": "http.response.body", "body": self._refusal.encode()})


def _limit(path: str, content_type: str) -> int:
    if path.startswith("/webhooks/"):
        return MAX_WEBHOOK
    return MAX_BODY if content_type.startswith("multipart/form-data") else MAX_FORM

"""What stands before every route: size of the body, host, and the headers every answer carries."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY = 64 * 1024 * 1024
MAX_WEBHOOK = 64 * 1024

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


class TooLarge(Exception):
    """The body is longer than anything this server takes."""


class Guard:
    """Refuses bodies over the limit before they are parsed, and puts the security headers on every answer."""

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self._app = app
        self._https = https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = MAX_WEBHOOK if scope["path"].startswith("/webhooks/") else MAX_BODY
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > limit:
                raise TooLarge
            return message

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._mark(MutableHeaders(scope=message), scope["path"])
            await send(message)

        try:
            await self._app(scope, counted, guarded)
        except TooLarge:
            await guarded({"type": "http.response.start", "status": 413, "headers": [(b"content-type", b"text/plain")]})
            await send({"type": "http.response.body", "body": b"This is larger than the server takes.\n"})

    def _mark(self, headers: MutableHeaders, path: str) -> None:
        for name, value in HEADERS.items():
            if name == "Cache-Control" and path.startswith("/static/"):
                value = "public, max-age=3600"
            headers[name] = value
        if self._https:
            headers["Strict-Transport-Security"] = "max-age=31536000"

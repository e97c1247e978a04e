"""The real Twilio adapter on virtual days: the carrier sandbox and the webhooks, in threads beside the bench."""

from __future__ import annotations

import asyncio
import secrets
import socket
import threading
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType

import requests
import uvicorn
from aiohttp import web
from pydantic import SecretStr
from sqlmodel import select

from collector.casework.office import Office
from collector.foundation.settings import CarrierKind, Settings
from collector.portfolio.tables import CallerNumber
from collector.sandbox.config import SandboxConfig, numbers_at
from collector.sandbox.server import create_app
from collector.web.app import create_web

PATIENCE_S = 60
PATHS = ("/webhooks/twilio/message-in", "/webhooks/twilio/voice-in")


@dataclass
class MovingClock:
    """The clock of the virtual days; webhooks read it as they would read the real one."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


def free_ports() -> tuple[int, int]:
    """One for the webhooks and one for the carrier."""
    with socket.socket() as first, socket.socket() as second:
        first.bind(("127.0.0.1", 0))
        second.bind(("127.0.0.1", 0))
        return first.getsockname()[1], second.getsockname()[1]


def settings_of(home: Path, web_port: int, carrier_port: int) -> Settings:
    """A scratch installation; without ports the memory carrier."""
    if not carrier_port:
        return Settings(home=home, database_url="", carrier=CarrierKind.memory, demo=True)
    return Settings(
        home=home,
        database_url="",
        carrier=CarrierKind.twilio,
        public_url=f"http://127.0.0.1:{web_port}",
        twilio_base_url=f"http://127.0.0.1:{carrier_port}",
        twilio_account_sid="AC" + secrets.token_hex(16),
        twilio_api_key="SK" + secrets.token_hex(16),
        twilio_api_secret=SecretStr(secrets.token_urlsafe(24)),
        twilio_auth_token=SecretStr(secrets.token_hex(16)),
        demo=True,
    )


class SandboxBeside:
    """Sandbox and webhooks while the block lasts."""

    def __init__(self, office: Office, clock: MovingClock, seed: int, web_port: int, carrier_port: int) -> None:
        settings = office.settings
        with office.database.read() as session:
            numbers = session.exec(select(CallerNumber.number)).all()
        self._config = SandboxConfig(
            account_sid=settings.twilio_account_sid,
            auth_token=settings.twilio_auth_token.get_secret_value(),
            api_key=settings.twilio_api_key,
            api_secret=settings.twilio_api_secret.get_secret_value(),
            numbers=numbers_at(settings.public_url, numbers, *PATHS),
            app_url=settings.public_url,
            seed=seed,
            speed=0,
            starts_at=clock.now,
        )
        self._carrier_port = carrier_port
        self._loop = asyncio.new_event_loop()
        self._runner: web.AppRunner | None = None
        config = uvicorn.Config(create_web(office, clock), port=web_port, access_log=False, log_config=None)
        self._server = uvicorn.Server(config)
        self._threads = [
            threading.Thread(target=self._loop.run_forever, daemon=True),
            threading.Thread(target=self._server.run, daemon=True),
        ]

    def __enter__(self) -> SandboxBeside:
        for thread in self._threads:
            thread.start()
        asyncio.run_coroutine_threadsafe(self._serve(), self._loop).result(PATIENCE_S)
        deadline = time.monotonic() + PATIENCE_S
        while not self._server.started and time.monotonic() < deadline:
            time.sleep(0.05)
        return self

    async def _serve(self) -> None:
        self._runner = web.AppRunner(create_app(self._config), access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._carrier_port).start()

    def turn_to(self, now: datetime) -> None:
        """Set the carrier's clock."""
        self._ask("POST", "time", {"at": now.isoformat()})

    def settle(self) -> None:
        """Wait until every message has met its fate and every receipt was delivered."""
        while not self._ask("GET", f"idle?timeout={PATIENCE_S}", None)["idle"]:
            time.sleep(0.1)

    def _ask(self, method: str, path: str, body: dict[str, str] | None) -> dict[str, object]:
        answer = requests.request(
            method,
            f"http://127.0.0.1:{self._carrier_port}/sandbox/{path}",
            json=body,
            auth=(self._config.account_sid, self._config.auth_token),
            timeout=2 * PATIENCE_S,
        )
        answer.raise_for_status()
        found: dict[str, object] = answer.json()
        return found

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        if self._runner is not None:
            asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result(PATIENCE_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        for thread in self._threads:
            thread.join(PATIENCE_S)

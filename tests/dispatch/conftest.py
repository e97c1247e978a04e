"""The real adapter against the real sandbox, with a floor behind it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from floor import CALLERS, Story, moment
from sandbox_stage import ACCOUNT, KEY, SECRET, TOKEN, Loop, Receiver, Sandbox, twilio_client

from collector.foundation.database import Database
from collector.sandbox.config import OwnedNumber, SandboxConfig
from collector.sandbox.server import create_app

NOW = "2026-05-13 09:00"
DESK = "+862155519999"
"""The agent's own phone, which always answers."""


@pytest.fixture(scope="session")
def loop() -> Iterator[Loop]:
    running = Loop()
    yield running
    running.close()


class Doors(Receiver):
    """The application's side: keeps what it is told, or hands it to whoever answers (`handler`)."""

    handler: Callable[[web.Request], Awaitable[web.Response]] | None = None

    async def _take(self, request: web.Request) -> web.Response:
        return await (self.handler(request) if self.handler else super()._take(request))


@pytest.fixture
def receiver(loop: Loop) -> Doors:
    receiver = Doors()
    receiver.url = loop.serve(receiver.app())
    return receiver


@pytest.fixture
def sandbox(loop: Loop, receiver: Receiver) -> Sandbox:
    """A carrier that owns our caller numbers and stands at `NOW`."""
    owned = OwnedNumber(f"{receiver.url}/sms", f"{receiver.url}/voice", "")
    config = SandboxConfig(
        ACCOUNT,
        TOKEN,
        numbers={number: owned for numbers in CALLERS.values() for number in numbers},
        app_url=receiver.url,
        api_key=KEY,
        api_secret=SECRET,
        agents=frozenset({DESK}),
        speed=0,
        starts_at=moment(NOW),
    )
    url = loop.serve(create_app(config))
    return Sandbox(url, twilio_client(url))


@pytest.fixture
def settings(sandbox: Sandbox, receiver: Receiver, tmp_path: Path) -> dict[str, Any]:
    return {
        "home": tmp_path,
        "carrier": "twilio",
        "twilio_account_sid": ACCOUNT,
        "twilio_api_key": KEY,
        "twilio_api_secret": SECRET,
        "twilio_auth_token": TOKEN,
        "twilio_base_url": sandbox.url,
        "public_url": receiver.url,
    }


@pytest.fixture
def story(database: Database, settings: dict[str, Any]) -> Story:
    return Story(database, **settings)


@pytest.fixture
def due(story: Story) -> Callable[[int], list[str]]:
    """So many people with a message due at `NOW`; their numbers."""

    def made(count: int) -> list[str]:
        people = [story.borrower("2026-05-12", "2026-06-12") for _ in range(count)]
        story.plan("2026-05-13 07:00")
        return [who.number for who in people]

    return made

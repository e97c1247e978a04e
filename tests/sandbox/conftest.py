"""Fixtures: a running sandbox and the tiny application beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sandbox_stage import ACCOUNT, AGENT, KEY, OTHER, OURS, SECRET, TOKEN, Loop, Receiver, Sandbox, twilio_client

from collector.sandbox.config import OwnedNumber, SandboxConfig
from collector.sandbox.server import create_app


@pytest.fixture(scope="session")
def loop() -> Iterator[Loop]:
    running = Loop()
    yield running
    running.close()


@pytest.fixture
def receiver(loop: Loop) -> Receiver:
    receiver = Receiver()
    receiver.url = loop.serve(receiver.app())
    return receiver


@pytest.fixture
def start(loop: Loop, receiver: Receiver) -> Callable[..., Sandbox]:
    """Starts a sandbox; keyword arguments change its configuration."""

    def started(**changes: Any) -> Sandbox:
        owned = OwnedNumber(f"{receiver.url}/sms", f"{receiver.url}/voice", f"{receiver.url}/voice-status")
        settings: dict[str, Any] = {
            "numbers": {OURS: owned, OTHER: owned},
            "app_url": receiver.url,
            "api_key": KEY,
            "api_secret": SECRET,
            "agents": frozenset({AGENT}),
            "speed": 0,
        }
        url = loop.serve(create_app(SandboxConfig(ACCOUNT, TOKEN, **{**settings, **changes})))
        return Sandbox(url, twilio_client(url))

    return started


@pytest.fixture
def sandbox(start: Callable[..., Sandbox]) -> Sandbox:
    return start()

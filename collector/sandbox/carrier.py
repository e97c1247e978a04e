"""The carrier's state, shared by its messages and calls."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Coroutine
from datetime import datetime
from secrets import token_hex
from typing import Any, Final

from collector.sandbox.borrowers import Borrower, borrower
from collector.sandbox.config import SandboxConfig
from collector.sandbox.faults import Faults
from collector.sandbox.listing import Ledger
from collector.sandbox.record import Record
from collector.sandbox.shapes import Call, Message
from collector.sandbox.timeline import Timeline
from collector.sandbox.webhooks import Webhooks

API_VERSION: Final = "2010-04-01"
E164: Final = re.compile(r"\+[1-9][0-9]{6,14}")


class Carrier:
    """One account at the simulated carrier: what it owns, what it did, who opted out, and its running lives."""

    def __init__(self, config: SandboxConfig) -> None:
        self.config = config
        self.timeline = Timeline(config.starts_at, config.speed)
        self.record = Record(config.record_limit)
        self.faults = Faults()
        self.hooks = Webhooks(config.auth_token, config.allowed_origins, self.timeline, self.record, self.faults)
        self.messages: Ledger[Message] = Ledger()
        self.calls: Ledger[Call] = Ledger()
        self.recordings: dict[str, int] = {}
        """Recording's sid → its seconds."""
        self.agents = set(config.agents)
        self.opted_out: set[tuple[str, str]] = set()
        self.attempts: Counter[str] = Counter()
        self.replied: dict[tuple[str, str], datetime] = {}
        self._lives: set[asyncio.Task[None]] = set()
        # Not from the seed: a restarted sandbox must not hand out the sids of its last life again.
        self._sid_prefix = token_hex(10)
        self._ordinal = 0

    @property
    def account_path(self) -> str:
        return f"/{API_VERSION}/Accounts/{self.config.account_sid}"

    def next_ordinal(self) -> int:
        self._ordinal += 1
        return self._ordinal

    def sid(self, prefix: str, ordinal: int) -> str:
        """Two letters and 32 hexadecimal digits; unique within and across runs."""
        return f"{prefix}{self._sid_prefix}{ordinal:012x}"

    def person_at(self, number: str) -> Borrower:
        return borrower(self.config.seed, number)

    def is_agent(self, address: str) -> bool:
        return address.startswith(("client:", "sip:")) or address in self.agents

    def starts(self, life: Coroutine[Any, Any, None]) -> None:
        """Lets a message or call live on beside the request that made it."""
        task = asyncio.create_task(life)
        self._lives.add(task)
        task.add_done_callback(self._lives.discard)

    @property
    def running(self) -> int:
        return len(self._lives)

    async def idle(self, timeout: float) -> bool:
        """Waits up to `timeout` real seconds until nothing is under way; whether that came true."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        while self._lives and loop.time() < deadline:
            await asyncio.wait(set(self._lives), timeout=deadline - loop.time())
        return not self._lives

    async def close(self) -> None:
        for life in list(self._lives):
            life.cancel()
        await asyncio.gather(*self._lives, return_exceptions=True)
        await self.hooks.close()

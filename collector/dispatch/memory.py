"""The carrier that only remembers: for tests, dry installations and the command line. It ships."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from collector.compliance.rules import Capabilities
from collector.dispatch.carriers import Cleared, OutgoingCall, OutgoingMessage, Receipt, Sighting
from collector.dispatch.rules import Progress
from collector.foundation.errors import NotFound

CAPABILITIES = Capabilities("memory")


class MemoryCarrier:
    """Accepts everything, delivers nothing, and can be asked what it was given."""

    name = "memory"

    def __init__(self) -> None:
        self.sent: list[tuple[OutgoingMessage, Cleared]] = []
        self.called: list[tuple[OutgoingCall, Cleared]] = []

    async def send(self, message: OutgoingMessage, cleared: Cleared) -> Receipt:
        self.sent.append((message, cleared))
        return Receipt(None, Progress.accepted)

    async def call(self, call: OutgoingCall, cleared: Cleared) -> Receipt:
        self.called.append((call, cleared))
        return Receipt(None, Progress.accepted)

    async def messages(self, to: str, sender: str, since: datetime) -> Sequence[Sighting]:
        return [
            Sighting(f"M{number}", message.to, message.sender, message.body, cleared.at, Progress.accepted)
            for number, (message, cleared) in enumerate(self.sent)
            if message.to == to and message.sender == sender and cleared.at >= since
        ]

    async def calls(self, to: str, caller: str, since: datetime) -> Sequence[Sighting]:
        return [
            Sighting(f"C{number}", call.agent, call.caller, None, cleared.at, Progress.accepted)
            for number, (call, cleared) in enumerate(self.called)
            if call.agent == to and call.caller == caller and cleared.at >= since
        ]

    async def recording(self, sid: str) -> bytes:
        raise NotFound("the memory carrier records nothing")

    async def forget_recording(self, sid: str) -> None:
        """There is nothing to forget."""

    async def close(self) -> None:
        """Nothing is open."""

"""The carrier port: what every carrier can be asked, and nothing of any one carrier.

An adapter (`twilio.py`, `memory.py`, a domestic gateway) turns these into its own words and back, and says by
jurisdiction what it can carry (`Capabilities`, which the gate asks). Nothing is sent without a `Cleared`, and a
`Cleared` exists only where the gate said yes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from collector.compliance.rules import Answer, Verdict
from collector.dispatch.rules import Progress
from collector.foundation.errors import CollectorError


@dataclass(frozen=True, slots=True)
class Cleared:
    """Proof that the gate allowed this contact at this moment. Can not be made from any other verdict."""

    task_id: int
    at: datetime
    verdict: Verdict

    def __post_init__(self) -> None:
        if self.verdict.answer is not Answer.allow:
            raise ValueError("a contact that the gate did not allow can not be cleared")


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """`status_url` is the address the carrier reports progress to; it carries the submission's token."""

    to: str
    sender: str
    body: str
    status_url: str


@dataclass(frozen=True, slots=True)
class OutgoingCall:
    """The agent's leg first; `script_url` is asked when the agent answers and says whom to dial."""

    agent: str
    caller: str
    script_url: str
    status_url: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the carrier said at once. `busy`: a clear no that is not about this contact, such as too many requests or a
    key that is not known; nothing was taken."""

    sid: str | None
    progress: Progress
    error_code: int | None = None
    error: str | None = None
    busy: bool = False


@dataclass(frozen=True, slots=True)
class Sighting:
    """A message or call the carrier has on its own list."""

    sid: str
    to: str
    sender: str
    body: str | None
    at: datetime | None
    progress: Progress
    error_code: int | None = None


class Unclear(CollectorError):
    """The carrier's answer did not arrive: it may have sent, or not. The reconciler finds out; nobody resends."""


class Carrier(Protocol):
    """One form, asynchronous. All raise `Unclear` when no answer came."""

    name: str

    async def send(self, message: OutgoingMessage, cleared: Cleared) -> Receipt: ...

    async def call(self, call: OutgoingCall, cleared: Cleared) -> Receipt: ...

    async def messages(self, to: str, sender: str, since: datetime) -> Sequence[Sighting]: ...

    async def calls(self, to: str, caller: str, since: datetime) -> Sequence[Sighting]: ...

    async def recording(self, sid: str) -> bytes:
        """The sound of a recording, as WAV. `NotFound`: the carrier has it no more."""
        ...

    async def forget_recording(self, sid: str) -> None: ...

    async def close(self) -> None: ...

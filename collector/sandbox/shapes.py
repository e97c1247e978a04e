"""A message and a call as the carrier keeps them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from collector.sandbox.borrowers import CallFate


@dataclass(slots=True)
class Message:
    sid: str
    ordinal: int
    to: str
    sender: str
    body: str
    direction: str
    status: str
    created: datetime
    updated: datetime
    sent: datetime | None = None
    error_code: int | None = None
    media: int = 0
    status_callback: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """What a REST request wants of a call that is under way: hang up, or go on with another document."""

    hang_up: bool
    url: str = ""
    method: str = "POST"
    twiml: str = ""


@dataclass(frozen=True, slots=True)
class Callback:
    """Where the events of a call are reported, and which of them."""

    url: str = ""
    method: str = "POST"
    events: frozenset[str] = frozenset({"completed"})


@dataclass(slots=True)
class Call:
    """One leg. `moment` is how far its life has come; `hangs_up_at` when the person on this phone will hang up."""

    sid: str
    ordinal: int
    to: str
    sender: str
    direction: str
    created: datetime
    updated: datetime
    moment: datetime
    status: str = "queued"
    parent: str | None = None
    url: str = ""
    method: str = "POST"
    twiml: str = ""
    fallback_url: str = ""
    fallback_method: str = "POST"
    callback: Callback = Callback()
    timeout: int = 60
    detects: bool = False
    detected_callback: str = ""
    started: datetime | None = None
    ended: datetime | None = None
    answered_by: str | None = None
    hangs_up_at: datetime | None = None
    fate: CallFate | None = None
    order: Order | None = None
    reported: int = 0
    documents: int = 0
    digits: list[str] = field(default_factory=list)

    @property
    def duration(self) -> int:
        """Seconds between answer and end."""
        return round((self.ended - self.started).total_seconds()) if self.started and self.ended else 0

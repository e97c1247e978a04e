"""What a sandbox is told at its start: the account, the numbers it owns, where their owner listens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class OwnedNumber:
    """Where the carrier reports what arrives at a number of ours; empty: nobody listens."""

    sms_url: str = ""
    voice_url: str = ""
    status_callback: str = ""


@dataclass(frozen=True, slots=True)
class SandboxConfig:
    """The account and its surroundings.

    `account_sid` is AC and 32 hexadecimal digits. Webhooks go to `app_url` and the origins of the numbers' own
    addresses, and nowhere else (security.md, SSRF). `speed`: 1 is real time, 60 makes a minute a second, 0 lets
    everything happen at once. `agents` are phones that always answer; `client:` and `sip:` addresses do too.
    The record keeps its last `record_limit` entries.
    """

    account_sid: str
    auth_token: str
    numbers: Mapping[str, OwnedNumber]
    app_url: str = ""
    api_key: str = ""
    api_secret: str = ""
    agents: frozenset[str] = frozenset()
    seed: int = 1
    speed: float = 1.0
    starts_at: datetime | None = None
    record_limit: int = 1_000_000

    @property
    def allowed_origins(self) -> frozenset[str]:
        """The origins (scheme, host, port) to which webhooks may go."""
        addresses = [self.app_url]
        for number in self.numbers.values():
            addresses += [number.sms_url, number.voice_url, number.status_callback]
        return frozenset(origin(address) for address in addresses if address)


def numbers_at(app_url: str, numbers: Iterable[str], sms_path: str, voice_path: str) -> dict[str, OwnedNumber]:
    """The same two webhook paths of one application for every number."""
    base = app_url.rstrip("/")
    return {number: OwnedNumber(sms_url=base + sms_path, voice_url=base + voice_path) for number in numbers}


def origin(address: str) -> str:
    """Scheme, host and port of an address, the part that the allow-list compares."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}".lower()

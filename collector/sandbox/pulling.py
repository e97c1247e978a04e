"""Pulls a string of a running sandbox from another process: somebody calls one of our numbers now."""

from __future__ import annotations

import aiohttp

from collector.foundation.errors import CarrierError
from collector.foundation.settings import Settings

PATIENCE = aiohttp.ClientTimeout(total=5)
TALKS_S = 12_000
"""Seconds of the sandbox's own time that they stay on the line; its clock may run twenty times as fast as ours."""


async def call_in(settings: Settings, sender: str, to: str, talk_seconds: int = TALKS_S) -> None:
    """That number calls that number of ours. `CarrierError`: the sandbox does not answer, or owns no such number."""
    secret = settings.twilio_auth_token.get_secret_value()
    signed = {"Authorization": aiohttp.encode_basic_auth(settings.twilio_account_sid, secret)}
    wanted = {"from": sender, "to": to, "talk_seconds": talk_seconds}
    try:
        async with (
            aiohttp.ClientSession(headers=signed, timeout=PATIENCE) as client,
            client.post(settings.twilio_base_url.rstrip("/") + "/sandbox/inbound-call", json=wanted) as answer,
        ):
            status = answer.status
    except (aiohttp.ClientError, TimeoutError) as error:
        raise CarrierError("the carrier sandbox does not answer; is it running?") from error
    if status != 201:
        raise CarrierError(f"the carrier sandbox did not take the call ({status})")

"""Twilio, through its own SDK. Its words and error codes stop here."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

import aiohttp
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from collector.dispatch.carriers import Cleared, OutgoingCall, OutgoingMessage, Receipt, Sighting, Unclear
from collector.dispatch.rules import Progress
from collector.dispatch.twilio_words import CALL_PROGRESS, CLOSED_CODES, CLOSED_STATUS, MESSAGE_PROGRESS, RECORDING_SID
from collector.foundation.errors import NotFound
from collector.foundation.settings import Settings

T = TypeVar("T")

NEWEST = 50
"""How much of a list is read; it comes newest first. Not by date: what still waits at the carrier has none, and no
filter by the date of sending or starting lets it through."""
PATIENCE_S = 10
"""How long one request may take; after that the carrier may have acted or not."""
API_VERSION = "2010-04-01"
RECORDING_S, LONGEST_RECORDING = 30, 50 * 1024 * 1024
"""How long the sound of a recording may take, and how large it may be."""


class TwilioCarrier:
    """Messages and calls over REST with an API key; the auth token is for webhooks only."""

    name = "twilio"

    def __init__(self, settings: Settings) -> None:
        self._http = AsyncTwilioHttpClient()
        self._account = settings.twilio_account_sid
        key, secret = settings.twilio_api_key, settings.twilio_api_secret.get_secret_value()
        self._signed = {"Authorization": aiohttp.encode_basic_auth(key, secret)}
        self._client = Client(
            settings.twilio_api_key,
            settings.twilio_api_secret.get_secret_value(),
            settings.twilio_account_sid,
            http_client=self._http,
        )
        if settings.twilio_base_url:
            self._client.api.base_url = settings.twilio_base_url

    async def send(self, message: OutgoingMessage, cleared: Cleared) -> Receipt:
        made = self._client.messages.create_async(
            to=message.to, from_=message.sender, body=message.body, status_callback=message.status_url
        )
        return await _receipt(made, MESSAGE_PROGRESS)

    async def call(self, call: OutgoingCall, cleared: Cleared) -> Receipt:
        made = self._client.calls.create_async(
            to=call.agent,
            from_=call.caller,
            url=call.script_url,
            method="POST",
            status_callback=call.status_url,
            status_callback_event=["initiated", "ringing", "answered", "completed"],
            status_callback_method="POST",
        )
        return await _receipt(made, CALL_PROGRESS)

    async def messages(self, to: str, sender: str, since: datetime) -> Sequence[Sighting]:
        seen = await _listed(self._client.messages.list_async(to=to, from_=sender, limit=NEWEST))
        return [
            Sighting(
                one.sid,
                one.to,
                one.from_,
                one.body,
                one.date_created,
                MESSAGE_PROGRESS.get(str(one.status), Progress.accepted),
                one.error_code,
            )
            for one in seen
        ]

    async def calls(self, to: str, caller: str, since: datetime) -> Sequence[Sighting]:
        seen = await _listed(self._client.calls.list_async(to=to, from_=caller, limit=NEWEST))
        return [
            Sighting(
                one.sid,
                one.to,
                one._from,
                None,
                one.date_created,
                CALL_PROGRESS.get(str(one.status), Progress.accepted),
            )
            for one in seen
        ]

    async def recording(self, sid: str) -> bytes:
        """Its address is made of the account and the sid, never taken from what was sent to us; no other host is asked
        (security section 2, SSRF)."""
        if not RECORDING_SID.fullmatch(sid):
            raise NotFound("that is not the name of a recording")
        address = f"{self._client.api.base_url}/{API_VERSION}/Accounts/{self._account}/Recordings/{sid}.wav"
        try:
            async with (
                aiohttp.ClientSession(headers=self._signed, timeout=aiohttp.ClientTimeout(RECORDING_S)) as session,
                session.get(address, allow_redirects=False) as answer,
            ):
                if answer.status == 404:
                    raise NotFound("the carrier has this recording no more")
                if answer.status != 200:
                    raise Unclear(f"the carrier answered {answer.status} for a recording")
                return await _at_most(answer.content, LONGEST_RECORDING)
        except NO_ANSWER as error:
            raise Unclear("the carrier did not answer in time") from error

    async def forget_recording(self, sid: str) -> None:
        """Gone already is as good."""
        try:
            await _patient(self._client.recordings(sid).delete_async())
        except TwilioRestException as error:
            if error.status != 404:
                raise Unclear(f"the carrier kept the recording: {error.code}") from error

    async def close(self) -> None:
        await self._http.close()


async def _at_most(stream: aiohttp.StreamReader, most: int) -> bytes:
    """Everything that comes; more than `most` bytes is an `Unclear`, and is read no further."""
    body = bytearray()
    async for part in stream.iter_chunked(65536):
        body += part
        if len(body) > most:
            raise Unclear("the recording is larger than this house takes")
    return bytes(body)


NO_ANSWER = (TimeoutError, aiohttp.ClientError, ConnectionError, ValueError, TwilioException)
NO_SHAPE = (AttributeError, KeyError, TypeError)


async def _patient(made: Awaitable[T]) -> T:
    """The answer, or `Unclear` when none came: a time-out, a cut line, a body that is no JSON or not of the shape that
    the SDK reads without asking."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            return await made
    except TwilioRestException:
        raise
    except (*NO_ANSWER, *NO_SHAPE) as error:
        raise Unclear(f"the carrier did not answer clearly: {type(error).__name__}") from error


async def _listed(made: Awaitable[T]) -> T:
    """A list that is refused says nothing about what is on it."""
    try:
        return await _patient(made)
    except TwilioRestException as error:
        raise Unclear(f"the carrier's list can not be read: HTTP {error.status}") from error


async def _receipt(made: Awaitable[Any], words: Mapping[str, Progress]) -> Receipt:
    """A 4xx is a clear no; a 5xx may come after the carrier has acted, so it is unclear, as is a yes without a sid."""
    try:
        instance = await _patient(made)
    except TwilioRestException as error:
        if error.status >= 500:
            raise Unclear(f"the carrier failed with HTTP {error.status}") from error
        is_closed = error.status in CLOSED_STATUS or error.code in CLOSED_CODES
        return Receipt(None, Progress.refused, error.code, f"carrier error {error.code}", busy=is_closed)
    if not instance.sid:
        raise Unclear("the carrier's answer names no sid")
    return Receipt(instance.sid, words.get(str(instance.status), Progress.accepted))


class Signatures:
    """Checks that a webhook comes from the carrier: by the public address, never by Host or forwarded headers."""

    def __init__(self, settings: Settings) -> None:
        tokens = (settings.twilio_auth_token, settings.twilio_auth_token_old)
        self._validators = [RequestValidator(token.get_secret_value()) for token in tokens if token.get_secret_value()]
        self._public = settings.public_url.rstrip("/")
        self._account = settings.twilio_account_sid

    def genuine(self, path_and_query: str, form: Any, signature: str) -> bool:
        """True when the signature fits the public address and the form, and the account is ours."""
        url = self._public + path_and_query
        signed = any(validator.validate(url, form, signature) for validator in self._validators)
        return signed and form.get("AccountSid") == self._account

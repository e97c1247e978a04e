"""What the carrier is told to do with a call or a message, in its own language. Made by its SDK, never by hand."""

from __future__ import annotations

from typing import NamedTuple

from twilio.twiml.messaging_response import MessagingResponse
from twilio.twiml.voice_response import Dial, VoiceResponse

LANGUAGE = {"zh": "cmn-CN", "en": "en-US"}


class Announcement(NamedTuple):
    """What somebody hears before they are connected."""

    words: str
    language: str


class Recorded(NamedTuple):
    """`announce_url` says to whom answers that the call is recorded; `done_url` hears of the recording."""

    announce_url: str
    done_url: str


def dial(
    number: str, caller: str, action_url: str, status_url: str, recorded: Recorded | None = None, ring_s: int = 30
) -> str:
    """Connect the waiting agent to the borrower. `status_url` hears of the borrower's leg, `action_url` of its end."""
    response = VoiceResponse()
    kept = _recorded(recorded.done_url if recorded else None)
    leg = Dial(caller_id=caller, action=action_url, method="POST", timeout=ring_s, **kept)
    told = {"url": recorded.announce_url, "method": "POST"} if recorded else {}
    leg.number(
        number,
        status_callback=status_url,
        status_callback_event="initiated ringing answered completed",
        status_callback_method="POST",
        **told,
    )
    response.append(leg)
    return str(response)


def connect(
    target: str,
    action_url: str,
    status_url: str,
    done_url: str | None = None,
    first: Announcement | None = None,
    ring_s: int = 25,
) -> str:
    """Connect someone who called us to a desk, after they heard `first`. `status_url` hears when the desk answers,
    `action_url` how it ended; `done_url` hears of the recording, None: it is not recorded."""
    response = VoiceResponse()
    if first is not None:
        response.say(first.words, language=LANGUAGE.get(first.language, "en-US"))
    leg = Dial(action=action_url, method="POST", timeout=ring_s, **_recorded(done_url))
    told = {"status_callback": status_url, "status_callback_event": "answered", "status_callback_method": "POST"}
    if target.startswith("client:"):
        leg.client(target.removeprefix("client:"), **told)
    else:
        leg.number(target, **told)
    response.append(leg)
    return str(response)


def _recorded(done_url: str | None) -> dict[str, str]:
    """Both sides, each on its own track, from the moment of the answer."""
    if done_url is None:
        return {}
    return {
        "record": "record-from-answer-dual",
        "recording_status_callback": done_url,
        "recording_status_callback_method": "POST",
        "recording_status_callback_event": "completed",
    }


def announce(first: Announcement) -> str:
    """Say something to who answered, before they are connected."""
    response = VoiceResponse()
    response.say(first.words, language=LANGUAGE.get(first.language, "en-US"))
    return str(response)


def say(words: str, language: str) -> str:
    """Say something and hang up."""
    response = VoiceResponse()
    response.say(words, language=LANGUAGE.get(language[:2], "en-US"))
    response.hangup()
    return str(response)


def hang_up() -> str:
    response = VoiceResponse()
    response.hangup()
    return str(response)


def reply(words: str | None) -> str:
    """Answer a message with a text, or with nothing."""
    response = MessagingResponse()
    if words:
        response.message(words)
    return str(response)

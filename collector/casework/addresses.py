"""Addresses that the carrier is told to call back, under the public address of this installation.

They carry a random token of the submission, never a task's number: numbers repeat after a restore (security section 2).
"""

from __future__ import annotations

from dataclasses import dataclass

BASE = "/webhooks/twilio"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Every callback address of one installation."""

    public_url: str

    def _under(self, path: str) -> str:
        return f"{self.public_url.rstrip('/')}{BASE}{path}"

    def message_status(self, token: str) -> str:
        return self._under(f"/message-status/{token}")

    def voice_script(self, token: str) -> str:
        """Asked when the agent's leg is answered: the moment of dialling."""
        return self._under(f"/voice-script/{token}")

    def call_status(self, token: str) -> str:
        """Progress of the agent's leg."""
        return self._under(f"/call-status/{token}")

    def dial_status(self, token: str) -> str:
        """Progress of the borrower's leg."""
        return self._under(f"/dial-status/{token}")

    def dial_result(self, token: str) -> str:
        """Asked when the borrower's leg ended."""
        return self._under(f"/dial-result/{token}")

    def announce(self, token: str) -> str:
        """Asked when the borrower answered a call that is recorded."""
        return self._under(f"/announce/{token}")

    def recording(self, token: str) -> str:
        """Told that a recording of the call is ready at the carrier."""
        return self._under(f"/recording/{token}")

    @property
    def message_in(self) -> str:
        return self._under("/message-in")

    @property
    def voice_in(self) -> str:
        return self._under("/voice-in")

    @property
    def voice_in_ended(self) -> str:
        """Asked when the desk that an inbound call was put through to is done, or never answered."""
        return self._under("/voice-in/ended")

    def voice_in_recording(self, sid: str) -> str:
        """Told that a recording of the call that came in, the carrier's `sid`, is ready at the carrier."""
        return self._under(f"/voice-in/recording/{sid}")

    @property
    def voice_in_desk(self) -> str:
        """Told when the desk answers."""
        return self._under("/voice-in/desk")

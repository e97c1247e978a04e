"""Codes of an authenticator app: six digits for half a minute, RFC 6238."""

from __future__ import annotations

import hmac
from datetime import datetime
from typing import Final

import pyotp

STEP_S: Final = 30
DIGITS: Final = 6
DRIFT: Final = 1
"""Steps by which the phone's clock may be off, either way."""
ISSUER: Final = "Collector"


def is_code(text: str) -> bool:
    """Whether it looks like a code: six plain digits, as an app shows them, with or without a gap."""
    plain = text.replace(" ", "")
    return len(plain) == DIGITS and plain.isascii() and plain.isdecimal()


def step_of(secret: str, code: str, now: datetime, used: int | None) -> int | None:
    """The step of half a minute that this code is of; None when it is of none that may still be used.

    `used`: the last step a code was taken for; that one, and any before it, is never taken again.
    """
    plain, here = code.replace(" ", ""), int(now.timestamp()) // STEP_S
    app, found = pyotp.TOTP(secret, digits=DIGITS, interval=STEP_S), None
    for step in range(here - DRIFT, here + DRIFT + 1):
        right = hmac.compare_digest(app.generate_otp(step).encode(), plain.encode())
        if right and (used is None or step > used):
            found = step
    return found


def address_of(secret: str, name: str) -> str:
    """What the app reads from the picture: an otpauth address."""
    return pyotp.TOTP(secret, digits=DIGITS, interval=STEP_S).provisioning_uri(name=name, issuer_name=ISSUER)


def in_groups(secret: str) -> str:
    """The secret as people copy it."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))

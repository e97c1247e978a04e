"""Passwords: Argon2, at most two at a time, since each costs 64 MiB and a tenth of a second."""

from __future__ import annotations

from functools import cache
from threading import BoundedSemaphore

from pwdlib import PasswordHash

from collector.foundation.errors import BadInput
from collector.identity.rules.guessing import is_guessed_early

SHORTEST, LONGEST = 12, 128
_hasher = PasswordHash.recommended()
_gate = BoundedSemaphore(2)


@cache
def _dummy() -> str:
    return _hasher.hash("nobody has this password")


def check_rules(password: str, *house_words: str) -> None:
    """Short, endless, common and house passwords are a `BadInput` (ASVS 6.2.1-12: no rule of composition)."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise BadInput(f"a password has {SHORTEST} to {LONGEST} characters; a sentence works well")
    lowered = password.lower()
    if is_guessed_early(password):
        raise BadInput("this password is among the first that anyone would try; take another")
    if any(word and len(word) > 3 and word.lower() in lowered for word in (*house_words, "collector")):
        raise BadInput("a password may not hold your name or the product's")


def hash_password(password: str, *house_words: str) -> str:
    """The Argon2 hash of a new password; one that `check_rules` refuses is a `BadInput`."""
    check_rules(password, *house_words)
    with _gate:
        return _hasher.hash(password)


def check_password(password: str, stored: str | None) -> bool:
    """True when the password is right. For an unknown name pass None: it takes as long and is never right."""
    with _gate:
        return _hasher.verify(password[:LONGEST], stored or _dummy()) and stored is not None

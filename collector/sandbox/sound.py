"""The sound of a call that nobody spoke in: two soft tones by turns, as long as the call."""

from __future__ import annotations

import io
import math
import wave
from functools import lru_cache

RATE = 8000
LONGEST = 120
"""Seconds of sound that are made; a longer call is cut."""
TONES = (220, 330)
"""Hertz of the two who talk."""


@lru_cache(maxsize=8)
def sound(seconds: int) -> bytes:
    """A WAV file, 8 kHz, 8 bit, one channel."""
    turns = [_turn(TONES[second % 2]) for second in range(min(max(seconds, 1), LONGEST))]
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(1)
        out.setframerate(RATE)
        out.writeframes(b"".join(turns))
    return file.getvalue()


@lru_cache(maxsize=2)
def _turn(hertz: int) -> bytes:
    return bytes(128 + round(20 * math.sin(2 * math.pi * hertz * step / RATE)) for step in range(RATE))

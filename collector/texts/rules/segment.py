"""How many parts a text message is charged and carried as (compliance.md, opt-out words and carrier facts)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

_GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_EXTENSION = frozenset("\f^{}\\[~]|€")
_GSM_ALL = _GSM_BASIC | _GSM_EXTENSION


class Encoding(StrEnum):
    gsm7 = "GSM-7"
    ucs2 = "UCS-2"


# Units in a message that stands alone, and in each part of a longer one, whose header takes the rest.
_LIMITS = {Encoding.gsm7: (160, 153), Encoding.ucs2: (70, 67)}


@dataclass(frozen=True, slots=True)
class Segments:
    """`units` are septets in GSM-7 and 16-bit units in UCS-2; `parts` is what the carrier bills."""

    encoding: Encoding
    units: int
    parts: int


def count_segments(text: str) -> Segments:
    """Encoding, units and parts of a whole message, signature and opt-out text included.

    GSM-7 holds 160 units alone and 153 a part, extension characters count 2; UCS-2 holds 70 and 67, characters
    outside the BMP count 2. A character of two units is never cut in two, so a part may stay one unit short. An
    empty text has no part.
    """
    characters = set(text)
    if characters <= _GSM_ALL:
        wide = characters & _GSM_EXTENSION
        return _count(Encoding.gsm7, [2 if char in wide else 1 for char in text] if wide else len(text))
    beyond = any(char > "\uffff" for char in characters)
    return _count(Encoding.ucs2, [2 if char > "\uffff" else 1 for char in text] if beyond else len(text))


def _count(encoding: Encoding, widths: list[int] | int) -> Segments:
    alone, each = _LIMITS[encoding]
    units = widths if isinstance(widths, int) else sum(widths)
    if units <= alone:
        return Segments(encoding, units, 1 if units else 0)
    return Segments(encoding, units, -(-units // each) if isinstance(widths, int) else _packed(widths, each))


def _packed(widths: Iterable[int], each: int) -> int:
    parts, filled = 1, 0
    for width in widths:
        if filled + width > each:
            parts, filled = parts + 1, 0
        filled += width
    return parts

"""Is it them? Two identifiers before a word about the debt (handbook section 7).

What the person says is typed and compared here; what is on file is never shown, so that nobody learns an ID number by
looking at a screen, and nobody can read an answer out to the one who should give it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple
from unicodedata import normalize

from rapidfuzz import fuzz

NEEDED = 2
"""Right answers, where as much is on file."""
TRIES = 3
"""Wrong tries at one call before it may only be ended."""
ALIKE = 85
"""How much of a spoken address or employer must be found in the one on file, of 100."""
SHORTEST = 3
"""Letters of an address or employer that say anything."""


class Identifier(StrEnum):
    """What only the person is likely to know, the surest first."""

    id_last4 = "id_last4"
    birth_date = "birth_date"
    address = "address"
    employer = "employer"
    account_tail = "account_tail"


class Held(NamedTuple):
    """What is on file about a person, in plain text: for comparing, never for showing."""

    id_type: str | None = None
    id_no: str | None = None
    addresses: Sequence[str] = ()
    employer: str | None = None
    account_no: str = ""


class Checked(NamedTuple):
    """How the answers compare with the file."""

    right: tuple[Identifier, ...]
    wrong: tuple[Identifier, ...]
    passed: bool


def identifiers_on_file(held: Held) -> dict[Identifier, tuple[str, ...]]:
    """The identifiers that can be asked, with what would be right."""
    number = _plain(held.id_no or "")
    known = {
        Identifier.id_last4: [number[-4:]] if len(number) >= 4 else [],
        Identifier.birth_date: [number[6:14]] if held.id_type == "cn_id" and len(number) == 18 else [],
        Identifier.address: [one for one in map(_plain, held.addresses) if len(one) >= SHORTEST],
        Identifier.employer: [one for one in [_plain(held.employer or "")] if len(one) >= SHORTEST],
        Identifier.account_tail: [_plain(held.account_no)[-4:]] if len(_plain(held.account_no)) >= 4 else [],
    }
    return {identifier: tuple(right) for identifier, right in known.items() if right}


def answers_needed(held: Held) -> int:
    """How many right answers open the account: two, or as many as are on file."""
    return min(NEEDED, len(identifiers_on_file(held)))


def check_identity(held: Held, said: Mapping[Identifier, str]) -> Checked:
    """Compare what was said. An answer that nothing on file can confirm is neither right nor wrong."""
    known = identifiers_on_file(held)
    asked = [one for one in Identifier if one in known and _plain(said.get(one, ""))]
    right = tuple(one for one in asked if _is_right(one, known[one], said[one]))
    wrong = tuple(one for one in asked if one not in right)
    return Checked(right, wrong, len(right) >= answers_needed(held))


def _is_right(identifier: Identifier, held: Iterable[str], said: str) -> bool:
    if identifier is Identifier.birth_date:
        return not {_plain(said), _year_first(said)}.isdisjoint(held)
    if identifier in (Identifier.address, Identifier.employer):
        return any(_is_like(_plain(said), one) for one in held)
    return _plain(said) in held


def _year_first(said: str) -> str:
    """03/14/1987 as 19870314."""
    found = re.fullmatch(r"(\d{1,2})\D(\d{1,2})\D(\d{4})", said.strip())
    return f"{found[3]}{int(found[1]):02}{int(found[2]):02}" if found else ""


def _is_like(said: str, held: str) -> bool:
    """A part is enough, but where the file has house numbers one is named, and none that is not on file."""
    numbers, named = set(re.findall(r"\d+", held)), set(re.findall(r"\d+", said))
    if len(said) < SHORTEST or len(said) > 2 * len(held) or not named <= numbers or (numbers and not named):
        return False
    return fuzz.partial_ratio(said, held) >= ALIKE


def _plain(text: str) -> str:
    """Letters and digits alone, in one case and one width."""
    return "".join(letter for letter in normalize("NFKC", text).casefold() if letter.isalnum())

"""Which column of a foreign file is which of ours: decided from its header and some of its rows, with a reason each.

By name first: the same, a known other name, a similar one. The cells confirm it or speak against it; they decide alone
only where a phone, an e-mail address or an ID number is known by its look, or where one column is left that can be it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from rapidfuzz import fuzz

from collector.portfolio.rules.cells import DATED, MOST, Holds, share, told_by_cells


class Why(StrEnum):
    """Why a column is taken to be ours, the surest first."""

    same_name = "same_name"
    known_name = "known_name"
    similar_name = "similar_name"
    content = "content"
    doubtful = "doubtful"
    """The name fits and the cells do not."""
    nothing = "nothing"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One of our columns. `names`: what other systems call it."""

    name: str
    holds: Holds
    required: bool = False
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sample:
    """The header of a file and its first rows, as wide as the header."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]

    def cells(self, place: int) -> list[str]:
        return [row[place] for row in self.rows]


@dataclass(frozen=True, slots=True)
class Guess:
    """One of our columns, and the place (from 0) of the file's that it is taken to be; `sure` from 0 to 1."""

    target: str
    place: int | None = None
    sure: float = 0.0
    why: Why = Why.nothing


SIMILAR = 82
"""Out of 100: names less alike than this are not alike."""
BRACKETS = re.compile(r"[(（\[【].*?[)）\]】]")
WORDS = re.compile(r"[a-z0-9]+|[^\Wa-z0-9_]+")


def plain(name: str) -> str:
    """A name as names are compared: without case, spaces, marks and what stands in brackets (mostly the unit)."""
    wide = unicodedata.normalize("NFKC", name).strip()
    bare = BRACKETS.sub("", wide) or wide
    return "".join(WORDS.findall(bare.casefold()))


def guess(wanted: Sequence[Wanted], sample: Sample) -> tuple[Guess, ...]:
    """A guess for each of our columns, in their order. No column of the file is taken twice; of two that claim one, the
    surer gets it, then the one that stands first."""
    columns = [sample.cells(place) for place in range(len(sample.header))]
    claims = sorted(_by_name(wanted, sample.header, columns), key=lambda claim: -claim.sure)
    taken = _assigned(claims)
    free = [place for place in range(len(sample.header)) if place not in {one.place for one in taken.values()}]
    taken |= _assigned(_by_content([one for one in wanted if one.name not in taken], columns, free))
    least, most = taken.get("overdue_days_min"), "overdue_days_max"
    if least is not None and most not in taken and any(one.name == most for one in wanted):
        taken[most] = replace(least, target=most)  # a count of days is as many at least and at most
    return tuple(taken.get(one.name, Guess(one.name)) for one in wanted)


def _assigned(claims: Iterable[Guess]) -> dict[str, Guess]:
    """The first claim to each of our columns whose place nobody took before it."""
    found: dict[str, Guess] = {}
    places: set[int | None] = set()
    for claim in claims:
        if claim.target not in found and claim.place not in places:
            found[claim.target] = claim
            places.add(claim.place)
    return found


def _by_name(wanted: Sequence[Wanted], header: Sequence[str], columns: Sequence[Sequence[str]]) -> list[Guess]:
    bare = [plain(name) for name in header]
    found = []
    for one in wanted:
        own, known = plain(one.name), [plain(name) for name in one.names]
        for place, name in enumerate(bare):
            sure, why = _alike(name, own, known)
            if why is Why.nothing:
                continue
            fits = share(one.holds, columns[place])
            if fits >= MOST:
                found.append(Guess(one.name, place, round(sure + 0.02 * fits, 3), why))
            elif why is not Why.similar_name:
                found.append(Guess(one.name, place, 0.3, Why.doubtful))
    return found


def _alike(name: str, own: str, known: Sequence[str]) -> tuple[float, Why]:
    if name == own:
        return 0.98, Why.same_name
    if name in known:
        return 0.94 - 0.001 * known.index(name), Why.known_name
    close = max((fuzz.ratio(name, other) for other in (own, *known) if min(len(name), len(other)) > 2), default=0.0)
    inside = any(_is_chinese(other) and len(other) > 2 and other in name for other in known)
    if close >= SIMILAR or inside:
        return 0.6 + 0.3 * max(close - SIMILAR, 0.0) / (100 - SIMILAR), Why.similar_name
    return 0.0, Why.nothing


def _is_chinese(text: str) -> bool:
    return all("\u4e00" <= mark <= "\u9fff" for mark in text)


def _by_content(wanted: Sequence[Wanted], columns: Sequence[Sequence[str]], free: Sequence[int]) -> list[Guess]:
    """Columns known by their cells; and, for what must be there, the only one left that can be it."""
    found = []
    for one in wanted:
        telling = [place for place in free if told_by_cells(one.holds, columns[place])]
        found += [Guess(one.name, place, 0.5, Why.content) for place in telling]
        if one.required and one.holds in DATED:
            able = [place for place in free if any(columns[place]) and share(one.holds, columns[place]) == 1.0]
            found += [Guess(one.name, able[0], 0.4, Why.content)] if len(able) == 1 else []
    return found


def meant_words(cells: Iterable[str], known: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Of what a column says instead of our words, what each must mean by a known other name; "" where it is not known,
    and a person has to say. `known`: our words, with their other names."""
    ours = {plain(word): word for word in known}
    others = {plain(name): word for word, names in known.items() for name in names}
    found = {}
    for cell in dict.fromkeys(cell.strip() for cell in cells):
        if cell and cell.lower() not in known:
            found[cell] = ours.get(plain(cell)) or others.get(plain(cell), "")
    return found

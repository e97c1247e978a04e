"""What an inbound message says, as far as it is certain (security section 1: only clear words act alone).

A stop acts at once when the whole message is a stop word, or a clause of it asks clearly not to be contacted.
Everything else is recognised only to put it before the right person; nothing is ever inferred to our advantage, so a
bare "yes" opens nothing. Which words say what is data: `dispatch/words`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from collector.texts.rules.fold import plain


class Reading(StrEnum):
    """In order of strictness: of several things in one message the first decides, all are shown."""

    crisis = "crisis"
    """Speaks of ending their life: a person, at once."""
    stop = "stop"
    deceased = "deceased"
    bankruptcy = "bankruptcy"
    attorney = "attorney"
    wrong_number = "wrong_number"
    dispute = "dispute"
    complaint = "complaint"
    refusal = "refusal"
    hardship = "hardship"
    says_paid = "says_paid"
    will_pay = "will_pay"
    start = "start"
    help = "help"
    other = "other"
    missed_call = "missed_call"
    """Not a message: somebody called, and nobody was free."""
    abandoned_call = "abandoned_call"
    """Nor this: they hung up before anybody could answer."""


class Reach(StrEnum):
    """What a stop is about."""

    messages = "messages"
    everything = "everything"


ACTS_ALONE = frozenset({Reading.stop, Reading.start, Reading.help})
"""Carried out without a person where they are certain; all others wait for one."""
LONGEST_CLAUSE = 120
"""Characters; nobody asks for a stop in a longer breath."""


@dataclass(frozen=True, slots=True)
class Signs:
    """What shows one reading: see `words/en.yaml` for the keys."""

    words: frozenset[str] = frozenset()
    alone: re.Pattern[str] | None = None
    clause: re.Pattern[str] | None = None
    likely: re.Pattern[str] | None = None
    unless: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class Tongue:
    """One language: its courtesies at the two ends of a message, its short forms, and the signs by reading.

    Stops have two entries, `stop_messages` and `stop_everything`.
    """

    courtesies: re.Pattern[str]
    short_forms: Mapping[str, str]
    signs: Mapping[str, Signs]


STOPS = {"stop_everything": Reach.everything, "stop_messages": Reach.messages}


@dataclass(frozen=True, slots=True)
class Read:
    """What was read: every reading once, strictest first, `other` where there is none."""

    readings: tuple[Reading, ...]
    certain: frozenset[Reading] = frozenset()
    """Those of `ACTS_ALONE` that leave no other meaning."""
    reach: Reach = Reach.messages
    """Of a stop."""

    @property
    def reading(self) -> Reading:
        return self.readings[0]

    @property
    def is_done(self) -> bool:
        """Whether acting on it leaves nothing for a person: whoever wants no contact at all may mean every number."""
        return self.reach is Reach.messages and all(reading in self.certain for reading in self.readings)


_SIGNATURE = re.compile(r"^\s*(?:【[^】]{0,40}】|\[[^\]]{0,40}\])")
_CLAUSES = re.compile(r"[,.;:!?。、…~|()\[\]{}<>\n\r\t/\\]+|\s-+\s|\u2014+|\bbut\b")
_APOSTROPHES = str.maketrans("\u2018\u2019\u02bc`´", "'''''")
_NO_WORD = re.compile(r"[^\w' -]+")
_WORD = re.compile(r"[a-z0-9']+(?:-[a-z0-9]+)*|[\u3400-\u9fff]+")
_BY_CHINESE = re.compile(r"(?<=[\u3400-\u9fff])[ '-]+|[ '-]+(?=[\u3400-\u9fff])")
_QUOTES = "'- "


def read_inbound(text: str, tongues: tuple[Tongue, ...]) -> Read:
    """How a message reads. Width, case, spaces, emoji and punctuation around the words do not matter."""
    clauses = _clauses(text)
    found: set[Reading] = set()
    certain: set[Reading] = set()
    reaches: list[tuple[bool, Reach]] = []
    for tongue in tongues:
        said = _Said(tongue, clauses)
        for name, signs in tongue.signs.items():
            is_certain = said.is_certain(name, signs)
            if not (is_certain or said.is_likely(name, signs)):
                continue
            reading = Reading.stop if name in STOPS else Reading(name)
            found.add(reading)
            certain |= {reading} if is_certain else set()
            if name in STOPS:
                reaches.append((is_certain, STOPS[name]))
    if _only_words(clauses, tongues):
        found, certain, reaches = {Reading.stop}, {Reading.stop}, [(True, Reach.messages)]
    readings = tuple(reading for reading in Reading if reading in found) or (Reading.other,)
    sure = [reach for is_certain, reach in reaches if is_certain]
    reach = Reach.everything if Reach.everything in (sure or [one for _, one in reaches]) else Reach.messages
    return Read(readings, frozenset(certain & ACTS_ALONE), reach)


def _clauses(text: str) -> tuple[str, ...]:
    folded = _SIGNATURE.sub("", plain(text.translate(_APOSTROPHES)))
    parts = (_NO_WORD.sub(" ", part) for part in _CLAUSES.split(folded))
    tidy = (_BY_CHINESE.sub("", " ".join(part.split())).strip(_QUOTES) for part in parts)
    clauses = tuple(part for part in tidy if part)
    # S.T.O.P or "t d": letters one by one are a word.
    letters = [letter for clause in clauses for letter in clause.split()]
    is_spelled = len(letters) > 1 and all(len(letter) == 1 and letter.isascii() for letter in letters)
    return ("".join(letters),) if is_spelled else clauses


def _only_words(clauses: tuple[str, ...], tongues: tuple[Tongue, ...]) -> bool:
    """STOP STOP STOP, "STOP 退订", "Stop. End.": nothing but stop words, of whatever language."""
    known = {word for tongue in tongues for name in STOPS if name in tongue.signs for word in tongue.signs[name].words}
    said = [word for clause in clauses for word in _WORD.findall(clause)]
    return len(said) > 1 and all(word in known for word in said)


class _Said:
    """The clauses of a message in one language."""

    def __init__(self, tongue: Tongue, clauses: tuple[str, ...]) -> None:
        self._tongue = tongue
        self._clauses = tuple(self._written_out(clause) for clause in clauses)
        self._whole = " ".join(clauses)
        self._flat = "\n".join(self._clauses)
        self._bare = tuple(bare for clause in self._clauses if (bare := self._trimmed(clause)))

    def _written_out(self, clause: str) -> str:
        forms = self._tongue.short_forms
        return " ".join(forms.get(word, word) for word in clause.split(" ")) if forms else clause

    def _trimmed(self, clause: str) -> str:
        return self._tongue.courtesies.sub("", clause).strip(_QUOTES) if len(clause) <= LONGEST_CLAUSE else clause

    def is_certain(self, name: str, signs: Signs) -> bool:
        if name not in STOPS:
            return self._whole in signs.words
        if any(unless.search(self._flat) for unless in self._unless(name, signs)):
            return False
        alone = self._bare[0] if len(self._bare) == 1 else None
        if alone is not None and (alone in signs.words or _is_all(signs.alone, alone)):
            return True
        return any(_is_all(signs.clause, form) for clause in self._clauses for form in (clause, self._trimmed(clause)))

    def is_likely(self, name: str, signs: Signs) -> bool:
        rest = self._flat
        for unless in self._unless(name, signs):
            rest = unless.sub("\n", rest)
        return signs.likely is not None and signs.likely.search(rest) is not None

    def _unless(self, name: str, signs: Signs) -> Iterator[re.Pattern[str]]:
        """What a stop word is not part of counts for both kinds of stop."""
        for one in [self._tongue.signs[stop] for stop in STOPS] if name in STOPS else [signs]:
            if one.unless is not None:
                yield one.unless


def _is_all(pattern: re.Pattern[str] | None, clause: str) -> bool:
    return pattern is not None and len(clause) <= LONGEST_CLAUSE and pattern.fullmatch(clause) is not None

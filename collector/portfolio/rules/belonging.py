"""Where a payment that names no account of the book may belong: which accounts are worth a look, and why."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA


class Sign(StrEnum):
    """What speaks for an account, the strongest first."""

    account_typo = "account_typo"
    same_card = "same_card"
    card_typo = "card_typo"
    same_name = "same_name"
    alike_name = "alike_name"
    amount_overdue = "amount_overdue"
    amount_instalment = "amount_instalment"
    amount_owed = "amount_owed"
    phone_tail = "phone_tail"
    id_tail = "id_tail"


WEIGHTS = {
    Sign.account_typo: 45,
    Sign.same_card: 40,
    Sign.card_typo: 45,
    Sign.same_name: 35,
    Sign.alike_name: 20,
    Sign.amount_overdue: 25,
    Sign.amount_instalment: 20,
    Sign.amount_owed: 20,
    Sign.phone_tail: 20,
    Sign.id_tail: 20,
}
"""Out of 100 together with others; none alone is more than a hint."""
MOST = 99
"""A person confirms each: nothing here is certain."""


@dataclass(frozen=True, slots=True)
class Line:
    """A payment without an account. `words`: what the payer wrote, in which a phone or ID may end."""

    amount: int
    account_no: str | None = None
    card_no: str | None = None
    payer_name: str | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An account of the same portfolio. `instalments`: amounts that are due and not paid; `names`: of everyone who owes
    it; `phones` and `ids`: of the same people, whole."""

    account_id: int
    account_no: str
    card_no: str | None = None
    names: Sequence[str] = ()
    overdue: int = 0
    owed: int = 0
    instalments: Sequence[int] = ()
    phones: Sequence[str] = ()
    ids: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Fit:
    account_id: int
    account_no: str
    score: int
    signs: tuple[Sign, ...]


ALIKE = 80
"""Out of 100, of two names without case, spaces and marks."""
TAIL = 4
"""Digits by which people call a phone or an ID."""
DIGITS = re.compile(r"[0-9]{3,17}[0-9Xx]", re.ASCII)


def fits(line: Line, candidates: Sequence[Candidate], most: int = 5) -> list[Fit]:
    """The candidates that something speaks for, the best first; ties by the account's number."""
    found = [_fit(line, one) for one in candidates]
    return sorted((fit for fit in found if fit.signs), key=lambda fit: (-fit.score, fit.account_no))[:most]


def _fit(line: Line, one: Candidate) -> Fit:
    signs = tuple(_signs(line, one))
    return Fit(one.account_id, one.account_no, min(MOST, sum(WEIGHTS[sign] for sign in signs)), signs)


def _signs(line: Line, one: Candidate) -> Iterator[Sign]:
    if is_typo(line.account_no, one.account_no):
        yield Sign.account_typo
    if line.card_no and line.card_no == one.card_no:
        yield Sign.same_card
    elif is_typo(line.card_no, one.card_no):
        yield Sign.card_typo
    yield from _of_name(line.payer_name, one.names)
    if line.amount == one.overdue:
        yield Sign.amount_overdue
    elif line.amount in one.instalments:
        yield Sign.amount_instalment
    elif line.amount == one.owed:
        yield Sign.amount_owed
    written = DIGITS.findall(f"{line.words} {line.payer_name or ''}")
    if any(ends(digits, phone) for digits in written for phone in one.phones):
        yield Sign.phone_tail
    if any(ends(digits, number) for digits in written for number in one.ids):
        yield Sign.id_tail


def _of_name(payer: str | None, names: Sequence[str]) -> Iterator[Sign]:
    if not payer:
        return
    known = [bare_name(name) for name in names]
    given = bare_name(payer)
    if given in known:
        yield Sign.same_name
    elif any(_alike(given, name) for name in known):
        yield Sign.alike_name


def _alike(one: str, other: str) -> bool:
    """Close in spelling; a Chinese name of three with one character in another way is close, one of two is not."""
    if min(len(one), len(other)) < 3:
        return False
    return fuzz.ratio(one, other) >= ALIKE or (OSA.distance(one, other) == 1 and one[0] == other[0])


def are_alike(payer: str, name: str) -> bool:
    """The same name written otherwise, or one close to it."""
    one, other = bare_name(payer), bare_name(name)
    return bool(one) and (one == other or _alike(one, other))


def bare_name(name: str) -> str:
    """A name as names are compared: letters only, in one case; words of an alphabet in one order."""
    words = re.findall(r"[^\W\d_]+", re.sub(r"[0-9].*", "", name).casefold())
    return "".join(sorted(words) if all(word.isascii() for word in words) else words)


def ends(digits: str, whole: str) -> bool:
    """Whether somebody wrote the end of that number, or all of it."""
    known = "".join(mark for mark in whole.upper() if mark.isalnum())
    return len(digits) >= TAIL and len(known) >= TAIL and known.endswith(digits.upper())


def is_typo(given: str | None, right: str | None) -> bool:
    """One mark too many, too few, wrong, or two of them in each other's place."""
    if not given or not right or given == right or min(len(given), len(right)) < TAIL:
        return False
    return OSA.distance(given, right, score_cutoff=1) == 1


def typos(number: str) -> set[str]:
    """Every number that one slip could have turned into this one: what is looked up, since each look-up is cheap and a
    walk through the book is not. Digits stay digits, letters letters."""
    if not TAIL <= len(number) <= 40:
        return set()
    digits, letters = "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    found = set()
    for at, mark in enumerate(number):
        found.add(number[:at] + number[at + 1 :])
        if at + 1 < len(number):
            found.add(number[:at] + number[at + 1] + mark + number[at + 2 :])
        for other in digits if mark.isdigit() else letters:
            found.add(number[:at] + other + number[at + 1 :])
            found.add(number[:at] + other + number[at:])
    found |= {number + other for other in digits}
    return found - {number}

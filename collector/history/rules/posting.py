"""Posting numbers in a row, as a post office sells them: counted up from the first."""

from __future__ import annotations

import re

from collector.foundation.errors import BadInput

_INTERNATIONAL = re.compile(r"([A-Z]{2})(\d{8})(\d)([A-Z]{2})")
"""Two letters, a serial of eight figures, its check figure, the country (UPU S10)."""
_ANY = re.compile(r"(.*?)(\d{1,18})")
_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)


def check_figure(serial: str) -> str:
    """Of eight figures, by UPU S10: the weighted sum, what is missing to eleven of its rest, 10 as 0 and 11 as 5."""
    rest = 11 - sum(weight * int(figure) for weight, figure in zip(_WEIGHTS, serial, strict=True)) % 11
    return {10: "0", 11: "5"}.get(rest, str(rest))


def number_range(first: str, count: int) -> list[str]:
    """So many numbers from the first on. `BadInput`: it can not be counted up, its check figure is wrong, or the range
    ends before."""
    text = first.replace(" ", "").upper()
    if found := _INTERNATIONAL.fullmatch(text):
        head, serial, check, country = found.groups()
        if check_figure(serial) != check:
            raise BadInput("the check digit of the first posting number is wrong; look at it again")
        return [f"{head}{one}{check_figure(one)}{country}" for one in _serials(serial, count)]
    if (plain := _ANY.fullmatch(text)) is None:
        raise BadInput("a range of posting numbers is counted up from figures at the end of the first")
    return [plain[1] + one for one in _serials(plain[2], count)]


def _serials(first: str, count: int) -> list[str]:
    last = int(first) + count - 1
    if len(str(last)) > len(first):
        raise BadInput(f"the range has no {count} numbers from this one on; begin with another")
    return [f"{number:0{len(first)}d}" for number in range(int(first), last + 1)]

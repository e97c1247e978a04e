"""What a file may hold, and how it names itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from enum import StrEnum

from collector.reports.rules.lists import OfDifferences, Wanted

COLUMNS = (
    "account",
    "name",
    "product",
    "bucket",
    "days_past_due",
    "overdue",
    "owed",
    "currency",
    "queue",
    "last_contact",
)
"""All that is ever written of an account. Phones, ID numbers, addresses and card numbers are not among them."""
OF_DIFFERENCES = (
    "account",
    "as_of",
    "theirs",
    "ours",
    "difference",
    "overdue_theirs",
    "overdue_ours",
    "currency",
    "kind",
    "explained",
)
"""What is written of an account that the creditor's ledger and ours see differently."""
MONEY = frozenset({"overdue", "owed", "theirs", "ours", "difference", "overdue_theirs", "overdue_ours"})


def columns_of(wanted: Wanted) -> Sequence[str]:
    return OF_DIFFERENCES if isinstance(wanted, OfDifferences) else COLUMNS


LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without those that are read for one another."""
LENGTH = 10
NUMBER = re.compile(rf"X-[{LETTERS}]{{{LENGTH}}}(?![{LETTERS}])")
"""An export's number, wherever it stands in a text."""


class Format(StrEnum):
    csv = "csv"
    xlsx = "xlsx"


def new_number(choose: Callable[[str], str]) -> str:
    """A number that nobody can guess: `choose` picks one of the letters."""
    return "X-" + "".join(choose(LETTERS) for _ in range(LENGTH))


def numbers_in(text: str) -> set[str]:
    """Every export's number that stands in a text."""
    return set(NUMBER.findall(text))


def mark_of(number: str, actor: str, at: str) -> str:
    """The line by which a file says where it comes from."""
    return f"export {number} · {actor} · {at}"

"""What letters there are, and the numbers they carry."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class LetterKind(StrEnum):
    """What is printed (issue 5, Deliver 5)."""

    reminder = "reminder"
    demand = "demand"
    guarantor_notice = "guarantor_notice"
    quarterly = "quarterly"
    """催收通知书: each quarter, with a slip that is signed and sent back (handbook section 5)."""
    settlement = "settlement"
    extension = "extension"
    assumption = "assumption"
    """Heirs take the debt over, up to what they inherit."""
    preservation = "preservation"
    statement_of_claim = "statement_of_claim"
    """民事起诉状, the complaint that begins a suit."""
    power_of_attorney = "power_of_attorney"
    fraud_report = "fraud_report"
    validation_notice = "validation_notice"
    """What a debt collector in the United States sends first (12 CFR 1006.34)."""


CONTACTS: Final = frozenset(
    {
        LetterKind.reminder,
        LetterKind.demand,
        LetterKind.guarantor_notice,
        LetterKind.quarterly,
        LetterKind.validation_notice,
    }
)
"""Letters to somebody who owes: each is a contact, and passes the gate."""
AGREEMENTS: Final = frozenset({LetterKind.settlement, LetterKind.extension, LetterKind.assumption})
"""Signed by both sides."""
FILINGS: Final = frozenset(LetterKind) - CONTACTS - AGREEMENTS
"""Papers for a court or the police, in the creditor's name."""
DEMANDS: Final = frozenset({LetterKind.demand, LetterKind.guarantor_notice, LetterKind.quarterly})
"""Letters that ask for the debt: their arrival interrupts limitation (Civil Code 195)."""
SHOWS_IDS: Final = AGREEMENTS | FILINGS
"""Where the number of an ID is written out; everywhere else it is masked."""


def masked(number: str) -> str:
    """The number of an ID with its middle hidden: the reader knows it, whoever finds the letter does not."""
    shown = 4 if len(number) > 8 else 1
    return number[:shown] + "*" * max(len(number) - 2 * shown, 4) + number[-shown:]


def number_of(letter_id: int) -> str:
    """Our number on a letter: L, the id, and two digits that catch a slip of the pen (ISO 7064, MOD 97-10)."""
    return f"L{letter_id:06d}-{98 - letter_id * 100 % 97:02d}"


def letter_id_of(number: str) -> int | None:
    """The id in such a number, however it was spaced; None: it is none, or was mistyped."""
    head, _, check = number.strip().upper().replace(" ", "").partition("-")
    if not (head.startswith("L") and head[1:].isascii() and head[1:].isdigit() and len(head) <= 19):
        return None
    found = int(head[1:])
    return found if number_of(found).endswith(f"-{check}") and check else None

"""The lists of accounts behind the figures: each a value that an address, a form and the ledger carry alike.

Codes, days and hours only: nothing of a person is ever part of one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from collector.foundation.errors import BadInput
from collector.history.rules import PromiseState
from collector.portfolio.rules import DifferenceKind

SETTLED = "settled"
NOT_YET = "opened_since"
"""Where an account stood on a day before it was opened."""
STATES = (PromiseState.kept, PromiseState.partial, PromiseState.broken, PromiseState.open)
"""A promise that was withdrawn is none."""

Bucket = Annotated[str, Meta(pattern=r"^[A-Za-z0-9+_. -]{1,20}$")]


class Stage(StrEnum):
    """How far an account came. Each stage is a part of the one before it."""

    book = "book"
    overdue = "overdue"
    attempted = "attempted"
    reached = "reached"
    promised = "promised"
    paid = "paid"


class OfStage(Struct, frozen=True, forbid_unknown_fields=True, tag_field="what", tag="funnel"):
    """Accounts that came at least that far in the last 30 days."""

    stage: Stage


class OfRoll(Struct, frozen=True, forbid_unknown_fields=True, tag_field="what", tag="roll", omit_defaults=True):
    """Accounts by the bucket they were in on a first day and on a last one; None: any."""

    first: date
    last: date
    came: Bucket | None = None
    went: Bucket | None = None


class OfPromises(Struct, frozen=True, forbid_unknown_fields=True, tag_field="what", tag="promises", omit_defaults=True):
    """Accounts with a promise due in the week that begins with that Monday."""

    week: date
    state: PromiseState | None = None


class OfDays(Struct, frozen=True, forbid_unknown_fields=True, tag_field="what", tag="money", omit_defaults=True):
    """Accounts that paid, or had an instalment due, from day to day."""

    first: date
    last: date
    paid: bool = False


class OfHour(Struct, frozen=True, forbid_unknown_fields=True, tag_field="what", tag="hours", omit_defaults=True):
    """Accounts that were called in that hour of that weekday (0: Monday); None: any."""

    weekday: Annotated[int, Meta(ge=0, le=6)] | None = None
    hour: Annotated[int, Meta(ge=0, le=23)] | None = None
    reached: bool = False
    """Only where the right party answered."""


class OfDifferences(
    Struct, frozen=True, forbid_unknown_fields=True, tag_field="what", tag="differences", omit_defaults=True
):
    """Accounts whose last statement of the creditor's ledger differs from ours; None: any."""

    kind: DifferenceKind | None = None
    explained: bool | None = None


Wanted = OfStage | OfRoll | OfPromises | OfDays | OfHour | OfDifferences
LONGEST = 366
"""Days that a list or the matrix may span."""


def wanted_of(fields: Mapping[str, Any]) -> Wanted:
    """A list by the fields of an address or a form; `BadInput` names the field that is wrong, never its content."""
    try:
        wanted: Wanted = msgspec.convert(dict(fields), Wanted, strict=False)
    except msgspec.ValidationError as error:
        raise BadInput(f"this names no list of accounts: {_place(str(error))}") from error
    if isinstance(wanted, OfRoll | OfDays):
        check_span(wanted.first, wanted.last, at_least=1 if isinstance(wanted, OfRoll) else 0)
    if isinstance(wanted, OfPromises) and wanted.week.weekday():
        raise BadInput("a week begins with its Monday")
    return wanted


def _place(words: str) -> str:
    """Which field is wrong, by our own names only."""
    named = re.search(r"\$\.(\w+)`|required field `(\w+)`", words)
    return f"look at {named[1] or named[2]}" if named else "a field is not known"


def check_span(first: date, last: date, *, at_least: int) -> None:
    """`BadInput` unless `last` comes that many days after `first`, and not more than a year."""
    if not at_least <= (last - first).days <= LONGEST:
        raise BadInput(f"the last day must come after the first, by {LONGEST} days at most")


def described(wanted: Wanted) -> dict[str, Any]:
    """The list as plain fields: what an address and the ledger hold."""
    found: dict[str, Any] = msgspec.to_builtins(wanted)
    return found


def address_of(wanted: Wanted) -> dict[str, str]:
    """The same as words, for an address or a form."""
    return {name: _word(value) for name, value in described(wanted).items()}


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)

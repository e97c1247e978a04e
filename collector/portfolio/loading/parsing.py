"""Cells to values, a whole column at a time: each different cell is parsed once.

Reasons never repeat a name, a number of a person or an address; they go into error messages. The cells themselves
are in the rejects file.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Final

from babel import Locale, UnknownLocaleError
from rapidfuzz import process

from collector.foundation import money
from collector.foundation.clock import at_local, local_day, zone
from collector.foundation.errors import BadInput
from collector.foundation.files import safe_cell

Faults = dict[int, str]
"""Row of the batch → why its cell is refused."""
MUST: Final = object()
"""As the meaning of an empty cell: it may not be empty."""
EMPTY = "is empty; this column needs a value in every row"
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2100, 1, 1)


@dataclass(frozen=True, slots=True)
class Book:
    """What a cell's meaning depends on: the portfolio it belongs to, and the moment of loading."""

    portfolio_id: int = 0
    code: str = ""
    currency: str = "XXX"
    zone: str = "UTC"
    region: str = "US"
    jurisdiction: str = "house"
    at: datetime = datetime(1970, 1, 1, tzinfo=UTC)


ParseColumn = Callable[[Sequence[str], Book, Any, Faults], list[Any]]
"""Cells, the book, what an empty cell means, and where to put the faults."""
ParseOne = Callable[[str, Book], Any]


def each(parse: ParseOne) -> ParseColumn:
    """A column parser that asks `parse` (value, or BadInput) once for every different cell that is not empty."""

    def column(cells: Sequence[str], book: Book, blank: Any, faults: Faults) -> list[Any]:
        values: dict[str, Any] = {}
        bad: dict[str, str] = {}
        for cell in set(cells):
            given = cell.strip()
            if not given and blank is MUST:
                bad[cell] = EMPTY
                continue
            try:
                values[cell] = parse(given, book) if given else blank
            except BadInput as error:
                bad[cell] = error.message
        if not bad:
            return [values[cell] for cell in cells]
        faults.update((row, bad[cell]) for row, cell in enumerate(cells) if cell in bad)
        return [values.get(cell) for cell in cells]

    return column


def text(limit: int = 200) -> ParseColumn:
    """Free text on one line, stored as people wrote it; nothing that a spreadsheet would take for a formula."""

    def parse(cell: str, _: Book) -> str:
        if len(cell) > limit:
            raise BadInput(f"is longer than {limit} characters")
        if not cell.isprintable() and any(unicodedata.category(mark) in ("Cc", "Cf") for mark in cell):
            raise BadInput("holds control characters")
        if safe_cell(cell) != cell:
            raise BadInput(f"starts with {cell[0]!r}, which a spreadsheet takes for a formula; remove it")
        return cell

    return each(parse)


KEY = re.compile(r"[^\s\x00-\x1f\x7f]{1,64}")
DAMAGED = re.compile(r"[0-9](\.[0-9]+)?[eE]\+?[0-9]+")


def _key(cell: str, _: Book) -> str:
    if KEY.fullmatch(cell) is None or not cell.isprintable():
        raise BadInput("must be 1 to 64 characters without spaces")
    if DAMAGED.fullmatch(cell):
        raise BadInput(f"{cell} is a number that a spreadsheet has shortened; export the column as text")
    if safe_cell(cell) != cell:
        raise BadInput(f"starts with {cell[0]!r}, which a spreadsheet takes for a formula; remove it")
    return cell


key = each(_key)
"""The creditor's own name of a thing: an account, a card, a payment reference."""


def word(words: type[StrEnum]) -> ParseColumn:
    """One of a few words; the reason lists them, and the one that was probably meant."""
    allowed = {kind.value: kind.value for kind in words}

    def parse(cell: str, _: Book) -> str:
        found = allowed.get(cell.lower())
        if found is None:
            raise BadInput(f"{cell[:40]!r} is not one of {', '.join(allowed)}{meant(cell, allowed)}")
        return found

    return each(parse)


def meant(wrong: str, right: Mapping[str, Any] | Sequence[str]) -> str:
    """ "; did you mean X?", where something is close enough."""
    found = process.extractOne(wrong.lower(), list(right), score_cutoff=70)
    return f"; did you mean {found[0]}?" if found else ""


def _amount(cell: str, book: Book) -> int:
    whole, _, part = cell.partition(".")
    if len(part) == money.exponent(book.currency) and len(whole) < 14 and cell.isascii():
        digits = whole + part
        if digits.isdigit() and whole:
            return int(digits)
    if cell.startswith("-"):
        raise BadInput(f"{cell[:40]!r} is negative; amounts are written without a sign")
    return money.parse_amount(cell, book.currency)


def _some(cell: str, book: Book) -> int:
    found = _amount(cell, book)
    if found == 0:
        raise BadInput("is zero; it must be more")
    return found


amount = each(_amount)
positive_amount = each(_some)


def number(low: int, high: int) -> ParseColumn:
    def parse(cell: str, _: Book) -> int:
        if not (cell.isascii() and cell.isdigit() and len(cell) < 10 and low <= int(cell) <= high):
            raise BadInput(f"{cell[:40]!r} is not a whole number from {low} to {high}")
        return int(cell)

    return each(parse)


def _percent(cell: str, _: Book) -> str:
    try:
        value = Decimal(cell)
    except InvalidOperation as error:
        raise BadInput(f"{cell[:40]!r} is not a percentage such as 14.07") from error
    if not value.is_finite() or not 0 <= value <= 1000 or "e" in cell.lower():
        raise BadInput(f"{cell[:40]!r} is not a percentage from 0 to 1000")
    return f"{value:f}"


percent = each(_percent)
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


def day_of(cell: str) -> date:
    """An ISO date inside the centuries that a book can speak of."""
    if DAY.fullmatch(cell) is None:
        raise BadInput(f"{cell[:40]!r} is not a date such as 2026-05-12; a mapping file can say how it is written")
    try:
        found = date.fromisoformat(cell)
    except ValueError as error:
        raise BadInput(f"{cell!r} is not a day that exists") from error
    if not FIRST_DAY <= found < LAST_DAY:
        raise BadInput(f"{cell!r} is outside 1900 to 2099")
    return found


day = each(lambda cell, _: day_of(cell))


def moment_of(cell: str, zone_name: str) -> datetime:
    """An ISO moment in UTC. Without an offset it is on the portfolio's clock; a bare date means the start of that
    local day: the reading in which a payment of unknown hour is never later than a promise made for that day."""
    if DAY.fullmatch(cell[:10]) is None:
        raise BadInput(
            f"{cell[:40]!r} is not a time such as 2026-05-12 09:30; a mapping file can say how it is written"
        )
    first = day_of(cell[:10])
    if len(cell) == 10:
        return at_local(first, time(0), zone_name)
    try:
        found = datetime.fromisoformat(cell)
    except ValueError as error:
        raise BadInput(f"{cell[:40]!r} is not a time that exists") from error
    if found.utcoffset() is None:
        return at_local(found.date(), found.time(), zone_name)
    return found.astimezone(UTC)


def _past(cell: str, book: Book) -> datetime:
    found = moment_of(cell, book.zone)
    if found > book.at + timedelta(days=1):
        raise BadInput(f"{cell[:40]!r} lies in the future of this load ({local_day(book.at, book.zone)})")
    return found


past_moment = each(_past)
"""When something was done: not later than a day after the moment of loading (clocks differ, zones too)."""

YES_NO = {"true": True, "yes": True, "y": True, "1": True, "false": False, "no": False, "n": False, "0": False}


def _flag(cell: str, _: Book) -> bool:
    if cell.lower() not in YES_NO:
        raise BadInput(f"{cell[:40]!r} is not one of true, false, yes, no, 1, 0")
    return YES_NO[cell.lower()]


flag = each(_flag)


def _zone(cell: str, _: Book) -> str:
    zone(cell)
    return cell


def _currency(cell: str, _: Book) -> str:
    money.exponent(cell.upper())
    return cell.upper()


def _language(cell: str, _: Book) -> str:
    try:
        Locale.parse(cell.replace("-", "_"))
    except (ValueError, UnknownLocaleError) as error:
        raise BadInput(f"{cell[:40]!r} is not a language such as zh or en") from error
    return cell.replace("-", "_")


zone_name = each(_zone)
currency = each(_currency)
language = each(_language)

EMAIL = re.compile(r"[^\s@,;<>\"]{1,64}@[^\s@,;<>\"]+\.[^\s@,;<>\"]{2,}")


def _email(cell: str, _: Book) -> str:
    if len(cell) > 254 or EMAIL.fullmatch(cell) is None or safe_cell(cell) != cell:
        raise BadInput("is not an e-mail address")
    return cell


email = each(_email)

"""The pieces of a section: pairs, tables and sentences, as the template takes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from collector.dispatch.tables import Recording
from collector.foundation.clock import local
from collector.foundation.money import shown
from collector.foundation.phone import masked
from collector.history.tables import Document
from collector.legal.casefile.reading import Material
from collector.legal.casefile.rules import masked_name
from collector.legal.casefile.words import Words
from collector.portfolio.rules import ContactOwner

Part = Mapping[str, Any]
SMALL, SMALLER, TINY = 80, 72, 60
"""Sizes of print, tenths of a point."""


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A paper of the file: its number, where it lies in the folder, and how many pages it has (None: an image)."""

    number: int
    document: Document
    file: str
    pages: int | None


@dataclass(frozen=True, slots=True)
class Sound:
    """A recording of a call, and where it lies in the folder."""

    recording: Recording
    file: str


@dataclass(frozen=True, slots=True)
class Told:
    """A case about to be told: its records, its words, its exhibits."""

    material: Material
    words: Words
    exhibits: Sequence[Exhibit] = field(default=())
    sounds: Sequence[Sound] = field(default=())
    """Recordings that lie in the folder."""

    def money(self, amount: int) -> str:
        return shown(amount, self.material.portfolio.currency, self.words.language)

    def time(self, at: datetime | None) -> str:
        """On the portfolio's clocks."""
        if at is None:
            return ""
        return local(at, self.material.portfolio.timezone).strftime("%Y-%m-%d %H:%M")

    def person(self, person_id: int | None) -> str:
        """The name of who owes; of anybody else its first character and how they stand to the account."""
        one = self.material.somebody(person_id)
        if one is None:
            return ""
        name = one.person.name if one.owes else masked_name(one.person.name)
        return f"{name} ({self.words.of('party', one.role)})"

    def sound(self, heard: Recording | None) -> str:
        """The file of a recording where it lies beside; else its number and its hash, by which it is known again."""
        if heard is None:
            return ""
        file = next((one.file for one in self.sounds if one.recording.id == heard.id), None)
        return file or f"{heard.id}: {(heard.sha256 or '')[:16]}"

    def exhibit(self, document_id: int | None) -> str:
        """A paper by its number in the index; nothing where it is in none."""
        number = next((one.number for one in self.exhibits if one.document.id == document_id), None)
        return "" if number is None else f"{self.words('exhibit')} {number}"

    def phone(self, number: str | None, person_id: int | None, point_id: int | None = None) -> str:
        """Whole where it is a number of who owes, else masked."""
        if not number:
            return ""
        one = self.material.somebody(person_id)
        point = next((row for row in self.material.points if row.id == point_id), None)
        is_own = point is None or point.owner in (ContactOwner.own, ContactOwner.work)
        return number if one is not None and one.owes and is_own else masked(number)


def day(on: date | None) -> str:
    return on.isoformat() if on else ""


def percent(rate: Fraction) -> str:
    """As decimals, six at most, as rates and caps are given."""
    text = f"{Decimal(rate.numerator) / Decimal(rate.denominator):.6f}"
    return text.rstrip("0").rstrip(".")


def facts(rows: Iterable[tuple[str, str]]) -> Part:
    return {"kind": "facts", "rows": [list(row) for row in rows]}


def note(text: str) -> Part:
    return {"kind": "note", "text": text}


def table(
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    widths: Sequence[int],
    *,
    title: str | None = None,
    right: Sequence[int] = (),
    total: Sequence[str] = (),
    size: int = SMALL,
) -> Part:
    """`widths`: shares of the page, 0 for as much as is needed; `right`: columns of numbers."""
    return {
        "kind": "table",
        "title": title,
        "head": list(head),
        "rows": [list(row) for row in rows],
        "widths": list(widths),
        "align": ["r" if place in right else "l" for place in range(len(head))],
        "total": list(total),
        "size": size,
    }


def exhibits(told: Told, section: str, of: Mapping[Any, Any]) -> list[Part]:
    """The papers that are bound in a section; nothing where there are none."""
    mine = [one for one in told.exhibits if of[one.document.kind] == section]
    if not mine:
        return []
    words = told.words
    rows = [
        [
            str(one.number),
            words.of("document", one.document.kind),
            one.document.name,
            told.person(one.document.person_id),
            day(one.document.dated_on),
            one.file,
        ]
        for one in mine
    ]
    head = words.many("exhibit", "kind_title", "name", "whose", "dated_on", "file")
    return [table(head, rows, [0, 2, 4, 2, 0, 3])]

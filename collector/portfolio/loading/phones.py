"""Phones of a book: E.164, of the portfolio's own country, and of kinds that may be called."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

from collector.foundation.errors import BadInput
from collector.foundation.phone import (
    PhoneKind,
    kind,
    normalise,
    normalise_column,
    refused_kind,
    region_of,
    takes_messages,
)
from collector.portfolio.loading.parsing import EMPTY, MUST, Book, Faults, each

NORTH_AMERICA = "+1"


def _dialled(cell: str, _: Book) -> str:
    if not 3 <= len(cell) <= 40 or not all(mark in "+-() ." or (mark.isascii() and mark.isdigit()) for mark in cell):
        raise BadInput("is not a phone number")
    return cell


dialled = each(_dialled)
"""A number as people write it, plus sign and all; which country it belongs to is known only with its portfolio."""


def phones(cells: Sequence[str], book: Book, blank: Any, faults: Faults) -> list[Any]:
    """Phones in E.164: only of the portfolio's own country, and of kinds that do not bill whoever calls them."""
    written = [cell.strip() for cell in cells]
    numbers: list[Any] = normalise_column(written, book.region)
    areas: dict[str, str | None] = {}
    for row, found in enumerate(numbers):
        if found is None and not written[row]:
            if blank is MUST:
                faults[row] = EMPTY
            else:
                numbers[row] = blank
            continue
        objection = _objection(found, written[row], book.region, areas)
        if objection:
            faults[row], numbers[row] = objection, None
    return numbers


def _objection(found: str | None, written: str, region: str, areas: dict[str, str | None]) -> str | None:
    if found is None:
        try:
            normalise(written, region)
        except BadInput as error:
            return error.message
        return "is not a phone number"
    refused = None if label_of(found) == "mobile" else refused_kind(found)
    if refused is not None:
        return f"is a {refused} number; such numbers are never called"
    home = _home(found, areas)
    if home != region:
        return f"is a number of {home or 'no country'}; this portfolio takes numbers of {region}"
    return None


@lru_cache(maxsize=100_000)
def label_of(e164: str) -> str:
    """What a number is kept as where nobody says: only a `mobile` one gets messages, and such a one is of no refused
    kind; a company's line is `work`. Remembered for a batch: it is asked when a number is read and when it is staged.
    """
    if takes_messages(e164):
        return "mobile"
    return "home" if kind(e164) is PhoneKind.fixed else "work"


def _home(e164: str, areas: dict[str, str | None]) -> str | None:
    """The country of a valid number: cheap where its calling code belongs to one country, or, for +1, where another
    number of the area code was asked about; the library decides in the rest."""
    if e164.startswith(NORTH_AMERICA):
        if e164[:5] not in areas:
            areas[e164[:5]] = region_of(e164)
        return areas[e164[:5]]
    return _only_region(e164[:3]) or _only_region(e164[:4]) or _only_region(e164[:2]) or region_of(e164)


@lru_cache(maxsize=2000)
def _only_region(prefix: str) -> str | None:
    code = prefix[1:]
    regions = COUNTRY_CODE_TO_REGION_CODE.get(int(code), ()) if code.isdigit() else ()
    return regions[0] if len(regions) == 1 and regions[0].isalpha() else None


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    lines = files("tzdata").joinpath("zoneinfo/zone.tab").read_text("utf-8").splitlines()
    fields = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return {field[2]: field[0] for field in fields}


def region_of_zone(name: str) -> str:
    """The country (ISO 3166) of an IANA zone, by the zone table itself; a zone of no country is a BadInput."""
    found = _countries().get(name)
    if found is None:
        raise BadInput(f"the zone {name} belongs to no country; use one of a place, such as Asia/Shanghai")
    return found

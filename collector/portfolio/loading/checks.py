"""What must hold between the columns of one row."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from collector.foundation.clock import local_day
from collector.portfolio.loading.parsing import Book
from collector.portfolio.rules import LoadKind, PartyRole, PaymentKind

if TYPE_CHECKING:
    from collector.portfolio.loading.reading import RowFaults, Rows

DEFAULT_ID = {"cn": "cn_id", "us": "us_ssn"}
"""What an ID number is where the file does not say; elsewhere `id`."""
LONGEST = timedelta(days=100 * 366)


def id_types(rows: Rows, book: Book) -> Sequence[str]:
    default = DEFAULT_ID.get(book.jurisdiction, "id")
    return [given or default for given in rows.column("id_type")]


def plain_id(text: str) -> str:
    """An ID number as it is compared: without spaces and hyphens, in capitals."""
    return text.replace(" ", "").replace("-", "").upper()


def _ids(rows: Rows, book: Book, faults: RowFaults) -> None:
    if "id_no" not in rows.columns:
        return
    checked: dict[str, str | None] = {}
    for row, (kind, given) in enumerate(zip(id_types(rows, book), rows.columns["id_no"], strict=True)):
        if given:
            reason = _id_objection(kind, plain_id(given), checked)
            if reason:
                _add(faults, row, "id_no", reason)


def _id_objection(kind: str, plain: str, checked: dict[str, str | None]) -> str | None:
    if kind != "cn_id":
        fine = 4 <= len(plain) <= 40 and plain.isalnum() and plain.isascii()
        return None if fine else "must be 4 to 40 letters and digits"
    if plain not in checked:
        checked[plain] = _resident_id_objection(plain)
    return checked[plain]


RESIDENT_ID = re.compile(r"[0-9]{6}([0-9]{4})([0-9]{2})([0-9]{2})[0-9]{3}[0-9X]", re.ASCII)


def _resident_id_objection(plain: str) -> str | None:
    """GB 11643: form, birth date and check digit. The county is not asked: codes came and went, and a person keeps
    the number of the county that registered them, which may be younger than they are."""
    found = RESIDENT_ID.fullmatch(plain)
    if found is None:
        return "is not a resident ID number: it needs 17 digits and a check digit"
    if not _day_exists(*found.groups()):
        return "is not a resident ID number: its birth date does not exist"
    if plain[-1] != _check_digit(plain):
        return "is not a resident ID number: its check digit is wrong"
    return None


@lru_cache(maxsize=50_000)
def _day_exists(year: str, month: str, day: str) -> bool:
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        return False
    return True


CHECK_DIGITS = "10X98765432"


def _check_digit(plain: str) -> str:
    """ISO 7064, MOD 11-2, over the first 17 digits: county, birth date and order, each of which many people share."""
    return CHECK_DIGITS[(_weight(plain[:6], 17) + _weight(plain[6:14], 11) + _weight(plain[14:17], 3)) % 11]


@lru_cache(maxsize=100_000)
def _weight(digits: str, power: int) -> int:
    """The sum of digits by falling powers of two, the first of this power."""
    return sum(int(digit) << (power - place) for place, digit in enumerate(digits))


def _add(faults: RowFaults, row: int, column: str, reason: str) -> None:
    faults.setdefault(row, []).append((column, reason))


def _nothing(_rows: Rows, _book: Book, _faults: RowFaults) -> None:
    """Each column says it all."""


def _accounts(rows: Rows, book: Book, faults: RowFaults) -> None:
    _ids(rows, book, faults)
    if {"opened_on", "matures_on"} <= rows.columns.keys():
        pairs = zip(rows.columns["opened_on"], rows.columns["matures_on"], strict=True)
        for row, (opened, matures) in enumerate(pairs):
            if opened and matures and not timedelta(0) <= matures - opened <= LONGEST:
                _add(faults, row, "matures_on", "lies before opened_on, or more than 100 years after it")
    if "overdue_days_min" in rows.columns or "overdue_days_max" in rows.columns:
        _reported(rows, faults)


def _reported(rows: Rows, faults: RowFaults) -> None:
    columns = (rows.column("as_of"), rows.column("overdue_days_min"), rows.column("overdue_days_max"))
    for row, (as_of, least, most) in enumerate(zip(*columns, strict=True)):
        if least is not None and as_of is None:
            _add(faults, row, "as_of", "is needed: the day on which the account was so late")
        if most is not None and (least is None or most < least):
            _add(faults, row, "overdue_days_max", "is less than overdue_days_min, or stands without it")


def _instalments(rows: Rows, _book: Book, faults: RowFaults) -> None:
    parts = [rows.columns[name] for name in ("principal", "interest", "fee") if name in rows.columns]
    if not parts:
        return
    for row, (whole, *some) in enumerate(zip(rows.columns["amount_due"], *parts, strict=True)):
        if whole is not None and sum(part or 0 for part in some) > whole:
            _add(faults, row, "amount_due", "is less than its parts together")


def _payments(rows: Rows, _book: Book, faults: RowFaults) -> None:
    kinds = rows.column("kind", PaymentKind.payment.value)
    columns = (kinds, rows.column("reverses"), rows.column("reference"))
    for row, (kind, reverses, reference) in enumerate(zip(*columns, strict=True)):
        if kind == PaymentKind.reversal and not reverses:
            _add(faults, row, "reverses", "is empty; a reversal names the reference it takes back")
        elif kind != PaymentKind.reversal and reverses:
            _add(faults, row, "reverses", "is given, and the row is no reversal")
        elif reverses and reverses == reference:
            _add(faults, row, "reverses", "names the row itself")


def _parties(rows: Rows, book: Book, faults: RowFaults) -> None:
    _ids(rows, book, faults)
    columns = (rows.columns["role"], rows.column("guarantee_kind"), rows.column("guarantee_until"))
    for row, (role, kind, until) in enumerate(zip(*columns, strict=True)):
        if role == PartyRole.borrower:
            _add(faults, row, "role", "borrower comes with the account; here are the others")
        elif role is not None and role != PartyRole.guarantor and (kind or until):
            _add(faults, row, "guarantee_kind", f"is given, and a {role} gives no guarantee")


SAID = ("principal", "interest", "penalty", "fees", "balance", "overdue")


def _balances(rows: Rows, book: Book, faults: RowFaults) -> None:
    """A line says something, of a day that is over or of today."""
    today = local_day(book.at, book.zone)
    amounts = [rows.column(name) for name in SAID]
    for row, (day, *said) in enumerate(zip(rows.columns["as_of"], *amounts, strict=True)):
        if day is not None and day > today:
            _add(faults, row, "as_of", "lies after the day of loading")
        if all(amount is None for amount in said):
            _add(faults, row, "balance", "is empty, and so are all other amounts; one of them is needed")


CHECKS: Mapping[LoadKind, Callable[[Any, Book, Any], None]] = {
    LoadKind.portfolios: _nothing,
    LoadKind.callers: _nothing,
    LoadKind.accounts: _accounts,
    LoadKind.instalments: _instalments,
    LoadKind.payments: _payments,
    LoadKind.parties: _parties,
    LoadKind.events: _nothing,
    LoadKind.balances: _balances,
}

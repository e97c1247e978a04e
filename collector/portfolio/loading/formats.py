"""Foreign ways of writing dates and numbers, rewritten as ours: ISO dates, plain decimals."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

from collector.foundation.errors import BadInput
from collector.portfolio.loading.expressions import Frame


class NumberFormat(BaseModel):
    """How a column writes numbers. `scientific` takes 1.00E+05; `round` to so many decimals, half to even;
    `negative: zero` for columns where less than nothing means nothing (a credit balance); `unit` is a mark beside the
    number that is taken off, such as ¥, 元 or %."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    thousands: Literal[",", ".", " ", "'", ""] = ""
    decimal: Literal[".", ","] = "."
    scientific: bool = False
    round: int | None = None
    negative: Literal["refuse", "zero"] = "refuse"
    unit: str = ""


class Fault(NamedTuple):
    """A reason in the place of a value."""

    reason: str


def rewrite(frame: Frame, name: str, change: Callable[[str], str]) -> None:
    """Every different cell of a column that is not empty is changed once; a BadInput refuses its rows."""
    cells = frame.columns[name]
    done: dict[str, str | Fault] = {cell: _changed(cell.strip(), change) for cell in set(cells)}
    found = []
    for row, cell in enumerate(cells):
        value = done[cell]
        if isinstance(value, Fault):
            frame.refuse(row, name, value.reason)
            found.append("")
        else:
            found.append(value)
    frame.columns[name] = found


def _changed(text: str, change: Callable[[str], str]) -> str | Fault:
    if not text:
        return ""
    try:
        return change(text)
    except BadInput as error:
        return Fault(error.message)


def canonical_date(text: str, formats: Sequence[str]) -> str:
    """An ISO date, or an ISO moment where there is an hour; the first format that fits wins. Midnight is told as the
    bare day, which begins with it: spreadsheets put it behind days that have no hour. The format
    `excel` is the number that a spreadsheet keeps a date as, and shows where the cell was not formatted."""
    for form in formats:
        if form == EXCEL and SERIAL.fullmatch(text):
            return _spreadsheet_day(text)
        try:
            found = datetime.strptime(text, form)  # noqa: DTZ007 - the zone is the portfolio's, applied later
        except ValueError:
            continue
        return found.isoformat(" ") if found.time() != MIDNIGHT else found.date().isoformat()
    raise BadInput(f"{text[:40]!r} is not written as {' or '.join(formats)}")


MIDNIGHT = time(0)
EXCEL = "excel"
SERIAL = re.compile(r"[0-9]{2,6}(\.[0-9]{1,15})?", re.ASCII)
SERIAL_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - a day of the calendar, in no zone
"""Day 0, in the count that holds from March 1900 on: before it the spreadsheet has a leap day that never was."""


def _spreadsheet_day(text: str) -> str:
    whole, _, part = text.partition(".")
    found = SERIAL_ZERO + timedelta(days=int(whole))
    if not part:
        return found.date().isoformat()
    return (found + timedelta(seconds=round(float(f"0.{part}") * 86_400))).isoformat(" ")


def canonical_number(text: str, form: NumberFormat) -> str:
    bare = text.removeprefix(form.unit).removesuffix(form.unit).strip() if form.unit else text
    plain = bare.replace(form.thousands, "") if form.thousands else bare
    if form.decimal == ",":
        plain = plain.replace(",", ".")
    try:
        value = Decimal(plain)
    except InvalidOperation as error:
        raise BadInput(f"{text[:40]!r} is not a number as the mapping describes it") from error
    if not value.is_finite() or ("e" in plain.lower() and not form.scientific):
        raise BadInput(f"{text[:40]!r} is not a number as the mapping describes it")
    if value < 0 and form.negative == "zero":
        return "0"
    if value.adjusted() > 30 or (value.adjusted() < -30 and value):
        raise BadInput(f"{text[:40]!r} is larger or smaller than any amount")
    if form.round is not None:
        value = value.quantize(Decimal(1).scaleb(-form.round), ROUND_HALF_EVEN)
    return f"{value:f}"

"""What the cells of a foreign column look like: how their dates and numbers are written, and whether they are phones,
e-mail addresses or ID numbers. Where two readings of a date or number both fit, both are told: nobody guesses them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache


class Holds(StrEnum):
    """What the cells of one of our columns mean; it says by what a foreign column can be told to be that one."""

    key = "key"
    text = "text"
    name = "name"
    address = "address"
    id_no = "id_no"
    phone = "phone"
    email = "email"
    money = "money"
    percent = "percent"
    number = "number"
    day = "day"
    moment = "moment"
    word = "word"
    flag = "flag"


PERSONAL = frozenset({Holds.name, Holds.address, Holds.id_no, Holds.phone, Holds.email})
"""What is masked wherever cells are shown."""
DATED = frozenset({Holds.day, Holds.moment})
COUNTED = frozenset({Holds.money, Holds.percent})

ISO = ""
"""The form that needs no saying: 2026-05-12, with or without a time."""
HOUR = r"[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?([+-][0-9]{2}:?[0-9]{2}|Z)?"
ISO_CELL = re.compile(rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}({HOUR})?", re.ASCII)
EXCEL = "excel"
SERIAL = re.compile(r"[2-6][0-9]{4}(\.[0-9]{1,15})?", re.ASCII)
"""The number a spreadsheet keeps a date as, from 1954 to 2091."""
COMPACT = "%Y%m%d"
DAYS = (
    "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", COMPACT, "%Y年%m月%d日", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y",
    "%d.%m.%Y", "%d/%m/%y", "%m/%d/%y", "%d-%b-%Y", "%d %b %Y", "%b %d, %Y", "%d %B %Y", "%B %d, %Y",
)  # fmt: skip
HOURS = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p", "T%H:%M:%S", " %H:%M:%S.%f", "%H%M%S")
USUAL = (" %H:%M", " %H:%M:%S", "")
FORMS = (ISO, *DAYS, EXCEL)
"""Ways of writing a day that are told apart."""
MOST = 0.6
"""Of the cells must be written in a way for it to be theirs; the rest are slips."""
DISTINCT = 300
"""Different cells that are looked at."""


@dataclass(frozen=True, slots=True)
class DateForm:
    """One reading of a column of dates. `formats`: of the mapping; none where the cells are ISO already."""

    form: str
    formats: tuple[str, ...] = ()


def given(cells: Sequence[str]) -> list[str]:
    """The different cells that are not empty, as many as are looked at."""
    found = dict.fromkeys(cell.strip() for cell in cells)
    found.pop("", None)
    return list(found)[:DISTINCT]


def dates_of(cells: Sequence[str]) -> tuple[DateForm, ...]:
    """Every reading in which most cells are dates, and as many as in any other; several only where they would be
    different days. The few that are none are refused when the file is checked."""
    known = given(cells)
    if not known:
        return ()
    if _most(sum(ISO_CELL.fullmatch(cell) is not None for cell in known), known):
        return (DateForm(ISO),)
    read = {form: _read_all(known, form) for form in DAYS}
    best = max(sum(day is not None for day in days) for days, _ in read.values())
    if not _most(best, known):
        serials = sum(SERIAL.fullmatch(cell) is not None for cell in known)
        return (DateForm(EXCEL, (EXCEL,)),) if _most(serials, known) else ()
    found: dict[tuple[datetime | None, ...], DateForm] = {}
    for form, (days, formats) in read.items():
        if sum(day is not None for day in days) == best:
            found.setdefault(days, DateForm(form, formats))
    return tuple(found.values())


def _most(count: int, known: Sequence[str]) -> bool:
    return count >= MOST * len(known)


def date_form(form: str, cells: Sequence[str]) -> DateForm:
    """That form with the hours that these cells have; the bare day where none of them is written so."""
    if form in (ISO, EXCEL):
        return DateForm(form, (form,) if form else ())
    hours = [hour for hour in HOURS if any(_read(cell, form + hour) for cell in given(cells))]
    return DateForm(form, _with_hours(form, hours) or (form,))


def _read_all(cells: Sequence[str], form: str) -> tuple[tuple[datetime | None, ...], tuple[str, ...]]:
    """The days of all cells, None where one is not written so, and the formats that were needed."""
    days: list[datetime | None] = []
    used: dict[str, None] = {}
    misses, bearable = 0, (1 - MOST) * len(cells)
    for cell in cells:
        hour = next((hour for hour in (*used, *HOURS) if _read(cell, form + hour)), None)
        days.append(_read(cell, form + hour) if hour is not None else None)
        if hour is not None:
            used.setdefault(hour)
        misses += hour is None
        if misses > bearable:
            return (), ()
    return tuple(days), _with_hours(form, used)


def _with_hours(form: str, used: Iterable[str]) -> tuple[str, ...]:
    """The formats that were needed, and where one has an hour the usual others: later rows may lack seconds."""
    known = list(used)
    also = USUAL if any(known) else ()
    return tuple(form + hour for hour in dict.fromkeys((*known, *also)))


PARTS = {
    "%Y": "[0-9]{4}", "%y": "[0-9]{2}", "%m": "[0-9]{1,2}", "%d": "[0-9]{1,2}", "%H": "[0-9]{1,2}", "%I": "[0-9]{1,2}",
    "%M": "[0-9]{2}", "%S": "[0-9]{2}", "%f": "[0-9]{1,6}", "%b": "[A-Za-z]{3}", "%B": "[A-Za-z]{3,9}",
    "%p": "[AaPp][Mm]",
}  # fmt: skip


@lru_cache(maxsize=256)
def _shape(form: str) -> re.Pattern[str]:
    """What a cell written so looks like: cheap to ask before it is read. A compact one has all its digits."""
    digits = "{2}" if form.startswith(COMPACT) else "{1,2}"
    pattern = re.escape(form).replace("\\%", "%")
    for part, looks in PARTS.items():
        pattern = pattern.replace(part, looks.replace("{1,2}", digits))
    return re.compile(pattern, re.ASCII)


def _read(cell: str, form: str) -> datetime | None:
    if _shape(form).fullmatch(cell) is None:
        return None
    try:
        return datetime.strptime(cell, form)  # noqa: DTZ007 - the zone is the portfolio's, applied later
    except ValueError:
        return None


UNITS = ("¥", "￥", "$", "€", "£", "₹", "元", "%", "CNY", "RMB", "USD", "EUR", "GBP", "INR")
WRITTEN = (("", "."), ("", ","), (",", "."), (".", ","), (" ", ","), ("'", "."))
"""Marks between thousands, and before decimals, that are told apart."""
SCIENTIFIC = re.compile(r"-?[0-9](\.[0-9]+)?[eE][+-]?[0-9]{1,2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class NumberForm:
    """One reading of a column of numbers. `fine`: some have more decimals than the currency; `negative`: some are less
    than nothing."""

    thousands: str = ""
    decimal: str = "."
    unit: str = ""
    scientific: bool = False
    fine: bool = False
    negative: bool = False

    @property
    def form(self) -> str:
        """As people know it."""
        return {("", "."): "1234.56", ("", ","): "1234,56"}.get(
            (self.thousands, self.decimal), f"1{self.thousands}234{self.decimal}56"
        )


NUMBER_FORMS = {NumberForm(*marks).form: marks for marks in WRITTEN}


def numbers_of(cells: Sequence[str], digits: int | None = 2) -> tuple[NumberForm, ...]:
    """Every reading in which most cells are numbers, and as many as in any other; several only where they would be
    different ones. `digits`: decimals of the currency, by which 1.234 is no amount of yuan but a thousand and more;
    None: of any fineness."""
    known = given(cells)
    if not known:
        return ()
    unit = next((unit for unit in UNITS if any(cell.startswith(unit) or cell.endswith(unit) for cell in known)), "")
    bare = [cell.removeprefix(unit).removesuffix(unit).strip() if unit else cell for cell in known]
    read = {marks: [_number(cell, *marks) for cell in bare] for marks in WRITTEN}
    best = max(sum(value is not None for value in values) for values in read.values())
    if not _most(best, known):
        return ()
    found: dict[tuple[str | None, ...], NumberForm] = {}
    for marks, values in read.items():
        if sum(value is not None for value in values) == best:
            found.setdefault(tuple(values), _number_form(marks, unit, [value for value in values if value], digits))
    fitting = [form for form in found.values() if not form.fine]
    return tuple(fitting or found.values())


def _number_form(marks: tuple[str, str], unit: str, values: Sequence[str], digits: int | None) -> NumberForm:
    decimals = max((len(value.partition(".")[2]) for value in values if "e" not in value.lower()), default=0)
    return NumberForm(
        *marks,
        unit,
        scientific=any("e" in value.lower() for value in values),
        fine=digits is not None and decimals > digits,
        negative=any(value.startswith("-") for value in values),
    )


@lru_cache(maxsize=16)
def _number_shape(thousands: str, decimal: str) -> re.Pattern[str]:
    whole = rf"[0-9]{{1,3}}({re.escape(thousands)}[0-9]{{3}})+|[0-9]+" if thousands else "[0-9]+"
    return re.compile(rf"-?({whole})({re.escape(decimal)}[0-9]+)?", re.ASCII)


def _number(cell: str, thousands: str, decimal: str) -> str | None:
    """The plain decimal that is meant by these marks; None where it is no number by them."""
    if decimal == "." and SCIENTIFIC.fullmatch(cell):
        return cell
    if _number_shape(thousands, decimal).fullmatch(cell) is None:
        return None
    return (cell.replace(thousands, "") if thousands else cell).replace(decimal, ".")


PHONE = re.compile(r"\+?[0-9][0-9 ().-]{5,18}[0-9]", re.ASCII)
MAIL = re.compile(r"[^\s@,;<>\"]+@[^\s@,;<>\"]+\.[^\s@,;<>\"]{2,}")
RESIDENT = re.compile(r"[1-9][0-9]{5}(19|20)[0-9]{9}[0-9Xx]", re.ASCII)
MOBILE = re.compile(r"(\+?86)?1[3-9][0-9]{9}|(\+?1)?[2-9][0-9]{9}", re.ASCII)
WHOLE = re.compile(r"[0-9]{1,9}(\.0+)?", re.ASCII)


def _phone(cell: str) -> bool:
    digits = re.sub(r"[^0-9+]", "", cell)
    return PHONE.fullmatch(cell) is not None and not RESIDENT.fullmatch(cell) and 7 <= len(digits.lstrip("+")) <= 15


def is_personal(cell: str) -> bool:
    """A cell that is a phone, an ID number or an e-mail address, whatever its column is called."""
    bare = re.sub(r"[ ().-]", "", cell)
    return bool(MOBILE.fullmatch(bare) or RESIDENT.fullmatch(bare) or MAIL.fullmatch(cell))


def veiled(cell: str) -> str:
    """Enough of a cell to know it again, not enough to use it."""
    text = cell.strip()
    if "@" in text:
        return f"{text[:1]}··@{text.rpartition('@')[2]}"
    if sum(mark.isdigit() for mark in text) >= 6:
        return f"{text[:3]}··{text[-2:]}"
    return f"{text[: max(1, min(6, len(text) // 3))]}··" if len(text) > 1 else text


LOOKS: Mapping[Holds, Callable[[str], bool]] = {
    Holds.phone: _phone,
    Holds.email: lambda cell: MAIL.fullmatch(cell) is not None,
    Holds.number: lambda cell: WHOLE.fullmatch(cell) is not None,
    Holds.key: lambda cell: len(cell) <= 64 and not any(mark.isspace() for mark in cell),
    Holds.name: lambda cell: any(mark.isalpha() for mark in cell),
    Holds.id_no: lambda cell: 4 <= len(cell) <= 40 and any(mark.isdigit() for mark in cell),
    Holds.word: lambda cell: len(cell) <= 60,
    Holds.flag: lambda cell: len(cell) <= 8,
}


def share(holds: Holds, cells: Sequence[str]) -> float:
    """How many of the cells could be of that sort, from 0 to 1; 1 where nothing speaks against it."""
    known = given(cells)
    if not known:
        return 1.0
    if holds in DATED:
        return 1.0 if dates_of(known) else 0.0
    if holds in COUNTED:
        return 1.0 if numbers_of(known, None) else 0.0
    looks = LOOKS.get(holds)
    return sum(map(looks, known)) / len(known) if looks else 1.0


TELLING: Mapping[Holds, Callable[[str], bool]] = {
    Holds.phone: lambda cell: MOBILE.fullmatch(re.sub(r"[ ().-]", "", cell)) is not None,
    Holds.email: lambda cell: MAIL.fullmatch(cell) is not None,
    Holds.id_no: lambda cell: RESIDENT.fullmatch(cell) is not None,
}
"""Sorts that are known by their cells alone."""


def told_by_cells(holds: Holds, cells: Sequence[str]) -> bool:
    """Whether the cells alone, whatever their column is called, say that they are of that sort."""
    known = given(cells)
    tells = TELLING.get(holds)
    return bool(known) and tells is not None and all(map(tells, known))

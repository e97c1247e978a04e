"""The day and the amount a message speaks of: a suggestion for the agent who reads it, never a promise on record.

What can be meant two ways is not guessed: "05/06" is no day, "next week" is none either.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from collector.texts.rules.fold import plain

FURTHEST = timedelta(days=120)
_DAYS = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
_WEEKDAY = {name[:3]: number for number, name in enumerate(_DAYS.split("|"))}
_MONTH = {name[:3]: number for number, name in enumerate(_MONTHS.split("|"), 1)}
_ZH_WEEKDAY = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}
_ZH_DIGIT = {char: number for number, char in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_ZH_UNIT = {"十": 10, "百": 100, "千": 1000, "万": 10000}
_COUNT = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "couple of": 2}
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?|\d+(?:\.\d{1,2})?"
_ZH_NUMBER = "[零一二三四五六七八九两十百千万]+"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What the message names. `amount` in major units, without a currency: the account's is meant."""

    day: date | None = None
    amount: Decimal | None = None


def suggest(text: str, today: date, payday: int | None = None) -> Suggestion:
    """The first day (today or later, within four months) and amount that the text names.

    `payday`: day of the month on which the person is paid, for "after pay day"; None: not known.
    """
    folded = plain(text)
    return Suggestion(_day(folded, today, payday), _amount(folded))


Finder = tuple[re.Pattern[str], Callable[[re.Match[str], date], date | None]]


def _found(pattern: str, day: Callable[[re.Match[str], date], date | None]) -> Finder:
    return re.compile(pattern), day


def _day(text: str, today: date, payday: int | None) -> date | None:
    if payday is not None and re.search(r"pay ?day|pay ?check|get paid|salary|工资|发薪", text):
        named = _of_month(today, payday)
        return named and named + timedelta(days=1) if re.search(r"after|后", text) else named
    for pattern, finder in _FINDERS:
        if match := pattern.search(text):
            day = finder(match, today)
            return day if day is not None and today <= day <= today + FURTHEST else None
    return None


def _of_month(today: date, number: int, months: int = 0) -> date | None:
    """The next day of that number: in this month if it is still to come, else in the next one."""
    ahead = months if months or number >= today.day else 1
    year, month = divmod(today.year * 12 + today.month - 1 + ahead, 12)
    return _date(year, month + 1, number)


def _date(year: int, month: int, day: int) -> date | None:
    if not (1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]):
        return None
    return date(year, month, day)


def _yearless(today: date, month: int, day: int) -> date | None:
    named = _date(today.year, month, day)
    return named if named is None or named >= today else _date(today.year + 1, month, day)


def _coming(today: date, weekday: int, *, next_week: bool = False) -> date:
    if next_week:
        return today + timedelta(days=7 - today.weekday() + weekday)
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def _month_end(today: date, months: int = 0) -> date:
    year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
    return date(year, month + 1, monthrange(year, month + 1)[1])


def _number(text: str) -> int:
    return int(text) if text.isdigit() else int(_chinese(text) or 0)


_ZH_DAY = r"(\d{1,2}|[一二三]?十?[一二三四五六七八九十])"
_FINDERS: tuple[Finder, ...] = (
    _found(r"\b(20\d\d)-(\d{1,2})-(\d{1,2})\b", lambda m, _: _date(int(m[1]), int(m[2]), int(m[3]))),
    _found(rf"(?:({_ZH_DAY[1:-1]})月{_ZH_DAY})(?:日|号)?", lambda m, t: _yearless(t, _number(m[1]), _number(m[2]))),
    _found(rf"下个?月{_ZH_DAY}(?:日|号)", lambda m, t: _of_month(t, _number(m[1]), 1)),
    _found(rf"(?<!\d){_ZH_DAY}(?:日|号)(?!码)", lambda m, t: _of_month(t, _number(m[1]))),
    _found(r"大后天", lambda _, t: t + timedelta(days=3)),
    _found(r"后天|\bday after tomorrow\b", lambda _, t: t + timedelta(days=2)),
    _found(r"明天|明早|明晚|\b(?:tomorrow|tmrw|tmr)\b", lambda _, t: t + timedelta(days=1)),
    _found(
        r"下个?(?:周|星期|礼拜)([一二三四五六日天])",
        lambda m, t: _coming(t, _ZH_WEEKDAY[m[1]], next_week=True),
    ),
    _found(r"(?:周|星期|礼拜)([一二三四五六日天])", lambda m, t: _coming(t, _ZH_WEEKDAY[m[1]])),
    _found(r"(?:下个?月底)", lambda _, t: _month_end(t, 1)),
    _found(r"月底|\bend of (?:the |this )?month\b", lambda _, t: _month_end(t)),
    _found(r"(\d{1,2}|[一二两三四五六七八九十])(?:天|日)(?:之?后|内)", lambda m, t: t + timedelta(days=_number(m[1]))),
    _found(
        rf"\b({_MONTHS}|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\.? (\d{{1,2}})(?:st|nd|rd|th)?\b",
        lambda m, t: _yearless(t, _MONTH[m[1][:3]], int(m[2])),
    ),
    _found(
        rf"\b(\d{{1,2}})(?:st|nd|rd|th)? (?:of )?({_MONTHS}|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b",
        lambda m, t: _yearless(t, _MONTH[m[2][:3]], int(m[1])),
    ),
    _found(
        r"\bthe (\d{1,2})(?:st|nd|rd|th)?\b(?! of)|\b(\d{1,2})(?:st|nd|rd|th)\b",
        lambda m, t: _of_month(t, int(m[1] or m[2])),
    ),
    _found(
        rf"\bnext ({_DAYS}|mon|tues?|wed|thu(?:rs?)?|fri|sat|sun)\b",
        lambda m, t: _coming(t, _WEEKDAY[m[1][:3]], next_week=True),
    ),
    _found(rf"\b({_DAYS}|mon|tues?|wed|thu(?:rs?)?|fri|sat|sun)\b", lambda m, t: _coming(t, _WEEKDAY[m[1][:3]])),
    _found(
        r"\bin (\d{1,2}|a|one|two|three|four|five|couple of) (day|week)s?\b",
        lambda m, t: t + timedelta(days=(_COUNT.get(m[1]) or int(m[1])) * (7 if m[2] == "week" else 1)),
    ),
    _found(r"今天|今晚|今日|\b(?:today|tonight)\b", lambda _, t: t),
)
"""In the order of asking: the more exact first, and the first that is there decides. "Today" comes last: most often
it tells of something else."""

_AMOUNTS = (
    re.compile(rf"[$¥£€₹]\s?({_NUMBER})(?!\d)\s?(k\b|万|千)?"),
    re.compile(
        rf"(?<![\d.,])({_NUMBER})\s?(万|千|k\b)?\s?(?:元|块|圆|dollars?|bucks|usd|rmb|cny|pounds?|quid|rupees?)"
    ),
    re.compile(rf"({_ZH_NUMBER})()(?:元|块|圆)"),
    re.compile(rf"(?<![\d.,])({_NUMBER})(万|千)"),
    re.compile(
        rf"\b(?:pay|send|transfer|deposit|paying) (?:you )?(?:about |only |just )?({_NUMBER})"
        r"(?![\d.,]?\d|st|nd|rd|th|[/:-]| ?(?:days?|weeks?|am|pm|times))(k\b)?"
    ),
    re.compile(rf"(?:还|付|转|先给|存)(?:你们?|款)?(?:个|了)?({_NUMBER})(?![\d.,]?\d|号|日|月|天|点|[/:-])()"),
)
_TIMES = {"万": Decimal(10000), "千": Decimal(1000), "k": Decimal(1000)}


def _amount(text: str) -> Decimal | None:
    for pattern in _AMOUNTS:
        match = pattern.search(text)
        if match is None:
            continue
        digits = match[1].replace(",", "")
        value = Decimal(digits) if digits[0].isdigit() else _chinese(digits)
        if value:
            return value * _TIMES.get(match[2] or "", Decimal(1))
    return None


def _chinese(text: str) -> Decimal | None:
    """一千二百 → 1200; 十五 → 15. None where it is no number."""
    total, part, digit = 0, 0, 0
    for char in text:
        if char in _ZH_DIGIT:
            digit = _ZH_DIGIT[char]
        elif char == "万":
            total, part, digit = (total + part + digit) * _ZH_UNIT[char], 0, 0
        else:
            part, digit = part + (digit or 1) * _ZH_UNIT[char], 0
    return Decimal(total + part + digit) or None

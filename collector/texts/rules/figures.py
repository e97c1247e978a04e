"""The amounts and dates that a text prints: each must be the account's own at that moment.

Read as a hurried reader reads: full-width figures are figures, and a number beside a currency, with cents, or grouped
by thousands is money. A number in words beside a currency is money that nobody can have approved.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

_MONTHS = {"janfebmaraprmayjunjulaugsepoctnovdec"[3 * at : 3 * at + 3]: at + 1 for at in range(12)}
_CURRENCIES: dict[str, frozenset[str]] = {
    unit: frozenset(codes.split())
    for units, codes in (
        ("¥", "CNY JPY"),
        ("cn¥ cny rmb 元 圆 块 yuan", "CNY"),
        ("jp¥ jpy 円 yen", "JPY"),
        ("$ dollar dollars bucks", "USD CAD AUD NZD HKD SGD"),
        ("us$ usd", "USD"),
        ("hk$ hkd", "HKD"),
        ("£ gbp pound pounds", "GBP"),
        ("€ eur euro euros", "EUR"),
        ("₹ inr rs rs. rupee rupees", "INR"),
    )
    for unit in units.split()
}
_WORDS = "|".join(sorted((re.escape(unit) for unit in _CURRENCIES if len(unit) > 1), key=len, reverse=True))
_FIGURE = r"\d{1,3}(?:,\d{2,3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_MONEY = re.compile(
    rf"(?<![a-z])(?P<before>(?:[a-z]{{2}})?[¥$£€₹]|(?:{_WORDS}))\s{{0,2}}(?P<first>{_FIGURE})(?P<times>\s?[万千k](?![a-z]))?"
    rf"|(?<![\d.,])(?P<second>{_FIGURE})\s{{0,2}}(?P<more>[万千])?(?P<after>[元圆块円]|(?:{_WORDS})(?![a-z]))"
    r"|(?<![\d.,:])(?P<bare>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.\d\d)(?![\d:]|\.\d)"
    r"|(?P<written>[一二三四五六七八九十百千万两零]+[元圆块])"
)
_RUN = re.compile(r"(?<![\d.])\d{3,}(?!\d)")
_TIMES = {"万": 10_000, "千": 1_000, "k": 1_000}
_MONTH_NAME = "(?P<{0}>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_YEAR = r"(?P<{0}>(?:19|20)\d\d)"
_DAY = re.compile(
    r"(?P<m1>\d{1,2})月(?P<d1>\d{1,2})[日号]"
    rf"|(?<!\d){_YEAR.format('y2')}[-/.年](?P<m2>\d{{1,2}})[-/.月](?P<d2>\d{{1,2}})(?!\d)"
    rf"|(?<![a-z]){_MONTH_NAME.format('n1')}\.? (?P<d3>\d{{1,2}})(?!\d)(?:,? {_YEAR.format('y3')}(?!\d))?"
    rf"|(?<!\d)(?P<d4>\d{{1,2}})(?:st|nd|rd|th)? {_MONTH_NAME.format('n2')}(?![a-z])(?:,? {_YEAR.format('y4')}(?!\d))?"
    r"|(?<![\d/])(?P<a>\d{1,2})/(?P<b>\d{1,2})(?:/(?P<y5>(?:\d\d){1,2}))?(?![\d/])"
)


class Money(NamedTuple):
    """An amount in major units; `currencies`: what it may be in, empty: not said. None: not readable."""

    shown: str
    amount: Decimal | None
    currencies: frozenset[str]


class Day(NamedTuple):
    """A date as it is printed. `year` None: not said, so any."""

    shown: str
    month: int
    day: int
    year: int | None

    def is_in(self, known: Collection[date | Day]) -> bool:
        """Whether it is one of these. 5/6 may be read both ways: it is right when one of its meanings is."""
        readings = {(self.month, self.day)}
        if "/" in self.shown and not self.shown[:4].isdigit():
            readings.add((self.day, self.month))
        return any(
            (one.month, one.day) in readings and (self.year is None or one.year is None or one.year == self.year)
            for one in known
        )


def foreign_figures(
    text: str, amounts: Collection[Decimal], currency: str, days: Collection[date], approved: Iterable[str] = ()
) -> tuple[str, ...]:
    """The amounts and dates in `text` that are none of these `amounts` (major units of `currency`) and `days`, and
    stand in no approved text either, such as the ways to pay."""
    folded = _folded(text)
    said = [(money.amount, money.currencies) for entry in approved for money in _money(_folded(entry))]
    wrong = [
        money.shown
        for money in _money(folded)
        if (money.amount, money.currencies) not in said
        and (money.amount not in amounts or (money.currencies and currency not in money.currencies))
    ]
    known: list[date | Day] = [*days, *(day for entry in approved for day in _days(_folded(entry)))]
    return (*wrong, *(day.shown for day in _days(folded) if not day.is_in(known)))


def fixed_figures(text: str) -> tuple[str, ...]:
    """The amounts, dates and numbers of three figures and more in the fixed words of a template: none belongs there,
    and a hotline may be as short as that."""
    folded = _folded(text)
    taken = (*(money.shown for money in _money(folded)), *(day.shown for day in _days(folded)))
    return taken + tuple(run for run in _RUN.findall(folded) if not any(run in one for one in taken))


def _folded(text: str) -> str:
    seen = "".join(char for char in unicodedata.normalize("NFKC", text) if unicodedata.category(char) != "Cf")
    return seen.lower()


def _money(folded: str) -> list[Money]:
    found = []
    for match in _MONEY.finditer(folded):
        figure = match["first"] or match["second"] or match["bare"]
        unit = match["before"] or match["after"]
        currencies = frozenset() if unit is None else _CURRENCIES.get(unit, frozenset({unit}))
        if figure is None:
            found.append(Money(match.group(), None, frozenset({"CNY"})))
            continue
        times = _TIMES.get((match["times"] or match["more"] or "").strip(), 1)
        found.append(Money(match.group(), Decimal(figure.replace(",", "")) * times, currencies))
    return found


def _days(folded: str) -> list[Day]:
    found = []
    for match in _DAY.finditer(folded):
        month = match["m1"] or match["m2"] or match["a"]
        day = match["d1"] or match["d2"] or match["d3"] or match["d4"] or match["b"]
        name = match["n1"] or match["n2"]
        year = match["y2"] or match["y3"] or match["y4"] or match["y5"]
        said = None if year is None else int(year) + (2000 if len(year) == 2 else 0)
        found.append(Day(match.group(), _MONTHS[name] if name else int(month), int(day), said))
    return found

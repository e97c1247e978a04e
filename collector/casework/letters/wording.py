"""How a letter writes days, amounts and what a person enters: pure, in the letter's language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from babel import Locale
from babel.dates import format_date
from babel.numbers import get_currency_name
from stdnum.cn import uscc

from collector.dispatch.rules.wording import harmless
from collector.foundation.errors import BadInput, Problem
from collector.foundation.money import exponent, parse_amount
from collector.texts.rules import MOST_CHARACTERS, Entry, LetterValue, Value, capital, foreign_references
from collector.texts.template import clean

ZH, EN = Locale.parse("zh_CN"), Locale.parse("en")
_FOREIGN_CODE = re.compile(r"[A-Z0-9][A-Z0-9/-]{1,23}", re.IGNORECASE)
_POSTCODE = re.compile(r"\b\d{5}-\d{4}\b")
"""A post code of nine figures in an American address: no number that could be called."""


def day(value: date | None, language: str) -> str:
    """As a paper writes it, year and all; "" where it is not known."""
    if value is None:
        return ""
    return format_date(
        value, "yyyy年M月d日" if language == "zh" else "MMMM d, y", locale=ZH if language == "zh" else EN
    )


def money(amount: int, currency: str, language: str) -> str:
    """With its currency, and in Chinese also in words: 人民币2,560.00元（大写：人民币贰仟伍佰陆拾元整）."""
    digits = exponent(currency)
    figures = f"{Decimal(amount).scaleb(-digits):,.{digits}f}"
    if language != "zh":
        return f"{currency} {figures}"
    words = capital(amount, digits)
    if currency == "CNY":
        return f"人民币{figures}元（大写：人民币{words}）"
    name = get_currency_name(currency, locale=ZH)
    return f"{name}{figures}（大写：{name}{words}）" if words else f"{name}{figures}"


def rate(percent: str | None) -> str:
    return f"{percent}%" if percent else ""


def entered(
    wanted: Iterable[LetterValue],
    given: Mapping[str, str],
    currency: str,
    language: str,
    approved: Iterable[str] | None,
) -> dict[str, Value]:
    """What a person entered, as it is printed; left-out values are missing. `approved`: what it may point to; None: the
    paper goes to a court or the police, where any number may be named. `BadInput` with everything that is wrong."""
    values: dict[str, Value] = {}
    problems: list[Problem] = []
    known = None if approved is None else tuple(approved)
    for value in wanted:
        text = clean(given.get(value.name, ""))
        if not text or value.entry is None:
            continue
        try:
            values[value.name] = _read(value, value.entry, text, currency, language, known)
        except BadInput as error:
            problems.append(Problem(f"{value.meaning}: {error.message}"))
    if problems:
        raise BadInput(problems=tuple(problems))
    return values


def _read(
    value: LetterValue, entry: Entry, text: str, currency: str, language: str, approved: tuple[str, ...] | None
) -> str:
    if len(text) > MOST_CHARACTERS[entry]:
        raise BadInput(f"has more than {MOST_CHARACTERS[entry]} characters")
    if entry is Entry.amount:
        amount = parse_amount(text, currency)
        if not amount:
            raise BadInput("must not be zero")
        return money(amount, currency, language)
    if entry is Entry.day:
        try:
            return day(date.fromisoformat(text), language)
        except ValueError as error:
            raise BadInput("is not a day; write it as 2026-05-31") from error
    if entry is Entry.code:
        return _code(text, language)
    if approved is not None and foreign_references(text, approved):
        raise BadInput("names a link or a long number that nobody approved")
    return text


def _code(text: str, language: str) -> str:
    """China: a unified social credit code with its check character (GB 32100)."""
    if language == "zh" and not uscc.is_valid(text):
        raise BadInput("is no unified social credit code: 18 characters, of which the last checks the others")
    if not _FOREIGN_CODE.fullmatch(text):
        raise BadInput("is no registration number: letters, figures, - and / only")
    return text.upper()


def safe_name(name: str) -> str:
    """ "" where it reads as a link, a number, an amount or a date (see `harmless`)."""
    return harmless(clean(name))


def safe_address(address: str) -> str:
    """ "" where it holds a link or a number that could be called or paid to."""
    text = clean(address)
    return "" if foreign_references(_POSTCODE.sub("", text), ()) else text

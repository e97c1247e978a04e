"""Money is whole minor units (分, cents) in an ISO 4217 currency; never a float."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from functools import lru_cache

from babel import Locale
from babel.numbers import format_compact_currency, format_currency, get_currency_precision

from collector.foundation.errors import BadInput

LIMIT = 10**15
"""Largest amount taken, in minor units: far above any book, far below BIGINT, so that sums stay exact."""


@lru_cache(maxsize=256)
def exponent(currency: str) -> int:
    """How many decimals the currency has by ISO 4217; an unknown currency is a `BadInput`."""
    if currency not in Locale("en").currencies:
        raise BadInput(f"unknown currency {currency!r}; use an ISO 4217 code such as CNY or USD")
    return int(get_currency_precision(currency))


def parse_amount(text: str, currency: str) -> int:
    """Decimal major units, as files carry them ("1234.50"), as minor units (123450).

    Refused: thousands separators, signs, exponents, more decimals than the currency has, amounts over `LIMIT`.
    """
    cleaned = text.strip()
    digits = exponent(currency)
    if not cleaned or not all(ch.isascii() and (ch.isdigit() or ch == ".") for ch in cleaned):
        raise BadInput(f"{text[:40]!r} is not an amount; write plain decimals such as 1234.50")
    whole, _, decimals = cleaned.partition(".")
    if len(whole.lstrip("0")) > len(str(LIMIT)):  # before arithmetic: Decimal rounds beyond 28 digits
        raise BadInput("the amount is larger than any this system takes")
    if len(decimals.rstrip("0")) > digits:
        raise BadInput(f"{text[:40]!r} has more than {digits} decimals, which {currency} does not have")
    try:
        amount = int(Decimal(f"{whole}.{decimals.rstrip('0')}").scaleb(digits))
    except InvalidOperation as error:
        raise BadInput(f"{text[:40]!r} is not an amount; write plain decimals such as 1234.50") from error
    if amount > LIMIT:
        raise BadInput("the amount is larger than any this system takes")
    return amount


def plain(amount: int, currency: str) -> str:
    """Minor units as decimal major units: 123450 CNY is "1234.50". The inverse of `parse_amount`."""
    digits = exponent(currency)
    return f"{Decimal(amount).scaleb(-digits):.{digits}f}"


def shown(amount: int, currency: str, language: str = "en") -> str:
    """Minor units as people read them: ¥1,234.50."""
    value = Decimal(amount).scaleb(-exponent(currency))
    return str(format_currency(value, currency, locale=_locale("zh_CN" if language.startswith("zh") else "en")))


def brief(amount: int, currency: str, language: str = "en") -> str:
    """Minor units rounded to what a narrow column holds: ¥1.2M, ¥120万. Never what anything is decided by."""
    value = Decimal(amount).scaleb(-exponent(currency))
    locale = _locale("zh_CN" if language.startswith("zh") else "en")
    return str(format_compact_currency(value, currency, locale=locale, fraction_digits=1))


@lru_cache
def _locale(name: str) -> Locale:
    """Read once: by name, the library looks through its folder of locales each time."""
    return Locale.parse(name)

"""Phone numbers: E.164 inside, exactly as libphonenumber reads them, and fast over whole columns.

The fast path is no pattern of ours. It joins, when a region is first used, the library's own patterns of valid
numbers, and takes a text only where the library could not read it in another way: no international or national
prefix at its start, a length that rules out a country code. All else goes through the library.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneMetadata, PhoneNumberType
from phonenumbers.timezone import time_zones_for_number

from collector.foundation.errors import BadInput

UNKNOWN_ZONE = "Etc/Unknown"
SEPARATORS = str.maketrans("", "", " -().")
WRITTEN = re.compile(r"[ ]*\+?[0-9 ().-]{5,40}", re.ASCII)
"""ASCII digits with separators that mean nothing, which is how nearly every file writes its numbers."""
NOT_GEOGRAPHIC = "001"
SATELLITE_CODES = ("870", "881", "882", "883")
"""Inmarsat, satellite, and international networks: some read as MOBILE, all cost dollars a minute
(security.md)."""


class PhoneKind(StrEnum):
    mobile = "mobile"
    fixed = "fixed"
    fixed_or_mobile = "fixed_or_mobile"
    toll_free = "toll_free"
    premium = "premium"
    shared_cost = "shared_cost"
    voip = "voip"
    personal = "personal"
    pager = "pager"
    company = "company"
    voicemail = "voicemail"
    satellite = "satellite"
    unknown = "unknown"


KINDS = {
    PhoneNumberType.MOBILE: PhoneKind.mobile,
    PhoneNumberType.FIXED_LINE: PhoneKind.fixed,
    PhoneNumberType.FIXED_LINE_OR_MOBILE: PhoneKind.fixed_or_mobile,
    PhoneNumberType.TOLL_FREE: PhoneKind.toll_free,
    PhoneNumberType.PREMIUM_RATE: PhoneKind.premium,
    PhoneNumberType.SHARED_COST: PhoneKind.shared_cost,
    PhoneNumberType.VOIP: PhoneKind.voip,
    PhoneNumberType.PERSONAL_NUMBER: PhoneKind.personal,
    PhoneNumberType.PAGER: PhoneKind.pager,
    PhoneNumberType.UAN: PhoneKind.company,
    PhoneNumberType.VOICEMAIL: PhoneKind.voicemail,
}
REFUSED = frozenset(
    {
        PhoneKind.premium,
        PhoneKind.shared_cost,
        PhoneKind.personal,
        PhoneKind.pager,
        PhoneKind.voicemail,
        PhoneKind.satellite,
        PhoneKind.unknown,
    }
)
"""Never dialled and never texted: they bill the caller, or no person answers (security.md, phone bill). UK
070 personal numbers are billed like premium ones."""
MESSAGED = frozenset({PhoneKind.mobile, PhoneKind.fixed_or_mobile, PhoneKind.voip})
REASONS = {
    NumberParseException.INVALID_COUNTRY_CODE: "its country code does not exist",
    NumberParseException.NOT_A_NUMBER: "it does not look like a phone number",
    NumberParseException.TOO_SHORT_AFTER_IDD: "it stops after the international prefix",
    NumberParseException.TOO_SHORT_NSN: "it is too short",
    NumberParseException.TOO_LONG: "it is too long",
}


def normalise(text: str, region: str) -> str:
    """E.164, as "+8613812348821", of a number written in that region (ISO 3166, "CN") or internationally.

    Valid is what libphonenumber calls valid, of any kind: ask `refused_kind` before keeping it. An extension
    is dropped. A `BadInput` gives the reason without repeating the number.
    """
    return _fast(text, _region(region)) or _slow(text, region)


def normalise_column(texts: Iterable[str], region: str) -> list[str | None]:
    """`normalise` over a column; None where it would refuse. Ask it again for the reason."""
    rules = _region(region)
    plain, prefix = rules.national.fullmatch, rules.prefix
    rest: dict[str, str | None] = {}
    return [prefix + text if plain(text) else _looked_up(text, region, rules, rest) for text in texts]


def _looked_up(text: str, region: str, rules: _Region, rest: dict[str, str | None]) -> str | None:
    quick = _fast(text, rules)
    if quick is not None:
        return quick
    if text not in rest:
        rest[text] = _parsed(text, region)
    return rest[text]


@dataclass(frozen=True, slots=True)
class _Region:
    prefix: str
    national: re.Pattern[str]
    """National numbers that are valid and can be read in one way only."""
    ordinary: re.Pattern[str]
    """In E.164, those that are plain mobile or fixed lines."""
    mobile: re.Pattern[str]
    """Those of the plain ones that are, or may be, mobile."""


NEVER = re.compile(r"(?!)")


@lru_cache(maxsize=300)
def _region(region: str) -> _Region:
    """The patterns of a region, from the library's metadata; an unknown region is a `BadInput`."""
    if region not in phonenumbers.SUPPORTED_REGIONS:
        raise BadInput(f"unknown region {region!r} for phone numbers; use an ISO 3166 code such as CN or US")
    code = phonenumbers.country_code_for_region(region)
    prefix = f"+{code}"
    sharing = phonenumbers.COUNTRY_CODE_TO_REGION_CODE[code]
    if sharing[0] != region:
        return _Region(prefix, NEVER, NEVER, NEVER)  # numbers are read by the rules of the main region, not by these
    data = _metadata(region)
    lines, ordinary, mobile = _lines_of(sharing)
    prefixes = "|".join(filter(None, (data.international_prefix, data.national_prefix_for_parsing)))
    once = rf"(?!0|(?:{prefixes}))(?=(?:{_either(data.general_desc)})\Z)"
    return _Region(
        prefix,
        re.compile(rf"{once}(?:{lines})", re.ASCII),
        re.compile(rf"{re.escape(prefix)}(?:{ordinary})", re.ASCII),
        re.compile(rf"{re.escape(prefix)}(?:{mobile})", re.ASCII),
    )


def _lines_of(sharing: Sequence[str]) -> tuple[str, str, str]:
    """Patterns of the regions that share a calling code: of every kind of line, of plain ones, of mobile ones. A
    number belongs to the first region whose leading digits it has, or, where a region names none, whose patterns it
    fits."""
    every, plain, mobile, taken = [], [], [], ""
    for region in sharing:
        data = _metadata(region)
        mine = rf"{taken}(?=(?:{_either(data.general_desc)})\Z)"
        lines, odd = _either(data.mobile, data.fixed_line), _odd(data)
        if data.leading_digits:
            mine += rf"(?={data.leading_digits})"
            taken += rf"(?!{data.leading_digits})"
        else:
            taken += rf"(?!(?:{odd})\Z)"
        every.append(rf"{mine}(?:{lines}|{odd})")
        plain.append(rf"{mine}(?!(?:{odd})\Z)(?:{lines})")
        mobile.append(rf"{mine}(?!(?:{odd})\Z)(?:{_either(data.mobile)})")
    return "|".join(every), "|".join(plain), "|".join(mobile)


def _odd(data: PhoneMetadata) -> str:
    """Every kind that libphonenumber knows beside mobile and fixed lines, and tries before them."""
    return _either(
        data.premium_rate,
        data.toll_free,
        data.shared_cost,
        data.voip,
        data.personal_number,
        data.pager,
        data.uan,
        data.voicemail,
    )


def _metadata(region: str) -> PhoneMetadata:
    data = PhoneMetadata.metadata_for_region(region)
    if data is None:
        raise BadInput(f"nothing is known of phone numbers in {region!r}")
    return data


def _either(*kinds: phonenumbers.PhoneNumberDesc | None) -> str:
    """The patterns of these kinds, each with its own lengths; a pattern that two share stands once."""
    parts = {
        _with_lengths(kind.national_number_pattern, tuple(kind.possible_length))
        for kind in kinds
        if kind is not None and kind.national_number_pattern
    }
    return "|".join(sorted(parts)) or "(?!)"


def _with_lengths(pattern: str, lengths: tuple[int, ...]) -> str:
    if not lengths:
        return f"(?:{pattern})"
    allowed = "|".join(f"[0-9]{{{length}}}" for length in lengths)
    return rf"(?=(?:{allowed})\Z)(?:{pattern})"


def _fast(text: str, rules: _Region) -> str | None:
    """The number where it is one of the plain ways of writing a plain number; None says nothing about it."""
    if WRITTEN.fullmatch(text) is None:
        return None
    digits = text.translate(SEPARATORS)
    if digits.startswith("+"):
        if not digits.startswith(rules.prefix):
            return None
        digits = digits[len(rules.prefix) :]
    return rules.prefix + digits if rules.national.fullmatch(digits) else None


def _parsed(text: str, region: str) -> str | None:
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException:
        return None
    return _written(number) if phonenumbers.is_valid_number(number) else None


def _written(number: phonenumbers.PhoneNumber) -> str:
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _slow(text: str, region: str) -> str:
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException as error:
        reason = REASONS.get(error.error_type, "it can not be read")
        raise BadInput(f"this is not a phone number: {reason}") from error
    if not phonenumbers.is_valid_number(number):
        raise BadInput(f"this is not a phone number in use: no such number exists in {_where(number, region)}")
    return _written(number)


def _where(number: phonenumbers.PhoneNumber, region: str) -> str:
    return str(phonenumbers.region_code_for_country_code(number.country_code or 0) or region)


def _number(e164: str) -> phonenumbers.PhoneNumber:
    try:
        return phonenumbers.parse(e164, None)
    except NumberParseException as error:
        raise BadInput("not an E.164 phone number") from error


def region_of(e164: str) -> str | None:
    """The region (ISO 3166) a number belongs to; None for satellite and other numbers of no country."""
    region = phonenumbers.region_code_for_number(_number(e164))
    return None if region in (None, NOT_GEOGRAPHIC) else str(region)


def kind(e164: str) -> PhoneKind:
    """What sort of line it is, by the numbering plan; where that can not tell (+1), `fixed_or_mobile`."""
    number = _number(e164)
    if str(number.country_code) in SATELLITE_CODES:
        return PhoneKind.satellite
    return KINDS.get(phonenumbers.number_type(number), PhoneKind.unknown)


def refused_kind(e164: str) -> PhoneKind | None:
    """The kind for which a number is never contacted, None where it may be. Cheap for plain numbers."""
    rules = _region_of_code(e164[:4])
    if rules is not None and rules.ordinary.fullmatch(e164):
        return None
    found = kind(e164)
    return found if found in REFUSED else None


def takes_messages(e164: str) -> bool:
    """Whether the line is, or may be, one that receives SMS: mobile, or where the numbering plan can not tell. Cheap
    for plain mobile numbers."""
    rules = _region_of_code(e164[:4])
    if rules is not None and rules.mobile.fullmatch(e164):
        return True
    return kind(e164) in MESSAGED


@lru_cache(maxsize=1200)
def _region_of_code(start: str) -> _Region | None:
    """By the plus sign and the three digits after it, in which every calling code ends."""
    for size in (2, 3, 4):
        code = start[1:size]
        regions: Sequence[str] = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(int(code) if code.isdigit() else 0, ())
        if regions and regions[0] != NOT_GEOGRAPHIC:
            return _region(regions[0])
    return None


def possible_zones(e164: str) -> tuple[str, ...]:
    """Every IANA zone the number may be in; empty when nothing is known. A mobile number tells where it was
    issued, not where its owner is: compliance asks for hours good in all of them."""
    zones = time_zones_for_number(_number(e164))
    return tuple(zone for zone in zones if zone != UNKNOWN_ZONE)


def masked(e164: str) -> str:
    """Enough to recognise, too little to call: +8613812348821 is "138··8821". At least three digits are
    hidden; numbers shorter than ten digits show their last two only."""
    national = e164[1:]
    for size in (1, 2, 3):
        if national[:size].isdigit() and int(national[:size]) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
            national = national[size:]
            break
    return f"{national[:3]}··{national[-4:]}" if len(national) >= 10 else f"··{national[-2:]}"

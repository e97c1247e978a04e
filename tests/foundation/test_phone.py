"""Phone numbers: never a different answer from libphonenumber, whatever is written."""

from __future__ import annotations

import os
import random
import re
from pathlib import Path

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.foundation.errors import BadInput
from collector.foundation.phone import (
    PhoneKind,
    kind,
    masked,
    normalise,
    normalise_column,
    possible_zones,
    refused_kind,
    region_of,
    takes_messages,
)

REGIONS = ("CN", "US", "GB", "IN")
DATA = Path(os.environ.get("COLLECTOR_TEST_DATA", Path(__file__).parents[3] / "shared" / "data")) / "phones"


def oracle(text: str, region: str) -> str | None:
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def agree(texts: list[str], region: str) -> None:
    answers = normalise_column(texts, region)
    wrong = [(t, a, oracle(t, region)) for t, a in zip(texts, answers, strict=True) if a != oracle(t, region)]
    assert wrong == []


@pytest.mark.slow
@pytest.mark.parametrize("region", REGIONS)
@settings(max_examples=150, deadline=None)
@given(st.lists(st.from_regex(r"(\+|00|0|1|44|86|91|011)?[0-9]{5,13}", fullmatch=True), max_size=20))
def test_digits_read_as_the_library_reads_them(region: str, texts: list[str]) -> None:
    agree(texts, region)


@pytest.mark.parametrize("region", REGIONS)
@settings(max_examples=150, deadline=None)
@given(st.lists(st.text("0123456789+-() .x/;#٣٤３\n\u00a0~*", max_size=24), max_size=20))
def test_whatever_is_written_reads_as_the_library_reads_it(region: str, texts: list[str]) -> None:
    agree(texts, region)


@pytest.mark.parametrize("region", REGIONS)
def test_random_numbers_near_real_ones_agree_in_every_way_of_writing(region: str) -> None:
    chance = random.Random(region)
    code = phonenumbers.country_code_for_region(region)
    examples = [
        str(number.national_number)
        for sort in (0, 1, 2, 3, 4, 5, 6, 7, 8)
        if (number := phonenumbers.example_number_for_type(region, sort)) is not None
    ]
    texts = []
    for _ in range(1500):
        digits = list(chance.choice(examples))
        for _ in range(chance.randrange(4)):
            digits[chance.randrange(len(digits))] = chance.choice("0123456789")
        national = "".join(digits)
        texts += [
            national,
            f"+{code}{national}",
            f"{code}{national}",
            f"0{national}",
            f"({national[:3]}) {national[3:6]}-{national[6:]}",
        ]
    agree(texts, region)


def test_every_number_published_as_an_example_agrees() -> None:
    if not DATA.is_dir():
        pytest.skip("the folder of foreign test data (COLLECTOR_TEST_DATA) is absent")
    for name in ("metadata_1_examples.csv", "metadata_86_examples.csv"):
        for line in (DATA / name).read_text().splitlines()[1:]:
            region, _, number = (part.strip().strip('"') for part in line.split(";"))
            agree([number, "+1" + number, "+86" + number], region)
            agree([number, "+1" + number, "+86" + number], "US")


@pytest.mark.parametrize(("code", "region"), [("1", "US"), ("86", "CN")])
def test_numbers_out_of_the_published_prefixes_agree(code: str, region: str) -> None:
    """Prefixes of carriers and places are the dense part of the plan, where patterns go wrong."""
    if not DATA.is_dir():
        pytest.skip("the folder of foreign test data (COLLECTOR_TEST_DATA) is absent")
    chance = random.Random(code)
    prefixes = re.findall(r"^([0-9]+)\|", (DATA / f"carrier_en_{code}.txt").read_text(), re.MULTILINE)
    length = 11 if region == "CN" else 10
    texts = []
    for prefix in chance.choices(prefixes, k=3000):
        national = prefix[len(code) :]
        texts.append(national + "".join(chance.choices("0123456789", k=max(0, length - len(national)))))
    assert sum(answer is not None for answer in normalise_column(texts, region)) > 1000
    agree(texts, region)


@pytest.mark.parametrize(
    ("text", "region", "e164"),
    [
        pytest.param("13812348821", "CN", "+8613812348821", id="cn-mobile"),
        pytest.param("138 1234 8821", "CN", "+8613812348821", id="spaces"),
        pytest.param("010-62345678", "CN", "+861062345678", id="cn-fixed"),
        pytest.param("(202) 456-1111", "US", "+12024561111", id="us"),
        pytest.param("+44 (0)20 7946 0018", "CN", "+442079460018", id="from-abroad"),
        pytest.param("９８７６５４３２１０", "IN", "+919876543210", id="full-width-digits"),
        pytest.param("604 555 0123", "US", "+16045550123", id="canada-shares-the-code"),
    ],
)
def test_ways_of_writing(text: str, region: str, e164: str) -> None:
    assert normalise(text, region) == e164
    assert normalise_column([text], region) == [e164]


@pytest.mark.parametrize(
    ("text", "region", "words"),
    [
        pytest.param("", "CN", "does not look like", id="empty"),
        pytest.param("12345678901", "CN", "no such number exists in CN", id="loose-pattern-would-take-it"),
        pytest.param("1", "CN", "does not look like", id="one-digit"),
        pytest.param("+9991234567", "CN", "country code", id="no-country"),
        pytest.param("1" * 300, "CN", "too long", id="too-long"),
        pytest.param("unknown", "US", "phone number", id="words"),
        pytest.param("13812348821", "XX", "unknown region", id="region"),
    ],
)
def test_refusals_give_the_reason_and_not_the_number(text: str, region: str, words: str) -> None:
    with pytest.raises(BadInput) as caught:
        normalise(text, region)
    assert words in caught.value.message
    assert len(text) < 5 or text not in caught.value.message


@pytest.mark.parametrize(
    ("e164", "what", "refused"),
    [
        pytest.param("+8613812348821", PhoneKind.mobile, False, id="cn-mobile"),
        pytest.param("+861062345678", PhoneKind.fixed, False, id="cn-fixed"),
        pytest.param("+12024561111", PhoneKind.fixed_or_mobile, False, id="us"),
        pytest.param("+16045550123", PhoneKind.fixed_or_mobile, False, id="canada"),
        pytest.param("+8008001234", PhoneKind.unknown, True, id="not-a-number"),
        pytest.param("+8616812345", PhoneKind.premium, True, id="cn-premium"),
        pytest.param("+864001234567", PhoneKind.shared_cost, True, id="cn-400"),
        pytest.param("+19002345678", PhoneKind.premium, True, id="us-900"),
        pytest.param("+449012345678", PhoneKind.premium, True, id="gb-90"),
        pytest.param("+447012345678", PhoneKind.personal, True, id="gb-070"),
        pytest.param("+881612345678", PhoneKind.satellite, True, id="satellite-reads-as-mobile"),
        pytest.param("+8821612345678", PhoneKind.satellite, True, id="international-network"),
        pytest.param("+979123456789", PhoneKind.premium, True, id="international-premium"),
        pytest.param("+18002345678", PhoneKind.toll_free, False, id="toll-free"),
    ],
)
def test_kinds(e164: str, what: PhoneKind, refused: bool) -> None:
    assert kind(e164) == what
    assert refused_kind(e164) == (what if refused else None)


@settings(max_examples=300, deadline=None)
@given(st.from_regex(r"\+(1|44|86|91)[1-9][0-9]{6,10}", fullmatch=True))
def test_the_quick_refusal_is_the_slow_one(e164: str) -> None:
    found = kind(e164)
    plain = found in (PhoneKind.mobile, PhoneKind.fixed, PhoneKind.fixed_or_mobile)
    assert not plain or refused_kind(e164) is None
    assert refused_kind(e164) in (None, found)


@pytest.mark.parametrize(
    ("e164", "zones"),
    [
        pytest.param("+8613812348821", {"Asia/Shanghai"}, id="cn"),
        pytest.param("+12024561111", {"America/New_York"}, id="us-area-code"),
        pytest.param("+881612345678", set(), id="nowhere"),
    ],
)
def test_possible_zones(e164: str, zones: set[str]) -> None:
    assert set(possible_zones(e164)) == zones


def test_a_number_without_a_place_has_every_zone_of_its_country() -> None:
    assert {"America/New_York", "Pacific/Honolulu"} <= set(possible_zones("+18002345678"))


@pytest.mark.parametrize(
    ("e164", "region"),
    [("+8613812348821", "CN"), ("+16045550123", "CA"), ("+447781012345", "GG"), ("+881612345678", None)],
)
def test_region_of(e164: str, region: str | None) -> None:
    assert region_of(e164) == region


@pytest.mark.parametrize(
    ("e164", "shown"),
    [
        ("+8613812348821", "138··8821"),
        ("+12024561111", "202··1111"),
        ("+861062345678", "106··5678"),
        ("+8616812345", "··45"),
    ],
)
def test_masked(e164: str, shown: str) -> None:
    assert masked(e164) == shown
    assert len(re.sub(r"\D", "", shown)) <= len(e164) - 4


@pytest.mark.parametrize(
    ("e164", "answer"),
    [
        pytest.param("+8613812348821", True, id="mobile"),
        pytest.param("+861065529988", False, id="fixed line"),
        pytest.param("+12024561111", True, id="the plan can not tell"),
        pytest.param("+447911123456", True, id="mobile abroad"),
        pytest.param("+442071234567", False, id="fixed line abroad"),
        pytest.param("+18002345678", False, id="toll free"),
    ],
)
def test_takes_messages(e164: str, answer: bool) -> None:
    assert takes_messages(e164) is answer

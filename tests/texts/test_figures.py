"""Amounts and dates that a text prints, against the account's own."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.foundation.money import shown
from collector.texts.rules import foreign_figures

OWN = (Decimal("1000.00"), Decimal("12345.67"))
DAYS = (date(2026, 5, 13), date(2026, 12, 1))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("逾期金额¥1,000.00", id="as we write it"),
        pytest.param("逾期金额1000元，12,345.67元", id="yuan behind"),
        pytest.param("CN¥1,000.00 or RMB 1000", id="codes before"),
        pytest.param("逾期￥１，０００．００", id="full width"),
        pytest.param("0.1万元", id="ten thousands"),
        pytest.param("尾号6789逾期12天，95588", id="numbers that are no money"),
        pytest.param("at 18:30, May 13, 6:30 PM", id="times"),
        pytest.param("5月13日，2026-12-01，13 May，5/13，12/1/2026", id="own dates"),
        pytest.param("Dec 1, 2026; 1 December 2026; 13/5/26; 2026年5月13日", id="own dates with their year"),
        pytest.param("满500元可办理", id="said by the approved way to pay"),
    ],
)
def test_own_figures(text: str) -> None:
    assert foreign_figures(text, OWN, "CNY", DAYS, ["满500元可办理"]) == ()


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        pytest.param("逾期金额¥1,000.01", "¥1,000.01", id="a cent more"),
        pytest.param("应还10元", "10元", id="another amount"),
        pytest.param("$1,000.00", "$1,000.00", id="another currency"),
        pytest.param("US$1,000.00", "us$1,000.00", id="another currency by name"),
        pytest.param("1,000.00 pounds", "1,000.00 pounds", id="another currency behind"),
        pytest.param("应还1万元", "1万元", id="times ten thousand"),
        pytest.param("应还五千元", "五千元", id="in words"),
        pytest.param("pay 999.00 now", "999.00", id="no currency, cents"),
        pytest.param("pay 5,000 now", "5,000", id="no currency, grouped"),
        pytest.param("¥1\u200b,001", "¥1,001", id="unseen character"),
        pytest.param("￥９９９", "¥999", id="full width"),
        pytest.param("Rs. 1000", "rs. 1000", id="rupees"),
        pytest.param("5月14日前", "5月14日", id="another day"),
        pytest.param("by May 14", "may 14", id="another day, english"),
        pytest.param("2026-05-31", "2026-05-31", id="another day, iso"),
        pytest.param("31 December", "31 december", id="another day, british"),
        pytest.param("7/7", "7/7", id="another day, slash"),
        pytest.param("2031-12-01", "2031-12-01", id="another year"),
        pytest.param("2031年12月1日", "2031年12月1", id="another year, chinese"),
        pytest.param("by Dec 1, 2031", "dec 1, 2031", id="another year, english"),
        pytest.param("1 December 2031", "1 december 2031", id="another year, british"),
        pytest.param("12/1/31", "12/1/31", id="another year, slash"),
    ],
)
def test_foreign_figures(text: str, wrong: str) -> None:
    assert foreign_figures(text, OWN, "CNY", DAYS) == (wrong,)


@given(
    st.integers(1, 10**11), st.sampled_from(["CNY", "USD", "GBP", "EUR", "INR", "JPY"]), st.sampled_from(["zh", "en"])
)
def test_what_we_print_is_our_own_and_nothing_else_is(amount: int, currency: str, language: str) -> None:
    printed = shown(amount, currency, language)
    major = Decimal(amount).scaleb(0 if currency == "JPY" else -2)
    assert foreign_figures(f"逾期{printed}。", (major,), currency, ()) == ()
    assert len(foreign_figures(f"is {printed} due", (major + 1,), currency, ())) == 1

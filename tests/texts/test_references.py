from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.texts.rules import fixed_references, foreign_references

HARMLESS = [
    pytest.param("请于2026年5月13日前还款12,345.67元。", id="chinese date and amount"),
    pytest.param("应还1234567.89元，5月13日18:00前", id="ungrouped amount"),
    pytest.param("overdue ¥12345678.90 since 2026-05-13 18:00", id="date beside time"),
    pytest.param("due 05/13/2026 6:00 PM, 13.05.2026 or 2026.5.13", id="dates in three orders"),
    pytest.param("$1,234,567.89 by May 13, 2026 for 1234", id="grouped, english date, account tail"),
    pytest.param("by 13 May 2026 10 days", id="british date before a number"),
    pytest.param("应还￥1,280.00", id="full-width currency"),
    pytest.param("JPY ¥1234567 or 1234567元", id="amount without decimals"),
    pytest.param("₹12,34,567.00", id="indian grouping"),
    pytest.param("尾号1234，95588为您服务。", id="chinese comma parts two numbers"),
    pytest.param("ending 1234. 95588 is our number", id="full stop parts two numbers"),
    pytest.param("steps on days 30, 60, 90, 120", id="a list of numbers"),
    pytest.param("e.g. at 9 a.m. in the U.S. No.1, Co.,Ltd.", id="dots that are no domain"),
    pytest.param("您尾号6789的消费贷款逾期12天", id="account tail and days"),
]
FOREIGN = [
    pytest.param("请登录https://pay.evil.cn/x，办理", "https://pay.evil.cn/x", id="link before a chinese comma"),
    pytest.param("see www.evil.com.", "www.evil.com", id="www"),
    pytest.param("请登录pay.evil.cn查询", "pay.evil.cn", id="bare domain between chinese"),
    pytest.param("t.cn/AbC", "t.cn/AbC", id="short link"),
    pytest.param("evil．com", "evil.com", id="full-width dot"),
    pytest.param("ev\u200bil.c\u200bom", "evil.com", id="invisible characters in a domain"),
    pytest.param("еvil.com", "еvil.com", id="cyrillic look-alike"),
    pytest.param("登录 银行.中国", "银行.中国", id="chinese domain"),
    pytest.param("alipays://pay?x=1", "alipays://pay?x=1", id="app link"),
    pytest.param("write to me@evil.com now", "me@evil.com", id="e-mail"),
    pytest.param("call 13800138000", "13800138000", id="mobile"),
    pytest.param("call +86 138-0013-8000!", "+86 138-0013-8000", id="mobile in groups"),
    pytest.param("call (415) 555-0132", "415) 555-0132", id="american number"),
    pytest.param("call 1.3.8.0.0.1.3.8.0.0.0", "1.3.8.0.0.1.3.8.0.0.0", id="dots between digits"),
    pytest.param("138,0013,8000", "138,0013,8000", id="commas that do not group by thousands"),
    pytest.param("１３８００１３８０００", "13800138000", id="full-width digits"),
    pytest.param("①③⑧⓪⓪①③⑧⓪⓪⓪", "13800138000", id="circled digits"),
    pytest.param("١٣٨٠٠١٣٨٠٠٠", "13800138000", id="arabic digits"),
    pytest.param("一三八零零一三八零零零", "13800138000", id="chinese digits"),
    pytest.param("138\u200b0013\u200b8000", "13800138000", id="invisible characters in a number"),
    pytest.param("¥13800138000", "13800138000", id="a telephone number is no amount"),
    pytest.param("转账至6222 0212 3456 7890 123", "6222 0212 3456 7890 123", id="bank card"),
    pytest.param("10.20.30.140:80", "10.20.30.140", id="address of a machine"),
]


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless(text: str) -> None:
    assert foreign_references(text, ()) == ()


@pytest.mark.parametrize(("text", "reference"), FOREIGN)
def test_foreign(text: str, reference: str) -> None:
    assert foreign_references(text, ()) == (reference,)


@pytest.mark.parametrize(
    ("text", "approved"),
    [
        pytest.param("https://pay.bank.cn/a?b=1", ["pay.bank.cn"], id="page under an approved host"),
        pytest.param("PAY.bank.cn", ["https://pay.bank.cn"], id="case and scheme do not matter"),
        pytest.param("https://bank.cn/pay/a", ["bank.cn/pay"], id="below an approved path"),
        pytest.param("0571-88001234", ["+86 571 8800 1234"], id="national form of an approved number"),
        pytest.param("+86 400 555 0199", ["+864005550199"], id="same number, other spacing"),
        pytest.param("转账至6222 0212 3456 7890", ["账号6222021234567890，可登录bank.cn"], id="mined"),
        pytest.param("help@bank.cn", ["Help@Bank.cn"], id="e-mail"),
        pytest.param("Dear J.Smith", ["J.Smith"], id="the borrower's own name"),
    ],
)
def test_approved(text: str, approved: list[str]) -> None:
    assert foreign_references(text, approved) == ()


@pytest.mark.parametrize(
    ("text", "approved"),
    [
        pytest.param("https://pay.bank.cn@evil.com/", ["pay.bank.cn"], id="name before an at sign"),
        pytest.param("https://evil.com\\@pay.bank.cn", ["pay.bank.cn"], id="backslash"),
        pytest.param("https://evil.com#@pay.bank.cn", ["pay.bank.cn"], id="fragment"),
        pytest.param("pay.bank.cn.evil.com", ["pay.bank.cn"], id="approved host as a subdomain"),
        pytest.param("evilbank.cn", ["bank.cn"], id="approved host as an ending"),
        pytest.param("sub.bank.cn", ["bank.cn"], id="subdomain"),
        pytest.param("pay.bank.cn:8443", ["pay.bank.cn"], id="other port"),
        pytest.param("bank.cn/payment", ["bank.cn/pay"], id="path that only begins alike"),
        pytest.param("bank.cn/pay/../x", ["bank.cn/pay"], id="path that climbs"),
        pytest.param("ftp://bank.cn", ["bank.cn"], id="other scheme"),
        pytest.param("4005550198", ["4005550199"], id="one digit off"),
        pytest.param("8640055501990", ["4005550199"], id="longer than approved"),
        pytest.param("13800138000", ["95588"], id="short approved number"),
    ],
)
def test_not_quite_approved(text: str, approved: list[str]) -> None:
    assert len(foreign_references(text, approved)) == 1


def test_a_template_holds_no_long_amount_either() -> None:
    assert fixed_references("pay 13,800,138,000 to us") == ("13,800,138,000",)


@given(st.text(max_size=100) | st.text("0123456789.-/ @:\\abcn，一+()¥元月", max_size=60))
def test_a_text_is_approved_by_itself(text: str) -> None:
    assert foreign_references(text, [text]) == ()

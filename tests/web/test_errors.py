"""Every refusal that a browser can be told is known in Chinese, none is translated in vain, and pages say them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from html import unescape

import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select
from web.conftest import Building, Visitor
from web.raised import AT_A_TERMINAL, HOLE, ROOT, raised

from collector.foundation.errors import Problem
from collector.identity.tables import User
from collector.portfolio.loading.rejects import kind_of
from collector.web.pages import PAGES
from collector.web.pages.shell import Form
from collector.web.words import ERRORS, Words, plain_form

CHINESE = Words("zh")


def known(sentence: str) -> bool:
    return CHINESE.clause(sentence) != sentence


def test_every_refusal_that_a_browser_can_be_told_is_known_in_chinese() -> None:
    told = list(raised())
    assert len(told) > 300
    assert sorted(f"{place} {sentence}" for place, sentence in told if not known(sentence)) == []


def test_no_refusal_is_translated_in_vain() -> None:
    said = {skeleton(sentence) for _, sentence in raised()}
    said |= {skeleton(kind_of(sentence.replace(f"line {HOLE}", "line 7"))) for sentence in said}
    assert sorted(english for english in ERRORS[""] if skeleton(english) not in said) == []


def skeleton(sentence: str) -> str:
    return re.sub(rf"\{{\w+\}}|{HOLE}", HOLE, sentence)


def test_both_languages_of_a_refusal_fill_in_the_same_parts() -> None:
    def parts(sentence: str) -> list[str]:
        return sorted(re.findall(r"\{(\w+)\}", sentence))

    assert [english for english, chinese in ERRORS[""].items() if parts(english) != parts(chinese)] == []
    source = (ROOT / "web" / "errors.po").read_text(encoding="utf-8")
    assert source.count("\nmsgid ") == 1 + sum(len(told) for told in ERRORS.values())
    assert [english for told in ERRORS.values() for english, chinese in told.items() if not chinese] == []


def test_what_only_a_terminal_reads_is_still_there() -> None:
    assert [name for name in AT_A_TERMINAL if not (ROOT / name).exists()] == []


def forms() -> Iterator[type[Form]]:
    waiting = [Form]
    while waiting:
        form = waiting.pop()
        waiting += form.__subclasses__()
        yield form


def test_every_field_of_a_form_has_a_chinese_name_and_no_other_has_one() -> None:
    fields = {plain_form(name) for form in forms() for name in form.model_fields}
    ids = {plain_form(name) for route in PAGES for name in re.findall(r"\{(\w+_id)\}", "".join(paths(route)))}
    assert len(fields) > 50
    assert sorted((fields | ids) ^ set(ERRORS["field"])) == []


def paths(router: APIRouter) -> Iterator[str]:
    return (route.path for route in router.routes if isinstance(route, APIRoute))


PLACED = Problem("'a; b' is not an amount; write plain decimals such as 1234.50", 3, "amount", "book.csv")


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        pytest.param(
            str(PLACED), "book.csv，第3行，列 金额：“a; b”不是金额；请写成 1234.50 这样的数字。", id="a place"
        ),
        pytest.param(
            f"{PLACED}; book.csv, line 4, column paid_at: is zero; it must be more",
            "book.csv，第3行，列 金额：“a; b”不是金额；请写成 1234.50 这样的数字；"
            "book.csv，第4行，列 还款时间：为零；须大于零。",
            id="two places",
        ),
        pytest.param(
            "the gate has closed meanwhile: contact is on hold here; 8 calls about a debt in 7 days; at most 7",
            "合规闸门此时已关闭：此处已停催；7天内就一笔债务已呼叫8次，上限7次。",
            id="reasons of the law",
        ),
        pytest.param(
            "a.csv: the column 'x' is not one of accounts; a.csv: the column 'y' is not one of accounts",
            "a.csv：列 “x” 不属于账户；a.csv：列 “y” 不属于账户。",
            id="a file twice",
        ),
        pytest.param(
            "state: is not one of active, closed; choose one of them; due_on: is missing; fill it in",
            "状态：不在可选范围内：有效、已关闭；请从中选择；日期：请填写。",
            id="fields",
        ),
        pytest.param("not sent: contact is on hold here", "未发送：此处已停催。", id="led in"),
        pytest.param(
            "book.xls: this is an old or protected workbook; save it as .xlsx without a password, or as CSV UTF-8",
            "book.xls：这是旧版或加密的工作簿；请另存为不带密码的 .xlsx，或 UTF-8 编码的 CSV。",
            id="a file",
        ),
        pytest.param(
            "'cousin' is not one of borrower, guarantor; did you mean borrower?",
            "“cousin”不在可用值之中：borrower, guarantor；是否为 borrower？",
            id="words of a file stay as they must be written",
        ),
        pytest.param("… is not a day that exists", "没有该值这一天。", id="a kind"),
        pytest.param("the same account_no as in …", "account_no 与前面某行相同。", id="a kind with a line"),
        pytest.param("a sentence that nobody knows", "a sentence that nobody knows", id="unknown"),
    ],
)
def test_a_refusal_is_told_part_by_part(english: str, chinese: str) -> None:
    assert CHINESE.error(english) == chinese
    assert Words("en").error(english) == english


@pytest.mark.parametrize(
    "piece", ["is ", "a: b; ", "not sent: ", "line 3, column x: ", "'x' is not one of ", "; ", ": "]
)
@given(st.integers(1, 400))
def test_no_text_is_too_deep(piece: str, times: int) -> None:
    assert CHINESE.error(piece * times)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_whatever_somebody_types_is_shown_as_it_is(typed: str) -> None:
    told = CHINESE.problem(Problem(f"{typed!r} is not an amount; write plain decimals such as 1234.50"))
    assert told.endswith("不是金额；请写成 1234.50 这样的数字")
    assert told.startswith(("“", "'", '"'))


PROMISE = {"amount": "600.00", "due_on": "2026-05-15", "due_time": "18:00"}
REFUSED = [
    ("agent", "/accounts/{loan}/promise", {**PROMISE, "amount": ""}, "金额：请填写。"),
    ("agent", "/accounts/{loan}/promise", {**PROMISE, "due_on": "31.5.2026"}, "日期：不是日期；请写成 2026-05-31。"),
    ("agent", "/accounts/{loan}/promise", {**PROMISE, "due_time": "noon"}, "时间：不是时刻；请写成 09:30。"),
    ("agent", "/accounts/{loan}/promise", {**PROMISE, "amount": "a lot"}, "“a lot”不是金额；请写成"),
    ("agent", "/accounts/{loan}/promise", {**PROMISE, "amount": "1.005"}, "“1.005”的小数超过 2 位，CNY 没有"),
    ("agent", "/accounts/{loan}/promise", {**PROMISE, "amount": "0"}, "承诺金额须大于零。"),
    ("agent", "/accounts/{loan}/promise", {**PROMISE, "due_on": "2026-05-01"}, "承诺的还款时间须晚于作出承诺的时间"),
    (
        "agent",
        "/accounts/{loan}/promise",
        {**PROMISE, "promised_by": "cousin"},
        "承诺人：不在可选范围内：借款人、共同借",
    ),
    (
        "agent",
        "/accounts/{loan}/promise",
        {**PROMISE, "promised_by": "employer"},
        "只有借款人、共同借款人或保证人可以承诺",
    ),
    ("agent", "/accounts/{loan}/callback", {"due_on": "2026-05-01", "due_time": "09:00"}, "回拨时间须在将来"),
    ("agent", "/accounts/{loan}/says-paid", {"role": "admin"}, "角色：不在此处填写；请重新打开页面。"),
    ("agent", "/accounts/999999/says-paid", {}, "没有这个账户。"),
    ("agent", "/accounts/x/says-paid", {}, "账户编号：不是整数；请写成 12 这样的数字"),
    ("agent", "/accounts/{loan}/stop", {"kind": "attorney", "channel": "sms"}, "只有拒收可以针对某一渠道或号码"),
    ("agent", "/people/{person}/found", {"phone": "12"}, "号码不存在：CN 没有这样的号码。"),
    ("agent", "/desk/state", {"state": "on_call"}, "不能自选，由通话决定；请选择示闲或小休。"),
    ("agent", "/search", {"text": "a"}, "请至少输入 3 个字符。"),
    ("agent", "/password", {"old": "wrong", "new": "a" * 12, "again": "b" * 12}, "两次输入的新密码不一致"),
    ("agent", "/users", {"name": "x"}, "您的角色不能打开此页；请联系主管。"),
    ("admin", "/users", {"name": "agent", "role": "agent"}, "已有用户“agent”；请换一个用户名。"),
    ("supervisor", "/accounts/{loan}/pause", {"first": "2026-05-12", "last": "2020-05-12"}, "暂停计龄须为 1 至 366 天"),
    ("supervisor", "/floor/hold/put", {"target": "x", "note": "n" * 501}, "备注：超过 500 个字符；请缩短。"),
    ("operations", "/operations/files", {"kind": "accounts", "portfolio": "CN"}, "请先选择文件。"),
]


@pytest.fixture(scope="module")
def chinese(house: Building) -> Callable[[str], Visitor]:
    """Users whose pages are Chinese, each signed in once."""
    with house.office.database.begin() as session:
        for user in session.exec(select(User)):
            user.language = "zh"
    return cache(house.signed_in)


@pytest.mark.parametrize(
    ("name", "path", "fields", "sentence"),
    [pytest.param(*one, id=f"{at} {one[1].rpartition('/')[2]}") for at, one in enumerate(REFUSED)],
)
def test_a_chinese_page_refuses_in_chinese(
    house: Building, chinese: Callable[[str], Visitor], name: str, path: str, fields: dict[str, str], sentence: str
) -> None:
    answer = chinese(name).post(path.format(loan=house.book.loan, person=house.book.wang), fields)
    assert answer.status_code in (403, 404, 409, 422)
    told = unescape(
        "".join(re.findall(r'class="(?:problem|warning)"[^>]*>(.*?)</(?:ul|section|form)>', answer.text, re.S))
    )
    assert sentence in told
    assert not re.search(r"[a-z]{2,} [a-z]{2,}", re.sub(r"<[^>]+>|“[^”]*”", "", told)), told


def test_programs_are_answered_in_english(house: Building) -> None:
    answer = house.api().get("/accounts", after="x")
    assert (answer.status_code, answer.json()["error"]) == (
        422,
        "after is no key that a page gave; begin at the first page",
    )

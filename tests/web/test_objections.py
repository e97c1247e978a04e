"""Every sentence with which the gate objects has its Chinese: read from the rules, so that a new one is missed."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import collector.compliance.rules
from collector.compliance.check import check_document
from collector.compliance.packs import CODES, load_pack
from collector.compliance.rules.parties import CLOSED_NUMBERS
from collector.web.words import Words

RULES = Path(collector.compliance.rules.__file__).parent
CHINESE = Words("zh")
ELSEWHERE = {"CLOSED_NUMBERS[phone.status]", "reason", "_reason(minute, zone_name, start, end)", "f'{wrong}: {hit!r}'"}
"""Sentences that are made in another place: see the tests below."""


def sentences() -> Iterator[str]:
    for path in sorted(RULES.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            is_finding = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Finding"
            if is_finding and ast.unparse(node.args[0]) not in ELSEWHERE:
                yield written(node.args[0])


def written(said: ast.expr) -> str:
    """The sentence with something in its parts."""
    if isinstance(said, ast.Constant):
        return str(said.value)
    assert isinstance(said, ast.JoinedStr), ast.unparse(said)
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in said.values)


def is_chinese(text: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in text.replace("中文", ""))


def test_every_objection_of_a_rule() -> None:
    found = list(sentences())
    assert len(found) > 50
    assert [one for one in found if not is_chinese(CHINESE.reason(one))] == []
    assert [one for one in found if Words("en").reason(one) != one] == []


@pytest.mark.parametrize("code", CODES)
def test_every_word_list_of_a_pack(code: str) -> None:
    wrong = {label for rule in load_pack(code).rules for label in rule.parameters.get("deny", ())}
    assert [label for label in wrong if not is_chinese(CHINESE.reason(f"{label}: 'x'"))] == []


def test_sentences_that_are_put_together() -> None:
    counted = [f"4 {what} in {days}; at most 3" for what in WHAT for days in ("1 day", "7 days")]
    said = [*CLOSED_NUMBERS.values(), *counted, "22:30 in Asia/Shanghai; allowed from 08:00 until before 22:00"]
    assert [one for one in said if not is_chinese(CHINESE.reason(one))] == []


WHAT = (
    *("calls about a debt", "calls to this number", "text messages", "answered calls"),
    *(f"{sort} to this {per}" for sort in ("dials", "unanswered dials") for per in ("number", "person")),
)


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("opted out of sms", "已退订短信"),
        ("opted out of every medium", "已退订所有渠道"),
        ("on hold: complaint, supervisor", "停催中：投诉、主管"),
        ("the person is marked bankrupt", "对方已标记为破产"),
        ("says_paid was said on a call; quiet days", "通话中对方表示“称已还”，静默期内"),
        ("4 unanswered dials to this number in 1 day; at most 3", "1天内向该号码未接通呼叫已有4次，上限3次"),
        ("8 calls about a debt in 7 days; at most 7", "7天内就一笔债务已呼叫8次，上限7次"),
        ("twilio does not carry Chinese text", "twilio不承载中文"),
        ("twilio does not carry third_party_collection messages", "twilio不承载此类短信：第三方催收"),
        ("the message left lacks a number to call, a person's name", "留言缺少：回电号码、联系人姓名"),
        ("threat: 'jail'", "威胁：'jail'"),
        ("something nobody ever said", "something nobody ever said"),
    ],
)
def test_parts_are_said_in_chinese_too(english: str, chinese: str) -> None:
    assert CHINESE.reason(english) == chinese


def test_a_real_refusal_reads_in_chinese() -> None:
    call = {"kind": "call", "person": "C", "debts": ["A"]}
    night = {**call, "at": "2026-05-13T22:30+08:00"}
    events = [{**call, "at": f"2026-05-13T{hour}:00+08:00", "outcome": "right_party"} for hour in (9, 11, 13)]
    events = [{**one, "at": one["at"].replace("T9", "T09")} for one in events]
    asked = {"pack": "cn", "person": {"id": "C"}, "events": events, "candidate": night}
    assert [CHINESE.reason(rule["reason"]) for rule in check_document(asked)["rules"]] == [
        "Asia/Shanghai时间22:30；允许时段为08:00至22:00前",
        "1天内已接通3次，上限3次",
    ]

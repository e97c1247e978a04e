"""Letters on the command line: made, printed, and what the post office said of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_runs import Home

NOON = ("--at", "2026-05-13T12:00+08:00")
ACCOUNTS = (
    "account_no,borrower_name,phone,principal,opened_on,home_address\n"
    "A1,张三,13812348821,3000.00,2024-05-18,杭州市文三路九号\n"
)
DRAFT = {
    "creditor_code": "91330100799655058B",
    "creditor_address": "杭州市解放路一号",
    "creditor_representative": "陈立",
    "court": "杭州市西湖区人民法院",
    "counsel": "周律",
    "counsel_firm": "衡平律师事务所",
    "powers": "代为立案",
}


@pytest.fixture
def home(home: Home) -> Home:
    """A1 has what a letter asks for."""
    paid = (
        "code,creditor,collector_type,debt_type,currency,timezone,jurisdiction,language,sender_name,pay_instructions\n"
    )
    paid += "CN,安和银行,creditor,bank_loan,CNY,Asia/Shanghai,cn,zh,安和银行,可通过本行手机银行办理\n"
    for kind, body in (("accounts", ACCOUNTS), ("portfolios", paid)):
        where = ["--portfolio", "CN"] if kind == "accounts" else []
        done = home.run("load", kind, home.file(f"more-{kind}.csv", body), *where, *NOON)
        assert done.code == 0, done
    return home


def enter(**more: str) -> list[str]:
    return [word for name, text in {**DRAFT, **more}.items() for word in ("--enter", f"{name}={text}")]


def test_a_draft_is_made_with_what_is_entered_and_told_as_one_document(home: Home, tmp_path: Path) -> None:
    out = tmp_path / "out"
    words = ("letters", "draft", "CN/A1", "power_of_attorney", "--out", str(out), *NOON, "--json")
    missing = home.run(*words, *enter(court=""))
    assert missing.code == 2
    assert "the court is missing: enter it with the letter" in missing.document["error"]
    made = home.run(*words, *enter())
    assert made.code == 0, made
    number = made.document["letter"]
    assert sorted(path.name for path in out.iterdir()) == [f"{number}.docx", f"{number}.pdf"]
    posted = home.run("letters", "posted", number, "--posting-number", "RR1", *NOON, "--json")
    assert (posted.code, posted.document) == (0, {"letter": number, "attempt": None}), posted
    scan = home.file("scan.png", b"\x89PNG\r\n\x1a\n receipt")
    arrived = home.run("letters", "arrived", number, "--scan", scan, *NOON, "--json")
    assert (arrived.document["step"], arrived.document["on"]) == ("arrived", "2026-05-13")
    returned = home.run("letters", "returned", number, "--reason", "moved", *NOON, "--json")
    assert (returned.code, "it arrived" in returned.document["error"]) == (1, True)


def test_what_the_plan_does_not_ask_for_is_nothing_to_print(home: Home, tmp_path: Path) -> None:
    assert home.run("plan", "--at", "2026-05-13T07:00+08:00").code == 0
    done = home.run("letters", "print", "--portfolio", "CN", "--out", str(tmp_path / "out"), *NOON, "--json")
    assert (done.code, done.document["printed"], done.document["not_printed"]) == (0, [], [])
    foreign = home.run("letters", "print", "--portfolio", "XX", "--out", str(tmp_path / "no"), *NOON, "--json")
    assert (foreign.code, (tmp_path / "no").exists()) == (2, False)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        pytest.param(["posted", "L000001-00", "--posting-number", "R"], "mistyped", id="a mistyped number"),
        pytest.param(["posted"], "mistyped", id="neither number nor file"),
        pytest.param(["arrived", "L000001-95"], "no such letter", id="an absent letter"),
    ],
)
def test_bad_input_is_told_in_one_sentence(home: Home, words: list[str], reason: str) -> None:
    done = home.run("letters", *words, *NOON, "--json")
    assert done.code == 2, done
    assert reason in done.document["error"]

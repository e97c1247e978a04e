"""One account's whole life, on both databases, once through the command line and once through the API.

2026-06-30  the book is loaded: three instalments of 1,000.00, due 8 July, 10 August and 8 September
2026-07-01  seven days before the due date: a reminder goes out
2026-07-08  the due date: another reminder; nothing is paid
2026-07-09  one day late (M1): on the call list; the phone is switched off, morning, first caller
2026-07-10  switched off in the afternoon, second caller
2026-07-11  switched off in the evening, third caller
2026-07-12  the closing SMS
2026-07-15  its 48 hours are over: the phone is given up, the account is with skip-tracing, with its evidence
2026-07-20  found again under another phone: back to calling
2026-07-21  right party: a promise of 1,000.00 until 24 July 18:00
2026-07-23  400.00 arrive: partial
2026-07-24  the deadline passes; payments are loaded only until noon: not yet broken
2026-07-28  payments covering the deadline and a banking day are loaded: broken, on top of the list
2026-09-09  three instalments missed in a row: proposed to legal
2026-09-15  everything is paid: settled, taken back from legal, all open work stops
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from collector.casework.office import open_office
from collector.foundation.clock import system_clock
from collector.foundation.database import Database
from collector.foundation.settings import load_settings
from collector.web.app import create_web

from .drivers import Api, CommandLine, Driver, csv_text

ACCOUNT = "CN/20391"
LOST, NEW = "+8613800138000", "+8613900139001"
PORTFOLIO = {
    "code": "CN",
    "creditor": "安和银行",
    "collector_type": "creditor",
    "debt_type": "bank_loan",
    "currency": "CNY",
    "timezone": "Asia/Shanghai",
    "jurisdiction": "cn",
    "language": "zh",
    "sender_name": "安和银行",
    "signature": "安和银行",
    "pay_instructions": "可通过本行手机银行“贷款—还款”办理",
}
CALLERS = [{"portfolio": "CN", "number": f"+865712201000{n}", "channels": "call,sms"} for n in (1, 2, 3)]
LOAN = {
    "account_no": "20391",
    "product": "cash",
    "security": "credit",
    "principal": "3000.00",
    "opened_on": "2026-06-08",
    "matures_on": "2026-09-08",
    "borrower_name": "张小明",
    "borrower_type": "white_collar",
    "phone": LOST,
}
DUE = ["2026-07-08", "2026-08-10", "2026-09-08"]
INSTALMENTS = [
    {"account_no": "20391", "number": str(n), "due_on": due, "amount_due": "1000.00"} for n, due in enumerate(DUE, 1)
]
PAYMENT_COLUMNS = ["reference", "account_no", "amount", "paid_at", "kind"]


def payment(reference: str, amount: str, paid_at: str) -> dict[str, str]:
    return dict(zip(PAYMENT_COLUMNS, [reference, "20391", amount, paid_at, "payment"], strict=True))


@pytest.fixture(params=["command line", "api"])
def driver(
    request: pytest.FixtureRequest, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Driver]:
    environment = {
        "COLLECTOR_DATABASE_URL": database.url.render_as_string(hide_password=False),
        "COLLECTOR_HOME": str(tmp_path / "home"),
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    command_line = CommandLine(tmp_path, environment)
    command_line.run("db", "upgrade")
    command_line.run("user", "add", "li", "--at", "2026-06-30T08:00+08:00")
    if request.param == "command line":
        yield command_line
        return
    scopes = [word for scope in ("read", "load", "work", "plan", "admin") for word in ("--scope", scope)]
    key = command_line.run("apikey", "add", "lifecycle", *scopes)["key"]
    office = open_office(load_settings())
    with TestClient(create_web(office, system_clock), base_url="http://127.0.0.1") as client:
        yield Api(client, key)
    office.database.dispose()


def call(driver: Driver, outcome: str, at: str) -> dict[str, str]:
    """Plan the day, take the best call at that moment, and record how it ended."""
    driver.plan(at)
    taken = driver.next_call("li", at)
    assert taken["task"] is not None, driver.explain(ACCOUNT, at)
    driver.outcome(taken["task"], outcome, at)
    return taken


@pytest.mark.slow
def test_a_life_from_reminder_to_settlement(driver: Driver, tmp_path: Path) -> None:
    load_the_book(driver)
    remind(driver)
    give_up_the_phone(driver)
    find_again(driver)
    promise_and_break(driver)
    refer_to_legal(driver)
    settle(driver)
    prove(CommandLine(tmp_path, {}))


def prove(command_line: CommandLine) -> None:
    """The audit is whole, and every contact was lawful by the gate of its time."""
    at = "2026-09-16T09:30+08:00"
    command_line.run("audit", "seal", "--at", at)
    proof = command_line.run("audit", "verify", "--at", at)
    assert (proof["findings"], proof["unsealed"]) == ([], 0)
    again = command_line.run("audit", "replay")
    assert again["told"] == []
    assert again["counts"] == {"lawful": again["contacts"]}
    assert again["contacts"] > 5


def load_the_book(driver: Driver) -> None:
    at = "2026-06-30T09:00+08:00"
    assert driver.load("portfolios", csv_text([PORTFOLIO]), at)["accepted"] == 1
    assert driver.load("callers", csv_text(CALLERS), at)["accepted"] == 3
    assert driver.load("accounts", csv_text([LOAN]), at, "CN")["accepted"] == 1
    assert driver.load("instalments", csv_text(INSTALMENTS), at, "CN")["accepted"] == 3
    assert driver.load("instalments", csv_text(INSTALMENTS), at, "CN")["unchanged"] == 3


def remind(driver: Driver) -> None:
    for day in ("2026-07-01", "2026-07-08"):
        driver.plan(f"{day}T08:00+08:00")
        [task] = driver.tasks(ACCOUNT, f"{day}T08:00+08:00")
        assert (task["channel"], task["purpose"], task["template"]) == ("sms", "reminder", "reminder")
        assert driver.send(f"{day}T10:00+08:00")["sent"] == 1
        assert driver.send(f"{day}T10:05+08:00")["sent"] == 0
    facts = driver.explain(ACCOUNT, "2026-07-08T12:00+08:00")["facts"]
    assert (facts["days_past_due"], facts["bucket"]) == (0, "current")


def give_up_the_phone(driver: Driver) -> None:
    facts = driver.explain(ACCOUNT, "2026-07-09T09:00+08:00")["facts"]
    assert (facts["days_past_due"], facts["bucket"], facts["overdue"]) == (1, "M1", "1000.00")
    taken = [
        call(driver, "switched_off", "2026-07-09T09:30+08:00"),
        call(driver, "switched_off", "2026-07-10T14:30+08:00"),
        call(driver, "switched_off", "2026-07-11T18:30+08:00"),
    ]
    assert len({one["caller"] for one in taken}) == 3
    assert {one["number"] for one in taken} == {LOST}
    driver.plan("2026-07-12T08:00+08:00")
    assert ("sms", "closing") in {
        (one["channel"], one["purpose"]) for one in driver.tasks(ACCOUNT, "2026-07-12T08:00+08:00")
    }
    assert driver.send("2026-07-12T10:00+08:00")["sent"] == 1
    driver.sweep("2026-07-14T09:00+08:00")
    assert driver.referrals("skiptrace", "2026-07-14T09:00+08:00") == []
    driver.sweep("2026-07-15T09:00+08:00")
    [referral] = driver.referrals("skiptrace", "2026-07-15T09:00+08:00")
    assert (referral["account"], referral["state"]) == (ACCOUNT, "proposed")
    assert "all_phones_given_up" in referral["triggers"]
    assert "switched_off" in str(referral["evidence"])


def find_again(driver: Driver) -> None:
    driver.found(ACCOUNT, NEW, "2026-07-20T15:00+08:00")
    [referral] = driver.referrals("skiptrace", "2026-07-20T15:00+08:00")
    assert (referral["state"], referral["state_reason"]) == ("recalled", "found")


def promise_and_break(driver: Driver) -> None:
    taken = call(driver, "right_party", "2026-07-21T10:00+08:00")
    assert taken["number"] == NEW
    made = driver.promise(ACCOUNT, "1000.00", "2026-07-24T18:00+08:00", "2026-07-21T10:05+08:00")
    assert made["state"] == "open"
    driver.plan("2026-07-22T08:00+08:00")
    assert not [one for one in driver.tasks(ACCOUNT, "2026-07-22T08:00+08:00") if one["channel"] == "call"]
    loaded = driver.load(
        "payments", csv_text([payment("P1", "400.00", "2026-07-23 11:00")]), "2026-07-24T12:00+08:00", "CN"
    )
    assert loaded["accepted"] == 1
    assert driver.explain(ACCOUNT, "2026-07-24T12:00+08:00")["facts"]["overdue"] == "600.00"
    assert driver.sweep("2026-07-26T09:00+08:00")["promises_broken"] == 0
    driver.load("payments", csv_text([], PAYMENT_COLUMNS), "2026-07-28T09:00+08:00", "CN")
    driver.sweep("2026-07-28T09:05+08:00")
    assert driver.explain(ACCOUNT, "2026-07-28T09:10+08:00")["facts"]["promises_broken"] == 1
    driver.plan("2026-07-28T09:10+08:00")
    tiers = {str(one["priority"]) for one in driver.tasks(ACCOUNT, "2026-07-28T09:10+08:00")}
    assert any("broken_promise" in tier for tier in tiers)


def refer_to_legal(driver: Driver) -> None:
    driver.sweep("2026-09-08T09:00+08:00")
    assert driver.referrals("legal", "2026-09-08T09:00+08:00") == []
    driver.sweep("2026-09-09T09:00+08:00")
    [referral] = driver.referrals("legal", "2026-09-09T09:00+08:00")
    assert "consecutive" in referral["triggers"]
    assert referral["evidence"]["missed_consecutive"] == 3


def settle(driver: Driver) -> None:
    driver.load("payments", csv_text([payment("P2", "2600.00", "2026-09-15 09:00")]), "2026-09-15T12:00+08:00", "CN")
    document = driver.explain(ACCOUNT, "2026-09-15T12:05+08:00")
    assert (document["facts"]["settled"], document["facts"]["owed"]) == (True, "0.00")
    assert document["next"] == []
    [referral] = driver.referrals("legal", "2026-09-15T12:05+08:00")
    assert (referral["state"], referral["state_reason"]) == ("recalled", "settled")
    driver.plan("2026-09-16T08:00+08:00")
    assert driver.tasks(ACCOUNT, "2026-09-16T08:00+08:00") == []
    assert driver.next_call("li", "2026-09-16T09:00+08:00")["task"] is None

"""Failed debits, reversals without their payment, and differences to the creditor's ledger: the walk of operations."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select
from web.conftest import NOW, Building

from collector.casework import actions
from collector.portfolio.booking import NewLine, change_schedule
from collector.portfolio.rules import LoadKind
from collector.portfolio.tables import Account, InstalmentRow, LedgerBalance, PaymentRow
from collector.reports.tables import ExportRecord

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
PAYMENTS = """reference,account_no,amount,paid_at,kind,reverses,reason
W1,L-1,120.00,2026-05-08 10:00,payment,,
W2,L-1,120.00,2026-05-09 10:00,reversal,BANK-77,returned
W3,L-1,55.00,2026-05-09 10:00,reversal,BANK-78,returned
W4,L-1,300.00,2026-05-10 06:00,failed_debit,,余额不足
W5,L-1,300.00,2026-05-11 06:00,failed_debit,,余额不足
"""
BALANCES = "account_no,as_of,balance,overdue\nL-1,2026-05-10,77.00,\nL-99,2026-05-10,12.00,12.00\n"


@pytest.fixture
def loaded(building: Building, tmp_path: Path) -> Building:
    for kind, body in ((LoadKind.payments, PAYMENTS), (LoadKind.balances, BALANCES)):
        file = tmp_path / f"{kind}.csv"
        file.write_text(body, encoding="utf-8")
        more: dict[str, Any] = {"mapping": None, "rejects": None, "at": NOW, "as_of": None, "actor": "user:operations"}
        assert actions.load(building.office, kind, file, portfolio="CN", **more).rejected == 0
    return building


def test_failed_debits_and_lone_reversals(loaded: Building) -> None:
    operations = loaded.signed_in("operations")
    assert 'href="/operations/debits"' in operations.get("/operations").text
    page = operations.get("/operations/debits").text
    for words in ("insufficient funds", "余额不足", "CN/L-1", "BANK-77", "BANK-78"):
        assert words in page
    assert "余额不足" in operations.get("/operations/debits?why=insufficient_funds&day=2026-05-11").text
    assert "No failed direct debit fits" in operations.get("/operations/debits?why=limit").text
    account = loaded.signed_in("supervisor").get(f"/accounts/{loaded.book.loan}").text
    assert "failed 05-11: insufficient funds · 2 in a row" in account
    with loaded.office.database.read() as session:
        ids = {row.reference: row.id for row in session.exec(select(PaymentRow))}
    wrong = operations.post(f"/payments/{ids['W3']}/takes-back", {"reference": "W1"})
    assert wrong.status_code == 422
    assert "whole payment" in wrong.text
    for _ in range(2):
        assert operations.post(f"/payments/{ids['W2']}/takes-back", {"reference": "W1"}).status_code == 303
    later = (NOW + timedelta(days=4)).date().isoformat()
    note = {"step": "wait", "reason": "the bank looks", "until": later}
    assert operations.post(f"/payments/{ids['W3']}/reversal", note).status_code == 303
    page = operations.get("/operations/debits").text
    assert f"waits until {later}: the bank looks" in page
    assert "it takes back W1; a second person confirms it" in page
    second = loaded.signed_in("second")
    approval = second.get("/operations/debits").text
    shown = approval.split('name="shown" value="')[1].split('"')[0]
    number = approval.split('action="/approvals/')[1].split("/")[0]
    answer = second.post(f"/approvals/{number}/decide", {"decision": "approve", "shown": shown})
    assert answer.status_code == 303, unescape(answer.text)
    with loaded.office.database.read() as session:
        assert session.get_one(PaymentRow, ids["W1"]).state == "reversed"
    assert "BANK-77" not in operations.get("/operations/debits").text
    closed = operations.post(f"/payments/{ids['W3']}/reversal", {"step": "closed", "reason": "booked elsewhere"})
    assert closed.status_code == 303
    assert "Every reversal found" in operations.get("/operations/debits").text


def test_differences_and_both_sides(loaded: Building) -> None:
    operations = loaded.signed_in("operations")
    page = operations.get("/operations/differences").text
    assert "the account is not here" in page
    with loaded.office.database.read() as session:
        row = session.exec(select(LedgerBalance).where(LedgerBalance.account_no == "L-1")).one()
    here = f"/operations/differences/{row.id}"
    assert f'href="{here}"' in page
    sides = operations.get(here).text
    assert "The creditor says" in sides
    assert "W1" in sides
    assert operations.post(f"{here}/explain", {"reason": "  "}).status_code == 422
    assert operations.post(f"{here}/explain", {"reason": "booked at their branch"}).status_code == 303
    assert "Explained: booked at their branch" in operations.get(here).text
    assert f'href="{here}"' not in operations.get("/operations/differences?explained=false").text
    auditor = loaded.signed_in("auditor").get(here).text
    assert "Closed: operations or a supervisor explains differences." in auditor
    assert "never loaded" in loaded.signed_in("stranger").get("/operations/differences").text


def test_the_differences_leave_as_a_file_in_the_ledger_of_exports(loaded: Building) -> None:
    operations = loaded.signed_in("operations")
    page = operations.get(f"/operations/differences?book={loaded.book.cn}&explained=false").text
    [link] = re.findall(r'href="(/figures/accounts[^"]*)"', page)
    listed = operations.get(unescape(link)).text
    assert "CN/L-1" in listed
    assert "CN/L-99" in listed
    form = listed.split('action="/figures/export"')[1].split("</form>")[0]
    carried = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
    del carried["csrf"]
    answer = operations.post("/figures/export", {**carried, "format": "csv"})
    assert answer.status_code == 200, answer.text
    head, *rows, mark = answer.content.decode("utf-8-sig").splitlines()
    assert (
        head == 'Account,As of,Theirs,Ours,Difference,"Overdue, theirs","Overdue, ours",Currency,Looks like,Explained'
    )
    assert [row.split(",")[:3] for row in rows] == [
        ["CN/L-1", "2026-05-10", "77.00"],
        ["CN/L-99", "2026-05-10", "12.00"],
    ]
    assert mark.startswith("# export X-")
    with loaded.office.database.read() as session:
        [row] = session.exec(select(ExportRecord)).all()
    assert (row.rows, row.wanted) == (2, {"what": "differences", "explained": False})
    assert loaded.signed_in("stranger").get(unescape(link)).status_code == 404


def test_an_agreed_schedule_that_the_creditor_has_otherwise(building: Building, tmp_path: Path) -> None:
    with building.office.database.begin() as session:
        line = session.exec(select(InstalmentRow).where(InstalmentRow.account_id == building.book.loan)).first()
        assert line is not None
        account = session.get_one(Account, building.book.loan)
        lines = [
            NewLine(1, line.due_on, 640_00, None, None, None),
            NewLine(2, date(2026, 8, 1), 11_00, None, None, None),
        ]
        change_schedule(session, account, lines, "terms:1", actor="user:chen", at=NOW)
    file = tmp_path / "instalments.csv"
    file.write_text("account_no,number,due_on,amount_due\nL-1,1,2026-04-01,640.00\nL-1,3,2026-09-01,11.00\n")
    more: dict[str, Any] = {"mapping": None, "rejects": None, "at": NOW, "as_of": None, "actor": "user:operations"}
    assert actions.load(building.office, LoadKind.instalments, file, portfolio="CN", **more).kept >= 1
    operations = building.signed_in("operations")
    here = f"/operations/schedules/{building.book.loan}"
    assert f'href="{here}"' in operations.get("/operations/differences").text
    sides = operations.get(here).text
    assert "2026-09-01" in sides
    assert "2026-08-01" in sides
    assert operations.post(f"{here}/explain", {"reason": "told to them on Monday"}).status_code == 303
    assert "Explained: told to them on Monday" in operations.get(here).text
    assert "Closed: operations or a supervisor" in building.signed_in("auditor").get(here).text
    assert building.signed_in("stranger").get(here).status_code == 404

"""A trial tells what the load will do and writes nothing; refused rows come back as the file they were refused from."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from portfolio_loading import NOW, Loading
from sqlmodel import select

from collector.foundation.database import Database
from collector.foundation.errors import BadInput
from collector.portfolio.loading import read_mapping, try_file
from collector.portfolio.loading.rejects import kind_of
from collector.portfolio.rules import LoadKind
from collector.portfolio.tables import Account, LoadRun, PaymentRow

ACCOUNTS = "account_no,borrower_name,phone,opened_on\nA1,Zhou,+8613900139001,2026-01-31\nA2,,12345,soon\nA1,Wu,,\n"
PAYMENTS = (
    "reference,account_no,amount,paid_at,kind,reason\n"
    "P1,A1,10.00,2026-05-01,payment,\nP2,A9,5.00,2026-05-01,payment,\nP3,A1,-1,2026-05-01,failed_debit,no money\n"
)


def written(folder: Path, body: str | bytes) -> Path:
    path = folder / "file.csv"
    path.write_bytes(body if isinstance(body, bytes) else body.encode())
    return path


def tried(database: Database, kind: str, path: Path, mapping: str | None = None) -> Any:
    given = read_mapping(mapping) if mapping else None
    return try_file(database.read, LoadKind(kind), path, portfolio_code="CN1", mapping=given, at=NOW)


def refused(path: Path) -> tuple[list[str], list[list[str]]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        head, *rows = list(csv.reader(file))
    return head, rows


def test_a_trial_counts_as_the_load_does_and_writes_nothing(book: Loading, database: Database, tmp_path: Path) -> None:
    path = written(tmp_path, ACCOUNTS)
    found = tried(database, "accounts", path)
    with database.read() as session:
        assert session.exec(select(Account)).all() == []
        assert [row.kind for row in session.exec(select(LoadRun))] == [LoadKind.portfolios]
    result = book("accounts", path)
    assert (found.read, found.good, found.refused) == (result.read, result.accepted, result.rejected) == (3, 1, 2)
    assert found.kinds == result.kinds


def test_problems_are_told_by_kind_and_what_is_somebodys_is_veiled(
    book: Loading, database: Database, tmp_path: Path
) -> None:
    found = tried(database, "accounts", written(tmp_path, ACCOUNTS))
    told = {(one.column, one.reason): [(each.line, each.value) for each in one.examples] for one in found.kinds}
    assert told[("phone", "this is not a phone number in use: no such number exists in CN")] == [(3, "1··")]
    assert told[("account_no", "the same account_no as in …")] == [(4, "A1")]
    late = "… is not a date such as 2026-05-12; a mapping file can say how it is written"
    assert told[("opened_on", late)] == [(3, "soon")]
    assert all(one.count == 1 for one in found.kinds)


def test_payments_without_an_account_are_foreseen(book: Loading, database: Database, tmp_path: Path) -> None:
    book("accounts", "account_no,borrower_name,card_no\nA1,Zhou,622200001111\n")
    found = tried(database, "payments", written(tmp_path, PAYMENTS))
    assert (found.good, found.refused, found.held) == (2, 1, 1)
    by_card = "reference,card_no,amount,paid_at\nP4,622200001111,1.00,2026-05-01\nP5,1234,1.00,2026-05-01\n"
    assert tried(database, "payments", written(tmp_path, by_card)).held == 1


@pytest.mark.parametrize("kind", ["instalments", "parties"])
def test_rows_of_no_account_are_foreseen(book: Loading, database: Database, tmp_path: Path, kind: str) -> None:
    book("accounts", "account_no,borrower_name\nA1,Zhou\n")
    rest = {"instalments": "number,due_on,amount_due\n{},1,2026-06-01,5.00", "parties": "role,name\n{},spouse,Wu"}[kind]
    head, row = rest.split("\n")
    body = "\n".join([f"account_no,{head}", row.format("A1"), row.format("A9")]) + "\n"
    path = written(tmp_path, body)
    found, result = tried(database, kind, path), book(kind, path)
    assert (found.good, found.refused) == (result.accepted, result.rejected) == (1, 1)


def test_refused_rows_are_mended_in_their_file_and_loaded_again(
    book: Loading, database: Database, tmp_path: Path
) -> None:
    rejects = tmp_path / "rejects.csv"
    book("accounts", "account_no,borrower_name,phone\nA1,,+8613900139001\n", rejects=rejects)
    head, rows = refused(rejects)
    assert rows[0][head.index("phone")] == "'+8613900139001"  # for the sake of spreadsheets
    rows[0][head.index("borrower_name")] = "Zhou"
    assert tried(database, "accounts", mended(tmp_path, head, rows)).good == 1
    result = book("accounts", mended(tmp_path, head, rows))
    assert (result.read, result.accepted) == (1, 1)


def test_a_file_with_a_reason_of_its_own_keeps_it(book: Loading, database: Database, tmp_path: Path) -> None:
    rejects = tmp_path / "rejects.csv"
    book("payments", PAYMENTS, rejects=rejects)
    head, rows = refused(rejects)
    assert head[:4] == ["file", "line", "column", "refused_reason"]
    assert rows[0][head.index("reason")] == "no money"
    rows[0][head.index("amount")] = "1.00"
    assert book("payments", mended(tmp_path, head, rows)).accepted == 1
    with database.read() as session:
        assert [row.reason for row in session.exec(select(PaymentRow).where(PaymentRow.reference == "P3"))] == [
            "no money"
        ]


def mended(folder: Path, head: list[str], rows: list[list[str]]) -> Path:
    path = folder / "mended.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([head, *rows])
    return path


def test_a_mapping_says_the_encoding_and_the_separator(book: Loading, database: Database, tmp_path: Path) -> None:
    path = written(tmp_path, "账号;姓名\nA1;周一\n".encode("gbk"))
    mapping = (
        'kind: accounts\nportfolio: CN1\nencoding: gb18030\ndelimiter: ";"\n'
        "rename: {账号: account_no, 姓名: borrower_name}\n"
    )
    assert book("accounts", path, mapping=mapping).accepted == 1
    with pytest.raises(BadInput, match="byte 0xFF is not GB18030"):
        book("accounts", written(tmp_path, b"\xd5\xcb;\xff\xff\nA1;x\n"), mapping=mapping)
    with pytest.raises(BadInput, match="it looks like GBK"):
        book("accounts", written(tmp_path, "账号,姓名\nA1,周一\n".encode("gbk")))


def test_a_unit_beside_a_number_is_taken_off_and_midnight_is_a_bare_day(book: Loading, database: Database) -> None:
    mapping = (
        "kind: accounts\nportfolio: CN1\nnumbers: {principal: {unit: ¥, thousands: ','}}\n"
        "dates: {opened_on: '%Y/%m/%d %H:%M'}\n"
    )
    body = 'account_no,borrower_name,principal,opened_on\nA1,Zhou,"¥1,234.50",2026/5/1 0:00\nA2,Wu,"¥1",2026/5/1 9:30\n'
    result = book("accounts", body, mapping=mapping)
    assert (result.accepted, result.rejected) == (1, 1)
    with database.read() as session:
        row = session.exec(select(Account)).one()
    assert (row.principal, str(row.opened_on)) == (1_234_50, "2026-05-01")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("'a' is not a date", "'b' is not a date", id="value"),
        pytest.param('"it\'s" is not a date', "'b' is not a date", id="value with a quotation mark"),
        pytest.param("the same account_no as in line 3", "the same account_no as in line 77", id="line"),
        pytest.param("1.2E+15 is a number that", "6.2E+17 is a number that", id="number"),
    ],
)
def test_reasons_of_one_kind_are_one(one: str, other: str) -> None:
    assert kind_of(one) == kind_of(other) != one

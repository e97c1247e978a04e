"""Loads: totals that add up, twice changes nothing, nothing half-done, every refusal with its place and reason."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path
from typing import Any

import pytest
from portfolio_loading import NOW, PORTFOLIO, Loading
from sqlalchemy import text
from sqlmodel import col, func, select

from collector.audit.tables import AuditEntry
from collector.foundation.clock import parse_moment
from collector.foundation.database import Database, is_postgresql
from collector.foundation.errors import BadInput, Conflict, NotFound
from collector.foundation.files import write_xlsx
from collector.foundation.keys import Keys
from collector.portfolio import actions
from collector.portfolio.loading import LoadResult
from collector.portfolio.loading.job import Job, require_staged
from collector.portfolio.loading.parsing import Book
from collector.portfolio.queries import account_by_key, contact_points, parties
from collector.portfolio.rules import ContactKind, ContactStatus
from collector.portfolio.tables import (
    STAGES,
    Account,
    ContactPoint,
    InstalmentRow,
    Partner,
    Person,
    Portfolio,
    stage_account,
)

ID = "11010519491231002X"
OTHER_ID = "110105199001010010"
ACCOUNTS = (
    "account_no,borrower_name,id_no,phone,phone_2,email,home_address,partner,principal,employer\n"
    f"A1,张三,{ID},13812348821,010-6552 9988,zhang@example.com,北京市朝阳区,金桥汽车,10000.00,第一机械厂\n"
    "A2,李四,,13912348822,,,,,2000.5,\n"
    f"A3,张三,{ID},13812348821,,,,金桥汽车,300,第一机械厂\n"
)


def totals(result: LoadResult) -> tuple[int, int, int, int]:
    assert result.read == result.accepted + result.unchanged + result.rejected
    return result.read, result.accepted, result.unchanged, result.rejected


def counted(database: Database, table: Any) -> int:
    with database.read() as session:
        return session.exec(select(func.count()).select_from(table)).one()


def test_accounts_bring_persons_partners_and_contact_points(book: Loading, database: Database, keys: Keys) -> None:
    result = book("accounts", ACCOUNTS)
    assert totals(result) == (3, 3, 0, 0)
    with database.read() as session:
        first, third = account_by_key(session, "CN1/A1"), account_by_key(session, "A3")
        assert first.person_id == third.person_id, "the same ID is the same person"
        person = session.get_one(Person, first.person_id)
        assert (person.name, person.employer) == ("张三", "第一机械厂")
        assert person.id_index == keys.blind_index("cn_id", ID)
        assert keys.open(person.id_sealed or "") == ID
        assert [point.value for point in contact_points(session, first.person_id)] == [
            "北京市朝阳区",
            "zhang@example.com",
            "+8613812348821",
            "+861065529988",
        ]
        assert account_by_key(session, "A2").principal == 200_050
        assert [partner.name for partner in session.exec(select(Partner))] == ["金桥汽车"]
        assert sorted(result.changed_accounts) == sorted(session.exec(select(Account.id)))


def test_a_number_given_twice_for_one_person_keeps_its_first_place(book: Loading, database: Database) -> None:
    file = (
        "account_no,borrower_name,id_no,phone,phone_2\n"
        f"A1,张三,{ID},13812348821,13912348822\n"
        f"A2,张三,{ID},13912348822,\n"
    )
    assert totals(book("accounts", file)) == (2, 2, 0, 0)
    assert totals(book("accounts", file)) == (2, 0, 2, 0)
    with database.read() as session:
        person = account_by_key(session, "CN1/A1").person_id
        ranks = {point.value: point.rank for point in contact_points(session, person)}
        assert ranks == {"+8613812348821": 0, "+8613912348822": 0}


def test_a_line_that_takes_no_messages_is_not_called_mobile(book: Loading, database: Database) -> None:
    book("accounts", ACCOUNTS)
    book("parties", "account_no,role,name,phone\nA2,spouse,赵六,010-6552 9977\n")
    with database.read() as session:
        phones = session.exec(select(ContactPoint).where(ContactPoint.kind == ContactKind.phone)).all()
        assert {point.value: point.label for point in phones} == {
            "+8613812348821": "mobile",
            "+861065529988": "home",
            "+8613912348822": "mobile",
            "+861065529977": "home",
        }


def test_what_was_found_out_about_a_line_outlives_a_reload(book: Loading, database: Database) -> None:
    book("accounts", ACCOUNTS)
    with database.begin() as session:
        point = session.exec(select(ContactPoint).where(ContactPoint.value == "+861065529988")).one()
        actions.mark_point(session, point, ContactStatus.active, label="work", actor="test", at=NOW)
    book("accounts", ACCOUNTS.replace("2000.5", "2000.6"))
    with database.read() as session:
        assert session.exec(select(ContactPoint.label).where(ContactPoint.value == "+861065529988")).one() == "work"


def test_a_new_account_of_a_known_person_adds_only_what_is_new(book: Loading, database: Database) -> None:
    """Every account of the file is new, so that nobody asks for known points: they must not come twice all the same."""
    book("accounts", ACCOUNTS)
    before = counted(database, ContactPoint)
    header = ACCOUNTS.splitlines()[0]
    assert totals(book("accounts", f"{header}\nA9,张三,{ID},13812348821,13712348829,,,,1,第一机械厂\n")) == (1, 1, 0, 0)
    assert counted(database, ContactPoint) == before + 1


def test_an_account_whose_row_brings_no_id_keeps_its_borrower(book: Loading, database: Database) -> None:
    book("accounts", ACCOUNTS)
    again = f"account_no,borrower_name,id_no,principal\nA1,张三,,7\nA2,李四,{OTHER_ID},8\n"
    assert totals(book("accounts", again)) == (2, 2, 0, 0)
    with database.read() as session:
        first, second = account_by_key(session, "A1"), account_by_key(session, "A2")
        assert (first.person_id, first.principal) == (account_by_key(session, "A3").person_id, 700)
        assert session.get_one(Person, second.person_id).id_index is not None


def test_the_stage_is_there_and_on_postgresql_out_of_the_log(database: Database) -> None:
    with database.read() as session:
        listed = (
            "SELECT relname, relpersistence FROM pg_class WHERE relname LIKE 'stage!_%' ESCAPE '!' AND relkind = 'r'"
            if is_postgresql(session)
            else "SELECT name, 'u' FROM sqlite_master WHERE name LIKE 'stage!_%' ESCAPE '!' AND type = 'table'"
        )
        kinds = session.connection().execute(text(listed))
        assert {tuple(row) for row in kinds} == {(table.name, "u") for table in STAGES}


PARTIES = (
    "account_no,role,name,id_no,phone,guarantee_kind,guarantee_until\n"
    f"A1,guarantor,王五,{OTHER_ID},13712348823,joint,2028-01-01\n"
    "A1,spouse,赵六,,13612348824,,\n"
    f"A2,co_borrower,张三,{ID},,,\n"
)
INSTALMENTS = (
    "account_no,number,due_on,amount_due,principal,interest\nA1,1,2026-05-01,100,90,10\nA1,2,2026-06-01,100,,\n"
)
PAYMENTS = (
    "reference,account_no,amount,paid_at,kind,reverses,reason\n"
    "R2,A1,60,2026-05-03,reversal,R1,cheque bounced\n"
    "R1,A1,60,2026-05-02 10:00,payment,,\n"
    "R3,A1,40,2026-05-04T10:00+08:00,payment,,\n"
    "R4,A1,100,2026-05-01,failed_debit,,no funds\n"
    "R5,A9,77,2026-05-01,payment,,\n"
)


@pytest.mark.parametrize(
    ("kind", "body", "count"),
    [
        pytest.param("accounts", ACCOUNTS, 3, id="accounts"),
        pytest.param("parties", PARTIES, 3, id="parties"),
        pytest.param("instalments", INSTALMENTS, 2, id="instalments"),
        pytest.param("payments", PAYMENTS, 5, id="payments"),
        pytest.param("callers", "number,channels\n010-65529900,call\n13800138000,\n", 2, id="callers"),
        pytest.param("portfolios", PORTFOLIO.replace("CN1", "CN2"), 1, id="portfolios"),
    ],
)
def test_loading_twice_changes_nothing(book: Loading, database: Database, kind: str, body: str, count: int) -> None:
    if kind != "accounts":
        book("accounts", ACCOUNTS)
    assert totals(book(kind, body)) == (count, count, 0, 0)
    again = book(kind, body)
    assert totals(again) == (count, 0, count, 0)
    assert again.changed_accounts == ()
    assert sum(counted(database, table) for table in STAGES) == 0


def test_parties_are_persons_of_their_own(book: Loading, database: Database) -> None:
    book("accounts", ACCOUNTS)
    result = book("parties", PARTIES)
    with database.read() as session:
        first, second = account_by_key(session, "A1"), account_by_key(session, "A2")
        assert result.changed_accounts == tuple(sorted((first.id, second.id)))
        (guarantor, king), (spouse, _) = parties(session, first.id or 0)
        assert (guarantor.role, guarantor.guarantee_kind, str(guarantor.guarantee_until)) == (
            "guarantor",
            "joint",
            "2028-01-01",
        )
        assert spouse.role == "spouse"
        assert [point.value for point in contact_points(session, king.id or 0)] == ["+8613712348823"]
        ((owes, _),) = parties(session, second.id or 0)
        assert owes.person_id == first.person_id, "the co-borrower is known by the same ID"


@pytest.mark.parametrize(
    ("change", "unchanged"),
    [
        pytest.param(("10000.00", "9000.00"), 2, id="money"),
        pytest.param(("李四", "李思"), 2, id="name without ID"),
        pytest.param(("zhang@example.com", "z@example.com"), 2, id="e-mail"),
        pytest.param(("13912348822", "13912348899"), 2, id="phone"),
        pytest.param(("A2,李四,,", f"A2,李四,{OTHER_ID},"), 2, id="an ID that becomes known"),
    ],
)
def test_only_what_differs_is_accepted(
    book: Loading, database: Database, change: tuple[str, str], unchanged: int
) -> None:
    book("accounts", ACCOUNTS)
    people = counted(database, Person)
    changed = ACCOUNTS.replace(*change)
    result = book("accounts", changed)
    assert (result.accepted, result.unchanged) == (3 - unchanged, unchanged)
    assert len(result.changed_accounts) == result.accepted
    assert counted(database, Person) == people, "nobody is made anew"
    assert totals(book("accounts", changed)) == (3, 0, 3, 0)


def test_a_column_the_file_lacks_is_left_alone(book: Loading, database: Database) -> None:
    book("accounts", ACCOUNTS)
    result = book("accounts", "account_no,borrower_name\nA1,张三\nA2,李四\nA3,张三\n")
    assert totals(result) == (3, 0, 3, 0)
    with database.read() as session:
        assert account_by_key(session, "A1").principal == 1_000_000


def test_a_reload_does_not_undo_what_history_found_out(book: Loading, database: Database) -> None:
    book("accounts", ACCOUNTS)
    now = parse_moment("2026-05-13T09:00+08:00")
    with database.begin() as session:
        point = session.exec(select(ContactPoint).where(ContactPoint.value == "+8613812348821")).one()
        actions.mark_point(session, point, ContactStatus.given_up, actor="test", at=now)
    book("accounts", ACCOUNTS.replace("10000.00", "9999.00"))
    with database.read() as session:
        point = session.exec(select(ContactPoint).where(ContactPoint.value == "+8613812348821")).one()
        assert point.status is ContactStatus.given_up


HEAD = "account_no,borrower_name,phone,principal,opened_on,matures_on,id_type,id_no,security,timezone,payday,email\n"


def row(**cells: str) -> str:
    given = {"account_no": "B1", "borrower_name": "陈七", **cells}
    return HEAD + ",".join(given.get(name, "") for name in HEAD.strip().split(",")) + "\n"


@pytest.mark.parametrize(
    ("cells", "column", "reason"),
    [
        pytest.param({"account_no": ""}, "account_no", "is empty", id="no key"),
        pytest.param({"account_no": "6.2E+18"}, "account_no", "spreadsheet has shortened", id="damaged key"),
        pytest.param({"account_no": "a b"}, "account_no", "without spaces", id="key with space"),
        pytest.param({"borrower_name": "=cmd|' /C calc'!A0"}, "borrower_name", "formula", id="formula"),
        pytest.param({"borrower_name": "@SUM(1)"}, "borrower_name", "formula", id="formula at"),
        pytest.param({"borrower_name": "陈\x1b[31m七"}, "borrower_name", "control characters", id="escape code"),
        pytest.param({"borrower_name": "陈\u202e七"}, "borrower_name", "control characters", id="bidi mark"),
        pytest.param({"borrower_name": "陈" * 201}, "borrower_name", "longer than 200", id="endless name"),
        pytest.param({"phone": "12345"}, "phone", "not a phone number", id="no phone"),
        pytest.param({"phone": "+1 900 234 5678"}, "phone", "premium", id="premium number"),
        pytest.param({"phone": "+33 6 12 34 56 78"}, "phone", "a number of FR", id="foreign number"),
        pytest.param({"phone": "+8816 2345 6789"}, "phone", "", id="satellite"),
        pytest.param({"principal": "-5"}, "principal", "negative", id="negative"),
        pytest.param({"principal": "1e12"}, "principal", "not an amount", id="exponent"),
        pytest.param({"principal": "99999999999999999999"}, "principal", "larger than any", id="huge"),
        pytest.param({"principal": "1.005"}, "principal", "decimals", id="too exact"),
        pytest.param({"opened_on": "2026-02-30"}, "opened_on", "not a day that exists", id="impossible day"),
        pytest.param({"opened_on": "1026-02-03"}, "opened_on", "outside 1900", id="wrong century"),
        pytest.param({"opened_on": "3/2/2026"}, "opened_on", "not a date such as", id="foreign date"),
        pytest.param(
            {"opened_on": "2026-02-03", "matures_on": "2025-02-03"}, "matures_on", "before opened_on", id="order"
        ),
        pytest.param({"id_no": "110105194912310021"}, "id_no", "not a resident ID", id="wrong checksum"),
        pytest.param({"id_type": "passport", "id_no": "A?"}, "id_no", "4 to 40", id="odd ID"),
        pytest.param({"security": "pledge"}, "security", "did you mean pledged?", id="unknown word"),
        pytest.param({"timezone": "Asia/Pekin"}, "timezone", "unknown time zone", id="unknown zone"),
        pytest.param({"payday": "32"}, "payday", "from 1 to 31", id="payday"),
        pytest.param({"email": "a@b"}, "email", "not an e-mail", id="email"),
    ],
)
def test_bad_cells_refuse_their_row_only(
    book: Loading, database: Database, tmp_path: Path, cells: dict[str, str], column: str, reason: str
) -> None:
    rejects = tmp_path / "rejects.csv"
    body = row(**cells) + row(account_no="GOOD").removeprefix(HEAD)
    result = book("accounts", body, rejects=rejects)
    assert totals(result) == (2, 1, 0, 1)
    (problem,) = result.problems
    assert (problem.line, problem.column) == (2, column)
    assert reason in problem.reason
    with rejects.open(encoding="utf-8-sig", newline="") as file:
        (kept,) = csv.DictReader(file)
    assert (kept["line"], kept["column"], kept["reason"]) == ("2", column, problem.reason)
    assert not kept["borrower_name"].startswith(("=", "@"))
    assert kept["file"].endswith(".csv")
    assert counted(database, Account) == 1


def test_reasons_name_every_fault_and_nothing_personal(book: Loading) -> None:
    result = book("accounts", row(phone="130", principal="-1", id_no="110105194912310021"))
    (problem,) = result.problems
    assert problem.column == "phone, principal, id_no" or set((problem.column or "").split(", ")) == {
        "phone",
        "principal",
        "id_no",
    }
    assert "110105194912310021" not in str(problem)


def test_a_key_twice_in_a_file_refuses_the_later_row(book: Loading) -> None:
    result = book("accounts", "account_no,borrower_name\nA1,张三\nA2,李四\nA1,王五\n")
    assert totals(result) == (3, 2, 0, 1)
    assert str(result.problems[0]).endswith("line 4, column account_no: the same account_no as in line 2")


@pytest.mark.parametrize(
    ("kind", "body", "message"),
    [
        pytest.param("accounts", b"", "the file is empty", id="empty"),
        pytest.param("accounts", b"\n\n", "blank lines", id="blank"),
        pytest.param("accounts", b"account_no,borrower_name\n", "holds no row", id="header only"),
        pytest.param("accounts", "account_no,borrower_name\nA1,张三\n".encode("gbk"), "GBK", id="GBK"),
        pytest.param("accounts", "account_no,borrower_name\nA1,张三\n".encode("utf-16"), "UTF-16", id="UTF-16"),
        pytest.param("accounts", b'account_no,borrower_name\nA1,"open\n', "never closed", id="cut in quotes"),
        pytest.param("accounts", b"account_no,borrower_name\nA1,B\nA2", "cut off", id="cut row"),
        pytest.param("accounts", gzip.compress(ACCOUNTS.encode())[:-20], "cut off", id="cut gzip"),
        pytest.param(
            "accounts", b"acount_no,name,phon\nA1,B,1\n", "account_no is missing; did you mean acount_no?", id="columns"
        ),
        pytest.param("accounts", b"account_no,borrower_name,phon_2\nA1,B,1\n", "did you mean phone_2?", id="typo"),
        pytest.param("instalments", b"account_no\nA1\n", "amount_due is missing", id="all missing named"),
    ],
)
def test_unreadable_files_change_nothing(
    book: Loading, database: Database, kind: str, body: bytes, message: str
) -> None:
    with pytest.raises(BadInput) as caught:
        book(kind, body)
    assert message in caught.value.message
    assert counted(database, Account) == counted(database, Person) == counted(database, stage_account) == 0


@pytest.mark.parametrize(
    ("change", "column"),
    [
        pytest.param(("CNY", "ZZZ"), "currency", id="currency"),
        pytest.param(("Asia/Shanghai", "Mars/Base"), "timezone", id="zone"),
        pytest.param(("Asia/Shanghai", "Etc/UTC"), "timezone", id="zone of no country"),
        pytest.param((",cn,", ",fr,"), "jurisdiction", id="jurisdiction"),
        pytest.param((",zh,", ",xx1,"), "language", id="language"),
        pytest.param(("CN1,", "C/1,"), "code", id="code with slash"),
    ],
)
def test_bad_portfolios(loading: Loading, database: Database, change: tuple[str, str], column: str) -> None:
    result = loading("portfolios", PORTFOLIO.replace(*change))
    assert totals(result) == (1, 0, 0, 1)
    assert result.problems[0].column == column
    assert counted(database, Portfolio) == 0


def test_the_currency_of_a_book_with_accounts_is_fixed(book: Loading) -> None:
    assert totals(book("portfolios", PORTFOLIO.replace("CNY", "USD"))) == (1, 1, 0, 0)
    book("portfolios", PORTFOLIO)
    book("accounts", ACCOUNTS)
    assert book("portfolios", PORTFOLIO.replace("CNY", "USD")).problems[0].column == "currency"


def test_schedules_need_their_account(book: Loading, database: Database) -> None:
    result = book("instalments", INSTALMENTS)
    assert totals(result) == (2, 0, 0, 2)
    assert "load the accounts first" in result.problems[0].reason
    book("accounts", ACCOUNTS)
    short = book("instalments", INSTALMENTS.replace("100,90,10", "100,95,10"))
    assert (short.rejected, short.problems[0].column) == (1, "amount_due")
    assert counted(database, InstalmentRow) == 1


def test_workbooks_load_like_csv(book: Loading, tmp_path: Path) -> None:
    lines = list(csv.reader(ACCOUNTS.splitlines()))
    path = tmp_path / "book.xlsx"
    write_xlsx(path, lines[0], lines[1:])
    assert totals(book("accounts", path)) == (3, 3, 0, 0)
    assert totals(book("accounts", ACCOUNTS)) == (3, 0, 3, 0)


def test_what_a_crash_left_behind_is_cleared(book: Loading, database: Database) -> None:
    with database.begin() as session:
        portfolio = session.exec(select(Portfolio)).one()
        left = {"run": 7, "slot": f"accounts:{portfolio.id}", "position": 0, "account_no": "GHOST", "name": "x"}
        session.connection().execute(stage_account.insert().values(**left))
    assert totals(book("accounts", ACCOUNTS)) == (3, 3, 0, 0)
    assert counted(database, stage_account) == 0
    with database.read() as session, pytest.raises(NotFound):
        account_by_key(session, "GHOST")


def test_a_load_whose_stage_was_taken_away_gives_way(database: Database, keys: Keys) -> None:
    with database.begin() as session, pytest.raises(Conflict):
        require_staged(session, stage_account, Job(1, "accounts:1", Book(), keys, frozenset(), staged=3))


def test_a_load_is_one_audit_entry_without_names(book: Loading, database: Database) -> None:
    result = book("accounts", ACCOUNTS)
    with database.read() as session:
        entry = session.exec(select(AuditEntry).where(AuditEntry.subject == f"load_run:{result.run_id}")).one()
        assert entry.detail["accepted"] == 3
        assert len(entry.detail["sha256"]) == 64
        assert "张三" not in str(entry.detail)


def test_a_bare_number_must_be_unique(book: Loading, database: Database) -> None:
    book("portfolios", PORTFOLIO.replace("CN1", "CN2"))
    book("accounts", "account_no,borrower_name\nX/1,张三\n")
    book("accounts", "account_no,borrower_name\nX/1,李四\n", portfolio_code="CN2")
    with database.read() as session:
        assert account_by_key(session, "CN2/X/1").portfolio_id != account_by_key(session, "CN1/X/1").portfolio_id
        with pytest.raises(BadInput):
            account_by_key(session, "X/1")
        numbers = session.exec(select(Account.account_no).where(col(Account.account_no) == "X/1")).all()
        assert len(numbers) == 2


def test_a_portfolio_must_be_named(book: Loading) -> None:
    with pytest.raises(BadInput, match="--portfolio"):
        book("accounts", ACCOUNTS, portfolio_code=None)
    with pytest.raises(NotFound):
        book("accounts", ACCOUNTS, portfolio_code="NONE")

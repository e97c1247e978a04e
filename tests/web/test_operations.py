"""A file from its upload to its totals: looked at, mapped, checked, loaded once, its refused rows mended."""

from __future__ import annotations

import csv
import io
import os
import re
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response
from sqlmodel import col, select
from web.conftest import Building, Visitor

from collector.audit.tables import AuditEntry
from collector.casework import actions
from collector.casework.uploads import Folder
from collector.foundation.errors import NotFound
from collector.foundation.files import write_xlsx
from collector.identity.tables import Approval
from collector.portfolio.rules import FORMS, LoadKind, UploadState
from collector.portfolio.tables import Account, InstalmentRow, LoadRun, PaymentRow, SavedMapping, Upload

BOOK = (
    "借据号,客户姓名,手机号,放款日期,贷款金额,逾期天数\n"
    'N-1,周一,13900139001,2026/01/31,"10,000.00",0\n'
    'N-2,,13900139002,2026/02/28,"2,500.50",0\n'
)
SHOWN = re.compile(r'name="shown" value="([0-9a-f]{64})"')


def all_of(building: Building, table: Any) -> list[Any]:
    with building.office.database.read() as session:
        return list(session.exec(select(table).order_by(col(table.id))).all())


def bring(visitor: Visitor, body: str | bytes, name: str = "book.csv", **fields: Any) -> Response:
    raw = body if isinstance(body, bytes) else body.encode()
    asked = {"kind": "accounts", "portfolio": "CN", **fields}
    return visitor.post("/operations/files", asked, files={"file": (name, raw)})


def brought(visitor: Visitor, body: str | bytes, name: str = "book.csv", **fields: Any) -> str:
    """The address of the file's pages."""
    answer = bring(visitor, body, name, **fields)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def filled(page: str) -> dict[str, str]:
    """The mapping form as a browser would send it back."""
    form = page[page.index('/mapping"') : page.index("mapping-file")]
    fields = {}
    for name, body in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', body)
        fields[name] = chosen[1] if chosen else ""
    fields |= dict(re.findall(r'<input name="(constant-[^"]+)" value="([^"]*)"', form))
    return fields


def when_over(visitor: Visitor, address: str, page: str) -> Response:
    """The page, once nobody works on the file any more."""
    until = time.monotonic() + 60
    while visitor.get(f"{address}/progress.json").json()["state"] == "running" and time.monotonic() < until:
        time.sleep(0.05)
    return visitor.client.get(page, follow_redirects=True)


def checked(visitor: Visitor, address: str, **fields: Any) -> str:
    """The page that tells what a load would do."""
    form = {**filled(visitor.get(address).text), **fields}
    answer = visitor.post(f"{address}/mapping", form)
    assert answer.status_code == 303, answer.text
    return when_over(visitor, address, answer.headers["location"]).text


def checked_again(visitor: Visitor, address: str, **fields: Any) -> str:
    """The same with the mapping the file has."""
    return when_over(visitor, address, visitor.post(f"{address}/check", fields).headers["location"]).text


def loaded(visitor: Visitor, address: str, page: str) -> Response:
    shown = SHOWN.search(page)
    assert shown, page
    answer = visitor.post(f"{address}/load", {"shown": shown[1]})
    assert answer.status_code == 303, answer.text
    return when_over(visitor, address, answer.headers["location"])


def place(header: str, name: str) -> str:
    return str(header.split(",").index(name))


def test_a_foreign_file_is_guessed_checked_and_loaded_and_its_refused_rows_come_back_mended(building: Building) -> None:
    visitor = building.signed_in("operations")
    address = brought(visitor, BOOK.encode("gb18030"), "六月 <b>账单</b>.csv")
    page = visitor.get(address).text
    assert "六月 &lt;b&gt;账单" not in page  # only its last part is kept, and "/" ends one
    assert "GB18030" in page
    assert "13900139001" not in page
    assert "139··01" in page
    assert "周一" not in page
    check = checked(visitor, address, **{"from-overdue_days_min": "", "from-overdue_days_max": ""})
    assert '<b class="good">1</b>' in check
    assert "is empty; this column needs a value in every row" in check
    assert all_of(building, LoadRun) == []
    result = loaded(visitor, address, check)
    assert re.fullmatch(r"/operations/loads/\d+", result.url.path)
    assert "2 = 1 + 0 + 1" in result.text
    account = next(row for row in all_of(building, Account) if row.account_no == "N-1")
    assert (account.principal, str(account.opened_on)) == (10_000_00, "2026-01-31")
    rejects = visitor.get(f"{result.url.path}/rejects").content.decode("utf-8-sig")
    row = next(csv.DictReader(io.StringIO(rejects)))
    assert (row["借据号"], row["column"]) == ("N-2", "borrower_name")
    mended = rejects.replace("N-2,,", "N-2,吴二,")
    again = brought(visitor, mended, "rejects-1.csv")
    assert "Filled in from a kept mapping: the last one used." in visitor.get(again).text  # though UTF-8 by now
    result = loaded(visitor, again, checked(visitor, again))
    assert "1 = 1 + 0 + 0" in result.text
    assert {"N-1", "N-2"} <= {row.account_no for row in all_of(building, Account)}


PLAIN = "account_no,borrower_name\nN-1,Zhou\nN-2,Wu\n"


def bomb() -> bytes:
    """A workbook whose parts unpack to far more than they weigh."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (64 * 1024**2))
    return out.getvalue()


@pytest.mark.parametrize(
    ("body", "name", "words"),
    [
        pytest.param(b"%PDF-1.7\n", "book.csv", "this is a PDF", id="a PDF called CSV"),
        pytest.param(bomb(), "book.xlsx", "unpacks to over 100 times its size", id="bomb"),
        pytest.param(b"PK\x03\x04 and nothing", "book.csv", "damaged or cut off", id="a torn workbook"),
        pytest.param(b"", "book.csv", "the file is empty", id="empty"),
        pytest.param(b"a,a\n1,2\n", "book.csv", "two columns have this name", id="two columns of one name"),
        pytest.param(b"\xff\xfea\x00", "book.csv", "UTF-16", id="UTF-16"),
        pytest.param(b"a,b\n1,2\n", "book.pdf", "send a .csv", id="ending"),
        pytest.param(b"\x1f\x8bnot packed", "book.csv.gz", "damaged", id="not packed"),
    ],
)
def test_what_is_no_table_is_told_and_leaves_nothing_behind(
    building: Building, body: bytes, name: str, words: str
) -> None:
    visitor = building.signed_in("operations")
    answer = bring(visitor, body, name)
    assert answer.status_code == 422
    assert words in answer.text
    assert all_of(building, Upload) == []
    assert list((building.office.settings.home / "uploads").glob("*")) == []
    assert visitor.get("/operations").status_code == 200


def test_a_file_beyond_the_limit_is_refused_before_it_is_read(building: Building) -> None:
    visitor = building.signed_in("operations")
    answer = visitor.client.post(
        "/operations/files",
        content=b"x",
        headers={"Content-Type": "multipart/form-data; boundary=x", "Content-Length": "200000000"},
    )
    assert answer.status_code == 413
    assert visitor.get("/operations").status_code == 200


def test_a_file_lies_in_the_open_for_nobody(building: Building) -> None:
    visitor = building.signed_in("operations")
    address = brought(visitor, PLAIN)
    folder = Folder(building.office.settings, address.rpartition("/")[2])
    assert folder.path.stat().st_mode & 0o777 == 0o700
    checked(visitor, address)
    assert {path.stat().st_mode & 0o777 for path in folder.path.iterdir()} == {0o600}
    second = building.signed_in("second")
    absent = "/operations/files/" + "A" * 22
    for page in ("", "/check", "/progress", "/progress.json", "/mapping.yaml"):
        theirs, missing = second.get(address + page), second.get(absent + page)
        assert theirs.status_code == missing.status_code == 404, page
        assert theirs.text.replace(address, "") == missing.text.replace(absent, "")
    for form in ("mapping", "check", "load", "drop", "keep"):
        fields = {"shown": "x"} if form == "load" else {"name": "x"} if form == "keep" else {}
        assert second.post(f"{address}/{form}", fields).status_code == 404, form
    assert address not in second.get("/operations").text
    assert visitor.get(f"{address}/../../x").status_code == 404


def test_a_double_click_two_tabs_and_the_back_button_load_once(building: Building) -> None:
    visitor = building.signed_in("operations")
    address = brought(visitor, PLAIN)
    page = checked(visitor, address)
    shown = SHOWN.search(page)
    assert shown
    first = loaded(visitor, address, page)
    again = visitor.post(f"{address}/load", {"shown": shown[1]})
    assert again.headers["location"] == f"{first.url.path}?said=started"
    assert "This file was started already" in visitor.get(again.headers["location"]).text
    assert visitor.post(f"{address}/mapping", {}).headers["location"] == again.headers["location"]
    assert visitor.get(address).headers["location"] == first.url.path
    assert len(all_of(building, LoadRun)) == 1
    assert visitor.post(f"{address}/drop").status_code == 409
    with pytest.raises(NotFound):
        _ = Folder(building.office.settings, address.rpartition("/")[2]).source


def test_many_posts_at_once_load_once(building: Building) -> None:
    visitor = building.signed_in("operations")
    address = brought(visitor, PLAIN)
    shown = SHOWN.search(checked(visitor, address))
    assert shown
    fields = {"csrf": visitor.csrf(), "shown": shown[1]}
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: visitor.client.post(f"{address}/load", data=fields), range(8)))
    assert {answer.status_code for answer in answers} <= {303, 409}
    assert visitor.client.get(f"{address}/progress", follow_redirects=True).status_code == 200
    assert [row.accepted for row in all_of(building, LoadRun)] == [2]


def test_a_mapping_changed_in_another_tab_is_not_loaded_unseen(building: Building) -> None:
    visitor = building.signed_in("operations")
    address = brought(visitor, "account_no,borrower_name,other\nN-1,Zhou,Wu\n")
    shown = SHOWN.search(checked(visitor, address))
    assert shown
    checked(visitor, address, **{"from-borrower_name": "2"})
    answer = visitor.post(f"{address}/load", {"shown": shown[1]})
    assert answer.status_code == 409
    assert "the mapping was changed" in answer.text
    assert all_of(building, LoadRun) == []


def test_an_ambiguous_date_is_asked_before_anything_is_checked(building: Building) -> None:
    visitor = building.signed_in("operations")
    address = brought(visitor, "account_no,borrower_name,opened_on\nN-1,Zhou,05/06/2026\n")
    page = visitor.get(address).text
    assert "say which comes first" in page
    refused = visitor.post(f"{address}/mapping", filled(page))
    assert refused.status_code == 422
    assert "Something has to be said" in refused.text
    loaded(visitor, address, checked(visitor, address, **{"date-opened_on": str(FORMS.index("%d/%m/%Y"))}))
    assert [str(row.opened_on) for row in all_of(building, Account) if row.account_no == "N-1"] == ["2026-06-05"]


def test_words_of_theirs_are_asked_and_said(building: Building) -> None:
    visitor = building.signed_in("operations")
    address = brought(visitor, "account_no,borrower_name,客群\nN-1,Zhou,白领\nN-2,Wu,游客\n")
    page = visitor.get(address).text
    assert re.search(r'name="value-borrower_type-白领">.*?value="white_collar" selected', page)
    assert "is not one of white_collar" in checked(visitor, address)
    loaded(visitor, address, checked(visitor, address, **{"value-borrower_type-游客": "other"}))
    taken = {row.account_no: row.borrower_type for row in all_of(building, Account)}
    assert (taken["N-1"], taken["N-2"]) == ("white_collar", "other")


def test_a_load_that_was_interrupted_is_told_and_started_again(building: Building) -> None:
    """The server dies while it loads: what it held is held no more, and nothing is in the book."""
    visitor = building.signed_in("operations")
    address = brought(visitor, PLAIN)
    checked(visitor, address)
    with building.office.database.begin() as session:
        row = session.exec(select(Upload)).one()
        row.state, row.started_at = UploadState.loading, building.clock()
        session.add(row)
    assert "interrupted" in visitor.get("/operations").text
    page = visitor.get(f"{address}/progress").text
    assert "The server stopped in the midst of it" in page
    assert visitor.get(f"{address}/progress.json").json()["state"] == "interrupted"
    check = checked_again(visitor, address)
    assert [row.state for row in all_of(building, Upload)] == ["waiting"]  # also while a long check goes on
    assert "2 = 2 + 0 + 0" in loaded(visitor, address, check).text


def test_while_it_is_loaded_it_is_running_for_whoever_looks(building: Building) -> None:
    visitor = building.signed_in("operations")
    address = brought(visitor, PLAIN)
    check = checked(visitor, address)
    folder = Folder(building.office.settings, address.rpartition("/")[2])
    with building.office.database.begin() as session:
        row = session.exec(select(Upload)).one()
        row.state = UploadState.loading
        session.add(row)
    with folder.held():
        folder.write_progress("reading", 30, 60)
        told = visitor.get(f"{address}/progress.json").json()
        assert (told["state"], told["percent"]) == ("running", 25)
        assert visitor.get(address).headers["location"] == f"{address}/progress"
        assert 'data-look="' in visitor.get(f"{address}/progress").text
        shown = SHOWN.search(check)
        assert shown
        assert visitor.post(f"{address}/load", {"shown": shown[1]}).headers["location"].endswith("?said=started")
    assert all_of(building, LoadRun) == []


def test_what_goes_wrong_while_loading_is_told_and_can_be_started_again(building: Building) -> None:
    visitor = building.signed_in("operations")
    address = brought(visitor, "account_no,number,due_on,amount_due\nL-1,9,2026-09-10,5.00\n", kind="instalments")
    check = checked(visitor, address)
    source = Folder(building.office.settings, address.rpartition("/")[2]).source
    body = source.read_bytes()
    source.write_bytes(b"%PDF")
    page = loaded(visitor, address, check).text
    assert "this is a PDF" in page
    assert [row.state for row in all_of(building, Upload)] == ["failed"]
    assert "failed" in visitor.get("/operations").text
    source.write_bytes(body)
    check = checked_again(visitor, address)
    loaded(visitor, address, check)
    assert [row.number for row in all_of(building, InstalmentRow) if row.amount_due == 500] == [9]


def test_a_check_counts_what_the_book_does_not_know(building: Building) -> None:
    visitor = building.signed_in("operations")
    rows = "account_no,number,due_on,amount_due\nL-1,9,2026-09-10,5.00\nX-1,1,2026-09-10,5.00\n"
    page = checked(visitor, brought(visitor, rows, kind="instalments"))
    assert "no such account in CN; load the accounts first" in page
    assert '<b class="good">1</b>' in page
    rows = (
        "reference,account_no,amount,paid_at\nR-1,L-1,5.00,2026-05-10\nR-2,L-9,5.00,2026-05-10\nR-3,,5.00,2026-05-10\n"
    )
    page = checked(visitor, brought(visitor, rows, kind="payments"))
    assert '<b class="look">2</b> of them without an account' in page
    assert all_of(building, PaymentRow) == []


def test_while_a_file_is_checked_another_tab_changes_nothing(building: Building) -> None:
    visitor = building.signed_in("operations")
    address = brought(visitor, "account_no,borrower_name,other\nN-1,Zhou,Wu\n")
    checked(visitor, address)
    folder = Folder(building.office.settings, address.rpartition("/")[2])
    before = folder.mapping.read_text()
    form = {**filled(visitor.get(address).text), "from-borrower_name": "2"}
    given = {"mapping": ("map.yaml", b"kind: accounts\nrename: {other: borrower_name}\n")}
    with folder.held():
        assert visitor.post(f"{address}/mapping", form).status_code == 409
        assert visitor.post(f"{address}/mapping-file", {}, files=given).status_code == 409
        assert visitor.post(f"{address}/drop").status_code == 409
    assert folder.mapping.read_text() == before


def test_a_workbook_is_read_by_its_first_sheet(building: Building, tmp_path: Path) -> None:
    visitor = building.signed_in("operations")
    book = tmp_path / "book.xlsx"
    write_xlsx(book, ["account_no", "borrower_name"], [["N-1", "Zhou"], ["N-2", "Wu"]])
    address = brought(visitor, book.read_bytes(), "book.xlsx")
    assert "workbook, sheet Sheet1; no other sheet is read" in visitor.get(address).text
    assert "2 = 2 + 0 + 0" in loaded(visitor, address, checked(visitor, address)).text


def test_ten_thousand_refused_rows_are_counted_by_kind_and_come_back_whole(building: Building) -> None:
    visitor = building.signed_in("operations")
    body = "account_no,borrower_name,phone\n" + "".join(f"N-{at},,1390013\n" for at in range(10_000))
    address = brought(visitor, body)
    page = checked(visitor, address)
    assert page.count('class="num late">10,000') == 2
    result = loaded(visitor, address, page)
    assert "10,000 = 0 + 0 + 10,000" in result.text
    rejects = visitor.get(f"{result.url.path}/rejects").text
    assert rejects.count("\n") == 10_001
    assert visitor.get("/operations").status_code == 200


def test_the_mapping_is_downloaded_kept_and_offered_to_the_next_file(building: Building, tmp_path: Path) -> None:
    visitor = building.signed_in("operations")
    address = brought(visitor, BOOK.encode("gb18030"))
    assert visitor.get(f"{address}/mapping.yaml").status_code == 422
    page = visitor.get(address).text
    assert "lateness is of some day: say which" in page
    checked(visitor, address, **{"constant-as_of": "2026-05-10"})
    got = visitor.get(f"{address}/mapping.yaml")
    assert "attachment" in got.headers["content-disposition"]
    mapping, file = tmp_path / "map.yaml", tmp_path / "book.csv"
    mapping.write_text(got.text, encoding="utf-8")
    file.write_bytes(BOOK.encode("gb18030"))
    result = actions.load(
        building.office, LoadKind.accounts, file,
        portfolio=None, mapping=mapping, rejects=None, at=building.clock(), as_of=None, actor="cli",
    )  # fmt: skip
    assert (result.read, result.accepted) == (2, 1)
    visitor.post(f"{address}/keep", {"name": "June"})
    assert [(row.name, row.kind) for row in all_of(building, SavedMapping)] == [("June", "accounts")]
    again = brought(visitor, BOOK)
    assert "Filled in from a kept mapping: June." in visitor.get(again).text
    assert "Filled in by a guess" in visitor.get(f"{again}?start=guess").text
    other = brought(visitor, PLAIN)
    assert "Filled in by a guess" in visitor.get(other).text


def test_a_mapping_file_that_says_more_is_taken_as_it_is(building: Building) -> None:
    visitor = building.signed_in("operations")
    address = brought(visitor, "id,who,state\n1,Zhou,open\n2,Wu,closed\n")
    given = (
        "kind: accounts\nderive: {account_no: {concat: [N-, {from: id}]}}\n"
        "rename: {who: borrower_name}\nwhere: {state: [open]}\n"
    )
    visitor.post(f"{address}/mapping-file", {}, files={"mapping": ("map.yaml", given.encode())})
    page = visitor.get(address).text
    assert "says more than this form can" in page
    check = checked_again(visitor, address)
    assert "left out by the mapping" in check
    loaded(visitor, address, check)
    assert "N-1" in {row.account_no for row in all_of(building, Account)}
    again = brought(visitor, "id,who,state\n3,Zheng,open\n")
    page = visitor.get(again).text
    start = re.search(r'name="start" value="(\d+)"', page)
    assert start
    check = checked_again(visitor, again, start=start[1])
    assert "1 = 1 + 0 + 0" in loaded(visitor, again, check).text
    wrong = visitor.post(f"{brought(visitor, PLAIN)}/mapping-file", {}, files={"mapping": ("map.yaml", given.encode())})
    assert wrong.status_code == 422
    assert "who" in wrong.text


def test_only_a_few_files_wait_for_one_user_and_none_for_long(building: Building) -> None:
    visitor = building.signed_in("operations")
    addresses = [brought(visitor, PLAIN) for _ in range(5)]
    assert "load or discard one of them first" in bring(visitor, PLAIN).text
    assert visitor.post(f"{addresses[0]}/drop").headers["location"] == "/operations?said=dropped"
    assert visitor.get(addresses[0]).status_code == 404
    brought(visitor, PLAIN)
    building.clock.forward(hours=25)
    visitor = building.signed_in("operations")
    assert visitor.get(addresses[1]).status_code == 404
    assert actions.uploads.tidy_uploads(building.office, building.clock()) == 5
    assert list((building.office.settings.home / "uploads").iterdir()) == []
    assert {row.state for row in all_of(building, Upload)} == {"dropped"}
    brought(visitor, PLAIN)


def test_refused_rows_are_for_who_loads_and_not_for_ever(building: Building) -> None:
    visitor = building.signed_in("operations")
    address = brought(visitor, "account_no,borrower_name\nN-1,\n")
    path = loaded(visitor, address, checked(visitor, address)).url.path
    supervisor = building.signed_in("supervisor")
    assert "Closed: they hold what is somebody&#39;s" in supervisor.get(path).text
    assert supervisor.get(f"{path}/rejects").status_code == 403
    assert visitor.get(f"{path}/rejects").status_code == 200
    kept = next((building.office.settings.home / "rejects").iterdir())
    long_ago = (building.clock() - timedelta(days=31)).timestamp()
    os.utime(kept, (long_ago, long_ago))
    actions.uploads.tidy_uploads(building.office, building.clock())
    assert visitor.get(f"{path}/rejects").status_code == 404
    assert "/rejects" not in visitor.get(path).text


def test_every_step_is_on_record_without_a_name(building: Building) -> None:
    visitor = building.signed_in("operations")
    address = brought(visitor, PLAIN, "Zhou.csv")
    loaded(visitor, address, checked(visitor, address))
    rows = [row for row in all_of(building, AuditEntry) if row.actor == "user:operations"]
    told = [row.action for row in rows]
    assert [one for one in told if one.startswith(("upload", "load", "mapping"))] == [
        "upload", "upload.load", "load", "mapping.save"
    ]  # fmt: skip
    assert "Zhou" not in str([row.detail for row in rows])
    assert address.rpartition("/")[2] not in str([(row.subject, row.detail) for row in rows])


def test_a_form_that_was_made_up_is_refused(building: Building) -> None:
    visitor = building.signed_in("operations")
    address = brought(visitor, PLAIN)
    for fields in (
        {"from-account_no": "99"},
        {"from-nothing": "0"},
        {"number-principal": "x"},
        {"eval-account_no": "0"},
    ):
        answer = visitor.post(f"{address}/mapping", {"from-account_no": "0", "from-principal": "1", **fields})
        assert answer.status_code == 422, fields
    assert visitor.post(f"{address}/load", {"shown": "x"}).status_code == 409


def test_a_file_for_a_portfolio_that_is_not_the_users_is_absent(building: Building) -> None:
    visitor = building.signed_in("operations")
    assert bring(visitor, PLAIN, portfolio="US").status_code == bring(visitor, PLAIN, portfolio="XX").status_code == 404
    assert bring(visitor, PLAIN, portfolio="").status_code == 422
    assert bring(visitor, "code\nX\n", kind="portfolios").status_code == 403
    assert bring(visitor, PLAIN, as_of="2030-01-01T00:00").status_code == 422
    assert list((building.office.settings.home / "uploads").glob("*")) == []


def a_held_payment(building: Building, **more: Any) -> int:
    now = building.clock()
    known = {"reference": "H-1", "kind": "payment", "state": "held", "paid_at": now, "paid_on": now.date()}
    with building.office.database.begin() as session:
        row = PaymentRow(portfolio_id=building.book.cn, loaded_at=now, **{**known, **more})
        session.add(row)
        session.flush()
        return row.id or 0


def test_a_payment_is_shown_its_accounts_and_one_proposes_and_another_confirms(building: Building) -> None:
    visitor = building.signed_in("operations")
    number = a_held_payment(building, payer_name="WANG", amount=1_000_00, reason="from 12340001")
    page = visitor.get("/operations").text
    assert "payer&#39;s name · amount overdue · end of a phone" in page
    assert ">80<" in page
    visitor.post(f"/payments/{number}/match", {"account": "CN/L-1"})
    page = visitor.get("/operations").text
    assert "Proposed: CN/L-1" in page
    digest = re.search(r'name="shown" value="([^"]+)"', building.signed_in("second").get("/operations").text)
    assert digest
    with building.office.database.read() as session:
        approval = session.exec(select(Approval.id)).one()
    decision = {"decision": "approve", "shown": digest[1]}
    own = visitor.post(f"/approvals/{approval}/decide", decision)
    assert own.status_code == 403
    assert all_of(building, PaymentRow)[-1].account_id is None
    assert building.signed_in("second").post(f"/approvals/{approval}/decide", decision).status_code == 303
    assert all_of(building, PaymentRow)[-1].account_id == building.book.loan


def test_plans_and_sends_are_listed_and_open(building: Building) -> None:
    actions.plan(building.office, "CN", building.clock(), actor="test")
    visitor = building.signed_in("operations")
    page = visitor.get("/operations").text
    link = re.search(r'href="(/operations/runs/\d+)"', page)
    assert link
    whole = visitor.get(link[1]).text
    assert "Plan of CN for 2026-05-11" in whole
    assert "Nothing was sent today." in page
    assert building.signed_in("stranger").get(link[1]).status_code == 404
    assert link[1] not in building.signed_in("stranger").get("/operations").text

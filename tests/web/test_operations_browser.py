"""Operations at a real browser: a file with errors, a mapping that is mended, refused rows that come back."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from playwright.sync_api import Page
from sqlmodel import select
from web.conftest import Building
from web.test_browser import browser, complaints, page, served, sign_in

from collector.foundation.files import write_csv
from collector.portfolio.tables import Account, LoadRun

__all__ = ["browser", "complaints", "page", "served"]

pytestmark = pytest.mark.browser

ROWS = (
    "合同编号;客户;签约;金额;手机\n"
    "B-1;周一;05/06/2026;1.000,50;13900139001\n"
    "B-2;;07/06/2026;2.000,00;13900139002\n"
    "B-3;吴三;08/06/2026;3.000,00;12345\n"
)


def test_a_file_with_errors_is_loaded_mended_and_loaded_again(
    page: Page, served: tuple[Building, str], complaints: list[str], tmp_path: Path
) -> None:
    building, address = served
    book = tmp_path / "六月.csv"
    book.write_bytes(ROWS.encode("gb18030"))
    sign_in(page, address, "operations")
    bring(page, address, book)
    assert "GB18030" in page.inner_text("main")
    assert "13900139001" not in page.content()
    page.click("main details summary")
    page.select_option("[name=from-opened_on]", label="签约")
    page.select_option("[name=from-principal]", label="金额")
    page.click("form[action$='/mapping'] button.primary")
    page.wait_for_selector(".asked .problem")
    assert "which comes first" in page.inner_text(".asked .problem")
    page.select_option("[name=date-opened_on]", label="31/12/2026")
    page.click("form[action$='/mapping'] button.primary")
    page.wait_for_url("**/check")
    page.wait_for_selector("form[action$='/load']")
    assert "needs a value in every row" in page.inner_text("main")
    with building.office.database.read() as session:
        assert session.exec(select(LoadRun)).all() == []
    page.dblclick("form[action$='/load'] button")
    page.wait_for_url("**/operations/loads/*")
    assert "3 = 1 + 0 + 2" in page.inner_text("main")
    with page.expect_download() as download:
        page.click("a[href$='/rejects']")
    mended = mend(download.value.path(), tmp_path / "mended.csv")
    bring(page, address, mended)
    assert "the last one used" in page.inner_text("main")
    page.click("form[action$='/mapping'] button.primary")
    page.wait_for_url("**/check")
    page.click("form[action$='/load'] button")
    page.wait_for_url("**/operations/loads/*")
    assert "2 = 2 + 0 + 0" in page.inner_text("main")
    with building.office.database.read() as session:
        rows = session.exec(select(Account).where(Account.account_no.like("B-%")))  # type: ignore[attr-defined]
        loaded = {row.account_no: (row.principal, str(row.opened_on)) for row in rows}
    assert loaded == {
        "B-1": (100_050, "2026-06-05"),
        "B-2": (200_000, "2026-06-07"),
        "B-3": (300_000, "2026-06-08"),
    }
    assert len(complaints) == 1  # the browser's own word about the answer that asked something
    assert "422" in complaints[0]


def bring(page: Page, address: str, file: Path) -> None:
    page.goto(f"{address}/operations")
    page.select_option(".bring [name=kind]", "accounts")
    page.select_option(".bring [name=portfolio]", "CN")
    page.set_input_files(".bring [name=file]", file)
    page.click(".bring button.primary")
    page.wait_for_url("**/operations/files/*")


def mend(refused: Path, mended: Path) -> Path:
    """What a person does in a spreadsheet."""
    with refused.open(encoding="utf-8-sig", newline="") as file:
        head, *rows = list(csv.reader(file))
    for row in rows:
        row[head.index("客户")] = row[head.index("客户")] or "郑二"
        row[head.index("手机")] = "13900139003"
    write_csv(mended, head, rows, bom=True)
    return mended


def test_progress_is_told_without_a_reload_and_without_a_complaint(
    page: Page, served: tuple[Building, str], complaints: list[str], tmp_path: Path
) -> None:
    """The script looks every second, and goes on by itself when the work is over."""
    _, address = served
    book = tmp_path / "plain.csv"
    book.write_text("account_no,borrower_name\nC-1,Zhou\n")
    sign_in(page, address, "operations")
    bring(page, address, book)
    answers = iter(
        [
            '{"state": "running", "words": "30 % of the file is read.", "percent": 30, "over": ""}',
            '{"state": "waiting", "words": "", "percent": 0, "over": "/operations"}',
        ]
    )
    token = page.url.rpartition("/")[2]
    page.route("**/progress.json", lambda route: route.fulfill(body=next(answers), content_type="application/json"))
    shown = (
        f'<!doctype html><body><section id="progress" data-look="/operations/files/{token}/progress.json"'
        ' data-here="/x">'
        '<progress max="100" value="0"></progress><p id="progress-words"></p></section>'
        '<script src="/static/progress.js" defer></script></body>'
    )
    page.route(f"**/files/{token}/progress", lambda route: route.fulfill(body=shown, content_type="text/html"))
    page.goto(f"{address}/operations/files/{token}/progress")
    page.wait_for_function("document.getElementById('progress-words').textContent.startsWith('30 %')")
    assert page.evaluate("document.querySelector('progress').value") == 30
    page.wait_for_url(f"{address}/operations")
    assert complaints == []

"""A file from its upload to its totals: looked at, mapped, checked, loaded once, its refused rows mended."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

from httpx2 import Response
from sqlmodel import col, select
from web.conftest import Building, Visitor

from collector.portfolio.tables import Account, LoadRun

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


def checked(visitor: Visitor, address: str, **fields: Any) -> str:
    """The page that tells what a load would do."""
    form = {**filled(visitor.get(address).text), **fields}
    answer = visitor.post(f"{address}/mapping", form)
    assert answer.status_code == 303, answer.text
    return visitor.get(answer.headers["location"]).text


def loaded(visitor: Visitor, address: str, page: str) -> Response:
    shown = SHOWN.search(page)
    assert shown, page
    answer = visitor.post(f"{address}/load", {"shown": shown[1]})
    assert answer.status_code == 303, answer.text
    return visitor.client.get(answer.headers["location"], follow_redirects=True)


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

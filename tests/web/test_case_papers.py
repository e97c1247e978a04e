"""The papers of an account on their page: filed, given, and put together as its case file."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
import typst
from pypdf import PdfReader
from python_calamine import CalamineWorkbook
from sqlmodel import select
from web.conftest import Building, Visitor

from collector.audit.tables import AuditEntry
from collector.history.tables import Document
from collector.legal.casefile.manifest import verify_folder
from collector.legal.casefile.tables import CaseFile

PDF = typst.compile(b"scan", timestamp=0)


@pytest.fixture
def lawyer(building: Building) -> Visitor:
    return building.signed_in("legal")


def filed(building: Building, visitor: Visitor, body: bytes = PDF, **more: str) -> int:
    fields = {"kind": "contract", "title": "合同", **more}
    path = f"/accounts/{building.book.loan}/papers"
    answer = visitor.client.post(
        path, data={**fields, "csrf": visitor.csrf()}, files={"file": ("../../scan.pdf", body, "text/plain")}
    )
    assert answer.status_code == 303, answer.text
    with building.office.database.read() as session:
        return max(session.exec(select(Document.id)).all(), key=lambda number: number or 0) or 0


def test_a_paper_is_filed_listed_and_given(building: Building, lawyer: Visitor) -> None:
    number = filed(building, lawyer)
    path = f"/accounts/{building.book.loan}/papers"
    page = lawyer.get(path).text
    assert f'href="{path}/{number}"' in page
    given = lawyer.get(f"{path}/{number}")
    assert (given.content, given.headers["content-type"]) == (PDF, "application/pdf")
    assert given.headers["cache-control"] == "no-store"
    assert given.headers["content-disposition"] == f'attachment; filename="contract-{number}.pdf"'
    with building.office.database.read() as session:
        entries = session.exec(select(AuditEntry).where(AuditEntry.subject == f"document:{number}")).all()
    assert [(one.action, one.actor) for one in entries] == [
        ("document.filed", "user:legal"),
        ("document.given", "user:legal"),
    ]


def test_what_is_privileged_only_the_legal_team_sees(building: Building, lawyer: Visitor) -> None:
    number = filed(building, lawyer, title="Brief", privileged="true")
    path, boss = f"/accounts/{building.book.loan}/papers", building.signed_in("supervisor")
    assert "Brief" in lawyer.get(path).text
    assert "Brief" not in boss.get(path).text
    assert boss.get(f"{path}/{number}").status_code == 404
    assert lawyer.get(f"{path}/{number}").status_code == 200


def test_only_the_legal_team_marks_a_paper_privileged(building: Building) -> None:
    filed(building, building.signed_in("operations"), privileged="true")
    with building.office.database.read() as session:
        assert session.exec(select(Document.privileged)).one() is False


def test_a_paper_of_another_account_is_not_there(building: Building, lawyer: Visitor) -> None:
    number = filed(building, lawyer)
    assert lawyer.get(f"/accounts/{building.book.card}/papers/{number}").status_code == 404


@pytest.mark.parametrize(
    ("body", "told"),
    [
        pytest.param(b"MZ no paper", "send a PDF, JPEG or PNG file", id="no paper"),
        pytest.param(b"%PDF-1.7", "damaged or cut off", id="cut off"),
    ],
)
def test_what_is_no_paper_is_refused_and_leaves_nothing(
    building: Building, lawyer: Visitor, body: bytes, told: str
) -> None:
    path = f"/accounts/{building.book.loan}/papers"
    fields = {"kind": "contract", "csrf": lawyer.csrf()}
    answer = lawyer.client.post(path, data=fields, files={"file": ("x.pdf", body, "application/pdf")})
    assert answer.status_code == 422
    assert told in answer.text
    with building.office.database.read() as session:
        assert session.exec(select(Document)).all() == []


def test_the_case_file_comes_as_one_archive_and_is_whole(building: Building, lawyer: Visitor, tmp_path: Path) -> None:
    filed(building, lawyer)
    answer = lawyer.post(f"/accounts/{building.book.loan}/case-file")
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        assert all(name.startswith(f"case-{building.book.loan}/") for name in packed.namelist())
        packed.extractall(tmp_path)
    assert verify_folder(tmp_path / f"case-{building.book.loan}").is_whole
    with building.office.database.read() as session:
        assert [row.actor for row in session.exec(select(CaseFile))] == ["user:legal"]
    assert "Make the case file" in lawyer.get(f"/accounts/{building.book.loan}/papers").text


def test_the_balance_comes_as_workbook_and_as_pdf(building: Building, lawyer: Visitor) -> None:
    path = f"/accounts/{building.book.loan}/balance"
    book = CalamineWorkbook.from_filelike(io.BytesIO(lawyer.get(f"{path}.xlsx").content))
    assert book.get_sheet_by_name("ledger").to_python()[-1][-1] == pytest.approx(3000.00)
    pages = PdfReader(io.BytesIO(lawyer.get(f"{path}.pdf").content)).pages
    assert "3,000.00" in "".join(page.extract_text() for page in pages)
    with building.office.database.read() as session:
        given = session.exec(select(AuditEntry).where(AuditEntry.action == "balance.given")).all()
    assert [(one.actor, one.detail["form"]) for one in given] == [("user:legal", "xlsx"), ("user:legal", "pdf")]


def test_who_only_reads_is_offered_nothing_to_make(building: Building) -> None:
    page = building.signed_in("auditor").get(f"/accounts/{building.book.loan}/papers").text
    assert "Closed: legal or a supervisor makes case files." in page
    assert 'action="/accounts' not in page.replace("/open", "")

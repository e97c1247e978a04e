"""A matter on its pages: stages, days at court, costs by two people, the package for counsel, and the two lists."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select
from web.conftest import NOW, Building, Visitor
from web.test_legal_pages import paper

from collector.foundation.clock import local_day
from collector.history import actions as history
from collector.history.rules import ReferralKind, ReferralState
from collector.identity.rules import Actor
from collector.legal.matters.tables import CourtDate, MatterCost, MatterStep
from collector.portfolio.tables import LedgerEntry

LEGAL = Actor("user:legal")
TODAY = local_day(NOW, "Asia/Shanghai")
FILED = {"stage": "filed", "day": TODAY.isoformat(), "court": "Pudong", "case_no": "115-7", "counsel": "Wang LLP"}


@pytest.fixture
def matter(building: Building) -> int:
    """The loan of the building's book, which legal accepted."""
    book = building.book
    with building.office.database.begin() as session:
        row = history.open_referral(
            session,
            kind=ReferralKind.legal,
            person_id=book.wang,
            account_id=book.loan,
            portfolio_id=book.cn,
            reasons=[],
            evidence={},
            now=NOW,
            actor=LEGAL,
        )
        history.move_referral(session, row.id or 0, ReferralState.accepted, NOW, LEGAL)
    return book.loan


@pytest.fixture
def lawyer(building: Building) -> Visitor:
    return building.signed_in("legal")


def rows(building: Building, table: Any) -> list[Any]:
    with building.office.database.read() as session:
        return list(session.exec(select(table).order_by(table.id)))


def said(visitor: Visitor, path: str, fields: dict[str, str]) -> str:
    answer = visitor.post(path, fields)
    assert answer.status_code == 303, re.sub(r"<[^>]+>", " ", answer.text)
    return answer.headers["location"].partition("said=")[2]


def test_before_legal_accepts_it_the_page_says_what_would_fill_it(building: Building, lawyer: Visitor) -> None:
    page = lawyer.get(f"/legal/{building.book.loan}").text
    assert "stand here once legal has accepted the referral" in page
    assert f"/legal/{building.book.loan}/stages" not in page


def test_a_stage_is_entered_shown_on_the_bar_and_struck(building: Building, matter: int, lawyer: Visitor) -> None:
    path, receipt = f"/legal/{matter}", paper(building, matter)
    assert (
        said(lawyer, f"{path}/stages", {**FILED, "claimed": "2800.50", "document_id": str(receipt)}) == "matter-stage"
    )
    page = lawyer.get(path).text
    assert 'aria-label="Stage: filed"' in page
    assert page.count('<circle class="here"') == 1
    for wanted in ("Pudong", "115-7", "Wang LLP", "¥2,800.50", f"{receipt} · receipt 7", "kept by: filed"):
        assert wanted in page, wanted
    assert "/stages/strike" in page
    last = rows(building, MatterStep)[-1].id
    assert said(lawyer, f"{path}/stages/strike", {"step_id": str(last), "reason": "wrong court"}) == "matter-struck"
    page = lawyer.get(path).text
    assert "struck by legal: wrong court" in page
    assert 'aria-label="Stage: preparing"' in page


def test_what_a_stage_lacks_is_said_in_the_readers_language(building: Building, matter: int, lawyer: Visitor) -> None:
    answer = lawyer.post(f"/legal/{matter}/stages", {"stage": "filed", "day": TODAY.isoformat()})
    assert (answer.status_code, "before which court" in answer.text) == (422, True)
    half = {"stage": "filed", "day": TODAY.isoformat(), "case_no": "115-7", "counsel": "Wang LLP"}
    again = lawyer.post(f"/legal/{matter}/stages", half).text
    assert ("115-7" in again, "Wang LLP" in again) == (True, True), "what was typed is shown again"
    lawyer.post("/language", {"language": "zh"})
    assert "请填写法院" in lawyer.post(f"/legal/{matter}/stages", {"stage": "filed", "day": TODAY.isoformat()}).text
    page = lawyer.get(f"/legal/{matter}").text
    assert "案件进展" in page
    assert "准备中" in page
    lawyer.post("/language", {"language": "en"})
    assert rows(building, MatterStep) == []


def test_a_filing_without_paper_and_a_judgment_to_come_are_warned_of(matter: int, lawyer: Visitor) -> None:
    path = f"/legal/{matter}"
    said(lawyer, f"{path}/stages", FILED)
    assert "stops no clock" in lawyer.get(path).text
    judged = {"stage": "judgment", "day": TODAY.isoformat(), "awarded": "100.00", "paper_to_come": "true"}
    said(lawyer, f"{path}/stages", judged)
    assert "The paper of the judgment is still to come" in lawyer.get(path).text


def test_a_day_at_court_is_on_the_calendar_until_it_ended(building: Building, matter: int, lawyer: Visitor) -> None:
    path, day = f"/legal/{matter}", (TODAY + timedelta(days=5)).isoformat()
    hearing = {"kind": "hearing", "day": day, "hour": "09:30", "what": "first hearing", "zone": "Asia/Shanghai"}
    assert said(lawyer, f"{path}/days", {**hearing, "place": "Court 3"}) == "court-date"
    said(lawyer, f"{path}/stages", FILED)
    for where in (path, "/court-dates", "/legal"):
        assert f"{day} 09:30" in lawyer.get(where).text, where
    number = rows(building, CourtDate)[0].id
    said(lawyer, f"{path}/days/end", {"date_id": str(number), "how": "cancelled", "note": "settled"})
    assert "first hearing" not in lawyer.get("/court-dates").text
    assert "cancelled · settled" in lawyer.get(path).text


def test_a_matter_that_no_day_reminds_of_is_told_of(building: Building, matter: int, lawyer: Visitor) -> None:
    said(lawyer, f"/legal/{matter}/stages", FILED)
    page = lawyer.get("/court-dates").text
    assert 'Matters with no day ahead <span class="dim">1</span>' in page
    day = (TODAY + timedelta(days=5)).isoformat()
    said(lawyer, f"/legal/{matter}/days", {"kind": "deadline", "day": day, "what": "evidence"})
    assert "Every matter that runs has a day ahead." in lawyer.get("/court-dates").text


def test_costs_reach_the_account_by_a_second_person(building: Building, matter: int, lawyer: Visitor) -> None:
    path, receipt = f"/legal/{matter}", paper(building, matter)
    cost = {"kind": "court_fee", "amount": "123.40", "day": TODAY.isoformat(), "advanced_by": "creditor"}
    said(lawyer, f"{path}/costs", {**cost, "recoverable": "true", "document_id": str(receipt)})
    said(lawyer, f"{path}/costs", {**cost, "amount": "7.00"})
    assert said(lawyer, f"{path}/costs/ask", {}) == "asked-two"
    assert "waits for its second person" in lawyer.get(path).text
    boss = building.signed_in("supervisor")
    page = boss.get("/approvals").text
    assert "onto the account: CN¥123.40" in page
    shown, number = re.search(r'name="shown" value="([^"]+)"', page), re.search(r"/approvals/(\d+)/decide", page)
    assert shown
    assert number
    answer = boss.post(f"/approvals/{number[1]}/decide", {"shown": shown[1], "decision": "approve"})
    assert answer.status_code == 303, answer.text
    [entry] = rows(building, LedgerEntry)
    assert (entry.fees, entry.actor) == (12_340, "user:supervisor")
    page = lawyer.get(path).text
    assert "on the account" in page
    assert "¥130.40" in page
    asked = {"cost_id": str(rows(building, MatterCost)[0].id)}
    assert lawyer.post(f"{path}/costs/strike", {**asked, "reason": "x"}).status_code == 409
    assert said(lawyer, f"{path}/costs/ask", asked) == "asked-two"


def test_the_package_comes_as_an_archive_and_its_receipt_is_noted(
    building: Building, matter: int, lawyer: Visitor
) -> None:
    path = f"/legal/{matter}"
    assert "no counsel is named yet" in lawyer.get(path).text
    said(lawyer, f"{path}/stages", FILED)
    answer = lawyer.post(f"{path}/hand-over", {"contact": "Li 0571-1"})
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        assert f"counsel-{matter}/case-file.pdf" in packed.namelist()
    page = lawyer.get(path).text
    assert "not confirmed yet" in page
    number = re.search(r'name="package_id"[^>]*><option value="(\d+)"', page.replace("\n", ""))
    assert number
    receipt = {"package_id": number[1], "day": TODAY.isoformat(), "received_by": "front desk"}
    assert said(lawyer, f"{path}/hand-over/receipt", receipt) == "counsel-received"
    assert "front desk" in lawyer.get(path).text


def test_numbers_by_counsel_in_both_languages(matter: int, lawyer: Visitor) -> None:
    assert "Counsel is named with a stage" in lawyer.get("/counsel").text
    said(lawyer, f"/legal/{matter}/stages", {**FILED, "claimed": "1000.00"})
    page = lawyer.get("/counsel").text
    assert "Wang LLP" in page
    assert "1,000.00" in page
    lawyer.post("/language", {"language": "zh"})
    assert "律师统计" in lawyer.get("/counsel").text
    lawyer.post("/language", {"language": "en"})


def test_an_auditor_reads_and_enters_nothing(building: Building, matter: int, lawyer: Visitor) -> None:
    said(lawyer, f"/legal/{matter}/stages", FILED)
    auditor = building.signed_in("auditor")
    page = auditor.get(f"/legal/{matter}").text
    assert "Pudong" in page
    assert f'action="/legal/{matter}' not in page
    assert auditor.get("/court-dates").status_code == auditor.get("/counsel").status_code == 200


def test_what_is_of_another_account_is_not_there(building: Building, matter: int, lawyer: Visitor) -> None:
    day = (TODAY + timedelta(days=5)).isoformat()
    said(lawyer, f"/legal/{matter}/days", {"kind": "deadline", "day": day, "what": "evidence"})
    other = building.book.card
    number = str(rows(building, CourtDate)[0].id)
    stranger = building.signed_in("stranger")
    answer = stranger.post(f"/legal/{other}/days/end", {"date_id": number, "how": "done"})
    assert answer.status_code == 404
    assert rows(building, CourtDate)[0].ended is None

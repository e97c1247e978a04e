"""Letters on their pages: printed from the plan, taken to the post, told of, and drafted on an account."""

from __future__ import annotations

import io
import time
from datetime import date, timedelta
from typing import Any

import pytest
from pypdf import PdfReader
from sqlmodel import col, select
from web.conftest import Building, Visitor
from web.test_letters import a_letter

from collector.audit.tables import AuditEntry
from collector.casework.actions.letters.batching import begin_batch
from collector.foundation.errors import Conflict
from collector.history.rules import Channel, LetterStep
from collector.history.tables import Attempt, Document, LetterBatch, LetterEvent, LetterRow
from collector.identity.rules import Actor
from collector.portfolio.rules import ContactKind
from collector.portfolio.tables import Account, ContactPoint, Portfolio
from collector.texts.rules import LetterKind, number_of

DRAFT = {
    "creditor_code": "91330100799655058B",
    "creditor_address": "杭州市解放路一号",
    "creditor_representative": "陈立",
    "court": "杭州市西湖区人民法院",
    "counsel": "周律",
    "counsel_firm": "衡平律师事务所",
    "powers": "代为立案、和解",
}


@pytest.fixture
def asked(building: Building) -> Building:
    """Wang lives somewhere, and the plan asks for a letter."""
    with building.office.database.begin() as session:
        session.get_one(Account, building.book.loan).opened_on = date(2024, 5, 18)
        session.get_one(Portfolio, building.book.cn).pay_instructions = "可通过本行手机银行办理"
        address = {"kind": ContactKind.address, "value": "杭州市文三路九号", "label": "home"}
        session.add(ContactPoint(person_id=building.book.wang, portfolio_id=building.book.cn, **address))
    a_letter(building)
    return building


def all_of(building: Building, table: Any, *conditions: Any) -> list[Any]:
    with building.office.database.read() as session:
        return list(session.exec(select(table).where(*conditions).order_by(col(table.id))).all())


def printed(building: Building, visitor: Visitor) -> int:
    begun = visitor.post("/letters/print", {"code": "CN"})
    assert begun.status_code == 303, begun.text
    batch = begun.headers["location"]
    for _ in range(100):
        if visitor.get(f"{batch}/progress.json").json()["state"] != "running":
            break
        time.sleep(0.1)
    assert "1 letters printed" in visitor.get(batch).text
    answer = visitor.get(f"{batch}/letters.pdf")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf"), answer.text
    assert answer.headers["cache-control"] == "no-store"
    [row] = all_of(building, LetterRow)
    reader = PdfReader(io.BytesIO(answer.content))
    assert [one.title for one in reader.outline] == [f"{number_of(row.id)} {row.body['title']}"]
    return int(row.id)


def test_from_the_plan_to_the_post_and_back(asked: Building) -> None:
    visitor = asked.signed_in("operations")
    page = visitor.get("/letters").text
    assert "1 letters" in page
    letter = printed(asked, visitor)
    listed = visitor.post("/letters/list", {"code": "CN"})
    lines = listed.content.decode("utf-8-sig").splitlines()
    assert lines == [
        "letter,name,address,posting_number,posted_on",
        f"{number_of(letter)},wang,杭州市文三路九号,,",
    ]
    assert number_of(letter) in visitor.get("/letters?state=to_post").text
    back = f"letter,posting_number,posted_on\n{number_of(letter)},RR1,2026-05-11\n{number_of(999)},RR2,2026-05-11\n"
    told = visitor.post("/letters/reports", {"kind": "posted"}, files={"file": ("back.csv", back.encode())})
    assert "1 letters noted." in told.text
    assert f"there is no letter {number_of(999)}" in told.text
    [attempt] = all_of(asked, Attempt, Attempt.channel == Channel.letter)
    assert (attempt.text, attempt.actor) == ("RR1", "user:operations")
    assert "RR1" in visitor.get("/letters").text
    step = {"step": "arrived", "day": "2026-05-11"}
    arrived = visitor.post(f"/letters/{letter}/step", step, files={"scan": ("r.png", b"\x89PNG\r\n\x1a\n receipt")})
    assert arrived.headers["location"] == f"/letters/{letter}?said=letter-arrived"
    signed = {"step": "signed", "day": "2026-05-11"}
    assert "comes with its scan" in visitor.post(f"/letters/{letter}/step", signed).text
    visitor.post(f"/letters/{letter}/step", signed, files={"scan": ("s.png", b"\x89PNG\r\n\x1a\n slip")})
    steps = [row.step for row in all_of(asked, LetterEvent)]
    assert steps == [LetterStep.printed, LetterStep.posted, LetterStep.arrived, LetterStep.signed]
    assert len(all_of(asked, Document)) == 3
    assert number_of(letter) in visitor.get("/letters?state=arrived").text


def test_a_refusal_of_the_gate_is_told_and_the_letter_stays_unposted(asked: Building) -> None:
    letter = printed(asked, asked.signed_in("operations"))
    asked.signed_in("supervisor").post(f"/accounts/{asked.book.loan}/hold", {"note": "x"})
    step = {"step": "posted", "day": "2026-05-11", "posting_no": "RR1"}
    answer = asked.signed_in("legal").post(f"/letters/{letter}/step", step)
    assert answer.status_code == 409
    assert "not allowed now" in answer.text
    assert [row.step for row in all_of(asked, LetterEvent)] == [LetterStep.printed]


def test_the_files_are_given_to_who_may_see_them_and_put_on_record(asked: Building) -> None:
    letter = printed(asked, asked.signed_in("operations"))
    for name, begins in (("pdf", b"%PDF"), ("docx", b"PK")):
        answer = asked.signed_in("auditor").get(f"/letters/{letter}/{name}")
        assert answer.content.startswith(begins)
        assert answer.headers["cache-control"] == "no-store"
        assert f'filename="{number_of(letter)}.{name}"' in answer.headers["content-disposition"]
        assert asked.signed_in("stranger").get(f"/letters/{letter}/{name}").status_code == 404
        assert asked.signed_in("agent").get(f"/letters/{letter}/{name}").status_code == 403
    given = all_of(asked, AuditEntry, AuditEntry.action == "letter.given")
    assert [(row.actor, row.detail["kind"]) for row in given] == [
        ("user:operations", "pdf"),
        ("user:auditor", "pdf"),
        ("user:auditor", "docx"),
    ]


def test_a_draft_is_made_on_the_account_and_what_is_missing_is_told(asked: Building) -> None:
    visitor, path = asked.signed_in("legal"), f"/accounts/{asked.book.loan}/letters"
    assert f'href="{path}"' in visitor.get(f"/accounts/{asked.book.loan}").text
    page = visitor.get(path).text
    for kind in set(LetterKind) - {LetterKind.validation_notice}:
        assert f'value="{kind}"' in page
    order = {"kind": "power_of_attorney", "language": "zh"}
    refused = visitor.post(path, {**order, **DRAFT, "court": ""})
    assert refused.status_code == 422
    assert "the court is missing: enter it with the letter" in refused.text
    assert "代为立案、和解" in refused.text, "what was typed is not lost"
    made = visitor.post(path, {**order, **DRAFT})
    assert made.status_code == 303, made.text
    [row] = all_of(asked, LetterRow)
    assert made.headers["location"] == f"/letters/{row.id}?said=printed"
    assert (row.person_id, row.body["title"]) == (None, "授权委托书")
    told = visitor.get(f"/letters/{row.id}").text
    assert number_of(row.id) in told
    assert "printed" in told
    assert "disabled" in asked.signed_in("auditor").get(path).text
    assert asked.signed_in("agent").get(path).status_code == 403


def test_a_missing_value_is_told_in_chinese(asked: Building) -> None:
    visitor, path = asked.signed_in("legal"), f"/accounts/{asked.book.loan}/letters"
    visitor.post("/language", {"language": "zh"})
    with asked.office.database.begin() as session:
        session.get_one(Account, asked.book.loan).opened_on = None
    told = visitor.post(path, {"kind": "demand", "person": str(asked.book.wang)}).text
    assert "缺少合同日期：可由运营通过 accounts 文件导入，列 opened_on" in told
    assert "催告函" not in told


def test_a_file_that_is_none_is_refused(asked: Building) -> None:
    visitor = asked.signed_in("operations")
    assert "choose a file first" in visitor.post("/letters/reports", {"kind": "posted"}).text
    bad = visitor.post("/letters/reports", {"kind": "arrived"}, files={"file": ("x.csv", b"letter\nL1\n")})
    assert bad.status_code == 422
    assert "lacks the columns arrived_on" in bad.text
    foreign = visitor.post("/letters/print", {"code": "US"})
    assert foreign.status_code == 404


def test_a_batch_is_numbered_as_a_range_listed_once_and_posted_together(asked: Building) -> None:
    visitor = asked.signed_in("operations")
    letter = printed(asked, visitor)
    [row] = all_of(asked, LetterBatch)
    batch = f"/letters/batches/{row.id}"
    assert batch in visitor.get("/letters").text
    wrong = visitor.post(f"{batch}/numbers", {"first": "RR123456789CN"})
    assert (wrong.status_code, "check digit" in wrong.text) == (422, True)
    assert visitor.post(f"{batch}/posted", {"day": "2026-05-11"}).status_code == 409
    assert visitor.post(f"{batch}/numbers", {"first": "RR000000014CN"}).status_code == 303
    assert visitor.post(f"{batch}/numbers", {"first": "RR000000014CN"}).status_code == 409
    lines = visitor.get(f"{batch}/letters.csv").content.decode("utf-8-sig").splitlines()
    assert lines[1] == f"{number_of(letter)},wang,杭州市文三路九号,RR000000014CN,"
    told = visitor.post(f"{batch}/posted", {"day": "2026-05-11"})
    assert "1 letters noted." in told.text
    [event] = all_of(asked, LetterEvent, LetterEvent.step == LetterStep.posted)
    assert event.posting_no == "RR000000014CN"
    again = visitor.post(f"{batch}/posted", {"day": "2026-05-11"})
    assert "0 letters noted." in again.text
    assert asked.signed_in("stranger").get(batch).status_code == 404


def test_a_batch_that_fell_silent_says_so_and_another_may_be_begun(asked: Building) -> None:
    with asked.office.database.begin() as session:
        at = asked.clock() - timedelta(minutes=3)
        session.add(LetterBatch(portfolio_id=asked.book.cn, made_at=at, told_at=at, actor="user:operations", total=9))
        session.add(
            LetterBatch(portfolio_id=asked.book.us, made_at=asked.clock(), told_at=asked.clock(), actor="x", total=9)
        )
    visitor = asked.signed_in("operations")
    assert "What was printed stays printed" in visitor.get("/letters/batches/1").text
    with asked.office.database.begin() as session, pytest.raises(Conflict, match="printed already"):
        begin_batch(session, session.get_one(Portfolio, asked.book.us), asked.clock(), Actor("x"))
    assert printed(asked, visitor)


def test_what_left_against_the_gates_no_is_told_to_the_supervisor(asked: Building) -> None:
    letter = printed(asked, asked.signed_in("operations"))
    asked.signed_in("supervisor").post(f"/accounts/{asked.book.loan}/hold", {"note": "x"})
    visitor, form = asked.signed_in("operations"), {"posting_no": "RR1", "day": "2026-05-11", "reason": "in the tray"}
    assert "This is no permission to post" in visitor.get(f"/letters/{letter}").text
    left = visitor.post(f"/letters/{letter}/left", form)
    assert left.headers["location"] == f"/letters/{letter}?said=letter-left"
    page = visitor.get(f"/letters/{letter}").text
    assert "left against the gate&#39;s no: in the tray" in page
    assert "HOUSE-HOLD" in page
    floor = asked.signed_in("supervisor").get("/floor").text
    assert "Posted against the gate&#39;s no" in floor
    assert number_of(letter) in floor


def test_a_wrong_arrival_is_struck_by_legal_and_stays_to_be_seen(asked: Building) -> None:
    letter = printed(asked, asked.signed_in("operations"))
    visitor = asked.signed_in("legal")
    for step in ({"step": "posted", "posting_no": "RR1"}, {"step": "arrived"}):
        assert visitor.post(f"/letters/{letter}/step", {**step, "day": "2026-05-11"}).status_code == 303
    form = {"step": "arrived", "reason": "another letter"}
    assert asked.signed_in("operations").post(f"/letters/{letter}/strike", form).status_code == 403
    assert visitor.post(f"/letters/{letter}/strike", form).status_code == 303
    page = visitor.get(f"/letters/{letter}").text
    assert "by legal: another letter" in page
    assert number_of(letter) in visitor.get("/letters?state=posted").text

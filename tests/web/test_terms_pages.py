"""Terms in the browser: shown before they are proposed, silent before they are approved, one list of what is open."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from sqlmodel import col, select
from web.conftest import NOW, PASSWORD, Building, Visitor

from collector.identity.tables import Approval
from collector.terms.rules import TermsState
from collector.terms.tables import Terms

DAY = (NOW + timedelta(days=5)).date().isoformat()
SETTLE = {"kind": "settlement", "reason": "lost the shop", "total": "2500.00", "due_on": DAY}


def address(house: Building) -> str:
    return f"/accounts/{house.book.loan}/terms"


def propose(house: Building) -> Terms:
    answer = house.signed_in("agent").post(address(house), SETTLE)
    assert answer.status_code == 303, answer.text
    return newest(house)


def newest(house: Building) -> Terms:
    with house.office.database.read() as session:
        return session.exec(select(Terms).order_by(col(Terms.id).desc())).first() or Terms()


def decide(house: Building, name: str, decision: str = "approve") -> int:
    with house.office.database.read() as session:
        asked = session.exec(select(Approval).where(Approval.kind == "terms").order_by(col(Approval.id).desc())).first()
        assert asked is not None
    form = {"decision": decision, "shown": asked.digest, "reason": "", "confirm": PASSWORD}
    return house.signed_in(name).post(f"/approvals/{asked.id}/decide", form).status_code


def words(visitor: Visitor, path: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", visitor.get(path).text)))


def test_what_it_would_be_is_shown_and_kept_nowhere(building: Building) -> None:
    agent = building.signed_in("agent")
    answer = agent.post(f"{address(building)}/preview", SETTLE)
    told = re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.text)))
    assert answer.status_code == 200
    assert "Principal CN¥3,000.00 CN¥500.00 CN¥2,500.00" in told
    assert "May be agreed to by: admin, legal" in told
    assert newest(building).id is None


def test_what_stands_against_it_is_said_above_the_form(building: Building) -> None:
    agent = building.signed_in("agent")
    answer = agent.post(f"{address(building)}/preview", {**SETTLE, "total": "3000.00"})
    assert answer.status_code == 422
    assert "nothing would be waived" in answer.text
    assert 'value="lost the shop"' in answer.text, "what was typed stays"


def test_before_it_is_approved_not_a_word_of_it_afterwards_it_is_told_and_listed(building: Building) -> None:
    propose(building)
    agent = building.signed_in("agent")
    page = words(agent, address(building))
    assert "Not approved yet: not a word of it to the borrower." in page
    assert "The borrower was told" not in page
    assert "awaiting approval" in words(agent, "/terms")
    assert decide(building, "supervisor") == 403, "principal is beyond a supervisor's authority"
    assert decide(building, "legal") == 303
    assert "The borrower was told" in words(agent, address(building))
    assert agent.post(f"/terms/{newest(building).id}/move", {"move": "offer"}).status_code == 303
    assert newest(building).state is TermsState.offered
    assert "offered" in words(agent, "/terms")
    assert agent.post(f"/terms/{newest(building).id}/move", {"move": "withdraw"}).status_code == 303
    assert newest(building).state is TermsState.withdrawn
    assert "No terms are open." in words(agent, "/terms")


def test_the_second_person_is_told_all_of_it(building: Building) -> None:
    propose(building)
    told = words(building.signed_in("legal"), "/approvals")
    for said in ("settlement", "CN¥2,500.00 by", "lost the shop", "CN¥3,000.00 owed", "waives Principal CN¥500.00"):
        assert said in told, said


def test_refused_it_is_over_and_another_may_be_proposed(building: Building) -> None:
    propose(building)
    assert decide(building, "legal", "reject") == 303
    assert newest(building).state is TermsState.rejected
    propose(building)
    assert newest(building).state is TermsState.proposed


@pytest.mark.parametrize("name", ["auditor", "admin"])
def test_who_only_looks_proposes_nothing(building: Building, name: str) -> None:
    visitor = building.signed_in(name)
    assert "Closed: whoever talks to the borrower proposes" in words(visitor, address(building))
    assert visitor.post(address(building), SETTLE).status_code == 403


def test_the_pages_are_in_chinese_too(building: Building) -> None:
    propose(building)
    agent = building.signed_in("agent")
    agent.post("/language", {"language": "zh"})
    page = words(agent, address(building))
    assert "尚未批准：不得向借款人透露。" in page
    assert "减免结清" in page
    assert "待审批" in words(agent, "/terms")


def test_operations_list_the_months_advances_for_a_second_person(building: Building) -> None:
    visitor = building.signed_in("operations")
    form = {"book": str(building.book.cn), "month": f"{NOW:%Y-%m}"}
    assert visitor.post("/terms/advances", form).status_code == 303
    told = words(building.signed_in("supervisor"), "/approvals")
    assert "advances" in told
    assert "1 accounts, CN¥1,000.00" in told
    assert "L-1 CN¥1,000.00" in told

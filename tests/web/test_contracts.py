"""What holds for a portfolio's contracts, on its page: proposed by one, agreed to by another."""

from __future__ import annotations

from datetime import date

import pytest
from sqlmodel import col, select
from web.conftest import PASSWORD, Building, Visitor

from collector.casework.approvals import may_decide
from collector.identity.rules import Actor, Role
from collector.identity.tables import Approval
from collector.portfolio.queries import creditor_of
from collector.portfolio.tables import PortfolioSetting, RateChange

CREDITOR = {
    "kind": "creditor_data",
    "creditor_code": "91330100799655058B",
    "creditor_address": "杭州市解放路一号",
    "creditor_representative": "陈立，董事长",
    "creditor_contact": "法务部，电话 0571-85550199",
    "reason": "the register",
}


def path(building: Building, what: str = "contracts") -> str:
    return f"/portfolios/{building.book.cn}/{what}"


def newest(building: Building) -> Approval:
    with building.office.database.read() as session:
        return session.exec(select(Approval).order_by(col(Approval.id).desc())).first()  # type: ignore[return-value]


def decide(building: Building, visitor: Visitor) -> int:
    asked = newest(building)
    form = {"decision": "approve", "shown": asked.digest, "reason": "", "confirm": PASSWORD}
    return visitor.post(f"/approvals/{asked.id}/decide", form).status_code


def test_a_rate_is_proposed_shown_and_in_force_once_another_agreed(building: Building) -> None:
    maker = building.signed_in("operations")
    assert "CNY have no annual rate" in maker.get(path(building)).text
    form = {"from_on": "2026-05-01", "penalty_rate": "18.25", "reason": "notice 7"}
    assert maker.post(path(building, "rates"), form).status_code == 303
    checker = building.signed_in("supervisor")
    told = checker.get("/approvals").text
    for said in ("from 2026-05-01", "all of the portfolio", "Penalty rate 18.25%", "notice 7"):
        assert said in told
    assert decide(building, checker) == 303
    with building.office.database.read() as session:
        [row] = session.exec(select(RateChange)).all()
    assert (row.from_on, row.asked_by, row.actor) == (date(2026, 5, 1), "operations", "user:supervisor")
    page = maker.get(path(building)).text
    assert "18.25%" in page
    assert "notice 7" in page


def test_a_file_with_one_wrong_line_proposes_nothing(building: Building) -> None:
    maker = building.signed_in("operations")
    file = b"from_on,penalty_rate,reason\n2026-05-01,18,n\n2026-05-02,eighteen,n\n"
    refused = maker.post(path(building, "rates/file"), {}, files={"file": ("r.csv", file)})
    assert refused.status_code == 422
    assert "in percent a year such as 14.07" in refused.text
    assert newest(building) is None
    whole = file.replace(b"eighteen", b"18.5")
    assert maker.post(path(building, "rates/file"), {}, files={"file": ("r.csv", whole)}).status_code == 303
    assert len(newest(building).body["changes"]) == 2


def test_the_creditor_is_set_once_by_two_people_and_drafts_ask_no_more(building: Building) -> None:
    maker, drafts = building.signed_in("operations"), f"/accounts/{building.book.loan}/letters"
    assert 'name="creditor_address"' in building.signed_in("legal").get(drafts).text
    wrong = maker.post(path(building, "settings"), {**CREDITOR, "creditor_code": "91330100799655058C"})
    assert wrong.status_code == 422
    assert "social credit code" in wrong.text
    assert maker.post(path(building, "settings"), CREDITOR).status_code == 303
    checker = building.signed_in("legal")
    assert "法务部，电话 0571-85550199" in checker.get("/approvals").text
    assert decide(building, checker) == 303
    with building.office.database.read() as session:
        held = creditor_of(session, building.book.cn)
        [row] = session.exec(select(PortfolioSetting)).all()
    assert held == {name: CREDITOR[name] for name in held}
    assert (row.asked_by, row.agreed_by) == ("operations", "user:legal")
    assert "法务部" in maker.get(path(building)).text
    assert 'name="creditor_address"' not in checker.get(drafts).text


def test_the_reckoning_is_set_by_two_people_and_a_wrong_one_is_told_by_field(building: Building) -> None:
    maker = building.signed_in("operations")
    form = {
        "kind": "reckoning",
        "day_count": "actual_365",
        "order": "fee, penalty, interest, unsplit",
        "sweep": "instalments",
        "penalty_on": "principal",
        "reason": "clause 3",
    }
    refused = maker.post(path(building, "settings"), form)
    assert refused.status_code == 422
    assert "name each of" in refused.text
    assert maker.post(path(building, "settings"), {**form, "order": form["order"] + ", principal"}).status_code == 303
    assert decide(building, building.signed_in("supervisor")) == 303
    assert "In force by: clause 3" in maker.get(path(building)).text


@pytest.mark.parametrize("kind", ["rates", "portfolio_setting"])
def test_operations_asks_and_does_not_decide(kind: str) -> None:
    assert not may_decide(kind, Actor("user:x", 1, frozenset({Role.operations})))

"""Law on screen: the calendar, wishes that the gate heeds, packs with their sources, refusals down to the contact."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select
from web.conftest import NOW, Building, Visitor

from collector.casework import actions
from collector.compliance.packs import CODES, load_pack
from collector.facts.queries import read_person
from collector.facts.rules import Mark
from collector.history.rules import Standing
from collector.history.tables import StandingRow
from collector.identity.tables import User
from collector.planning.tables import Refusal

NINE = {"kind": "preference", "not_before": "15:00", "reason": "I sleep until three"}


def all_of(building: Building, table: Any) -> list[Any]:
    with building.office.database.read() as session:
        return list(session.exec(select(table)).all())


def marks(building: Building) -> list[Mark]:
    with building.office.database.read() as session:
        return [row.mark for row in read_person(session, building.book.wang, building.clock()).body.standing]


def contact_page(building: Building, visitor: Visitor) -> str:
    answer = visitor.get(f"/accounts/{building.book.loan}/contact")
    assert answer.status_code == 200
    return answer.text


def test_the_calendar_shows_when_and_what_closes_the_rest(building: Building) -> None:
    page = contact_page(building, building.signed_in("agent"))
    assert "0001" in page
    assert "CN-TIME" in page
    assert "2026-05-12</td><td>08:00–22:00" in re.sub(r"\s+", "", page).replace("</td><td>", "</td><td>")
    assert "+8613812340001" not in page


def test_a_wish_is_noted_once_heeded_and_ended_with_a_reason(building: Building) -> None:
    visitor = building.signed_in("agent")
    for _ in range(2):
        answer = visitor.post(f"/accounts/{building.book.loan}/wish", {**NINE, "sat": "true", "mon": "true"})
        assert answer.headers["location"].endswith("/contact?said=wish")
    (row,) = all_of(building, StandingRow)
    assert row.detail == {"not_before": "15:00", "weekdays": ["mon", "sat"], "reason": "I sleep until three"}
    assert Mark.preference in marks(building)
    page = contact_page(building, visitor)
    assert "HOUSE-PREF" in page
    assert "not before 15:00" in page
    end = f"/accounts/{building.book.loan}/wishes/{row.id}/end"
    assert visitor.post(end, {"reason": "x"}).status_code == 403
    boss = building.signed_in("supervisor")
    assert boss.post(end, {}).status_code == 422
    for _ in range(2):
        assert boss.post(end, {"reason": "said on the phone"}).headers["location"].endswith("?said=ended")
    kinds = [one.kind for one in all_of(building, StandingRow)]
    assert kinds == [Standing.preference, Standing.withdrawn]
    assert Mark.preference not in marks(building)
    assert "HOUSE-PREF" not in contact_page(building, boss)


def test_what_was_said_before_it_was_withdrawn_stays_true_of_that_time(building: Building) -> None:
    visitor = building.signed_in("supervisor")
    visitor.post(f"/accounts/{building.book.loan}/wish", NINE)
    (row,) = all_of(building, StandingRow)
    building.clock.forward(hours=2)
    visitor = building.signed_in("supervisor")
    visitor.post(f"/accounts/{building.book.loan}/wishes/{row.id}/end", {"reason": "x"})
    with building.office.database.read() as session:
        before = read_person(session, building.book.wang, NOW + timedelta(hours=1)).body.standing
    assert [one.mark for one in before] == [Mark.preference]
    assert marks(building) == []


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"kind": "preference", "reason": "x"}, id="a preference that says nothing"),
        pytest.param({"kind": "agreement", "starts": "22:00", "ends": "23:00", "reason": "x"}, id="no evidence"),
        pytest.param({"kind": "agreement", "evidence": "R1", "reason": "x"}, id="no hours"),
        pytest.param({"kind": "preference", "not_before": "25:00", "reason": "x"}, id="no time of day"),
        pytest.param({"kind": "preference", "not_before": "15:00"}, id="no reason"),
        pytest.param({"kind": "withdrawn", "reason": "x"}, id="no such kind"),
    ],
)
def test_a_wish_that_is_not_one_changes_nothing(building: Building, fields: dict[str, str]) -> None:
    answer = building.signed_in("agent").post(f"/accounts/{building.book.loan}/wish", fields)
    assert answer.status_code == 422
    assert all_of(building, StandingRow) == []


def test_an_agreement_with_evidence_opens_the_hour(building: Building) -> None:
    visitor = building.signed_in("agent")
    closed = "2026-05-12</td><td>08:00–22:00"
    assert closed in re.sub(r"\s+", "", contact_page(building, visitor))
    visitor.post(
        f"/accounts/{building.book.loan}/wish",
        {"kind": "agreement", "starts": "22:00", "ends": "23:00", "evidence": "REC-7", "reason": "after work"},
    )
    assert "2026-05-12</td><td>08:00–23:00" in re.sub(r"\s+", "", contact_page(building, visitor))


def test_a_notice_is_on_file_for_its_own_account_and_an_illness_for_all(building: Building) -> None:
    visitor = building.signed_in("agent")
    path = f"/accounts/{building.book.loan}/wish"
    visitor.post(path, {"kind": "validation_notice", "evidence": "L-7", "reason": "sent by post"})
    visitor.post(path, {"kind": "mental_health_crisis", "until": "2026-05-20", "reason": "the clinic wrote"})
    with building.office.database.read() as session:
        standing = read_person(session, building.book.wang, building.clock()).body.standing
    assert [(one.mark, one.debts, one.until) for one in standing] == [
        (Mark.validation_notice, (building.book.loan,), None),
        (Mark.mental_health_crisis, (), None),
    ]
    assert "HOUSE-CRISIS" in contact_page(building, visitor)


def test_a_wish_of_one_account_is_not_ended_through_another(building: Building) -> None:
    building.signed_in("agent").post(f"/accounts/{building.book.loan}/wish", NINE)
    (row,) = all_of(building, StandingRow)
    answer = building.signed_in("stranger").post(f"/accounts/{building.book.card}/wishes/{row.id}/end", {"reason": "x"})
    assert answer.status_code == 404
    assert len(all_of(building, StandingRow)) == 1


@pytest.mark.parametrize("code", CODES)
def test_every_pack_shows_each_rule_with_source_and_evidence(building: Building, code: str) -> None:
    visitor = building.signed_in("auditor")
    page = visitor.get(f"/law/{code}")
    assert page.status_code == 200
    for rule in load_pack(code).rules:
        assert rule.id in page.text
    assert f"/law/{code}" in visitor.get("/law").text


def test_an_unknown_pack_is_absent(building: Building) -> None:
    assert building.signed_in("auditor").get("/law/xx").status_code == 404


def test_refusals_are_counted_by_rule_and_day_and_open_to_the_contacts(building: Building) -> None:
    visitor = building.signed_in("supervisor")
    assert "refused nothing" in visitor.get("/refusals").text
    building.signed_in("agent").post(f"/accounts/{building.book.loan}/stop", {"kind": "attorney"})
    for _ in range(2):
        actions.plan(building.office, "CN", building.clock(), actor="test")
    refused = all_of(building, Refusal)
    assert refused
    page = visitor.get("/refusals").text
    assert "HOUSE-ATTY" in page
    inside = visitor.get("/refusals/HOUSE-ATTY?back=0").text
    assert inside.count("CN/L-1") == len(refused) // 2
    assert "CN/L-1" not in visitor.get("/refusals/HOUSE-ATTY?back=1").text
    building.clock.forward(days=1)
    visitor = building.signed_in("supervisor")
    assert "CN/L-1" in visitor.get("/refusals/HOUSE-ATTY?back=1").text
    assert "CN/L-1" not in building.signed_in("stranger").get("/refusals/HOUSE-ATTY?back=1").text


def test_the_pages_of_law_speak_chinese(building: Building) -> None:
    visitor = building.signed_in("supervisor")
    with building.office.database.begin() as session:
        row = session.exec(select(User).where(User.name == "supervisor")).one()
        row.language = "zh"
        session.add(row)
    visitor.post(f"/accounts/{building.book.loan}/wish", NINE)
    for path in ("/law", "/law/cn", "/refusals", f"/accounts/{building.book.loan}/contact"):
        assert 'lang="zh-CN"' in visitor.get(path).text
    assert "不早于 15:00" in contact_page(building, visitor)

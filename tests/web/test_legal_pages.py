"""The legal team's list and the clocks of a case, as pages."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlmodel import col, select
from web.conftest import NOW, Building

from collector.casework import actions
from collector.facts import actions as facts
from collector.history.rules import DocumentKind
from collector.history.tables import ClockEvent
from collector.identity.rules import Actor
from collector.legal.tables import ClockAlarm
from collector.portfolio.tables import Account, InstalmentRow

OPS = Actor("user:ops")


@pytest.fixture
def case(building: Building) -> int:
    """The loan of the building's book, with an instalment that fell due almost three years ago."""
    with building.office.database.begin() as session:
        account = session.exec(select(Account).where(Account.account_no == "L-1")).one()
        number = account.id or 0
        if session.exec(select(InstalmentRow).where(InstalmentRow.number == 99)).first() is None:
            due = NOW.date().replace(year=NOW.year - 3)
            session.add(InstalmentRow(account_id=number, number=99, due_on=due, amount_due=5))
            session.flush()
        actions.follow_up(session, building.office, [account.person_id], NOW)
    return number


def paper(building: Building, account_id: int) -> int:
    with building.office.database.begin() as session:
        row = actions.file_document(
            session,
            building.office,
            session.get_one(Account, account_id),
            b"\x89PNG\r\n\x1a\n receipt",
            kind=DocumentKind.letter_receipt,
            title="receipt 7",
            actor=OPS,
            now=NOW,
        )
        return row.id or 0


def test_what_is_lost_first_is_listed_in_both_languages(building: Building, case: int) -> None:
    visitor = building.signed_in("legal")
    page = visitor.get("/legal").text
    assert f'href="/legal/{case}"' in page
    assert "Cautious date" in page
    assert "limitation" in page
    visitor.post("/language", {"language": "zh"})
    chinese = visitor.get("/legal").text
    assert "稳妥日期" in chinese
    assert "诉讼时效" in chinese
    visitor.post("/language", {"language": "en"})


def test_a_case_shows_its_clock_and_takes_what_moves_it(building: Building, case: int) -> None:
    visitor, number = building.signed_in("legal"), paper(building, case)
    page = visitor.get(f"/legal/{case}").text
    assert "CN-LIMIT" in page
    assert "unverified" in page
    day = NOW.date().isoformat()
    told: dict[str, Any] = {"kind": "demand_arrived", "day": day, "document_id": str(number)}
    answer = visitor.post(f"/legal/{case}/events", told)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/legal/{case}?said=clock")
    moved = visitor.get(f"/legal/{case}").text
    assert f"{number} · receipt 7" in moved
    assert date(NOW.year + 3, NOW.month, NOW.day).isoformat() in moved
    with building.office.database.read() as session:
        [row] = session.exec(select(ClockEvent).where(col(ClockEvent.account_id) == case)).all()
        assert (row.document_id, row.actor) == (number, "user:legal")
        assert facts.verify(session) == []


@pytest.mark.parametrize(
    ("told", "words"),
    [
        pytest.param({"kind": "filed", "day": "2999-01-01"}, "a day that has come", id="ahead"),
        pytest.param({"kind": "payment", "day": "2026-05-01"}, "recorded where they are made", id="a payment"),
        pytest.param({"kind": "shouted", "day": "2026-05-01"}, "kind", id="no such kind"),
        pytest.param({"kind": "filed"}, "day", id="no day"),
    ],
)
def test_what_does_not_fit_is_refused(building: Building, case: int, told: dict[str, str], words: str) -> None:
    answer = building.signed_in("legal").post(f"/legal/{case}/events", told)
    assert answer.status_code == 400 or answer.status_code == 422
    assert words in answer.text


def test_an_auditor_looks_and_records_nothing(building: Building, case: int) -> None:
    visitor = building.signed_in("auditor")
    page = visitor.get(f"/legal/{case}").text
    assert f'action="/legal/{case}/events"' not in page
    assert visitor.post(f"/legal/{case}/events", {"kind": "filed", "day": "2026-05-01"}).status_code == 403


def test_alarms_are_shown(building: Building, case: int) -> None:
    actions.sweep(building.office, NOW)
    with building.office.database.read() as session:
        rows = session.exec(select(ClockAlarm).where(col(ClockAlarm.account_id) == case)).all()
    page = building.signed_in("legal").get(f"/legal/{case}").text
    assert ("No alarm was raised" in page) is (not rows)

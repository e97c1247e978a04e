"""Who opens whose file is on record; another's case asks why; a day has a budget."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import select
from web.conftest import Building

from collector.audit.tables import AuditEntry
from collector.casework import actions
from collector.facts import actions as facts
from collector.history.rules import looking as rules
from collector.history.rules import must_say_why, people_a_day
from collector.history.tables import Look
from collector.identity.rules import Role
from collector.identity.tables import User
from collector.portfolio.tables import Account


def rows(building: Building, table: Any) -> list[Any]:
    with building.office.database.read() as session:
        return list(session.exec(select(table).order_by(table.id)))


def give(building: Building, name: str) -> None:
    """The account becomes that user's case."""
    with building.office.database.begin() as session:
        owner = session.exec(select(User).where(User.name == name)).one()
        session.get_one(Account, building.book.loan).owner_id = owner.id


def test_every_look_is_on_record_and_a_reload_is_the_same_look(building: Building) -> None:
    visitor, path = building.signed_in("agent"), f"/accounts/{building.book.loan}"
    for _ in range(3):
        assert visitor.get(path).status_code == 200
    assert [(row.person_id, row.why) for row in rows(building, Look)] == [(building.book.wang, None)]
    building.clock.forward(minutes=11)
    visitor.get(f"{path}/contact")
    assert len(rows(building, Look)) == 2
    told = [row for row in rows(building, AuditEntry) if row.action == "file.opened"]
    assert [(row.actor, row.detail["account"]) for row in told] == [("user:agent", building.book.loan)] * 2


def test_anothers_case_is_opened_for_a_reason_that_holds_for_the_day(building: Building) -> None:
    give(building, "senior")
    visitor, path = building.signed_in("agent"), f"/accounts/{building.book.loan}"
    for page in (path, f"{path}/contact"):
        closed = visitor.get(page)
        assert closed.status_code == 403
        assert "CN/L-1" not in closed.text
        assert "wang" not in closed.text
    assert rows(building, Look) == []
    assert visitor.post(f"{path}/open", {"why": " "}).status_code == 422
    assert visitor.post(f"{path}/open", {"why": "they called", "back": f"{path}/contact"}).headers["location"] == (
        f"{path}/contact"
    )
    assert visitor.get(path).status_code == 200
    assert [row.why for row in rows(building, Look)] == ["they called"]
    assert "they called" not in str([row.detail for row in rows(building, AuditEntry)])
    building.clock.forward(days=1)
    assert building.signed_in("agent").get(path).status_code == 403


def test_their_own_case_and_the_call_in_hand_open_at_once(building: Building) -> None:
    path = f"/accounts/{building.book.loan}"
    give(building, "agent")
    assert building.signed_in("agent").get(path).status_code == 200
    give(building, "senior")
    actions.plan(building.office, "CN", building.clock(), actor="test")
    senior = building.signed_in("senior")
    senior.post("/desk/next")
    assert senior.get(path).status_code == 200


@pytest.mark.parametrize("name", ["supervisor", "legal", "auditor", "operations"])
def test_who_has_no_cases_of_their_own_needs_no_reason(building: Building, name: str) -> None:
    give(building, "senior")
    assert building.signed_in(name).get(f"/accounts/{building.book.loan}").status_code == 200


def test_the_day_has_a_budget_of_people(building: Building, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(rules.PEOPLE_A_DAY, Role.agent, 1)
    with building.office.database.begin() as session:
        building.book.session = session
        other = building.book.account(building.book.cn, "L-7", building.book.zhao)
        facts.refresh(session, [building.book.zhao], building.clock())
    visitor = building.signed_in("agent")
    assert visitor.get(f"/accounts/{building.book.loan}").status_code == 200
    refused = visitor.get(f"/accounts/{other}")
    assert refused.status_code == 403
    assert "1 people today" in refused.text
    building.clock.forward(minutes=11)
    assert visitor.get(f"/accounts/{building.book.loan}").status_code == 200, "who was opened today stays open"
    building.clock.now += timedelta(days=1)
    assert building.signed_in("agent").get(f"/accounts/{other}").status_code == 200


def test_a_look_can_not_be_unmade(building: Building) -> None:
    building.signed_in("agent").get(f"/accounts/{building.book.loan}")
    for change in ("DELETE FROM look", "UPDATE look SET account_id = account_id + 1", "UPDATE look SET why = 'x'"):
        with (
            pytest.raises(Exception, match=r"append-only|can only be emptied"),
            building.office.database.begin() as session,
        ):
            session.execute(text(change))
    with building.office.database.begin() as session:
        session.execute(text("UPDATE look SET why = NULL"))


@pytest.mark.parametrize(
    ("roles", "mine", "asked"),
    [
        ({Role.agent}, True, False),
        ({Role.agent}, False, True),
        ({Role.senior, Role.agent}, False, True),
        ({Role.agent, Role.supervisor}, False, False),
        ({Role.legal}, False, False),
    ],
)
def test_who_is_asked_why(roles: set[Role], mine: bool, asked: bool) -> None:
    assert must_say_why(roles, is_theirs=mine) is asked


def test_the_largest_budget_counts() -> None:
    assert people_a_day({Role.agent, Role.supervisor}) == 400
    assert people_a_day(set()) == 0

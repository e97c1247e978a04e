"""In a call nothing about the debt is shown or done before the person is verified; a result can be said again."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import select
from web.conftest import Building, Visitor

from collector.audit.tables import AuditEntry
from collector.casework import actions
from collector.history.rules import Outcome
from collector.history.tables import Disposition, OutcomeRow, Promise, Verification
from collector.planning.tables import Task
from collector.portfolio.tables import ContactPoint, Person

RIGHT = {"id_last4": "002X", "birth_date": "19491231"}
WRONG = {"id_last4": "002X", "birth_date": "19500101"}
PROMISE = {"amount": "600.00", "due_on": "2026-05-15", "due_time": "18:00"}


def all_of(building: Building, table: Any) -> list[Any]:
    with building.office.database.read() as session:
        return list(session.exec(select(table).order_by(table.id)))


@pytest.fixture
def calling(building: Building) -> tuple[Visitor, str, int]:
    """An agent, the page of the account, and the call in hand; Wang's ID number is on file."""
    with building.office.database.begin() as session:
        wang = session.get_one(Person, building.book.wang)
        wang.name, wang.id_type, wang.id_sealed = "王小明", "cn_id", building.office.keys.seal("11010519491231002X")
    actions.plan(building.office, "CN", building.clock(), actor="test")
    visitor = building.signed_in("agent")
    visitor.post("/desk/next")
    [task] = [row.id for row in all_of(building, Task) if row.claimed_by == "user:agent"]
    return visitor, f"/accounts/{building.book.loan}", task


def test_until_then_the_page_says_who_and_nothing_of_the_debt(
    building: Building, calling: tuple[Visitor, str, int]
) -> None:
    visitor, path, task = calling
    page = visitor.get(path).text
    assert "王小明" in page
    assert "+8613812340001" in page
    assert f'action="/tasks/{task}/verify"' in page
    for told in ("CN/L-1", "1,000.00", "1000.00", "2026-05-10", "Bank A", "Overdue", "/promise", "/how-to-pay", "M1"):
        assert told not in page, told
    assert "002X" not in page, "nothing of what they are asked"
    assert "1949" not in page


def test_right_answers_open_the_account_for_this_call(building: Building, calling: tuple[Visitor, str, int]) -> None:
    visitor, path, task = calling
    assert visitor.post(f"/tasks/{task}/verify", RIGHT).headers["location"] == f"{path}?said=verified"
    page = visitor.get(path).text
    assert "CN/L-1" in page
    assert "verified at 10:00" in page
    visitor.post(f"/tasks/{task}/verify", WRONG)
    assert [row.passed for row in all_of(building, Verification)] == [True], "passed is passed"
    assert visitor.post(f"{path}/promise", PROMISE).headers["location"] == f"{path}?said=promise"


@pytest.mark.parametrize(
    ("where", "fields", "table"),
    [
        pytest.param("{path}/promise", PROMISE, Promise, id="promise"),
        pytest.param("{path}/disposition", {"cause": "careless"}, Disposition, id="disposition"),
        pytest.param("/tasks/{task}/outcome", {"outcome": "right_party"}, OutcomeRow, id="right party"),
        pytest.param("/tasks/{task}/how-to-pay", {}, Verification, id="how to pay"),
    ],
)
def test_before_that_what_speaks_of_the_debt_is_refused(
    building: Building, calling: tuple[Visitor, str, int], where: str, fields: dict[str, str], table: Any
) -> None:
    visitor, path, task = calling
    answer = visitor.post(where.format(path=path, task=task), fields)
    assert answer.status_code == 409
    assert "verify the person first" in answer.text
    assert all_of(building, table) == []


@pytest.mark.parametrize("outcome", ["no_answer", "wrong_number", "third_party", "deceased", "says_paid"])
def test_other_results_need_no_verification(calling: tuple[Visitor, str, int], outcome: str) -> None:
    visitor, path, task = calling
    assert visitor.post(f"/tasks/{task}/outcome", {"outcome": outcome}).status_code == 303
    assert "CN/L-1" in visitor.get(path).text, "nobody is on the line any more"


def test_after_three_wrong_tries_the_call_can_only_be_ended(
    building: Building, calling: tuple[Visitor, str, int]
) -> None:
    visitor, path, task = calling
    for _ in range(3):
        assert visitor.post(f"/tasks/{task}/verify", WRONG).headers["location"] == f"{path}?said=not-verified"
    assert visitor.post(f"/tasks/{task}/verify", RIGHT).status_code == 409
    assert "/verify" not in visitor.get(path).text
    assert [(row.right, row.wrong, row.passed) for row in all_of(building, Verification)] == [
        (["id_last4"], ["birth_date"], False)
    ] * 3
    assert visitor.post(f"/tasks/{task}/outcome", {"outcome": "third_party"}).status_code == 303


def test_one_answer_is_no_try(building: Building, calling: tuple[Visitor, str, int]) -> None:
    visitor, _, task = calling
    assert visitor.post(f"/tasks/{task}/verify", {"id_last4": "002X"}).status_code == 422
    assert all_of(building, Verification) == []


def test_what_they_said_is_kept_nowhere(building: Building, calling: tuple[Visitor, str, int]) -> None:
    visitor, _, task = calling
    visitor.post(f"/tasks/{task}/verify", {"id_last4": "9876", "birth_date": "19770707"})
    kept = [str(row.model_dump()) for table in (Verification, AuditEntry) for row in all_of(building, table)]
    assert any("person.not_verified" in row for row in kept)
    assert not any("9876" in row or "1977" in row for row in kept)


def test_the_call_of_another_is_not_mine_to_verify(building: Building, calling: tuple[Visitor, str, int]) -> None:
    _, path, task = calling
    other = building.signed_in("senior")
    assert other.post(f"/tasks/{task}/verify", RIGHT).status_code == 404
    assert "CN/L-1" in other.get(path).text, "who has nobody on the line reads the file"


def test_a_second_account_of_the_person_is_closed_too(building: Building, calling: tuple[Visitor, str, int]) -> None:
    visitor, _, _ = calling
    with building.office.database.begin() as session:
        other = building.book.__class__.account
        building.book.session = session
        number = other(building.book, building.book.cn, "L-2", building.book.wang)
    assert "CN/L-2" not in visitor.get(f"/accounts/{number}").text


def test_a_result_can_be_said_again(building: Building, calling: tuple[Visitor, str, int]) -> None:
    visitor, path, task = calling
    gone = visitor.post(f"/tasks/{task}/outcome", {"outcome": "wrong_number"}).headers["location"]
    assert f'href="{path}?again={task}"' in visitor.get(gone).text
    again = visitor.get(f"{path}?again={task}").text
    assert "What was it really?" in again
    assert "+8613812340001" not in again
    assert visitor.post(f"/tasks/{task}/outcome", {"outcome": "busy"}).status_code == 303
    assert [row.outcome for row in all_of(building, OutcomeRow)] == [Outcome.wrong_number, Outcome.busy]
    with building.office.database.read() as session:
        assert session.get_one(ContactPoint, building.book.mobile).status == "active"
    assert "What was it really?" not in building.signed_in("senior").get(f"{path}?again={task}").text


def test_the_bar_tells_how_the_call_stands(calling: tuple[Visitor, str, int]) -> None:
    visitor, _, task = calling
    assert visitor.get(f"/tasks/{task}/live").json() == {"words": "claimed", "over": False, "seconds": None}
    visitor.post(f"/tasks/{task}/outcome", {"outcome": "busy"})
    assert visitor.get(f"/tasks/{task}/live").json() == {"words": "busy", "over": True, "seconds": None}

"""Letters and visits, done from the account page and from the API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlmodel import select
from web.conftest import NOW, Building

from collector.history.rules import Channel
from collector.history.tables import Attempt
from collector.planning.rules import Purpose, RunState
from collector.planning.tables import PlanRun, Refusal, Task


def all_of(building: Building, table: Any) -> list[Any]:
    with building.office.database.read() as session:
        return list(session.exec(select(table)).all())


def a_letter(building: Building) -> int:
    """A letter to Wang that waits for somebody."""
    with building.office.database.begin() as session:
        run = PlanRun(
            portfolio_id=building.book.cn, at=NOW, day=NOW.date(), state=RunState.current, strategy="x", started_at=NOW
        )
        session.add(run)
        session.flush()
        row = Task(
            run_id=run.id,
            portfolio_id=building.book.cn,
            person_id=building.book.wang,
            account_id=building.book.loan,
            debts=f"[{building.book.loan}]",
            channel=Channel.letter,
            purpose=Purpose.notice,
            segment="first",
            stage="growth",
            level="primary",
            template="demand",
            not_before=NOW - timedelta(hours=1),
            not_after=NOW + timedelta(hours=5),
            rank=1,
            priority="{}",
            reason="step first/1",
        )
        session.add(row)
        session.flush()
        return row.id or 0


def test_a_letter_is_done_from_the_account_page_and_from_the_api_once(building: Building) -> None:
    task, account = a_letter(building), f"/accounts/{building.book.loan}"
    visitor = building.signed_in("operations")
    assert f'action="/tasks/{task}/done"' in visitor.get(account).text
    assert "<button disabled>Done</button>" in building.signed_in("auditor").get(account).text
    for _ in range(2):
        assert visitor.post(f"/tasks/{task}/done", {"note": "RR 1234"}).headers["location"] == f"{account}?said=done"
    [attempt] = all_of(building, Attempt)
    assert (attempt.channel, attempt.text, attempt.actor) == (Channel.letter, "RR 1234", "user:operations")
    page = visitor.get(account).text
    assert "RR 1234" in page
    assert "/done" not in page
    again = building.api().post(f"/tasks/{task}/done").json()
    assert (again["attempt"], again["channel"]) == (attempt.id, "letter")


def test_a_letter_that_may_not_go_is_refused_with_its_rule_on_record(building: Building) -> None:
    task = a_letter(building)
    building.signed_in("supervisor").post("/floor/red-switch", {"note": "wrong template"})
    answer = building.signed_in("operations").post(f"/tasks/{task}/done")
    assert (answer.status_code, "HOUSE-HOLD" in answer.text) == (409, True)
    assert [row.task_id for row in all_of(building, Refusal)] == [task]

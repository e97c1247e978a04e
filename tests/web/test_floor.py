"""The supervisor's floor as a page: what it says, what its forms do, and whose it is."""

from __future__ import annotations

import re

import pytest
from sqlmodel import select
from web.conftest import Building, Visitor

from collector.casework import actions
from collector.dispatch.rules import AgentState
from collector.dispatch.tables import AgentStateRow
from collector.history.rules import HoldScope
from collector.history.tables import Hold
from collector.planning.rules import CAPACITY, TaskState
from collector.planning.tables import Task
from collector.portfolio.tables import Portfolio


@pytest.fixture
def planned(building: Building) -> Building:
    """Wang's first instalment fell due yesterday; he is to be called today."""
    actions.plan(building.office, "CN", building.clock(), actor="test")
    return building


def holds(building: Building) -> list[Hold]:
    with building.office.database.read() as session:
        return list(session.exec(select(Hold).order_by(Hold.id)))  # type: ignore[arg-type]


def part(page: str, name: str) -> str:
    """The HTML of one part of the floor."""
    found = re.search(rf'id="part-{name}".*?(?=<div class="part"|<script)', page, re.DOTALL)
    assert found, name
    return found[0]


def test_the_floor_tells_the_day_at_a_glance(planned: Building) -> None:
    page = planned.signed_in("supervisor").get("/floor").text
    assert "Is today ready?" in part(page, "lights")
    assert "CN¥1K" in part(page, "figures")
    queues = part(page, "queues")
    assert '<progress max="1" value="0"' in queues
    assert "0/1" in queues
    assert "agent" in part(page, "agents")
    assert "/floor/untouched/in_plan/0" in part(page, "untouched")
    assert "No complaint is open." in part(page, "rail")
    assert "+8657122010010" in part(page, "rail")


def test_queues_with_nothing_to_do_are_folded(planned: Building) -> None:
    with planned.office.database.begin() as session:
        for task in session.exec(select(Task)):
            task.state, task.state_reason = TaskState.cancelled, CAPACITY
            session.add(task)
    queues = part(planned.signed_in("supervisor").get("/floor").text, "queues")
    assert "No calls are planned." in queues
    assert "and 1 queues with nothing open" in queues
    assert "<progress" not in queues


def test_one_portfolio_is_chosen_by_its_id_and_a_foreign_one_is_a_missing_one(planned: Building) -> None:
    everyone = planned.signed_in("supervisor")
    chosen = everyone.get(f"/floor?book={planned.book.cn}")
    assert chosen.status_code == 200
    assert f'data-from="/floor/live?book={planned.book.cn}"' in chosen.text
    for path in ("/floor", "/floor/promises/due", "/floor/untouched/in_plan/0"):
        foreign = everyone.get(f"{path}?book={planned.book.us}")
        missing = everyone.get(f"{path}?book=999999999")
        assert (foreign.status_code, missing.status_code) == (404, 404), path
        assert foreign.text == missing.text, path


def test_every_number_opens_its_accounts(planned: Building) -> None:
    visitor = planned.signed_in("supervisor")
    visitor.post(
        f"/accounts/{planned.book.loan}/promise", {"amount": "600.00", "due_on": "2026-05-11", "due_time": "18:00"}
    )
    page = visitor.get("/floor").text
    opened = set(re.findall(r'href="(/floor/(?:promises|untouched)/[^"]+)"', page))
    assert "/floor/promises/due" in opened
    assert any(path.startswith("/floor/untouched/") for path in opened)
    for path in opened:
        assert f'href="/accounts/{planned.book.loan}">CN/L-1' in visitor.get(path).text, path
    stranger = planned.signed_in("stranger")
    for path in opened:
        assert "L-1" not in stranger.get(path).text, path


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/floor/promises/withdrawn", id="no such list"),
        pytest.param("/floor/untouched/lazy/0", id="no such reason"),
        pytest.param("/floor/untouched/in_plan/5", id="no such age"),
        pytest.param("/floor/promises/due?after=x", id="no key of a page"),
        pytest.param("/floor/untouched/in_plan/0?after=%27", id="no key of a page of accounts"),
        pytest.param("/floor?book=x", id="no id"),
    ],
)
def test_an_address_that_was_made_up_is_refused(house: Building, path: str) -> None:
    assert house.signed_in("supervisor").get(path).status_code == 422


# --- holds ---


def test_a_hold_is_shown_first_and_put_by_a_second_form(planned: Building) -> None:
    visitor = planned.signed_in("supervisor")
    asked = {"target": str(planned.book.cn), "note": "system fault", "until": "2026-05-12"}
    shown = visitor.post("/floor/hold", asked)
    assert shown.status_code == 200
    assert "This stops 1 accounts with CN¥1,000.00 overdue: 1 calls, 0 messages" in shown.text
    assert "until 2026-05-12 23:59 Shanghai" in shown.text
    assert holds(planned) == [], "a preview changes nothing"
    for _ in range(2):
        assert visitor.post("/floor/hold/put", asked).headers["location"] == "/floor?said=hold"
    [row] = holds(planned)
    assert (row.scope, row.portfolio_id, row.note, row.actor) == (
        HoldScope.portfolio,
        planned.book.cn,
        "system fault",
        "user:supervisor",
    )
    assert row.until is not None
    assert row.until.isoformat() == "2026-05-12T15:59:00+00:00"
    assert planned.signed_in("agent").post("/desk/next").headers["location"] == "/desk?said=none"
    floor = part(visitor.get("/floor").text, "holds")
    assert "portfolio · CN · until 2026-05-12 23:59 Shanghai · system fault · supervisor" in floor
    assert visitor.post(f"/holds/{row.id}/lift").headers["location"] == "/floor?said=lifted"
    assert planned.signed_in("agent").post("/desk/next").headers["location"].startswith("/accounts/")


def test_a_segment_is_held_and_another_is_not(planned: Building) -> None:
    with planned.office.database.read() as session:
        [task] = session.exec(select(Task).where(Task.channel == "call", Task.state == TaskState.planned))
    visitor = planned.signed_in("supervisor")
    page = part(visitor.get("/floor").text, "holds")
    assert f'value="{planned.book.cn}:{task.segment}"' in page
    other = next(name for name in re.findall(rf'value="{planned.book.cn}:([^"]+)"', page) if name != task.segment)
    nothing = visitor.post("/floor/hold", {"target": f"{planned.book.cn}:{other}", "note": "x"})
    assert "Nothing that is planned today would be stopped" in nothing.text
    visitor.post("/floor/hold/put", {"target": f"{planned.book.cn}:{task.segment}", "note": "wrong script"})
    [row] = holds(planned)
    assert (row.scope, row.portfolio_id, row.segment) == (HoldScope.segment, planned.book.cn, task.segment)
    assert planned.signed_in("agent").post("/desk/next").headers["location"] == "/desk?said=none"


@pytest.mark.parametrize("step", ["/floor/hold", "/floor/hold/put"])
@pytest.mark.parametrize(
    ("asked", "status"),
    [
        pytest.param({"target": "{us}", "note": "x"}, 404, id="a foreign portfolio"),
        pytest.param({"target": "999999999", "note": "x"}, 404, id="a missing one"),
        pytest.param({"target": "{cn}:nobody", "note": "x"}, 422, id="no such segment"),
        pytest.param({"target": "everything", "note": "x"}, 422, id="not from the list"),
        pytest.param({"target": "{cn}"}, 422, id="without a reason"),
        pytest.param({"target": "{cn}", "note": "x", "until": "2026-05-10"}, 422, id="a day that is over"),
        pytest.param({"target": "{cn}", "note": "x", "scope": "everything"}, 422, id="a field that is not asked"),
    ],
)
def test_what_can_not_be_held_is_refused(house: Building, step: str, asked: dict[str, str], status: int) -> None:
    named = {name: value.format(cn=house.book.cn, us=house.book.us) for name, value in asked.items()}
    assert house.signed_in("supervisor").post(step, named).status_code == status
    assert holds(house) == []


def test_an_auditor_sees_the_holds_and_puts_none(house: Building) -> None:
    page = part(house.signed_in("auditor").get("/floor").text, "holds")
    assert "Closed: a supervisor does this." in page
    assert "/floor/hold" not in page


# --- ready and break ---


def state(visitor: Visitor) -> str:
    found = re.search(r'class="readiness">.*?</form>', visitor.get("/desk").text, re.DOTALL)
    return re.sub(r"<[^>]+>|\s+", " ", found[0] if found else "")


def test_an_agent_on_a_break_is_told_so_and_gets_no_call(planned: Building) -> None:
    visitor = planned.signed_in("agent")
    assert "ready" in state(visitor)
    answer = visitor.post("/desk/state", {"state": "break", "back": "/search"})
    assert answer.headers["location"] == "/search?said=break"
    assert "since 10:00 Shanghai" in state(visitor)
    refused = visitor.post("/desk/next")
    assert refused.headers["location"] == "/desk?said=on-break"
    assert "You are on a break. Choose ready to take calls." in visitor.get("/desk?said=on-break").text
    visitor.post("/language", {"language": "zh"})
    assert "您正在小休。请先示闲，再取电话。" in visitor.get("/desk?said=on-break").text
    assert "1 break" in part(planned.signed_in("supervisor").get("/floor").text, "agents")
    visitor.post("/desk/state", {"state": "ready"})
    assert visitor.post("/desk/next").headers["location"] == f"/accounts/{planned.book.loan}"


def test_a_call_in_hand_stays_open_during_a_break(planned: Building) -> None:
    visitor = planned.signed_in("agent")
    assert visitor.post("/desk/next").headers["location"] == f"/accounts/{planned.book.loan}"
    visitor.post("/desk/state", {"state": "break"})
    assert visitor.post("/desk/next").headers["location"] == f"/accounts/{planned.book.loan}"


@pytest.mark.parametrize("word", ["on_call", "wrap_up", "signed_out", "lunch", ""])
def test_only_ready_and_break_are_chosen(house: Building, word: str) -> None:
    assert house.signed_in("agent").post("/desk/state", {"state": word}).status_code == 422


def test_the_way_back_is_a_page_of_ours(building: Building) -> None:
    visitor = building.signed_in("agent")
    answer = visitor.post("/desk/state", {"state": "break", "back": "//elsewhere.example/"})
    assert answer.headers["location"] == "/?said=break"
    with building.office.database.read() as session:
        assert [row.state for row in session.exec(select(AgentStateRow))] == [AgentState.on_break]


def test_who_makes_no_calls_has_no_such_choice(house: Building) -> None:
    assert 'class="readiness"' not in house.signed_in("supervisor").get("/floor").text


def test_the_hold_page_speaks_chinese(planned: Building) -> None:
    visitor = planned.signed_in("supervisor")
    visitor.post("/language", {"language": "zh"})
    with planned.office.database.read() as session:
        book = session.get_one(Portfolio, planned.book.cn)
    shown = visitor.post("/floor/hold", {"target": str(book.id), "note": "x"}).text
    assert "将停催1个账户（逾期¥1,000.00）：今日计划的电话1通" in shown

"""How many statements the requests of a call take, on a fixed small book: a number that grows is a page that slows.

All that the driver is asked to do counts, but the beginning and the end of transactions and what `copy_rows` fills.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import event
from web.conftest import Building

from collector.casework import actions
from collector.portfolio.tables import Person

BUDGETS = {
    "desk": 23,
    "next": 26,
    "the page of the call": 25,
    "verify": 15,
    "the account page": 50,
    "promise": 43,
    "no answer": 48,
    "an outcome that ends the round": 63,
}
ID_NO = "11010519491231002X"


class Statements:
    """What was asked since the last look at it."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def on_statement(self, _connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if not statement.startswith(("BEGIN", "COMMIT")):
            self.asked.append(" ".join(statement.split()))

    def since(self) -> list[str]:
        asked, self.asked = self.asked, []
        return asked


@pytest.fixture
def statements(building: Building) -> Iterator[Statements]:
    watched, engine = Statements(), building.office.database.engine
    event.listen(engine, "before_cursor_execute", watched.on_statement)
    yield watched
    event.remove(engine, "before_cursor_execute", watched.on_statement)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("name", "outcome"),
    [("no answer", "no_answer"), ("an outcome that ends the round", "right_party")],
    ids=["no-answer", "right-party"],
)
def test_a_call_keeps_within_its_budget(building: Building, statements: Statements, name: str, outcome: str) -> None:
    with building.office.database.begin() as session:
        person = session.get_one(Person, building.book.wang)
        person.id_type, person.id_sealed = "cn_id", building.office.keys.seal(ID_NO)
    actions.plan(building.office, "CN", building.clock(), actor="test")
    agent = building.signed_in("agent")
    form = {"csrf": agent.csrf()}
    spent: dict[str, list[str]] = {}
    statements.since()

    assert agent.get("/desk").status_code == 200
    spent["desk"] = statements.since()
    path = agent.client.post("/desk/next", data=form).headers["location"]
    spent["next"] = statements.since()
    page = agent.get(path).text
    spent["the page of the call"] = statements.since()
    task = re.search(r"/tasks/(\d+)/verify", page)
    assert task, "a call was taken"
    right = {"id_last4": "002X", "birth_date": "19491231"}
    agent.client.post(f"/tasks/{task[1]}/verify", data=form | right)
    spent["verify"] = statements.since()
    assert agent.get(path).status_code == 200
    spent["the account page"] = statements.since()
    promised = {"amount": "1000.00", "due_on": "2026-05-14", "due_time": "18:00"}
    assert "said=promise" in agent.client.post(f"{path}/promise", data=form | promised).headers["location"]
    spent["promise"] = statements.since()
    answer = agent.client.post(f"/tasks/{task[1]}/outcome", data=form | {"outcome": outcome})
    assert "said=outcome" in answer.headers["location"]
    spent[name] = statements.since()

    over = {what: (len(asked), asked) for what, asked in spent.items() if len(asked) > BUDGETS[what]}
    assert not over

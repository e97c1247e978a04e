"""What the desk says of the queues, against what is in them."""

from __future__ import annotations

from collections import Counter

from sqlmodel import select
from web.conftest import Building

from collector.casework import actions
from collector.casework.views import work
from collector.facts import actions as facts
from collector.identity.rules import EVERYTHING, Actor, Level
from collector.planning.queries import Mark
from collector.planning.rules import TaskState
from collector.planning.tables import Task
from collector.portfolio.tables import Person

AGENT = Actor("user:agent", user_id=None, level=Level.senior, scope=EVERYTHING)


def test_the_desk_tells_what_is_in_the_queues(building: Building) -> None:
    office, now = building.office, building.clock()
    with office.database.begin() as session:
        building.book.session = session
        people = [
            building.book.add(Person(name=f"p{number}", salt="s", natural_key=f"p{number}")) for number in range(5)
        ]
        for number, person in enumerate(people):
            building.book.account(building.book.cn, f"L-1{number}", person)
            building.book.phone(person, f"+86138123401{number}0")
        session.flush()
        facts.refresh(session, people, now)
    actions.plan(office, "CN", now, actor="test")

    def compare(mark: Mark | None) -> int:
        with office.database.read() as session:
            open_calls = [
                row
                for row in session.exec(select(Task).order_by(Task.rank, Task.id))  # type: ignore[arg-type]
                if row.state is TaskState.planned and row.channel.value == "call"
            ]
            assert {one.segment: one.left for one in work.left(session, EVERYTHING, now)} == Counter(
                row.segment for row in open_calls
            )
            ahead = work.ahead(session, AGENT, now, mark, limit=3)
            assert [one.task_id for one in ahead] == [row.id for row in open_calls[:3]]
            assert all(one.key.startswith("CN/L-") for one in ahead)
            return len(open_calls)

    before = compare(None)
    assert before > 3
    mark = Mark()
    with office.database.begin() as session:
        assert actions.next_call(session, office, AGENT, now, mark) is not None
    assert compare(mark) == before - 1

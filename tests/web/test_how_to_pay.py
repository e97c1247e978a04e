"""How to pay, sent with one key from the call in hand."""

from __future__ import annotations

from sqlmodel import select
from web.conftest import Building

from collector.casework import actions
from collector.history.rules import Channel
from collector.planning.tables import Task
from collector.portfolio.tables import Portfolio


def test_it_is_one_key_away_and_goes_once(building: Building) -> None:
    with building.office.database.begin() as session:
        session.get_one(Portfolio, building.book.cn).pay_instructions = "可通过本行手机银行办理"
    actions.plan(building.office, "CN", building.clock(), actor="test")
    visitor, account = building.signed_in("agent"), f"/accounts/{building.book.loan}"
    assert 'data-key="s"' not in visitor.get(account).text, "no call in hand"
    visitor.post("/desk/next")
    with building.office.database.read() as session:
        call = session.exec(select(Task.id).where(Task.claimed_by == "user:agent")).one()
    assert f'action="/tasks/{call}/how-to-pay"' not in visitor.get(account).text, "nobody is verified"
    visitor.post(f"/tasks/{call}/verify")
    assert f'action="/tasks/{call}/how-to-pay"' in visitor.get(account).text
    assert building.signed_in("senior").post(f"/tasks/{call}/how-to-pay").status_code == 409
    for _ in range(2):
        answer = visitor.post(f"/tasks/{call}/how-to-pay")
        assert answer.headers["location"] == f"{account}?said=how-to-pay", answer.text
    with building.office.database.read() as session:
        [task] = session.exec(select(Task).where(Task.reason == f"asked for in call {call}"))
    assert (task.channel, task.template) == (Channel.sms, "how-to-pay")

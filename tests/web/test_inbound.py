"""An inbound call pops its person: one page, two identifiers, and not a word about the debt before."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlmodel import select
from web.conftest import Building, Visitor
from web.test_webhooks import hook

from collector.audit.tables import AuditEntry
from collector.dispatch.tables import InboundCall
from collector.history.tables import Dispute, OutcomeRow, Promise, SaidInCall, Verification
from collector.identity.tables import User
from collector.portfolio.rules import ContactKind
from collector.portfolio.tables import Account, ContactPoint, Person

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
WANG, LINE = "+8613812340001", "+8657122010010"
RIGHT = {"id_last4": "002X", "birth_date": "19491231"}
PROMISE = {"amount": "600.00", "due_on": "2026-05-15", "due_time": "18:00"}


def all_of(building: Building, table: Any) -> list[Any]:
    with building.office.database.read() as session:
        return list(session.exec(select(table).order_by(table.id)))


@pytest.fixture
def agent(building: Building) -> Visitor:
    """Whose account it is, at their desk; the others may not be rung."""
    with building.office.database.begin() as session:
        users = {user.name: user for user in session.exec(select(User))}
        session.get_one(Account, building.book.loan).owner_id = users["agent"].id
        wang = session.get_one(Person, building.book.wang)
        wang.name, wang.id_type, wang.id_sealed = "王小明", "cn_id", building.office.keys.seal("11010519491231002X")
    return building.signed_in("agent")


def rings(building: Building, sender: str = WANG) -> int:
    answer = hook(building, "/voice-in", CallSid="CA7", From=sender, To=LINE)
    assert "<Dial" in answer.text
    return all_of(building, InboundCall)[-1].id


def test_from_ringing_to_the_result(building: Building, agent: Visitor) -> None:
    path = f"/accounts/{building.book.loan}"
    call = rings(building)
    page = agent.get("/search").text
    assert "Inbound call: 王·· · 138··0001" in page
    assert re.search(f'href="/calls-in/{call}" data-key="a"', page)
    assert "on call" in page, "their phone rings: they are not ready for another"
    assert "Inbound call" not in building.signed_in("senior").get("/desk").text
    hook(building, "/voice-in/desk", CallSid="CA8", ParentCallSid="CA7", CallStatus="in-progress")
    opened = agent.get(f"/calls-in/{call}")
    assert (opened.status_code, opened.headers["location"]) == (303, path)
    page = agent.get(path).text
    assert "They called" in page
    assert f'action="/calls-in/{call}/verify"' in page
    for told in ("CN/L-1", "1,000.00", "2026-05-10", "Overdue", "/promise", "/how-to-pay", "/ring", "13812340001"):
        assert told not in page, told
    assert agent.post(f"{path}/promise", PROMISE).status_code == 409
    assert agent.post(f"/calls-in/{call}/outcome", {"outcome": "right_party"}).status_code == 409
    assert agent.post(f"/calls-in/{call}/verify", RIGHT).headers["location"] == f"{path}?said=verified"
    page = agent.get(path).text
    assert "CN/L-1" in page
    assert "verified at 10:00" in page
    assert agent.get(f"/calls-in/{call}/live").json() == {"words": "talking", "over": False, "seconds": 0}
    agent.post(f"{path}/promise", PROMISE)
    agent.post(f"{path}/dispute", {"reason": "half of it"})
    hook(
        building,
        "/voice-in/ended",
        CallSid="CA7",
        From=WANG,
        To=LINE,
        DialCallStatus="completed",
        CallStatus="in-progress",
    )
    assert "wrap-up" in agent.get("/desk").text
    done = agent.post(f"/calls-in/{call}/outcome", {"outcome": "right_party"})
    assert done.headers["location"] == f"{path}?said=outcome&undo=c{call}"
    page = agent.get(f"{path}?said=outcome&undo=c{call}").text
    assert "Inbound call" not in page
    assert f"{path}?again=c{call}" in page
    assert "ready" in page
    assert "What was it really?" in agent.get(f"{path}?again=c{call}").text
    [promise], [dispute] = all_of(building, Promise), all_of(building, Dispute)
    assert [row.subject for row in all_of(building, SaidInCall)] == [f"promise:{promise.id}", f"dispute:{dispute.id}"]
    assert [row.outcome for row in all_of(building, OutcomeRow)] == ["right_party"]


def test_next_takes_no_other_call_while_one_comes_in(building: Building, agent: Visitor) -> None:
    call = rings(building)
    assert agent.post("/desk/next").headers["location"] == f"/calls-in/{call}"


def test_of_two_with_one_number_neither_is_told(building: Building, agent: Visitor) -> None:
    with building.office.database.begin() as session:
        zhao = session.get_one(Person, building.book.zhao)
        zhao.name = "赵晓兰"
        session.add(
            ContactPoint(person_id=zhao.id, portfolio_id=building.book.cn, kind=ContactKind.phone, value=WANG, rank=9)
        )
    call = rings(building)
    assert "not known who" in agent.get("/desk").text
    page = agent.get(f"/calls-in/{call}").text
    assert "王··" in page
    assert "赵··" in page
    for told in ("王小明", "赵晓兰", "L-1", "1,000", WANG):
        assert told not in page, told
    chosen = {"account": str(building.book.loan), "person": str(building.book.zhao)}
    assert agent.post(f"/calls-in/{call}/choose", chosen).headers["location"] == f"/accounts/{building.book.loan}"
    page = agent.get(f"/accounts/{building.book.loan}").text
    assert "赵晓兰" in page
    assert f"/calls-in/{call}?other=1" in page, "they may have misheard the name"
    assert agent.get(f"/calls-in/{call}?other=1").status_code == 200


def test_an_unknown_caller_is_searched_masked(building: Building, agent: Visitor) -> None:
    call = rings(building, "+8613900000009")
    page = agent.get(f"/calls-in/{call}").text
    assert "Nobody here is known by this number" in page
    assert agent.post(f"/calls-in/{call}/find", {"text": "王"}).status_code == 422, "too short"
    page = agent.post(f"/calls-in/{call}/find", {"text": "王小明"}).text
    assert "王··" in page
    assert 'value="王小明"' in page, "what was typed stays"
    assert "L-1" not in page.replace('"L-1"', "")[page.index("Found by") :]
    assert agent.post(f"/calls-in/{call}/outcome", {"outcome": "right_party"}).status_code in (404, 409)
    assert agent.post(f"/calls-in/{call}/outcome", {"outcome": "failed"}).headers["location"] == "/desk?said=call-done"


def test_what_they_said_is_kept_nowhere(building: Building, agent: Visitor) -> None:
    call = rings(building)
    agent.post(f"/calls-in/{call}/verify", {"id_last4": "9876", "birth_date": "19770707"})
    kept = [str(row.model_dump()) for table in (Verification, AuditEntry) for row in all_of(building, table)]
    assert any("person.not_verified" in row for row in kept)
    assert not any("9876" in row or "1977" in row for row in kept)


def test_the_call_of_another_is_not_mine(building: Building, agent: Visitor) -> None:
    call = rings(building)
    other = building.signed_in("senior")
    assert other.get(f"/calls-in/{call}").status_code == 404
    assert other.post(f"/calls-in/{call}/outcome", {"outcome": "third_party"}).status_code == 404


def test_nobody_is_made_to_call_on_a_real_floor(building: Building, agent: Visitor) -> None:
    assert "let somebody call" not in agent.get("/desk").text
    assert agent.post("/demo/call-in").status_code == 404

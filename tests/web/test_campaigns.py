"""A campaign on its pages: chosen, looked at, kept, begun, paused; each number opens its accounts."""

from __future__ import annotations

import re

import pytest
from sqlmodel import select
from web.conftest import NOW, Building

from collector.casework import actions
from collector.history.tables import Campaign

FORM = {
    "channel": "call",
    "note": "ask about pay day",
    "name": "May",
    "reason": "a new way to pay",
    "first": "2026-05-11",
    "last": "2026-05-12",
}


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        (b"account_no,name\nL-1,x\nL-7,y\n", 200, "has these numbers: L-7"),
        (b"L-1\nL-7\n", 200, "has these numbers: L-7"),
        (b"number,name\nL-1,x\n", 422, "the file has no column account_no"),
        (b"account_no\n\xff\n", 422, "UTF-8"),
        (b"", 422, "empty"),
    ],
    ids=["by its column", "of one column", "no such column", "not text", "empty"],
)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_accounts_of_a_campaign_come_as_a_file(building: Building, body: bytes, status: int, says: str) -> None:
    visitor, book = building.signed_in("supervisor"), str(building.book.cn)
    actions.plan(building.office, "CN", NOW)
    page = visitor.get("/campaigns/new").text
    csrf = page.split('name="csrf" value="')[1].split('"')[0]
    answer = visitor.client.post(
        "/campaigns/preview", data={**FORM, "book": book, "csrf": csrf}, files={"file": ("a.csv", body, "text/csv")}
    )
    assert answer.status_code == status, answer.text
    assert says in answer.text
    assert 'value="May"' in answer.text, "nothing typed is lost"
    if status == 200:
        assert "1 people with 1 accounts" in answer.text
        assert ">L-1\nL-7</textarea>" in answer.text


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_campaign_from_the_form_to_its_pause(building: Building) -> None:
    visitor, book = building.signed_in("supervisor"), str(building.book.cn)
    actions.plan(building.office, "CN", NOW)
    assert "No campaign yet" in visitor.get("/campaigns").text
    wrong = visitor.post("/campaigns/preview", {**FORM, "book": book, "note": "", "numbers": "L-1"})
    assert wrong.status_code == 422
    assert "say what the agent is to say" in wrong.text
    assert 'value="May"' in wrong.text
    assert ">L-1</textarea>" in wrong.text
    seen = visitor.post("/campaigns/preview", {**FORM, "book": book, "bucket:M1": "on", "numbers": "L-1\nL-7"})
    assert seen.status_code == 200, seen.text
    assert "1 people with 1 accounts" in seen.text
    assert "has these numbers: L-7" in seen.text
    form = seen.text.split('action="/campaigns/make"')[1].split('id="make"')[0]
    sent = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form))
    sent.pop("csrf")
    made = [visitor.post("/campaigns/make", {**sent, "numbers": "L-1\nL-7"}) for _ in range(2)]
    assert {answer.headers["location"] for answer in made} == {"/campaigns/1?said=campaign-made"}, "a double click"
    assert visitor.post("/campaigns/make", {**sent, "shown": "another"}).status_code == 409
    for move, state in (("start", "running"), ("start", "running"), ("pause", "paused"), ("start", "running")):
        assert visitor.post("/campaigns/1/move", {"move": move}).status_code == 303
        assert state in visitor.get("/campaigns/1").text
    assert "CN/L-1" in visitor.get("/campaigns/1/accounts/chosen").text
    assert visitor.get("/campaigns/1/accounts/nothing").status_code == 404
    auditor = building.signed_in("auditor").get("/campaigns/1").text
    assert "Closed: a supervisor or operations does this." in auditor
    visitor.post("/campaigns/1/move", {"move": "stop"})
    with building.office.database.read() as session:
        assert [row.state for row in session.exec(select(Campaign))] == ["finished"]
    assert visitor.post("/campaigns/1/move", {"move": "start"}).status_code == 409

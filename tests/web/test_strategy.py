"""Strategies in the browser: who drafts, what is kept, what is told of it, and who publishes."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from sqlmodel import select
from web.conftest import NOW, Building, Visitor

from collector.identity.rules import ApprovalState
from collector.identity.tables import Approval
from collector.strategy.editing import rows_of
from collector.strategy.queries import active
from collector.strategy.tables import StrategyDraft, StrategyVersion

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
DRAFT = "/strategy/CN/draft"


def draft(building: Building) -> StrategyDraft:
    with building.office.database.read() as session:
        return session.exec(select(StrategyDraft)).one()


def post(visitor: Visitor, building: Building, path: str, **fields: Any) -> Any:
    return visitor.post(f"{DRAFT}/{path}", {"revision": draft(building).revision, **fields})


def begun(building: Building, name: str = "supervisor") -> Visitor:
    visitor = building.signed_in(name)
    assert visitor.post("/strategy/CN/begin", {"version": "0"}).status_code == 303
    return visitor


def names(building: Building) -> list[str]:
    return [row["name"] for row in rows_of(draft(building).body)]


def test_rows_are_moved_copied_switched_off_and_removed(building: Building) -> None:
    visitor = begun(building)
    before = names(building)
    for do in ("down 0", "copy 3", "switch 2", "remove 5", "move 7 1", "up 4", "add 2"):
        assert post(visitor, building, "rows", do=do).status_code == 303, do
    assert names(building)[2] == "new-segment"
    assert len(names(building)) == len(before) + 1
    page = visitor.get(DRAFT).text
    assert "an empty list admits nothing" in page
    assert "Closed: mend the problems first." in page
    assert "# First days: ask, listen" in draft(building).body
    stale = visitor.post(f"{DRAFT}/rows", {"revision": 1, "do": "up 3"})
    assert stale.status_code == 409


def test_a_row_is_changed_by_fields_and_what_is_wrong_is_kept_and_told(building: Building) -> None:
    visitor = begun(building)
    at = names(building).index("late-small")
    row = {"at": at, "name": "late-small", "stage": "terminal", "level": "middle", "cadence": "letters"}
    conditions = {
        "has-days_past_due": "on", "op-days_past_due": "between", "v-days_past_due": "91", "w-days_past_due": "400",
        "has-owed": "on", "op-owed": "lt", "v-owed": "lots",
    }  # fmt: skip
    assert post(visitor, building, "row", do="save", weight="0.7", **row, **conditions).status_code == 303
    kept = rows_of(draft(building).body)[at]
    assert kept["when"] == {"days_past_due": {"between": [91, 400]}, "owed": {"lt": "lots"}}
    assert kept["weight"] == 0.7
    assert "owed: &#39;lots&#39; is not a number from 0 on" in visitor.get(DRAFT).text
    assert (
        post(visitor, building, "row", do="add", add="value_tier", weight="0.7", **row, **conditions).status_code == 303
    )
    assert rows_of(draft(building).body)[at]["when"]["value_tier"] == []
    form = visitor.get(f"{DRAFT}?row={at}").text
    assert 'value="lots"' in form
    ticked = {"has-value_tier": "on", "is-value_tier-premium": "on", "do": "drop owed", "weight": "0.7"}
    assert post(visitor, building, "row", **row, **conditions, **ticked).status_code == 303
    assert rows_of(draft(building).body)[at]["when"] == {
        "days_past_due": {"between": [91, 400]},
        "value_tier": ["premium"],
    }


def test_parts_and_the_whole_text_are_written_and_nothing_typed_is_lost(building: Building) -> None:
    visitor = begun(building)
    assert (
        post(visitor, building, "part", part="capacity", block="capacity: {accounts_per_agent: 70}").status_code == 303
    )
    assert "accounts_per_agent: 70" in draft(building).body
    refused = post(visitor, building, "part", part="capacity", block="capacity: {typed: [")
    assert refused.status_code == 422
    assert "capacity: {typed: [" in refused.text
    body = "name: x\nbuckets: {M1: [1"
    assert post(visitor, building, "text", body=body).status_code == 303
    page = visitor.get(DRAFT).text
    assert body in page
    assert "There is no table while the text can not be read" in page
    more = {"files": {"file": ("a.yaml", b"\xff\xfe", "text/yaml")}}
    assert visitor.post(f"{DRAFT}/text", {"revision": draft(building).revision}, **more).status_code == 422


def test_what_would_change_is_told_in_accounts_and_opens_them(building: Building) -> None:
    visitor = begun(building)
    at = names(building).index("first-other")
    post(visitor, building, "rows", do=f"copy {at}")
    post(visitor, building, "rows", do=f"switch {at}")
    page = visitor.get(DRAFT).text
    assert "None: this can be published." in page
    assert visitor.post(f"{DRAFT}/try").status_code == 303
    while visitor.get(f"{DRAFT}/trial.json").json()["state"] == "running":
        time.sleep(0.05)
    trial = visitor.get(f"{DRAFT}/trial").text
    assert "first-other" in trial
    assert "first-other-2" in trial
    link = re.search(r'href="([^"]*what=flow[^"]*)"', trial)
    assert link
    assert "CN/L-1" in visitor.get(link[1].replace("&amp;", "&")).text


def submitted(building: Building, visitor: Visitor, day: str = "2026-05-11", hour: str = "10:00") -> Approval:
    fields = {"reason": "fewer", "day": day, "hour": hour}
    answer = post(visitor, building, "propose", **fields)
    assert answer.status_code == 303, answer.text
    with building.office.database.read() as session:
        return session.exec(select(Approval).where(Approval.kind == "strategy").order_by(Approval.id.desc())).first()  # type: ignore[union-attr,return-value]


def decide(visitor: Visitor, row: Approval, decision: str = "approve") -> Any:
    return visitor.post(f"/approvals/{row.id}/decide", {"decision": decision, "shown": row.digest})


def test_one_proposes_another_publishes_and_the_draft_is_done(building: Building) -> None:
    visitor = begun(building)
    post(visitor, building, "part", part="capacity", block="capacity: {accounts_per_agent: 70}")
    row = submitted(building, visitor, hour="10:03")
    assert decide(visitor, row).status_code == 403
    other = building.signed_in("second")
    assert "accounts_per_agent: 100 → 70" in other.get(f"/strategy/CN/proposals/{row.id}").text.replace(
        "capacity · ", ""
    )
    building.clock.forward(minutes=4)
    assert "has passed: it begins at once" in other.get("/strategy/CN").text
    assert decide(other, row).status_code == 303
    with building.office.database.read() as session:
        version = active(session, building.book.cn, building.clock())
        assert (version.version, version.author, version.approver) == (1, "user:supervisor", "user:second")
        assert version.starts_at == building.clock()
        assert session.exec(select(StrategyDraft)).all() == []
    assert "accounts_per_agent: 70" in visitor.get(f"/strategy/CN/versions/{version.id}/file").text
    compared = visitor.get(f"/strategy/CN/compare?one=0&other={version.id}").text
    assert "accounts_per_agent: 100 → 70" in compared


def test_an_edit_takes_a_submission_back_and_so_does_its_maker(building: Building) -> None:
    visitor = begun(building)
    row = submitted(building, visitor)
    answer = post(visitor, building, "rows", do="down 3")
    assert "said=strategy-void" in answer.headers["location"]
    assert decide(building.signed_in("second"), row).status_code == 409
    again = submitted(building, visitor)
    path = f"/strategy/CN/proposals/{again.id}/withdraw"
    assert building.signed_in("second").post(path).status_code == 403
    assert visitor.post(path).status_code == 303
    assert visitor.post(path).status_code == 303
    with building.office.database.read() as session:
        states = [one.state for one in session.exec(select(Approval)).all()]
        assert states == [ApprovalState.withdrawn, ApprovalState.withdrawn]
        assert session.exec(select(StrategyVersion)).all() == []


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        pytest.param({"day": "2026-05-10", "hour": "10:00", "reason": "x"}, "can not start in the past", id="past"),
        pytest.param({"day": "2026-05-12", "hour": "10:00", "reason": " "}, "give a reason", id="no reason"),
    ],
)
def test_a_submission_needs_a_reason_and_a_start(building: Building, fields: dict[str, str], said: str) -> None:
    assert said in post(begun(building), building, "propose", **fields).text


def test_whoever_else_is_drafting_is_told_and_readers_find_the_doors_closed(building: Building) -> None:
    begun(building)
    other = begun_twice(building)
    assert "supervisor is drafting here too" in other.get(DRAFT).text
    reader = building.signed_in("auditor").get("/strategy/CN").text
    assert "Closed: strategies are drafted by supervisors." in reader
    assert building.signed_in("auditor").get("/strategy/CN/versions/0").status_code == 200
    assert "CN" in building.signed_in("admin").get("/strategy").text


def begun_twice(building: Building) -> Visitor:
    visitor = building.signed_in("second")
    for _ in range(2):
        assert visitor.post("/strategy/CN/begin", {"version": "0"}).status_code == 303
    return visitor


def test_what_a_program_publishes_waits_for_a_person(building: Building) -> None:
    text = building.api().get("/strategies/CN").text
    told = building.api().post("/strategies/publish", text=text, portfolio="CN", reason="as shipped").json()
    assert told["versions"] == []
    with building.office.database.read() as session:
        row = session.get_one(Approval, told["proposed"]["approval"])
    assert decide(building.signed_in("supervisor"), row).status_code == 303
    with building.office.database.read() as session:
        version = active(session, building.book.cn, NOW)
        assert (version.version, version.approver) == (1, "user:supervisor")
        assert version.author.startswith("key:")

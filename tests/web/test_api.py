"""The API does what the command line does: once, inside its scope, at the hour it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from floor import noon
from sqlmodel import select
from web.conftest import NOW, Building, open_building

from collector.foundation.database import Database
from collector.foundation.keys import Keys
from collector.history.tables import CallbackRow, Disposition, Dispute, Hold, Promise
from collector.identity.tables import Approval
from collector.portfolio.rules import PaymentState
from collector.portfolio.tables import PaymentRow
from collector.strategy.compiling import default_text
from collector.web.app import create_web

ACCOUNT = "CN/L-1"
SOON = "2026-05-15T18:00+08:00"


def count(building: Building, table: Any) -> int:
    with building.office.database.read() as session:
        return len(session.exec(select(table)).all())


@pytest.mark.parametrize(
    ("path", "body", "table", "rows"),
    [
        pytest.param("/promises", {"amount": "600.00", "due_at": SOON}, Promise, 1, id="promise"),
        pytest.param("/callbacks", {"due_at": SOON}, CallbackRow, 1, id="call-back"),
        pytest.param("/disputes", {"reason": "not mine"}, Dispute, 1, id="dispute"),
        pytest.param("/dispositions", {"cause": "careless", "note": "will pay"}, Disposition, 1, id="disposition"),
        pytest.param("/says-paid", {}, Hold, 1, id="says paid"),
        pytest.param("/pauses", {"first": "2026-05-11", "last": "2026-05-12"}, None, 0, id="pause"),
    ],
)
def test_the_same_request_twice_is_one_event(
    building: Building, path: str, body: dict[str, Any], table: Any, rows: int
) -> None:
    program = building.api()
    first, again = program.post(path, account=ACCOUNT, **body), program.post(path, account=ACCOUNT, **body)
    assert first.status_code == again.status_code == 200, first.text
    assert first.json() == again.json()
    if table is not None:
        assert count(building, table) == rows


def test_a_promise_is_told_in_major_units(building: Building) -> None:
    made = building.api().post("/promises", account=ACCOUNT, amount="600.5", due_at=SOON).json()
    assert (made["amount"], made["state"], made["due_at"]) == ("600.50", "open", "2026-05-15T10:00:00+00:00")
    standing = building.api().get(f"/accounts/{building.book.loan}").json()
    assert standing["promises"][0]["amount"] == 600_50


def test_an_account_that_was_not_worked_higher_can_not_be_lowered(building: Building) -> None:
    answer = building.api().post("/levels/lower", account=ACCOUNT, level="primary", reason="calm now")
    assert (answer.status_code, "nothing to lower" in answer.json()["error"]) == (409, True)
    assert building.api().post("/levels/lower", account=ACCOUNT, level="primary").status_code == 422


def test_a_promise_far_ahead_needs_a_supervisor(building: Building) -> None:
    answer = building.api().post("/promises", account=ACCOUNT, amount="1000.00", due_at="2026-07-15T18:00+08:00")
    assert answer.status_code == 409
    assert "supervisor" in answer.json()["error"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param({"amount": "1,000.00", "due_at": SOON}, 422, id="a thousands separator"),
        pytest.param({"amount": "0", "due_at": SOON}, 422, id="nothing"),
        pytest.param({"amount": "1.00", "due_at": "2026-05-15T18:00"}, 422, id="no offset"),
        pytest.param({"amount": "1.00", "due_at": "2026-05-01T18:00+08:00"}, 422, id="in the past"),
        pytest.param({"amount": "1.00", "due_at": SOON, "role": "admin"}, 422, id="an unknown field"),
        pytest.param({"amount": "1.00", "due_at": SOON, "promised_by": "spouse"}, 422, id="who does not owe"),
        pytest.param({"due_at": SOON}, 422, id="a missing field"),
    ],
)
def test_bad_input_is_named_and_changes_nothing(house: Building, body: dict[str, Any], status: int) -> None:
    answer = house.api().post("/promises", account=ACCOUNT, **body)
    assert answer.status_code == status
    assert answer.json()["error"]
    assert count(house, Promise) == 0


def test_what_was_sent_is_not_echoed(house: Building) -> None:
    answer = house.api().post("/found", person=ACCOUNT, phone={"secret": "+8613912345678"})
    assert answer.status_code == 422
    assert "139123" not in answer.text


def test_a_stop_is_one_stop_and_can_be_lifted(building: Building) -> None:
    program = building.api()
    first = program.post("/stops", person=ACCOUNT, kind="attorney").json()
    assert program.post("/stops", person=ACCOUNT, kind="attorney").json() == first
    [standing] = program.get(f"/accounts/{building.book.loan}").json()["stops"]
    assert standing["kind"] == "attorney"
    lifted = program.post(f"/stops/{first['stop']}/lift", reason="letter withdrawn").json()
    assert lifted["lifted_at"]


def test_a_hold_and_its_end(building: Building) -> None:
    program = building.api()
    held = program.post("/holds", scope="portfolio", subject="CN", note="moratorium").json()
    assert program.post("/holds", scope="portfolio", subject="CN").json()["hold"] == held["hold"]
    assert program.post(f"/holds/{held['hold']}/lift").json()["lifted_at"]
    assert building.api("us").post("/holds", scope="portfolio", subject="CN").status_code == 404
    assert building.api("us").post("/holds", scope="everything").status_code == 403


def test_plan_take_a_call_and_say_how_it_ended(building: Building) -> None:
    program = building.api()
    runs = program.post("/plan").json()["runs"]
    assert {run["portfolio"] for run in runs} == {"CN", "US"}
    [task] = program.get("/tasks", account=ACCOUNT, channel="call").json()["tasks"]
    assert task["number"] == "138··0001"
    taken = program.post("/next-call", agent="agent").json()
    assert (taken["account"], taken["number"]) == (ACCOUNT, "+8613812340001")
    first = program.post(f"/tasks/{taken['task']}/outcome", outcome="no_answer").json()
    assert program.post(f"/tasks/{taken['task']}/outcome", outcome="no_answer").json() == first
    [call] = [
        one
        for one in program.get(f"/accounts/{building.book.loan}/timeline").json()["timeline"]
        if one["what"] == "call"
    ]
    assert (call["how"], call["number"]) == ("no_answer", "138··0001")


def test_a_key_gives_an_agent_nothing_of_other_portfolios(building: Building) -> None:
    building.api().post("/plan")
    assert building.api("us").post("/next-call", agent="agent").json() == {"task": None}


def test_messages_are_sent_and_counted(building: Building) -> None:
    program = building.api()
    program.post("/plan")
    sent = program.post("/send").json()
    assert set(sent) >= {"sent", "unclear"}


def accounts_file() -> dict[str, tuple[str, bytes]]:
    rows = "account_no,borrower_name,phone\nN-1,Zhou,+8613900139001\nN-2,,nonsense\n"
    return {"file": ("../../book of may.csv", rows.encode())}


def test_a_file_is_loaded_and_its_rejects_are_kept(building: Building) -> None:
    program = building.api()
    asked = {"data": {"portfolio": "CN"}, "files": accounts_file(), "headers": program.headers}
    totals = program.client.post("/api/v1/load/accounts", **asked).json()
    assert (totals["read"], totals["accepted"], totals["rejected"]) == (2, 1, 1)
    rejects = program.get(f"/loads/{totals['run']}/rejects")
    assert rejects.status_code == 200
    assert "N-2" in rejects.text
    assert building.api("us").get(f"/loads/{totals['run']}/rejects").status_code == 404
    again = program.client.post("/api/v1/load/accounts", **asked).json()
    assert (again["accepted"], again["unchanged"]) == (0, 1)


def test_a_file_for_somebody_elses_portfolio_is_not_taken(building: Building) -> None:
    program = building.api("us")
    for data in ({"portfolio": "CN"}, {}):
        answer = program.client.post("/api/v1/load/accounts", data=data, files=accounts_file(), headers=program.headers)
        assert answer.status_code in (404, 422)
    files = {"file": ("p.csv", b"code\nX\n")}
    answer = program.client.post("/api/v1/load/portfolios", files=files, headers=program.headers)
    assert answer.status_code == 403


@pytest.mark.parametrize("name", ["book.exe", "book", "book.html"])
def test_a_file_of_another_kind_is_not_taken(house: Building, name: str) -> None:
    program = house.api()
    answer = program.client.post(
        "/api/v1/load/accounts", data={"portfolio": "CN"}, files={"file": (name, b"a,b\n")}, headers=program.headers
    )
    assert answer.status_code == 422


def test_a_payment_is_matched_by_two(building: Building) -> None:
    """A key proposes; it never confirms."""
    with building.office.database.begin() as session:
        row = PaymentRow(
            portfolio_id=building.book.cn,
            reference="H-1",
            payer_name="wang",
            amount=1_000_00,
            paid_at=NOW,
            paid_on=NOW.date(),
            kind="payment",
            state="held",
            loaded_at=NOW,
        )
        session.add(row)
        session.flush()
        payment_id = row.id
    program = building.api()
    [held] = program.get("/payments/held").json()["payments"]
    assert (held["amount"], held["suggestions"][0][1:]) == ("1000.00", [ACCOUNT, "payer's name"])
    first = program.post(f"/payments/{payment_id}/match", account=ACCOUNT)
    assert (first.status_code, first.json()["state"]) == (202, "open")
    assert program.post(f"/payments/{payment_id}/match", account=ACCOUNT).json() == first.json()
    assert count(building, Approval) == 1
    with building.office.database.read() as session:
        assert session.get_one(PaymentRow, payment_id).state is PaymentState.held


def test_accounts_page_by_page(house: Building) -> None:
    program = house.api()
    first = program.get("/accounts", limit=1).json()
    second = program.get("/accounts", limit=1, after=first["after"]).json()
    assert [first["accounts"][0]["key"], second["accounts"][0]["key"]] == [ACCOUNT, "US/C-1"]
    assert second["after"] is None
    assert first["accounts"][0]["days_past_due"] == 1


@pytest.mark.parametrize("text", ["L-1", "CN/L-1", "wan", "+8613812340001", "138 1234 0001"], ids=lambda text: text)
def test_an_account_is_found(house: Building, text: str) -> None:
    found = house.api().post("/accounts/search", text=text).json()["accounts"]
    assert ACCOUNT in [one["key"] for one in found]


@pytest.mark.parametrize("text", ["L", "%%%", "___", "anw"])
def test_a_search_needs_a_beginning(house: Building, text: str) -> None:
    answer = house.api().post("/accounts/search", text=text)
    assert answer.status_code == 422 or answer.json()["accounts"] == []


def test_strategies_are_shown_checked_and_proposed(building: Building) -> None:
    program = building.api()
    text = default_text("cn")
    assert program.get("/strategies/CN").text == text
    assert program.post("/strategies/validate", text=text, portfolio="CN").json()["valid"]
    assert program.post("/strategies/diff", text=text, portfolio="CN").json() == {"flows": []}
    made = program.post("/strategies/publish", text=text, portfolio="CN", reason="as shipped").json()
    assert made["versions"] == [], "a key may never approve"
    assert made["proposed"]["approval"]
    broken = program.post("/strategies/publish", text="buckets: {M1: [1", portfolio="CN", reason="x")
    assert broken.status_code == 422
    assert building.api("us").post("/strategies/publish", text=text, reason="x").status_code == 403


def test_the_gate_answers_on_its_own(house: Building) -> None:
    document = {
        "pack": "us",
        "collector_type": "agency",
        "person": {"id": "C", "role": "debtor", "timezones": ["America/New_York"], "flags": []},
        "events": [],
        "candidate": {
            "kind": "call",
            "at": "2026-04-07T23:00-04:00",
            "person": "C",
            "debts": ["A"],
            "collector": "K1",
            "text": None,
        },
    }
    assert house.api().post("/check", **document).json()["verdict"] == "deny"
    assert house.api().post("/check", **document, more=1).status_code == 422
    assert "properties" in house.api().get("/check/schema").json()


def test_the_audit_is_whole(building: Building) -> None:
    building.api().post("/stops", person=ACCOUNT, kind="hardship")
    proof = building.api().get("/audit/verify").json()
    assert proof["findings"] == []
    assert proof["unsealed"] > 0


def test_another_hour_is_for_the_sandbox_only(database: Database, tmp_path: Path, keys: Keys) -> None:
    """Where real people can be reached, nobody writes history at another hour, nor sends from a copy."""
    building = open_building(database, tmp_path, keys, carrier="twilio")
    program = building.api()
    late = program.post("/says-paid", account=ACCOUNT, at=noon(NOW.date(), 20).isoformat())
    assert late.status_code == 422
    assert "minute" in late.json()["error"]
    assert program.post("/send").status_code == 503
    assert program.post("/next-call", agent="agent").status_code == 503
    building.web = create_web(building.office, building.clock)
    assert building.client().get("/ready").status_code == 503


def test_ready_tells_lights_and_no_names(house: Building) -> None:
    answer = house.client().get("/ready")
    assert answer.status_code == 200
    assert {light["name"] for light in answer.json()["lights"]} == {
        "database",
        "payments",
        "plan",
        "carrier",
        "contact",
        "audit",
    }
    assert "CN" not in answer.text.replace("SQLite", "")
    assert house.client().get("/healthz").json() == {"status": "alive"}


def test_the_reference_is_ours_and_behind_the_door(house: Building) -> None:
    page = house.signed_in("agent").get("/reference")
    assert page.status_code == 200
    assert "/api/v1/promises" in page.text
    assert "http://" not in page.text
    assert "https://" not in page.text
    assert house.client().get("/docs").status_code == 404
    schema = house.api().client.get("/api/v1/openapi.json", headers=house.api().headers)
    assert all(path.startswith("/api/v1/") for path in schema.json()["paths"])

"""The carrier's callbacks: signed by our public address, taken once, silent to everyone else."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from conftest import Databases
from fastapi.testclient import TestClient
from httpx2 import ASGITransport, AsyncClient, Response
from sqlmodel import select
from twilio.request_validator import RequestValidator
from web.conftest import HOST, NOW, SID, TOKEN, Building, Moved, open_building, settings_for

from collector.casework.office import Office
from collector.dispatch.rules import Progress
from collector.dispatch.tables import CarrierEvent, InboundMessage, Submission
from collector.foundation.database import Database
from collector.foundation.keys import Keys
from collector.history.rules import Channel
from collector.history.tables import Attempt, Delivery, Promise, Stop
from collector.planning.rules import RunState, TaskState
from collector.planning.tables import PlanRun, Task
from collector.web.app import create_web

WANG, LINE = "+8613812340001", "+8657122010010"


def signed(address: str, fields: dict[str, str], token: str = TOKEN) -> dict[str, str]:
    return {"X-Twilio-Signature": RequestValidator(token).compute_signature(address, fields)}


def hook(building: Building, path: str, **fields: str) -> Response:
    """A callback as the carrier sends it."""
    address = f"/webhooks/twilio{path}"
    sent = {"AccountSid": SID, **fields}
    return building.client().post(address, data=sent, headers=signed(HOST + address, sent))


def submitted(building: Building, channel: str = "sms") -> str:
    """A contact handed to the carrier, whose answer never came; its token."""
    book = building.book
    with building.office.database.begin() as session:
        run = PlanRun(
            portfolio_id=book.cn, at=NOW, day=NOW.date(), state=RunState.current, strategy="x", started_at=NOW
        )
        session.add(run)
        session.flush()
        task = Task(
            run_id=run.id or 0,
            portfolio_id=book.cn,
            person_id=book.wang,
            account_id=book.loan,
            debts=f"[{book.loan}]",
            contact_point_id=book.mobile,
            number=WANG,
            caller=LINE,
            channel=Channel(channel),
            purpose="collect",
            segment="first",
            stage="growth",
            level="primary",
            not_before=NOW,
            not_after=NOW,
            rank=1,
            priority="{}",
            reason="x",
            state=TaskState.sending,
            submitted_at=NOW,
            token="0" * 32,
        )
        session.add(task)
        session.flush()
        row = Submission(
            task_id=task.id,
            person_id=book.wang,
            channel=Channel(channel),
            carrier="twilio",
            from_number=LINE,
            to_number=WANG,
            body="pay",
            token="0" * 32,
            submitted_at=NOW,
            updated_at=NOW,
        )
        session.add(row)
    return row.token


def count(building: Building, table: Any) -> int:
    with building.office.database.read() as session:
        return len(session.exec(select(table)).all())


PATHS = [
    "/message-status/x", "/message-in", "/voice-script/x", "/call-status/x", "/dial-status/x", "/dial-result/x",
    "/voice-in", "/voice-in/desk", "/voice-in/ended", "/voice-in/recording/CA1","/announce/x", "/recording/x",
]  # fmt: skip


def test_a_forged_callback_is_refused_on_every_address(house: Building) -> None:
    client, fields = (
        house.client(),
        {"AccountSid": SID, "MessageSid": "SM1", "CallSid": "CA1", "From": WANG, "To": LINE},
    )
    for path in PATHS:
        address = f"/webhooks/twilio{path}"
        for headers in ({}, signed(HOST + address, fields, "another token"), signed(HOST + "/other", fields)):
            assert client.post(address, data=fields, headers=headers).status_code == 403, path
        foreign = {**fields, "AccountSid": "AC" + "2" * 32}
        assert client.post(address, data=foreign, headers=signed(HOST + address, foreign)).status_code == 403, path
        assert client.get(address).status_code == 405, path
    assert count(house, CarrierEvent) == 0


def test_a_changed_field_breaks_the_signature(house: Building) -> None:
    address = "/webhooks/twilio/message-in"
    sent = {"AccountSid": SID, "MessageSid": "SM1", "From": WANG, "To": LINE, "Body": "STOP"}
    answer = house.client().post(address, data={**sent, "From": "+8613900139000"}, headers=signed(HOST + address, sent))
    assert answer.status_code == 403


def test_a_callback_that_is_too_large_is_not_read(house: Building) -> None:
    assert house.client().post("/webhooks/twilio/message-in", content=b"x" * 70_000).status_code == 413


def test_a_missing_field_is_told(house: Building) -> None:
    assert hook(house, "/message-in", From=WANG, To=LINE).status_code == 422


def test_a_delivered_message_is_taken_once(building: Building) -> None:
    token = submitted(building)
    for _ in range(3):
        answer = hook(building, f"/message-status/{token}", MessageSid="SM1", MessageStatus="delivered")
        assert answer.status_code == 204
    assert (count(building, Delivery), count(building, Attempt), count(building, CarrierEvent)) == (1, 1, 1)


def test_a_late_word_never_moves_a_status_back(building: Building) -> None:
    token = submitted(building)
    for status in ("delivered", "sent", "queued"):
        assert hook(building, f"/message-status/{token}", MessageSid="SM1", MessageStatus=status).status_code == 204
    with building.office.database.read() as session:
        assert session.exec(select(Submission)).one().progress is Progress.delivered
        assert session.exec(select(Task).where(Task.token == token)).one().state is TaskState.done


def test_an_unknown_token_is_success_and_changes_nothing(building: Building) -> None:
    answer = hook(building, "/message-status/" + "f" * 32, MessageSid="SM9", MessageStatus="delivered")
    assert answer.status_code == 204
    assert count(building, Delivery) == 0


def test_a_stop_word_acts_at_once_and_once(building: Building) -> None:
    first = hook(building, "/message-in", MessageSid="SM2", From=WANG, To=LINE, Body="退订")
    again = hook(building, "/message-in", MessageSid="SM2", From=WANG, To=LINE, Body="退订")
    assert (first.status_code, again.status_code) == (200, 200)
    assert "<Message>" in first.text
    assert "<Message>" not in again.text
    assert (count(building, Stop), count(building, InboundMessage)) == (1, 1)


def test_hostile_text_from_outside_is_shown_as_text(building: Building) -> None:
    body = "<script>alert(1)</script> =1+1 \u202e"
    hook(building, "/message-in", MessageSid="SM3", From=WANG, To=LINE, Body=body)
    page = building.signed_in("agent").get("/inbox").text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


def test_the_number_is_given_to_the_first_request_only(building: Building) -> None:
    """The script for the agent's leg reveals whom to dial: once per call, whatever the gate says then."""
    token = submitted(building, "call")
    first = hook(building, f"/voice-script/{token}", CallSid="CA1", CallStatus="in-progress")
    again = hook(building, f"/voice-script/{token}", CallSid="CA1", CallStatus="in-progress")
    other = hook(building, f"/voice-script/{token}", CallSid="CA2", CallStatus="in-progress")
    assert first.headers["content-type"].startswith("text/xml")
    assert first.text.count(WANG) <= 1
    assert WANG not in again.text + other.text


@pytest.mark.parametrize("path", ["/call-status", "/dial-status"])
def test_progress_of_a_call_may_be_repeated(building: Building, path: str) -> None:
    token = submitted(building, "call")
    for _ in range(2):
        assert hook(building, f"{path}/{token}", CallSid="CA1", CallStatus="ringing").status_code == 204
    assert count(building, CarrierEvent) == 1


def test_what_a_dialled_leg_proves_is_recorded_once(building: Building) -> None:
    token = submitted(building, "call")
    hook(building, f"/voice-script/{token}", CallSid="CA1", CallStatus="in-progress")
    with building.office.database.begin() as session:
        task = session.exec(select(Task).where(Task.token == token)).one()
        task.state, task.claimed_by = TaskState.sent, "user:agent"
        session.add(task)
    fields = {"CallSid": "CA1", "DialCallSid": "CA3", "DialCallStatus": "busy", "DialCallDuration": "0"}
    for _ in range(2):
        answer = hook(building, f"/dial-result/{token}", **fields)
        assert "<Hangup" in answer.text
    assert count(building, Attempt) == 1


def test_an_inbound_call_is_answered(building: Building) -> None:
    answer = hook(building, "/voice-in", CallSid="CA7", From=WANG, To=LINE)
    assert "<Response>" in answer.text
    ended = hook(building, "/voice-in/ended", CallSid="CA7", From=WANG, To=LINE, DialCallStatus="no-answer")
    assert ended.status_code == 200


def test_the_public_address_counts_not_the_host_that_was_asked(database: Database, tmp_path: Path, keys: Keys) -> None:
    """A proxy takes https and a prefix away; the signature is over what the carrier called."""
    building = open_building(database, tmp_path, keys)
    settings = settings_for(database, tmp_path).model_copy(
        update={"public_url": "https://collect.example/desk", "trusted_hosts": "inner"}
    )
    web = create_web(Office(settings, database, keys), Moved())
    client = TestClient(web, base_url="http://inner:8000")
    sent = {"AccountSid": SID, "MessageSid": "SM5", "From": WANG, "To": LINE, "Body": "hello"}
    path = "/webhooks/twilio/message-in?a=1&b=%20x"
    good = signed("https://collect.example/desk" + path, sent)
    assert client.post(path, data=sent, headers=good).status_code == 200
    assert client.post(path, data=sent, headers=signed("http://inner:8000" + path, sent)).status_code == 403
    assert count(building, InboundMessage) == 1


def test_the_old_token_counts_while_it_is_rotated(database: Database, tmp_path: Path, keys: Keys) -> None:
    building = open_building(database, tmp_path, keys, twilio_auth_token_old="the old one")
    address = "/webhooks/twilio/message-in"
    sent = {"AccountSid": SID, "MessageSid": "SM6", "From": WANG, "To": LINE, "Body": "hello"}
    answer = building.client().post(address, data=sent, headers=signed(HOST + address, sent, "the old one"))
    assert answer.status_code == 200


def test_what_only_a_person_may_decide_waits_for_one(building: Building) -> None:
    hook(building, "/message-in", MessageSid="SM8", From=WANG, To=LINE, Body="他去世了")
    with building.office.database.read() as session:
        waiting = session.exec(select(InboundMessage)).one()
    assert (waiting.reading, waiting.handled_at) == ("deceased", None)


def test_the_inbox_shows_everything_that_was_read_and_what_it_suggests(building: Building) -> None:
    hook(building, "/message-in", MessageSid="SM9", From=WANG, To=LINE, Body="刚做完手术，明天还300元")
    page = building.signed_in("agent").get("/inbox").text
    assert "hardship · will pay" in page
    assert "suggests a promise of" in page
    assert "300.00" in page
    assert count(building, Promise) == 0


def test_a_burst_of_callbacks_leaves_pages_to_people(databases: Databases, tmp_path: Path, keys: Keys) -> None:
    """Callbacks that wait for the one writer of SQLite do not take every thread."""

    async def burst(building: Building, sent: dict[str, str], path: str) -> list[int]:
        transport = ASGITransport(app=building.web)
        async with AsyncClient(transport=transport, base_url=HOST, headers=signed(HOST + path, sent)) as carrier:
            with building.office.database.begin():  # somebody writes for long
                waiting = [asyncio.create_task(carrier.post(path, data=sent)) for _ in range(60)]
                await asyncio.sleep(0.2)
                page = await asyncio.wait_for(carrier.get("/login"), timeout=20)
                assert page.status_code == 200
                assert not any(task.done() for task in waiting)
            return [answer.status_code for answer in await asyncio.gather(*waiting)]

    with databases("sqlite") as database:
        building = open_building(database, tmp_path, keys)
        path = f"/webhooks/twilio/message-status/{submitted(building)}"
        sent = {"AccountSid": SID, "MessageSid": "SM1", "MessageStatus": "sent"}
        assert set(asyncio.run(burst(building, sent, path))) == {204}
        assert count(building, CarrierEvent) == 1

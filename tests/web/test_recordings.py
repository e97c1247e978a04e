"""A recorded call is heard on the page by those of its portfolio, in parts too; drawn for listening, and scored."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlmodel import select
from web.conftest import NOW, Building
from web.test_webhooks import hook, submitted

from collector.audit.tables import AuditEntry
from collector.casework import actions
from collector.dispatch.rules import RecordingState
from collector.dispatch.tables import CallScore, Recording
from collector.history.rules import Outcome
from collector.identity.rules import Actor
from collector.planning.tables import Task

SID = "RE" + "a" * 32
SOUND = b"RIFF" + bytes(range(256)) * 40


def rows(building: Building, table: Any) -> list[Any]:
    with building.office.database.read() as session:
        return list(session.exec(select(table).order_by(table.id)))


@pytest.fixture
def recorded(building: Building) -> int:
    """A call of the agent whose recording was fetched."""
    token = submitted(building, "call")
    with building.office.database.begin() as session:
        task = session.exec(select(Task)).one()
        task.claimed_by = "user:agent"
        session.add(task)
    for _ in range(2):
        told = {"RecordingSid": SID, "RecordingStatus": "completed", "RecordingDuration": "41"}
        assert hook(building, f"/recording/{token}", CallSid="CA1", **told).status_code == 204
    [row] = rows(building, Recording)
    file = actions.file_of(building.office, row.id)
    file.parent.mkdir(parents=True)
    file.write_bytes(SOUND)
    with building.office.database.begin() as session:
        kept = session.get_one(Recording, row.id)
        kept.state = RecordingState.kept
        session.add(kept)
        agent = Actor("user:agent", None)
        actions.record_outcome(session, building.office, row.task_id, Outcome.right_party, NOW, actor=agent)
    return int(row.id)


def test_it_stands_in_the_timeline_and_is_heard(building: Building, recorded: int) -> None:
    visitor = building.signed_in("supervisor")
    page = visitor.get(f"/accounts/{building.book.loan}").text
    assert f'<a href="/recordings/{recorded}">▶ 00:41</a>' in page
    assert f'src="/recordings/{recorded}/sound"' in visitor.get(f"/recordings/{recorded}").text
    whole = visitor.get(f"/recordings/{recorded}/sound")
    assert (whole.content, whole.headers["content-type"], whole.headers["cache-control"]) == (
        SOUND,
        "audio/x-wav",
        "no-store",
    )
    part = visitor.client.get(f"/recordings/{recorded}/sound", headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, SOUND[100:200])
    heard = [row for row in rows(building, AuditEntry) if row.action == "recording.played"]
    assert [(row.actor, row.subject) for row in heard] == [("user:supervisor", f"recording:{recorded}")]


def test_ten_thousand_ranges_are_refused_at_once(building: Building, recorded: int) -> None:
    ranges = ",".join(f"{place}-{place}" for place in range(0, 10_000))
    answer = building.signed_in("supervisor").client.get(
        f"/recordings/{recorded}/sound", headers={"Range": f"bytes={ranges}"}
    )
    assert len(answer.content) <= 3 * len(SOUND)


def test_a_stranger_finds_nothing(building: Building, recorded: int) -> None:
    stranger = building.signed_in("stranger")
    for path in ("/recordings/{}", "/recordings/{}/sound"):
        foreign, absent = stranger.get(path.format(recorded)), stranger.get(path.format(999))
        assert (foreign.status_code, foreign.text) == (404, absent.text.replace("999", str(recorded)))
    assert building.signed_in("operations").get(f"/recordings/{recorded}/sound").status_code == 403


def test_it_is_drawn_scored_once_heard_and_counted_for_its_agent(building: Building, recorded: int) -> None:
    supervisor = building.signed_in("supervisor")
    assert f"/recordings/{recorded}" in supervisor.get("/quality").text
    fields = {"introduced": "true", "lawful": "true", "note": "too fast"}
    assert supervisor.post(f"/recordings/{recorded}/score", fields).status_code == 303
    assert [(row.met, row.percent, row.actor) for row in rows(building, CallScore)] == [
        (["introduced", "lawful"], 40, "user:supervisor")
    ]
    page = supervisor.get("/quality").text
    assert f"/recordings/{recorded}" not in page
    assert "too fast" in supervisor.get(f"/recordings/{recorded}").text
    assert building.signed_in("agent").post(f"/recordings/{recorded}/score", fields).status_code == 403


def test_nobody_scores_their_own_call(building: Building, recorded: int) -> None:
    with building.office.database.begin() as session:
        row = session.get_one(Recording, recorded)
        row.agent = "user:supervisor"
        session.add(row)
    supervisor = building.signed_in("supervisor")
    assert "/score" not in supervisor.get(f"/recordings/{recorded}").text
    assert supervisor.post(f"/recordings/{recorded}/score", {"lawful": "true"}).status_code == 409
    assert rows(building, CallScore) == []


def test_what_was_removed_says_so(building: Building, recorded: int) -> None:
    with building.office.database.begin() as session:
        row = session.get_one(Recording, recorded)
        row.state, row.keep_until = RecordingState.removed, date(2026, 5, 1)
        session.add(row)
    supervisor = building.signed_in("supervisor")
    assert "It can not be heard" in supervisor.get(f"/recordings/{recorded}").text
    assert supervisor.get(f"/recordings/{recorded}/sound").status_code == 404

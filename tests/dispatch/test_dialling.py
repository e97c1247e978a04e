"""Calls with the real adapter against the real sandbox: the agent first, the gate again when the phone is dialled."""

from __future__ import annotations

import asyncio
import hashlib
import stat
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from aiohttp import web
from floor import Borrower, Story, moment
from sandbox_stage import Sandbox

from collector.casework import actions as casework
from collector.casework.carrier import carrier_of
from collector.dispatch.rules import RecordingState
from collector.dispatch.tables import Recording
from collector.foundation.database import Database
from collector.foundation.errors import BadInput, Conflict, NotFound
from collector.history.rules import Outcome
from collector.history.tables import OutcomeRow
from collector.identity.rules import COMMAND_LINE, Actor
from collector.planning.rules import TaskState

AT = moment("2026-05-13 09:00")
DESK = "+862155519999"
"""The agent's own phone, which always answers: the sandbox of this folder is told so."""
PREFIX = "/webhooks/twilio/"


@dataclass
class Webhooks:
    """Answers the carrier from the story, as the doors of the application do."""

    story: Story

    async def take(self, request: web.Request) -> web.Response:
        form = {key: str(value) for key, value in (await request.post()).items()}
        answer = await asyncio.to_thread(self._answer, request.path.removeprefix(PREFIX), form)
        return web.Response(text=answer if isinstance(answer, str) else "", content_type="text/xml")

    def _answer(self, path: str, form: dict[str, str]) -> object:
        kind, _, token = path.partition("/")
        told: dict[str, Any] = {"token": token, "at": AT}
        if kind == "voice-script":
            return self.story.do(casework.dial_script, call_sid=form["CallSid"], **told)
        if kind == "call-status":
            return self.story.do(casework.call_status, sid=form["CallSid"], status=form["CallStatus"], **told)
        if kind == "dial-status":
            with self.story.database.begin() as session:
                return casework.dial_status(session, sid=form["CallSid"], status=form["CallStatus"], **told)
        if kind == "announce":
            with self.story.database.begin() as session:
                return casework.announcement(session, token=token)
        if kind == "recording":
            told["seconds"] = int(form["RecordingDuration"])
            return self.story.do(casework.recording_made, sid=form["RecordingSid"], **told)
        seconds = int(form["DialCallDuration"]) if form.get("DialCallDuration") else None
        status = form["DialCallStatus"]
        self.story.do(casework.dial_result, sid=form["CallSid"], status=status, seconds=seconds, **told)
        return "<Response><Hangup/></Response>"


@pytest.fixture
def answering(story: Story, receiver: Any) -> Story:
    receiver.handler = Webhooks(story).take
    return story


Called = Callable[[str], tuple[Borrower, Actor, int]]
ANSWERS = "+8613800000000"


@pytest.fixture
def claimed(answering: Story) -> Called:
    """Somebody with that number, two days late, whose call is held for an agent."""

    def made(number: str, desk: str | None = DESK) -> tuple[Borrower, Actor, int]:
        who = answering.borrower("2026-05-11", "2026-06-11", phones=[number])
        answering.plan("2026-05-13 07:00")
        li = answering.agent("li", desk)
        return who, li, answering.do(casework.next_call, li, AT).task.id

    return made


def dial(story: Story, sandbox: Sandbox, task: int, agent: Actor) -> None:
    asyncio.run(casework.start_call(story.office, task, agent, AT))
    sandbox.settle()


@pytest.mark.parametrize(
    ("number", "outcomes", "state"),
    [
        pytest.param("+8613800000001", [Outcome.no_answer], TaskState.done, id="rings out"),
        pytest.param("+8613800000002", [Outcome.busy], TaskState.done, id="busy"),
        pytest.param("+8613800000006", [Outcome.failed], TaskState.failed, id="vacant is not inferred from failed"),
        pytest.param("+8613800000000", [], TaskState.sent, id="answered waits for the agent's word"),
    ],
)
def test_the_dialled_leg_proves_what_it_can(
    answering: Story, sandbox: Sandbox, claimed: Called, number: str, outcomes: list[Outcome], state: TaskState
) -> None:
    who, li, task = claimed(number)
    dial(answering, sandbox, task, li)
    assert [row.outcome for row in answering.rows(OutcomeRow)] == outcomes
    assert next(one.state for one in answering.tasks(who) if one.id == task) is state
    if not outcomes:
        with pytest.raises(Conflict, match="say first"):
            answering.do(casework.next_call, li, AT)
        answering.do(casework.record_outcome, task, Outcome.right_party, AT, actor=li)
        assert answering.tasks(who)[0].state is TaskState.done


def test_a_stop_between_claim_and_answer_keeps_the_borrowers_phone_silent(
    answering: Story, sandbox: Sandbox, claimed: Called
) -> None:
    who, li, task = claimed("+8613800000001")
    answering.do(casework.dispute, account_id=who.account_id, reason="not mine", at=AT, actor=COMMAND_LINE)
    with pytest.raises(Conflict, match="closed"):
        dial(answering, sandbox, task, li)
    assert sandbox.log("call.accepted") == []
    assert [one for one in answering.tasks(who) if one.id == task] == [], "the refusal was kept, the task cancelled"


def test_an_agent_without_a_phone_is_told(answering: Story, sandbox: Sandbox, claimed: Callable[..., Any]) -> None:
    _, li, task = claimed("+8613800000001", desk=None)
    with pytest.raises(BadInput, match="your own phone"):
        dial(answering, sandbox, task, li)


def test_a_script_is_given_once(answering: Story, sandbox: Sandbox, claimed: Called) -> None:
    who, li, task = claimed("+8613800000000")
    dial(answering, sandbox, task, li)
    [row] = [one for one in answering.tasks(who) if one.id == task]
    again = answering.do(casework.dial_script, token=row.token, call_sid="CA1", at=AT)
    assert who.number not in again


def test_a_call_is_announced_recorded_fetched_and_forgotten_at_the_carrier(
    answering: Story, sandbox: Sandbox, claimed: Called
) -> None:
    _, li, task = claimed(ANSWERS)
    dial(answering, sandbox, task, li)
    assert "本次通话将会录音。" in [entry["text"] for entry in sandbox.log("twiml.say")]
    [row] = answering.rows(Recording)
    assert (row.task_id, row.agent, row.state, row.keep_until) == (
        task,
        "user:li",
        RecordingState.waiting,
        date(2031, 5, 13),
    )
    assert asyncio.run(casework.fetch_recordings(answering.office, AT)) == 1
    [row] = answering.rows(Recording)
    sound = casework.file_of(answering.office, row.id).read_bytes()
    assert sound.startswith(b"RIFF")
    assert (row.state, row.size, row.sha256) == (RecordingState.kept, len(sound), hashlib.sha256(sound).hexdigest())
    assert stat.S_IMODE(casework.file_of(answering.office, row.id).stat().st_mode) & 0o077 == 0
    with pytest.raises(NotFound):
        asyncio.run(ask(answering, row.sid))
    assert asyncio.run(casework.fetch_recordings(answering.office, AT)) == 0


async def ask(story: Story, sid: str) -> bytes:
    line = carrier_of(story.office)
    try:
        return await line.recording(sid)
    finally:
        await line.close()


@pytest.mark.parametrize("fault", ["error", "cut"])
def test_what_the_carrier_has_no_more_is_missing_and_what_it_can_not_say_waits(
    answering: Story, sandbox: Sandbox, claimed: Called, fault: str
) -> None:
    _, li, task = claimed(ANSWERS)
    dial(answering, sandbox, task, li)
    sandbox.fault(fault, method="GET")
    assert asyncio.run(casework.fetch_recordings(answering.office, AT)) == 0
    [row] = answering.rows(Recording)
    assert row.state is RecordingState.waiting
    asyncio.run(forget(answering, row.sid))
    assert asyncio.run(casework.fetch_recordings(answering.office, AT)) == 0
    assert answering.rows(Recording)[0].state is RecordingState.missing


async def forget(story: Story, sid: str) -> None:
    line = carrier_of(story.office)
    try:
        await line.forget_recording(sid)
        await line.forget_recording(sid)
    finally:
        await line.close()


@pytest.mark.parametrize("sid", ["RE/../../x", "http://169.254.169.254/", "RE" + "1" * 31, "CA" + "1" * 32])
def test_only_the_name_of_a_recording_is_ever_asked_for(answering: Story, sandbox: Sandbox, sid: str) -> None:
    with pytest.raises(NotFound):
        asyncio.run(ask(answering, sid))
    with pytest.raises(BadInput):
        answering.do(casework.recording_made, token="x", sid=sid, seconds=1, at=AT)


def test_after_its_term_the_sound_is_removed_and_the_row_says_so(
    answering: Story, sandbox: Sandbox, claimed: Called
) -> None:
    _, li, task = claimed(ANSWERS)
    dial(answering, sandbox, task, li)
    asyncio.run(casework.fetch_recordings(answering.office, AT))
    [row] = answering.rows(Recording)
    assert casework.remove_recordings(answering.office, moment("2031-05-14 00:30")) == 0, "its last day is not over"
    assert casework.file_of(answering.office, row.id).is_file()
    assert casework.remove_recordings(answering.office, moment("2031-05-16 00:30")) == 1
    assert not casework.file_of(answering.office, row.id).exists()
    assert answering.rows(Recording)[0].state is RecordingState.removed


def test_where_it_is_switched_off_nothing_is_recorded(
    database: Database, settings: dict[str, Any], sandbox: Sandbox, receiver: Any
) -> None:
    story = Story(database, **settings, record_calls=False)
    receiver.handler = Webhooks(story).take
    story.borrower("2026-05-11", "2026-06-11", phones=[ANSWERS])
    story.plan("2026-05-13 07:00")
    li = story.agent("li", DESK)
    dial(story, sandbox, story.do(casework.next_call, li, AT).task.id, li)
    assert story.rows(Recording) == []
    assert sandbox.log("twiml.say") == []

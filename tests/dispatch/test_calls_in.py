"""Somebody calls in, with the real sandbox as carrier: the desk answers or not, and who hangs up is noted."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import web
from floor import CALLERS, Borrower, Story, moment
from sandbox_stage import ACCOUNT, TOKEN, Sandbox

from collector.casework import actions as casework
from collector.casework.actions.inbound_calls import NOBODY
from collector.casework.actions.recordings import ANNOUNCED
from collector.dispatch.rules import InboundState
from collector.dispatch.tables import InboundCall, InboundMessage, Recording
from collector.foundation.settings import Settings
from collector.history.tables import Attempt, CallbackRow
from collector.sandbox.pulling import call_in

AT = moment("2026-05-13 10:00")
LINE = CALLERS["CN"][0]
DESK, EMPTY = "+862155519999", "+8613800000001"
"""A phone that always answers: the sandbox of this folder is told so; and one that rings out."""


@dataclass
class VoiceIn:
    """Answers the carrier from the story, as the doors of the application do."""

    story: Story

    async def take(self, request: web.Request) -> web.Response:
        form = {key: str(value) for key, value in (await request.post()).items()}
        answer = await asyncio.to_thread(self._answer, request.path, form)
        return web.Response(text=answer if isinstance(answer, str) else "", content_type="text/xml")

    def _answer(self, path: str, form: dict[str, str]) -> object:
        if path.endswith("/desk"):
            with self.story.database.begin() as session:
                return casework.inbound_desk(session, sid=form["ParentCallSid"], status=form["CallStatus"], at=AT)
        if "/recording/" in path:
            made = {"call_sid": path.rpartition("/")[2], "sid": form["RecordingSid"], "at": AT}
            return self.story.do(casework.inbound_recording_made, seconds=int(form["RecordingDuration"]), **made)
        told: dict[str, Any] = {"sid": form["CallSid"], "sender": form["From"], "to": form["To"], "at": AT}
        if not path.endswith("/ended"):
            return self.story.do(casework.inbound_call, **told)
        told |= {"status": form["DialCallStatus"], "hung_up": form["CallStatus"] == "completed"}
        seconds = form.get("DialCallDuration")
        return self.story.do(casework.inbound_call_ended, seconds=int(seconds) if seconds else None, **told)


@pytest.mark.parametrize(
    ("desk", "talks", "state", "waits"),
    [
        pytest.param(DESK, 60, InboundState.over, 0, id="they talk"),
        pytest.param(EMPTY, 600, InboundState.missed, 1, id="nobody picks up"),
        pytest.param(EMPTY, 10, InboundState.abandoned, 1, id="they hang up first"),
        pytest.param(None, 60, InboundState.missed, 1, id="nobody is there"),
    ],
)
def test_a_call_comes_in(
    story: Story, sandbox: Sandbox, receiver: Any, desk: str | None, talks: int, state: InboundState, waits: int
) -> None:
    receiver.handler = VoiceIn(story).take
    li = story.agent("li", desk)
    story.sign_in(li, "2026-05-13 09:55")
    who: Borrower = story.borrower("2026-05-11", "2026-06-11", phones=["+8613800000026"], owner_id=li.user_id)
    settings = Settings(twilio_account_sid=ACCOUNT, twilio_auth_token=TOKEN, twilio_base_url=sandbox.url)
    asyncio.run(call_in(settings, who.number, LINE, talks))
    sandbox.settle()
    [call] = story.rows(InboundCall)
    assert (call.state, call.person_id) == (state, who.person_id)
    assert len(story.rows(Attempt)) == 1
    assert (len(story.rows(InboundMessage)), len(story.rows(CallbackRow))) == (waits, waits)
    if state is InboundState.over:
        assert call.user_id == li.user_id
        assert (call.seconds or 0) > 0
        assert call.answered_at == AT
    assert [entry["text"] for entry in sandbox.log("twiml.say")][:1] == ([ANNOUNCED["zh"]] if desk else [NOBODY["zh"]])
    recorded = [(row.inbound_call_id, row.agent) for row in story.rows(Recording)]
    assert recorded == ([(call.id, "user:li")] if state is InboundState.over else [])
    assert asyncio.run(casework.fetch_recordings(story.office, AT)) == len(recorded)
    assert all(casework.file_of(story.office, row.id).read_bytes()[:4] == b"RIFF" for row in story.rows(Recording))

"""At most once (security section 3): whatever is killed, dropped or held, the carrier's own record shows no message
twice, and every task is settled by what that record says."""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from floor import Story, moment
from sandbox_stage import Receiver, Sandbox

from collector.casework import actions as casework
from collector.casework.office import Office
from collector.dispatch.rules import Progress
from collector.dispatch.tables import Submission
from collector.dispatch.twilio_words import MESSAGE_PROGRESS
from collector.foundation.settings import Settings
from collector.planning.rules import TaskState
from collector.planning.tables import Task

NOW = moment("2026-05-13 09:00")
CHILD = Path(__file__).with_name("sending_child.py")
PEOPLE = 30
Due = Callable[[int], list[str]]


class Worker:
    """A process that sends, until it is killed."""

    def __init__(self, story: Story, settings: dict[str, Any]) -> None:
        address = story.database.url.render_as_string(hide_password=False)
        told = {f"COLLECTOR_{name.upper()}": value for name, value in settings.items()}
        self._process = subprocess.Popen(
            [sys.executable, str(CHILD), address, NOW.isoformat()],
            env={**os.environ, **told},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n"

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate(timeout=30)

    def finish(self) -> None:
        self._process.communicate(timeout=60)
        assert self._process.returncode == 0


def accepted(sandbox: Sandbox) -> Counter[str]:
    """Messages the carrier took, by the number they went to."""
    return Counter(entry["to"] for entry in sandbox.log("message.accepted"))


def settle(story: Story) -> None:
    """What the worker does after a crash, as hours pass: reconcile, send what is left, reconcile."""
    for minutes in (3, 3, 40):
        asyncio.run(casework.reconcile(story.office, NOW + timedelta(minutes=minutes)))
        asyncio.run(casework.send_all(story.office, lambda: NOW + timedelta(minutes=4)))


def deliver(story: Story, receiver: Receiver) -> None:
    """The webhooks that arrived while nobody listened, handed in now."""
    for told in list(receiver.told):
        if told.path.startswith("/webhooks/twilio/message-status/"):
            status = told.params["MessageStatus"]
            story.do(
                casework.message_status,
                token=told.path.rsplit("/", 1)[1],
                sid=told.params["MessageSid"],
                status=status,
                progress=MESSAGE_PROGRESS.get(status, Progress.accepted),
                error_code=None,
                at=NOW + timedelta(minutes=1),
            )


def assert_settled(story: Story, sandbox: Sandbox, numbers: list[str]) -> None:
    taken = accepted(sandbox)
    assert {number: count for number, count in taken.items() if count > 1} == {}, "no duplicates"
    tasks = {task.number: task for task in story.rows(Task) if task.state is not TaskState.cancelled}
    sids = {row.task_id: row.sid for row in story.rows(Submission)}
    assert set(tasks) == set(numbers)
    assert {number for number, task in tasks.items() if sids[task.id]} == set(taken), "ours are the carrier's"
    ends = {task.state for task in tasks.values()}
    assert ends <= {TaskState.sent, TaskState.done, TaskState.failed, TaskState.unknown}
    assert all(sids[task.id] is None for task in tasks.values() if task.state is TaskState.unknown)


@pytest.mark.parametrize("seed", range(3))
def test_killed_at_random_moments(
    story: Story, settings: dict[str, Any], sandbox: Sandbox, receiver: Receiver, due: Due, seed: int
) -> None:
    numbers, chance = due(PEOPLE), random.Random(seed)
    for _ in range(3):
        worker = Worker(story, settings)
        time.sleep(chance.uniform(0.02, 0.5))
        worker.kill()
    if seed % 2:
        deliver(story, receiver)
    settle(story)
    assert_settled(story, sandbox, numbers)


@pytest.mark.parametrize("heard", [True, False], ids=["callbacks first", "the list alone"])
def test_killed_while_the_answer_is_held(
    story: Story, settings: dict[str, Any], sandbox: Sandbox, receiver: Receiver, due: Due, heard: bool
) -> None:
    """Request sent and carried out, answer held; then killed: the receipt is never committed."""
    numbers = due(5)
    sandbox.fault("hold", times=None, on="messages")
    worker = Worker(story, settings)
    for _ in range(1000):
        if accepted(sandbox).total() == 5:
            break
        time.sleep(0.02)
    worker.kill()
    assert [task.state for task in story.tasks()] == [TaskState.sending] * 5
    sandbox.control("DELETE", "faults")
    if heard:
        receiver.wait_for(receiver.told[0].path if receiver.told else "/", 1)
        sandbox.settle()
        deliver(story, receiver)
        assert all(task.state is not TaskState.sending for task in story.tasks())
    settle(story)
    assert_settled(story, sandbox, numbers)
    assert accepted(sandbox).total() == 5


@pytest.mark.parametrize(
    ("fault", "taken"),
    [
        pytest.param({"kind": "drop"}, True, id="taken, then the line was cut"),
        pytest.param({"kind": "drop", "accepted": False}, False, id="the line was cut before it was taken"),
        pytest.param({"kind": "error"}, False, id="503, not taken"),
        pytest.param({"kind": "error", "accepted": True}, True, id="503, but taken"),
        pytest.param({"kind": "cut"}, True, id="half an answer"),
        pytest.param({"kind": "garbled"}, True, id="an answer that is no JSON"),
        pytest.param({"kind": "shapeless"}, True, id="an answer of another shape"),
    ],
)
def test_an_unclear_answer_is_never_sent_again(
    story: Story, sandbox: Sandbox, due: Due, fault: dict[str, Any], taken: bool
) -> None:
    [number] = due(1)
    sandbox.fault(on="messages", **fault)
    assert asyncio.run(casework.send_all(story.office, lambda: NOW)).unclear == 1
    settle(story)
    assert accepted(sandbox)[number] == int(taken)
    [task] = story.tasks()
    assert (task.state is not TaskState.unknown) == taken


def test_a_carrier_that_is_down_keeps_few_messages_in_doubt(story: Story, sandbox: Sandbox, due: Due) -> None:
    story.tried()
    due(80)
    sandbox.fault("drop", times=None, on="messages", accepted=False)
    first = asyncio.run(casework.send_all(story.office, lambda: NOW))
    assert 5 <= first.unclear <= 55, "a batch stops after several silences, but for those under way"
    assert first.unclear + first.put_back == 80
    second = asyncio.run(casework.send_all(story.office, lambda: NOW + timedelta(seconds=30)))
    assert (second.unclear, second.put_back) == (1, 0), "one is sent to see whether the carrier is back"
    sandbox.control("DELETE", "faults")
    third = asyncio.run(casework.send_all(story.office, lambda: NOW + timedelta(seconds=60)))
    assert third.sent == 80 - first.unclear - 1
    assert max(accepted(sandbox).values()) == 1


def test_a_busy_carrier_gets_the_message_again_later(story: Story, sandbox: Sandbox, due: Due) -> None:
    [number] = due(1)
    sandbox.fault("too_many", on="messages")
    assert asyncio.run(casework.send_all(story.office, lambda: NOW)).put_back == 1
    assert asyncio.run(casework.send_all(story.office, lambda: NOW + timedelta(seconds=15))).sent == 1
    assert accepted(sandbox) == {number: 1}
    assert next(row.progress for row in story.rows(Submission)) is Progress.refused


def test_a_key_the_carrier_does_not_know_burns_no_message(
    story: Story, settings: dict[str, Any], sandbox: Sandbox, due: Due
) -> None:
    """A no that is not about the message: all are put back, and from then on one at a time asks again."""
    numbers = due(8)
    wrong = Office(
        Settings(**{**settings, "twilio_api_secret": "of another account"}), story.database, story.office.keys
    )
    first = asyncio.run(casework.send_all(wrong, lambda: NOW))
    assert (first.put_back, first.refused_by_carrier) == (8, 0)
    again = asyncio.run(casework.send_all(wrong, lambda: NOW + timedelta(seconds=15)))
    assert again.put_back == 1
    mended = asyncio.run(casework.send_all(story.office, lambda: NOW + timedelta(seconds=30)))
    assert mended.sent == 8
    assert accepted(sandbox) == Counter(numbers)


def test_a_message_that_still_waits_at_the_carrier_is_found_on_its_list(
    story: Story, sandbox: Sandbox, due: Due
) -> None:
    """The carrier took it and has a long queue: its list shows no date of sending yet."""
    due(1)
    sandbox.control("POST", "time", {"speed": 1e-6})
    sandbox.fault("drop", on="messages")
    assert asyncio.run(casework.send_all(story.office, lambda: NOW)).unclear == 1
    found = asyncio.run(casework.reconcile(story.office, NOW + timedelta(minutes=3)))
    assert (found.found, found.waiting) == (1, 0)
    assert [task.state for task in story.tasks()] == [TaskState.sent]

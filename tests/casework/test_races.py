"""Two at once: the last permitted contact is placed by one of them, and nobody waits in a ring."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from floor import Borrower, Story, moment
from racing import at_once, tighten, twin

from collector.casework import actions as casework
from collector.dispatch.memory import MemoryCarrier
from collector.history.rules import Channel, Outcome
from collector.identity.rules import COMMAND_LINE
from collector.planning.rules import TaskState
from collector.planning.tables import Task

ROUNDS = 4


def states(story: Story, people: Sequence[Borrower]) -> list[list[TaskState]]:
    return [sorted(row.state for row in story.rows(Task, Task.person_id == who.person_id)) for who in people]


def test_two_agents_can_not_both_place_the_last_permitted_call(story: Story) -> None:
    tighten(story, "HOUSE-DIALS-PERSON", 1)
    people = [story.borrower("2026-05-11", "2026-06-11") for _ in range(ROUNDS)]
    story.plan("2026-05-13 07:00")
    for who in people:
        twin(story, who)
    agents = [story.agent(f"agent{number}") for number in range(2 * ROUNDS)]
    now = moment("2026-05-13 09:00")
    claimed = at_once(*(lambda agent=agent: story.do(casework.next_call, agent, now) for agent in agents))
    assert sorted(one.task.person_id for one in claimed if one is not None) == sorted(who.person_id for who in people)
    assert states(story, people) == [[TaskState.cancelled, TaskState.claimed]] * ROUNDS


def test_two_workers_can_not_both_send_the_last_permitted_message(story: Story) -> None:
    people = [story.borrower("2026-05-12", "2026-06-11") for _ in range(ROUNDS)]
    story.plan("2026-05-13 07:00")
    for who in people:
        twin(story, who)
    lines = [MemoryCarrier(), MemoryCarrier()]
    at_once(*(lambda line=line: story.send("2026-05-13 09:00", line) for line in lines))
    story.send("2026-05-13 09:00", lines[0])  # for whom the other one held
    sent = sorted(message.to for line in lines for message, _ in line.sent)
    assert sent == sorted(who.number for who in people)


def test_events_about_the_same_people_while_messages_are_claimed_never_lock_up(story: Story) -> None:
    people = [story.borrower("2026-05-12", "2026-06-11") for _ in range(6)]
    story.plan("2026-05-13 07:00")
    now = moment("2026-05-13 09:00")

    def events(ours: Sequence[Borrower]) -> None:
        for who in ours:
            story.do(casework.says_paid, account_id=who.account_id, at=now, actor=COMMAND_LINE)

    def sends() -> None:
        asyncio.run(casework.send_all(story.office, lambda: now, carrier=MemoryCarrier()))

    at_once(lambda: events(people), lambda: events(people[::-1]), sends, sends)
    assert all(task.state in (TaskState.sent, TaskState.cancelled) for task in story.rows(Task))
    assert all(len(story.facts(who, "2026-05-13 09:01").body.standing) == 1 for who in people)


def test_one_outcome_when_carrier_and_agent_speak_at_once(story: Story) -> None:
    who = story.borrower("2026-05-11", "2026-06-11")
    story.plan("2026-05-13 07:00")
    li, now = story.agent("li"), moment("2026-05-13 09:00")
    task = story.do(casework.next_call, li, now).task.id
    at_once(
        *(
            lambda actor=actor: story.do(casework.record_outcome, task, Outcome.no_answer, now, actor=actor)
            for actor in (li, COMMAND_LINE, li)
        )
    )
    assert [event.kind for event in story.facts(who, "2026-05-13 09:01").body.events] == [Channel.call]

"""Agents say whether they take calls; what else they are doing follows from the call they have in hand."""

from __future__ import annotations

import asyncio

import pytest
from floor import CALLERS, Borrower, Story, moment

from collector.audit.tables import AuditEntry
from collector.casework import actions as casework
from collector.casework.views.agents import Agent, agents
from collector.dispatch.actions import OnBreak
from collector.dispatch.rules import AgentState
from collector.dispatch.tables import AgentStateRow, Submission
from collector.foundation.errors import BadInput, Forbidden
from collector.history.rules import Outcome
from collector.history.tables import Attempt
from collector.identity.rules import COMMAND_LINE, EVERYTHING, Actor, Scope
from collector.identity.tables import UserSession
from collector.planning.tables import Task

NINE = "2026-05-13 09:00"
OWN, STAND_IN = "+862155519991", "+862155519992"


def choose(story: Story, agent: Actor, state: AgentState, at: str = NINE) -> None:
    with story.database.begin() as session:
        casework.choose_state(session, state, moment(at), agent)


def next_call(story: Story, agent: Actor, at: str = NINE) -> int | None:
    claimed = story.do(casework.next_call, agent, moment(at))
    return claimed.task.id if claimed else None


def seen(story: Story, at: str, scope: Scope = EVERYTHING) -> dict[str, Agent]:
    with story.database.read() as session:
        return {one.name: one for one in agents(session, scope, moment(at), "Asia/Shanghai")}


def sign_in(story: Story, agent: Actor, at: str, seen_at: str) -> None:
    with story.database.begin() as session:
        begun, last = moment(at), moment(seen_at)
        session.add(UserSession(token_hash="x", user_id=agent.user_id or 0, csrf="x", created_at=begun, seen_at=last))


@pytest.fixture
def late(story: Story) -> Borrower:
    """Two days late: to be called this morning."""
    who = story.borrower("2026-05-11", "2026-06-11")
    story.plan("2026-05-13 07:00")
    return who


def test_who_is_on_a_break_is_handed_no_call_until_they_are_ready(story: Story, late: Borrower) -> None:
    li = story.agent("li")
    choose(story, li, AgentState.on_break)
    with pytest.raises(OnBreak, match="You are on a break"):
        next_call(story, li)
    assert [task.claimed_by for task in story.tasks(late)] == [None]
    choose(story, li, AgentState.ready)
    assert next_call(story, li) is not None


def test_a_break_takes_nobody_elses_calls_away_and_leaves_the_call_in_hand(story: Story, late: Borrower) -> None:
    li, wu = story.agent("li"), story.agent("wu")
    choose(story, wu, AgentState.on_break)
    held = next_call(story, li)
    assert held is not None
    choose(story, li, AgentState.on_break)
    assert next_call(story, li) == held


def test_every_choice_is_a_row_of_its_own_and_a_second_click_none(story: Story) -> None:
    li = story.agent("li")
    for state in (AgentState.on_break, AgentState.on_break, AgentState.ready, AgentState.on_break):
        choose(story, li, state)
    assert [row.state for row in story.rows(AgentStateRow)] == ["break", "ready", "break"]
    told = story.rows(AuditEntry, AuditEntry.action == "agent.state")
    assert [(row.actor, row.subject, row.detail["state"]) for row in told] == [
        ("user:li", f"user:{li.user_id}", state) for state in ("break", "ready", "break")
    ]


@pytest.mark.parametrize("state", [AgentState.on_call, AgentState.wrap_up, AgentState.signed_out])
def test_what_follows_from_a_call_is_not_chosen(story: Story, state: AgentState) -> None:
    with pytest.raises(BadInput, match="choose ready or break"):
        choose(story, story.agent("li"), state)


def test_only_people_have_breaks(story: Story) -> None:
    with pytest.raises(Forbidden):
        choose(story, COMMAND_LINE, AgentState.on_break)


def test_an_inbound_call_is_not_offered_to_somebody_on_a_break(story: Story) -> None:
    li, wu = story.agent("li", OWN), story.agent("wu", STAND_IN)
    who = story.borrower("2026-05-11", owner_id=li.user_id, standby_id=wu.user_id)
    story.sign_in(li, "2026-05-13 09:55")
    story.sign_in(wu, "2026-05-13 09:55")

    def answer(sid: str) -> str:
        given: str = story.do(
            casework.inbound_call, sid=sid, sender=who.number, to=CALLERS["CN"][0], at=moment("2026-05-13 10:00")
        )
        return given

    def give_up(sid: str) -> None:
        gone = {"sid": sid, "sender": who.number, "to": CALLERS["CN"][0], "status": "no-answer", "hung_up": True}
        story.do(casework.inbound_call_ended, at=moment("2026-05-13 10:00"), **gone)

    assert OWN in answer("CA1")
    give_up("CA1")
    choose(story, li, AgentState.on_break)
    assert STAND_IN in answer("CA2")
    give_up("CA2")
    choose(story, wu, AgentState.on_break)
    assert "<Say" in answer("CA3")
    choose(story, li, AgentState.ready, "2026-05-13 09:30")
    assert OWN in answer("CA4")


def test_on_a_call_then_wrap_up_then_ready(story: Story, late: Borrower) -> None:
    li = story.agent("li", OWN)
    task_id = next_call(story, li)
    assert task_id is not None
    held = seen(story, "2026-05-13 09:01")["li"]
    assert (held.state, held.key, held.account_id) == (AgentState.ready, "CN/L-1", late.account_id)
    asyncio.run(casework.start_call(story.office, task_id, li, moment("2026-05-13 09:02"), story.carrier))
    on_call = seen(story, "2026-05-13 09:03")["li"]
    assert (on_call.state, on_call.since) == (AgentState.on_call, moment("2026-05-13 09:02"))
    [row] = story.rows(Submission)
    begun = {"token": row.token, "call_sid": "CA1", "at": moment("2026-05-13 09:03")}
    assert "<Dial" in story.do(casework.dial_script, **begun)
    ended = {"token": row.token, "sid": "CB", "status": "completed", "seconds": 90, "at": moment("2026-05-13 09:05")}
    story.do(casework.dial_result, **ended)
    wrap_up = seen(story, "2026-05-13 09:06")["li"]
    assert (wrap_up.state, wrap_up.since, wrap_up.worked) == (AgentState.wrap_up, moment("2026-05-13 09:05"), 0)
    story.do(casework.record_outcome, task_id, Outcome.right_party, moment("2026-05-13 09:08"), actor=li)
    assert seen(story, "2026-05-13 10:08")["li"].state is AgentState.signed_out
    sign_in(story, li, "2026-05-13 08:55", seen_at="2026-05-13 10:00")
    done = seen(story, "2026-05-13 10:08")["li"]
    assert (done.state, done.since, done.key) == (AgentState.ready, moment("2026-05-13 09:08"), "")
    assert (done.worked, done.reached, done.pace) == (1, 1, 1.0), "an hour after the first"


def test_a_call_that_the_carrier_proved_is_the_agents_work_and_counts_once(story: Story, late: Borrower) -> None:
    li = story.agent("li", OWN)
    task_id = next_call(story, li)
    assert task_id is not None
    asyncio.run(casework.start_call(story.office, task_id, li, moment("2026-05-13 09:02"), story.carrier))
    [row] = story.rows(Submission)
    story.do(casework.dial_script, token=row.token, call_sid="CA1", at=moment("2026-05-13 09:03"))
    silent = {"token": row.token, "sid": "CB", "status": "no-answer", "seconds": None}
    story.do(casework.dial_result, **silent, at=moment("2026-05-13 09:04"))
    assert [task.state for task in story.rows(Task, Task.id == task_id)] == ["done"]
    proven = seen(story, "2026-05-13 09:30")["li"]
    assert (proven.worked, proven.reached) == (1, 0)
    story.do(casework.record_outcome, task_id, Outcome.right_party, moment("2026-05-13 09:10"), actor=li)
    assert len(story.rows(Attempt)) == 1
    corrected = seen(story, "2026-05-13 09:30")["li"]
    assert (corrected.worked, corrected.reached) == (1, 1)


def test_another_scope_sees_neither_the_account_nor_the_work(story: Story, late: Borrower) -> None:
    li = story.agent("li")
    task_id = next_call(story, li)
    assert task_id is not None
    elsewhere = Scope(frozenset({story.us}))
    held = seen(story, "2026-05-13 09:01", elsewhere)["li"]
    assert (held.key, held.account_id) == ("", None)
    story.do(casework.record_outcome, task_id, Outcome.no_answer, moment("2026-05-13 09:02"), actor=li)
    assert seen(story, "2026-05-13 09:03", elsewhere)["li"].worked == 0
    assert seen(story, "2026-05-13 09:03")["li"].worked == 1

"""Letters sent and visits made, as a person reports them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from floor import STRATEGY, Borrower, Story, moment

from collector.audit.tables import AuditEntry
from collector.casework import actions as casework
from collector.casework.actions import PaperDone
from collector.facts import actions as facts
from collector.foundation.errors import BadInput, Conflict, NotFound
from collector.history import actions as history
from collector.history.rules import Channel, HoldScope, StopKind
from collector.history.tables import Attempt
from collector.identity.rules import COMMAND_LINE
from collector.planning.rules import Moment, TaskState
from collector.planning.tables import Refusal
from collector.strategy.actions import publish

CALL = "{day: 2, channel: call, slot: morning, tone: courteous}"
NOON = moment("2026-05-13 12:00")


def to_do(story: Story, channel: Channel) -> tuple[Borrower, int]:
    """Somebody two days late, and the letter or visit that is due."""
    begun = moment("2026-01-02 00:00")
    text = STRATEGY.replace(CALL, f"{{day: 2, channel: {channel}, template: demand, tone: formal}}")
    with story.database.begin() as session:
        publish(session, text, [None], "tests", "tests", begun, begun, story.office.catalogue)
    who = story.borrower("2026-05-11", "2026-06-11")
    story.plan("2026-05-13 07:00")
    [task] = story.tasks(who, channel)
    return who, task.id or 0


def done(story: Story, task: int, note: str | None = None, at: datetime = NOON) -> PaperDone:
    found: PaperDone = story.do(casework.paper_done, task, at, actor=COMMAND_LINE, note=note)
    return found


@pytest.mark.parametrize(
    ("channel", "note"),
    [
        pytest.param(Channel.letter, None, id="a letter"),
        pytest.param(Channel.letter, "RR 1234", id="a letter with its posting number"),
        pytest.param(Channel.visit, "nobody at home; neighbours know him", id="a visit with its report"),
    ],
)
def test_it_is_recorded_once(story: Story, channel: Channel, note: str | None) -> None:
    who, task = to_do(story, channel)
    first, again = done(story, task, note), done(story, task, note, moment("2026-05-13 12:05"))
    assert first == again, "a double click"
    [attempt] = [row for row in story.rows(Attempt) if row.channel is channel]
    assert (attempt.id, attempt.at, attempt.text, attempt.step) == (first.attempt, NOON, note, "plain/2")
    assert [row.state for row in story.tasks(who, channel)] == [TaskState.done]
    account = story.facts(who, "2026-05-13 12:06").accounts[0]
    assert (account.step, account.touched_on) == ("plain/2", attempt.day)
    judged = story.rows(AuditEntry, AuditEntry.action == "gate.judged")
    assert [(row.actor, row.subject, row.detail["answer"]) for row in judged] == [("cli", f"task:{task}", "allow")]


def cease(story: Story, who: Borrower) -> None:
    """Written down by a desk that has not followed up yet."""
    with story.database.begin() as session:
        history.stop(session, kind=StopKind.cease, at=NOON, actor=COMMAND_LINE, person_id=who.person_id)
        facts.refresh(session, [who.person_id], NOON)


def red_switch(story: Story, _who: Borrower) -> None:
    story.do(casework.hold, scope=HoldScope.portfolio, portfolio_id=story.cn, at=NOON, actor=COMMAND_LINE)


@pytest.mark.parametrize(
    ("forbid", "rule"),
    [pytest.param(cease, "HOUSE-CEASE", id="told to cease"), pytest.param(red_switch, "HOUSE-HOLD", id="red switch")],
)
def test_what_the_gate_does_not_allow_is_told_and_stored(
    story: Story, forbid: Callable[[Story, Borrower], None], rule: str
) -> None:
    who, task = to_do(story, Channel.letter)
    forbid(story, who)
    result = done(story, task)
    with pytest.raises(Conflict, match=rule):
        result.require()
    assert [row.task_id for row in story.rows(Refusal, Refusal.moment == Moment.claim)] == [task]
    assert (result.attempt, story.rows(Attempt)) == (None, [])
    with pytest.raises(Conflict, match="closed"):
        done(story, task)


def test_a_visit_needs_its_report(story: Story) -> None:
    _, task = to_do(story, Channel.visit)
    with pytest.raises(BadInput, match="report"):
        done(story, task, " ")


def test_a_call_is_not_done_this_way_and_an_old_plan_is_over(story: Story) -> None:
    _, task = to_do(story, Channel.letter)
    story.plan("2026-05-14 07:00")
    with pytest.raises(Conflict, match="closed"):
        done(story, task, at=moment("2026-05-14 09:00"))
    call = story.borrower("2026-05-09", "2026-06-09")
    story.plan("2026-05-14 07:30")
    [other] = story.tasks(call, Channel.call)
    with pytest.raises(Conflict, match="a call has an outcome"):
        done(story, other.id or 0, at=moment("2026-05-14 09:00"))
    with pytest.raises(NotFound):
        done(story, 999)

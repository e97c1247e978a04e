"""Calls: taken, ended, corrected; what each outcome means; two agents at one list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from floor import Borrower, Story, moment

from collector.casework import actions as casework
from collector.foundation.errors import Conflict
from collector.history.rules import Channel, Outcome, StopKind
from collector.history.tables import Attempt, Hold, OutcomeRow, Stop
from collector.identity.rules import COMMAND_LINE, Actor
from collector.planning.rules import TaskState
from collector.portfolio.rules import ContactOwner, ContactStatus
from collector.portfolio.tables import ContactPoint

NINE, TEN = "2026-05-13 09:00", "2026-05-13 10:00"


def next_call(story: Story, agent: Actor, at: str = NINE) -> int | None:
    claimed = story.do(casework.next_call, agent, moment(at))
    return claimed.task.id if claimed else None


def ended(story: Story, agent: Actor, task: int, outcome: Outcome, at: str = TEN) -> None:
    story.do(casework.record_outcome, task, outcome, moment(at), actor=agent)


@pytest.fixture
def late(story: Story) -> Borrower:
    """Two days late: to be called this morning."""
    who = story.borrower("2026-05-11", "2026-06-11", phones=["+8613800000001", "+8613800000002"])
    story.plan("2026-05-13 07:00")
    return who


def test_asked_again_the_same_call_is_held_and_nobody_else_gets_it(story: Story, late: Borrower) -> None:
    li, wu = story.agent("li"), story.agent("wu")
    first = next_call(story, li)
    assert first is not None
    assert next_call(story, li) == first, "a double click"
    assert next_call(story, wu) is None
    story.do(casework.release, first, moment(NINE), li)
    assert next_call(story, wu) is not None


def test_an_outcome_ends_the_task_and_becomes_a_fact(story: Story, late: Borrower) -> None:
    li = story.agent("li")
    task = next_call(story, li)
    assert task is not None
    ended(story, li, task, Outcome.no_answer)
    assert story.tasks(late)[0].state is TaskState.done
    phone = story.facts(late, TEN).body.phones[0]
    assert [(call.slot, call.outcome) for call in phone.round] == [("morning", Outcome.no_answer)]
    ended(story, li, task, Outcome.no_answer, "2026-05-13 10:01")
    assert len(story.rows(OutcomeRow)) == 1, "a double click"
    assert len(story.rows(Attempt)) == 1


def _stranger(story: Story, who: Borrower) -> object:
    return [(row.status, row.owner) for row in story.rows(ContactPoint, ContactPoint.id == who.points[0])]


def _dead(story: Story, who: Borrower) -> object:
    return [row.kind for row in story.rows(Stop) if row.lifted_at is None]


def _quiet(story: Story, who: Borrower) -> object:
    return [row.account_id == who.account_id for row in story.rows(Hold) if row.lifted_at is None]


@pytest.mark.parametrize(
    ("outcome", "look", "changed", "unchanged"),
    [
        pytest.param(
            Outcome.wrong_number,
            _stranger,
            [(ContactStatus.wrong, ContactOwner.stranger)],
            [(ContactStatus.active, ContactOwner.own)],
            id="a stranger owns the number",
        ),
        pytest.param(Outcome.deceased, _dead, [StopKind.deceased], [], id="nobody is called any more"),
        pytest.param(Outcome.says_paid, _quiet, [True], [], id="the account is quiet"),
    ],
)
def test_an_outcome_has_its_consequence_and_a_correction_takes_it_back(
    story: Story, late: Borrower, outcome: Outcome, look: Callable[..., Any], changed: object, unchanged: object
) -> None:
    li = story.agent("li")
    task = next_call(story, li)
    assert task is not None
    ended(story, li, task, outcome)
    assert look(story, late) == changed
    ended(story, li, task, Outcome.no_answer, "2026-05-13 10:02")
    assert look(story, late) == unchanged
    assert [row.outcome for row in story.rows(OutcomeRow)] == [outcome, Outcome.no_answer], "both stay on record"
    assert story.facts(late, "2026-05-13 10:03").body.phones[0].last_outcome is Outcome.no_answer


def test_a_call_that_outlasted_its_lease_still_counts(story: Story, late: Borrower) -> None:
    li, wu = story.agent("li"), story.agent("wu")
    task = next_call(story, li)
    assert task is not None
    story.sweep("2026-05-13 09:30")
    assert story.tasks(late)[0].state is TaskState.planned, "the lease ran out"
    with pytest.raises(Conflict):
        ended(story, wu, task, Outcome.no_answer)
    ended(story, li, task, Outcome.right_party)
    assert story.tasks(late)[0].state is TaskState.done


def test_what_was_not_called_in_its_window_is_called_in_the_next_one(story: Story, late: Borrower) -> None:
    assert [task.slot for task in story.tasks(late, Channel.call)] == ["morning"]
    assert story.sweep("2026-05-13 12:05").tasks_expired == 1
    now, then = story.tasks(late, Channel.call)[-1], "2026-05-13 12:10"
    assert (now.slot, now.state) == ("afternoon", TaskState.planned)
    assert story.sweep(then).people == 0, "once"


def test_a_call_that_outlasted_its_window_still_counts(story: Story, late: Borrower) -> None:
    li = story.agent("li")
    task = next_call(story, li, "2026-05-13 11:55")
    assert task is not None
    story.sweep("2026-05-13 12:05")
    assert story.tasks(late)[0].state is TaskState.expired
    ended(story, li, task, Outcome.right_party, "2026-05-13 12:10")
    assert story.tasks(late)[0].state is TaskState.expired
    assert [event.outcome for event in story.facts(late, "2026-05-13 12:11").body.events] == [Outcome.right_party] * 2


def test_an_outcome_of_a_call_that_nobody_took_is_refused(story: Story, late: Borrower) -> None:
    [task] = story.tasks(late)
    with pytest.raises(Conflict, match="not taken"):
        ended(story, COMMAND_LINE, task.id or 0, Outcome.no_answer)
    li, wu = story.agent("li"), story.agent("wu")
    next_call(story, li)
    with pytest.raises(Conflict, match="someone else"):
        ended(story, wu, task.id or 0, Outcome.no_answer)


def test_a_failure_of_our_own_counts_for_nothing(story: Story, late: Borrower) -> None:
    li = story.agent("li")
    task = next_call(story, li)
    assert task is not None
    ended(story, li, task, Outcome.failed)
    facts = story.facts(late, TEN)
    assert (facts.body.events, facts.body.phones[0].round) == ((), ())
    assert next_call(story, li, TEN) not in (None, task), "planned anew"


def test_a_dispute_after_the_claim_closes_the_gate_at_the_next_look(story: Story, late: Borrower) -> None:
    li = story.agent("li")
    assert next_call(story, li) is not None
    story.do(casework.dispute, account_id=late.account_id, reason="not mine", at=moment("2026-05-13 09:05"), actor=li)
    assert next_call(story, li, "2026-05-13 09:06") is None
    assert [task.state for task in story.tasks(late)] == []

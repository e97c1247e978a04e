"""An account moves up, never silently down (handbook section 5)."""

from __future__ import annotations

import pytest
from floor import AMOUNT, STRATEGY, Borrower, Story, moment

from collector.casework import actions as casework
from collector.casework.queries import explain
from collector.facts.actions import verify
from collector.foundation.errors import BadInput, Conflict
from collector.history.rules import Outcome
from collector.history.tables import LevelLowered
from collector.identity.rules import COMMAND_LINE, Level
from collector.strategy.actions import publish

LATE = "  - {name: late, "
BY_BUCKET = STRATEGY.replace(
    LATE, LATE.replace("late", "m2") + "when: {bucket: [M2]}, stage: maturity, level: middle, cadence: plain}\n" + LATE
).replace("    - {day: 20,", "    - {day: 33, channel: call}\n    - {day: 20,")


@pytest.fixture
def worked(story: Story) -> Borrower:
    """In M2, called there by a middle collector; then the oldest instalment was paid, and it is in M1 again."""
    begun = moment("2026-01-02 00:00")
    with story.database.begin() as session:
        publish(session, BY_BUCKET, [None], "tests", "tests", begun, begun, story.office.catalogue)
    who = story.borrower("2026-04-10", "2026-05-10", "2026-06-10")
    story.plan("2026-05-13 07:00")
    call = story.do(casework.next_call, story.agent("li"), moment("2026-05-13 09:00")).task
    assert call.level == "middle"
    story.do(casework.record_outcome, call.id, Outcome.right_party, moment("2026-05-13 10:00"), actor=COMMAND_LINE)
    story.pay(who, AMOUNT, "2026-05-14 09:00")
    return who


def level(story: Story, who: Borrower, at: str) -> str:
    with story.database.read() as session:
        return str(explain(session, story.office, f"CN/L-{who.person_id}", moment(at))["level"])


def planned(story: Story, who: Borrower, day: str) -> list[str]:
    story.plan(f"{day} 07:00")
    return [task.level for task in story.tasks(who) if task.not_before >= moment(f"{day} 07:00")]


def lower(story: Story, who: Borrower, to: Level = Level.primary, reason: str = "calm now") -> None:
    at = moment("2026-05-15 09:00")
    story.do(casework.lower_level, account_id=who.account_id, level=to, reason=reason, at=at, actor=COMMAND_LINE)


def test_a_part_payment_does_not_lower_it(story: Story, worked: Borrower) -> None:
    assert level(story, worked, "2026-05-15 09:00") == "middle"
    assert planned(story, worked, "2026-05-19") == ["middle"]
    with story.database.read() as session:
        assert verify(session) == []


def test_a_supervisor_lowers_it_once_with_a_reason(story: Story, worked: Borrower) -> None:
    with pytest.raises(BadInput, match="say why"):
        lower(story, worked, reason=" ")
    lower(story, worked)
    lower(story, worked)
    assert [row.reason for row in story.rows(LevelLowered)] == ["calm now"], "a double click"
    assert level(story, worked, "2026-05-15 09:30") == "primary"
    assert planned(story, worked, "2026-05-19") == ["primary"]
    assert level(story, worked, "2026-05-14 10:00") == "middle", "what it was before stays so"
    with story.database.read() as session:
        assert verify(session) == []


def test_what_was_not_worked_higher_can_not_be_lowered(story: Story, worked: Borrower) -> None:
    with pytest.raises(Conflict, match="nothing to lower"):
        lower(story, worked, Level.middle)


def test_a_cured_account_begins_anew(story: Story, worked: Borrower) -> None:
    story.pay(worked, AMOUNT, "2026-05-16 09:00")
    assert level(story, worked, "2026-05-16 10:00") == "primary"
    assert level(story, worked, "2026-06-12 10:00") == "primary"


def test_a_call_that_never_rang_raised_nothing(story: Story, worked: Borrower) -> None:
    call = next(task for task in story.tasks(worked) if task.attempt_id is not None)
    story.do(casework.record_outcome, call.id, Outcome.failed, moment("2026-05-14 10:00"), actor=COMMAND_LINE)
    assert level(story, worked, "2026-05-15 09:00") == "primary"

"""Who says it is paid stays a task of operations until the money was looked for, or arrived (handbook section 7)."""

from __future__ import annotations

import pytest
from floor import AMOUNT, Borrower, Story, moment

from collector.audit.tables import AuditEntry
from collector.casework import actions as casework
from collector.casework.views import queues
from collector.foundation.errors import Conflict, NotFound
from collector.history.rules import HoldScope, Outcome
from collector.history.tables import Hold
from collector.identity.rules import COMMAND_LINE, EVERYTHING
from collector.portfolio.rules import PaymentState
from collector.portfolio.tables import PaymentRow

SAID = moment("2026-05-13 10:00")


@pytest.fixture
def who(story: Story) -> Borrower:
    found = story.borrower("2026-05-11", "2026-06-11")
    story.do(casework.says_paid, account_id=found.account_id, at=SAID, actor=COMMAND_LINE)
    return found


def waiting(story: Story) -> list[int]:
    with story.database.read() as session:
        return [one.account_id for one in queues.says_paid(session, EVERYTHING)]


def answer(story: Story, found: bool) -> None:
    [hold] = story.rows(Hold, Hold.scope == HoldScope.account)
    at = moment("2026-05-20 10:00")
    story.do(casework.answer_says_paid, hold_id=hold.id, found=found, at=at, actor=COMMAND_LINE)


def test_it_outlives_the_quiet(story: Story, who: Borrower) -> None:
    story.sweep("2026-05-25 09:00")
    assert waiting(story) == [who.account_id]


@pytest.mark.parametrize("found", [True, False])
def test_somebody_of_operations_closes_it_once(story: Story, who: Borrower, found: bool) -> None:
    answer(story, found)
    answer(story, found)
    assert waiting(story) == []
    assert len(story.rows(AuditEntry, AuditEntry.action == "says_paid.answered")) == 1, "a double click"
    with pytest.raises(Conflict, match="already"):
        answer(story, not found)


def test_a_payment_that_arrives_closes_it_and_its_reversal_opens_it_again(story: Story, who: Borrower) -> None:
    story.pay(story.borrower("2026-05-11"), AMOUNT, "2026-05-14 09:00")
    assert waiting(story) == [who.account_id], "somebody else's payment"
    number = story.pay(who, AMOUNT, "2026-05-14 09:30")
    assert waiting(story) == []
    with story.database.begin() as session:
        session.get_one(PaymentRow, number).state = PaymentState.reversed
    assert waiting(story) == [who.account_id]


def test_what_was_paid_before_it_was_said_is_no_answer(story: Story) -> None:
    found = story.borrower("2026-05-11", "2026-06-11")
    story.pay(found, 100, "2026-05-12 09:30")
    story.do(casework.says_paid, account_id=found.account_id, at=SAID, actor=COMMAND_LINE)
    assert waiting(story) == [found.account_id]


def test_a_corrected_outcome_leaves_nothing_to_look_for(story: Story) -> None:
    story.borrower("2026-05-11", "2026-06-11")
    story.plan("2026-05-13 07:00")
    call = story.do(casework.next_call, story.agent("li"), moment("2026-05-13 09:00")).task
    for minute, outcome in ((1, Outcome.says_paid), (2, Outcome.no_answer)):
        at = moment(f"2026-05-13 09:0{minute}")
        story.do(casework.record_outcome, call.id, outcome, at, actor=COMMAND_LINE)
        assert len(waiting(story)) == (outcome is Outcome.says_paid)


def test_another_hold_is_nothing_to_look_for(story: Story, who: Borrower) -> None:
    story.do(casework.hold, scope=HoldScope.person, person_id=who.person_id, at=SAID, actor=COMMAND_LINE)
    [row] = story.rows(Hold, Hold.scope == HoldScope.person)
    with pytest.raises(NotFound):
        story.do(casework.answer_says_paid, hold_id=row.id, found=True, at=SAID, actor=COMMAND_LINE)

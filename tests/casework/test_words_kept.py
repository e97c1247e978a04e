"""Promises, rests, stops and hand-overs, told as stories."""

from __future__ import annotations

import pytest
from floor import AMOUNT, STRATEGY, Borrower, Story, moment

from collector.casework import actions as casework
from collector.history.rules import Channel, HoldScope, Outcome, PromiseState, ReferralKind, ReferralState, StopKind
from collector.history.tables import Attempt, Promise, Referral, Stop
from collector.identity.rules import COMMAND_LINE
from collector.planning.rules import TaskState
from collector.portfolio.tables import ContactPoint
from collector.strategy.actions import publish

DUE = "2026-05-14 18:00"


@pytest.fixture
def late(story: Story) -> Borrower:
    who = story.borrower("2026-05-11", "2026-06-11")
    story.loaded_until("2026-05-13 06:00")
    story.plan("2026-05-13 07:00")
    return who


def promised(
    story: Story, who: Borrower, amount: int = AMOUNT, due: str = DUE, agreed: str = "2026-05-13 09:00"
) -> None:
    story.do(
        casework.make_promise,
        account_id=who.account_id,
        amount=amount,
        due_at=moment(due),
        at=moment(agreed),
        actor=COMMAND_LINE,
    )


def state(story: Story) -> PromiseState:
    return story.rows(Promise)[0].state


def test_a_promise_silences_and_is_broken_only_once_payments_cover_its_deadline(story: Story, late: Borrower) -> None:
    assert [task.channel for task in story.tasks(late)] == [Channel.call]
    promised(story, late)
    assert story.tasks(late) == [], "nothing is asked while a promise covers enough"
    assert story.sweep("2026-05-14 19:00").promises_broken == 0
    story.loaded_until("2026-05-14 23:00")
    assert story.sweep("2026-05-15 08:00").promises_broken == 0, "the banking day has not passed"
    story.loaded_until("2026-05-15 18:30")
    assert story.sweep("2026-05-15 19:00").promises_broken == 1
    assert story.sweep("2026-05-15 19:01").promises_broken == 0
    story.plan("2026-05-16 07:00")
    assert {task.purpose for task in story.tasks(late) if task.state is TaskState.planned} == {"broken_promise"}
    assert story.send("2026-05-16 09:30").sent == 1, "and it is told so"


def test_a_broken_promise_is_no_news_once_another_was_agreed_after_it(story: Story, late: Borrower) -> None:
    promised(story, late)
    promised(story, late, amount=AMOUNT // 10, due="2026-05-20 18:00", agreed="2026-05-15 10:00")
    story.loaded_until("2026-05-15 18:30")
    assert story.sweep("2026-05-15 19:00").promises_broken == 1, "it counts"
    story.plan("2026-05-16 07:00")
    asked = {task.purpose for task in story.tasks(late) if task.state is TaskState.planned}
    assert asked == {"collect"}, "and nobody is told of it after they talked"


def test_how_many_banking_days_payments_may_take_is_the_strategys_to_say(story: Story, late: Borrower) -> None:
    text = STRATEGY.replace("banking_days: 1", "banking_days: 2")
    with story.database.begin() as session:
        now = moment("2026-05-13 08:00")
        publish(session, text, [None], "tests", "slow bank", now, now, story.office.catalogue)
    promised(story, late)
    story.loaded_until("2026-05-15 18:30")
    story.follow(late, "2026-05-15 18:40")
    assert (story.sweep("2026-05-15 19:00").promises_broken, state(story)) == (0, PromiseState.open)
    story.loaded_until("2026-05-18 18:00")
    assert story.sweep("2026-05-18 18:30").promises_broken == 1, "Thursday, Friday, Monday"


def test_a_promise_is_kept_by_payments_dated_in_time(story: Story, late: Borrower) -> None:
    promised(story, late)
    story.pay(late, AMOUNT // 2, "2026-05-13 20:00")
    assert state(story) is PromiseState.partial
    story.pay(late, AMOUNT // 2, "2026-05-14 17:59")
    assert state(story) is PromiseState.kept


def test_a_promise_far_ahead_needs_a_supervisor(story: Story, late: Borrower) -> None:
    with pytest.raises(casework.NeedsApproval):
        promised(story, late, due="2026-05-30 12:00")


def test_the_red_switch_acts_at_the_next_claim_and_leaves_the_plan_untouched(story: Story, late: Borrower) -> None:
    li, at = story.agent("li"), moment("2026-05-13 09:00")
    hold = story.do(casework.hold, scope=HoldScope.everything, at=at, actor=COMMAND_LINE)
    assert story.do(casework.next_call, li, at) is None
    assert story.tasks(late)[0].state is TaskState.planned
    story.do(casework.lift_hold, hold.id, moment("2026-05-13 09:05"), COMMAND_LINE)
    assert story.do(casework.next_call, li, moment("2026-05-13 09:05")) is not None


@pytest.mark.parametrize(
    ("word", "channel"),
    [
        pytest.param("STOP", Channel.sms, id="STOP"),
        pytest.param("退订", Channel.sms, id="退订"),
        pytest.param("ＴＤ！", Channel.sms, id="wide letters"),
        pytest.param("不要再打电话给我", None, id="no calls either"),
    ],
)
def test_a_stop_word_acts_at_once_and_is_confirmed_once(story: Story, word: str, channel: Channel | None) -> None:
    who = story.borrower("2026-05-12", "2026-06-11")
    story.plan("2026-05-13 07:00")
    told = {"sender": who.number, "to": "+862155510001", "body": word, "at": moment("2026-05-13 08:00")}
    assert story.do(casework.inbound_sms, sid="SM1", **told)
    assert story.do(casework.inbound_sms, sid="SM1", **told) is None, "a repeated webhook"
    assert story.do(casework.inbound_sms, sid="SM2", **told) is None, "one reply a day"
    assert [(row.kind, row.channel) for row in story.rows(Stop)] == [(StopKind.opt_out, channel)]
    assert story.send("2026-05-13 09:00").sent == 0


def given_up(story: Story) -> Borrower:
    """Called three times from three numbers in three slots, silent; then the closing SMS, and its wait."""
    who = story.borrower("2026-05-11", "2026-06-11")
    story.plan("2026-05-13 07:00")
    li = story.agent("li")
    for at in ("2026-05-13 09:00", "2026-05-13 14:00", "2026-05-13 18:30"):
        task = story.do(casework.next_call, li, moment(at)).task.id
        story.do(casework.record_outcome, task, Outcome.switched_off, moment(at), actor=li)
    story.plan("2026-05-14 07:00")
    assert story.send("2026-05-14 09:00").sent == 1, "the closing SMS"
    assert story.sweep("2026-05-16 08:00").referrals_opened == 0
    assert story.sweep("2026-05-16 09:01").referrals_opened == 1, "on a day without a plan"
    return who


def test_a_silent_phone_is_given_up_with_its_evidence_and_found_again(story: Story) -> None:
    who = given_up(story)
    [referral] = story.rows(Referral)
    assert (referral.kind, referral.state) == (ReferralKind.skiptrace, ReferralState.proposed)
    [ended] = referral.evidence["rounds"]
    calls = story.rows(Attempt, Attempt.channel == Channel.call)
    assert {(call["caller"], call["slot"], call["outcome"]) for call in ended["calls"]} == {
        (attempt.caller, attempt.slot, "switched_off") for attempt in calls
    }
    assert len({call["caller"] for call in ended["calls"]}) == len({call["slot"] for call in ended["calls"]}) == 3

    story.do(
        casework.found, person_id=who.person_id, phone="13900000001", at=moment("2026-05-17 10:00"), actor=COMMAND_LINE
    )
    assert story.rows(Referral)[0].state is ReferralState.recalled
    assert len(story.rows(ContactPoint, ContactPoint.value == "+8613900000001")) == 1
    story.plan("2026-05-18 07:00")
    [task] = [task for task in story.tasks(who, Channel.call) if task.state is TaskState.planned]
    assert task.number == "+8613900000001"


def test_what_a_team_gave_back_is_not_proposed_again_for_the_same_reason(story: Story) -> None:
    who = given_up(story)
    [referral] = story.rows(Referral)
    story.do(
        casework.move_referral, referral.id, ReferralState.returned, moment("2026-05-16 10:00"), COMMAND_LINE, "known"
    )
    story.follow(who, "2026-05-16 10:05")
    assert [row.state for row in story.rows(Referral)] == [ReferralState.returned]


def test_three_missed_in_a_row_are_proposed_to_legal_and_recalled_when_paid(story: Story) -> None:
    who = story.borrower("2026-03-01", "2026-04-01", "2026-05-01", "2026-06-01")
    story.sweep("2026-05-13 07:00")
    [referral] = story.rows(Referral, Referral.kind == ReferralKind.legal)
    assert "consecutive" in {reason["trigger"] for reason in referral.reasons}
    assert referral.evidence["overdue"] == 3 * AMOUNT
    story.pay(who, 3 * AMOUNT, "2026-05-13 08:00")
    assert story.rows(Referral, Referral.id == referral.id)[0].state is ReferralState.recalled

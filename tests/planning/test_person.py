"""One person's day: what is planned, what is silent, what is outranked, and in which order (handbook 4-7, 9)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from planning_people import (
    CALLERS,
    MORNING,
    TODAY,
    ZONE,
    account,
    call,
    context,
    diagonal,
    person,
    phone,
    second,
)

from collector.facts.rules import Callback, Event, Extra, Kind, Mark, OfferFact, PersonFacts, PromiseFact, Standing
from collector.foundation.clock import local_day, parse_moment
from collector.history.rules import Channel, Direction, Outcome, RoundEnd
from collector.planning.rules import (
    Context,
    Flight,
    Line,
    PersonPlan,
    PlannedTask,
    Purpose,
    needs_look,
    plan_person,
    shifted,
)
from collector.portfolio.rules import ContactOwner, ContactStatus, PartyRole

OLD_STEP = "first/20"


def plan(facts: PersonFacts, at: str | None = None, flights: tuple[Flight, ...] = (), **changes: Any) -> PersonPlan:
    now = MORNING if at is None else parse_moment(at)
    return plan_person(facts, context(now, **changes), now, flights)


def only(made: PersonPlan) -> PlannedTask:
    assert len(made.tasks) == 1, made
    return made.tasks[0]


def kinds(made: PersonPlan) -> list[tuple[Channel, Purpose]]:
    return [(task.channel, task.purpose) for task in made.tasks]


def promise(due: str, amount: int = 100_000, made: str = "2026-05-01T10:00+08:00") -> Extra:
    return Extra(promises=(PromiseFact(7, amount, 0, second(due), second(made)),))


# Cadence and escalation


def test_due_step_becomes_a_task_in_its_slot() -> None:
    task = only(plan(person(account(1))))
    assert (task.channel, task.template, task.tone, task.slot) == (
        Channel.sms,
        "overdue-first",
        "courteous",
        "morning",
    )
    assert (task.not_before, task.not_after) == (
        second("2026-05-12T08:30+08:00"),
        second("2026-05-12T12:00+08:00"),
    )
    assert task.step == "first/1"
    assert task.skipped is None


def test_escalation_jumps_to_the_step_that_is_due_and_records_what_it_skipped() -> None:
    task = only(plan(person(account(12, step="first/1"))))
    assert (task.step, task.skipped) == ("first/10", '["first/3","first/7"]')


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        pytest.param({"settled": True}, None, id="settled"),
        pytest.param({"role": PartyRole.spouse}, None, id="does not owe"),
        pytest.param({"portfolio_id": 2}, None, id="another portfolio's"),
        pytest.param({"step": OLD_STEP}, None, id="nothing due"),
        pytest.param({"extra": Extra(disputed_since=1)}, "disputed", id="disputed"),
        pytest.param({"extra": Extra(referrals=("legal/proposed",))}, "legal", id="with the legal team"),
    ],
)
def test_nothing_is_planned(changes: dict[str, Any], why: str | None) -> None:
    extra = changes.pop("extra", None)
    made = plan(person(account(20, extra, **changes)))
    assert made.tasks == ()
    assert [passed.why for passed in made.passed] == ([why] if why else [])


@pytest.mark.parametrize(
    "held",
    [
        pytest.param({"is_held": True}, id="portfolio or everything"),
        pytest.param({"held_segments": frozenset({"first"})}, id="segment"),
    ],
)
def test_a_hold_stops_contact(held: dict[str, Any]) -> None:
    assert plan(person(account(1)), **held).tasks == ()


def test_a_hold_on_one_account_leaves_the_other() -> None:
    held = Standing(Mark.hold, 0, None, debts=(11,))
    made = plan(person(account(1), account(1, account_id=12), standing=(held,)))
    assert [task.account_id for task in made.tasks] == [12]


def offer(due: str, kept: bool = False) -> Extra:
    return Extra(offers=(OfferFact(8, 60_000, second(due), second("2026-05-01T10:00+08:00"), kept),))


# Promises


@pytest.mark.parametrize(
    ("extra", "is_silent"),
    [
        pytest.param(promise("2026-05-18T18:00+08:00"), True, id="all of it within a week"),
        pytest.param(promise("2026-05-18T18:00+08:00", 50_000), True, id="just half"),
        pytest.param(promise("2026-05-18T18:00+08:00", 49_999), False, id="less than half"),
        pytest.param(promise("2026-05-20T18:00+08:00"), False, id="in eight days"),
    ],
)
def test_an_open_promise_silences_ordinary_dunning_of_its_account(extra: Extra, is_silent: bool) -> None:
    made = plan(person(account(20, extra), account(1, account_id=12)))
    silent = {task.account_id for task in made.tasks if task.purpose is Purpose.collect}
    assert silent == ({12} if is_silent else {11, 12})


@pytest.mark.parametrize(
    ("extra", "is_silent"),
    [
        pytest.param(offer("2026-06-12T23:59+08:00"), True, id="open, however far ahead"),
        pytest.param(offer("2026-05-11T23:59+08:00"), False, id="its day is over"),
        pytest.param(offer("2026-06-12T23:59+08:00", kept=True), False, id="fulfilled"),
    ],
)
def test_an_open_offer_silences_ordinary_dunning_of_its_account(extra: Extra, is_silent: bool) -> None:
    made = plan(person(account(20, extra), account(1, account_id=12)))
    silent = {task.account_id for task in made.tasks if task.purpose is Purpose.collect}
    assert silent == ({12} if is_silent else {11, 12})


@pytest.mark.parametrize(
    "extra",
    [
        pytest.param(promise("2026-05-18T18:00+08:00"), id="a promise"),
        pytest.param(offer("2026-06-12T23:59+08:00"), id="an offer"),
        pytest.param(Extra(referrals=("legal/accepted",)), id="the legal team"),
    ],
)
@pytest.mark.parametrize("days", [pytest.param(25, id="on its day"), pytest.param(29, id="a call after it is due")])
def test_a_formal_letter_goes_in_spite_of(extra: Extra, days: int) -> None:
    made = plan(person(account(days, extra, step=OLD_STEP)))
    assert kinds(made) == [(Channel.letter, Purpose.notice)]


def test_a_letter_does_not_open_the_way_for_the_call_about_a_broken_promise() -> None:
    extra = promise("2026-05-18T18:00+08:00")
    made = plan(person(account(25, extra, step=OLD_STEP, broken_at=second("2026-05-12T02:00+08:00"))))
    assert kinds(made) == [(Channel.letter, Purpose.notice)]


def test_a_promise_is_reminded_of_the_day_before_and_once() -> None:
    due = promise("2026-05-13T18:00+08:00")
    assert kinds(plan(person(account(5, due, step="first/3")))) == [(Channel.sms, Purpose.promise_reminder)]
    sent = Event(Kind.sms, second("2026-05-12T09:00+08:00"), debts=(11,))
    assert plan(person(account(5, due, step="first/3"), events=(sent,)), "2026-05-12T13:00+08:00").tasks == ()


def test_a_broken_promise_tops_the_list_until_it_was_called_about() -> None:
    broken = account(12, broken_at=second("2026-05-12T02:00+08:00"), step="first/10")
    made = plan(person(broken, account(20, account_id=12)))
    assert kinds(made) == [(Channel.sms, Purpose.broken_promise), (Channel.call, Purpose.broken_promise)]
    assert '"tier":"broken_promise"' in made.tasks[1].priority
    ordinary = plan(person(account(20))).tasks[0]
    assert made.tasks[1].rank < ordinary.rank
    called = Event(Kind.call, second("2026-05-12T09:00+08:00"), outcome="right_party", debts=(11,))
    later = plan(person(broken, events=(called,)), "2026-05-12T15:00+08:00")
    assert kinds(later) == [(Channel.sms, Purpose.broken_promise)]


def test_an_account_whose_promise_falls_due_today_is_called_before_ordinary_ones() -> None:
    """Too small a promise to silence the account: the call still knows of it (handbook section 5)."""
    small = account(20, promise("2026-05-12T18:00+08:00", amount=100))
    call_ = next(task for task in plan(person(small)).tasks if task.channel is Channel.call)
    assert '"tier":"promise_due"' in call_.priority
    tomorrow = account(20, promise("2026-05-13T18:00+08:00", amount=100))
    call_ = next(task for task in plan(person(tomorrow)).tasks if task.channel is Channel.call)
    assert '"tier":"promise_due"' not in call_.priority


# One budget


def test_one_message_a_day_over_all_accounts_the_most_urgent() -> None:
    made = plan(person(account(1), account(5, promise("2026-05-13T09:00+08:00"), account_id=12, step="first/3")))
    assert kinds(made) == [(Channel.sms, Purpose.promise_reminder)]
    assert [(passed.account_id, passed.why) for passed in made.passed] == [(11, "outranked")]


def test_one_call_a_day_about_all_accounts_that_want_one() -> None:
    made = plan(person(account(3, step="first/1"), account(20, account_id=12, overdue=900_000)))
    task = only(made)
    assert (task.account_id, task.debts) == (12, "[12,11]")


@pytest.mark.parametrize(
    ("events", "flights"),
    [
        pytest.param((Event(Kind.sms, second("2026-05-12T00:10+08:00"), debts=(12,)),), (), id="placed today"),
        pytest.param((), (Flight(Channel.sms, 0, 1, 1),), id="in flight"),
    ],
)
def test_a_message_of_today_uses_the_budget_up(events: tuple[Event, ...], flights: tuple[Flight, ...]) -> None:
    made = plan(person(account(1), events=events), flights=flights)
    assert made.tasks == ()
    assert [passed.why for passed in made.passed] == ["in_flight"]


def test_what_came_in_does_not_use_the_budget_up() -> None:
    heard = Event(Kind.sms, second("2026-05-12T06:00+08:00"), Direction.inbound)
    assert only(plan(person(account(1), events=(heard,)))).channel is Channel.sms


# Reminders


@pytest.mark.parametrize(
    ("due_on", "changes", "expected"),
    [
        pytest.param(
            TODAY + timedelta(days=1),
            {"missed_cumulative": 0, "last_paid_on": date(2026, 4, 12)},
            -1,
            id="reliable, a day before",
        ),
        pytest.param(
            TODAY + timedelta(days=3),
            {"missed_cumulative": 0, "last_paid_on": date(2026, 4, 12)},
            None,
            id="reliable, not earlier",
        ),
        pytest.param(TODAY + timedelta(days=7), {}, -7, id="others, a week before"),
        pytest.param(TODAY + timedelta(days=3), {}, -3, id="others, three days before"),
        pytest.param(TODAY + timedelta(days=4), {}, None, id="no reminder on other days"),
        pytest.param(TODAY + timedelta(days=3), {"autopay": True}, -3, id="autopay"),
        pytest.param(TODAY + timedelta(days=7), {"autopay": True}, None, id="autopay, not a week before"),
    ],
)
def test_reminders_by_group(due_on: date, changes: dict[str, Any], expected: int | None) -> None:
    made = plan(person(account(next_due_on=due_on, next_due_amount=5_000, **changes)))
    steps = [int((task.step or "").rpartition("/")[2]) for task in made.tasks]
    assert steps == ([] if expected is None else [expected])
    assert all(task.purpose is Purpose.reminder for task in made.tasks)


def test_on_the_due_date_whoever_has_not_paid_is_reminded() -> None:
    made = plan(person(account(due_today=5_000, oldest_unpaid_due=TODAY)))
    assert kinds(made) == [(Channel.sms, Purpose.reminder)]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        pytest.param(date(2026, 9, 30), (True, date(2026, 10, 7)), id="the day before the October week"),
        pytest.param(date(2026, 10, 3), (False, date(2026, 10, 7)), id="in it"),
        pytest.param(date(2026, 5, 12), (True, None), id="an ordinary day"),
    ],
)
def test_reminders_shift_around_holidays(day: date, expected: tuple[bool, date | None]) -> None:
    assert shifted(day, "CN") == expected


# Rounds


def test_the_next_call_of_a_round_takes_an_unused_caller_in_an_unused_slot() -> None:
    one = phone(round=(call(TODAY - timedelta(days=1), "morning", CALLERS[0]),))
    task = only(plan(person(account(20, step=OLD_STEP), phones=(one,))))
    assert (task.slot, task.caller in CALLERS[1:]) == ("afternoon", True)
    assert task.reason == "3:3:3, call 2 of the round"


@pytest.mark.parametrize(("messages", "is_called"), [(8, True), (9, False)])
def test_a_phone_that_only_takes_messages_is_not_pressed_for_ever(messages: int, is_called: bool) -> None:
    """Voicemail does not count for 3:3:3; after a whole matrix of it only the cadence asks for calls."""
    days = [TODAY - timedelta(days=ago) for ago in range(messages, 0, -1)]
    one = phone(round=tuple(call(day, "morning", outcome=Outcome.voicemail) for day in days))
    assert bool(plan(person(account(20, step=OLD_STEP), phones=(one,))).tasks) is is_called


def test_a_round_goes_on_the_same_day_when_its_gap_is_over() -> None:
    made = call(TODAY, "morning", CALLERS[0])
    events = (Event(Kind.call, made.at, outcome="switched_off", number=phone().number, debts=(11,)),)
    facts = person(account(20, step=OLD_STEP), phones=(phone(round=(made,)),), events=events)
    assert context().strategy.retry.days == 1
    assert only(plan(facts, "2026-05-12T09:30+08:00")).slot == "afternoon"


def test_a_resting_caller_is_left_out() -> None:
    lines = tuple(
        Line(number, frozenset({"call"}), second("2026-06-01T00:00+08:00") if number == CALLERS[1] else None)
        for number in CALLERS[:2]
    )
    assert only(plan(person(account(20)), lines=lines)).caller == CALLERS[0]


def test_the_phone_with_the_fewest_failures_is_called() -> None:
    tried = phone(1, round=(call(TODAY - timedelta(days=1), "morning"),))
    task = only(plan(person(account(20), phones=(tried, phone(2)))))
    assert task.contact_point_id == 2


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"owner": ContactOwner.third_party}, id="somebody else's"),
        pytest.param({"owner": ContactOwner.stranger}, id="a stranger's"),
        pytest.param({"status": ContactStatus.wrong}, id="wrong"),
        pytest.param({"status": ContactStatus.given_up}, id="given up"),
    ],
)
def test_only_own_active_numbers_are_called(changes: dict[str, Any]) -> None:
    made = plan(person(account(20), phones=(phone(**changes),)))
    assert made.tasks == ()
    assert [rule for refusal in made.refusals for rule, _, _ in refusal.rules] == ["PLAN-PHONE"]


def test_a_silent_phone_gets_its_closing_sms() -> None:
    made = plan(person(account(20, step=OLD_STEP), phones=(phone(round=diagonal(TODAY - timedelta(days=1))),)))
    task = only(made)
    assert (task.channel, task.purpose, task.template) == (Channel.sms, Purpose.closing, "closing")


def test_a_closing_sms_that_may_never_go_is_to_be_recorded_with_its_rules() -> None:
    out = Standing(Mark.opt_out, 0, None, Channel.sms)
    silent = phone(round=diagonal(TODAY - timedelta(days=1)))
    made = plan(person(account(20, step=OLD_STEP), phones=(silent,), standing=(out,)))
    assert made.tasks == ()
    note = made.rounds[0]
    assert (note.contact_point_id, note.how) == (1, None)
    assert len(note.rules) == 1
    assert "OPTOUT" in note.rules[0]


def test_a_landline_takes_no_closing_sms() -> None:
    silent = phone(label="home", round=diagonal(TODAY - timedelta(days=1)))
    made = plan(person(account(20, step=OLD_STEP), phones=(silent,)))
    assert [note.rules for note in made.rounds] == [("PLAN-NO-TEXT",)]


def test_a_given_up_phone_is_reported_with_its_evidence() -> None:
    silent = phone(round=diagonal(TODAY - timedelta(days=4)), closing_at=second("2026-05-09T10:00+08:00"))
    made = plan(person(account(20, step=OLD_STEP), phones=(silent,)))
    assert [(note.contact_point_id, note.how) for note in made.rounds] == [(1, RoundEnd.given_up)]
    assert len(made.rounds[0].evidence["calls"]) == 3
    assert made.tasks == ()


def test_an_avoiding_person_is_a_senior_collectors() -> None:
    busy = phone(round=(call(TODAY - timedelta(days=1), "morning", outcome=Outcome.busy),))
    task = only(plan(person(account(20), phones=(busy,))))
    assert task.level == "senior"


def test_a_call_about_several_accounts_is_worked_at_the_level_of_the_highest() -> None:
    one, other = account(3, overdue=500_000), account(3, account_id=12, level_floor="middle")
    task = only(plan(person(one, other)))
    assert (task.account_id, task.debts, task.level) == (11, "[11,12]", "middle")


def test_whoever_was_found_is_called_again_whatever_the_cadence() -> None:
    found = phone(ended=RoundEnd.found.value)
    assert only(plan(person(account(20, step=OLD_STEP), phones=(found,)))).channel is Channel.call
    assert plan(person(account(20, step=OLD_STEP), phones=(phone(),))).tasks == ()


# Call-backs


def test_a_callback_returns_to_its_agent_at_its_time() -> None:
    agreed = Callback(5, second("2026-05-12T15:00+08:00"), 11, 1, 42)
    task = only(plan(person(account(20), callbacks=(agreed,))))
    assert (task.purpose, task.owner_id, task.callback_id) == (Purpose.callback, 42, 5)
    assert task.not_before == agreed.at
    assert '"tier":"callback"' in task.priority


# The gate


def test_a_refusal_is_recorded_with_its_rule_and_the_earliest_moment() -> None:
    lawful = plan(person(account(20)), "2026-05-12T22:30+08:00")
    assert lawful.tasks == ()
    assert [passed.why for passed in lawful.passed] == ["later"]
    stopped = plan(person(account(20), standing=(Standing(Mark.cease, 0),)))
    refusal = stopped.refusals[0]
    assert (refusal.answer, refusal.earliest) == ("deny", None)
    assert any("CEASE" in rule for rule, _, _ in refusal.rules)


def test_a_window_is_cut_to_lawful_hours() -> None:
    ctx = context(pack="house")
    evening = next(window for window in ctx.windows(ZONE) if window.slot == "evening")
    assert evening.end == second("2026-05-12T20:00+08:00")


def test_without_a_caller_number_nothing_is_called() -> None:
    made = plan(person(account(20)), lines=())
    assert [refusal.rules[0][0] for refusal in made.refusals] == ["PLAN-CALLER"]


# The first look


@pytest.mark.parametrize(
    ("one", "attention", "expected"),
    [
        pytest.param(account(20), 0, True, id="a step is due"),
        pytest.param(account(20, step=OLD_STEP), 0, False, id="nothing is due"),
        pytest.param(account(20, step=OLD_STEP), 2, True, id="a round is open"),
        pytest.param(account(20, step=OLD_STEP), 8, False, id="merely on hold"),
        pytest.param(account(settled=True), 0, False, id="settled"),
    ],
)
def test_only_people_with_something_due_are_opened(one: Any, attention: int, expected: bool) -> None:
    assert needs_look(one, context(), attention) is expected


def test_planning_ahead_of_the_day_changes_with_the_portfolios_zone() -> None:
    ctx: Context = context(parse_moment("2026-05-12T17:00Z"))
    assert ctx.today == local_day(parse_moment("2026-05-12T17:00Z"), ZONE) == date(2026, 5, 13)

"""The supervisor's numbers: what is counted, once, of whom, and what each number opens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from floor import CALLERS, Borrower, Story, moment
from sqlmodel import select

from collector.casework import actions as casework
from collector.casework.views.call_queues import Queue, call_queues
from collector.casework.views.floor import floor
from collector.casework.views.halts import Halt, Target, target_of, would_stop
from collector.casework.views.promised import Which, promised
from collector.casework.views.pulse import Pulse, calls_today, pulse
from collector.casework.views.rail import CallerLine, Missed, caller_lines, complaints, missed_calls
from collector.casework.views.untouched import AGES, Why, untouched, untouched_accounts
from collector.facts.tables import AccountState
from collector.foundation.errors import BadInput, NotFound
from collector.history import actions as history
from collector.history.rules import HoldScope, Outcome, PromiseState, ReferralKind, StopKind
from collector.history.tables import Hold, Promise
from collector.identity.rules import EVERYTHING, Actor, Scope
from collector.planning.rules import CAPACITY, TaskState
from collector.planning.tables import Task
from collector.portfolio.queries import portfolios
from collector.portfolio.tables import CallerNumber

TODAY = "2026-05-13"
NOW = f"{TODAY} 10:00"
LI = Actor("user:li")


def seen(story: Story, at: str = NOW, scope: Scope = EVERYTHING) -> Pulse:
    with story.database.read() as session:
        books, now = portfolios(session, scope), moment(at)
        return pulse(session, books, calls_today(session, books, now), now)


def queues(story: Story) -> list[Queue]:
    with story.database.read() as session:
        return call_queues(session, portfolios(session, EVERYTHING), moment(NOW))


def worked(story: Story, agent: Actor, outcome: Outcome, at: str) -> None:
    claimed = story.do(casework.next_call, agent, moment(at))
    story.do(casework.record_outcome, claimed.task.id, outcome, moment(at), actor=agent)


@pytest.fixture
def late(story: Story) -> list[Borrower]:
    """Four people, two to five days late, planned this morning."""
    people = [story.borrower(f"2026-05-{day:02}", "2026-06-11") for day in (11, 10, 9, 8)]
    story.plan(f"{TODAY} 07:00")
    return people


def test_a_queue_counts_what_is_left_worked_and_in_hand_and_its_oldest(story: Story, late: list[Borrower]) -> None:
    assert sum(one.open for one in queues(story)) == 4
    assert max(one.oldest for one in queues(story)) == 5
    li = story.agent("li")
    worked(story, li, Outcome.right_party, f"{TODAY} 09:00")
    story.do(casework.next_call, li, moment(f"{TODAY} 09:30"))
    told = queues(story)
    assert (sum(one.open for one in told), sum(one.worked for one in told)) == (3, 1)
    assert sum(one.agents for one in told) == 1
    assert sum(one.amount for one in told) == 3 * 1_000_00
    assert [one.open for one in told] == sorted((one.open for one in told), reverse=True)


def test_a_queue_without_anything_to_do_is_idle(story: Story, late: list[Borrower]) -> None:
    with story.database.begin() as session:
        for task in session.exec(select(Task)):
            task.state, task.state_reason = TaskState.cancelled, CAPACITY
            session.add(task)
    told = queues(story)
    assert told
    assert all(one.is_idle for one in told)
    assert sum(one.left_out for one in told) == 4


def test_money_is_told_for_each_currency_by_itself(story: Story) -> None:
    chinese = story.borrower("2026-05-10", TODAY)
    story.borrower("2026-05-10", portfolio_id=story.us, amount=700_00)
    story.plan(f"{TODAY} 07:00")
    story.pay(chinese, 50_00, "2026-05-12 23:59")
    story.pay(chinese, 300_00, f"{TODAY} 08:00")
    told = seen(story)
    cny, usd = told.money
    assert (told.accounts, told.late) == (2, 2)
    assert (cny.currency, cny.overdue, cny.collected, cny.still_due) == ("CNY", 650_00, 300_00, 1_000_00)
    assert (usd.currency, usd.overdue, usd.collected) == ("USD", 700_00, 0)
    ours = seen(story, scope=Scope(frozenset({story.cn})))
    assert [one.currency for one in ours.money] == ["CNY"]


def test_reached_counts_each_call_once_by_its_last_word(story: Story, late: list[Borrower]) -> None:
    li = story.agent("li")
    worked(story, li, Outcome.no_answer, f"{TODAY} 08:40")
    worked(story, li, Outcome.right_party, f"{TODAY} 09:00")
    [task] = [row for row in story.tasks() if row.state_reason == Outcome.right_party.value]
    story.do(casework.record_outcome, task.id, Outcome.third_party, moment(f"{TODAY} 09:01"), actor=li)
    told = seen(story, f"{TODAY} 10:40")
    assert (told.called, told.reached, told.reached_per_hour) == (2, 1, 0.5)
    assert seen(story, "2026-05-14 10:00").called == 0


def a_promise(story: Story, who: Borrower, due_at: str, amount: int = 400_00) -> int:
    story.do(
        casework.make_promise,
        account_id=who.account_id,
        amount=amount,
        due_at=moment(due_at),
        at=moment("2026-05-12 10:00"),
        actor=LI,
    )
    return max(row.id or 0 for row in story.rows(Promise))


def decided(story: Story, promise_id: int, state: PromiseState, at: str) -> None:
    with story.database.begin() as session:
        row = session.get_one(Promise, promise_id)
        row.state, row.decided_at = state, moment(at)
        session.add(row)


def test_promises_of_the_day_and_what_each_number_opens(story: Story, late: list[Borrower]) -> None:
    due, kept, broken, later = late
    a_promise(story, due, f"{TODAY} 18:00")
    a_promise(story, later, "2026-05-14 00:00", 1_00)
    decided(story, a_promise(story, kept, "2026-05-12 18:00"), PromiseState.kept, f"{TODAY} 00:00")
    decided(story, a_promise(story, broken, "2026-05-12 18:00", 50_00), PromiseState.broken, f"{TODAY} 09:00")
    told = seen(story)
    assert (told.due, told.kept, told.broken) == (1, 1, 1)
    [cny] = [one for one in told.money if one.currency == "CNY"]
    assert (cny.promised_due, cny.promised_kept, cny.promised_broken) == (400_00, 400_00, 50_00)
    opened = {Which.due: due, Which.kept: kept, Which.broken: broken}
    with story.database.read() as session:
        for which, who in opened.items():
            found = promised(session, EVERYTHING, moment(NOW), which).rows
            assert [one.account_id for one in found] == [who.account_id], which
            assert promised(session, Scope(frozenset({story.us})), moment(NOW), which).rows == []


def test_what_a_loaded_book_decided_long_ago_is_no_news_of_the_day(story: Story, late: list[Borrower]) -> None:
    old = a_promise(story, late[0], "2026-05-12 18:00")
    with story.database.begin() as session:
        session.get_one(Promise, old).due_at = moment("2026-04-20 18:00")
    decided(story, old, PromiseState.broken, f"{TODAY} 09:00")
    assert seen(story).broken == 0


def test_lists_go_on_where_the_page_before_ended(story: Story, late: list[Borrower]) -> None:
    for who in late:
        a_promise(story, who, f"{TODAY} 18:00")
    found: list[int] = []
    after = None
    with story.database.read() as session:
        for _ in range(4):
            page = promised(session, EVERYTHING, moment(NOW), Which.due, after=after, limit=3)
            found += [one.account_id for one in page.rows]
            after = page.after
            if after is None:
                break
        with pytest.raises(BadInput):
            promised(session, EVERYTHING, moment(NOW), Which.due, after="1 OR 1")
    assert sorted(found) == sorted(who.account_id for who in late)


# --- what nobody tried ---


def _referred(story: Story, who: Borrower) -> None:
    with story.database.begin() as session:
        history.open_referral(
            session,
            kind=ReferralKind.legal,
            person_id=who.person_id,
            account_id=who.account_id,
            portfolio_id=story.cn,
            reasons=[],
            evidence={},
            now=moment(NOW),
            actor=LI,
        )


def _held(story: Story, who: Borrower) -> None:
    story.do(casework.hold, scope=HoldScope.account, account_id=who.account_id, at=moment(NOW), actor=LI)


def _person_held(story: Story, who: Borrower) -> None:
    story.do(casework.hold, scope=HoldScope.person, person_id=who.person_id, at=moment(NOW), actor=LI)


def _portfolio_held(story: Story, who: Borrower) -> None:
    story.do(casework.hold, scope=HoldScope.portfolio, portfolio_id=story.cn, at=moment(NOW), actor=LI)


def _segment_held(story: Story, who: Borrower) -> None:
    on = {"portfolio_id": story.cn, "segment": story.tasks(who)[0].segment}
    story.do(casework.hold, scope=HoldScope.segment, at=moment(NOW), actor=LI, **on)


def _other_segment_held(story: Story, who: Borrower) -> None:
    on = {"portfolio_id": story.cn, "segment": "not-late"}
    story.do(casework.hold, scope=HoldScope.segment, at=moment(NOW), actor=LI, **on)


def _hold_lifted(story: Story, who: Borrower) -> None:
    _portfolio_held(story, who)
    [row] = story.rows(Hold)
    story.do(casework.lift_hold, row.id, moment(NOW), LI)


def _disputed(story: Story, who: Borrower) -> None:
    story.do(casework.dispute, account_id=who.account_id, reason="not mine", at=moment(NOW), actor=LI)


def _left_out(story: Story, who: Borrower) -> None:
    with story.database.begin() as session:
        for task in session.exec(select(Task).where(Task.person_id == who.person_id)):
            task.state, task.state_reason = TaskState.cancelled, CAPACITY
            session.add(task)


def _taken_off(story: Story, who: Borrower) -> None:
    with story.database.begin() as session:
        for task in session.exec(select(Task).where(Task.person_id == who.person_id)):
            task.state, task.state_reason = TaskState.cancelled, "no longer due"
            session.add(task)


def _stopped(story: Story, who: Borrower) -> None:
    """The gate refuses what the next plan wants."""
    story.do(casework.stop, person_id=who.person_id, kind=StopKind.cease, at=moment("2026-05-12 10:00"), actor=LI)
    story.plan(f"{TODAY} 08:00")


def _promised(story: Story, who: Borrower) -> None:
    a_promise(story, who, "2026-05-15 18:00", 1_000_00)


def _nothing(_story: Story, _who: Borrower) -> None:
    """As the plan left it."""


@pytest.mark.parametrize(
    ("happens", "why"),
    [
        pytest.param(_nothing, Why.in_plan, id="planned today"),
        pytest.param(_referred, Why.referred, id="legal"),
        pytest.param(_held, Why.on_hold, id="account held"),
        pytest.param(_person_held, Why.on_hold, id="person held"),
        pytest.param(_portfolio_held, Why.on_hold, id="portfolio held"),
        pytest.param(_segment_held, Why.on_hold, id="segment held"),
        pytest.param(_other_segment_held, Why.in_plan, id="another segment held"),
        pytest.param(_hold_lifted, Why.in_plan, id="held no longer"),
        pytest.param(_disputed, Why.disputed, id="disputed"),
        pytest.param(_left_out, Why.beyond_capacity, id="left out"),
        pytest.param(_stopped, Why.refused_by_rule, id="refused"),
        pytest.param(_promised, Why.promise_open, id="promised"),
        pytest.param(_taken_off, Why.not_due, id="nothing is due"),
    ],
)
def test_why_nobody_tried(story: Story, happens: Callable[[Story, Borrower], None], why: Why) -> None:
    who = story.borrower("2026-05-08", "2026-06-11")
    story.plan(f"{TODAY} 07:00")
    happens(story, who)
    with story.database.read() as session:
        [one] = untouched(session, portfolios(session, EVERYTHING), moment(NOW))
        assert (one.why, one.accounts, one.overdue, AGES[one.age]) == (why, 1, 1_000_00, (4, 7))
        found = untouched_accounts(session, EVERYTHING, moment(NOW), why=why, age=one.age)
        assert [line.id for line in found.rows] == [who.account_id]
        foreign = untouched_accounts(session, Scope(frozenset({story.us})), moment(NOW), why=why, age=one.age)
        assert foreign.rows == []


def test_without_a_phone_it_is_said(story: Story) -> None:
    story.borrower("2026-05-08", phones=[])
    story.plan(f"{TODAY} 07:00")
    with story.database.begin() as session:
        for task in session.exec(select(Task)):
            session.delete(task)
    with story.database.read() as session:
        [one] = untouched(session, portfolios(session, EVERYTHING), moment(NOW))
    assert one.why is Why.no_phone


@pytest.mark.parametrize(
    ("due", "age"),
    [
        pytest.param("2026-05-12", 0, id="1 day"),
        pytest.param("2026-05-10", 0, id="3 days"),
        pytest.param("2026-05-09", 1, id="4 days"),
        pytest.param("2026-05-06", 1, id="7 days"),
        pytest.param("2026-05-05", 2, id="8 days"),
        pytest.param("2026-04-29", 2, id="14 days"),
        pytest.param("2026-04-28", 3, id="15 days"),
        pytest.param("2026-04-13", 3, id="30 days"),
        pytest.param("2026-04-12", 4, id="31 days"),
    ],
)
def test_an_account_that_was_never_tried_ages_from_its_due_date(story: Story, due: str, age: int) -> None:
    who = story.borrower(due)
    story.follow(who, NOW)
    with story.database.read() as session:
        [one] = untouched(session, portfolios(session, EVERYTHING), moment(NOW))
    assert one.age == age


def test_an_attempt_today_takes_it_off_the_list_and_every_account_stands_once(
    story: Story, late: list[Borrower]
) -> None:
    worked(story, story.agent("li"), Outcome.no_answer, f"{TODAY} 09:00")
    _held(story, late[1])
    _disputed(story, late[1])
    with story.database.read() as session:
        told = untouched(session, portfolios(session, EVERYTHING), moment(NOW))
        states = session.exec(select(AccountState)).all()
    assert sum(one.accounts for one in told) == len(states) - 1 == 3


# --- what a hold would stop ---


def halts(story: Story, target: Target) -> Halt:
    with story.database.read() as session:
        return would_stop(session, target, moment(NOW))


def test_a_hold_is_shown_with_what_it_would_stop(story: Story, late: list[Borrower]) -> None:
    [queue] = [one for one in queues(story) if one.open == max(other.open for other in queues(story))][:1]
    with story.database.read() as session:
        whole = target_of(session, EVERYTHING, story.cn, None, moment(NOW))
        part = target_of(session, EVERYTHING, story.cn, queue.segment, moment(NOW))
        with pytest.raises(BadInput, match="no such segment"):
            target_of(session, EVERYTHING, story.cn, "nobody", moment(NOW))
        with pytest.raises(NotFound):
            target_of(session, Scope(frozenset({story.us})), story.cn, None, moment(NOW))
    everything = halts(story, whole)
    assert (everything.calls, everything.accounts, everything.overdue) == (4, 4, 4_000_00)
    assert (everything.late, everything.late_overdue) == (4, 4_000_00)
    some = halts(story, part)
    assert some.calls == sum(one.open for one in queues(story) if one.segment == queue.segment)
    assert (some.accounts, some.late) == (some.calls, 0)
    worked(story, story.agent("li"), Outcome.right_party, f"{TODAY} 09:00")
    assert halts(story, whole).calls == 3


# --- the rail ---


def lines(story: Story) -> list[CallerLine]:
    with story.database.read() as session:
        books = portfolios(session, Scope(frozenset({story.cn})))
        return caller_lines(session, books, calls_today(session, books, moment(NOW)), moment(NOW))


def test_a_caller_number_tells_its_calls_and_when_it_rests(story: Story, late: list[Borrower]) -> None:
    li = story.agent("li")
    for outcome in (Outcome.no_answer, Outcome.right_party):
        worked(story, li, outcome, f"{TODAY} 09:00")
    with story.database.begin() as session:
        row = session.exec(select(CallerNumber).where(CallerNumber.number == CALLERS["CN"][2])).one()
        row.resting_until = moment("2026-05-14 09:00")
    told = lines(story)
    assert [one.number for one in told] == list(CALLERS["CN"])
    assert (sum(one.calls for one in told), sum(one.answered for one in told)) == (2, 1)
    assert [one.resting_until for one in told] == [None, None, moment("2026-05-14 09:00")]


def test_missed_calls_and_complaints_are_the_scopes_own(story: Story, late: list[Borrower]) -> None:
    who, at = late[0], moment(f"{TODAY} 09:00")
    story.do(casework.inbound_call, sid="CA1", sender=who.number, to=CALLERS["CN"][0], at=at)
    told = {"person_id": who.person_id, "account_id": who.account_id, "at": at, "actor": LI}
    story.do(casework.complain, text="rude", **told)
    with story.database.begin() as session:
        history.complain(session, person_id=who.person_id, text="ruder", at=at, today=at.date(), now=at, actor=LI)
    ours, theirs = Scope(frozenset({story.cn})), Scope(frozenset({story.us}))
    with story.database.read() as session:
        assert missed_calls(session, portfolios(session, ours), moment(NOW)) == Missed(1, 1)
        assert missed_calls(session, portfolios(session, theirs), moment(NOW)) == Missed(0, 0)
        assert missed_calls(session, portfolios(session, ours), moment("2026-05-14 10:00")) == Missed(0, 1)
        mine = complaints(session, ours, date(2026, 5, 13))
        assert (mine.open, mine.late, [one.key for one in mine.first]) == (2, 0, ["CN/L-1", ""])
        assert complaints(session, ours, mine.first[0].answer_by).late == 0
        assert complaints(session, ours, mine.first[0].answer_by + timedelta(days=1)).late == 2
        assert complaints(session, theirs, date(2026, 5, 13)).open == 0


def test_one_portfolio_of_the_floor_and_no_foreign_one(story: Story, late: list[Borrower]) -> None:
    ours = Scope(frozenset({story.cn}))
    with story.database.read() as session:
        assert floor(session, story.office, EVERYTHING, moment(NOW), story.us).pulse.accounts == 0
        assert floor(session, story.office, EVERYTHING, moment(NOW), story.cn).pulse.accounts == 4
        for foreign in (story.us, 10**9):
            with pytest.raises(NotFound):
                floor(session, story.office, ours, moment(NOW), foreign)

"""Counting that can not be raced: whoever asks at the same moment, threads or processes, claims, dials or messages,
the last permitted contact is placed once. What is in `sending` or `unknown` counts as placed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from floor import CALLERS, Borrower, Story, moment, portfolio
from racing import at_once, tighten, twin

from collector.casework import actions as casework
from collector.dispatch.actions import submit_call
from collector.dispatch.memory import MemoryCarrier
from collector.history import actions as history
from collector.history.rules import Channel, Direction, Outcome
from collector.identity.rules import COMMAND_LINE, Actor
from collector.planning.rules import Moment, TaskState
from collector.planning.tables import PlanRun, Refusal
from collector.portfolio.rules import CollectorType
from collector.portfolio.tables import Account, CallerNumber, ContactPoint, InstalmentRow, Portfolio

NOW = "2026-05-13 09:00"
AT = moment(NOW)
NEW_YORK = ZoneInfo("America/New_York")
CHILD = Path(__file__).with_name("racing_child.py")


def agents(story: Story, count: int = 4) -> list[Actor]:
    return [story.agent(f"agent{number}") for number in range(count)]


def claimed(story: Story, who_ask: Sequence[Actor], at: Any = AT) -> list[int]:
    """Whose calls they got who all asked at once."""
    found = at_once(*(lambda agent=agent: story.do(casework.next_call, agent, at) for agent in who_ask))
    return [one.task.person_id for one in found if one is not None]


def late(story: Story, **more: Any) -> Borrower:
    """Somebody to be called this morning."""
    return story.borrower("2026-05-11", "2026-06-11", **more)


def dialled(story: Story, who: Borrower, at: Any, **more: Any) -> None:
    """A call on record, not answered."""
    with story.database.begin() as session:
        attempt = history.record_attempt(
            session,
            history.AttemptMade(
                natural_key=f"test:{who.person_id}:{at}",
                person_id=who.person_id,
                account_id=who.account_id,
                debts=[who.account_id],
                contact_point_id=who.points[0],
                channel=Channel.call,
                direction=Direction.outbound,
                number=who.number,
                at=at,
                **more,
            ),
            at,
            COMMAND_LINE,
        )
        history.record_outcome(session, attempt.id or 0, Outcome.no_answer, at, at, COMMAND_LINE)
    story.do(casework.follow_up, {who.person_id}, at)


def refusals(story: Story) -> list[str]:
    return [row.rules for row in story.rows(Refusal, Refusal.moment == Moment.claim)]


def test_one_dial_a_number_is_one_dial(story: Story) -> None:
    tighten(story, "HOUSE-DIALS-NUMBER", 1)
    who = late(story)
    story.plan("2026-05-13 07:00")
    twin(story, who)
    twin(story, who)
    assert claimed(story, agents(story)) == [who.person_id]


def test_a_number_that_several_people_have_is_dialled_once(story: Story) -> None:
    """One phone in three names: without an ID nobody knows whether they are one (design section 3)."""
    tighten(story, "HOUSE-DIALS-NUMBER", 1)
    people = [late(story, phones=["+8613800000777"]) for _ in range(3)]
    other = late(story)
    story.plan("2026-05-13 07:00")
    won = claimed(story, agents(story, 6))
    assert len(won) == 2
    assert other.person_id in won
    assert len(refusals(story)) == 2
    assert all("HOUSE-DIALS-NUMBER" in rules for rules in refusals(story))
    assert sum(who.person_id in won for who in people) == 1


def test_a_call_to_somebody_else_at_that_number_counts_after_it_ended(story: Story) -> None:
    tighten(story, "HOUSE-DIALS-NUMBER", 1)
    first, second = (late(story, phones=["+8613800000777"]) for _ in range(2))
    dialled(story, first, moment("2026-05-13 08:40"), portfolio_id=story.cn, day=date(2026, 5, 13))
    story.plan("2026-05-13 08:50")
    assert [task.person_id for task in story.tasks(channel=Channel.call)] == [second.person_id], (
        "a plan knows one person"
    )
    assert claimed(story, agents(story, 1)) == []
    assert "HOUSE-DIALS-NUMBER" in refusals(story)[0]


def test_one_call_a_person_over_two_accounts_in_two_portfolios(story: Story) -> None:
    who = late(story)
    other = _second_loan(story, who)
    tighten(story, "HOUSE-DIALS-PERSON", 1)
    story.plan("2026-05-13 07:00")
    mine = {"portfolio_id": story.cn, "account_id": who.account_id, "debts": f"[{who.account_id}]"}
    [planned] = story.tasks(who)
    missing = other if planned.portfolio_id == story.cn else mine
    [run] = story.rows(PlanRun, PlanRun.portfolio_id == missing["portfolio_id"])
    twin(story, who, **missing, run_id=run.id)
    assert claimed(story, agents(story)) == [who.person_id]


def _second_loan(story: Story, who: Borrower) -> dict[str, Any]:
    """As late in another portfolio; what a task about that loan names."""
    with story.database.begin() as session:
        book = portfolio("CN2", "Bank C", "CNY", "Asia/Shanghai", "cn", "zh")
        session.add(book)
        session.flush()
        loan = Account(portfolio_id=book.id or 0, account_no="second", person_id=who.person_id)
        session.add_all([loan, *(CallerNumber(portfolio_id=book.id or 0, number=number) for number in CALLERS["CN"])])
        session.flush()
        for number, due in enumerate([date(2026, 5, 11), date(2026, 6, 11)], 1):
            session.add(InstalmentRow(account_id=loan.id or 0, number=number, due_on=due, amount_due=50_00))
        return {"portfolio_id": book.id or 0, "account_id": loan.id or 0, "debts": f"[{loan.id}]"}


def test_the_seventh_call_in_seven_days_is_one_call(story: Story) -> None:
    """12 CFR 1006.14(b)(2)(i)(A), for whom collects for others, with six calls on record."""
    who = late(story, portfolio_id=story.us, phones=["+12125550123"])
    with story.database.begin() as session:
        session.get_one(ContactPoint, who.points[0]).timezone = "America/New_York"
        session.get_one(Portfolio, story.us).collector_type = CollectorType.agency
    for day in range(7, 13):
        at = moment(f"2026-05-{day:02} 10:00", NEW_YORK)
        dialled(story, who, at, portfolio_id=story.us, day=date(2026, 5, day))
    story.plan("2026-05-13 21:00")
    twin(story, who)
    twin(story, who)
    asked = moment("2026-05-13 10:30", NEW_YORK)
    assert claimed(story, agents(story), asked) == [who.person_id]
    assert len(refusals(story)) == 2
    assert all("US-7IN7" in rules for rules in refusals(story))


@pytest.mark.parametrize("state", [TaskState.claimed, TaskState.sending, TaskState.sent, TaskState.unknown])
def test_what_is_under_way_counts_as_placed(story: Story, state: TaskState) -> None:
    tighten(story, "HOUSE-DIALS-PERSON", 1)
    who = late(story)
    story.plan("2026-05-13 07:00")
    twin(story, who, state=state, claimed_by="user:gone", claimed_at=AT, lease_until=AT + timedelta(hours=1))
    assert claimed(story, agents(story, 1)) == []


def test_a_message_under_way_counts_as_sent(story: Story) -> None:
    for state in (TaskState.sending, TaskState.unknown):
        who = story.borrower("2026-05-12", "2026-06-11")
        story.plan("2026-05-13 07:00")
        twin(story, who, state=state, claimed_at=AT, submitted_at=AT)
        assert story.send(NOW).sent == 0


def test_a_dial_and_a_claim_at_once_place_one_call(story: Story) -> None:
    """The agent of the first call answers, which is when the borrower's phone would ring; others ask for the next."""
    tighten(story, "HOUSE-DIALS-PERSON", 1)
    who = late(story)
    story.plan("2026-05-13 07:00")
    first, *others = agents(story)
    task = story.do(casework.next_call, first, AT).task.id
    with story.database.begin() as session:
        ready = submit_call(session, task, first, "+862155519999", story.office.capabilities, AT)
    twin(story, who, state=TaskState.planned, claimed_by=None, claimed_at=None, lease_until=None, submitted_at=None)
    script, *won = at_once(
        lambda: story.do(casework.dial_script, token=ready.token, call_sid="CA1", at=AT),
        *(lambda agent=agent: story.do(casework.next_call, agent, AT) for agent in others),
    )
    assert who.number in script
    assert won == [None] * len(others)


def test_two_dials_at_once_place_one_call(story: Story) -> None:
    """Two calls that were submitted before the cap was tightened: the second look decides, and only one may ring."""
    who = late(story)
    story.plan("2026-05-13 07:00")
    twin(story, who)
    tokens = []
    for agent in agents(story, 2):
        task = story.do(casework.next_call, agent, AT).task.id
        with story.database.begin() as session:
            tokens.append(submit_call(session, task, agent, "+862155519999", story.office.capabilities, AT).token)
    tighten(story, "HOUSE-DIALS-PERSON", 1)
    scripts = at_once(
        *(
            lambda token=token: story.do(casework.dial_script, token=token, call_sid=f"CA{token}", at=AT)
            for token in tokens
        )
    )
    assert sum(who.number in script for script in scripts) <= 1


def test_agents_whose_calls_are_all_refused_never_wait_in_a_ring(story: Story) -> None:
    tighten(story, "HOUSE-DIALS-PERSON", 1)
    people = [late(story) for _ in range(4)]
    story.plan("2026-05-13 07:00")
    for who in people:
        for _ in range(3):
            twin(story, who)
        twin(story, who, state=TaskState.unknown, claimed_at=AT, submitted_at=AT)
    assert claimed(story, agents(story, 6)) == []


def test_a_message_and_a_call_at_once_are_both_counted(story: Story) -> None:
    people = [story.borrower("2026-05-12", "2026-06-11") for _ in range(4)]
    story.plan("2026-05-13 07:00")
    for who in people:
        twin(story, who, channel=Channel.call, template=None)
    line = MemoryCarrier()
    sent, *won = at_once(
        lambda: story.send(NOW, line).sent,
        *(lambda agent=agent: story.do(casework.next_call, agent, AT) for agent in agents(story)),
    )
    sent += story.send(NOW, line).sent
    assert (sent, len(won)) == (4, 4)
    assert sorted(one.task.person_id for one in won) == sorted(who.person_id for who in people)
    assert sorted(message.to for message, _ in line.sent) == sorted(who.number for who in people)


class Racers:
    """Processes that stand at the line."""

    def __init__(self, story: Story, *jobs: Sequence[str]) -> None:
        address = story.database.url.render_as_string(hide_password=False)
        self._running = [
            subprocess.Popen(
                [sys.executable, str(CHILD), address, AT.isoformat(), *job],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for job in jobs
        ]
        for process in self._running:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"

    def run(self) -> list[list[Any]]:
        for process in self._running:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        return [json.loads(process.communicate(timeout=60)[0]) for process in self._running]


def test_processes_can_not_race_either(story: Story) -> None:
    tighten(story, "HOUSE-DIALS-PERSON", 1)
    called = late(story)
    people = [story.borrower("2026-05-12", "2026-06-11") for _ in range(3)]
    story.plan("2026-05-13 07:00")
    for who in (called, *people):
        twin(story, who)
    agents(story, 2)
    *won, one, two = Racers(story, ["call", "agent0"], ["call", "agent1"], ["sms"], ["sms"]).run()
    assert sorted(won) == [[], [called.person_id]]
    left = MemoryCarrier()
    story.send(NOW, left)  # for whom the other one held
    assert sorted([*one, *two, *(message.to for message, _ in left.sent)]) == sorted(who.number for who in people)

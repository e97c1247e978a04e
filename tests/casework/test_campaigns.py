"""A campaign from its list to its last message: once a person, under the gate, silent where dunning is (handbook 5)."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest
from floor import STRATEGY, Borrower, Story, moment

from collector.casework import actions as casework
from collector.casework import approvals
from collector.casework.approvals.campaigns import propose
from collector.casework.campaigns import CampaignOrder, choose
from collector.dispatch.tables import MessagesOut
from collector.facts.actions import verify
from collector.foundation.errors import BadInput, Forbidden
from collector.history.rules import CampaignState, Channel, MemberState, Outcome, StopKind
from collector.history.tables import Attempt, Campaign, CampaignMember
from collector.identity.rules import Actor, Role
from collector.planning.rules import TaskState
from collector.portfolio.tables import Portfolio
from collector.strategy.actions import publish

NOW = moment("2026-05-13 09:00")
FEW = STRATEGY + "\ncampaigns: {approval_above: 6, first: 3, wait_minutes: 15, errors: 2, opt_outs: 1}\n"
"""Nobody of it is texted by the cadence that soon: what is sent is the campaign's."""


@pytest.fixture
def boss(story: Story) -> Actor:
    with story.database.begin() as session:
        begun = moment("2026-01-02 00:00")
        publish(session, FEW, [None], "tests", "tests", begun, begun, story.office.catalogue)
    return story.agent("wu", None, None, Role.supervisor)  # type: ignore[arg-type]


def order(story: Story, channel: Channel = Channel.sms, **more: Any) -> CampaignOrder:
    words: dict[str, Any] = {"template": "overdue-first"} if channel is Channel.sms else {"note": "ask about pay day"}
    given = {"first": date(2026, 5, 13), "last": date(2026, 5, 14), "name": "May", "reason": "a new way to pay"}
    return CampaignOrder(portfolio_id=story.cn, channel=channel, **(words | given | more))


def make(story: Story, boss: Actor, wanted: CampaignOrder) -> int:
    with story.database.begin() as session:
        book = session.get_one(Portfolio, story.cn)
        shown = choose(session, story.office, book, wanted, NOW).digest
        made = casework.make_campaign(session, story.office, order=wanted, shown=shown, at=NOW, actor=boss)
        return made.id or 0


def start(story: Story, boss: Actor, number: int, at: str = "2026-05-13 09:00") -> None:
    story.do(casework.start_campaign, campaign_id=number, at=moment(at), actor=boss)


def late(story: Story, people: int) -> list[Borrower]:
    """Borrowers two days late, of whom the cadence wants a call today and no message."""
    return [story.borrower("2026-05-11", "2026-06-11") for _ in range(people)]


def states(story: Story) -> Counter[MemberState]:
    return Counter(row.state for row in story.rows(CampaignMember))


def state(story: Story) -> tuple[CampaignState, str]:
    [row] = story.rows(Campaign)
    return row.state, row.why


def texted(story: Story) -> list[int]:
    return sorted(row.person_id for row in story.rows(Attempt, Attempt.channel == Channel.sms))


def no_difference(story: Story, at: str) -> None:
    with story.database.read() as session:
        assert verify(session) == [], at


def test_few_are_texted_first_and_each_only_once(story: Story, boss: Actor) -> None:
    people = late(story, 5)
    story.plan("2026-05-13 07:00")
    start(story, boss, make(story, boss, order(story)))
    assert states(story) == {MemberState.released: 3, MemberState.waiting: 2}
    no_difference(story, "2026-05-13 09:00")
    story.send("2026-05-13 09:01")
    assert len(texted(story)) == 3
    no_difference(story, "2026-05-13 09:01")
    story.sweep("2026-05-13 09:10")
    story.send("2026-05-13 09:11")
    assert len(texted(story)) == 3, "the wait is not over"
    for at in ("09:20", "09:40", "10:00"):
        story.sweep(f"2026-05-13 {at}")
        story.send(f"2026-05-13 {at}")
    story.plan("2026-05-14 07:00")
    story.send("2026-05-14 09:30")
    assert texted(story) == sorted(one.person_id for one in people)
    assert states(story) == {MemberState.done: 5}
    assert state(story) == (CampaignState.over, "")
    assert story.rows(MessagesOut) == [], "a campaign comes beside what the night planned"
    no_difference(story, "2026-05-14 09:30")


def test_a_promise_silences_and_the_gate_refuses_by_its_rule(story: Story, boss: Actor) -> None:
    promised, gone, texts = late(story, 3)
    story.plan("2026-05-13 07:00")
    said = {"amount": 1_000_00, "due_at": moment("2026-05-18 18:00"), "at": NOW, "actor": boss}
    story.do(casework.make_promise, account_id=promised.account_id, **said)
    stop = {"kind": StopKind.opt_out, "channel": Channel.sms, "at": NOW, "actor": boss}
    story.do(casework.stop, person_id=gone.person_id, **stop)
    start(story, boss, make(story, boss, order(story)))
    story.sweep("2026-05-13 09:05")
    story.send("2026-05-13 09:06")
    assert texted(story) == [texts.person_id]
    rules = {row.person_id: (row.state, row.rule) for row in story.rows(CampaignMember)}
    assert rules[promised.person_id] == (MemberState.waiting, "SILENT")
    assert rules[gone.person_id][0] is MemberState.refused
    assert "OPTOUT" in rules[gone.person_id][1]
    story.sweep("2026-05-15 09:00")
    assert states(story) == {MemberState.done: 1, MemberState.refused: 1, MemberState.stopped: 1}
    assert state(story)[0] is CampaignState.over


def test_an_opt_out_among_the_first_holds_the_rest_until_a_person_goes_on(story: Story, boss: Actor) -> None:
    late(story, 5)
    story.plan("2026-05-13 07:00")
    number = make(story, boss, order(story))
    start(story, boss, number)
    story.send("2026-05-13 09:01")
    first = texted(story)[0]
    at = moment("2026-05-13 09:05")
    story.do(casework.stop, person_id=first, kind=StopKind.opt_out, channel=Channel.sms, at=at, actor=boss)
    story.sweep("2026-05-13 09:20")
    assert state(story) == (CampaignState.paused, "1 of 3 people opted out")
    story.send("2026-05-13 09:25")
    assert len(texted(story)) == 3
    start(story, boss, number, "2026-05-13 10:00")
    story.send("2026-05-13 10:01")
    assert len(texted(story)) == 5


@pytest.mark.parametrize("ends", ["pause_campaign", "stop_campaign"])
def test_pausing_and_stopping_act_at_once(story: Story, boss: Actor, ends: str) -> None:
    late(story, 3)
    story.plan("2026-05-13 07:00")
    number = make(story, boss, order(story))
    start(story, boss, number)
    story.do(getattr(casework, ends), campaign_id=number, at=NOW, actor=boss)
    story.sweep("2026-05-13 09:10")
    story.send("2026-05-13 09:11")
    assert texted(story) == []
    no_difference(story, "2026-05-13 09:11")
    if ends == "pause_campaign":
        start(story, boss, number, "2026-05-13 09:30")
        story.send("2026-05-13 09:31")
        assert len(texted(story)) == 3
    else:
        assert states(story) == {MemberState.stopped: 3}


def test_a_call_of_a_campaign_is_made_once_and_says_what_to_say(story: Story, boss: Actor) -> None:
    people = [story.borrower("2026-05-09", "2026-06-09") for _ in range(2)]
    story.plan("2026-05-13 07:00")
    li = story.agent("li")
    start(story, boss, make(story, boss, order(story, Channel.call)))
    calls = story.tasks(channel=Channel.call)
    planned = [task for task in calls if task.state is TaskState.planned]
    assert {task.person_id for task in planned if task.campaign_id} == {one.person_id for one in people}
    at = moment("2026-05-13 09:10")
    claimed = story.do(casework.next_call, li, at)
    story.do(casework.record_outcome, claimed.task.id, Outcome.no_answer, at, actor=li)
    assert states(story) == {MemberState.done: 1, MemberState.released: 1}
    story.plan("2026-05-14 07:00")
    newest = max(task.run_id for task in story.tasks())
    assert len([task for task in story.tasks() if task.campaign_id and task.run_id == newest]) == 1
    no_difference(story, "2026-05-14 07:00")


def test_many_people_need_a_second_person_who_is_another(story: Story, boss: Actor) -> None:
    late(story, 7)
    story.plan("2026-05-13 07:00")
    number = make(story, boss, order(story))
    with pytest.raises(casework.CampaignNeedsSecond):
        start(story, boss, number)
    with story.database.begin() as session:
        asked = propose(session, session.get_one(Campaign, number), boss, NOW)
        assert propose(session, session.get_one(Campaign, number), boss, NOW).id == asked.id
        answer = {"shown": asked.digest, "yes": True, "reason": "", "now": NOW}
        number = asked.id or 0
    with pytest.raises(Forbidden):
        story.do(approvals.decide, number, actor=boss, **answer)
    zhao = story.agent("zhao", None, None, Role.operations)  # type: ignore[arg-type]
    story.do(approvals.decide, number, actor=zhao, **answer)
    assert state(story)[0] is CampaignState.running
    assert states(story)[MemberState.released] == 3


def test_what_is_made_is_what_was_shown(story: Story, boss: Actor) -> None:
    late(story, 2)
    story.plan("2026-05-13 07:00")
    wanted = order(story, numbers=("CN/L-1", "L-9"))
    with story.database.read() as session:
        book = session.get_one(Portfolio, story.cn)
        chosen = choose(session, story.office, book, wanted, NOW)
        assert ([one.account_no for one in chosen.accounts], chosen.unknown) == (["L-1"], ["L-9"])
        with pytest.raises(BadInput, match="no segment"):
            choose(session, story.office, book, order(story, segments=("nowhere",)), NOW)
        with pytest.raises(BadInput, match="choose the text"):
            choose(session, story.office, book, order(story, template="promise-broken"), NOW)
        by_days = choose(session, story.office, book, order(story, when={"days_past_due": {"gte": 3}}), NOW)
        assert by_days.accounts == []
    with pytest.raises(casework.ChoiceChanged):
        story.do(casework.make_campaign, order=wanted, shown="another", at=NOW, actor=boss)
    story.pay(Borrower(1, 1, (), ""), 500_00, "2026-05-13 08:00")
    with pytest.raises(casework.ChoiceChanged):
        story.do(casework.make_campaign, order=wanted, shown=chosen.digest, at=NOW, actor=boss)

"""How to pay, sent to who asks for it in a talk (handbook section 7)."""

from __future__ import annotations

import pytest
from floor import Story, moment

from collector.casework import actions as casework
from collector.foundation.errors import Conflict
from collector.history.rules import Channel, Outcome, StopKind
from collector.history.tables import Attempt
from collector.identity.rules import Actor
from collector.planning.tables import Refusal
from collector.portfolio.tables import ContactPoint, Portfolio

TALK = moment("2026-05-13 09:05")


@pytest.fixture
def li(story: Story) -> Actor:
    return story.agent("li")


@pytest.fixture
def call(story: Story, li: Actor) -> int:
    """Somebody two days late is on the line with Li."""
    with story.database.begin() as session:
        session.get_one(Portfolio, story.cn).pay_instructions = "可通过本行手机银行办理"
    story.borrower("2026-05-11", "2026-06-11")
    story.plan("2026-05-13 07:00")
    found: int = story.do(casework.next_call, li, moment("2026-05-13 09:00")).task.id
    return found


def ask(story: Story, call: int, actor: Actor) -> str:
    said: str = story.do(casework.send_how_to_pay, call, TALK, actor)
    return said


def texts(story: Story) -> list[Attempt]:
    return story.rows(Attempt, Attempt.channel == Channel.sms)


def test_it_is_sent_once_with_what_clears_today(story: Story, li: Actor, call: int) -> None:
    assert [ask(story, call, li), ask(story, call, li)] == ["", ""], "a double click"
    story.do(casework.record_outcome, call, Outcome.right_party, moment("2026-05-13 09:06"), actor=li)
    story.send("2026-05-13 09:07")
    story.send("2026-05-13 09:08")
    [sent] = texts(story)
    assert sent.purpose == "how_to_pay"
    assert "还清逾期需¥1,000.00" in (sent.text or "")


def test_what_the_gate_forbids_is_told_and_stored(story: Story, li: Actor, call: int) -> None:
    person = story.tasks(channel=Channel.call)[0].person_id
    story.do(casework.stop, person_id=person, kind=StopKind.opt_out, channel=Channel.sms, at=TALK, actor=li)
    said = ask(story, call, li)
    assert "OPTOUT" in said
    assert [row.purpose for row in story.rows(Refusal) if row.channel is Channel.sms] == ["how_to_pay"]
    story.send("2026-05-13 09:07")
    assert texts(story) == []


def test_who_opts_out_meanwhile_is_not_sent_it(story: Story, li: Actor, call: int) -> None:
    assert ask(story, call, li) == ""
    person = story.tasks(channel=Channel.call)[0].person_id
    story.do(casework.stop, person_id=person, kind=StopKind.opt_out, channel=Channel.sms, at=TALK, actor=li)
    assert story.send("2026-05-13 09:07").refused_by_gate == 1
    assert texts(story) == []


def test_what_can_not_be_written_is_told_at_once(story: Story, li: Actor, call: int) -> None:
    with story.database.begin() as session:
        session.get_one(Portfolio, story.cn).pay_instructions = ""
    assert "pay_instructions" in ask(story, call, li)
    assert story.tasks(channel=Channel.sms) == []


def test_neither_an_event_nor_a_new_plan_loses_it(story: Story, li: Actor, call: int) -> None:
    assert ask(story, call, li) == ""
    [who] = {task.person_id for task in story.tasks()}
    story.do(casework.follow_up, {who}, moment("2026-05-13 09:06"))
    story.plan("2026-05-13 09:07")
    story.send("2026-05-13 09:08")
    assert len(texts(story)) == 1


def test_it_is_for_who_talks(story: Story, li: Actor, call: int) -> None:
    with pytest.raises(Conflict, match="someone else"):
        ask(story, call, story.agent("wu"))
    story.do(casework.record_outcome, call, Outcome.right_party, moment("2026-05-13 09:06"), actor=li)
    with pytest.raises(Conflict, match="while you talk"):
        ask(story, call, li)
    assert story.tasks(channel=Channel.sms) == []


def test_a_landline_takes_no_text(story: Story, li: Actor) -> None:
    who = story.borrower("2026-05-11", "2026-06-11")
    with story.database.begin() as session:
        session.get_one(ContactPoint, who.points[0]).label = "home"
    story.follow(who, "2026-05-13 06:50")
    story.plan("2026-05-13 07:00")
    call = story.do(casework.next_call, li, moment("2026-05-13 09:00")).task.id
    assert "PLAN-NO-TEXT" in ask(story, call, li)

"""Messages: claimed, sent, received, reported on."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from floor import CALLERS, Story, moment

from collector.casework import actions as casework
from collector.casework import queries
from collector.casework.office import Office
from collector.dispatch.carriers import Cleared, OutgoingMessage, Receipt
from collector.dispatch.memory import MemoryCarrier
from collector.dispatch.rules import Progress
from collector.dispatch.tables import InboundMessage, Submission
from collector.facts import actions as facts
from collector.foundation.settings import Settings
from collector.history.rules import Channel
from collector.history.tables import Attempt, Delivery
from collector.planning.rules import Moment, TaskState
from collector.planning.tables import Refusal
from collector.portfolio.rules import ContactOwner
from collector.portfolio.tables import ContactPoint, Person, Portfolio


def test_a_message_is_claimed_sent_recorded_and_reported_on(story: Story) -> None:
    wang = story.borrower("2026-05-11", "2026-06-11")
    story.plan("2026-05-12 07:00")
    assert story.send("2026-05-12 07:30").sent == 0, "before the window"

    assert story.send("2026-05-12 09:00").sent == 1
    message, cleared = story.carrier.sent[0]
    assert message.to == wang.number
    [task] = story.tasks(wang)
    assert (task.state, cleared.task_id) == (TaskState.sent, task.id)
    [attempt] = story.rows(Attempt)
    assert (attempt.id, attempt.text, attempt.channel) == (task.attempt_id, message.body, Channel.sms)
    assert story.facts(wang, "2026-05-12 09:01").accounts[0].step == task.step
    assert story.send("2026-05-12 09:05").sent == 0, "once"

    token = message.status_url.rsplit("/", 1)[1]
    told = {"token": token, "sid": "SM1", "status": "delivered", "progress": Progress.delivered, "error_code": None}
    assert story.do(casework.message_status, **told, at=moment("2026-05-12 09:06"))
    assert not story.do(casework.message_status, **told, at=moment("2026-05-13 09:06")), "a repeated webhook"
    assert story.tasks(wang)[0].state is TaskState.done
    assert [row.status for row in story.rows(Delivery)] == ["delivered"]
    assert [row.progress for row in story.rows(Submission)] == [Progress.delivered]


def test_a_text_is_judged_with_the_terms_of_its_own_portfolio(story: Story, tmp_path: Path) -> None:
    """A changed template can not name another amount, another sender or somebody else's number."""
    overlay = tmp_path / "sms" / "zh"
    overlay.mkdir(parents=True)
    header = "purpose: overdue\ntone: courteous\ndescription: tampered\n---\n"
    (overlay / "overdue-first.j2").write_text(header + "{{ signature }}{{ name }}，请付{{ pays_off }}，另加贰元。")
    story.office = Office(Settings(templates_dir=tmp_path), story.database, story.office.keys)
    wang = story.borrower("2026-05-11", "2026-06-11")
    story.plan("2026-05-12 07:00")
    with story.database.begin() as session:
        row = session.get_one(Portfolio, story.cn)
        row.tightening = {"CN-SMS": {"name": "别家"}}
    assert story.send("2026-05-12 09:00").sent == 0
    refused = story.rows(Refusal)[-1]
    assert ([rule["id"] for rule in json.loads(refused.rules)], refused.moment) == (["CN-SMS"], Moment.claim)

    story.follow(wang, "2026-05-12 09:01")
    assert story.tasks(wang, Channel.sms) == []


def test_words_that_may_go_to_nobody_are_not_even_planned(story: Story, tmp_path: Path) -> None:
    """With the rule that would speak at the claim; a text put right is planned again."""
    overlay = tmp_path / "sms" / "zh"
    overlay.mkdir(parents=True)
    header = "purpose: overdue\ntone: firm\ndescription: tampered\n---\n"
    (overlay / "overdue-first.j2").write_text(header + "{{ signature }}{{ name }}，再不还款就报警抓你。")
    story.office = Office(Settings(templates_dir=tmp_path), story.database, story.office.keys)
    wang = story.borrower("2026-05-11", "2026-06-11")
    foreign = story.borrower("2026-05-11", "2026-06-11", language="fr")
    dry = casework.plan(story.office, "CN", moment("2026-05-12 07:00"), dry_run=True)[0]
    assert dry.refused == {"CN-FORBID": 1, "HOUSE-TEXT": 1}
    story.plan("2026-05-12 07:00")
    refused = {row.person_id: row for row in story.rows(Refusal)}
    assert [rule["id"] for rule in json.loads(refused[wang.person_id].rules)] == ["CN-FORBID"]
    assert [rule["id"] for rule in json.loads(refused[foreign.person_id].rules)] == ["HOUSE-TEXT"]
    assert {row.moment for row in refused.values()} == {Moment.plan}
    assert story.tasks(channel=Channel.sms) == []
    with story.database.read() as session:
        [told] = queries.explain(session, story.office, "CN/L-1", moment("2026-05-12 07:30"))["refused"]
        assert [rule["id"] for rule in told["rules"]] == ["CN-FORBID"]

    story.office = Office(Settings(), story.database, story.office.keys)
    story.follow(wang, "2026-05-12 08:00")
    assert [task.template for task in story.tasks(channel=Channel.sms)] == ["overdue-first"]


def test_a_language_without_texts_is_refused_at_the_claim_too(story: Story) -> None:
    """A person's language may change after planning: one text that is not there holds up no other."""
    wang, li = story.borrower("2026-05-11", "2026-06-11"), story.borrower("2026-05-11", "2026-06-11")
    story.plan("2026-05-12 07:00")
    with story.database.begin() as session:
        session.get_one(Person, wang.person_id).language = "fr"
        facts.refresh(session, [wang.person_id], moment("2026-05-12 08:00"))
    assert story.send("2026-05-12 09:00").sent == 1
    assert [message.to for message, _ in story.carrier.sent] == [li.number]
    assert [rule["id"] for rule in json.loads(story.rows(Refusal)[-1].rules)] == ["HOUSE-TEXT"]


def test_a_name_that_brings_an_amount_is_not_printed(story: Story) -> None:
    """The fixed words of a template hold no figures; a name that brings some, even in words, is left out."""
    wang = story.borrower("2026-05-11", "2026-06-11")
    story.plan("2026-05-12 07:00")
    with story.database.begin() as session:
        session.get_one(Person, wang.person_id).name = "王 另付五十元至"
    assert story.send("2026-05-12 09:00").sent == 1
    [(message, _)] = story.carrier.sent
    assert "五十元" not in message.body
    assert "王" not in message.body


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("whose", ["own", "stranger", "nobody"])
def test_whatever_is_written_to_us_is_kept_and_answered_only_by_what_can_be_said(
    story: Story, language: str, whose: str
) -> None:
    code, book = ("CN", story.cn) if language == "zh" else ("US", story.us)
    for number, (word, body) in enumerate(WRITTEN.items()):
        who = story.borrower("2026-05-11", "2026-06-11", portfolio_id=book)
        if whose == "stranger":
            with story.database.begin() as session:
                session.get_one(ContactPoint, who.points[0]).owner = ContactOwner.stranger
        sender = who.number if whose != "nobody" else f"+861390000{number:04}"
        told = {"sender": sender, "to": CALLERS[code][0], "body": body, "at": moment("2026-05-12 09:00")}
        reply = story.do(casework.inbound_sms, sid=f"SM{number}", **told)
        [kept] = story.rows(InboundMessage, InboundMessage.sid == f"SM{number}")
        assert (kept.reading, kept.replied) == (word, reply is not None)
        answered = {"stop", "help"} | ({"says_paid"} if whose == "own" else set())
        assert (reply is not None) == (word in answered), word
        assert "王" not in (reply or "") or whose == "own"


WRITTEN = {
    "stop": "STOP",
    "start": "START",
    "help": "HELP",
    "wrong_number": "Wrong number",
    "deceased": "he passed away",
    "attorney": "talk to my lawyer",
    "bankruptcy": "I am bankrupt",
    "says_paid": "already paid",
    "will_pay": "will pay on Friday",
    "dispute": "not my debt",
    "other": "hm",
}


class Slow(MemoryCarrier):
    """A carrier that takes ninety seconds a message, by the clock it carries."""

    def __init__(self, now: datetime) -> None:
        super().__init__()
        self.now = now

    def clock(self) -> datetime:
        return self.now

    async def send(self, message: OutgoingMessage, cleared: Cleared) -> Receipt:
        self.now += timedelta(seconds=90)
        return await super().send(message, cleared)


def test_a_long_queue_does_not_run_on_past_the_lawful_window(story: Story) -> None:
    for _ in range(3):
        story.borrower("2026-05-11", "2026-06-11")
    story.plan("2026-05-12 07:00")
    line = Slow(moment("2026-05-12 11:58"))
    sent = asyncio.run(casework.send_all(story.office, line.clock, carrier=line, batch=1)).sent
    assert (sent, line.now) == (2, moment("2026-05-12 12:01")), "the morning ends at noon"


def test_a_worker_that_is_told_to_stop_ends_after_its_batch(story: Story) -> None:
    for _ in range(3):
        story.borrower("2026-05-11", "2026-06-11")
    story.plan("2026-05-12 07:00")
    line = Slow(moment("2026-05-12 09:00"))
    asyncio.run(casework.send_all(story.office, line.clock, carrier=line, batch=1, is_over=lambda: len(line.sent) == 2))
    assert sorted(task.state for task in story.tasks()) == [TaskState.planned, TaskState.sent, TaskState.sent]

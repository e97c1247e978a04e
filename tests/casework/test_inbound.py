"""What people write to us, from the webhook's words to stops, rests, answers and the inbox."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from floor import Borrower, Story, moment

from collector.audit.tables import AuditEntry
from collector.casework import actions as casework
from collector.casework.views import messages, queues
from collector.compliance.packs import load_pack
from collector.compliance.rules import Contact, compile_policy, judge
from collector.dispatch.tables import InboundMessage
from collector.history.rules import Channel, HoldScope, StopKind
from collector.history.tables import Hold, Promise, Stop
from collector.identity.rules import CARRIER, EVERYTHING
from collector.portfolio.tables import Portfolio

CN_LINE, US_LINE = "+862155510001", "+12125550100"
AT = "2026-05-13 08:00"


def write(story: Story, who: str, body: str, at: str = AT, to: str = CN_LINE, sid: str | None = None) -> str | None:
    said = {"sender": who, "to": to, "body": body, "at": moment(at)}
    return story.do(casework.inbound_sms, sid=sid or f"SM{abs(hash((who, body, at)))}", **said)


def inbox(story: Story) -> list[str]:
    with story.database.read() as session:
        return [one.message.reading for one in queues.inbox(session, EVERYTHING)]


def stops(story: Story) -> list[Channel | None]:
    return [row.channel for row in story.rows(Stop) if row.lifted_at is None]


def borrower(story: Story, **more: Any) -> Borrower:
    return story.borrower("2026-05-12", "2026-06-11", **more)


@pytest.mark.parametrize(
    ("body", "word"),
    [
        pytest.param("HELP", "+862155510001", id="help names a number"),
        pytest.param("我已经还了", "L-1", id="paid: being checked"),
    ],
)
def test_what_is_asked_is_answered(story: Story, body: str, word: str) -> None:
    who = borrower(story)
    assert word in (write(story, who.number, body) or "")


def test_nothing_of_a_debt_is_said_to_a_number_nobody_knows(story: Story) -> None:
    borrower(story)
    assert write(story, "+8613999999999", "已经还了") is None
    assert inbox(story) == ["says_paid"]


def test_a_stop_is_confirmed_once_whatever_comes_after(story: Story) -> None:
    who = borrower(story)
    assert write(story, who.number, "STOP")
    for day in range(13, 17):
        assert write(story, who.number, "STOP", f"2026-05-{day} 18:00") is None
        assert write(story, who.number, "HELP", f"2026-05-{day} 19:00") is None, "the number takes no messages"
    assert stops(story) == [Channel.sms]
    assert inbox(story) == ["help"] * 4


def test_an_answer_is_judged_and_the_verdict_is_on_record(story: Story) -> None:
    """At night, on the day of another text, and while our own hold lasts."""
    who = borrower(story)
    story.plan("2026-05-13 07:00")
    assert story.send("2026-05-13 09:00").sent == 1
    assert write(story, who.number, "HELP", "2026-05-13 23:30")
    assert write(story, "+8613999999999", "STOP", "2026-05-13 23:31"), "of whom nothing is known"
    helped, stopped = story.rows(InboundMessage)
    entries = [row for row in story.rows(AuditEntry, AuditEntry.action == "gate.judged") if row.actor == CARRIER.name]
    told = [(row.subject, *(row.detail[name] for name in ("moment", "answer", "person", "purpose"))) for row in entries]
    assert told == [
        (f"inbound_message:{helped.id}", "answer", "allow", who.person_id, "answer"),
        (f"inbound_message:{stopped.id}", "answer", "allow", None, "opt_out_confirmation"),
    ]
    assert [len(row.detail["policy"]) for row in entries] == [64, 64]
    assert len(entries[0].detail["facts"]) == 64


def red_switch(story: Story, _who: Borrower) -> None:
    story.do(casework.hold, scope=HoldScope.everything, at=moment("2026-05-13 07:00"), actor=CARRIER)


def is_bankrupt(story: Story, who: Borrower) -> None:
    at = moment("2026-05-13 07:00")
    story.do(casework.stop, kind=StopKind.bankruptcy, at=at, actor=CARRIER, person_id=who.person_id)


def unsigned(story: Story, _who: Borrower) -> None:
    with story.database.begin() as session:
        session.get_one(Portfolio, story.cn).tightening = {"CN-SMS": {"name": "别家"}}


@pytest.mark.parametrize(
    ("forbid", "rule"), [(red_switch, "HOUSE-HOLD"), (is_bankrupt, "HOUSE-BK"), (unsigned, "CN-SMS")]
)
def test_what_the_gate_refuses_is_not_said_and_a_person_answers(
    story: Story, forbid: Callable[[Story, Borrower], None], rule: str
) -> None:
    """The word itself is obeyed all the same."""
    who = borrower(story)
    forbid(story, who)
    assert write(story, who.number, "HELP") is None
    assert inbox(story) == ["help"]
    assert write(story, who.number, "STOP", "2026-05-13 08:10") is None
    assert Channel.sms in stops(story)
    entries = [row.detail for row in story.rows(AuditEntry, AuditEntry.action == "gate.judged")]
    assert [(entry["answer"], entry["rules"]) for entry in entries] == [("deny", [rule])] * 2


def test_one_answer_a_day(story: Story) -> None:
    who = borrower(story)
    answers = [write(story, who.number, "HELP", f"2026-05-13 {hour:02}:00") for hour in range(8, 20)]
    assert [bool(answer) for answer in answers] == [True] + [False] * 11
    assert write(story, who.number, "HELP", "2026-05-14 08:01")


def test_start_opens_messages_and_never_calls(story: Story) -> None:
    who = borrower(story)
    write(story, who.number, "STOP")
    write(story, who.number, "START", "2026-05-14 08:00")
    assert stops(story) == []
    write(story, who.number, "Stop calling me", "2026-05-15 08:00")
    write(story, who.number, "START", "2026-05-16 08:00")
    assert stops(story) == [None]
    assert inbox(story) == ["stop", "start"], "a person asks what is meant"


def test_a_yes_opens_nothing(story: Story) -> None:
    who = borrower(story)
    write(story, who.number, "STOP")
    write(story, who.number, "YES", "2026-05-14 08:00")
    assert stops(story) == [Channel.sms]


def test_from_the_day_of_revoke_all_a_stop_closes_calls_too_in_the_us(story: Story) -> None:
    write(story, "+12025550123", "STOP", "2027-01-30 09:00", US_LINE)
    write(story, "+12025550124", "STOP", "2027-02-01 09:00", US_LINE)
    closed = {number: [row.channel for row in story.rows(Stop) if row.number == number] for number in NUMBERS}
    assert closed == {NUMBERS[0]: [Channel.sms], NUMBERS[1]: [Channel.sms, Channel.call]}


def test_after_revoke_all_start_opens_messages_and_still_not_calls(story: Story) -> None:
    who = story.borrower("2027-01-12", portfolio_id=story.us, phones=["+12025550123"])
    write(story, who.number, "STOP", "2027-02-01 09:00", US_LINE)
    assert verdicts(story, who, "2027-02-03 10:00") == {Channel.sms: ["US-TCPA"], Channel.call: ["US-TCPA"]}
    write(story, who.number, "START", "2027-02-02 09:00", US_LINE)
    assert verdicts(story, who, "2027-02-03 10:00") == {Channel.sms: [], Channel.call: ["US-TCPA"]}


def verdicts(story: Story, who: Borrower, at: str) -> dict[Channel, list[str]]:
    """What the law on consent says of both, in New York."""
    when = moment(at, ZoneInfo("America/New_York"))
    facts, gate = story.facts(who, at), compile_policy(load_pack("us"), "creditor")
    asked = {one: Contact(one, (who.account_id,), number=who.number) for one in (Channel.sms, Channel.call)}
    found = {one: judge(contact, facts, gate, when).rules for one, contact in asked.items()}
    return {one: [rule.id for rule in rules if rule.id == "US-TCPA"] for one, rules in found.items()}


NUMBERS = ("+12025550123", "+12025550124")


@pytest.mark.parametrize(
    "body",
    [
        "他去世了",
        "my lawyer will call",
        "I am bankrupt",
        "打错了",
        "I don't want to live anymore",
        "不认可",
        "投诉你们",
    ],
)
def test_contact_rests_until_a_person_has_read_the_message(story: Story, body: str) -> None:
    who = borrower(story)
    story.plan("2026-05-13 07:00")
    assert write(story, who.number, body) is None, "no machine answers this"
    assert story.send("2026-05-13 09:00").sent == 0
    story.plan("2026-05-20 07:00")
    assert story.send("2026-05-20 09:00").sent == 0, "however long it takes"

    [row] = story.rows(InboundMessage)
    li = story.agent("li")
    story.do(casework.handle_inbound, row.id, moment("2026-05-20 10:00"), li)
    story.do(casework.handle_inbound, row.id, moment("2026-05-21 10:00"), li)
    assert [hold.lifted_by for hold in story.rows(Hold)] == ["user:li"]
    assert inbox(story) == []


def test_reading_one_message_lifts_only_its_own_rest(story: Story) -> None:
    who = borrower(story)
    write(story, who.number, "打错了", sid="SM1")
    write(story, who.number, "我要投诉", sid="SM2")
    first = min(row.id or 0 for row in story.rows(InboundMessage))
    story.do(casework.handle_inbound, first, moment("2026-05-13 10:00"), story.agent("li"))
    holds = sorted(story.rows(Hold), key=lambda hold: hold.id or 0)
    assert [hold.lifted_at is None for hold in holds] == [False, True]


def test_who_speaks_of_dying_comes_first(story: Story) -> None:
    write(story, borrower(story).number, "周五还")
    write(story, borrower(story).number, "我不想活了", "2026-05-13 08:05")
    assert inbox(story) == ["crisis", "will_pay"]


def test_a_stop_with_something_else_acts_and_is_read(story: Story) -> None:
    who = borrower(story)
    assert write(story, who.number, "stop! wrong number")
    assert stops(story) == [Channel.sms]
    assert inbox(story) == ["stop"]
    [hold] = story.rows(Hold)
    assert hold.actor == CARRIER.name


@pytest.mark.parametrize("sender", ["AMAZON", "", "+1", "95588", "中国银行"])
def test_a_sender_that_is_no_number_is_neither_bound_nor_answered(story: Story, sender: str) -> None:
    assert write(story, sender, "STOP") is None
    assert (stops(story), inbox(story)) == ([], ["stop"])


@pytest.mark.parametrize(
    "body", ["", "\x00", "\ud83d", "x" * 10_000, "\u202e\u2066abc", "a\x00b\x1b[2J", "📷"], ids=ascii
)
def test_any_message_is_kept_for_a_person(story: Story, body: str) -> None:
    write(story, borrower(story).number, body)
    [row] = story.rows(InboundMessage)
    assert len(row.body) <= 1600
    assert not set(row.body) & {"\x00", "\x1b", "\ud83d"}
    assert inbox(story) == ["other"]


def test_a_stop_for_a_number_that_nobody_knows_binds_it(story: Story) -> None:
    write(story, "+8613912345678", "TD", to="+10000000000")
    who = borrower(story, phones=["+8613912345678"])
    story.plan("2026-05-13 07:00")
    assert story.send("2026-05-13 09:00").sent == 0
    assert [task for task in story.tasks(who, Channel.sms) if task.submitted_at] == []


def test_a_promise_read_from_a_message_is_a_suggestion(story: Story) -> None:
    who = borrower(story)
    write(story, who.number, "刚做完手术，15号还500元")
    [row] = story.rows(InboundMessage)
    with story.database.read() as session:
        seen = messages.seen(session, row)
    assert [str(word) for word in seen.readings] == ["hardship", "will_pay"]
    assert (seen.day, seen.amount) == (moment("2026-05-15 12:00").date(), 500_00)
    assert story.rows(Promise) == []
    write(story, who.number, "周五还", "2026-05-13 09:00")
    with story.database.read() as session:
        seen = messages.seen(session, story.rows(InboundMessage)[1])
    assert (seen.day, seen.amount) == (moment("2026-05-15 12:00").date(), 1_000_00), "what clears it"

"""Of a debt that the legal team has one named person talks, judged by the usual rules, and nobody else."""

from __future__ import annotations

import pytest
from floor import LI, Borrower, Story, moment
from sqlmodel import Session

from collector.casework import actions as casework
from collector.casework.replay import replay
from collector.compliance.rules import Answer, Verdict
from collector.dispatch import actions as dispatch
from collector.facts.differences import verify
from collector.facts.rules import Mark, negotiator_of
from collector.foundation.errors import BadInput, Conflict
from collector.history import actions as history
from collector.history.rules import Channel, Outcome, ReferralKind, ReferralState, Route, StepKind, StopKind
from collector.history.tables import Referral, ReferralStep
from collector.identity.rules import Actor, Level, Role
from collector.planning.rules import TaskState
from collector.planning.tables import Refusal, Task
from collector.portfolio.rules import Security
from collector.portfolio.tables import Portfolio

EIGHT, NINE, TEN = "2026-05-13 08:00", "2026-05-13 09:00", "2026-05-13 10:00"
S = ReferralState


@pytest.fixture
def wu(story: Story) -> Actor:
    return story.agent("wu", level=Level.primary)


@pytest.fixture
def li(story: Story) -> Actor:
    return story.agent("li")


@pytest.fixture
def han(story: Story) -> Actor:
    return story.agent("han", None, Level.senior, Role.legal)


def refer(story: Story, who: Borrower, at: str = EIGHT) -> int:
    with story.database.begin() as session:
        row = history.open_referral(
            session,
            kind=ReferralKind.legal,
            person_id=who.person_id,
            account_id=who.account_id,
            portfolio_id=story.cn,
            reasons=[{"trigger": "refusal"}],
            evidence={},
            now=moment(at),
            actor=LI,
        )
        number = row.id or 0
    story.follow(who, at)
    return number


def accept(story: Story, number: int, talks: Actor, han: Actor, at: str = EIGHT, **more: object) -> None:
    named = {"negotiator_id": talks.user_id, **more}
    story.do(casework.move_referral, number, S.accepted, moment(at), han, "taken", **named)


@pytest.fixture
def case(story: Story, wu: Actor, li: Actor, han: Actor) -> tuple[Borrower, int]:
    """Ninety days late and with legal, where wu goes on talking; a call-back is agreed for this morning."""
    who = story.borrower("2026-02-11", "2026-03-11", "2026-04-11")
    number = refer(story, who)
    accept(story, number, wu, han)
    asked = {"account_id": who.account_id, "due_at": moment(NINE), "at": moment(EIGHT), "actor": li}
    story.do(casework.agree_callback, **asked)
    story.plan(EIGHT)
    return who, number


def next_call(story: Story, agent: Actor, at: str = NINE) -> Task | None:
    claimed = story.do(casework.next_call, agent, moment(at))
    return claimed.task if claimed else None


def test_the_negotiator_is_handed_the_call_and_nobody_else(
    story: Story, case: tuple[Borrower, int], wu: Actor, li: Actor
) -> None:
    who, _ = case
    assert next_call(story, li) is None
    task = next_call(story, wu)
    assert task is not None
    assert (task.account_id, task.owner_id) == (who.account_id, wu.user_id)


def test_a_call_that_somebody_else_holds_is_not_dialled_once_the_negotiator_changed(
    story: Story, case: tuple[Borrower, int], wu: Actor, li: Actor, han: Actor
) -> None:
    _, number = case
    task = next_call(story, wu)
    assert task is not None
    story.do(casework.change_negotiator, number, li.user_id, moment(NINE), han, "wu is ill")
    with story.database.begin() as session:
        said = dispatch.submit_call(
            session, task.id or 0, wu, "+8613800000001", story.office.capabilities, moment(NINE)
        )
    assert isinstance(said, Verdict)
    [rule] = [one for one in said.rules if one.id == "HOUSE-LEGAL"]
    assert rule.reason == "with legal; negotiator li"
    story.follow(case[0], NINE)
    taken = next_call(story, li)
    assert taken is not None
    assert taken.owner_id == li.user_id


def test_a_negotiator_who_is_away_leaves_the_call_waiting(
    story: Story, case: tuple[Borrower, int], wu: Actor, li: Actor
) -> None:
    span = {"begins_at": moment("2026-05-12 00:00"), "ends_at": moment("2026-05-20 00:00")}
    with story.database.begin() as session:
        casework.note_absence(session, user_id=wu.user_id or 0, note="", at=moment(EIGHT), actor=LI, **span)
    assert next_call(story, li) is None
    [task] = story.tasks(case[0], Channel.call)
    assert task.state is TaskState.planned


def judged(session: Session, story: Story, task: Task, by: str) -> Verdict:
    return dispatch.calling.judge_task(session, task, story.office.capabilities, moment(NINE), by).verdict


def test_the_gate_tells_the_negotiator_from_all_others(story: Story, case: tuple[Borrower, int]) -> None:
    [task] = story.tasks(case[0], Channel.call)
    with story.database.read() as session:
        assert judged(session, story, task, "user:wu").answer is Answer.allow
        for other in ("user:li", "wu", "key:wu", "worker", "user:w"):
            assert [one.id for one in judged(session, story, task, other).rules] == ["HOUSE-LEGAL"], other


def test_the_usual_rules_bind_the_negotiator_too(story: Story, case: tuple[Borrower, int], wu: Actor) -> None:
    story.do(casework.stop, person_id=case[0].person_id, kind=StopKind.cease, at=moment(EIGHT), actor=LI)
    assert next_call(story, wu) is None


def test_what_is_sent_by_itself_stops_and_says_why(story: Story, wu: Actor, li: Actor, han: Actor) -> None:
    who = story.borrower("2026-02-11", "2026-03-11", "2026-04-11")
    terms = {"account_id": who.account_id, "amount": 60_000, "due_at": moment("2026-05-14 18:00")}
    story.do(casework.make_promise, **terms, at=moment("2026-05-11 09:00"), actor=li)
    number = refer(story, who)
    story.plan("2026-05-13 07:30")
    assert [task.template for task in story.tasks(who, Channel.sms)] == ["promise-reminder"]
    accept(story, number, wu, han)
    assert story.tasks(who, Channel.sms) == []
    [refusal] = story.rows(Refusal, Refusal.channel == Channel.sms)
    assert "with legal; negotiator wu" in refusal.rules


def test_what_a_borrower_asks_for_in_a_talk_is_sent_all_the_same(
    story: Story, case: tuple[Borrower, int], wu: Actor
) -> None:
    with story.database.begin() as session:
        session.get_one(Portfolio, story.cn).pay_instructions = "可通过本行手机银行办理"
    task = next_call(story, wu)
    assert task is not None
    assert story.do(casework.send_how_to_pay, task.id or 0, moment("2026-05-13 09:05"), wu) == ""
    assert story.send("2026-05-13 09:07").sent == 1
    story.do(casework.record_outcome, task.id or 0, Outcome.right_party, moment("2026-05-13 09:10"), actor=wu)
    with story.database.read() as session:
        again = replay(session)
    assert (again.breaches, again.told) == (0, [])


def test_after_payment_everybody_may_talk_again(story: Story, case: tuple[Borrower, int], li: Actor) -> None:
    who, _ = case
    story.pay(who, 300_000, TEN, covers="2026-05-13 10:30")
    row = story.rows(Referral)[0]
    assert (row.state, row.state_reason) == (S.recalled, "settled")
    assert story.rows(ReferralStep)[-1].state is S.recalled
    assert negotiator_of(story.facts(who, "2026-05-13 11:00").body, who.account_id) is None


def test_without_a_name_the_owner_talks_or_else_who_accepts(story: Story, wu: Actor, li: Actor, han: Actor) -> None:
    owned, free = story.borrower("2026-02-11", owner_id=li.user_id), story.borrower("2026-02-11")
    for who, named in ((owned, "li"), (free, "han")):
        story.do(casework.move_referral, refer(story, who), S.accepted, moment(NINE), han, "")
        talks = negotiator_of(story.facts(who, NINE).body, who.account_id)
        assert talks is not None
        assert talks.name == named
    nobody = story.borrower("2026-02-11")
    story.do(casework.move_referral, refer(story, nobody), S.accepted, moment(NINE), LI, "")
    [mark] = [one for one in story.facts(nobody, NINE).body.standing if one.mark is Mark.with_legal]
    assert mark.detail["negotiator"] is None


def test_who_does_not_talk_with_borrowers_is_not_named(story: Story, case: tuple[Borrower, int], han: Actor) -> None:
    eva = story.agent("eva", None, Level.senior, Role.auditor)
    for action in (
        lambda: accept(story, refer(story, story.borrower("2026-02-11")), eva, han),
        lambda: story.do(casework.change_negotiator, case[1], eva.user_id, moment(NINE), han, "x"),
    ):
        with pytest.raises(BadInput, match="does not talk with borrowers"):
            action()


def test_every_step_stays_on_record(story: Story, case: tuple[Borrower, int], li: Actor, wu: Actor, han: Actor) -> None:
    number = case[1]
    with pytest.raises(BadInput, match="why the route changes"):
        story.do(casework.change_route, number, Route.mediation, moment(NINE), han, " ")
    story.do(casework.change_route, number, Route.mediation, moment(NINE), han, "the borrower asked")
    story.do(casework.change_negotiator, number, li.user_id, moment(TEN), han, "wu is ill")
    story.do(casework.move_referral, number, S.returned, moment(TEN), han, "contract is missing")
    steps = [(row.kind, row.state, row.route, row.negotiator_id, row.reason) for row in story.rows(ReferralStep)]
    assert steps == [
        (StepKind.moved, S.accepted, Route.suit, wu.user_id, "taken"),
        (StepKind.route, S.accepted, Route.mediation, wu.user_id, "the borrower asked"),
        (StepKind.negotiator, S.accepted, Route.mediation, li.user_id, "wu is ill"),
        (StepKind.moved, S.returned, Route.mediation, None, "contract is missing"),
    ]
    assert {row.actor for row in story.rows(ReferralStep)} == {"user:han"}
    for late in (
        lambda: story.do(casework.change_route, number, Route.suit, moment(TEN), han, "x"),
        lambda: story.do(casework.change_negotiator, number, wu.user_id, moment(TEN), han, "x"),
    ):
        with pytest.raises(Conflict, match="not with the legal team"):
            late()
    with story.database.read() as session:
        assert verify(session) == []


def test_another_route_than_the_proposed_one_needs_a_reason(story: Story, wu: Actor, han: Actor) -> None:
    who = story.borrower("2026-02-11", security=Security.mortgaged)
    number = refer(story, who)
    with pytest.raises(BadInput, match="another route"):
        story.do(casework.move_referral, number, S.accepted, moment(NINE), han, "", route=Route.suit)
    story.do(casework.move_referral, number, S.accepted, moment(NINE), han, "the house is gone", route=Route.suit)
    [step] = story.rows(ReferralStep)
    assert (step.route, step.proposed) == (Route.suit, Route.court_sale)


def test_cases_are_filed_together_once_under_the_next_number(story: Story, wu: Actor, han: Actor) -> None:
    numbers = [refer(story, story.borrower("2026-02-11")) for _ in range(3)]
    story.do(casework.move_referrals, numbers, S.accepted, moment(NINE), han, "all", negotiator_id=wu.user_id)
    first = story.do(casework.file_together, numbers[:2], moment(NINE), han)
    assert (first.number, first.cases) == ("CN-2026-001", 2)
    with pytest.raises(Conflict, match="filed with others"):
        story.do(casework.file_together, numbers, moment(NINE), han)
    second = story.do(casework.file_together, numbers[2:], moment(NINE), han)
    assert second.number == "CN-2026-002"
    assert [row.filing_id for row in story.rows(Referral)] == [first.id, first.id, second.id]

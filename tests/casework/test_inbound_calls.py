"""Somebody calls one of our numbers: to the desk that knows the account, to another, else to nobody, and as work."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from floor import CALLERS, Borrower, Story, moment
from sqlmodel import Session

from collector.casework import actions as casework
from collector.casework.views import queues, recordings
from collector.casework.views.calling_in import at_desk, may_be
from collector.casework.views.talks import talk_in_hand
from collector.dispatch.queries import desk_phones
from collector.dispatch.rules import AgentState, InboundState, RecordingState
from collector.dispatch.tables import InboundCall, InboundMessage, Recording
from collector.facts.rules import Kind
from collector.foundation.database import Database
from collector.foundation.errors import BadInput, Conflict, NotFound
from collector.history.rules import Direction, Identifier, Outcome
from collector.history.tables import Attempt, CallbackRow, OutcomeRow, SaidInCall, Stop, Verification
from collector.identity.absences import note_absence
from collector.identity.rules import EVERYTHING, Actor, Level
from collector.identity.tables import User
from collector.planning.rules import Purpose
from collector.portfolio.rules import ContactKind, PartyRole
from collector.portfolio.tables import Account, ContactPoint, Party, Person

AT = moment("2026-05-12 10:00")
LINE = CALLERS["CN"][0]
DESK, STAND_IN = "+862155519991", "+862155519992"


def calls(story: Story, sender: str, sid: str = "CA1") -> str:
    answer: str = story.do(casework.inbound_call, sid=sid, sender=sender, to=LINE, at=AT)
    return answer


def ends(story: Story, sender: str, status: str, sid: str = "CA1", **more: Any) -> str:
    told = {"sid": sid, "sender": sender, "to": LINE, "status": status, "at": AT + timedelta(minutes=2), **more}
    answer: str = story.do(casework.inbound_call_ended, **told)
    return answer


def picks_up(story: Story, sid: str = "CA1") -> None:
    with story.database.begin() as session:
        assert casework.inbound_desk(session, sid=sid, status="in-progress", at=AT + timedelta(minutes=1))
        assert not casework.inbound_desk(session, sid=sid, status="in-progress", at=AT), "told again"


def the_call(story: Story) -> InboundCall:
    [row] = story.rows(InboundCall)
    return row


def state(story: Story, agent: Actor) -> AgentState:
    with story.database.read() as session:
        return next(one.state for one in desk_phones(session, story.cn, AT) if one.user_id == agent.user_id)


@pytest.fixture
def owned(story: Story) -> Callable[..., Borrower]:
    """Somebody whose account belongs to li, and to wu while li is away."""
    li, wu = story.agent("li", DESK), story.agent("wu", STAND_IN)
    story.sign_in(li, "2026-05-12 09:55")
    story.sign_in(wu, "2026-05-12 09:55")

    def made(owner: Actor | None = li) -> Borrower:
        standby = wu.user_id if owner else None
        return story.borrower("2026-05-11", "2026-06-11", owner_id=owner and owner.user_id, standby_id=standby)

    return made


def test_a_known_number_reaches_the_owner_again_and_again_and_counts_once(
    story: Story, owned: Callable[..., Borrower]
) -> None:
    who = owned()
    assert DESK in calls(story, who.number)
    assert DESK in calls(story, who.number), "a repeated webhook"
    assert [row.direction for row in story.rows(Attempt)] == ["inbound"]
    assert story.rows(InboundMessage) == []


def test_the_stand_in_answers_for_an_owner_who_left(story: Story, owned: Callable[..., Borrower]) -> None:
    who = owned()
    with story.database.begin() as session:
        account = session.get_one(Account, who.account_id)
        session.get_one(User, account.owner_id).disabled_at = AT
    assert STAND_IN in calls(story, who.number)


def test_the_stand_in_answers_while_the_owner_is_away(story: Story, owned: Callable[..., Borrower]) -> None:
    who = owned()
    with story.database.begin() as session:
        owner = session.get_one(Account, who.account_id).owner_id or 0
        note_absence(session, owner, AT, AT + timedelta(hours=2), note="", at=AT, actor="cli")
    assert STAND_IN in calls(story, who.number)


def test_an_account_that_nobody_owns_hides_no_other(story: Story, owned: Callable[..., Borrower]) -> None:
    first, second = owned(None), owned()
    with story.database.begin() as session:
        session.get_one(Account, second.account_id).person_id = first.person_id
    story.follow(first, "2026-05-12 09:00")
    assert DESK in calls(story, first.number)


def test_a_guarantor_reaches_the_desk_of_the_account(story: Story, owned: Callable[..., Borrower]) -> None:
    who = owned()
    guarantor = story.borrower()
    with story.database.begin() as session:
        session.add(Party(account_id=who.account_id, person_id=guarantor.person_id, role=PartyRole.guarantor))
        session.get_one(Account, guarantor.account_id).portfolio_id = story.us
    story.follow(guarantor, "2026-05-12 09:00")
    assert DESK in calls(story, guarantor.number)


def test_they_hear_once_that_the_call_is_recorded_and_every_ring_records(
    story: Story, owned: Callable[..., Borrower]
) -> None:
    who = owned()
    answer = calls(story, who.number)
    assert answer.index("本次通话将会录音。") < answer.index("<Dial")
    assert 'record="record-from-answer-dual"' in answer
    assert "/voice-in/recording/CA1" in answer
    assert calls(story, who.number) == answer, "a repeated webhook"
    answer = ends(story, who.number, "no-answer")
    assert STAND_IN in answer
    assert "<Say" not in answer
    assert 'record="record-from-answer-dual"' in answer


def test_where_recording_is_switched_off_nobody_is_told_of_one(database: Database) -> None:
    story = Story(database, record_calls=False)
    li = story.agent("li", DESK)
    story.sign_in(li, "2026-05-12 09:55")
    who = story.borrower("2026-05-11", "2026-06-11", owner_id=li.user_id)
    answer = calls(story, who.number)
    assert DESK in answer
    assert "<Say" not in answer
    assert "record" not in answer


@pytest.mark.parametrize("knows", [True, False], ids=["their person is known", "nobody has the number"])
def test_the_recording_belongs_to_the_call_that_came_in(
    story: Story, owned: Callable[..., Borrower], knows: bool
) -> None:
    who = owned()
    calls(story, who.number if knows else "+8613911112222")
    picks_up(story)
    call = the_call(story)
    told = {"call_sid": "CA1", "seconds": 40, "at": AT + timedelta(minutes=3)}
    for _ in range(2):
        story.do(casework.inbound_recording_made, sid="RE" + "a" * 32, **told)
    [row] = story.rows(Recording)
    assert (row.inbound_call_id, row.task_id, row.agent, row.at, row.seconds) == (
        call.id,
        None,
        "user:li",
        AT + timedelta(minutes=1),
        40,
    )
    assert row.keep_until == date(2031, 5, 12)
    with story.database.begin() as session:
        session.get_one(Recording, row.id).state = RecordingState.kept
    with story.database.read() as session:
        heard = recordings.played(session, EVERYTHING, row.id or 0)
        drawn = recordings.to_hear(session, EVERYTHING, AT + timedelta(hours=1), AT.date())
        found = recordings.of_attempts(session, [call.attempt_id or 0])
    assert heard.account_id == (who.account_id if knows else None)
    assert [(one.recording_id, one.account_id) for one in drawn] == [(row.id, heard.account_id)]
    assert found == ({call.attempt_id: (row.id, 40)} if knows else {})


def test_a_recording_of_no_call_of_ours_is_not_kept(story: Story) -> None:
    assert story.do(casework.inbound_recording_made, call_sid="CA9", sid="RE" + "a" * 32, seconds=1, at=AT) is None
    with pytest.raises(BadInput):
        story.do(casework.inbound_recording_made, call_sid="CA9", sid="RE/../x", seconds=1, at=AT)
    assert story.rows(Recording) == []


@pytest.fixture
def taken(story: Story, owned: Callable[..., Borrower]) -> tuple[Borrower, Actor, int]:
    """A borrower of li's with an ID card, who called and talks to li."""
    who = owned()
    with story.database.begin() as session:
        person = session.get_one(Person, who.person_id)
        person.id_type, person.id_sealed = "cn_id", story.office.keys.seal("11010519491231002X")
        li = session.get_one(User, session.get_one(Account, who.account_id).owner_id)
        agent = Actor(f"user:{li.name}", li.id, level=Level.senior)
    calls(story, who.number)
    picks_up(story)
    return who, agent, the_call(story).id or 0


RIGHT = {Identifier.id_last4: "002X", Identifier.birth_date: "19491231"}


@pytest.mark.parametrize("known", [True, False])
def test_where_nobody_can_answer_a_person_is_told_to_call_back(story: Story, known: bool) -> None:
    number = story.borrower("2026-05-11").number if known else "+8613900000001"
    for _ in range(2):
        assert "稍" in calls(story, number) or "尽快" in calls(story, number)
    [missed] = story.rows(InboundMessage)
    assert (missed.reading, missed.person_id is not None, missed.handled_at) == ("missed_call", known, None)
    assert len(story.rows(CallbackRow)) == known, "who is known is called back"


def test_the_next_desk_rings_when_one_does_not_answer_and_then_a_message_is_taken(
    story: Story, owned: Callable[..., Borrower]
) -> None:
    who = owned()
    assert DESK in calls(story, who.number)
    assert STAND_IN in ends(story, who.number, "no-answer")
    assert "<Say" in ends(story, who.number, "no-answer")
    call = the_call(story)
    assert (call.state, len(call.rung)) == (InboundState.missed, 2)
    [missed] = story.rows(InboundMessage)
    assert (missed.reading, missed.call_id) == ("missed_call", call.id)


def test_a_ready_agent_of_the_level_helps_out(story: Story) -> None:
    ann, bob = story.agent("ann", "+1001", Level.primary), story.agent("bob", "+1002", Level.senior)
    story.sign_in(bob, "2026-05-12 09:55")
    who = story.borrower("2026-03-01", "2026-06-11")
    story.sign_in(ann, "2026-05-12 09:50")
    assert "+1001" in calls(story, who.number), "waits longer"
    assert "+1002" in calls(story, who.number, "CA2"), "a phone that rings gets no second call"


def test_who_hangs_up_before_anybody_answers_is_called_back_by_the_owner(
    story: Story, owned: Callable[..., Borrower]
) -> None:
    who = owned()
    story.follow(who, "2026-05-12 09:00")
    story.plan("2026-05-12 07:00")
    calls(story, who.number)
    ends(story, who.number, "no-answer", hung_up=True)
    calls(story, who.number, "CA2")
    ends(story, who.number, "no-answer", "CA2", hung_up=True)
    [back] = story.rows(CallbackRow)
    owner = story.rows(Account)[0].owner_id
    assert (back.person_id, back.user_id) == (who.person_id, owner), "once, however often they call"
    assert [row.reading for row in story.rows(InboundMessage)] == ["abandoned_call"] * 2
    agent = Actor("user:li", owner, level=Level.senior)
    claimed = story.do(casework.next_call, agent, back.due_at)
    assert claimed.task.purpose is Purpose.callback
    story.do(casework.record_outcome, claimed.task.id, Outcome.right_party, back.due_at, actor=agent)
    assert all(row.handled_at for row in story.rows(InboundMessage))


def test_who_was_dealt_with_by_hand_is_not_called_back(story: Story, owned: Callable[..., Borrower]) -> None:
    who = owned()
    calls(story, who.number)
    ends(story, who.number, "no-answer", hung_up=True)
    [missed] = story.rows(InboundMessage)
    story.do(casework.handle_inbound, missed.id, AT + timedelta(minutes=5), Actor("user:li"))
    assert [row.done_at is not None for row in story.rows(CallbackRow)] == [True]


def test_missed_calls_are_the_owners_first_with_a_deadline(story: Story, owned: Callable[..., Borrower]) -> None:
    calls(story, "+8613900000001")
    ends(story, "+8613900000001", "no-answer", hung_up=True)
    who = owned()
    calls(story, who.number, "CA2")
    ends(story, who.number, "no-answer", "CA2", hung_up=True)
    owner = next(row.owner_id for row in story.rows(Account) if row.id == who.account_id)
    with story.database.read() as session:
        mine, other = queues.inbox(session, EVERYTHING, user_id=owner)
    assert (mine.mine, other.mine) == (True, False)
    assert mine.answer_by == AT + timedelta(hours=2, minutes=2)


def test_the_desk_sees_the_call_and_its_agent_is_busy_until_the_result(
    story: Story, taken: tuple[Borrower, Actor, int]
) -> None:
    who, li, call_id = taken
    with story.database.read() as session:
        seen = at_desk(session, li.user_id)
    assert seen is not None
    assert (seen.call_id, seen.state, seen.name) == (call_id, InboundState.talking, "王··")
    assert state(story, li) is AgentState.on_call
    with pytest.raises(Conflict, match="came in"):
        story.do(casework.next_call, li, AT)
    ends(story, who.number, "completed", seconds=60)
    assert state(story, li) is AgentState.wrap_up
    story.do(casework.verify_caller, call_id, RIGHT, AT, li)
    story.do(casework.inbound_outcome, call_id, Outcome.right_party, AT + timedelta(minutes=3), actor=li)
    assert state(story, li) is AgentState.ready, "wrap-up ends with the result"


def test_a_talk_that_came_in_counts_as_one_and_not_as_a_call_of_ours(
    story: Story, taken: tuple[Borrower, Actor, int]
) -> None:
    who, li, call_id = taken
    story.do(casework.verify_caller, call_id, RIGHT, AT, li)
    story.do(casework.inbound_outcome, call_id, Outcome.right_party, AT + timedelta(minutes=3), actor=li)
    events = story.facts(who, "2026-05-12 11:00").body.events
    assert [(one.kind, one.direction) for one in events] == [
        (Kind.call, Direction.inbound),
        (Kind.conversation, Direction.inbound),
    ]
    [attempt] = story.rows(Attempt)
    assert attempt.natural_key == "carrier:CA1"


def test_what_is_recorded_in_it_belongs_to_it(story: Story, taken: tuple[Borrower, Actor, int]) -> None:
    who, li, call_id = taken
    story.do(casework.verify_caller, call_id, RIGHT, AT, li)

    def says(session: Session, office: Any) -> bool:
        account = session.get_one(Account, who.account_id)
        about = {"actor": li, "account": account, "at": AT + timedelta(minutes=2)}
        first = casework.said_in_call(session, office, subject="promise:1", **about)
        again = casework.said_in_call(session, office, subject="promise:1", **about)
        attempt = casework.conversation_about(session, li, account, AT)
        return first and not again and attempt == the_call(story).attempt_id

    assert story.do(says)
    [said] = story.rows(SaidInCall)
    assert said.attempt_id == story.rows(Attempt)[0].id
    due = AT + timedelta(hours=3)
    story.do(casework.agree_callback, account_id=who.account_id, due_at=due, at=AT, actor=li)
    assert [row.user_id for row in story.rows(CallbackRow)] == [li.user_id], "it returns to whom it was agreed with"


def test_a_wrong_result_is_corrected_and_what_it_did_is_undone(
    story: Story, taken: tuple[Borrower, Actor, int]
) -> None:
    who, li, call_id = taken
    later = AT + timedelta(minutes=3)
    for outcome in (Outcome.wrong_number, Outcome.deceased, Outcome.third_party):
        story.do(casework.inbound_outcome, call_id, outcome, later, actor=li)
    assert [row.outcome for row in story.rows(OutcomeRow)] == [
        Outcome.wrong_number,
        Outcome.deceased,
        Outcome.third_party,
    ]
    point = next(row for row in story.rows(ContactPoint) if row.value == who.number)
    assert (point.status.value, [row.lifted_at is None for row in story.rows(Stop)]) == ("active", [False])
    with pytest.raises(BadInput):
        story.do(casework.inbound_outcome, call_id, Outcome.busy, later, actor=li)


@pytest.fixture
def shared(story: Story, owned: Callable[..., Borrower]) -> tuple[Borrower, Borrower]:
    """Two people with one number."""
    first, second = owned(), owned()
    with story.database.begin() as session:
        session.add(
            ContactPoint(
                person_id=second.person_id, portfolio_id=story.cn, kind=ContactKind.phone, value=first.number, rank=3
            )
        )
        for who, number in ((first, "11010519491231002X"), (second, "110105199003070038")):
            person = session.get_one(Person, who.person_id)
            person.id_type, person.id_sealed = "cn_id", story.office.keys.seal(number)
    return first, second


def test_of_several_with_one_number_none_is_told_and_the_agent_chooses(
    story: Story, shared: tuple[Borrower, Borrower]
) -> None:
    first, second = shared
    assert DESK in calls(story, first.number)
    call = the_call(story)
    assert (call.person_id, call.attempt_id, story.rows(Attempt)) == (None, None, []), "nobody's contact yet"
    li = Actor("user:li", call.user_id, level=Level.senior)
    with story.database.read() as session:
        assert at_desk(session, li.user_id).name == ""  # type: ignore[union-attr]
        assert [one.person_id for one in may_be(session, call, AT)] == [first.person_id, second.person_id]
        assert {one.name for one in may_be(session, call, AT)} == {"王··"}
        assert talk_in_hand(session, li) is None
    picks_up(story)
    choose = {"account_id": first.account_id, "person_id": first.person_id, "at": AT, "actor": li}
    story.do(casework.choose_caller, call.id, **choose)
    for _ in range(2):
        story.do(casework.verify_caller, call.id, {**RIGHT, Identifier.birth_date: "19900307"}, AT, li)
    choose |= {"account_id": second.account_id, "person_id": second.person_id}
    story.do(casework.choose_caller, call.id, **choose)
    passed = story.do(casework.verify_caller, call.id, {**RIGHT, Identifier.id_last4: "0038"}, AT, li)
    assert not passed.passed
    with pytest.raises(Conflict, match="three tries"):
        story.do(casework.verify_caller, call.id, RIGHT, AT, li)
    story.do(casework.inbound_outcome, call.id, Outcome.third_party, AT + timedelta(minutes=3), actor=li)
    [attempt] = story.rows(Attempt)
    assert (attempt.person_id, attempt.at) == (second.person_id, AT), "with whom it was, and when they called"
    assert len(story.rows(Verification)) == 3


def test_who_is_verified_stays_who_it_is(story: Story, shared: tuple[Borrower, Borrower]) -> None:
    first, second = shared
    calls(story, first.number)
    call = the_call(story)
    li = Actor("user:li", call.user_id, level=Level.senior)
    choose = {"account_id": first.account_id, "person_id": first.person_id, "at": AT, "actor": li}
    story.do(casework.choose_caller, call.id, **choose)
    story.do(casework.verify_caller, call.id, RIGHT, AT, li)
    with pytest.raises(Conflict, match="verified already"):
        story.do(
            casework.choose_caller, call.id, **choose | {"account_id": second.account_id, "person_id": second.person_id}
        )
    with pytest.raises(BadInput, match="does not owe"):
        story.do(casework.choose_caller, call.id, **choose | {"account_id": second.account_id})
    with pytest.raises(NotFound):
        story.do(casework.choose_caller, call.id, **choose | {"actor": Actor("user:wu", 999)})


def test_an_unknown_caller_is_found_by_what_they_say_or_noted(story: Story, owned: Callable[..., Borrower]) -> None:
    who = owned()
    assert "<Dial" in calls(story, "+8613900000001"), "whoever is ready answers"
    call = the_call(story)
    agent = Actor("user:x", call.user_id)
    with pytest.raises(Conflict, match="first choose"):
        story.do(casework.inbound_outcome, call.id, Outcome.right_party, AT, actor=agent)
    choose = {"account_id": who.account_id, "person_id": who.person_id, "at": AT, "actor": agent}
    story.do(casework.choose_caller, call.id, **choose)
    story.do(casework.inbound_outcome, call.id, Outcome.third_party, AT + timedelta(minutes=1), actor=agent)
    assert [row.person_id for row in story.rows(Attempt)] == [who.person_id]
    calls(story, "+8613900000002", "CA2")
    other = story.rows(InboundCall)[1]
    story.do(casework.inbound_outcome, other.id, Outcome.failed, AT, actor=Actor("user:x", other.user_id))
    assert len(story.rows(Attempt)) == 1, "nobody's contact"


def test_a_call_whose_end_was_never_told_holds_no_desk_for_ever(story: Story, owned: Callable[..., Borrower]) -> None:
    who, other = owned(), owned()
    calls(story, who.number)
    calls(story, other.number, "CA2")
    picks_up(story, "CA2")
    assert casework.settle_inbound(story.office, AT + timedelta(minutes=5)) == 0
    assert casework.settle_inbound(story.office, AT + timedelta(hours=5)) == 2
    assert [row.state for row in story.rows(InboundCall)] == [InboundState.missed, InboundState.over]
    assert [row.reading for row in story.rows(InboundMessage)] == ["missed_call"]

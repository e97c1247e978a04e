"""What single parts of the facts say."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from floor import AMOUNT, DUE, LI, Floor, noon
from msgspec.structs import replace
from sqlmodel import Session

from collector.compliance.packs import load_pack
from collector.compliance.rules import Contact, Purpose, Role, compile_policy, judge
from collector.facts import actions as facts
from collector.facts.queries import collectors, people_of_account, people_with_number, read_person, stream
from collector.facts.rules import Attention, Mark, extra_of, lateness, zones_of
from collector.foundation.database import Database
from collector.foundation.errors import NotFound, NotReady
from collector.foundation.phone import possible_zones
from collector.history import actions as history
from collector.history.rules import Channel, Outcome, RoundEnd, StopKind
from collector.portfolio.tables import Account, Person

NOW = noon(DUE + timedelta(days=5))
DAY = timedelta(days=1)


def test_a_reversed_payment_reopens_what_it_had_closed(session: Session) -> None:
    floor = Floor(session)
    payment = floor.pay(AMOUNT, NOW - DAY)
    facts.refresh(session, [floor.wang], NOW)
    assert lateness(read_person(session, floor.wang, NOW).accounts[0], date(2026, 5, 15)) == 0
    floor.reverse(payment)
    facts.refresh(session, [floor.wang], NOW)
    assert lateness(read_person(session, floor.wang, NOW).accounts[0], date(2026, 5, 15)) == 5


def test_a_number_that_opted_out_binds_whoever_has_it(session: Session) -> None:
    floor = Floor(session)
    floor.phone(floor.zhao, "+8613812340001")
    history.stop(session, kind=StopKind.opt_out, at=NOW, actor=LI, person_id=floor.wang, number="+8613812340001")
    assert people_with_number(session, "+8613812340001") == [floor.wang, floor.zhao]
    standing = read_person(session, floor.zhao, NOW).body.standing
    assert [(row.mark, row.number) for row in standing] == [(Mark.opt_out, "+8613812340001")]


def test_a_talk_is_a_call_and_a_conversation(session: Session) -> None:
    floor = Floor(session)
    floor.contact(NOW - DAY, Outcome.right_party)
    floor.contact(NOW, Outcome.failed)
    events = read_person(session, floor.wang, NOW).body.events
    assert [event.kind for event in events] == ["call", "conversation"]


def test_a_third_person_asked_about_the_borrower_is_told_in_the_borrowers_facts(session: Session) -> None:
    floor = Floor(session)
    floor.contact(NOW, Outcome.third_party, person_id=floor.stranger, contact_point_id=floor.his)
    assert [event.person for event in read_person(session, floor.wang, NOW).body.events] == [floor.stranger]
    assert [event.person for event in read_person(session, floor.stranger, NOW).body.events] == [None]


LONG_AGO = NOW - 400 * DAY
ASKED = {Outcome.third_party: True, Outcome.voicemail: True, Outcome.no_answer: False, Outcome.failed: False}


@pytest.mark.parametrize("outcome", ASKED)
def test_a_third_person_who_was_asked_is_remembered_as_long_as_it_is_on_record(
    session: Session, outcome: Outcome
) -> None:
    """US-LOC, CN-3P: once. The kept facts say so of any age, in the borrower's unit and in the third person's own."""
    floor = Floor(session)
    floor.contact(LONG_AGO, outcome, person_id=floor.stranger, contact_point_id=floor.his, purpose="location")
    floor.contact(LONG_AGO, Outcome.right_party)
    facts.refresh(session, [floor.wang, floor.zhao, floor.qian, floor.stranger], NOW)
    assert facts.verify(session) == []
    wang, stranger = (read_person(session, number, NOW) for number in (floor.wang, floor.stranger))
    assert wang.body.events == stranger.body.events == ()
    assert [event.person for event in wang.body.enquiries] == [floor.stranger] * ASKED[outcome]
    assert [event.person for event in stranger.body.enquiries] == [None] * ASKED[outcome]
    where = Contact(Channel.call, (floor.loan,), role=Role.contact, purpose=Purpose.location, person=floor.stranger)
    unreachable = replace(wang, body=replace(wang.body, flags=("unreachable",)))
    gate = compile_policy(load_pack("us"), "agency")
    said = [rule.reason for rule in judge(where, unreachable, gate, NOW).rules if rule.id == "US-LOC"]
    assert said == ["this person was asked already"] * ASKED[outcome]


def test_of_each_third_person_the_last_enquiry_is_kept(session: Session) -> None:
    floor = Floor(session)
    for days in (40, 30, 20):
        at = NOW - days * DAY
        floor.contact(at, Outcome.third_party, person_id=floor.stranger, contact_point_id=floor.his)
    last = NOW - 30 * DAY
    other = floor.add(Person(name="sun", salt="sun", natural_key="sun"))
    floor.contact(last, Outcome.voicemail, person_id=other, contact_point_id=floor.his)
    kept = read_person(session, floor.wang, NOW).body.enquiries
    assert [(event.person, event.at) for event in kept] == [
        (other, int(last.timestamp())),
        (floor.stranger, int((NOW - 20 * DAY).timestamp())),
    ]
    then = read_person(session, floor.wang, NOW - 25 * DAY).body
    assert [event.at for event in then.enquiries] == [int((NOW - 40 * DAY).timestamp())]
    assert {event.person for event in then.events} == {floor.stranger, other}


def test_who_owes_and_is_asked_about_another_debt_is_a_third_person_there(session: Session) -> None:
    floor = Floor(session)
    floor.contact(LONG_AGO, Outcome.right_party, person_id=floor.zhao)
    assert read_person(session, floor.zhao, NOW).body.enquiries == ()
    floor.contact(LONG_AGO, Outcome.third_party, person_id=floor.zhao, account_id=floor.card)
    assert [event.debts for event in read_person(session, floor.zhao, NOW).body.enquiries] == [(floor.card,)]


def test_a_step_belongs_to_its_spell_of_lateness(session: Session) -> None:
    floor = Floor(session)
    floor.contact(noon(DUE - 3 * DAY), step="remind/-3")
    floor.contact(NOW - DAY, step="firm/3")
    assert read_person(session, floor.wang, noon(DUE - DAY)).accounts[0].step == "remind/-3"
    assert read_person(session, floor.wang, noon(DUE + DAY)).accounts[0].step is None
    assert read_person(session, floor.wang, NOW).accounts[0].step == "firm/3"
    floor.pay(AMOUNT, NOW + DAY)
    assert read_person(session, floor.wang, NOW + 2 * DAY).accounts[0].step is None


def test_a_step_counts_no_further_than_its_account_was_late(session: Session) -> None:
    """Of a call about two accounts the step is the leading one's; and whoever pays one instalment of two is less late
    than when the step was taken."""
    floor = Floor(session)
    newer = floor.account(floor.cn, "L-2", floor.wang, [DUE + 3 * DAY])
    floor.contact(NOW - DAY, step="firm/4", debts=[floor.loan, newer])
    steps = {one.account_id: one.step for one in read_person(session, floor.wang, NOW).accounts}
    assert (steps[floor.loan], steps[newer]) == ("firm/4", "firm/1")
    floor.contact(NOW + 28 * DAY, step="firm/33")
    floor.pay(AMOUNT, NOW + 29 * DAY)
    assert read_person(session, floor.wang, NOW + 29 * DAY).accounts[0].step == "firm/2"


def test_what_a_creditor_reported_ages_until_it_is_paid(session: Session) -> None:
    floor = Floor(session)
    number = floor.account(floor.cn, "R-1", floor.zhao, due=[])
    row = session.get_one(Account, number)
    row.reported_on, row.reported_min, row.reported_max = DUE, 16, 30
    row.reported_overdue, row.reported_balance = AMOUNT, 5 * AMOUNT
    session.flush()

    def days_late(at_day: int) -> int:
        found = read_person(session, floor.zhao, NOW + at_day * DAY).accounts
        return next(lateness(one, date(2026, 5, 15) + at_day * DAY) for one in found if one.account_id == number)

    assert (days_late(0), days_late(1)) == (21, 22)
    floor.pay(AMOUNT, NOW + 2 * DAY, number)
    assert (days_late(1), days_late(2)) == (22, 0)


def test_attention_says_why_the_night_plan_must_look(database: Database) -> None:
    with database.begin() as session:
        floor = Floor(session)
        floor.contact(NOW - DAY)
        history.agree_callback(
            session, person_id=floor.wang, account_id=floor.loan, due_at=NOW + DAY, now=NOW, actor=LI
        )
        facts.refresh(session, [floor.wang], NOW)
    with database.read() as session:
        ((_, attention, _),) = stream(session, floor.cn, date(2026, 5, 15), floor.wang, floor.wang)
    assert Attention(attention) == Attention.CALLBACK | Attention.ROUND


def test_attention_is_given_to_whoever_was_found(database: Database) -> None:
    with database.begin() as session:
        floor = Floor(session)
        history.end_round(session, floor.mobile, RoundEnd.found, {}, NOW - DAY, LI)
        facts.refresh(session, [floor.wang], NOW)
    with database.read() as session:
        ((_, attention, _),) = stream(session, floor.cn, date(2026, 5, 15), floor.wang, floor.wang)
    assert Attention(attention) == Attention.ROUND


def test_a_stream_of_stale_facts_is_refused_and_time_may_go_back(database: Database) -> None:
    with database.begin() as session:
        floor = Floor(session)
        floor.contact(NOW)
    facts.rebuild(database.begin, NOW)
    june = date(2026, 6, 11)
    with database.read() as session, pytest.raises(NotReady):
        list(stream(session, floor.cn, june, 0, 10**9))
    facts.refresh_stale(database.begin, noon(june))
    before = NOW - DAY
    facts.refresh_stale(database.begin, before)
    with database.read() as session:
        assert facts.verify(session) == []
        streamed = list(stream(session, floor.cn, date(2026, 5, 14), 0, 10**9))
        assert [accounts[0].touched_on for accounts, _, _ in streamed] == [None, None, None]


def test_the_claim_is_near_its_cautious_date_only_in_its_last_year(session: Session) -> None:
    floor = Floor(session)
    early, late = (
        read_person(session, floor.wang, noon(day)).accounts[0] for day in (date(2028, 5, 9), date(2028, 5, 11))
    )
    assert extra_of(early).limitation_on is None
    assert extra_of(late).limitation_on == date(2029, 5, 10)


def test_who_owes_and_who_collects(session: Session) -> None:
    floor = Floor(session)
    assert people_of_account(session, floor.loan) == [floor.wang, floor.zhao, floor.qian]
    assert collectors(session) == {floor.cn: floor.cn, floor.us: floor.us}
    with pytest.raises(NotFound):
        read_person(session, 10**9, NOW)


@pytest.mark.parametrize("number", ["+8613812340001", "+862166668888", "+12125551234", "+14155551234", "+447911123456"])
def test_zones_are_those_of_the_number(number: str) -> None:
    assert zones_of(number) == possible_zones(number)

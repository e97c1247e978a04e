"""The legal queue on a floor: what is lost first is on top, somebody is told in time, and nothing lapses unseen."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from clock_telling import NOW, guarantor, note, paper
from floor import LI, Borrower, Story, moment
from sqlmodel import Session, col, select

from collector.audit.tables import AuditEntry
from collector.casework import actions as casework
from collector.casework.views.lapsing import Line, case_file, queue
from collector.facts import actions as facts
from collector.facts.queries import read_person
from collector.facts.tables import AccountState
from collector.history import actions as history
from collector.history.rules import ReferralKind
from collector.identity.rules import EVERYTHING, Scope
from collector.law.rules import Happening
from collector.legal.queries import Proof, lost_first, prove
from collector.legal.tables import ClockAlarm
from collector.portfolio.rules import PartyRole
from collector.portfolio.tables import Account, InstalmentRow, Person

H = Happening


def proof(story: Story, at: str) -> Proof:
    with story.database.read() as session:
        return prove(session, moment(at))


def listed(story: Story, at: str = NOW, scope: Scope = EVERYTHING) -> list[Line]:
    with story.database.read() as session:
        return queue(session, scope, moment(at))


def alarms(story: Story) -> list[tuple[str, int]]:
    return [(row.clock, row.ahead) for row in story.rows(ClockAlarm)]


@pytest.fixture
def near(story: Story) -> Borrower:
    """Whose claim lapses by the cautious date on 10 November 2026, 181 days ahead; by law a year later."""
    who = story.borrower("2023-11-10", "2024-11-10")
    story.follow(who, NOW)
    return who


def test_each_alarm_is_raised_once_though_nobody_referred_the_account(story: Story, near: Borrower) -> None:
    raised = [story.sweep(f"{day} 09:00").alarms_raised for day in ("2026-05-13", "2026-05-14", "2026-05-15")]
    assert raised == [0, 1, 0]
    for day in ("2026-08-12", "2026-10-11", "2026-11-03", "2026-11-10", "2026-11-11", "2026-11-12"):
        story.sweep(f"{day} 09:00")
    assert alarms(story) == [("limitation", ahead) for ahead in (180, 90, 30, 7, 0)]
    entries = story.rows(AuditEntry, AuditEntry.action == "clock.alarm")
    assert [entry.subject for entry in entries] == [f"clock_alarm:{row.id}" for row in story.rows(ClockAlarm)]
    assert entries[0].detail["account"] == near.account_id


def test_a_date_that_moves_is_told_anew(story: Story, near: Borrower) -> None:
    story.sweep("2026-11-09 09:00")
    receipt = paper(story, near)
    note(story, near, H.demand_arrived, "2026-11-09", "2026-11-09 10:00", document_id=receipt.id)
    story.sweep("2026-11-12 09:00")
    story.sweep("2029-06-01 09:00")
    assert [(row.cautious_on.isoformat(), row.ahead) for row in story.rows(ClockAlarm)] == [
        ("2026-11-10", 7),
        ("2029-11-09", 180),
    ]


def test_what_a_day_brings_after_its_first_sweep_is_told_the_same_day(story: Story) -> None:
    story.sweep("2026-05-13 07:00")
    who = story.borrower("2023-05-20")
    story.follow(who, "2026-05-13 08:00")
    assert story.sweep("2026-05-13 08:05").alarms_raised == 1
    assert story.sweep("2026-05-13 08:10").alarms_raised == 0


def test_every_clock_of_an_account_is_told_of_not_only_the_first(story: Story) -> None:
    who = story.borrower("2023-08-01", matures_on=date(2026, 1, 1), opened_on=date(2022, 6, 1))
    person = guarantor(story, who)
    story.sweep("2026-06-30 09:00")
    assert sorted(alarms(story)) == [(f"guarantee:{person}", 7), ("limitation", 90)]


def test_a_guarantee_that_ended_before_the_book_came_is_told_though_the_claim_lives_long(story: Story) -> None:
    who = story.borrower("2026-01-01", matures_on=date(2026, 1, 1), opened_on=date(2022, 6, 1))
    person = guarantor(story, who)
    late = "2026-08-01 09:00"
    story.follow(who, late)
    assert [one.clock for one in proof(story, late).silent] == [f"guarantee:{person}"]
    story.sweep("2026-08-01 10:00")
    assert alarms(story) == [(f"guarantee:{person}", 0)]
    assert proof(story, "2026-08-01 11:00").silent == []


def test_a_clock_that_lapses_unseen_is_proven(story: Story, near: Borrower) -> None:
    assert proof(story, "2026-11-10 12:00").lapses == []
    late = proof(story, "2026-11-11 12:00")
    assert [(one.account_id, one.clock, one.cautious_on.isoformat()) for one in late.silent] == [
        (near.account_id, "limitation", "2026-11-10")
    ]
    story.sweep("2026-11-11 12:30")
    told = proof(story, "2026-11-11 13:00")
    assert (told.silent, [one.told_on for one in told.lapses]) == ([], [date(2026, 11, 11)])


def test_what_was_let_go_or_met_or_paid_does_not_lapse(story: Story, near: Borrower) -> None:
    sued, paid = story.borrower("2023-11-10"), story.borrower("2023-11-10")
    note(story, near, H.let_go, "2026-05-13", clock="limitation")
    note(story, sued, H.filed, "2026-05-13", document_id=paper(story, sued).id)
    story.pay(paid, 100_000, "2026-05-13 10:00")
    found = proof(story, "2028-11-11 12:00")
    assert (found.lapses, found.accounts) == ([], 2)


def test_the_queue_is_ordered_by_what_is_lost_first(story: Story, near: Borrower) -> None:
    sooner, current = story.borrower("2023-06-01"), story.borrower("2026-05-10")
    story.follow(sooner, NOW)
    story.follow(current, NOW)
    lines = listed(story)
    assert [line.account_id for line in lines] == [sooner.account_id, near.account_id]
    assert [line.days for line in lines] == [19, 181]
    with story.database.begin() as session:
        history.open_referral(
            session,
            kind=ReferralKind.legal,
            person_id=current.person_id,
            account_id=current.account_id,
            portfolio_id=story.cn,
            reasons=[],
            evidence={},
            now=moment(NOW),
            actor=LI,
        )
    assert [line.account_id for line in listed(story)][2:] == [current.account_id], "what else was referred comes after"
    assert listed(story, scope=Scope(frozenset({story.us}))) == []


def test_only_the_legal_date_is_left_on_top_and_what_lapsed_by_law_is_no_more(story: Story, near: Borrower) -> None:
    gone = story.borrower("2020-01-01")
    story.follow(gone, NOW)
    assert [line.account_id for line in listed(story)] == [near.account_id]
    story.sweep("2026-12-01 09:00")
    [line] = listed(story, "2026-12-01 12:00")
    assert (line.account_id, line.days) == (near.account_id, -21)


def test_the_case_shows_what_moved_each_clock(story: Story, near: Borrower) -> None:
    receipt = paper(story, near)
    note(story, near, H.demand_arrived, "2026-05-12", document_id=receipt.id)
    with story.database.read() as session:
        case = case_file(session, near.account_id, moment(NOW))
    [clock] = case.clocks.clocks
    [move] = clock.moves
    assert (move.event.evidence, move.cautious_on) == (f"document:{receipt.id}", date(2029, 5, 12))
    assert [row.id for row in case.papers] == [receipt.id]


def large_book(session: Session, portfolio_id: int, count: int) -> None:
    """Accounts whose oldest instalment fell due on any day of the last five years."""
    drawn = random.Random(7)
    people = [Person(name=f"p{number}", salt="s", natural_key=f"book {number}") for number in range(count)]
    session.add_all(people)
    session.flush()
    accounts = [
        Account(portfolio_id=portfolio_id, account_no=f"B-{number}", person_id=person.id or 0)
        for number, person in enumerate(people)
    ]
    session.add_all(accounts)
    session.flush()
    for row in accounts:
        due = date(2026, 5, 13) - timedelta(days=drawn.randrange(1, 1800))
        due = due - timedelta(days=30) if abs((due - date(2023, 5, 20)).days) < 15 else due
        session.add(InstalmentRow(account_id=row.id or 0, number=1, due_on=due, amount_due=1))


def test_a_lapsing_clock_planted_in_a_large_book_is_on_top(story: Story) -> None:
    with story.database.begin() as session:
        large_book(session, story.cn, 1_500)
    planted = story.borrower("2023-05-14")
    facts.rebuild(story.database.begin, moment(NOW))
    lines = listed(story)
    assert lines[0].account_id == planted.account_id
    assert lines[0].days == 1
    assert len(lines) == 200
    dates = [line.first.cautious_on for line in lines if line.first]
    assert dates == sorted(dates)
    with story.database.read() as session:
        rows = session.exec(
            select(AccountState.account_id)
            .where(AccountState.role == PartyRole.borrower.value, col(AccountState.lapses_on) >= date(2026, 5, 13))
            .order_by(col(AccountState.lapses_on), col(AccountState.account_id))
            .limit(200)
        ).all()
        assert lost_first(session, EVERYTHING, moment(NOW), 200) == list(rows)
        assert read_person(session, planted.person_id, moment(NOW)).accounts[0].lapses_on == date(2026, 5, 14)
    assert casework.sweep(story.office, moment(NOW)).alarms_raised > 500
    assert proof(story, NOW).silent == []

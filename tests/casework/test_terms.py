"""Terms from the desk to the ledger: two people, one total, one day, and a debt that revives. Both databases."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from floor import AMOUNT, Story, moment
from sqlmodel import col, select
from terms_desk import LAST, NOW, Desk, guaranteed, settlement

from collector.casework import actions as casework
from collector.casework import approvals
from collector.casework.approvals import advances as listing
from collector.facts.rules import extra_of
from collector.foundation.errors import BadInput, Conflict, Forbidden
from collector.history import actions as history
from collector.history.rules import Channel, DocumentKind, PromiseState, Proof, ReferralKind, ReferralState
from collector.history.tables import Hold, Offer, Promise, Referral
from collector.identity.rules import Level, Role
from collector.identity.tables import Approval, User
from collector.planning.rules import TaskState
from collector.portfolio.booking import Sums, book
from collector.portfolio.rules import EntryKind, Security
from collector.portfolio.tables import (
    Account,
    InstalmentBefore,
    InstalmentRow,
    LedgerEntry,
    Portfolio,
)
from collector.terms.actions import Order
from collector.terms.queries import statement_of
from collector.terms.rules import Parts, TermsKind, TermsState
from collector.terms.tables import Terms


@pytest.fixture
def desk(database: Any, tmp_path: Any) -> Desk:
    return Desk(Story(database, home=tmp_path))


# --- one total, one day ---


def test_a_settlement_paid_in_time_settles_and_every_sum_is_exact(desk: Desk) -> None:
    row = desk.offered(settlement())
    assert row.owed == Parts(0, 0, 0, 3 * AMOUNT)
    assert row.waived == Parts(0, 0, 0, 1_000_00)
    desk.story.pay(desk.who, 1_500_00, "2026-05-22 10:00")
    assert desk.state(row) is TermsState.offered
    desk.story.pay(desk.who, 500_00, "2026-05-29 20:00")
    assert desk.state(row) is TermsState.fulfilled
    facts = desk.facts("2026-05-29 21:00")
    assert (facts.owed, facts.overdue, facts.settled) == (0, 0, True)
    assert facts.last_paid_on == LAST
    [line] = desk.story.rows(LedgerEntry)
    assert (line.kind, line.amount, line.principal, line.source) == (
        EntryKind.waiver,
        1_000_00,
        1_000_00,
        f"terms:{row.id}",
    )
    with desk.story.database.read() as session:
        told = statement_of(session, session.get_one(Terms, row.id), LAST)
    assert told.scheduled - told.paid - told.waived_in_all == told.owed_now.total == 0
    desk.clean()


def test_unpaid_it_lapses_once_the_payments_of_its_day_are_loaded_and_the_debt_revives(desk: Desk) -> None:
    row = desk.offered(settlement())
    desk.story.pay(desk.who, 1_999_99, "2026-05-25 10:00")
    before = desk.facts("2026-05-25 11:00")
    desk.story.sweep("2026-05-30 09:00")
    assert desk.state(row) is TermsState.offered, "payments of the last day are not loaded"
    desk.story.loaded_until("2026-06-02 09:00")
    result = desk.story.sweep("2026-06-02 09:30")
    assert desk.state(row) is TermsState.lapsed
    assert result.offers_settled == 1
    assert desk.facts("2026-06-02 10:00").owed == before.owed == 3 * AMOUNT - 1_999_99
    assert desk.story.rows(LedgerEntry) == []
    assert desk.story.sweep("2026-06-02 09:40").offers_settled == 0, "run twice, the second finds nothing"
    desk.clean()


def test_a_payment_dated_in_time_counts_whenever_its_file_comes(desk: Desk) -> None:
    row = desk.offered(settlement())
    desk.story.sweep("2026-05-30 09:00")
    desk.story.pay(desk.who, 2_000_00, "2026-05-29 23:00", covers="2026-06-02 09:00")
    assert desk.state(row) is TermsState.fulfilled
    desk.clean()


def test_a_payment_after_the_day_does_not_fulfil_it(desk: Desk) -> None:
    row = desk.offered(settlement())
    desk.story.pay(desk.who, 2_000_00, "2026-05-30 08:00", covers="2026-06-02 09:00")
    assert desk.state(row) is TermsState.lapsed
    assert desk.facts("2026-06-02 10:00").owed == AMOUNT


def test_a_payment_taken_back_brings_the_whole_debt_back(desk: Desk) -> None:
    row = desk.offered(settlement())
    paid = desk.story.pay(desk.who, 2_000_00, "2026-05-22 10:00")
    assert desk.facts("2026-05-22 11:00").settled
    desk.undo(paid, "2026-05-25 10:00")
    assert desk.state(row) is TermsState.offered, "its day is not over"
    assert desk.facts("2026-05-25 10:00").owed == 3 * AMOUNT
    assert desk.facts("2026-05-24 10:00").owed == 3 * AMOUNT - 1_000_00, "what was waived that day"
    assert [line.amount for line in desk.story.rows(LedgerEntry)] == [1_000_00, 1_000_00]
    desk.clean()
    desk.story.pay(desk.who, 2_000_00, "2026-05-26 10:00")
    assert desk.state(row) is TermsState.fulfilled
    assert desk.facts("2026-05-26 11:00").settled
    desk.clean()


def test_taken_back_after_its_day_it_lapses(desk: Desk) -> None:
    row = desk.offered(settlement())
    paid = desk.story.pay(desk.who, 2_000_00, "2026-05-22 10:00")
    desk.story.loaded_until("2026-06-02 09:00")
    desk.undo(paid, "2026-06-02 10:00")
    assert desk.state(row) is TermsState.lapsed
    assert desk.facts("2026-06-02 10:30").owed == 3 * AMOUNT
    desk.clean()


def test_a_waiver_leaves_the_rest_of_the_schedule(desk: Desk) -> None:
    who = desk.story.borrower("2026-04-10", "2026-05-10", "2026-06-10")
    desk.story.follow(who, NOW)
    row, asked = desk.propose(Order(TermsKind.waiver, "goodwill", 1_400_00, LAST), who=who)
    assert row.owed.total == 2 * AMOUNT, "what falls due by the day"
    desk.decide(asked)
    desk.story.do(casework.offer_terms, terms_id=row.id, at=moment(NOW), actor=desk.li)
    desk.story.pay(who, 1_400_00, "2026-05-22 10:00")
    facts = desk.facts("2026-05-22 11:00", who)
    assert (facts.overdue, facts.owed, facts.settled) == (0, AMOUNT, False)
    assert facts.next_due_on == date(2026, 6, 10)
    desk.clean()


def test_where_more_was_paid_less_is_given_up(desk: Desk) -> None:
    desk.offered(settlement())
    desk.story.pay(desk.who, 2_600_00, "2026-05-22 10:00")
    assert [line.amount for line in desk.story.rows(LedgerEntry)] == [400_00]
    assert desk.facts("2026-05-22 11:00").owed == 0


def test_penalty_to_the_day_is_given_up_first_and_then_asked_for_no_more(desk: Desk) -> None:
    """15 % a year on principal: 3 instalments of 900.00 principal, late since March, April and May."""
    with desk.story.database.begin() as session:
        session.get_one(Account, desk.who.account_id).penalty_rate = "15"
        for line in session.exec(select(InstalmentRow).where(InstalmentRow.account_id == desk.who.account_id)):
            line.principal, line.interest, line.fee = 900_00, 80_00, 20_00
    row = desk.offered(settlement(2_900_00))
    assert row.owed.booked == 3 * AMOUNT
    assert row.owed.penalty > 0
    assert row.waived == Parts(row.owed.penalty, 60_00, 40_00, 0), "penalty, fees, then interest"
    desk.story.pay(desk.who, 2_900_00, "2026-05-22 10:00")
    assert desk.facts("2026-05-22 11:00").settled
    [line] = desk.story.rows(LedgerEntry)
    assert line.amount == 100_00
    assert 0 < line.penalty < row.owed.penalty, "to the day it was paid, not to the last day"
    with desk.story.database.read() as session:
        told = statement_of(session, session.get_one(Terms, row.id), LAST)
    assert told.owed_now.total == 0, "nothing runs on after it"
    paid_off, asked = desk.propose(Order(TermsKind.closing, "settled"), "2026-05-25 10:00")
    desk.decide(asked, by=desk.wu, at="2026-05-25 10:00")
    assert desk.state(paid_off) is TermsState.fulfilled
    desk.clean()


def test_an_account_with_penalty_left_is_not_closed(desk: Desk) -> None:
    with desk.story.database.begin() as session:
        session.get_one(Account, desk.who.account_id).penalty_rate = "15"
        for line in session.exec(select(InstalmentRow).where(InstalmentRow.account_id == desk.who.account_id)):
            line.principal, line.interest, line.fee = 900_00, 80_00, 20_00
    desk.story.pay(desk.who, 3 * AMOUNT, "2026-05-20 09:00")
    with pytest.raises(Conflict, match="fees and penalty among it"):
        desk.propose(Order(TermsKind.closing, "paid"))


# --- silence ---


def test_an_open_offer_keeps_ordinary_dunning_away_and_no_longer(desk: Desk) -> None:
    story = desk.story
    late = story.borrower("2026-05-18")
    story.follow(late, NOW)
    made, question = desk.propose(settlement(900_00), who=late)
    desk.decide(question)
    story.plan("2026-05-20 07:00")
    assert story.tasks(late, Channel.call), "approved, and not told: dunning goes on"
    story.do(casework.offer_terms, terms_id=made.id, at=moment(NOW), actor=desk.li)
    assert not [task for task in story.tasks(late) if task.state is TaskState.planned], "told: it rests"
    assert extra_of(desk.facts(NOW, late)).offers
    story.do(casework.withdraw_terms, terms_id=made.id, at=moment("2026-05-20 11:00"), actor=desk.wu)
    assert [task for task in story.tasks(late, Channel.call) if task.state is TaskState.planned], "and goes on"
    assert extra_of(desk.facts("2026-05-20 11:00", late)).offers == ()
    desk.clean()


# --- who agrees ---


def test_it_takes_a_second_person_whose_authority_reaches_that_far(desk: Desk) -> None:
    row, asked = desk.propose(settlement())
    with pytest.raises(Forbidden, match="authority does not reach"):
        desk.decide(asked, by=desk.wu)
    assert desk.state(row) is TermsState.proposed, "principal is not a supervisor's to give"
    with pytest.raises(Forbidden):
        desk.decide(asked, by=desk.li)
    desk.decide(asked, by=desk.chen)
    assert desk.state(row) is TermsState.approved


def test_whoever_holds_the_account_does_not_agree(desk: Desk) -> None:
    with desk.story.database.begin() as session:
        session.get_one(Account, desk.who.account_id).owner_id = desk.chen.user_id
    row, asked = desk.propose(settlement())
    with pytest.raises(Forbidden, match="outside its team"):
        desk.decide(asked)
    assert desk.state(row) is TermsState.proposed


@pytest.mark.parametrize("of", ["the one who proposed", "the one who holds the account"])
def test_nobody_of_their_team_agrees(desk: Desk, of: str) -> None:
    with desk.story.database.begin() as session:
        chen = session.get_one(User, desk.chen.user_id)
        session.get_one(Account, desk.who.account_id).owner_id = desk.wu.user_id
        theirs = desk.li if of == "the one who proposed" else desk.wu
        chen.team = session.get_one(User, theirs.user_id).team = "first"
    row, asked = desk.propose(settlement())
    with pytest.raises(Forbidden, match="of the team that holds the account or proposed this"):
        desk.decide(asked)
    assert desk.state(row) is TermsState.proposed
    with desk.story.database.begin() as session:
        session.get_one(User, desk.chen.user_id).team = "second"
    desk.decide(asked)
    assert desk.state(row) is TermsState.approved


def test_before_it_is_approved_nobody_tells_the_borrower(desk: Desk) -> None:
    row, _ = desk.propose(settlement())
    with pytest.raises(Conflict, match="are awaiting approval"):
        desk.story.do(casework.offer_terms, terms_id=row.id, at=moment(NOW), actor=desk.li)
    assert desk.story.rows(Offer) == []


@pytest.mark.parametrize("yes", [True, False], ids=["refused", "withdrawn"])
def test_refused_or_withdrawn_the_debt_is_what_it_was(desk: Desk, yes: bool) -> None:
    row, asked = desk.propose(settlement())
    if yes:
        desk.decide(asked, yes=False)
        assert desk.state(row) is TermsState.rejected
    else:
        desk.story.do(lambda session, _: approvals.withdraw(session, asked.id or 0, desk.li, moment(NOW)))
        assert desk.state(row) is TermsState.withdrawn
    again, _ = desk.propose(settlement(2_500_00))
    assert desk.state(again) is TermsState.proposed
    assert desk.facts(NOW).owed == 3 * AMOUNT


def test_an_account_has_one_at_a_time(desk: Desk) -> None:
    desk.propose(settlement())
    with pytest.raises(Conflict, match="other terms of this account are open"):
        desk.propose(settlement(2_500_00))


def test_approved_and_never_told_they_lapse_after_their_day(desk: Desk) -> None:
    row, asked = desk.propose(settlement())
    desk.decide(asked)
    assert desk.story.sweep("2026-05-29 20:00").terms_lapsed == 0
    assert desk.story.sweep("2026-05-30 09:00").terms_lapsed == 1
    assert desk.state(row) is TermsState.lapsed
    with pytest.raises(Conflict):
        desk.story.do(casework.offer_terms, terms_id=row.id, at=moment("2026-05-30 10:00"), actor=desk.li)


def test_proposed_terms_can_not_be_agreed_to_after_their_day(desk: Desk) -> None:
    _, asked = desk.propose(settlement())
    with pytest.raises(Conflict, match="last day of these terms is over"):
        desk.decide(asked, at="2026-05-30 10:00")


# --- another schedule ---


def test_an_extension_waits_for_the_guarantors_written_consent(desk: Desk) -> None:
    who, guarantor = guaranteed(desk)
    order = Order(TermsKind.extension, "harvest is late", until=date(2026, 10, 10), interest=30_00)
    row, asked = desk.propose(order, who=who)
    with pytest.raises(Conflict, match="written consent is not on file"):
        desk.decide(asked, by=desk.wu)
    desk.file(DocumentKind.guarantor_consent, "2026-05-20 10:30", guarantor, who)
    desk.decide(asked, by=desk.wu)
    desk.story.do(casework.offer_terms, terms_id=row.id, at=moment(NOW), actor=desk.li)
    with pytest.raises(Conflict, match="signed agreement is not on file"):
        desk.story.do(casework.sign_terms, terms_id=row.id, at=moment("2026-05-21 10:00"), actor=desk.li)
    desk.file(DocumentKind.agreement, "2026-05-21 09:30", who=who)
    desk.story.do(casework.sign_terms, terms_id=row.id, at=moment("2026-05-21 10:00"), actor=desk.li)
    rows = desk.story.rows(InstalmentRow, InstalmentRow.account_id == who.account_id)
    assert [(one.due_on, one.amount_due, one.interest) for one in rows] == [
        (date(2026, 5, 10), AMOUNT, None),
        (date(2026, 10, 10), AMOUNT + 30_00, 30_00),
    ]
    kept = desk.story.rows(InstalmentBefore)
    assert [(one.version, one.due_on) for one in kept] == [(1, date(2026, 5, 10)), (1, date(2026, 7, 10))]
    facts = desk.facts("2026-05-21 11:00", who)
    assert (facts.owed, facts.matures_on) == (2 * AMOUNT + 30_00, date(2026, 10, 10))
    desk.clean()
    _, second = desk.propose(Order(TermsKind.extension, "again", until=date(2026, 12, 10)), "2026-05-22 10:00", who)
    with pytest.raises(Conflict, match="written consent is not on file"):
        desk.decide(second, by=desk.wu, at="2026-05-22 10:00")


def test_an_extension_is_asked_for_in_time(desk: Desk) -> None:
    who = desk.story.borrower("2026-06-10")
    desk.story.follow(who, NOW)
    with pytest.raises(Conflict, match="30 days before maturity, here by 2026-05-11"):
        desk.propose(Order(TermsKind.extension, "late", until=date(2026, 10, 10)), who=who)


def test_a_restructuring_keeps_what_is_paid_and_replaces_the_rest(desk: Desk) -> None:
    desk.story.pay(desk.who, 1_300_00, "2026-05-19 10:00")
    order = Order(TermsKind.restructuring, "smaller steps", count=3, first=date(2026, 6, 10))
    desk.file(DocumentKind.agreement, "2026-05-19 10:00")
    row = desk.offered(order, by=desk.wu)
    with pytest.raises(Conflict, match="signed agreement is not on file"):
        desk.story.do(casework.sign_terms, terms_id=row.id, at=moment("2026-05-21 10:00"), actor=desk.li)
    desk.file(DocumentKind.agreement, "2026-05-21 09:00")
    desk.story.do(casework.sign_terms, terms_id=row.id, at=moment("2026-05-21 10:00"), actor=desk.li)
    rows = desk.story.rows(InstalmentRow, InstalmentRow.account_id == desk.who.account_id)
    assert [(one.number, one.amount_due) for one in rows] == [
        (1, AMOUNT),
        (2, 300_00),
        (4, 566_66),
        (5, 566_66),
        (6, 566_68),
    ]
    facts = desk.facts("2026-05-21 11:00")
    assert (facts.overdue, facts.owed, facts.next_due_on) == (0, 1_700_00, date(2026, 6, 10))
    assert len(desk.story.rows(InstalmentBefore)) == 3
    assert desk.facts("2026-05-21 09:59").overdue == 1_700_00, "the day before it was signed it was late"
    desk.clean()


def test_a_schedule_agreed_on_other_payments_is_not_signed(desk: Desk) -> None:
    row = desk.offered(Order(TermsKind.restructuring, "steps", count=3, first=date(2026, 6, 10)), by=desk.wu)
    desk.story.pay(desk.who, 100_00, "2026-05-21 09:00")
    desk.file(DocumentKind.agreement, "2026-05-21 09:00")
    with pytest.raises(Conflict, match="propose it anew"):
        desk.story.do(casework.sign_terms, terms_id=row.id, at=moment("2026-05-21 10:00"), actor=desk.li)
    assert desk.story.rows(InstalmentBefore) == []


# --- the books ---


def test_a_write_off_is_in_the_books_and_the_debt_stays(desk: Desk) -> None:
    row, asked = desk.propose(Order(TermsKind.write_off, "over 360 days"))
    with pytest.raises(Forbidden):
        desk.decide(asked, by=desk.wu)
    desk.decide(asked)
    assert desk.state(row) is TermsState.fulfilled
    [line] = desk.story.rows(LedgerEntry)
    assert (line.kind, line.amount) == (EntryKind.write_off, 3 * AMOUNT)
    assert desk.facts("2026-05-20 11:00").owed == 3 * AMOUNT
    with pytest.raises(Conflict, match="written off already"):
        desk.propose(Order(TermsKind.write_off, "again"))
    desk.clean()


def test_advances_are_listed_agreed_to_once_and_come_back(desk: Desk) -> None:
    zhou = desk.story.agent("zhou", None, Level.senior, Role.operations)

    def ask(session: Any, _: Any) -> Approval:
        book = session.get_one(Portfolio, desk.story.cn)
        row = listing.propose(session, book, date(2026, 5, 1), zhou, moment(NOW))
        session.refresh(row)
        return row

    desk.story.pay(desk.who, 2_300_00, "2026-05-19 10:00")
    asked = desk.story.do(ask)
    assert asked.body["lines"] == [[desk.who.account_id, 700_00]]
    with pytest.raises(Forbidden):
        desk.decide(asked, by=zhou)
    desk.decide(asked, by=desk.wu)
    with pytest.raises(BadInput, match="nothing of this month"):
        desk.story.do(ask)
    assert desk.facts("2026-05-20 11:00").owed == 700_00, "the borrower owes what was owed"
    with pytest.raises(BadInput, match="no more than was advanced"):
        desk.propose(Order(TermsKind.recourse, "came back", 700_01))
    _, back = desk.propose(Order(TermsKind.recourse, "came back", 300_00))
    desk.decide(back, by=desk.wu)
    lines = desk.story.rows(LedgerEntry)
    assert [(line.kind, line.amount) for line in lines] == [(EntryKind.advance, 700_00), (EntryKind.recourse, 300_00)]
    desk.clean()


# --- the end ---


def test_closing_waits_for_the_receipt_and_ends_all_open_work(desk: Desk) -> None:
    who = desk.story.borrower("2026-05-10", security=Security.mortgaged)
    at = moment("2026-05-19 10:00")
    more = {"account_id": who.account_id, "at": at, "actor": desk.li}
    desk.story.do(casework.make_promise, amount=100_00, due_at=moment("2026-06-01 18:00"), **more)
    desk.story.do(casework.agree_callback, due_at=moment("2026-05-25 10:00"), **more)
    desk.story.do(casework.says_paid, **more)
    with pytest.raises(Conflict, match="something is owed still"):
        desk.propose(Order(TermsKind.closing, "paid"), who=who)
    desk.story.pay(who, AMOUNT, "2026-05-20 09:00")
    with desk.story.database.begin() as session:
        history.open_referral(
            session,
            kind=ReferralKind.skiptrace,
            person_id=who.person_id,
            account_id=who.account_id,
            portfolio_id=desk.story.cn,
            reasons=[],
            evidence={},
            now=moment(NOW),
            actor=desk.li,
        )
    row, asked = desk.propose(Order(TermsKind.closing, "paid"), who=who)
    desk.decide(asked, by=desk.wu)
    assert desk.state(row) is TermsState.approved, "the deed is not back"
    with pytest.raises(Conflict, match="receipt for the collateral"):
        desk.story.do(casework.close_account, terms_id=row.id, at=moment("2026-05-20 11:00"), actor=desk.wu)
    desk.file(DocumentKind.collateral_receipt, "2026-05-20 12:00", who=who)
    desk.story.do(casework.close_account, terms_id=row.id, at=moment("2026-05-20 13:00"), actor=desk.wu)
    assert desk.state(row) is TermsState.fulfilled
    states = {promise.state for promise in desk.story.rows(Promise, Promise.account_id == who.account_id)}
    assert not states & {PromiseState.open, PromiseState.partial}
    assert [row.proof for row in desk.story.rows(Hold, Hold.account_id == who.account_id)] == [Proof.found]
    with desk.story.database.read() as session:
        open_ = [ReferralState.proposed, ReferralState.accepted]
        assert not session.exec(
            select(Referral).where(Referral.account_id == who.account_id, col(Referral.state).in_(open_))
        ).all()
    facts = desk.story.facts(who, "2026-05-20 14:00")
    assert facts.body.callbacks == ()
    desk.clean()


def test_without_security_a_closing_is_finished_by_the_second_person(desk: Desk) -> None:
    desk.story.pay(desk.who, 3 * AMOUNT, "2026-05-20 09:00")
    row, asked = desk.propose(Order(TermsKind.closing, "paid"))
    desk.decide(asked, by=desk.wu)
    assert desk.state(row) is TermsState.fulfilled


def test_costs_on_the_account_keep_it_open_until_they_are_paid(desk: Desk) -> None:
    desk.story.pay(desk.who, 3 * AMOUNT, "2026-05-20 09:00")
    with desk.story.database.begin() as session:
        account = session.get_one(Account, desk.who.account_id)
        day, more = date(2026, 5, 20), {"actor": "user:wu", "at": moment(NOW)}
        book(session, account, EntryKind.cost, Sums(fees=80_00), day, "matter_cost:1", **more)
    with pytest.raises(Conflict, match="costs of the suit"):
        desk.propose(Order(TermsKind.closing, "paid"))
    desk.story.pay(desk.who, 80_00, "2026-05-21 09:00")
    row, asked = desk.propose(Order(TermsKind.closing, "paid"), "2026-05-21 10:00")
    desk.decide(asked, by=desk.wu, at="2026-05-21 11:00")
    assert desk.state(row) is TermsState.fulfilled
    desk.clean()


def test_where_only_a_balance_was_reported_it_can_be_settled_too(desk: Desk) -> None:
    reported = {"reported_on": date(2026, 5, 1), "reported_min": 40, "reported_max": 60}
    who = desk.story.borrower(**reported, reported_overdue=500_00, reported_balance=2_000_00)
    desk.story.follow(who, NOW)
    row, asked = desk.propose(settlement(800_00), who=who)
    assert row.waived == Parts(0, 0, 0, 1_200_00)
    desk.decide(asked)
    desk.story.do(casework.offer_terms, terms_id=row.id, at=moment(NOW), actor=desk.li)
    desk.story.pay(who, 800_00, "2026-05-22 10:00")
    facts = desk.facts("2026-05-22 11:00", who)
    assert (facts.owed, facts.settled) == (0, True)
    with pytest.raises(Conflict, match="no schedule"):
        desk.propose(Order(TermsKind.restructuring, "x", count=2, first=LAST + timedelta(30)), "2026-05-22 12:00", who)
    desk.clean()

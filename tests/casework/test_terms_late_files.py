"""What becomes of an offer follows from when payments were made, whenever their files come. Both databases."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

import pytest
from floor import AMOUNT, SHANGHAI, Borrower, Story, moment
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select
from terms_desk import NOW, Desk, settlement

from collector.casework import actions as casework
from collector.history.tables import Offer
from collector.identity.rules import ApprovalState
from collector.identity.tables import Approval
from collector.portfolio.booking import standing_entries
from collector.portfolio.rules import EntryKind, PaymentKind, PaymentState
from collector.portfolio.tables import Account, InstalmentRow, PaymentRow
from collector.terms.queries import debt_of
from collector.terms.rules import TermsState
from collector.terms.tables import Terms

AFTER = "2026-06-02 09:30"
"""The payments of the last day, the 29th, are loaded by now."""


@pytest.fixture
def desk(database: Any, tmp_path: Any) -> Desk:
    return Desk(Story(database, home=tmp_path))


def lapse(desk: Desk) -> Terms:
    row = desk.offered(settlement())
    desk.story.loaded_until("2026-06-02 09:00")
    desk.story.sweep(AFTER)
    assert desk.state(row) is TermsState.lapsed
    return row


def test_a_late_file_revives_what_lapsed_exactly(desk: Desk) -> None:
    row = lapse(desk)
    desk.story.pay(desk.who, 2_000_00, "2026-05-29 23:00", covers="2026-06-04 09:00")
    assert desk.state(row) is TermsState.fulfilled
    [offer] = desk.story.rows(Offer)
    assert (offer.ended_at, offer.kept_at) == (None, moment("2026-06-04 09:00"))
    with desk.story.database.read() as session:
        [line] = standing_entries(session, desk.who.account_id, EntryKind.waiver)
    assert (line.amount, line.booked_on) == (1_000_00, date(2026, 5, 29)), "as of the day it was paid"
    assert desk.facts("2026-06-04 10:00").settled
    desk.clean()


def test_a_late_file_of_a_payment_after_the_day_revives_nothing(desk: Desk) -> None:
    row = lapse(desk)
    desk.story.pay(desk.who, 2_000_00, "2026-05-30 00:10", covers="2026-06-04 09:00")
    assert desk.state(row) is TermsState.lapsed
    assert desk.facts("2026-06-04 10:00").owed == AMOUNT


def test_revived_and_taken_back_it_lapses_again(desk: Desk) -> None:
    row = lapse(desk)
    paid = desk.story.pay(desk.who, 2_000_00, "2026-05-29 23:00", covers="2026-06-04 09:00")
    desk.undo(paid, "2026-06-05 10:00")
    assert desk.state(row) is TermsState.lapsed
    assert desk.facts("2026-06-05 11:00").owed == 3 * AMOUNT
    desk.clean()


def test_what_was_put_down_since_gives_way(desk: Desk) -> None:
    row = lapse(desk)
    second, asked = desk.propose(settlement(2_500_00, date(2026, 6, 12)), AFTER)
    desk.story.pay(desk.who, 2_000_00, "2026-05-28 12:00", covers="2026-06-04 09:00")
    assert (desk.state(row), desk.state(second)) == (TermsState.fulfilled, TermsState.withdrawn)
    desk.decide(asked, yes=False, at="2026-06-04 10:00")
    [told] = desk.story.rows(Approval, Approval.id == asked.id)
    assert told.state is ApprovalState.rejected, "the question can still be answered, and changes nothing"
    assert desk.state(second) is TermsState.withdrawn
    desk.clean()


def test_withdrawn_terms_do_not_revive(desk: Desk) -> None:
    row = desk.offered(settlement())
    desk.story.do(casework.withdraw_terms, terms_id=row.id, at=moment("2026-05-25 10:00"), actor=desk.li)
    desk.story.pay(desk.who, 2_000_00, "2026-05-26 10:00")
    assert desk.state(row) is TermsState.withdrawn
    assert desk.facts("2026-05-26 11:00").owed == AMOUNT


class File(NamedTuple):
    """A payment, and the day its file comes, on which a sweep follows it or not."""

    paid: str
    amount: int
    comes: int
    swept: bool


EARLY, FIRST, SECOND, LAST_NIGHT, TOO_LATE = (
    "2026-05-19 09:00",
    "2026-05-22 10:00",
    "2026-05-22 15:00",
    "2026-05-29 23:30",
    "2026-05-30 01:00",
)
AT_ONCE = {EARLY: 0, FIRST: 1, SECOND: 1, LAST_NIGHT: 8, TOO_LATE: 9}
"""The day on which the file of a payment comes that nothing delays."""
FILES = st.lists(
    st.builds(
        File,
        st.sampled_from(list(AT_ONCE)),
        st.sampled_from([1_00, 700_00, 1_300_00, 2_000_00, 3_100_00]),
        st.integers(0, 16),
        st.booleans(),
    ),
    min_size=1,
    max_size=4,
)


class Lives:
    """The same offer to one borrower after the other, with payments that come in another order."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.story = desk, desk.story

    def live(self, files: list[File]) -> tuple[Any, ...]:
        """Offered on the 20th; each file comes on its day after that; all is loaded and swept at the end."""
        self.story.loaded_until("2026-05-20 09:00")
        who = self._borrower()
        row, asked = self.desk.propose(settlement(), who=who)
        self.desk.decide(asked)
        self.story.do(casework.offer_terms, terms_id=row.id, at=moment(NOW), actor=self.desk.li)
        for day in range(17):
            at = f"2026-{5 if day < 11 else 6:02}-{21 + day if day < 11 else day - 10:02} 16:00"
            come = [one for one in files if one.comes == day]
            for one in come:
                self._load(who, one, at)
            self.story.loaded_until(at)
            if come:
                self.story.follow(who, at)
            if any(one.swept for one in come) or day == 16:
                self.story.sweep(at)
        return self._end(row, who)

    def _borrower(self) -> Borrower:
        who = self.story.borrower("2026-03-10", "2026-04-10", "2026-05-10", penalty_rate="15")
        with self.story.database.begin() as session:
            for line in session.exec(select(InstalmentRow).where(InstalmentRow.account_id == who.account_id)):
                line.principal, line.interest, line.fee = 900_00, 80_00, 20_00
        self.story.follow(who, NOW)
        return who

    def _load(self, who: Borrower, one: File, at: str) -> None:
        with self.story.database.begin() as session:
            count = len(session.exec(select(PaymentRow.id)).all())
            row = PaymentRow(
                portfolio_id=self.story.cn,
                reference=f"F{count}",
                account_id=who.account_id,
                amount=one.amount,
                paid_at=moment(one.paid),
                paid_on=moment(one.paid).astimezone(SHANGHAI).date(),
                kind=PaymentKind.payment,
                state=PaymentState.applied,
                loaded_at=moment(at),
            )
            session.add(row)

    def _end(self, row: Terms, who: Borrower) -> tuple[Any, ...]:
        with self.story.database.read() as session:
            lines = standing_entries(session, who.account_id, EntryKind.waiver)
            debt = debt_of(session, session.get_one(Account, who.account_id), date(2026, 6, 10))
            told = [(one.booked_on, one.amount, one.fees, one.interest, one.principal, one.penalty) for one in lines]
        facts = self.desk.facts("2026-06-10 10:00", who)
        return self.desk.state(row), told, (debt.waived, debt.penalty), (facts.owed, facts.overdue, facts.settled)


def test_payments_of_one_moment_count_alike_whichever_came_first(desk: Desk) -> None:
    lives, late = Lives(desk), "2026-05-29 23:30"
    files = [File(late, 2_000_00, 8, swept=False), File(late, 1_00, 0, swept=True)]
    assert lives.live(files) == lives.live([one._replace(comes=8 - one.comes) for one in files])


def test_the_order_in_which_files_and_sweeps_come_does_not_matter(desk: Desk) -> None:
    lives = Lives(desk)

    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
    @given(FILES, st.data())
    def holds(files: list[File], data: st.DataObject) -> None:
        days = data.draw(st.lists(st.integers(0, 16), min_size=len(files), max_size=len(files)))
        others = [one._replace(comes=day, swept=not one.swept) for one, day in zip(files, days, strict=True)]
        in_time = [one._replace(comes=AT_ONCE[one.paid]) for one in files]
        assert lives.live(files) == lives.live(data.draw(st.permutations(others))) == lives.live(in_time)

    holds()
    desk.clean()

"""Rates that change while a contract runs, and the balance that follows from the records."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from floor import Borrower, Story, moment
from sqlmodel import select

from collector.casework import actions as casework
from collector.foundation.database import Database
from collector.foundation.errors import BadInput
from collector.identity.rules import Actor
from collector.portfolio.queries import portfolio_of, statement_of
from collector.portfolio.rules.balance import Statement
from collector.portfolio.tables import Account, InstalmentRow, RateChange

OPS = Actor("user:ops")
ON = date(2026, 7, 20)
NOW = moment("2026-07-20 12:00")


@pytest.fixture
def story(database: Database) -> Story:
    return Story(database)


@pytest.fixture
def who(story: Story) -> Borrower:
    """Two instalments of 1,000 (980 + 18 + 2) at a penalty of 18 %, the first paid 30 days late."""
    found = story.borrower("2026-05-10", "2026-06-10", penalty_rate="18", opened_on=date(2026, 4, 10))
    with story.database.begin() as session:
        for row in session.exec(select(InstalmentRow)):
            row.principal, row.interest, row.fee = 980_00, 18_00, 2_00
            session.add(row)
    story.pay(found, 1_050_00, "2026-06-09 10:00", covers="2026-07-20 08:00")
    return found


def changed(story: Story, account_id: int | None, day: str, **more: Any) -> RateChange:
    given = {"reason": "clause 8", "actor": OPS, "now": NOW, **more}
    row = story.do(casework.note_rate_change, story.cn, account_id, date.fromisoformat(day), **given)
    assert isinstance(row, RateChange)
    return row


def stated(story: Story, who: Borrower) -> Statement:
    with story.database.read() as session:
        account = session.get_one(Account, who.account_id)
        return statement_of(session, account, portfolio_of(session, account.portfolio_id), ON)


def test_the_statement_leads_to_what_the_facts_say_is_owed(story: Story, who: Borrower) -> None:
    found, [facts] = stated(story, who), story.facts(who, "2026-07-20 12:00").accounts
    assert found.bridge.owed == facts.owed == 950_00
    assert found.total == facts.owed + found.bridge.penalty


def test_a_change_holds_from_its_day_on(story: Story, who: Borrower) -> None:
    changed(story, who.account_id, "2026-07-01", penalty_rate="12")
    lines = [(line.first, line.percent) for line in stated(story, who).accruals if line.number == 2]
    assert lines == [(date(2026, 6, 10), Fraction(18)), (date(2026, 7, 1), Fraction(12))]


def test_an_accounts_own_change_goes_before_its_portfolios(story: Story, who: Borrower) -> None:
    changed(story, None, "2026-06-10", penalty_rate="6")
    assert {line.percent for line in stated(story, who).accruals if line.number == 2} == {6}
    changed(story, who.account_id, "2026-06-10", penalty_rate="9")
    assert {line.percent for line in stated(story, who).accruals if line.number == 2} == {9}


def test_the_later_of_two_for_one_day_holds(story: Story, who: Borrower) -> None:
    changed(story, who.account_id, "2026-06-10", penalty_rate="9")
    changed(story, who.account_id, "2026-06-10", penalty_rate="10")
    assert {line.percent for line in stated(story, who).accruals if line.number == 2} == {10}


@pytest.mark.parametrize(
    ("more", "told"),
    [
        pytest.param({}, "annual rate, the penalty rate", id="no rate"),
        pytest.param({"annual_rate": "14,07"}, "such as 14.07", id="no number"),
        pytest.param({"penalty_rate": "-1"}, "such as 14.07", id="below nothing"),
        pytest.param({"penalty_rate": "12", "reason": " "}, "clause or notice", id="no reason"),
    ],
)
def test_a_change_that_says_nothing_is_refused(story: Story, who: Borrower, more: dict[str, str], told: str) -> None:
    with pytest.raises(BadInput, match=told):
        changed(story, who.account_id, "2026-07-01", **more)
    assert story.rows(RateChange) == []

"""Rates that change while a contract runs, and the balance that follows from the records."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from floor import Borrower, Story, moment
from sqlmodel import select

from collector.casework import actions as casework
from collector.casework import approvals
from collector.casework.approvals import rates, settings
from collector.casework.rates import rate_view, read_rates
from collector.foundation.database import Database
from collector.foundation.errors import BadInput
from collector.identity.rules import Actor, Level, Role
from collector.identity.tables import Approval
from collector.law.rules import ClaimPart, DayCount
from collector.portfolio.queries import portfolio_of, statement_of
from collector.portfolio.queries.claims import CONTRACT
from collector.portfolio.rules.balance import Statement
from collector.portfolio.rules.settings import SettingKind
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


def test_of_two_changes_for_a_day_each_rate_is_the_one_that_was_named_last(story: Story, who: Borrower) -> None:
    """A notice of the penalty says nothing of the annual rate that another one changed from that day on."""
    changed(story, who.account_id, "2026-07-01", penalty_rate="12", annual_rate="9")
    changed(story, who.account_id, "2026-07-01", annual_rate="8")
    step = stated(story, who).terms.rates[-1]
    assert (step.annual, step.penalty) == (Fraction(8), Fraction(12))


def test_an_accounts_own_change_goes_before_its_portfolios(story: Story, who: Borrower) -> None:
    changed(story, None, "2026-06-10", penalty_rate="6")
    assert {line.percent for line in stated(story, who).accruals if line.number == 2} == {6}
    changed(story, who.account_id, "2026-06-10", penalty_rate="9")
    assert {line.percent for line in stated(story, who).accruals if line.number == 2} == {9}


def test_the_later_of_two_for_one_day_holds(story: Story, who: Borrower) -> None:
    changed(story, who.account_id, "2026-06-10", penalty_rate="9")
    changed(story, who.account_id, "2026-06-10", penalty_rate="10")
    assert {line.percent for line in stated(story, who).accruals if line.number == 2} == {10}


def test_the_nearest_change_holds_account_before_product_before_portfolio(story: Story, who: Borrower) -> None:
    def seen() -> set[Fraction]:
        return {line.percent for line in stated(story, who).accruals if line.number == 2}

    changed(story, None, "2026-06-10", penalty_rate="6")
    changed(story, None, "2026-06-10", penalty_rate="7", product="mortgage")
    assert seen() == {6}, "of another product"
    changed(story, None, "2026-06-10", penalty_rate="8", product="cash")
    assert seen() == {8}
    changed(story, who.account_id, "2026-06-10", penalty_rate="9")
    assert seen() == {9}


def test_every_line_names_its_rate_and_where_it_comes_from(story: Story, who: Borrower) -> None:
    changed(story, None, "2026-07-01", penalty_rate="12", reason="notice 7")
    lines = [(str(line.percent), line.source) for line in stated(story, who).accruals if line.number == 2]
    assert lines == [("18", CONTRACT), ("12", "notice 7 (2026-07-01)")]
    changed(story, None, "2026-07-10", annual_rate="5", reason="notice 8")
    lines = [(str(line.percent), line.source) for line in stated(story, who).accruals if line.number == 2]
    assert lines[-1] == ("12", "notice 7 (2026-07-01)"), "another annual rate is no other penalty"
    changed(story, None, "2026-07-10", penalty_rate="36", reason="notice 9")
    assert stated(story, who).accruals[-1].source == "CN-CAP-24", "where the cap lowers it, the cap"


RECKONED = {
    "day_count": "actual_365",
    "order": ["principal", "interest", "unsplit", "fee", "penalty"],
    "sweep": "parts",
    "penalty_on": ["principal", "interest"],
}


def agreed(story: Story, ask: Any, *given: Any) -> Approval:
    """Proposed by one, agreed to by another."""
    wu = story.agent("wu", None, Level.senior, Role.supervisor)

    def asks(session: Any, _office: Any) -> Approval:
        row: Approval = ask(session, portfolio_of(session, story.cn), *given, OPS, NOW)
        session.refresh(row)
        return row

    asked = story.do(asks)
    more = {"shown": asked.digest, "yes": True, "reason": "", "actor": wu, "now": NOW}
    story.do(approvals.decide, asked.id, **more)
    return asked


def test_how_a_portfolio_reckons_goes_before_the_place(story: Story, who: Borrower) -> None:
    before = stated(story, who)
    assert (before.terms.day_count, before.terms.reckoned_by) == (DayCount.actual_360, "")
    agreed(story, settings.propose, SettingKind.reckoning, RECKONED, "clause 3 of the model contract")
    found = stated(story, who)
    assert (found.terms.day_count, found.terms.reckoned_by) == (DayCount.actual_365, "clause 3 of the model contract")
    assert {(line.year, line.base) for line in found.accruals if line.number == 1} == {(365, 998_00)}
    assert found.allocations[0].part is ClaimPart.principal
    assert found.terms.caps == before.terms.caps, "what the law caps, no contract lifts"
    assert found.total == found.bridge.total


@pytest.mark.parametrize(
    ("more", "told"),
    [
        pytest.param({"day_count": "actual_364"}, "day_count.*choose one of actual_365", id="no day count"),
        pytest.param({"order": ["principal", "fee"]}, "order.*name each of fee, penalty", id="an order with gaps"),
        pytest.param({"order": [*RECKONED["order"], "fee"]}, "order.*once", id="a part twice"),
        pytest.param({"penalty_on": ["penalty"]}, "penalty_on.*no penalty is asked on a penalty", id="on itself"),
        pytest.param({"sweep": "?"}, "sweep.*choose one of instalments, parts", id="no sweep"),
        pytest.param({}, "nothing would change", id="nothing new"),
    ],
)
def test_a_reckoning_that_can_not_be_is_refused_by_field(
    story: Story, who: Borrower, more: dict[str, Any], told: str
) -> None:
    agreed(story, settings.propose, SettingKind.reckoning, RECKONED, "clause 3")
    with story.database.begin() as session:
        asked = portfolio_of(session, story.cn), SettingKind.reckoning, {**RECKONED, **more}
        with pytest.raises(BadInput) as refused:
            settings.propose(session, *asked, "clause 3", OPS, NOW)
    assert re.search(told, "; ".join([refused.value.message, *map(str, refused.value.problems)]))


def test_a_file_of_rates_is_taken_whole_by_two_people(story: Story, who: Borrower, tmp_path: Path) -> None:
    file = tmp_path / "rates.csv"
    head = "account_no,product,from_on,annual_rate,penalty_rate,reason\n"
    good = "L-1,,2026-07-01,,12,notice 7\n,cash,2026-07-01,14.07,,notice 7\n,,2026-07-01,,11,notice 7\n"
    wrong = "L-9,,2026-07-01,,12,n\n,gold,2026-07-01,,12,n\n,,1.7.2026,,12,n\n,,2026-07-02,,,n\n"
    wrong += ",,2026-07-01,,10,again\nL-1,cash,2026-07-03,,10,both\n"
    file.write_text(head + good + wrong, encoding="utf-8")
    with story.database.read() as session, pytest.raises(BadInput) as refused:
        read_rates(session, portfolio_of(session, story.cn), file)
    assert [problem.line for problem in refused.value.problems] == [5, 6, 7, 8, 9, 10]
    for words, problem in zip(
        ("no such account", "has the product", "not a day", "give the annual rate", "stand in line 4", "not for both"),
        refused.value.problems,
        strict=True,
    ):
        assert words in problem.reason
    file.write_text(head + good, encoding="utf-8")
    with story.database.read() as session:
        orders = read_rates(session, portfolio_of(session, story.cn), file)
    assert story.rows(RateChange) == []
    agreed(story, rates.propose, orders)
    rows = story.rows(RateChange)
    assert [(row.account_id, row.product, row.penalty_rate) for row in rows] == [
        (who.account_id, None, "12"),
        (None, "cash", None),
        (None, None, "11"),
    ]
    assert {(row.asked_by, row.actor) for row in rows} == {("user:ops", "user:wu")}
    with story.database.read() as session:
        view = rate_view(session, portfolio_of(session, story.cn))
    assert (view.without_annual, view.without_penalty) == (0, 0)


def test_accounts_without_a_rate_are_counted(story: Story, who: Borrower) -> None:
    story.borrower("2026-05-10")
    with story.database.read() as session:
        view = rate_view(session, portfolio_of(session, story.cn))
    assert (view.without_annual, view.without_penalty) == (2, 1)


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

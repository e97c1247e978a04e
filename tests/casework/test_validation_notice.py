"""The validation notice of a debt collector in the United States: itemized to the cent, or refused by name."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from casework.test_letters import story as story
from floor import Borrower, Story, moment
from sqlmodel import select

from collector.casework import actions as casework
from collector.casework.actions.letters import LetterOrder
from collector.casework.letters.itemizing import dispute_until
from collector.foundation.calendar import is_business_day
from collector.foundation.errors import BadInput, Conflict
from collector.history.rules import Standing
from collector.history.tables import LetterRow, StandingRow
from collector.identity.rules import COMMAND_LINE
from collector.portfolio.booking import Sums, book
from collector.portfolio.rules import ContactKind, EntryKind
from collector.portfolio.tables import Account, ContactPoint, InstalmentRow, PaymentRow, Portfolio
from collector.texts.rules import LetterKind

NOON = moment("2026-05-13 12:00")
ENTERED = {
    "sender_address": "2 Main Street, Springfield, IL 62701",
    "itemization_on": "2026-04-20",
    "itemization_basis": "last_statement",
}


@pytest.fixture
def who(story: Story) -> Borrower:
    """1,000 (900 + 80 + 20) due on 10 April at 18 % penalty, 100 paid on 3 May, 5 of penalty given up on 4 May."""
    who = story.borrower(
        "2026-04-10", portfolio_id=story.us, opened_on=date(2025, 5, 18), principal=90_000, penalty_rate="18"
    )
    with story.database.begin() as session:
        at = {"kind": ContactKind.address, "value": "12 Elm Street, Springfield, IL 62701-1234", "label": "home"}
        session.add(ContactPoint(person_id=who.person_id, portfolio_id=story.us, **at))
        session.get_one(Portfolio, story.us).pay_instructions = "Pay in our app"
        [row] = session.exec(select(InstalmentRow).where(InstalmentRow.account_id == who.account_id))
        row.principal, row.interest, row.fee = 900_00, 80_00, 20_00
        paid = {"amount": 100_00, "paid_at": moment("2026-05-03 12:00"), "paid_on": date(2026, 5, 3)}
        more = {"kind": "payment", "state": "applied", "loaded_at": moment("2026-05-03 13:00")}
        session.add(PaymentRow(portfolio_id=story.us, reference="U1", account_id=who.account_id, **paid, **more))
        account = session.get_one(Account, who.account_id)
        given = Sums(penalty=5_00)
        book(session, account, EntryKind.waiver, given, date(2026, 5, 4), "tests", actor="tests", at=NOON)
    story.follow(who, "2026-05-13 08:00")
    return who


def make(story: Story, who: Borrower, at: Any = NOON, **more: str) -> LetterRow:
    order = LetterOrder(who.account_id, LetterKind.validation_notice, who.person_id, entered={**ENTERED, **more})
    number = story.do(
        lambda session, office: casework.make_letter(session, office, order, at=at, actor=COMMAND_LINE).id
    )
    [row] = story.rows(LetterRow, LetterRow.id == number)
    return row


def test_the_lines_add_up_from_the_itemization_date_to_now(story: Story, who: Borrower) -> None:
    row = make(story, who)
    [table] = [block["rows"] for block in row.body["body"] if block["kind"] == "rows"]
    # Penalty on 900 at 18 % of 365 days: 10 days to 20 April 4.44; 23 days to 3 May 10.21, then on 900, less what the
    # payment took first: the penalty, then fee and interest.
    figures = dict(table[1:])
    assert figures["You owed on April 20, 2026"] == "$1,004.44"
    assert figures["Payments made since"] == "-$100.00"
    assert figures["Fees charged since"] == "$0.00"
    cents = [round(float(amount.replace("$", "").replace(",", "")) * 100) for amount in figures.values()]
    assert sum(cents[:-1]) == cents[-1]
    assert row.amounts is not None
    assert row.amounts["due"] == cents[-1]
    said = str(row.body)
    for piece in ("www.cfpb.gov/debt-collection", "the date of the last statement", "2 Main Street", "This is not my"):
        assert piece in said
    assert "Itemization date" in said


@pytest.mark.parametrize(
    ("more", "told"),
    [
        pytest.param({"itemization_on": ""}, "itemization date is missing", id="no date"),
        pytest.param({"itemization_on": "4/20/2026"}, "not a day", id="no day"),
        pytest.param({"itemization_on": "2026-05-14"}, "is to come", id="a day ahead"),
        pytest.param({"itemization_basis": ""}, "one of last_statement, charge_off", id="no basis"),
        pytest.param({"itemization_basis": "last_payment"}, "by the book it is 2026-05-03", id="another day"),
        pytest.param({"itemization_on": "2026-04-01"}, "fell due after the itemization date", id="before it fell due"),
        pytest.param({"sender_address": ""}, "the sender's address is missing", id="no address to write to"),
    ],
)
def test_what_is_missing_or_wrong_is_refused_by_name(
    story: Story,
    who: Borrower,
    more: dict[str, str],
    told: str,
) -> None:
    with pytest.raises(BadInput, match=told):
        make(story, who, **more)


def test_a_schedule_without_parts_is_refused(story: Story, who: Borrower) -> None:
    with story.database.begin() as session:
        [row] = session.exec(select(InstalmentRow).where(InstalmentRow.account_id == who.account_id))
        row.principal = row.interest = row.fee = None
    with pytest.raises(BadInput, match="columns principal, interest and fee"):
        make(story, who)


def test_another_law_knows_no_such_notice(story: Story) -> None:
    chinese = story.borrower("2026-04-10")
    order = LetterOrder(chinese.account_id, LetterKind.validation_notice, chinese.person_id, "en", ENTERED)
    with story.database.begin() as session, pytest.raises(Conflict, match="United States law"):
        casework.make_letter(session, story.office, order, at=NOON, actor=COMMAND_LINE)


@pytest.mark.parametrize("made", [date(2026, 5, 13), date(2026, 6, 26), date(2026, 12, 21)])
def test_the_last_day_holds_for_a_notice_posted_on_the_last_day_it_may_be(made: date) -> None:
    received = date.fromordinal(dispute_until(made).toordinal() - 30)
    business = [
        day
        for day in map(date.fromordinal, range(made.toordinal() + 8, received.toordinal() + 1))
        if is_business_day(day, "US")
    ]
    assert len(business) == 5, "five business days after the seventh day"
    assert is_business_day(received, "US")


def test_once_posted_the_gate_knows_of_it_and_late_it_is_made_anew(
    story: Story,
    who: Borrower,
    tmp_path: Path,
) -> None:
    story.plan("2026-05-13 07:00")
    row = make(story, who, at=moment("2026-05-13 12:00"))
    casework.print_letter(story.office, row.id or 0, moment("2026-05-13 12:00"), COMMAND_LINE)
    late = moment("2026-05-29 12:00")
    with pytest.raises(Conflict, match="too late for the day"):
        story.do(casework.letter_posted, row.id, "R1", date(2026, 5, 29), at=late, actor=COMMAND_LINE)
    now = moment("2026-05-13 12:30")
    done = story.do(casework.letter_posted, row.id, "R1", date(2026, 5, 13), at=now, actor=COMMAND_LINE)
    assert not done.refused, done.refused
    [standing] = story.rows(StandingRow, StandingRow.kind == Standing.validation_notice)
    assert (standing.person_id, standing.account_id, standing.detail) == (
        who.person_id,
        who.account_id,
        {"evidence": "R1"},
    )

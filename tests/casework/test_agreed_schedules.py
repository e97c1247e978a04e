"""An agreed schedule holds against the creditor's files, and what they say otherwise is told. Both databases."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from floor import AMOUNT, Story, moment
from sqlmodel import select
from terms_desk import NOW, Desk, settlement

from collector.audit.tables import AuditEntry
from collector.casework import actions as casework
from collector.casework.views.stated import both_schedules, open_schedules, stated_schedules
from collector.foundation.errors import Conflict
from collector.history.rules import DocumentKind
from collector.identity.rules import EVERYTHING, Actor, Scope
from collector.portfolio.loading import LoadResult
from collector.portfolio.queries import portfolio_of, statement_of
from collector.portfolio.rules import LoadKind
from collector.portfolio.tables import Account, InstalmentRow, StatedInstalment
from collector.terms.actions import Order
from collector.terms.rules import TermsKind

OPS = Actor("user:ops")
HEAD = "account_no,number,due_on,amount_due,principal,interest,fee\n"
FIRST = "L-1,1,2026-03-10,1000.00,,,\nL-1,2,2026-04-10,1000.00,,,\nL-1,3,2026-05-10,1000.00,,,\n"
"""What the creditor's book said from the first."""


class Agreed(Desk):
    """A restructuring was signed on 21 May: of three late instalments, three new ones from June on."""

    def __init__(self, story: Story, folder: Path) -> None:
        super().__init__(story)
        self.folder = folder
        order = Order(TermsKind.restructuring, "smaller steps", count=3, first=date(2026, 6, 10))
        row = self.offered(order, by=self.wu)
        self.file(DocumentKind.agreement, "2026-05-21 09:00")
        self.story.do(casework.sign_terms, terms_id=row.id, at=moment("2026-05-21 10:00"), actor=self.li)
        self.agreed = self.schedule()

    def load(self, kind: LoadKind, body: str, at: str = "2026-05-25 08:00") -> LoadResult:
        file = self.folder / f"{kind}.csv"
        file.write_text(body, encoding="utf-8")
        more = {"portfolio": "CN", "mapping": None, "rejects": None, "as_of": None, "actor": "user:ops"}
        return casework.load(self.story.office, kind, file, at=moment(at), **more)

    def schedule(self) -> list[tuple[int, date, int]]:
        mine = self.story.rows(InstalmentRow, InstalmentRow.account_id == self.who.account_id)
        return sorted((row.number, row.due_on, row.amount_due) for row in mine)

    def read(self, query: Any, *args: Any) -> Any:
        with self.story.database.read() as session:
            return query(session, *args)


@pytest.fixture
def desk(database: Any, tmp_path: Any) -> Agreed:
    return Agreed(Story(database, home=tmp_path), tmp_path)


def test_a_reload_of_the_book_keeps_the_agreed_schedule_and_names_the_difference(desk: Agreed) -> None:
    assert [number for number, _, _ in desk.agreed] == [4, 5, 6]
    told = desk.load(LoadKind.instalments, HEAD + FIRST)
    assert (told.read, told.accepted, told.unchanged, told.rejected, told.kept) == (3, 3, 0, 0, 3)
    assert told.changed_accounts == (), "nothing follows from it for the borrower"
    assert desk.schedule() == desk.agreed
    [one] = desk.read(stated_schedules, EVERYTHING)
    assert (one.key, [row.number for row in one.rows], one.explained) == ("CN/L-1", [1, 2, 3], "")
    assert desk.read(open_schedules, EVERYTHING) == 1
    assert desk.read(open_schedules, Scope(frozenset({desk.story.us}))) == 0
    again = desk.load(LoadKind.instalments, HEAD + FIRST)
    assert (again.accepted, again.unchanged, again.kept) == (0, 3, 0), "loading twice changes nothing"
    [entry] = desk.story.rows(AuditEntry, AuditEntry.action == "schedule.stated")
    assert (entry.subject, entry.detail["rows"]) == (f"account:{desk.who.account_id}", 3)
    desk.clean()


def test_once_their_book_has_it_as_agreed_there_is_no_difference(desk: Agreed) -> None:
    desk.load(LoadKind.instalments, HEAD + FIRST)
    lines = "".join(f"L-1,{number},{day},{amount / 100:.2f},,,\n" for number, day, amount in desk.agreed)
    same = desk.load(LoadKind.instalments, HEAD + lines)
    assert (same.accepted, same.unchanged) == (0, 3), "as agreed: nothing is new"
    number, day, _ = desk.agreed[0]
    desk.load(LoadKind.instalments, HEAD + f"L-1,{number},{day},1.00,,,\n", "2026-05-26 08:00")
    [one] = desk.read(stated_schedules, EVERYTHING)
    assert [row.number for row in one.rows] == [1, 2, 3, number]
    mended = desk.load(LoadKind.instalments, HEAD + lines, "2026-05-27 08:00")
    assert mended.accepted == 1, "they say another thing of one instalment than yesterday"
    [one] = desk.read(stated_schedules, EVERYTHING)
    assert [row.number for row in one.rows] == [1, 2, 3]
    assert desk.schedule() == desk.agreed


def test_what_was_explained_holds_until_they_say_another_thing(desk: Agreed) -> None:
    desk.load(LoadKind.instalments, HEAD + FIRST)

    def explain(session: Any, _office: Any) -> int:
        account = session.get_one(Account, desk.who.account_id)
        return casework.explain_schedule(session, account, "they book it in June", moment("2026-05-25 09:00"), OPS)

    assert desk.story.do(explain) == 3
    assert desk.read(open_schedules, EVERYTHING) == 0
    desk.load(LoadKind.instalments, HEAD + FIRST, "2026-05-26 08:00")
    assert desk.read(open_schedules, EVERYTHING) == 0
    desk.load(LoadKind.instalments, HEAD + FIRST.replace("2026-05-10,1000", "2026-05-10,1100"), "2026-05-27 08:00")
    assert desk.read(open_schedules, EVERYTHING) == 1
    [one] = desk.read(stated_schedules, EVERYTHING)
    assert [bool(row.explained) for row in one.rows] == [True, True, False]
    assert one.explained == "", "not all of it"


def test_the_maturity_that_was_agreed_stays_and_the_rest_of_the_account_is_taken(desk: Agreed) -> None:
    head = "account_no,borrower_name,matures_on,product\n"
    told = desk.load(LoadKind.accounts, head + "L-1,王1,2026-05-10,auto\n")
    assert (told.accepted, told.unchanged, told.kept) == (1, 0, 1)
    [account] = desk.story.rows(Account, Account.id == desk.who.account_id)
    assert (account.matures_on, account.product) == (date(2026, 8, 10), "auto")
    sides = desk.read(lambda session: both_schedules(session, session.get_one(Account, account.id)))
    assert sides.matures == date(2026, 5, 10)
    assert [(number, theirs) for number, theirs, _ in sides.pairs] == [(4, None), (5, None), (6, None)]
    assert desk.load(LoadKind.accounts, head + "L-1,王1,2026-05-10,auto\n").unchanged == 1


def test_an_account_without_an_agreement_follows_its_book(desk: Agreed) -> None:
    other = desk.story.borrower("2026-04-10", "2026-05-10")
    desk.story.follow(other, NOW)
    told = desk.load(LoadKind.instalments, HEAD + FIRST + "L-2,2,2026-06-10,1000.00,,,\n")
    assert (told.accepted, told.kept, told.changed_accounts) == (4, 3, (other.account_id,))
    with desk.story.database.read() as session:
        row = session.exec(
            select(InstalmentRow).where(InstalmentRow.account_id == other.account_id, InstalmentRow.number == 2)
        ).one()
    assert row.due_on == date(2026, 6, 10)
    assert {row.account_id for row in desk.story.rows(StatedInstalment)} == {desk.who.account_id}


def test_a_difference_that_is_none_any_more_needs_no_reason(desk: Agreed) -> None:
    def explain(session: Any, _office: Any) -> int:
        account = session.get_one(Account, desk.who.account_id)
        return casework.explain_schedule(session, account, "why", moment("2026-05-25 09:00"), OPS)

    with pytest.raises(Conflict, match="as it was agreed"):
        desk.story.do(explain)


def test_a_balance_of_a_past_day_is_by_the_schedule_that_held_then(desk: Agreed) -> None:
    def balance(day: date) -> tuple[int, list[int]]:
        with desk.story.database.read() as session:
            account = session.get_one(Account, desk.who.account_id)
            told = statement_of(session, account, portfolio_of(session, account.portfolio_id), day)
        return told.due, [one.number for one in told.instalments]

    assert balance(date(2026, 5, 20)) == (3 * AMOUNT, [1, 2, 3])
    assert balance(date(2026, 5, 21)) == (0, [4, 5, 6]), "signed that day"
    assert balance(date(2026, 6, 10))[0] == desk.agreed[0][2]


def test_terms_after_it_start_from_the_agreed_schedule(desk: Agreed) -> None:
    desk.load(LoadKind.instalments, HEAD + FIRST)
    row, _ = desk.propose(settlement(1_000_00, date(2026, 5, 29)), "2026-05-25 10:00")
    assert row.owed.total == 3 * AMOUNT

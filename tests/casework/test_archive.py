"""Originals in the archive, on both databases: lent once, back once, and a history that nobody can rewrite."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from floor import Borrower, Story, moment
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from collector.casework import actions as casework
from collector.casework.views.archive import ArchivePart, archived, history_of, of_account
from collector.foundation.errors import BadInput, CollectorError, Conflict, Forbidden
from collector.history.queries import originals_out
from collector.history.rules import ArchiveLevel, ArchiveStep, Condition, DocumentKind, Handover
from collector.history.tables import Original, OriginalStep
from collector.identity.rules import COMMAND_LINE, Actor, Level, Role
from collector.portfolio.tables import Account

NOON, DAY = moment("2026-05-13 12:00"), date(2026, 5, 13)
LOAN = Handover(ArchiveStep.lent, DAY, whom="counsel", why="hearing", due_on=date(2026, 5, 20))
BACK = Handover(ArchiveStep.returned, date(2026, 5, 22), whom="counsel", condition=Condition.whole)
LATER = moment("2026-05-22 12:00")
PAPER = b"\x89PNG\r\n\x1a\n contract"


class Shelf:
    """An account, its papers, and who keeps them."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.who: Borrower = story.borrower("2026-05-10")
        self.keeper = story.agent("keeper", None, Level.senior, Role.operations)

    def add(self, kind: DocumentKind = DocumentKind.contract, **more: Any) -> int:
        said = {"title": "合同", "place": "vault 1, box 2", "on": DAY, "at": NOON, "actor": self.keeper, **more}

        def put(session: Any, office: Any) -> int:
            account = session.get_one(Account, self.who.account_id)
            return casework.archive_original(session, office, account, kind=kind, **said).id or 0

        return self.story.do(put)

    def move(self, number: int, wanted: Handover, at: Any = NOON, actor: Actor | None = None) -> OriginalStep:
        return self.story.do(casework.move_original, number, wanted, at=at, actor=actor or self.keeper)

    def part(self, part: ArchivePart, at: Any = NOON) -> list[int]:
        with self.story.database.read() as session:
            return [one.original.id or 0 for one in archived(session, COMMAND_LINE, part, at)]


@pytest.fixture
def shelf(story: Story) -> Shelf:
    return Shelf(story)


def test_an_original_is_lent_is_late_and_comes_back(shelf: Shelf) -> None:
    number = shelf.add()
    assert shelf.part(ArchivePart.kept) == [number]
    shelf.move(number, LOAN)
    assert (shelf.part(ArchivePart.on_loan), shelf.part(ArchivePart.kept)) == ([number], [])
    assert shelf.part(ArchivePart.overdue, moment("2026-05-20 23:59")) == []
    assert shelf.part(ArchivePart.overdue, moment("2026-05-21 00:01")) == [number]
    with shelf.story.database.read() as session:
        assert originals_out(session, shelf.who.account_id, LATER) == 1
        assert originals_out(session, shelf.who.account_id, moment("2026-05-13 11:59")) == 0
    shelf.move(number, BACK, LATER)
    assert (shelf.part(ArchivePart.overdue, LATER), shelf.part(ArchivePart.kept, LATER)) == ([], [number])
    with shelf.story.database.read() as session:
        found = history_of(session, COMMAND_LINE, number, LATER)
    assert [(one.number, one.step, one.place) for one in found.steps] == [
        (3, ArchiveStep.returned, "vault 1, box 2"),
        (2, ArchiveStep.lent, "vault 1, box 2"),
        (1, ArchiveStep.placed, "vault 1, box 2"),
    ]


def test_what_is_on_loan_is_not_lent_again_and_a_second_click_is_one_loan(shelf: Shelf) -> None:
    number = shelf.add()
    first, again = shelf.move(number, LOAN), shelf.move(number, LOAN)
    assert first.id == again.id
    with pytest.raises(Conflict, match="on loan"):
        shelf.move(number, replace(LOAN, whom="the court"))


def test_of_many_takers_at_once_one_gets_it(shelf: Shelf) -> None:
    number = shelf.add()

    def take(name: int) -> bool:
        try:
            shelf.move(number, replace(LOAN, whom=f"taker {name}"))
        except CollectorError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(take, range(16))) == 1
    assert len(shelf.story.rows(OriginalStep, OriginalStep.step == ArchiveStep.lent)) == 1


def test_nobody_takes_an_original_of_title_by_their_own_hand(shelf: Shelf) -> None:
    vault, paper = shelf.add(), shelf.add(DocumentKind.visit)
    with pytest.raises(Forbidden):
        shelf.move(vault, replace(LOAN, whom=" KEEPER "))
    shelf.move(paper, replace(LOAN, whom="keeper"))
    assert [row.level for row in shelf.story.rows(Original)] == [ArchiveLevel.vault, ArchiveLevel.working]


def test_one_scan_has_one_original_of_its_kind_and_account(shelf: Shelf) -> None:
    def file(session: Any, office: Any) -> int:
        account = session.get_one(Account, shelf.who.account_id)
        more = {"title": "x", "actor": shelf.keeper, "now": NOON}
        return casework.file_document(session, office, account, PAPER, kind=DocumentKind.contract, **more).id or 0

    scan = shelf.story.do(file)
    with pytest.raises(BadInput, match="another kind"):
        shelf.add(DocumentKind.visit, document_id=scan)
    number = shelf.add(document_id=scan)
    with pytest.raises(Conflict, match="already"):
        shelf.add(document_id=scan)
    with shelf.story.database.read() as session:
        assert [one.original.id for one in of_account(session, COMMAND_LINE, shelf.who.account_id, NOON)] == [number]


def test_what_has_not_happened_yet_is_not_recorded(shelf: Shelf) -> None:
    with pytest.raises(BadInput, match="a day that has come"):
        shelf.add(on=date(2026, 5, 14))


def test_what_is_lost_is_told_and_can_be_found(shelf: Shelf) -> None:
    number = shelf.add()
    shelf.move(number, LOAN)
    shelf.move(number, replace(BACK, condition=Condition.lost), LATER)
    assert (shelf.part(ArchivePart.lost, LATER), shelf.part(ArchivePart.kept, LATER)) == ([number], [])
    with pytest.raises(Conflict, match="lost"):
        shelf.move(number, replace(LOAN, on=BACK.on, due_on=date(2026, 5, 30)), LATER)
    shelf.move(number, Handover(ArchiveStep.placed, BACK.on, place="box 7"), LATER)
    assert (shelf.part(ArchivePart.lost, LATER), shelf.part(ArchivePart.kept, LATER)) == ([], [number])


@pytest.mark.parametrize("table", ["original", "original_step"])
@pytest.mark.parametrize("change", ["UPDATE {} SET actor = 'x'", "DELETE FROM {}"])
def test_the_loan_out_log_is_only_added_to(shelf: Shelf, table: str, change: str) -> None:
    shelf.add()
    with pytest.raises(DatabaseError, match="append-only"), shelf.story.database.begin() as session:
        session.connection().execute(text(change.format(table)))

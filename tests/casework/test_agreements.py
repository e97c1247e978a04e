"""Agreements drawn from terms that a second person approved, signed, and in force only then."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from casework.test_letters import live
from casework.test_terms import Desk
from floor import Borrower, Story, moment
from sqlmodel import select

from collector.casework import actions as casework
from collector.casework.actions.letters import LetterOrder
from collector.casework.views.terms import terms_view
from collector.foundation.errors import Conflict
from collector.history.rules import DocumentKind
from collector.history.tables import Document, LetterRow
from collector.identity.rules import COMMAND_LINE
from collector.portfolio.tables import Account, InstalmentRow, Person, Portfolio
from collector.terms.actions import Order
from collector.terms.rules import TermsKind, TermsState
from collector.texts.rules import LetterKind

NOW = moment("2026-05-20 11:00")
ENTERED = {
    "creditor_code": "91330100799655058B",
    "creditor_address": "杭州市解放路一号",
    "creditor_representative": "陈立，董事长",
    "extension_reason": "收成推迟",
}
SCAN = b"\x89PNG\r\n\x1a\n both signed"


@pytest.fixture
def desk(database: Any, tmp_path: Path) -> Desk:
    desk = Desk(Story(database, home=tmp_path))
    complete(desk, desk.who)
    return desk


def complete(desk: Desk, who: Borrower) -> None:
    """What an agreement names of borrower, loan and portfolio."""
    with desk.story.database.begin() as session:
        session.get_one(Portfolio, desk.story.cn).pay_instructions = "可通过本行手机银行办理"
        person = session.get_one(Person, who.person_id)
        person.id_type, person.id_sealed = "cn_id", desk.story.office.keys.seal("110105194912310020")
        account = session.get_one(Account, who.account_id)
        account.opened_on, account.principal, account.annual_rate = date(2025, 5, 18), 3_000_00, "14.07"
        account.matures_on = max(
            row.due_on for row in session.exec(select(InstalmentRow).where(InstalmentRow.account_id == account.id))
        )
        for row in session.exec(select(InstalmentRow).where(InstalmentRow.account_id == account.id)):
            row.principal, row.interest, row.fee = row.amount_due - 20_00, 18_00, 2_00
    live(desk.story, who.person_id, "杭州市文三路九号")


def draw(desk: Desk, kind: LetterKind, who: Borrower | None = None) -> LetterRow:
    order = LetterOrder((who or desk.who).account_id, kind, entered=ENTERED)
    number = desk.story.do(
        lambda session, office: casework.make_letter(session, office, order, at=NOW, actor=COMMAND_LINE).id
    )
    [row] = desk.story.rows(LetterRow, LetterRow.id == number)
    return row


def table(row: LetterRow, first: str) -> list[list[str]]:
    return next(one["rows"] for one in row.body["body"] if one["kind"] == "rows" and one["rows"][0][-1] == first)


def test_a_settlement_agreement_says_exactly_what_was_approved(desk: Desk) -> None:
    with pytest.raises(Conflict, match="no approved terms of this kind"):
        draw(desk, LetterKind.settlement)
    terms, asked = desk.propose(Order(TermsKind.settlement, "lost the shop", 2_500_00, date(2026, 5, 29)))
    with pytest.raises(Conflict, match="no approved terms of this kind"):
        draw(desk, LetterKind.settlement)
    desk.decide(asked)
    row = draw(desk, LetterKind.settlement)
    assert row.terms_id == terms.id
    said = str(row.body)
    assert "人民币2,500.00元（大写：人民币贰仟伍佰元整）" in said
    assert "2026年5月29日前" in said
    assert "lost the shop" not in said, "why it was proposed is ours"
    lines = table(row, "应付")
    assert lines[-1] == ["合计", "¥3,000.00", "¥500.00", "¥2,500.00"]
    with desk.story.database.read() as session:
        account = session.get_one(Account, desk.who.account_id)
        view = terms_view(session, account, session.get_one(Portfolio, account.portfolio_id), NOW)
    assert [one.letter_id for one in view.papers] == [row.id]
    desk.story.do(casework.withdraw_terms, terms_id=terms.id, at=NOW, actor=desk.li)
    with pytest.raises(Conflict, match="no approved terms of this kind"):
        draw(desk, LetterKind.settlement)


def test_an_extension_takes_effect_once_its_agreement_is_signed_and_filed(desk: Desk) -> None:
    who = desk.story.borrower("2026-05-10", "2026-07-10")
    desk.story.follow(who, "2026-05-20 10:00")
    complete(desk, who)
    terms, asked = desk.propose(Order(TermsKind.extension, "late", until=date(2026, 10, 10), interest=30_00), who=who)
    desk.decide(asked, by=desk.wu)
    row = draw(desk, LetterKind.extension, who)
    assert "延至2026年10月10日" in str(row.body)
    assert table(row, "应还金额")[2] == ["2", "2026年10月10日", "¥980.00", "¥48.00", "¥2.00", "¥1,030.00"]
    casework.print_letter(desk.story.office, row.id or 0, NOW, COMMAND_LINE)
    desk.story.do(casework.offer_terms, terms_id=terms.id, at=NOW, actor=desk.li)
    later = moment("2026-05-21 10:00")
    with pytest.raises(Conflict, match="signed agreement is not on file"):
        desk.story.do(casework.sign_terms, terms_id=terms.id, at=later, actor=desk.li)
    desk.story.do(casework.letter_signed, row.id, date(2026, 5, 21), at=later, actor=COMMAND_LINE, scan=SCAN)
    [paper] = desk.story.rows(Document, Document.kind == DocumentKind.agreement)
    assert paper.account_id == who.account_id
    desk.story.do(casework.sign_terms, terms_id=terms.id, at=later, actor=desk.li)
    assert desk.state(terms) is TermsState.fulfilled

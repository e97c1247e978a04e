"""The package for counsel: the case file with how far the suit has come, and nothing that stays in the house."""

from __future__ import annotations

import json
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
from case_making import AT, LAWYER, PDF, SECRET, Case, everything, words
from floor import moment
from sqlmodel import select

from collector.audit.tables import AuditEntry
from collector.casework import actions as casework
from collector.casework import casefiles
from collector.casework.actions.matters import CostOrder, DateOrder
from collector.foundation.errors import BadInput, Conflict
from collector.foundation.typesetting import Typesetter
from collector.history import actions as history
from collector.history.rules import DocumentKind, ReferralKind, ReferralState
from collector.history.tables import Referral
from collector.legal.casefile.manifest import verify_folder
from collector.legal.casefile.tables import CaseFile
from collector.legal.matters.rules import Advancer, CostKind, DateEnd, DateKind, MatterStage, Step
from collector.legal.matters.tables import CounselPackage, CounselReceipt

BEFORE = moment("2026-07-10 12:00")
CONTACT = "李协商 0571-5550101"


@pytest.fixture
def sued(case: Case) -> Case:
    """A suit that was filed, with a hearing to come, one that was moved, a stage that was struck, and two costs."""
    account, by = case.who.account_id, {"at": BEFORE, "actor": LAWYER}
    with case.story.database.begin() as session:
        row = history.open_referral(
            session,
            kind=ReferralKind.legal,
            person_id=case.who.person_id,
            account_id=account,
            portfolio_id=case.story.cn,
            reasons=[],
            evidence={},
            now=BEFORE,
            actor=LAWYER,
        )
        history.move_referral(session, row.id or 0, ReferralState.accepted, BEFORE, LAWYER)
    notice = case.file(PDF + b"notice", DocumentKind.court)
    step = Step(MatterStage.filed, date(2026, 7, 1), "浦东新区法院", "(2026)沪0115民初7号", "王律师", notice)
    case.story.do(casework.enter_stage, account, step, **by)
    wrong = case.story.do(casework.enter_stage, account, Step(MatterStage.heard, date(2026, 7, 2)), **by)
    case.story.do(casework.strike_stage, account, wrong.id, SECRET, **by)
    with case.story.database.begin() as session:
        order = DateOrder(DateKind.hearing, date(2026, 8, 3), "首次开庭", time(9), place="第三法庭", who="王律师")
        first = casework.note_court_date(session, account, order, **by)
        moved: dict[str, Any] = {"note": SECRET, "day": date(2026, 8, 20), "hour": time(9)}
        casework.end_court_date(session, first.id or 0, DateEnd.moved, **moved, **by)
        for amount, borne in ((12_345, True), (67_800, False)):
            cost = CostOrder(CostKind.court_fee, amount, date(2026, 7, 1), Advancer.creditor, borne, note=SECRET)
            casework.note_cost(session, account, cost, **by)
    return case


def printed(folder: Path) -> str:
    """All its words, without what only breaks lines."""
    return "".join(words(folder).replace("\u200b", "").split())


def handed(case: Case, name: str, typesetter: Typesetter, language: str = "zh", contact: str = CONTACT) -> Path:
    order = casefiles.CaseOrder(AT, language, hand_over=casefiles.HandOver(contact))
    folder = case.home / name
    casefiles.make_case_file(case.story.office, typesetter, case.who.account_id, folder, order, actor=LAWYER, now=AT)
    return folder


@pytest.mark.parametrize(
    ("language", "wanted"),
    [
        (
            "zh",
            ["致代理律师：案件进展", "已立案", "首次开庭", "2026-08-2009:00", "改期", "诉讼费", "¥801.45", "第三法庭"],
        ),
        ("en", ["Forcounsel:thematter", "filed", "2026-08-2009:00", "moved", "courtfee", "¥801.45", "Fortheborrower"]),
    ],
)
def test_it_tells_counsel_how_far_the_suit_is(
    sued: Case,
    typesetter: Typesetter,
    language: str,
    wanted: list[str],
) -> None:
    folder = handed(sued, "counsel", typesetter, language)
    text = printed(folder)
    for one in (*wanted, "浦东新区法院", "(2026)沪0115民初7号", "王律师", CONTACT.replace(" ", "")):
        assert one in text, one
    assert verify_folder(folder).is_whole


def test_what_stays_in_the_house_is_in_no_file_of_it(sued: Case, typesetter: Typesetter) -> None:
    folder = handed(sued, "counsel", typesetter)
    text = printed(folder)
    assert SECRET.replace(" ", "") not in text
    assert "已开庭" not in text
    manifest = json.dumps(json.loads((folder / "manifest.json").read_text(encoding="utf-8")))
    assert SECRET not in manifest
    assert not any(PDF + SECRET.encode() == body for body in everything(folder).values())


@pytest.mark.parametrize(
    ("phone", "told"),
    [
        pytest.param("+8657155501", "talker+8657155501", id="a phone"),
        pytest.param("client:talker", "talker", id="an address of our own switchboard"),
    ],
)
def test_whom_legal_left_the_talking_to_is_named_where_nobody_else_is(
    sued: Case, typesetter: Typesetter, phone: str, told: str
) -> None:
    who = sued.story.agent("talker", phone)
    with sued.story.database.begin() as session:
        [row] = session.exec(select(Referral)).all()
        history.name_negotiator(session, row.id or 0, who.user_id or 0, BEFORE, LAWYER, "knows the borrower")
    words = printed(handed(sued, "counsel", typesetter, contact=" "))
    assert (told in words, "client:" in words) == (True, False)


def test_the_file_for_a_court_has_none_of_it(sued: Case, typesetter: Typesetter) -> None:
    folder, _ = sued.make("court", typesetter)
    text = printed(folder)
    assert "致代理律师" not in text
    assert CONTACT.replace(" ", "") not in text


def test_the_same_package_has_the_same_bytes(sued: Case, typesetter: Typesetter) -> None:
    assert everything(handed(sued, "one", typesetter)) == everything(handed(sued, "two", typesetter))


def test_that_it_left_the_house_is_on_record_and_so_is_its_receipt(sued: Case, typesetter: Typesetter) -> None:
    handed(sued, "counsel", typesetter)
    story = sued.story
    [package], [file] = story.rows(CounselPackage), story.rows(CaseFile)
    assert (package.counsel, package.contact, package.case_file_id) == ("王律师", CONTACT, file.id)
    with story.database.read() as session:
        entries = session.exec(select(AuditEntry).where(AuditEntry.action == "counsel.handed-over")).all()
        assert [(one.subject, one.actor) for one in entries] == [(f"counsel_package:{package.id}", "user:law")]
        assert CONTACT not in str(entries[0].detail)
    later = {"at": moment("2026-07-22 12:00"), "actor": LAWYER}
    with story.database.begin() as session:
        with pytest.raises(BadInput, match="on the day it was made, or later"):
            casework.note_receipt(session, package.id or 0, date(2026, 7, 19), "前台", **later)
        casework.note_receipt(session, package.id or 0, date(2026, 7, 21), "前台", **later)
    with story.database.begin() as session, pytest.raises(Conflict, match="on record already"):
        casework.note_receipt(session, package.id or 0, date(2026, 7, 21), "前台", **later)
    [receipt] = story.rows(CounselReceipt)
    assert (receipt.received_on, receipt.received_by) == (date(2026, 7, 21), "前台")


def test_without_matter_counsel_or_contact_there_is_no_package(case: Case, typesetter: Typesetter) -> None:
    with pytest.raises(BadInput, match="who may go on talking"):
        handed(case, "one", typesetter, contact="  ")
    with pytest.raises(Conflict, match="no matter yet"):
        handed(case, "one", typesetter)
    with case.story.database.begin() as session:
        about = {"person_id": case.who.person_id, "account_id": case.who.account_id, "portfolio_id": case.story.cn}
        more: dict[str, Any] = {"reasons": [], "evidence": {}, "now": BEFORE, "actor": LAWYER}
        row = history.open_referral(session, kind=ReferralKind.legal, **about, **more)
        history.move_referral(session, row.id or 0, ReferralState.accepted, BEFORE, LAWYER)
    with pytest.raises(Conflict, match="no counsel is named"):
        handed(case, "one", typesetter)
    assert (case.story.rows(CounselPackage), case.story.rows(CaseFile), (case.home / "one").exists()) == ([], [], False)

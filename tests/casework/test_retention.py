"""A purge from the count to its certificate, on both databases: what is held stays, what goes is gone and proved."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from floor import Borrower, Story, moment
from keeping import LATE, SECRET, Keeping
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlmodel import select

from collector.audit import queries as auditing
from collector.audit.actions import seal
from collector.audit.tables import AuditEntry
from collector.casework import actions as casework
from collector.casework.actions import recordings as removal
from collector.casework.approvals import retention as asking
from collector.dispatch.rules import RecordingState
from collector.dispatch.tables import InboundMessage, Recording
from collector.facts.actions import verify as verify_facts
from collector.foundation.database import Database
from collector.foundation.errors import BadInput, Conflict, Forbidden
from collector.history import actions as history
from collector.history.rules import ArchiveStep, DocumentKind, Handover, ReferralKind, ReferralState
from collector.history.tables import (
    Attempt,
    Complaint,
    Document,
    LetterCorrection,
    LetterEvent,
    LetterRow,
    OutcomeRow,
    Referral,
)
from collector.legal.casefile.manifest import verify_folder
from collector.legal.matters.tables import MatterStep
from collector.legal.retention.actions import purge_batch, put_hold
from collector.legal.retention.proving import certificate, verify
from collector.legal.retention.rules import PurgeState
from collector.legal.retention.tables import Purge, Purged, PurgedFile
from collector.portfolio.tables import Account, ContactPoint, Person, Portfolio


@pytest.fixture
def keeping(database: Database, tmp_path: Path) -> Keeping:
    return Keeping(Story(database, home=tmp_path))


def wrong(keeping: Keeping, number: int) -> list[str]:
    office = keeping.story.office
    with office.database.read() as session:
        row = session.get_one(Purge, number)
        return verify(session, row, lambda one: casework.purged_path(office, one).exists())


def test_what_is_due_goes_with_its_files_and_the_rest_stays(keeping: Keeping) -> None:
    gone, owes = keeping.settled(), keeping.story.borrower("2026-05-10")
    keeping.contact(owes, moment("2026-05-12 10:00"))
    keeping.paper(owes)
    keeping.story.follow(owes, "2026-05-21 09:00")
    assert len(keeping.files()) == 3
    number = keeping.agreed()
    assert keeping.run(number) == 5
    row = keeping.purge(number)
    assert (row.state, row.removed, len(keeping.files())) == (PurgeState.done, 5, 1)
    assert sorted(one.kind.value for one in keeping.story.rows(Purged)) == [
        "contact", "message", "paper", "person", "recording",
    ]  # fmt: skip
    person, other = keeping.story.rows(Person)
    assert (person.name, person.salt, person.natural_key, other.name) == ("", "", None, "王2")
    texts = {one.person_id: (one.text, one.number) for one in keeping.story.rows(Attempt) if one.text or one.number}
    assert set(texts) == {owes.person_id}
    points = [one.value for one in keeping.story.rows(ContactPoint, ContactPoint.person_id == gone.person_id)]
    assert [one.startswith("removed:") for one in points] == [True]
    assert [row.account_id for row in keeping.words()] == [owes.account_id]
    assert [one.state for one in keeping.story.rows(Recording)] == [RecordingState.removed]
    assert wrong(keeping, number) == []
    with keeping.story.database.read() as session:
        assert verify_facts(session) == []


def test_nothing_confided_is_left_of_who_was_removed(keeping: Keeping) -> None:
    keeping.settled()
    keeping.run(keeping.agreed())
    database = keeping.story.database
    with database.read() as session:
        names = [row[0] for row in session.connection().execute(text(TABLES[database.is_postgresql]))]
        told = {
            name: [str(row) for row in session.connection().execute(text(f"SELECT * FROM {name}"))] for name in names
        }
    assert "13800000001" in "".join(["+8613800000001"])
    for mark in (SECRET, "王1", "13800000001"):
        assert [name for name, rows in told.items() if any(mark in row for row in rows)] == [], mark


TABLES = {
    True: "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
    False: "SELECT name FROM sqlite_master WHERE type = 'table'",
}


def referred(keeping: Keeping, who: Borrower) -> None:
    def write(session: Any, _office: Any) -> None:
        at = moment("2026-05-12 10:00")
        about = {"person_id": who.person_id, "account_id": who.account_id, "portfolio_id": keeping.story.cn}
        said = {"opened_at": at, "opened_by": "x", "state_at": at, "state_by": "x"}
        session.add(Referral(kind=ReferralKind.legal, state=ReferralState.accepted, **about, **said))

    keeping.story.do(write)


def at_court(keeping: Keeping, who: Borrower) -> None:
    """The referral was recalled; the suit was not."""
    referred(keeping, who)

    def write(session: Any, _office: Any) -> None:
        at = moment("2026-05-12 10:00")
        row = session.exec(select(Referral)).one()
        row.state = ReferralState.recalled
        about = {"portfolio_id": keeping.story.cn, "account_id": who.account_id, "referral_id": row.id}
        steps = [MatterStep(stage=one, on=at.date(), at=at, actor="x", **about) for one in ("filed", "closed")]
        session.add_all(steps)
        session.flush()
        struck = {"stage": "closed", "strikes_id": steps[1].id, "reason": "x"}
        session.add(MatterStep(on=at.date(), at=at, actor="x", **about, **struck))

    keeping.story.do(write)


def disputed(keeping: Keeping, who: Borrower) -> None:
    about = {"account_id": who.account_id, "reason": "x", "at": moment("2026-05-12 10:00"), "actor": keeping.li}
    keeping.story.do(casework.dispute, **about)


def complained(keeping: Keeping, who: Borrower) -> None:
    at = moment("2026-05-12 10:00")
    about = {"person_id": who.person_id, "text": "x", "actor": keeping.li}
    keeping.story.do(lambda session, _office: history.complain(session, at=at, now=at, today=at.date(), **about))


def lent(keeping: Keeping, who: Borrower) -> None:
    def take(session: Any, office: Any) -> None:
        at = moment("2026-05-12 10:00")
        account = session.get_one(Account, who.account_id)
        said: dict[str, Any] = {"title": "x", "place": "x", "on": at.date(), "at": at, "actor": keeping.li}
        row = casework.archive_original(session, office, account, kind=DocumentKind.contract, **said)
        loan = Handover(ArchiveStep.lent, at.date(), whom="court", why="x", due_on=at.date())
        casework.move_original(session, office, row.id or 0, loan, at=at, actor=keeping.li)

    keeping.story.do(take)


def held(keeping: Keeping, who: Borrower) -> None:
    def ask(session: Any, _office: Any) -> Any:
        book, account = session.get_one(Portfolio, keeping.story.cn), session.get_one(Account, who.account_id)
        row = asking.propose_hold(session, book, account, "letter of the regulator", keeping.legal, moment(LATE))
        session.refresh(row)
        return row

    keeping.agree(keeping.story.do(ask))


@pytest.mark.parametrize(
    ("bar", "left"),
    [
        pytest.param(referred, 5, id="an open legal matter"),
        pytest.param(at_court, 5, id="a matter whose closing was struck"),
        pytest.param(disputed, 5, id="an open dispute"),
        pytest.param(complained, 5, id="an open complaint about no account"),
        pytest.param(held, 5, id="a regulator's hold"),
        pytest.param(lent, 4, id="an original on loan, but for the recording"),
    ],
)
def test_what_is_held_stays(keeping: Keeping, bar: Any, left: int) -> None:
    who, free = keeping.settled(), keeping.settled()
    bar(keeping, who)
    number = keeping.agreed()
    keeping.run(number)
    assert len(keeping.story.rows(Purged, Purged.record_id == free.person_id, Purged.kind == "person")) == 1
    assert keeping.purge(number).removed == 10 - left
    assert sum(row[4] for row in keeping.purge(number).left if row[3] == BARS[bar]) == left
    assert keeping.story.rows(Person, Person.id == who.person_id)[0].name == "王1"


BARS = {
    referred: "legal_matter",
    at_court: "legal_matter",
    disputed: "dispute",
    complained: "complaint",
    held: "regulator",
    lent: "original_out",
}


def test_a_hold_that_comes_after_the_yes_still_holds(keeping: Keeping) -> None:
    who = keeping.settled()
    number = keeping.agreed()
    disputed(keeping, who)
    assert keeping.run(number) == 0
    assert len(keeping.files()) == 2


def test_within_its_term_nothing_goes(keeping: Keeping) -> None:
    keeping.settled()
    row = keeping.plan("2028-01-01 12:00")
    with pytest.raises(BadInput, match="nothing may go"):
        keeping.ask(row.id or 0, "2028-01-01 12:00")


def test_one_person_alone_removes_nothing(keeping: Keeping) -> None:
    keeping.settled()
    number = keeping.plan().id or 0
    with pytest.raises(Conflict, match="second person"):
        keeping.run(number)
    asked = keeping.ask(number)
    with pytest.raises(Forbidden):
        keeping.agree(asked, by=keeping.legal)
    with pytest.raises(Conflict, match="second person"):
        keeping.run(number)
    keeping.agree(asked, yes=False)
    with pytest.raises(Conflict, match="second person"):
        keeping.run(number)
    assert (len(keeping.files()), keeping.purge(number).state) == (2, PurgeState.refused)


class Cut(Exception):
    """Somebody pulled the plug."""


@pytest.mark.parametrize("at_step", range(8))
def test_a_purge_that_is_cut_off_anywhere_goes_on_and_removes_once(
    keeping: Keeping, monkeypatch: pytest.MonkeyPatch, at_step: int
) -> None:
    people = [keeping.settled() for _ in range(3)]
    number, steps = keeping.agreed(), [0]
    database = keeping.story.database
    begin = database.begin

    def cut() -> Any:
        """The plug is pulled at the end of a transaction, before its commit."""
        steps[0] += 1
        if steps[0] == at_step + 1:
            return _failing(begin)
        return begin()

    monkeypatch.setattr(database, "begin", cut)
    try:
        keeping.run(number)
    except Cut:
        monkeypatch.undo()
        for who in people:
            whole_or_gone(keeping, who)
        keeping.run(number)
    assert keeping.purge(number).removed == 15
    assert len(keeping.story.rows(Purged)) == 15
    assert (keeping.files(), keeping.story.rows(PurgedFile, PurgedFile.gone_at == None)) == ([], [])  # noqa: E711
    assert wrong(keeping, number) == []


class _failing:
    """A transaction that breaks before it is committed."""

    def __init__(self, begin: Any) -> None:
        self.inner = begin()

    def __enter__(self) -> Any:
        return self.inner.__enter__()

    def __exit__(self, *_: Any) -> None:
        broken = Cut()
        self.inner.__exit__(Cut, broken, None)
        raise broken


def whole_or_gone(keeping: Keeping, who: Borrower) -> None:
    """Of each kind either all is there and nothing says that it was removed, or the other way round."""
    story = keeping.story
    removed = {one.kind.value for one in story.rows(Purged, Purged.record_id == who.person_id)}
    [person] = story.rows(Person, Person.id == who.person_id)
    assert (person.name == "") is ("person" in removed)
    texts = [one.text for one in story.rows(Attempt, Attempt.person_id == who.person_id, Attempt.channel == "sms")]
    bodies = [one.body for one in story.rows(InboundMessage, InboundMessage.person_id == who.person_id)]
    assert (texts == [None], bodies == [""]) == ("message" in removed,) * 2
    notes = [one.note for one in story.rows(OutcomeRow)]
    assert len(notes) == 3
    papers = {one.record_id for one in story.rows(Purged, Purged.kind == "paper")}
    [paper] = story.rows(Document, Document.account_id == who.account_id)
    assert (paper.name == "") is (who.account_id in papers)


def test_a_file_that_can_not_be_removed_now_is_tried_again(keeping: Keeping) -> None:
    keeping.settled()
    number = keeping.agreed()
    [paper] = keeping.words()
    path = casework.document_file(keeping.story.office, paper)
    path.unlink()
    path.mkdir()
    keeping.run(number)
    assert wrong(keeping, number) == [f"file paper {paper.id} is still there"]
    path.rmdir()
    assert casework.remove_purged_files(keeping.story.office, moment(LATE)) == 1
    assert wrong(keeping, number) == []


def test_the_certificate_names_nobody_is_the_same_each_time_and_finds_a_changed_byte(
    keeping: Keeping, tmp_path: Path
) -> None:
    keeping.settled()
    number, office = keeping.agreed(), keeping.story.office
    with pytest.raises(Conflict, match="when it is done"):
        make(keeping, number, tmp_path / "early")
    keeping.run(number)
    with office.database.begin() as session:
        seal(session, office.keys, moment(LATE))
        proof = auditing.verify(session, office.keys, moment(LATE))
    assert (proof.findings, proof.unsealed) == ((), 0)
    assert make(keeping, number, tmp_path / "one") == make(keeping, number, tmp_path / "two")
    found = verify_folder(tmp_path / "one")
    assert (found.wrong, found.case["purge"], found.case["agreed_by"]) == ((), number, "chen")
    assert sum(row[3] for row in found.case["removed"]) == 5
    written = "".join(path.read_text() for path in (tmp_path / "one").iterdir())
    assert [mark for mark in (SECRET, "王1", "13800000001") if mark in written] == []
    listed = tmp_path / "one" / "removed.csv"
    listed.write_text(listed.read_text().replace("person", "paper"))
    assert verify_folder(tmp_path / "one").wrong == ("removed.csv was changed",)


def make(keeping: Keeping, number: int, folder: Path) -> str:
    office = keeping.story.office
    with office.database.read() as session:
        return certificate(session, office.keys, session.get_one(Purge, number), folder)


def test_what_was_put_back_is_found(keeping: Keeping) -> None:
    who = keeping.settled()
    number = keeping.agreed()
    keeping.run(number)
    with keeping.story.database.begin() as session:
        session.get_one(Person, who.person_id).name = "back"
        [row] = session.exec(select(InboundMessage)).all()
        row.body = "back"
    assert wrong(keeping, number) == [
        "1 messages that came in have their words again", "1 people have their names again",
    ]  # fmt: skip


def test_the_list_of_what_was_removed_is_only_added_to(keeping: Keeping) -> None:
    keeping.settled()
    keeping.run(keeping.agreed())
    for change in ("UPDATE purged SET digest = 'x'", "DELETE FROM purged"):
        with pytest.raises(DatabaseError, match="append-only"), keeping.story.database.begin() as session:
            session.connection().execute(text(change))


@pytest.mark.parametrize(
    "change", ["name = 'other'", "sha256 = 'x'", "note = 'other'", "name = '', kind = 'other'", "account_id = 2"]
)
def test_of_a_paper_only_its_words_can_be_emptied(keeping: Keeping, change: str) -> None:
    keeping.settled()
    with pytest.raises(DatabaseError, match="append-only"), keeping.story.database.begin() as session:
        session.connection().execute(text(f"UPDATE document SET {change}"))


def test_what_happened_after_a_removal_is_a_record_of_its_own(keeping: Keeping) -> None:
    who = keeping.settled()
    number = keeping.agreed()
    keeping.run(number)
    with pytest.raises(BadInput, match="nothing may go"):
        keeping.ask(keeping.plan("2040-06-02 12:00").id or 0, "2040-06-02 12:00")
    assert keeping.story.rows(AuditEntry, AuditEntry.action == "purge.done")
    assert who.account_id


def test_letters_go_with_their_steps_and_corrections(keeping: Keeping) -> None:
    who, at = keeping.settled(), moment("2026-05-12 10:00")

    def write(session: Any, _office: Any) -> None:
        said = {"portfolio_id": keeping.story.cn, "account_id": who.account_id, "person_id": who.person_id}
        words = {"kind": "demand", "language": "zh", "template": "x", "body": {"words": SECRET}}
        row = LetterRow(**said, **words, overdue=1, owed=1, made_at=at, actor="x")
        session.add(row)
        session.flush()
        step = LetterEvent(letter_id=row.id or 0, step="printed", on=at.date(), at=at, actor="x")
        session.add(step)
        session.flush()
        session.add(LetterCorrection(event_id=step.id or 0, reason=SECRET, at=at, actor="x"))

    keeping.story.do(write)
    number = keeping.agreed()
    keeping.run(number)
    assert [keeping.story.rows(one) for one in (LetterRow, LetterEvent, LetterCorrection)] == [[], [], []]
    assert wrong(keeping, number) == []


def test_notes_go_after_their_own_term_though_the_person_went_before(keeping: Keeping) -> None:
    """In the pack of uk who they are goes five years after the closing, what was noted six after the last activity."""
    with keeping.story.database.begin() as session:
        session.get_one(Portfolio, keeping.story.cn).jurisdiction = "uk"
    keeping.settled()
    early, late = "2031-06-01 12:00", "2032-06-01 12:00"
    keeping.run(keeping.agreed(early), early)
    assert sorted(one.kind.value for one in keeping.story.rows(Purged)) == ["paper", "person", "recording"]
    assert {one.text for one in keeping.story.rows(Attempt)} == {SECRET, None}
    number = keeping.agreed(late)
    assert keeping.run(number, late) == 2
    assert {one.text for one in keeping.story.rows(Attempt)} == {None}
    assert wrong(keeping, number) == []


def test_the_nightly_removal_of_recordings_heeds_a_hold(keeping: Keeping) -> None:
    who, _free = keeping.settled(), keeping.settled()
    referred(keeping, who)
    assert casework.remove_recordings(keeping.story.office, moment(LATE)) == 1
    states = [one.state for one in keeping.story.rows(Recording)]
    assert states == [RecordingState.kept, RecordingState.removed]
    with keeping.story.database.begin() as session:
        row = session.exec(select(Referral)).one()
        history.move_referral(session, row.id or 0, ReferralState.closed, moment(LATE), keeping.li, "x")
    assert casework.remove_recordings(keeping.story.office, moment(LATE)) == 1


def test_a_hold_that_is_put_while_recordings_are_removed_holds(
    keeping: Keeping, monkeypatch: pytest.MonkeyPatch
) -> None:
    who, other = keeping.settled(), keeping.settled()
    found = [row.id for row in keeping.story.rows(Recording)]

    def slow(*_: Any) -> Iterator[int | None]:
        held(keeping, who)
        keeping.run(keeping.agreed())
        yield from found

    monkeypatch.setattr(removal, "_over", slow)
    before = len(keeping.files())
    assert casework.remove_recordings(keeping.story.office, moment(LATE)) == 0
    states = {row.sid: row.state for row in keeping.story.rows(Recording)}
    assert states[f"RE{who.person_id}"] is RecordingState.kept
    assert states[f"RE{other.person_id}"] is RecordingState.removed, "by the purge, once"
    assert len(keeping.files()) == before - 2
    assert keeping.story.rows(AuditEntry, AuditEntry.action == "recording.removed") == []


def test_no_hold_counts_before_a_removal_that_found_none_is_over(keeping: Keeping) -> None:
    who, database = keeping.settled(), keeping.story.database
    if not database.is_postgresql:
        pytest.skip("SQLite has one writer at a time")
    number = keeping.agreed()
    with database.begin() as session:
        purge_batch(session, keeping.story.office.keys, number, moment(LATE), keeping.chen, 1)
        with database.begin() as second:
            second.execute(text("SET LOCAL lock_timeout = '200ms'"))
            with pytest.raises(OperationalError, match="lock timeout"):
                put_hold(second, keeping.story.cn, who.account_id, "x", 1, moment(LATE), keeping.chen)
            second.rollback()


def test_what_was_answered_lately_is_not_removed_the_day_after(keeping: Keeping) -> None:
    """A complaint about a debt that was paid long ago is activity: its words have their own term."""
    who, _free = keeping.settled(), keeping.settled()
    complained(keeping, who)
    answered = moment("2039-06-01 12:00")
    with keeping.story.database.begin() as session:
        row = session.exec(select(Complaint)).one()
        row.answered_at = answered
        session.add(row)
    number = keeping.agreed()
    keeping.run(number)
    assert {row.record_id for row in keeping.story.rows(Purged, Purged.kind == "contact")} == {_free.person_id}
    keeping.run(keeping.agreed("2045-06-01 12:00"), "2045-06-01 12:00")
    assert [row.text for row in keeping.story.rows(Complaint)] == [""]

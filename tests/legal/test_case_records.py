"""What a case file tells of letters, recordings and schedules; and whose a file of it is."""

from __future__ import annotations

import hashlib
import zipfile
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from case_making import AT, LAWYER, OPS, PDF, Case, words
from floor import moment
from pypdf import PdfReader

from collector.casework import casefiles
from collector.casework.actions.recordings import file_of
from collector.dispatch.tables import Recording
from collector.foundation.errors import Conflict, NotFound
from collector.foundation.typesetting import Typesetter
from collector.history import actions as history
from collector.history.rules import Channel, Direction, DocumentKind, LetterStep, ReturnReason
from collector.history.tables import LetterEvent, LetterRow
from collector.legal.casefile.manifest import verify_folder
from collector.legal.casefile.telling import certificate
from collector.legal.casefile.words import words_in
from collector.planning.tables import PlanRun, Task
from collector.portfolio.booking import NewLine, change_schedule
from collector.portfolio.tables import Account, Person
from collector.reports.whose import whose
from collector.terms.rules import TermsKind, TermsState
from collector.terms.tables import Terms
from collector.texts.rules import LetterKind, number_of


def posted(case: Case, kind: LetterKind, person_id: int | None, posting_no: str) -> LetterRow:
    """A letter that was made, printed and posted on 20 May."""
    words = {"language": "zh", "template": "0" * 64, "body": {}, "overdue": 1, "owed": 1, "actor": "user:ops"}
    row = LetterRow(
        portfolio_id=case.story.cn,
        account_id=case.who.account_id,
        person_id=person_id,
        kind=kind,
        made_at=moment("2026-05-20 09:00"),
        **words,
    )
    with case.story.database.begin() as session:
        session.add(row)
        session.flush()
        session.refresh(row)
        session.expunge(row)
    step(case, row, LetterStep.printed, "2026-05-20")
    step(case, row, LetterStep.posted, "2026-05-20", posting_no=posting_no)
    return row


def step(case: Case, row: LetterRow, what: LetterStep, on: str, **more: object) -> None:
    at = moment(f"{on} 17:00")
    with case.story.database.begin() as session:
        session.add(LetterEvent(letter_id=row.id, step=what, on=at.date(), at=at, actor="user:ops", **more))


def test_letters_are_told_with_number_posting_and_what_became_of_them(case: Case, typesetter: Typesetter) -> None:
    receipt = case.file(PDF + b"slip", DocumentKind.letter_receipt)
    demand = posted(case, LetterKind.demand, case.who.person_id, "EMS100")
    step(case, demand, LetterStep.arrived, "2026-05-23", document_id=receipt)
    back = posted(case, LetterKind.quarterly, case.who.person_id, "EMS200")
    step(case, back, LetterStep.returned, "2026-05-28", reason=ReturnReason.unclaimed)
    posted(case, LetterKind.reminder, case.who.person_id, "EMS300")
    posted(case, LetterKind.fraud_report, None, "EMS400")
    folder, made = case.make("case", typesetter)
    text = words(folder).replace("\n", "").replace(" ", "").replace("\u200b", "")
    for wanted in (
        number_of(demand.id or 0),
        "EMS100",
        "已送达2026-05-23",
        "催收通知书",
        "退回2026-05-28，逾期未领".replace("，", ","),
        "已寄出，尚无回音",
    ):
        assert wanted in text, wanted
    assert "EMS400" not in text, "what goes to the police is no letter to who owes"
    lacks = [str(one) for one in made.missing]
    assert "letter_receipt" in lacks, "of two nothing proves what became of them, and one receipt names no letter"
    step(case, back, LetterStep.signed, "2026-05-29", document_id=case.file(PDF + b"two", DocumentKind.letter_receipt))
    _, again = case.make("again", typesetter)
    assert "letter_receipt" not in [str(one) for one in again.missing]


def recorded(case: Case, person_id: int, place: int, sound: bytes) -> Path:
    """A call of a task, and its recording."""
    with case.story.database.begin() as session:
        run = PlanRun(
            portfolio_id=case.story.cn, day=date(2026, 5, 14), at=AT, state="superseded", strategy="x", started_at=AT
        )
        session.add(run)
        session.flush()
        task = Task(
            run_id=run.id or 0,
            portfolio_id=case.story.cn,
            person_id=person_id,
            account_id=case.who.account_id,
            debts=f"[{case.who.account_id}]",
            contact_point_id=case.who.points[0],
            number=case.who.number,
            channel="call",
            purpose="collect",
            segment="first",
            stage="growth",
            level="primary",
            not_before=AT,
            not_after=AT,
            rank=1,
            priority="{}",
            reason="x",
        )
        session.add(task)
        session.flush()
        at = moment("2026-05-14 10:00")
        task.attempt_id = history.record_attempt(
            session,
            history.AttemptMade(
                natural_key=f"task:{task.id}",
                person_id=person_id,
                portfolio_id=case.story.cn,
                account_id=case.who.account_id,
                contact_point_id=case.who.points[0],
                channel=Channel.call,
                direction=Direction.outbound,
                number=case.who.number,
                caller="+862155510001",
                slot="morning",
                at=at,
                day=at.date(),
            ),
            at,
            OPS,
        ).id
        row = Recording(
            sid=f"RE{place:032}",
            task_id=task.id or 0,
            portfolio_id=case.story.cn,
            agent="user:li",
            at=at,
            seconds=9,
            state="kept",
            size=len(sound),
            sha256=hashlib.sha256(sound).hexdigest(),
            keep_until=date(2031, 5, 14),
        )
        session.add(row)
        session.flush()
        path = file_of(case.story.office, row.id or 0)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(sound)
    return path


def test_recordings_go_along_where_that_is_asked_and_are_named_where_not(case: Case, typesetter: Typesetter) -> None:
    mine = recorded(case, case.who.person_id, 1, b"RIFF mine")
    recorded(case, case.relative, 2, b"RIFF theirs")
    folder, _ = case.make("named", typesetter)
    assert not (folder / "recordings").exists()
    assert hashlib.sha256(b"RIFF mine").hexdigest()[:16] in words(folder).replace("\n", "").replace("\u200b", "")
    folder, made = case.make("with", typesetter, recordings=True)
    [beside] = (folder / "recordings").iterdir()
    assert beside.read_bytes() == b"RIFF mine", "and not what somebody else said"
    assert made.parts[f"recordings/{beside.name}"] == hashlib.sha256(b"RIFF mine").hexdigest()
    assert verify_folder(folder).is_whole
    beside.write_bytes(b"RIFF m1ne")
    assert verify_folder(folder).wrong == (f"recordings/{beside.name} was changed",)
    mine.write_bytes(b"RIFF mine!")
    with pytest.raises(Conflict, match="is not what was kept"):
        case.make("broken", typesetter, recordings=True)
    mine.unlink()
    with pytest.raises(Conflict, match="not where it was kept"):
        case.make("gone", typesetter, recordings=True)


def test_a_file_of_it_that_is_found_somewhere_is_traced(case: Case, typesetter: Typesetter) -> None:
    folder, made = case.make("case", typesetter)
    archive = case.home / "case.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.write(folder / "case-file.pdf", "case/case-file.pdf")
    with case.story.database.read() as session:
        for name in ("case-file.pdf", "balance.xlsx", "audit.json", "manifest.json"):
            [found] = whose(session, folder / name).cases
            assert (found.name, found.account, found.case.actor) == (name, "CN/L-1", "user:law")
            assert (found.case.sha256, found.case.made_at) == (made.sha256, AT)
        assert [one.name for one in whose(session, archive).cases] == ["case-file.pdf"]
        original = next((folder / "originals").iterdir())
        assert whose(session, original).cases[0].name == f"originals/{original.name}"
        (case.home / "other.pdf").write_bytes(b"%PDF other")
        with pytest.raises(NotFound, match="neither its bytes"):
            whose(session, case.home / "other.pdf")


def test_the_schedule_is_that_of_the_moment_and_the_one_before_is_told(case: Case, typesetter: Typesetter) -> None:
    with case.story.database.begin() as session:
        account = session.get_one(Account, case.who.account_id)
        lines = [
            NewLine(1, date(2026, 5, 10), 1_050_00, None, None, None),
            NewLine(3, date(2026, 9, 1), 950_11, None, None, None),
        ]
        change_schedule(session, account, lines, "terms:1", actor="user:li", at=moment("2026-07-01 10:00"))
    folder, _ = case.make("after", typesetter)
    text = words(folder).replace("\n", "").replace(" ", "")
    assert "¥950.11" in text
    assert "原还款计划（至2026-07-0110:00止有效）" in text
    order = casefiles.CaseOrder(moment("2026-06-30 12:00"), "zh")
    before = case.home / "before"
    casefiles.make_case_file(case.story.office, typesetter, case.who.account_id, before, order, actor=LAWYER, now=AT)
    text = words(before).replace("\n", "").replace(" ", "")
    assert "950.11" not in text
    assert "原还款计划" not in text


def test_a_character_that_nobody_can_read_is_named(case: Case, typesetter: Typesetter) -> None:
    """Files with such names are refused; what is in the book already does not go missing unseen."""
    with case.story.database.begin() as session:
        session.get_one(Person, case.who.person_id).name = "张\x07三"
    folder, made = case.make("case", typesetter)
    assert "characters" in [str(one) for one in made.missing]
    assert "张三" in words(folder)


def test_a_long_table_has_its_heading_on_every_page_and_breaks_between_rows(case: Case, typesetter: Typesetter) -> None:
    address = "https://pay.example/r/" + "AbCdEfGh" * 12
    with case.story.database.begin() as session:
        for place in range(90):
            at = moment("2026-05-15 08:00") + timedelta(hours=place)
            history.record_attempt(
                session,
                history.AttemptMade(
                    natural_key=f"long:{place}",
                    person_id=case.who.person_id,
                    portfolio_id=case.story.cn,
                    account_id=case.who.account_id,
                    contact_point_id=case.who.points[0],
                    channel=Channel.sms,
                    direction=Direction.outbound,
                    number=case.who.number,
                    caller="+862155510001",
                    slot="morning",
                    at=at,
                    day=at.date(),
                    text=f"[{place:02}> dear sir, your loan is late, pay at {address} or call 95588 <{place:02}]",
                ),
                at,
                OPS,
            )
    folder, _ = case.make("case", typesetter, "en")
    pages = [page.extract_text() for page in PdfReader(BytesIO((folder / "case-file.pdf").read_bytes())).pages]
    for place in range(90):
        [page] = [text for text in pages if f"[{place:02}>" in text]
        assert f"<{place:02}]" in page, f"row {place} is on one page"
        assert "Carrier's receipt" in page, "and its heading too"
    assert "AbCdEfGh" * 12 in "".join(pages).replace("\n", "").replace("\u200b", "")


def closed(case: Case) -> None:
    """All of it is paid, the deed is back, and the account was closed on 15 July."""
    row = Terms(
        portfolio_id=case.story.cn,
        account_id=case.who.account_id,
        kind=TermsKind.closing,
        state=TermsState.fulfilled,
        reason="paid",
        due_on=date(2026, 7, 31),
        proposed_at=moment("2026-07-14 10:00"),
        proposed_by="user:li",
        state_at=moment("2026-07-15 10:00"),
        state_by="user:chen",
    )
    with case.story.database.begin() as session:
        session.add(row)


def test_a_certificate_says_with_which_figures_an_account_was_closed(case: Case, typesetter: Typesetter) -> None:
    def certified(language: str) -> str:
        material = casefiles.case_material(case.story.office, case.who.account_id, AT)
        body = typesetter.pdf("case-file", certificate(material, words_in(language)), AT).body
        return "".join(page.extract_text() for page in PdfReader(BytesIO(body)).pages).replace("\n", "")

    with pytest.raises(Conflict, match="is not closed"):
        certified("zh")
    closed(case)
    with pytest.raises(Conflict, match="owed again"):
        certified("zh")
    case.story.pay(case.who, 984_47, "2026-07-20 09:00", covers="2026-07-20 10:00")
    text = certified("zh").replace(" ", "")
    for wanted in ("结清证明", "不再享有任何债权", "¥2,034.47", "2026-07-1510:00", "无担保物"):
        assert wanted in text, wanted
    assert "Certificate of settlement" in certified("en")
    folder, _ = case.make("case", typesetter)
    assert "结清时各项金额" in words(folder).replace("\n", "")

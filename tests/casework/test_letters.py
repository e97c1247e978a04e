"""Letters from the facts to the receipt, on a floor that works."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from floor import STRATEGY, Borrower, Story, moment
from pypdf import PdfReader
from sqlmodel import col, select

from collector.casework import actions as casework
from collector.casework.actions.letters import LetterOrder, read_reports, save_batch
from collector.casework.actions.letters.coming_back import ReportKind
from collector.casework.actions.letters.printing import kind_of, letter_docx, letter_pdf
from collector.casework.letters.lists import letters_of, posted_against, struck
from collector.casework.replay import replay
from collector.foundation.errors import BadInput, Conflict
from collector.history.actions import ClockNote, take_step
from collector.history.rules import Channel, HoldScope, LetterStep, ReturnReason, StopKind
from collector.history.tables import Attempt, ClockEvent, Document, LetterEvent, LetterRow
from collector.identity.rules import COMMAND_LINE, EVERYTHING, Scope
from collector.law.rules import Happening
from collector.planning.rules import TaskState
from collector.planning.tables import Refusal
from collector.portfolio.booking import Sums, book
from collector.portfolio.rules import ContactKind, EntryKind, GuaranteeKind, PartyRole
from collector.portfolio.tables import Account, ContactPoint, InstalmentRow, Party, Person, Portfolio
from collector.strategy.actions import publish
from collector.texts.rules import LetterKind, number_of

CALL = "{day: 2, channel: call, slot: morning, tone: courteous}"
NOON = moment("2026-05-13 12:00")
TODAY = date(2026, 5, 13)
FILED = {
    "creditor_code": "91330100799655058B",
    "creditor_address": "杭州市解放路一号",
    "creditor_representative": "陈立，董事长",
    "court": "杭州市西湖区人民法院",
}


@pytest.fixture
def story(story: Story, tmp_path: Path) -> Story:
    """Letters are filed somewhere, and everybody whose debt is two days late is sent one."""
    told = Story.__new__(Story)
    told.__dict__.update(story.__dict__)
    told.office = type(story.office)(
        story.office.settings.model_copy(update={"home": tmp_path}), story.database, story.office.keys
    )
    begun = moment("2026-01-02 00:00")
    text = STRATEGY.replace(CALL, "{day: 2, channel: letter, template: demand, tone: formal}")
    with told.database.begin() as session:
        publish(session, text, [None], "tests", "tests", begun, begun, told.office.catalogue)
        for number in (told.cn, told.us):
            session.get_one(Portfolio, number).pay_instructions = "可通过本行手机银行办理"
    return told


def late(story: Story, address: str | None = "杭州市文三路九号", **more: Any) -> Borrower:
    who = story.borrower("2026-05-11", "2026-06-11", opened_on=date(2024, 5, 18), principal=200_000, **more)
    if address:
        live(story, who.person_id, address)
    return who


def live(story: Story, person_id: int, address: str, label: str = "home") -> None:
    kind = ContactKind.address
    point = ContactPoint(person_id=person_id, portfolio_id=story.cn, kind=kind, value=address, label=label)
    with story.database.begin() as session:
        session.add(point)


def beside(story: Story, who: Borrower, role: PartyRole, name: str, kind: GuaranteeKind | None = None) -> int:
    with story.database.begin() as session:
        person = Person(name=name, salt=name, natural_key=name)
        session.add(person)
        session.flush()
        session.add(Party(account_id=who.account_id, person_id=person.id or 0, role=role, guarantee_kind=kind))
        return person.id or 0


def make(story: Story, who: Borrower, kind: LetterKind = LetterKind.demand, at: Any = NOON, **more: Any) -> int:
    person = more.pop("person_id", who.person_id)
    order = LetterOrder(who.account_id, kind, person, **more)
    with story.database.begin() as session:
        return casework.make_letter(session, story.office, order, at=at, actor=COMMAND_LINE).id or 0


def printed(story: Story, who: Borrower) -> int:
    letter = make(story, who)
    casework.print_letter(story.office, letter, NOON, COMMAND_LINE)
    return letter


def post(story: Story, letter: int, number: str = "RR 1234 5678", at: Any = NOON) -> Any:
    return story.do(casework.letter_posted, letter, number, TODAY, at=at, actor=COMMAND_LINE)


def steps(story: Story, letter: int) -> list[LetterStep]:
    rows = story.rows(LetterEvent, LetterEvent.letter_id == letter)
    return [row.step for row in sorted(rows, key=lambda row: row.id or 0)]


def words(story: Story, letter: int) -> str:
    with story.database.read() as session:
        content = letter_pdf(session, story.office, session.get_one(LetterRow, letter))
    return "".join("".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(content)).pages)


def test_a_letter_from_the_plan_to_the_receipt(story: Story, tmp_path: Path) -> None:
    who = late(story)
    story.plan("2026-05-13 07:00")
    batch = casework.print_open(story.office, "CN", NOON, COMMAND_LINE)
    [one] = batch.printed
    assert (batch.not_printed, one.kind, one.account) == ([], LetterKind.demand, "CN/L-1")
    said = words(story, one.letter_id)
    for piece in ("王1", "杭州市文三路九号", "人民币1,000.00元（大写：人民币壹仟元整）", "2024年5月18日", one.number):
        assert piece in said
    for word in ("plain", "growth", "maturity", "demand"):
        assert word not in said, "internal words are never printed"
    assert casework.print_open(story.office, "CN", NOON, COMMAND_LINE) == batch, "printed again, it is the same file"
    done = post(story, one.letter_id)
    [attempt] = story.rows(Attempt, Attempt.channel == Channel.letter)
    assert (done.attempt_id, attempt.text, attempt.step) == (attempt.id, "RR 1234 5678", "plain/2")
    assert [row.state for row in story.tasks(who, Channel.letter)] == [TaskState.done]
    later, scan = moment("2026-05-18 10:00"), b"\x89PNG\r\n\x1a\n receipt"
    arrived = story.do(
        casework.letter_arrived, one.letter_id, date(2026, 5, 15), at=later, actor=COMMAND_LINE, scan=scan
    )
    again = story.do(casework.letter_arrived, one.letter_id, date(2026, 5, 16), at=later, actor=COMMAND_LINE)
    assert (again.id, again.on) == (arrived.id, date(2026, 5, 15))
    [paper] = story.rows(Document, Document.id == arrived.document_id)
    assert (paper.kind.value, paper.person_id, paper.dated_on) == (
        "letter_receipt",
        who.person_id,
        date(2026, 5, 15),
    )
    assert steps(story, one.letter_id) == [LetterStep.printed, LetterStep.posted, LetterStep.arrived]
    [clock] = story.rows(ClockEvent)
    assert (clock.kind, clock.day, clock.document_id) == (Happening.demand_arrived, date(2026, 5, 15), paper.id)
    with pytest.raises(Conflict, match="it arrived"):
        story.do(
            casework.letter_returned,
            one.letter_id,
            date(2026, 5, 16),
            ReturnReason.moved,
            at=later,
            actor=COMMAND_LINE,
        )


def test_the_batch_is_one_file_with_a_list_that_comes_back(story: Story, tmp_path: Path) -> None:
    for _ in range(3):
        late(story)
    late(story, address=None)
    story.plan("2026-05-13 07:00")
    batch = casework.print_open(story.office, "CN", NOON, COMMAND_LINE)
    [missing] = batch.not_printed
    assert "the address of the person addressed is missing: operations can load it" in missing.reason
    pdf, listed = save_batch(batch, tmp_path / "out")
    reader = PdfReader(pdf)
    assert [one.title.split()[0] for one in reader.outline] == [one.number for one in batch.printed]
    lines = listed.read_text("utf-8-sig").splitlines()
    assert lines[0] == "letter,name,address,posting_number,posted_on"
    assert lines[1].endswith("王1,杭州市文三路九号,,")
    assert read_reports(ReportKind.posted, listed) == [], "nothing is known yet"
    back = [
        lines[0],
        *(line[:-1] + f"RR{at},2026-05-13" for at, line in enumerate(lines[1:], 1)),
        "L000009-99,,,R,2026-05-13",
    ]
    listed.write_text("\n".join(back) + "\n", encoding="utf-8")
    with pytest.raises(BadInput, match=r"line 5.*mistyped"):
        read_reports(ReportKind.posted, listed)
    listed.write_text("\n".join([*back[:-1], f"{number_of(999)},,,R,2026-05-13"]) + "\n", encoding="utf-8")
    reports = read_reports(ReportKind.posted, listed)
    taken = casework.take_reports(story.office, ReportKind.posted, reports, at=NOON, actor=COMMAND_LINE)
    assert (taken.told, [problem.line for problem in taken.refused]) == (3, [5])
    assert len(story.rows(Attempt, Attempt.channel == Channel.letter)) == 3


@pytest.mark.parametrize(
    ("kind", "text", "reason"),
    [
        pytest.param("posted", "letter,posted_on\n", "lacks the columns posting_number", id="a column missing"),
        pytest.param(
            "posted", f"letter,posting_number,posted_on\n{number_of(1)},R,13.5.2026\n", "not a day", id="no day"
        ),
        pytest.param(
            "returned",
            f"letter,returned_on,reason\n{number_of(1)},2026-05-13,gone\n",
            "reason is one of",
            id="no reason",
        ),
        pytest.param(
            "arrived",
            f"letter,arrived_on\n{number_of(1)},2026-05-13\n{number_of(1)},2026-05-13\n",
            r"line 3.*twice",
            id="twice",
        ),
    ],
)
def test_a_wrong_file_is_refused_whole(tmp_path: Path, kind: str, text: str, reason: str) -> None:
    file = tmp_path / "back.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match=reason):
        read_reports(ReportKind(kind), file)


def test_the_gate_is_asked_when_it_is_posted(story: Story) -> None:
    who = late(story)
    story.plan("2026-05-13 07:00")
    letter = printed(story, who)
    story.do(casework.hold, scope=HoldScope.portfolio, portfolio_id=story.cn, at=NOON, actor=COMMAND_LINE)
    refused = post(story, letter)
    assert "HOUSE-HOLD" in refused.refused
    with pytest.raises(Conflict, match="not allowed now"):
        refused.require()
    assert len(story.rows(Refusal)) == 1
    assert steps(story, letter) == [LetterStep.printed]
    assert story.rows(Attempt, Attempt.channel == Channel.letter) == []


def test_a_letter_that_the_plan_does_not_ask_for_passes_the_gate_too(story: Story) -> None:
    allowed, ceased = late(story), late(story)
    story.plan("2026-05-12 07:00")
    first, second = printed(story, allowed), printed(story, ceased)
    story.do(casework.stop, kind=StopKind.cease, at=NOON, actor=COMMAND_LINE, person_id=ceased.person_id)
    done = post(story, first)
    assert done.attempt_id is not None, done.refused
    assert "HOUSE-CEASE" in post(story, second).refused


def test_a_letter_waits_until_the_amounts_change(story: Story) -> None:
    who = late(story)
    story.plan("2026-05-13 07:00")
    letter = printed(story, who)
    assert make(story, who) == letter
    assert make(story, who, at=moment("2026-05-20 11:00")) == letter
    assert make(story, who, at=moment("2026-05-20 13:00")) != letter, "a week later it is written anew"
    story.pay(who, 100, "2026-05-13 11:00")
    newest = make(story, who, at=moment("2026-05-13 13:00"))
    assert newest != letter
    with pytest.raises(Conflict, match="newer letter took its place"):
        post(story, letter)


def test_a_scan_that_comes_later_proves_the_arrival(story: Story) -> None:
    who = late(story)
    story.plan("2026-05-13 07:00")
    letter = printed(story, who)
    post(story, letter)
    said = {"at": moment("2026-05-15 10:00"), "actor": COMMAND_LINE}
    story.do(casework.letter_arrived, letter, date(2026, 5, 14), **said)
    story.do(casework.letter_arrived, letter, date(2026, 5, 14), scan=b"\x89PNG\r\n\x1a\n r", **said)
    told, proven = story.rows(ClockEvent)
    assert (told.day, told.document_id) == (proven.day, None)
    assert proven.document_id is not None
    assert steps(story, letter) == [LetterStep.printed, LetterStep.posted, LetterStep.arrived]


def test_the_slip_of_a_guarantor_is_the_guarantors(story: Story) -> None:
    who = late(story)
    guarantor = beside(story, who, PartyRole.guarantor, "保证人甲", GuaranteeKind.joint)
    live(story, guarantor, "杭州市保证路二号")
    letter = make(story, who, LetterKind.guarantor_notice, person_id=guarantor)
    casework.print_letter(story.office, letter, NOON, COMMAND_LINE)
    story.do(casework.letter_signed, letter, TODAY, at=NOON, actor=COMMAND_LINE, scan=b"\x89PNG\r\n\x1a\n s")
    [clock] = story.rows(ClockEvent)
    assert (clock.kind, clock.guarantor_id) == (Happening.acknowledged, guarantor)


def test_steps_come_in_their_order(story: Story) -> None:
    who = late(story)
    story.plan("2026-05-13 07:00")
    letter = make(story, who)
    with pytest.raises(Conflict, match="not printed yet"):
        post(story, letter)
    casework.print_letter(story.office, letter, NOON, COMMAND_LINE)
    with pytest.raises(Conflict, match="not posted yet"):
        story.do(casework.letter_arrived, letter, TODAY, at=NOON, actor=COMMAND_LINE)
    with pytest.raises(BadInput, match="is to come"):
        story.do(casework.letter_posted, letter, "R1", date(2026, 5, 14), at=NOON, actor=COMMAND_LINE)
    for number in ("", "x" * 41, "R1; DROP"):
        with pytest.raises(BadInput, match="posting number"):
            post(story, letter, number)
    post(story, letter)
    post(story, letter, "ANOTHER")
    [event] = story.rows(LetterEvent, LetterEvent.step == LetterStep.posted)
    assert event.posting_no == "RR 1234 5678", "told again, the first stays"
    with pytest.raises(BadInput, match="before the step that came before"):
        story.do(casework.letter_arrived, letter, date(2026, 5, 1), at=NOON, actor=COMMAND_LINE)
    with pytest.raises(BadInput, match="comes with its scan"):
        story.do(casework.letter_signed, letter, TODAY, at=NOON, actor=COMMAND_LINE, scan=None)
    with pytest.raises(BadInput, match="PDF, JPEG or PNG"):
        story.do(casework.letter_signed, letter, TODAY, at=NOON, actor=COMMAND_LINE, scan=b"MZ")
    signed = story.do(
        casework.letter_signed, letter, TODAY, at=NOON, actor=COMMAND_LINE, scan=b"\x89PNG\r\n\x1a\n slip"
    )
    assert signed.document_id is not None


def test_who_does_not_owe_is_never_written_to(story: Story) -> None:
    who = late(story)
    relative = beside(story, who, PartyRole.relative, "亲戚")
    live(story, relative, "杭州市亲戚路一号")
    with pytest.raises(BadInput, match="only to who owes it"):
        make(story, who, person_id=relative)
    with pytest.raises(BadInput, match="goes to a guarantor"):
        make(story, who, LetterKind.guarantor_notice)
    with pytest.raises(BadInput, match="names that person"):
        make(story, who, person_id=None)
    with pytest.raises(BadInput, match="names that person"):
        make(story, who, LetterKind.statement_of_claim)


@pytest.mark.parametrize(
    ("kind", "opened", "joint"),
    [
        pytest.param(GuaranteeKind.joint, date(2024, 5, 18), True, id="joint"),
        pytest.param(GuaranteeKind.general, date(2020, 5, 18), False, id="general"),
        pytest.param(GuaranteeKind.unstated, date(2020, 12, 31), True, id="unstated, before 2021"),
        pytest.param(None, date(2021, 1, 1), False, id="unstated, from 2021 on"),
    ],
)
def test_a_guarantor_is_told_what_the_guarantee_says(
    story: Story, kind: GuaranteeKind | None, opened: date, joint: bool
) -> None:
    who = late(story)
    with story.database.begin() as session:
        session.get_one(Account, who.account_id).opened_on = opened
    guarantor = beside(story, who, PartyRole.guarantor, "保证人甲", kind)
    live(story, guarantor, "杭州市保证路二号")
    letter = make(story, who, LetterKind.guarantor_notice, person_id=guarantor)
    [row] = story.rows(LetterRow, LetterRow.id == letter)
    said = str(row.body)
    assert ("连带责任保证" in said) is joint
    assert "王1" in said
    assert row.body["to"] == ["保证人甲：", "杭州市保证路二号"]


def test_a_guarantee_that_is_over_is_not_revived_by_a_letter(story: Story) -> None:
    who = late(story)
    guarantor = beside(story, who, PartyRole.guarantor, "保证人甲", GuaranteeKind.joint)
    live(story, guarantor, "杭州市保证路二号")
    with story.database.begin() as session:
        [party] = session.exec(select(Party).where(Party.person_id == guarantor)).all()
        party.guarantee_until = date(2026, 5, 12)
    for kind in (LetterKind.guarantor_notice, LetterKind.demand):
        with pytest.raises(Conflict, match="guarantee period is over"):
            make(story, who, kind, person_id=guarantor)
    with story.database.begin() as session:
        session.get_one(Party, party.id).guarantee_until = TODAY
    assert make(story, who, LetterKind.guarantor_notice, person_id=guarantor)


def test_the_work_address_is_no_address_for_a_letter(story: Story) -> None:
    who = late(story, address=None)
    live(story, who.person_id, "杭州市单位路一号", "work")
    with pytest.raises(BadInput, match="the address of the person addressed is missing"):
        make(story, who)


@pytest.mark.parametrize("address", ["请付款至6222020200001111", "pay.example.com", "转账 138 1234 5678"])
def test_an_address_is_no_way_to_bring_in_a_strangers_number(story: Story, address: str) -> None:
    who = late(story, address=address)
    with pytest.raises(BadInput, match="the address of the person addressed is missing"):
        make(story, who)


def test_a_name_that_reads_as_a_link_is_refused(story: Story) -> None:
    who = late(story)
    with story.database.begin() as session:
        session.get_one(Person, who.person_id).name = "pay.example.com"
    with pytest.raises(BadInput, match="the name of the person addressed is missing"):
        make(story, who)


def test_nothing_owed_nothing_written(story: Story) -> None:
    who = late(story)
    story.pay(who, 1_000_00, "2026-05-13 08:00")
    with pytest.raises(Conflict, match="nothing is overdue"):
        make(story, who)
    story.pay(who, 1_000_00, "2026-05-13 08:30")
    with pytest.raises(Conflict, match="nothing is owed"):
        make(story, who)


def test_everything_that_is_missing_is_named_at_once(story: Story) -> None:
    who = late(story, address=None)
    with story.database.begin() as session:
        session.get_one(Account, who.account_id).opened_on = None
        session.get_one(Portfolio, story.cn).pay_instructions = ""
    with pytest.raises(BadInput) as refused:
        make(story, who)
    told = {problem.reason.partition(" is missing")[0] for problem in refused.value.problems}
    assert told == {"the address of the person addressed", "the contract date", "how to pay"}
    assert "the contract date is missing: operations can load it in the accounts file, column opened_on" in str(
        refused.value
    )


def known(story: Story, who: Borrower) -> None:
    """What a court asks for."""
    with story.database.begin() as session:
        person = session.get_one(Person, who.person_id)
        person.id_type, person.id_sealed = "cn_id", story.office.keys.seal("110105194912310020")
        account = session.get_one(Account, who.account_id)
        account.annual_rate, account.matures_on = "14.07", date(2026, 6, 11)
        for row in session.exec(select(InstalmentRow).where(InstalmentRow.account_id == who.account_id)):
            row.principal, row.interest, row.fee = 980_00, 18_00, 2_00


def called(story: Story, who: Borrower, day: date) -> ClockEvent:
    note = ClockNote(Happening.accelerated, day)
    event: ClockEvent = story.do(casework.note_clock, who.account_id, note, now=NOON, actor=COMMAND_LINE)
    return event


def test_a_complaint_names_everyone_in_full_and_a_letter_does_not(story: Story) -> None:
    who = late(story)
    with pytest.raises(BadInput, match="the number of the ID of the borrower is missing"):
        make(story, who, LetterKind.statement_of_claim, person_id=None, entered=FILED)
    known(story, who)
    with pytest.raises(BadInput, match="the court is missing: enter it with the letter"):
        make(story, who, LetterKind.statement_of_claim, person_id=None, entered={**FILED, "court": " "})
    letter = make(story, who, LetterKind.statement_of_claim, person_id=None, entered=FILED)
    casework.print_letter(story.office, letter, NOON, COMMAND_LINE)
    said = words(story, letter)
    for piece in (
        "民事起诉状",
        "110105194912310020",
        "杭州市西湖区人民法院",
        "14.07%",
        "到期应付的款项人民币1,000.00元（大写：人民币壹仟元整）",
        "尚欠合计人民币2,000.00元（大写：人民币贰仟元整）",
    ):
        assert piece in said
    with story.database.read() as session:
        row = session.get_one(LetterRow, letter)
    assert letter_docx(story.office, row)[:2] == b"PK"
    done = post(story, letter)
    assert (done.refused, done.attempt_id) == ("", None), "what goes to a court is no contact with anybody"


def late_since_april(story: Story) -> Borrower:
    """980 + 18 + 2 a month at 18 % penalty on principal; by 13 May the first is 33 days late: 980 × 18 % × 33 ÷ 360."""
    who = story.borrower("2026-04-10", "2026-06-10", opened_on=date(2024, 5, 18), principal=200_000, penalty_rate="18")
    live(story, who.person_id, "杭州市文三路九号")
    known(story, who)
    return who


def test_a_letter_says_the_balance_of_its_day_and_how_it_follows_from_the_ledger(story: Story) -> None:
    letter = make(story, late_since_april(story))
    [row] = story.rows(LetterRow, LetterRow.id == letter)
    tables = {tuple(block["rows"][0]): block["rows"][1:] for block in row.body["body"] if block["kind"] == "rows"}
    assert tables["项目", "其中逾期", "未清偿金额"] == [
        ["本金", "¥980.00", "¥1,960.00"],
        ["利息", "¥18.00", "¥36.00"],
        ["罚息", "¥16.17", "¥16.17"],
        ["费用", "¥2.00", "¥4.00"],
        ["合计", "¥1,016.17", "¥2,016.17"],
    ]
    assert tables["与账面的关系", "金额"] == [
        ["账面未还款项（还款计划减已还和已减免）", "¥2,000.00"],
        ["加：罚息", "¥16.17"],
        ["截至当日应还合计", "¥2,016.17"],
    ]
    [late_one] = tables["期次", "到期日", "应还金额", "罚息", "已还或已减免", "未还金额"]
    assert late_one == ["1", "2026年4月10日", "¥1,000.00", "¥16.17", "¥0.00", "¥1,016.17"]
    assert row.amounts is not None
    assert (row.overdue, row.owed) == (1_000_00, 2_000_00), "the ledger"
    assert (row.amounts["overdue"], row.amounts["owed"]) == (1_016_17, 2_016_17), "the balance to the day"
    assert row.amounts["bridge"]["penalty"] == 16_17


def test_another_day_of_penalty_is_no_other_letter_but_a_waiver_is(story: Story) -> None:
    who = late_since_april(story)
    letter = make(story, who)
    assert make(story, who, at=moment("2026-05-15 12:00")) == letter
    with story.database.begin() as session:
        account = session.get_one(Account, who.account_id)
        sums = Sums(penalty=10_00)
        book(session, account, EntryKind.waiver, sums, TODAY, "tests", actor="tests", at=NOON)
    assert make(story, who, at=moment("2026-05-15 13:00")) != letter


def test_a_complaint_claims_what_is_due_and_all_of_it_once_it_was_called_in(story: Story) -> None:
    who = late_since_april(story)
    first = make(story, who, LetterKind.statement_of_claim, person_id=None, entered=FILED)
    event = called(story, who, date(2026, 5, 10))
    second = make(story, who, LetterKind.statement_of_claim, person_id=None, entered=FILED)
    strike = ClockNote(Happening.struck, TODAY, about_id=event.id)
    story.do(casework.note_clock, who.account_id, strike, now=NOON, actor=COMMAND_LINE)
    third = make(story, who, LetterKind.statement_of_claim, person_id=None, entered=FILED)
    found = {row.id: row.amounts or {} for row in story.rows(LetterRow)}
    assert (found[first]["due"], found[first]["owed"]) == (1_016_17, 2_016_17)
    # Called in: interest and fee of June go; 30 days of interest at 14.07 % on 980 come, and penalty from 10 May on.
    june = 980_00 + 11_49 + 1_47
    assert found[second]["due"] == found[second]["owed"] == 1_016_17 + june
    assert found[third] == found[first], "struck, it was never called in"


@pytest.mark.parametrize("kind", [LetterKind.statement_of_claim, LetterKind.preservation])
def test_a_claim_that_can_not_be_reckoned_by_parts_is_refused_by_name(story: Story, kind: LetterKind) -> None:
    who = late(story)
    known(story, who)
    entered = {**FILED, "assets": "存款", "counter_security": "保函"}
    with story.database.begin() as session:
        for row in session.exec(select(InstalmentRow).where(InstalmentRow.account_id == who.account_id)):
            row.principal = row.interest = row.fee = None
    with pytest.raises(BadInput, match="columns principal, interest and fee"):
        make(story, who, kind, person_id=None, entered=entered)
    with story.database.begin() as session:
        for row in session.exec(select(InstalmentRow).where(InstalmentRow.account_id == who.account_id)):
            session.delete(row)
        account = session.get_one(Account, who.account_id)
        account.reported_on, account.reported_balance = date(2026, 5, 12), 2_000_00
        account.reported_overdue, account.reported_min, account.reported_max = 1_000_00, 2, 2
    with pytest.raises(BadInput, match="the schedule is missing"):
        make(story, who, kind, person_id=None, entered=entered)
    with pytest.raises(BadInput, match="the schedule is missing"):
        make(story, who)


def clocks(story: Story) -> list[Happening]:
    """What moves the clocks: without what was struck."""
    rows = sorted(story.rows(ClockEvent), key=lambda row: row.id or 0)
    gone = {row.about_id for row in rows if row.kind is Happening.struck}
    return [row.kind for row in rows if row.kind is not Happening.struck and row.id not in gone]


def test_a_wrong_arrival_is_struck_and_so_is_what_it_moved(story: Story) -> None:
    who = late(story)
    story.plan("2026-05-13 07:00")
    letter = printed(story, who)
    post(story, letter)
    said = {"at": moment("2026-05-15 10:00"), "actor": COMMAND_LINE}
    story.do(casework.letter_arrived, letter, date(2026, 5, 14), **said)
    story.do(casework.letter_arrived, letter, date(2026, 5, 14), scan=b"\x89PNG\r\n\x1a\n r", **said)
    assert len(clocks(story)) == 2
    with pytest.raises(BadInput, match="why it is struck"):
        story.do(casework.letter_struck, letter, LetterStep.arrived, " ", **said)
    with pytest.raises(Conflict, match="are our own"):
        story.do(casework.letter_struck, letter, LetterStep.posted, "an error", **said)
    story.do(casework.letter_struck, letter, LetterStep.arrived, "of another letter", **said)
    assert clocks(story) == [], "nothing of it moves a clock any more"
    assert len(story.rows(LetterEvent, LetterEvent.step == LetterStep.arrived)) == 1, "and it stays to be seen"
    with pytest.raises(Conflict, match="no such step on record"):
        story.do(casework.letter_struck, letter, LetterStep.arrived, "again", **said)
    story.do(casework.letter_returned, letter, date(2026, 5, 14), ReturnReason.moved, **said)
    story.do(casework.letter_struck, letter, LetterStep.returned, "a slip", **said)
    story.do(casework.letter_arrived, letter, date(2026, 5, 15), **said)
    assert clocks(story) == [Happening.demand_arrived]
    with story.database.read() as session:
        [listed] = letters_of(session, who.account_id)
        assert [one.correction.reason for one in struck(session, letter)] == ["of another letter", "a slip"]
    assert listed.events[LetterStep.arrived].on == date(2026, 5, 15)
    assert LetterStep.returned not in listed.events


def test_an_arrival_that_another_letter_tells_of_too_goes_on_counting(story: Story) -> None:
    who = late(story)
    story.plan("2026-05-13 07:00")
    first = printed(story, who)
    post(story, first)
    second = make(story, who, LetterKind.quarterly)
    casework.print_letter(story.office, second, NOON, COMMAND_LINE)
    with story.database.begin() as session:
        row = session.get_one(LetterRow, second)
        take_step(session, row, LetterStep.posted, TODAY, now=NOON, actor=COMMAND_LINE, posting_no="R2")
    said = {"at": moment("2026-05-15 10:00"), "actor": COMMAND_LINE}
    for letter in (first, second):
        story.do(casework.letter_arrived, letter, date(2026, 5, 14), **said)
    story.do(casework.letter_struck, first, LetterStep.arrived, "an error", **said)
    assert clocks(story) == [Happening.demand_arrived]
    story.do(casework.letter_struck, second, LetterStep.arrived, "an error", **said)
    assert clocks(story) == []


def test_what_left_against_the_gates_no_is_on_record_as_that_and_counts_as_a_contact(story: Story) -> None:
    who = late(story)
    story.plan("2026-05-12 07:00")
    letter = printed(story, who)
    story.do(casework.stop, kind=StopKind.cease, at=NOON, actor=COMMAND_LINE, person_id=who.person_id)
    with pytest.raises(BadInput, match="why it left"):
        story.do(casework.letter_left, letter, "R1", TODAY, " ", at=NOON, actor=COMMAND_LINE)
    left = {"at": moment("2026-05-14 09:00"), "actor": COMMAND_LINE}
    event = story.do(casework.letter_left, letter, "R1", TODAY, "it lay in the tray already", **left)
    assert "HOUSE-CEASE" in event.refused
    assert event.why == "it lay in the tray already"
    [attempt] = story.rows(Attempt, Attempt.channel == Channel.letter)
    assert (attempt.id, attempt.day, attempt.account_id) == (event.attempt_id, TODAY, who.account_id)
    again = story.do(casework.letter_left, letter, "R2", TODAY, "again", **left)
    assert again.id == event.id
    assert len(story.rows(Attempt, Attempt.channel == Channel.letter)) == 1
    with story.database.read() as session:
        [told] = posted_against(session, EVERYTHING, NOON)
        assert posted_against(session, Scope(frozenset({story.us})), NOON) == []
        done = replay(session)
    assert (told.letter_id, told.account) == (letter, "CN/L-1")
    assert [one.attempt for one in done.told] == [attempt.id], "the replay names it as a breach"


def test_where_nothing_speaks_against_it_it_is_posted_like_any_other(story: Story) -> None:
    who = late(story)
    story.plan("2026-05-13 07:00")
    letter = printed(story, who)
    event = story.do(casework.letter_left, letter, "R1", TODAY, "in haste", at=NOON, actor=COMMAND_LINE)
    assert (event.refused, event.why) == ("", "")
    with story.database.read() as session:
        assert posted_against(session, EVERYTHING, NOON) == []


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        pytest.param("assumed_amount", "1,000", "not an amount", id="an amount with commas"),
        pytest.param("assumed_amount", "0", "must not be zero", id="nothing"),
        pytest.param("deceased_on", "30.6.2026", "not a day", id="a day"),
        pytest.param("creditor_code", "91330100799655058C", "social credit code", id="a check character"),
        pytest.param("creditor_address", "6222020200001111", "nobody approved", id="a stranger's account"),
        pytest.param("creditor_address", "x" * 121, "more than 120", id="too long"),
    ],
)
def test_what_is_entered_is_checked(story: Story, name: str, text: str, reason: str) -> None:
    who = late(story)
    heir = {"heir_name": "王大海", "estate": "住房一套", "deceased_on": "2026-01-09", "assumed_amount": "1500.00"}
    entered = {**FILED, **heir}
    with pytest.raises(BadInput, match=reason):
        make(story, who, LetterKind.assumption, person_id=None, entered={**entered, name: text})
    letter = make(story, who, LetterKind.assumption, person_id=None, entered=entered)
    casework.print_letter(story.office, letter, NOON, COMMAND_LINE)
    assert "人民币1,500.00元（大写：人民币壹仟伍佰元整）" in words(story, letter)
    with pytest.raises(Conflict, match="signed by both sides"):
        post(story, letter)


@pytest.mark.parametrize(
    ("template", "demanded", "kind"),
    [
        ("demand", False, LetterKind.demand),
        ("demand", True, LetterKind.quarterly),
        (None, False, LetterKind.demand),
        ("overdue-soft", True, LetterKind.reminder),
        ("guarantor-notice", True, LetterKind.guarantor_notice),
    ],
)
def test_which_letter_a_step_means(template: str | None, demanded: bool, kind: LetterKind) -> None:
    assert kind_of(template, demanded) is kind


def test_the_letter_after_a_demand_is_the_quarterly_one(story: Story) -> None:
    who = late(story)
    story.plan("2026-05-12 07:00")
    post(story, printed(story, who))
    with story.database.begin() as session:
        run = story.tasks(who, Channel.letter)[0]
        other = type(run)(**{**run.model_dump(), "id": None, "attempt_id": None, "state": TaskState.planned})
        session.add(other)
    [one] = casework.print_open(story.office, "CN", NOON, COMMAND_LINE).printed
    assert (one.kind, one.title) == (LetterKind.quarterly, "催收通知书")
    assert "催收通知书回执" in words(story, one.letter_id)


def test_a_letter_in_english_and_another_currency(story: Story) -> None:
    who = late(story, portfolio_id=story.us, address=None)
    with story.database.begin() as session:
        kind = ContactKind.address
        address = "12 Elm Street, Springfield, IL 62701-1234"
        session.add(
            ContactPoint(person_id=who.person_id, portfolio_id=story.us, kind=kind, value=address, label="home")
        )
        session.get_one(Portfolio, story.us).pay_instructions = "Pay in our app"
    letter = make(story, who)
    [row] = story.rows(LetterRow, LetterRow.id == letter)
    assert (row.language, row.body["title"], row.body["to"][1]) == ("en", "Demand for payment", address)
    assert ["Amount overdue", "USD 1,000.00"] in row.body["body"][2]["rows"]
    chinese = make(story, who, language="zh")
    [row] = story.rows(LetterRow, col(LetterRow.id) == chinese)
    assert "美元1,000.00（大写：美元壹仟元整）" in str(row.body)

"""Files loaded and followed up; the events that a taken-over book brings along."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func
from sqlmodel import Session, SQLModel, col, select

from collector.audit.tables import AuditEntry
from collector.casework.actions import sweep
from collector.casework.actions.loading import load
from collector.casework.actions.loading.details import EventKind, natural_key, understand
from collector.casework.office import Office
from collector.facts.actions import people_behind, verify
from collector.facts.queries import read_people, read_person
from collector.foundation.clock import parse_moment
from collector.foundation.database import Database
from collector.foundation.errors import BadInput
from collector.foundation.keys import Keys
from collector.foundation.settings import Settings
from collector.history.rules import Channel, Outcome, PromiseState, StopKind
from collector.history.tables import (
    Attempt,
    CallbackRow,
    Complaint,
    Delivery,
    Disposition,
    Dispute,
    Hold,
    OutcomeRow,
    Promise,
    StandingRow,
    Stop,
)
from collector.portfolio.loading import Book, LoadResult
from collector.portfolio.rules import ContactStatus, LoadKind
from collector.portfolio.tables import Account, ContactPoint

NOW = parse_moment("2026-05-20T10:00+08:00")
PHONE, OTHER = "13800138001", "13800138002"
PORTFOLIO = """code,creditor,collector_type,debt_type,currency,timezone,jurisdiction,language,sender_name,signature
CN1,Anhe,creditor,consumer_finance,CNY,Asia/Shanghai,cn,zh,安和,【安和】
"""
ACCOUNTS = f"""account_no,borrower_name,phone,phone_2
A1,王小明,{PHONE},{OTHER}
A2,李小红,13900139000,
"""
INSTALMENTS = """account_no,number,due_on,amount_due
A1,1,2026-05-10,1000.00
A1,2,2026-06-10,1000.00
A2,1,2026-05-10,500.00
"""
PARTIES = """account_no,role,name,phone
A1,guarantor,赵守信,13700137000
"""
HEADER = "account_no,phone,kind,at,details\n"

Loading = Callable[..., LoadResult]


@pytest.fixture
def office(database: Database, keys: Keys, tmp_path: Path) -> Office:
    return Office(Settings(home=tmp_path), database, keys)


@pytest.fixture
def loading(office: Office, tmp_path: Path) -> Loading:
    """`loading("events", text)`: write the text to a file and load it into CN1."""

    def run(
        kind: str, body: str, *, at: datetime = NOW, rejects: Path | None = None, follow: bool = True
    ) -> LoadResult:
        path = tmp_path / f"{kind}.csv"
        path.write_text(body, encoding="utf-8")
        return load(
            office,
            LoadKind(kind),
            path,
            portfolio=None if kind == "portfolios" else "CN1",
            mapping=None,
            rejects=rejects,
            at=at,
            as_of=None,
            actor="test",
            follow=follow,
        )

    return run


@pytest.fixture
def book(loading: Loading) -> Loading:
    """The same, with two late accounts and a guarantor there."""
    for kind, body in (
        ("portfolios", PORTFOLIO),
        ("accounts", ACCOUNTS),
        ("instalments", INSTALMENTS),
        ("parties", PARTIES),
    ):
        assert loading(kind, body).rejected == 0
    return loading


def row(kind: str, at: str = "2026-05-18 09:30", details: str = "", *, account: str = "A1", phone: str = "") -> str:
    return f'{account},{phone},{kind},{at},"{details}"\n'


def counted(session: Session, table: type[SQLModel]) -> int:
    return session.exec(select(func.count()).select_from(table)).one()


def counts(result: LoadResult) -> tuple[int, int, int, int]:
    return result.read, result.accepted, result.unchanged, result.rejected


CALL = row("attempt", details="outcome=no_answer; caller=02150550101; slot=morning", phone=PHONE)

EVERYTHING = HEADER + "".join(
    (
        CALL,
        row("sms", "2026-05-18 10:00", "purpose=closing; delivered_at=2026-05-18 10:01", phone=PHONE),
        row("disposition", "2026-05-18 11:00", "cause=short_of_funds; willingness=willing"),
        row("promise", "2026-05-18 11:01", "amount=1000.00; due_at=2026-05-22 18:00; way=app"),
        row("callback", "2026-05-18 11:02", "due_at=2026-05-21T09:00+08:00", phone=PHONE),
        row("consent", "2026-05-01", "channel=sms; evidence=form 7", phone=PHONE),
        row("preference", "2026-05-02", "weekdays=mon tue; not_before=10:00"),
        row("stop", "2026-05-18 12:00", "stop=opt_out; channel=sms", phone=OTHER),
        row("hardship", "2026-05-18 12:00", "reason=flood", account="A2"),
        row("dispute", "2026-05-18 13:00", "reason=late fee", account="A2"),
        row("complaint", "2026-05-18 13:05", "text=called at work", account="A2"),
        row("hold", "2026-05-18 13:06", "note=papers; until=2026-05-25", account="A2"),
        row("says_paid", "2026-05-18 13:07", account="A2"),
    )
)
TABLES = (
    Attempt,
    OutcomeRow,
    Delivery,
    Disposition,
    Promise,
    CallbackRow,
    StandingRow,
    Stop,
    Dispute,
    Complaint,
    Hold,
    AuditEntry,
)


def test_loading_events_twice_changes_nothing(book: Loading, office: Office) -> None:
    first = book("events", EVERYTHING)
    with office.database.read() as session:
        before = [counted(session, table) for table in TABLES]
    again = book("events", EVERYTHING, at=parse_moment("2026-05-20T11:00+08:00"))
    with office.database.read() as session:
        after = [counted(session, table) for table in TABLES]

    assert counts(first) == (13, 13, 0, 0)
    assert counts(again) == (13, 0, 13, 0)
    assert after[:-1] == before[:-1]
    assert after[-1] == before[-1] + 1  # the second load itself is on record
    assert again.changed_accounts == ()
    assert len(first.changed_accounts) == 2


def test_an_event_keeps_its_number_its_moment_and_the_local_day(book: Loading, office: Office) -> None:
    late = row("attempt", "2026-05-17T23:30+08:00", "outcome=no_answer", phone=PHONE)
    book("events", HEADER + late)
    with office.database.read() as session:
        attempt = session.exec(select(Attempt)).one()
        point = session.get_one(ContactPoint, attempt.contact_point_id)
    assert attempt.at == datetime(2026, 5, 17, 15, 30, tzinfo=UTC)
    assert attempt.day.isoformat() == "2026-05-17"
    assert (attempt.number, point.value) == ("+8613800138001", "+8613800138001")
    assert attempt.debts == [attempt.account_id]


def test_a_contact_with_the_guarantor_is_the_guarantors(book: Loading, office: Office) -> None:
    book("events", HEADER + row("attempt", details="outcome=no_answer", phone="13700137000"))
    with office.database.read() as session:
        attempt = session.exec(select(Attempt)).one()
        borrower = session.exec(select(Account.person_id).where(Account.account_no == "A1")).one()
    assert attempt.person_id != borrower


def test_the_facts_know_what_was_loaded(book: Loading, office: Office) -> None:
    book("events", EVERYTHING)
    with office.database.read() as session:
        person_id = session.exec(select(Account.person_id).where(Account.account_no == "A1")).one()
        facts = read_people(session, [person_id], NOW)[person_id]
    phone = next(phone for phone in facts.body.phones if phone.number.endswith(PHONE))
    assert [call.outcome for call in phone.round] == [Outcome.no_answer]
    assert phone.closing_delivered
    assert facts.body.callbacks


def test_a_promise_past_its_date_is_settled_by_the_payments(book: Loading, office: Office) -> None:
    book("events", HEADER + row("promise", "2026-05-11 09:00", "amount=1000; due_at=2026-05-13 18:00"))
    book("payments", "reference,account_no,amount,paid_at\n")
    book("events", HEADER + row("attempt", details="outcome=no_answer", phone=PHONE))
    with office.database.read() as session:
        assert session.exec(select(Promise.state)).one() is PromiseState.broken


CORRECTION = HEADER + row("outcome", details="outcome=voicemail", phone=PHONE)


def test_an_outcome_row_about_a_known_call_is_a_correction_and_stays_one(book: Loading, office: Office) -> None:
    results = [book("events", text) for text in (HEADER + CALL, CORRECTION, HEADER + CALL, CORRECTION)]
    with office.database.read() as session:
        outcomes = session.exec(select(OutcomeRow.outcome).order_by(col(OutcomeRow.id))).all()
        assert counted(session, Attempt) == 1
    assert outcomes == [Outcome.no_answer, Outcome.voicemail]
    assert [counts(result) for result in results] == [(1, 1, 0, 0), (1, 1, 0, 0), (1, 0, 1, 0), (1, 0, 1, 0)]


def test_an_outcome_row_without_its_call_is_the_call(book: Loading, office: Office) -> None:
    book("events", CORRECTION)
    with office.database.read() as session:
        assert session.exec(select(Attempt.channel)).one() is Channel.call
        assert session.exec(select(OutcomeRow.outcome)).one() is Outcome.voicemail


def test_the_same_row_twice_in_a_file_is_one_event(book: Loading, office: Office) -> None:
    result = book("events", HEADER + CALL + CALL)
    assert counts(result) == (2, 1, 1, 0)
    with office.database.read() as session:
        assert counted(session, Attempt) == 1


def test_a_stranger_takes_the_number_out_of_use_as_in_a_live_call(book: Loading, office: Office) -> None:
    book("events", HEADER + row("attempt", details="outcome=wrong_number", phone=PHONE))
    with office.database.read() as session:
        statuses = {
            point.value: point.status for point in session.exec(select(ContactPoint)) if point.value.endswith(PHONE)
        }
    assert list(statuses.values()) == [ContactStatus.wrong]


def test_a_death_told_in_a_call_stops_contact(book: Loading, office: Office) -> None:
    book("events", HEADER + row("attempt", details="outcome=deceased", phone=PHONE))
    with office.database.read() as session:
        assert session.exec(select(Stop.kind)).one() is StopKind.deceased


def test_a_bad_row_is_refused_with_its_reason_and_the_rest_goes_in(book: Loading, tmp_path: Path) -> None:
    rejects = tmp_path / "out.csv"
    body = HEADER + CALL + row("promise", details="amount=0; due_at=2026-05-25") + row("attempt", account="A9")
    result = book("events", body, rejects=rejects)
    assert counts(result) == (3, 1, 0, 2)
    reasons = rejects.read_text("utf-8-sig")
    assert "above zero" in reasons
    assert "no such account in CN1" in reasons


@pytest.mark.parametrize(
    ("bad", "column"),
    [
        pytest.param(row("promisse"), "kind", id="kind"),
        pytest.param(row("attempt", details="outcome=bussy"), "details", id="a detail"),
        pytest.param(row("promise", details="amount=5"), "details", id="a detail missing"),
        pytest.param(
            row("promise", details="amount=5; due_at=2026-05-25; promised_by=co_borrower"), "details", id="party"
        ),
        pytest.param(row("attempt", account="A9"), "account_no", id="account"),
        pytest.param(row("attempt", "2026-05-20 11:00"), "at", id="future"),
    ],
)
def test_a_refused_event_names_its_column(book: Loading, bad: str, column: str) -> None:
    result = book("events", HEADER + bad)
    assert [(problem.line, problem.column) for problem in result.problems] == [(2, column)]


PAID = "reference,account_no,amount,paid_at\nP1,A1,1000.00,2026-05-19\n"


@pytest.mark.parametrize("repair", ["the same file again", "another file", "sweep"])
@pytest.mark.parametrize(
    ("kind", "body"),
    [
        pytest.param("payments", PAID, id="payments"),
        pytest.param("events", HEADER + CALL, id="events"),
        pytest.param("accounts", ACCOUNTS + "A3,陈大文,,\n", id="accounts"),
    ],
)
def test_a_load_that_died_before_following_up_is_caught_up(
    book: Loading, office: Office, kind: str, body: str, repair: str
) -> None:
    """What is left behind between the merge and the follow-up is known: it is read right at once, and mended next."""
    assert book(kind, body, follow=False).accepted > 0
    with office.database.read() as session:
        assert verify(session)
        borrower = session.exec(select(Account.person_id).where(Account.account_no == "A1")).one()
        facts = read_people(session, [borrower], NOW)[borrower]
        assert facts.accounts[0].overdue == (0 if kind == "payments" else 100_000)
        assert len(facts.body.events) == (kind == "events")
    if repair == "sweep":
        sweep(office, NOW)
    elif repair == "another file":
        book("events", HEADER + row("hardship", details="reason=flood", account="A2"))
    else:
        assert book(kind, body).accepted == 0
    with office.database.read() as session:
        assert verify(session) == []
        assert people_behind(session) == []


def test_a_file_that_breaks_off_changes_nothing(book: Loading, office: Office) -> None:
    with pytest.raises(BadInput):
        book("events", HEADER + CALL + 'A1,,attempt,2026-05-18,"outcome=no_an')
    with office.database.read() as session:
        assert counted(session, Attempt) == 0


def test_a_promise_in_the_name_of_a_party_that_is_not_there_is_refused(book: Loading) -> None:
    body = HEADER + row("promise", details="amount=5; due_at=2026-05-25; promised_by=co_borrower")
    assert "has no co_borrower" in book("events", body).problems[0].reason


BOOK = Book(1, "CN1", "CNY", "Asia/Shanghai", "CN", "cn", NOW)


@pytest.mark.parametrize(
    ("word", "details", "kind", "what"),
    [
        pytest.param("sms", {}, EventKind.attempt, {"channel": Channel.sms}, id="a channel is an attempt by it"),
        pytest.param("cease", {}, EventKind.stop, {"stop": StopKind.cease}, id="a kind of stop is a stop"),
        pytest.param("stop", {"kind": "Attorney"}, EventKind.stop, {"stop": StopKind.attorney}, id="kind means stop"),
        pytest.param(
            "attempt", {"seconds": 40, "note": None}, EventKind.attempt, {"seconds": 40}, id="numbers and nulls of JSON"
        ),
        pytest.param("disposition", {"refuses": True}, EventKind.disposition, {"refuses": True}, id="a flag"),
        pytest.param(
            "preference",
            {"weekdays": ["mon", "fri"]},
            EventKind.standing,
            {"weekdays": ["mon", "fri"]},
            id="a list of days",
        ),
        pytest.param(
            "promise",
            {"amount": "1200.5", "due_at": "2026-05-25 18:00"},
            EventKind.promise,
            {"amount": 120050, "due_at": datetime(2026, 5, 25, 10, tzinfo=UTC)},
            id="amounts in major units, times on the portfolio's clock",
        ),
    ],
)
def test_details_are_understood(word: str, details: dict[str, Any], kind: EventKind, what: dict[str, Any]) -> None:
    told = understand(word, details, BOOK)
    assert told.kind is kind
    assert what.items() <= told.what.items()


@pytest.mark.parametrize(
    ("word", "details", "reason"),
    [
        pytest.param("promisse", {}, "did you mean promise", id="a kind misspelt"),
        pytest.param("attempt", {"outcom": "busy"}, "did you mean outcome", id="a detail misspelt"),
        pytest.param("attempt", {"outcome": "nobody"}, "outcome: 'nobody' is not one of", id="no such outcome"),
        pytest.param("promise", {"amount": "5"}, "promise needs due_at", id="a detail missing"),
        pytest.param("stop", {}, "stop needs stop", id="a stop of no kind"),
        pytest.param("promise", {"amount": "1,000", "due_at": "2026-05-25"}, "amount:", id="a wrong amount"),
        pytest.param("attempt", {"caller": "12"}, "caller: this is not a phone number", id="a wrong number"),
        pytest.param("sms", {"delivered_at": "2026-05-21"}, "future", id="a receipt that is still to come"),
        pytest.param("hold", {"scope": "everything"}, "account or its person", id="a row can not hold everything"),
        pytest.param("attempt", {"note": {"a": 1}}, "no objects inside objects", id="nested"),
        pytest.param("attempt", {"seconds": "-3"}, "not a number of seconds", id="negative seconds"),
    ],
)
def test_wrong_details_are_refused_with_a_reason(word: str, details: dict[str, Any], reason: str) -> None:
    with pytest.raises(BadInput, match=reason):
        understand(word, details, BOOK)


def test_the_way_of_writing_does_not_make_another_event() -> None:
    pairs = understand("promise", {"amount": "5", "due_at": "2026-05-25 18:00"}, BOOK)
    json = understand("promise", {"due_at": "2026-05-25T10:00Z", "amount": 5}, BOOK)
    assert natural_key(dict(pairs.what)) == natural_key(dict(json.what))


def test_a_dispute_told_again_with_its_answer_is_answered_and_not_doubled(book: Loading, database: Database) -> None:
    asked = row("dispute", "2026-05-18 13:00", "reason=late fee", account="A2")
    answered = row(
        "dispute", "2026-05-18 13:00", "reason=late fee; answered_at=2026-05-19 09:00; answer=waived", account="A2"
    )
    assert counts(book("events", HEADER + asked)) == (1, 1, 0, 0)
    assert counts(book("events", HEADER + answered)) == (1, 1, 0, 0)
    for again in (asked, answered):
        assert counts(book("events", HEADER + again)) == (1, 0, 1, 0)
    with database.read() as session:
        only = session.exec(select(Dispute)).one()
        assert (only.answer, only.answered_at) == ("waived", parse_moment("2026-05-19T09:00+08:00"))


def test_notices_are_of_their_account_and_checks_of_their_number(book: Loading, office: Office) -> None:
    events = (
        row("validation_notice", details="evidence=L-1")
        + row("number_checked", phone=PHONE)
        + row("mental_health_crisis", details="treated_until=2026-06-01")
    )
    for accepted in (3, 0):
        told = book("events", HEADER + events)
        assert (told.accepted, told.rejected) == (accepted, 0)
    with office.database.read() as session:
        account = session.exec(select(Account).where(Account.account_no == "A1")).one()
        marks = read_person(session, account.person_id, NOW).body.standing
    assert {one.mark.value: (one.debts, one.number) for one in marks} == {
        "validation_notice": ((account.id,), None),
        "number_checked": ((), f"+86{PHONE}"),
        "mental_health_crisis": ((), None),
    }
    assert book("events", HEADER + row("mental_health_crisis", details="treated_until=soon")).rejected == 1

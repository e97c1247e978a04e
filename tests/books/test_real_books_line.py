"""Books that nobody here wrote, through the doors: loaded by the command line, explained, planned, called, paid.

What their columns come to once loaded is shown in `tests/portfolio/test_real_books.py`; here it is what a person sees.
"""

from __future__ import annotations

import asyncio
import csv
import gzip
import io
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from cli_runs import Home
from sqlmodel import col, func, select

from collector.audit.actions import seal
from collector.audit.queries import verify as verify_audit
from collector.casework import actions as casework
from collector.casework import queries as casework_queries
from collector.casework.office import Office, open_office
from collector.dispatch.memory import MemoryCarrier
from collector.facts.actions import verify as verify_facts
from collector.facts.tables import AccountState
from collector.foundation.clock import parse_moment
from collector.foundation.database import Database
from collector.foundation.keys import Keys
from collector.foundation.settings import Settings
from collector.history.rules import Channel, Outcome, PromiseState, ReferralState
from collector.history.tables import Attempt, OutcomeRow, Promise, Referral, RoundEnded
from collector.identity.rules import Actor, Role
from collector.planning.rules import TaskState
from collector.planning.tables import PlanRun, Task
from collector.portfolio.rules import LoadKind, PaymentState
from collector.portfolio.tables import Account, PaymentRow
from collector.sandbox.borrowers import borrower

BOOKS = Path(__file__).resolve().parents[2] / "scripts" / "books"
NEW_YORK = ZoneInfo("America/New_York")
LOADED_AT = "2016-12-08T23:00-05:00"
WRONG_BY_ITS_OWN_DATES = "xqd20160428"
"""Due 2016-10-10, paid 2016-10-11, and its past_due_days says 2."""
WITHOUT_A_COUNT = "xqd20160301"
LATE = 100
"""Rows of loan_payments_500.csv with no paid-off time: what is still owed on the day of the file."""


def load_by_command(home: Home, folder: str, file: Path, at: str, *kinds: str) -> list[dict[str, Any]]:
    """`collector load` for each part of a book, as it is."""
    steps = [("portfolios", BOOKS / folder / "portfolios.csv", [])]
    steps += [(kind, file, ["--mapping", str(BOOKS / folder / f"{kind}.yaml")]) for kind in kinds]
    documents = []
    for kind, path, more in steps:
        done = home.run("load", kind, str(path), *more, "--at", at, "--json")
        assert done.code == 0, done
        documents.append(done.document)
    return documents


@pytest.fixture
def empty(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home", {})
    assert home.run("db", "upgrade").code == 0
    return home


@pytest.fixture
def opened(empty: Home) -> Iterator[Office]:
    office = open_office(Settings(home=empty.folder))
    yield office
    office.database.dispose()


def loans(real_data: Path) -> list[dict[str, str]]:
    with (real_data / "loans" / "loan_payments_500.csv").open(newline="") as file:
        return [row for row in csv.DictReader(file) if row["Loan_ID"]]


def packed(real_data: Path, name: str) -> list[dict[str, str]]:
    body = gzip.decompress((real_data / "loans" / name).read_bytes()).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(body)))


def test_explain_agrees_with_the_file_about_how_late(empty: Home, opened: Office, real_data: Path) -> None:
    """Open loans on the day of the file; paid ones in the minute before they were paid."""
    file = real_data / "loans" / "loan_payments_500.csv"
    _, accounts, schedule, payments = load_by_command(
        empty, "loan_payments_500", file, LOADED_AT, "accounts", "instalments", "payments"
    )
    assert [one["accepted"] for one in (accounts, schedule, payments)] == [500, 500, 400]
    differing, compared = {}, 0
    with opened.database.read() as session:
        for row in loans(real_data)[::4] + [one for one in loans(real_data) if one["Loan_ID"] in NAMED]:
            if row["past_due_days"] in ("", "nan"):
                continue
            at = minute_before_paid(row["paid_off_time"]) if row["paid_off_time"] else parse_moment(LOADED_AT)
            facts = casework_queries.explain(session, opened, f"LP500/{row['Loan_ID']}", at)["facts"]
            compared += 1
            told = max(int(float(row["past_due_days"])), 0)  # what was paid before its day is early in the file
            if facts["days_past_due"] != told:
                differing[row["Loan_ID"]] = (facts["days_past_due"], row["past_due_days"])
    assert compared > 40
    assert differing == {WRONG_BY_ITS_OWN_DATES: (1, "2")}


NAMED = (WRONG_BY_ITS_OWN_DATES, WITHOUT_A_COUNT)


def minute_before_paid(text: str) -> datetime:
    pattern = "%m/%d/%Y %H:%M:%S" if text.count(":") == 2 else "%m/%d/%Y %H:%M"
    return datetime.strptime(text, pattern).replace(tzinfo=NEW_YORK) - timedelta(minutes=1)


def test_the_loan_without_a_count_is_as_late_as_its_date_says(empty: Home, real_data: Path) -> None:
    file = real_data / "loans" / "loan_payments_500.csv"
    load_by_command(empty, "loan_payments_500", file, LOADED_AT, "accounts", "instalments", "payments")
    [row] = [row for row in loans(real_data) if row["Loan_ID"] == WITHOUT_A_COUNT]
    facts = empty.run("explain", f"LP500/{WITHOUT_A_COUNT}", "--at", LOADED_AT, "--json").document["facts"]
    due = datetime.strptime(row["due_date"], "%m/%d/%Y").date()  # noqa: DTZ007 - a day
    assert facts["oldest_unpaid_due"] == due.isoformat()
    assert facts["days_past_due"] == (parse_moment(LOADED_AT).astimezone(NEW_YORK).date() - due).days


STATUSES = {
    "Current": (0, 0),
    "Fully Paid": (0, 0),
    "In Grace Period": (1, 15),
    "Late (16-30 days)": (16, 30),
    "Late (31-120 days)": (31, 120),
    "Charged Off": (121, None),
}


@pytest.mark.slow
def test_openintro_ages_by_its_statuses_and_no_closer(empty: Home, opened: Office, real_data: Path) -> None:
    name = "openintro_lendingclub_10000.csv.gz"
    told = Counter(STATUSES[row["loan_status"]] for row in packed(real_data, name))
    load_by_command(
        empty, "openintro_lendingclub_10000", real_data / "loans" / name, "2018-07-01T12:00-04:00", "accounts"
    )
    with opened.database.read() as session:
        kept = session.exec(
            select(AccountState.reported_min, AccountState.reported_max, AccountState.oldest_unpaid_due)
        )
        rows = kept.all()
    assert Counter((low, high) for low, high, _ in rows) == told
    assert {due for _, _, due in rows} == {None}, "no due date is made up"
    late = next(
        place for place, row in enumerate(packed(real_data, name), 1) if row["loan_status"].startswith("Late (31")
    )
    facts = empty.run("explain", f"OI10K/OI-{late}", "--at", "2018-07-01T12:00-04:00", "--json").document["facts"]
    assert facts["days_past_due"] == 32, "at least: a day after the report, a day later"


@pytest.mark.slow
def test_uci_cards_age_by_their_months(empty: Home, opened: Office, real_data: Path) -> None:
    name = "uci_credit_card_30000.csv.gz"
    months = Counter(max(int(row["X6"]), 0) for row in packed(real_data, name))
    told = {(30 * (month - 1) + 1, 30 * month) if month else (0, 0): count for month, count in months.items()}
    at = "2005-10-01T12:00+08:00"
    load_by_command(empty, "uci_credit_card_30000", real_data / "loans" / name, at, "accounts")
    with opened.database.read() as session:
        kept = session.exec(select(AccountState.reported_min, AccountState.reported_max)).all()
    assert Counter(kept) == told
    [run] = empty.run("plan", "--dry-run", "--at", at, "--json").document["runs"]
    assert run["people"] == 30_000


class Floor(NamedTuple):
    """The 500 loans at work."""

    office: Office
    agent: Actor
    carrier: MemoryCarrier
    tried: Counter[str]

    def do(self, action: Any, *args: Any, **more: Any) -> Any:
        with self.office.database.begin() as session:
            return action(session, self.office, *args, **more)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """That hour in New York, so many days after the file."""
    first = parse_moment("2016-12-09T00:00-05:00").astimezone(NEW_YORK).date()
    return datetime.combine(first + timedelta(days=day), time(hour, minute), NEW_YORK)


def load_loans(office: Office, source: Path, folder: Path) -> None:
    """The book as it is; then callers, and a number for each loan, since the file has none."""

    def load(kind: str, path: Path, mapping: bool = False) -> None:
        result = casework.load(
            office,
            LoadKind(kind),
            path,
            portfolio="LP500" if kind != "portfolios" else None,
            mapping=BOOKS / "loan_payments_500" / f"{kind}.yaml" if mapping else None,
            rejects=None,
            at=at(0, 7),
            as_of=None,
            actor="operations",
        )
        assert result.rejected == result.held == 0, result.problems

    load("portfolios", BOOKS / "loan_payments_500" / "portfolios.csv")
    for kind in ("accounts", "instalments", "payments"):
        load(kind, source, mapping=True)
    callers = folder / "callers.csv"
    callers.write_text("number,channels\n" + "".join(f"{area}5550132,\n" for area in (415, 212, 312)))
    load("callers", callers)
    with office.database.read() as session:
        numbers = session.exec(select(Account.account_no).order_by(col(Account.id))).all()
    phones = folder / "phones.csv"
    rows = [f"{no},Borrower {no},2125{place:06d}\n" for place, no in enumerate(numbers, 1)]
    phones.write_text("account_no,borrower_name,phone\n" + "".join(rows))
    load("accounts", phones)


@pytest.mark.slow
def test_the_whole_line_on_500_loans(database: Database, real_data: Path, tmp_path: Path) -> None:
    """Load, plan, send, call, pay and sweep for six days; then every count is there twice, and agrees."""
    office = Office(Settings(home=tmp_path), database, Keys(b"a master secret for tests, 32 bytes!"))
    load_loans(office, real_data / "loans" / "loan_payments_500.csv", tmp_path)
    agent = Actor("user:li", None, frozenset({Role.agent, Role.supervisor}))
    floor = Floor(office, agent, MemoryCarrier(), Counter())
    late = late_accounts(floor)
    assert len(late) == LATE
    sent, paid, planned = 0, 0, Counter[str]()
    for day in range(6):
        casework.sweep(office, at(day, 8))
        for run in casework.plan(office, "LP500", at(day, 8)):
            planned.update(run.counts)
        for hour in (9, 14, 18):
            now = at(day, hour)
            sent += asyncio.run(casework.send_all(office, lambda now=now: now, carrier=floor.carrier)).sent
            call(floor, at(day, hour), 10)
        paid += pay(floor, day, tmp_path)
        casework.sweep(office, at(day, 21))
    contacts_add_up(floor, sent, planned)
    money_adds_up(floor, paid)
    cured = late - late_accounts(floor)
    assert cured
    assert late_accounts(floor) < late
    with office.database.begin() as session:
        while seal(session, office.keys, at(6, 8)):
            pass
    with office.database.read() as session:
        assert verify_facts(session) == []
        proof = verify_audit(session, office.keys, at(6, 8))
    assert (proof.findings, proof.unsealed) == ((), 0)


def late_accounts(floor: Floor) -> set[int]:
    with floor.office.database.read() as session:
        return set(session.exec(select(AccountState.account_id).where(col(AccountState.overdue) > 0)))


def call(floor: Floor, now: datetime, limit: int) -> None:
    """The best calls; the borrower answers as borrowers do, and it is written down."""
    for place in range(limit):
        moment = now + timedelta(minutes=2 * place)
        claimed = floor.do(casework.next_call, floor.agent, moment)
        if claimed is None:
            return
        number, account_id = claimed.task.number, claimed.task.account_id
        floor.tried[number] += 1
        fate = borrower(1, number).on_call(moment, claimed.task.caller, floor.tried[number])
        floor.do(casework.record_outcome, claimed.task.id, fate.outcome, moment, actor=floor.agent)
        if fate.promise_in is not None:
            with floor.office.database.read() as session:
                owed = session.exec(select(AccountState.overdue).where(AccountState.account_id == account_id)).one()
            more = {"account_id": account_id, "amount": owed, "due_at": moment + fate.promise_in}
            floor.do(casework.make_promise, at=moment, actor=floor.agent, **more)


def pay(floor: Floor, day: int, folder: Path) -> int:
    """What comes in that day, loaded in the evening; minor units."""
    today, rows, total = at(day, 0).date(), [], 0
    with floor.office.database.read() as session:
        owing = session.exec(
            select(AccountState.account_no, Attempt.number, AccountState.overdue, Promise.due_at)
            .join(Attempt, col(Attempt.account_id) == col(AccountState.account_id))
            .outerjoin(Promise, col(Promise.account_id) == col(AccountState.account_id))
            .where(col(AccountState.overdue) > 0)
            .distinct()
        ).all()
    for account_no, number, overdue, due_at in dict.fromkeys(owing):
        promised = due_at is not None and due_at.astimezone(NEW_YORK).date() == today
        payment = borrower(1, number or "").pays(overdue, 60, True, promised, today)
        if payment is not None:
            minutes = min(payment.minute_of_day, 19 * 60)
            clock = f"{minutes // 60:02d}:{minutes % 60:02d}"
            rows.append(f"D{day}-{account_no},{account_no},{payment.amount / 100:.2f},{today} {clock}\n")
            total += payment.amount
    file = folder / f"paid-{day}.csv"
    file.write_text("reference,account_no,amount,paid_at\n" + "".join(rows))
    more = {"portfolio": "LP500", "mapping": None, "rejects": None, "at": at(day, 20), "as_of": None}
    result = casework.load(floor.office, LoadKind.payments, file, actor="operations", **more)
    assert result.accepted == result.read == len(rows)
    return total


def contacts_add_up(floor: Floor, sent: int, planned: Counter[str]) -> None:
    """Every contact has a task, every call an outcome, every message an entry at the carrier."""
    with floor.office.database.read() as session:
        attempts = session.exec(select(Attempt)).all()
        outcomes = dict(session.exec(select(OutcomeRow.attempt_id, OutcomeRow.outcome)).all())
        tasks = session.exec(select(Task)).all()
        runs = session.exec(select(PlanRun)).all()
        ended = session.exec(select(RoundEnded)).all()
        referred = session.exec(select(Referral).where(Referral.state == ReferralState.proposed)).all()
    calls = [one for one in attempts if one.channel is Channel.call]
    assert len(calls) == floor.tried.total() == len(outcomes) > 80
    assert {one.id for one in calls} == outcomes.keys()
    assert sent == len(floor.carrier.sent) == len(attempts) - len(calls)
    assert {task.attempt_id for task in tasks if task.attempt_id} == {one.id for one in attempts}
    assert len({one.id for one in attempts}) == len([task for task in tasks if task.attempt_id])
    assert sum(planned.values()) == sum(sum(run.counts["tasks"].values()) for run in runs)
    assert not [task for task in tasks if task.state in (TaskState.sending, TaskState.unknown, TaskState.claimed)]
    talked = {one.account_id for one in calls if outcomes[one.id or 0] is Outcome.right_party}
    assert talked
    assert {row.account_id for row in referred if row.kind == "skiptrace"} <= {one.account_id for one in calls}
    assert {row.person_id for row in ended} <= {one.person_id for one in calls}


def money_adds_up(floor: Floor, paid: int) -> None:
    """What is owed and what was paid are the schedule, to the cent; promises are where their payments put them."""
    with floor.office.database.read() as session:
        owed = session.exec(select(func.sum(AccountState.owed))).one()
        standing = session.exec(select(PaymentRow).where(PaymentRow.state == PaymentState.applied)).all()
        due = session.exec(select(func.sum(Account.principal))).one()
        promises = session.exec(select(Promise)).all()
    since = sum(row.amount for row in standing if row.reference.startswith("D"))
    assert since == paid > 0
    assert owed + sum(row.amount for row in standing) == due
    kept = [row for row in promises if row.state is PromiseState.kept]
    assert kept
    assert all(row.paid == row.amount for row in kept)
    assert all(row.paid < row.amount for row in promises if row.state in (PromiseState.open, PromiseState.broken))

"""One person's life at a creditor: two accounts, two phones, and what a test knows about them by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from floor import Story
from sqlalchemy import text
from sqlmodel import Session, col, select

from collector.casework import actions as casework
from collector.casework.actions import SweepResult
from collector.facts.queries import read_person
from collector.facts.rules import AccountFacts, PersonFacts
from collector.foundation.database import Database, is_postgresql
from collector.history.rules import Channel, Direction, Outcome
from collector.history.tables import Attempt, OutcomeRow
from collector.identity.rules import Level, Role
from collector.planning.actions import RunResult
from collector.portfolio.loading import LoadResult
from collector.portfolio.rules import CollectorType, LoadKind
from collector.portfolio.tables import Account, CallerNumber, Portfolio

from .drivers import csv_text

Databases = Callable[[str], AbstractContextManager[Database]]
"""The fixture `databases`."""


class Place(NamedTuple):
    """Where the life is lived: the law of the place, and numbers that exist there."""

    code: str
    zone: ZoneInfo
    opens: int
    closes: int
    """Hours of the day in which anybody may be contacted, by the law of the place."""
    id_type: str
    id_no: str
    phones: tuple[str, str]
    found: str
    callers: tuple[str, ...]


CHINA = Place(
    "CN",
    ZoneInfo("Asia/Shanghai"),
    8,
    22,
    "cn_id",
    "11010519491231002X",
    ("+8613812340001", "+8613812340002"),
    "+8613912340003",
    ("+862155510001", "+862155510002", "+862155510003"),
)
AMERICA = Place(
    "US",
    ZoneInfo("America/New_York"),
    8,
    21,
    "passport",
    "X12345678",
    ("+12125550110", "+12125550111"),
    "+12125550112",
    ("+12125550100", "+12125550101", "+12125550102"),
)
SCHEDULE = {
    "A-1": [(date(2026, 5, 10), 1_000_00), (date(2026, 6, 10), 1_000_00), (date(2026, 7, 10), 1_000_00)],
    "A-2": [(date(2026, 5, 25), 500_00), (date(2026, 6, 25), 500_00)],
}
BEGIN = datetime(2026, 5, 8, 1, tzinfo=UTC)
PAYMENT_COLUMNS = ("reference", "account_no", "amount", "paid_at", "kind", "reverses")


@dataclass
class Money:
    """A payment as the files tell it."""

    reference: str
    account_no: str
    amount: int
    paid_at: datetime
    reversed: bool = False


class Contact(NamedTuple):
    """A contact on record, with how it ended by its newest word."""

    attempt: Attempt
    outcome: Outcome | None


def major(amount: int) -> str:
    """Minor units as files write them."""
    return f"{amount // 100}.{amount % 100:02d}"


WATCHED = ("task", "promise", "referral")


def _watch(session: Session) -> Iterable[str]:
    """Statements by which the database writes every change of a state into the table `moved`."""
    if not is_postgresql(session):
        yield "CREATE TABLE moved (n INTEGER PRIMARY KEY, what TEXT, id INTEGER, before TEXT, after TEXT)"
        for table in WATCHED:
            note = f"INSERT INTO moved (what, id, before, after) VALUES ('{table}', old.id, old.state, new.state)"
            when = "WHEN old.state <> new.state"
            yield f"CREATE TRIGGER {table}_moved AFTER UPDATE OF state ON {table} {when} BEGIN {note}; END"
        return
    yield "CREATE TABLE moved (n BIGSERIAL PRIMARY KEY, what TEXT, id BIGINT, before TEXT, after TEXT)"
    note = "INSERT INTO moved (what, id, before, after) VALUES (TG_TABLE_NAME, OLD.id, OLD.state, NEW.state)"
    body = f"BEGIN {note}; RETURN NULL; END"
    yield f"CREATE FUNCTION note_move() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$"
    for table in WATCHED:
        when = "WHEN (OLD.state IS DISTINCT FROM NEW.state)"
        yield (
            f"CREATE TRIGGER {table}_moved AFTER UPDATE OF state ON {table}"
            f" FOR EACH ROW {when} EXECUTE FUNCTION note_move()"
        )


class Life:
    """An installation in which one person owes on two accounts; `now` is the only clock."""

    def __init__(self, database: Database, folder: Path, place: Place) -> None:
        self.place, self.folder, self.now = place, folder, BEGIN
        self.story = Story(database)
        self.office, self.database = self.story.office, database
        self.agent = self.story.agent("li")
        self.supervisor = self.story.agent("wang", None, Level.senior, Role.agent, Role.supervisor)
        self.money: list[Money] = []
        self._settle_the_place()
        self._watch_states()
        self.load("accounts", self._accounts())
        self.load("instalments", self._instalments())
        self.load_payments()
        self.ids = self._ids()
        self.person_id = self._only_person()

    def _settle_the_place(self) -> None:
        with self.database.begin() as session:
            book = session.exec(select(Portfolio).where(Portfolio.code == self.place.code)).one()
            book.collector_type, book.signature = CollectorType.agency, "Bank A"
            have = set(session.exec(select(CallerNumber.number)))
            session.add_all(
                [
                    CallerNumber(portfolio_id=book.id or 0, number=number)
                    for number in self.place.callers
                    if number not in have
                ]
            )

    def _watch_states(self) -> None:
        """The database itself notes every move of a state: no way around it."""
        with self.database.begin() as session:
            for statement in _watch(session):
                session.execute(text(statement))

    def _accounts(self) -> str:
        shared = {
            "product": "cash",
            "security": "credit",
            "opened_on": "2026-04-10",
            "matures_on": "2026-07-10",
            "borrower_name": "Wang Wei",
            "borrower_type": "worker",
            "id_type": self.place.id_type,
            "id_no": self.place.id_no,
            "phone": self.place.phones[0],
            "phone_2": self.place.phones[1],
        }
        return csv_text([{"account_no": number, **shared} for number in SCHEDULE])

    def _instalments(self) -> str:
        rows = [
            {"account_no": number, "number": str(line), "due_on": str(due_on), "amount_due": major(amount)}
            for number, lines in SCHEDULE.items()
            for line, (due_on, amount) in enumerate(lines, 1)
        ]
        return csv_text(rows)

    def _payments(self) -> str:
        rows = []
        for paid in self.money:
            at = paid.paid_at.astimezone(self.place.zone).strftime("%Y-%m-%d %H:%M")
            row = (paid.reference, paid.account_no, major(paid.amount), at)
            rows.append(dict(zip(PAYMENT_COLUMNS, (*row, "payment", ""), strict=True)))
            if paid.reversed:
                back = (f"{paid.reference}-back", *row[1:], "reversal", paid.reference)
                rows.append(dict(zip(PAYMENT_COLUMNS, back, strict=True)))
        return csv_text(rows, PAYMENT_COLUMNS)

    def _ids(self) -> dict[str, int]:
        with self.database.read() as session:
            return {number: key or 0 for number, key in session.exec(select(Account.account_no, Account.id))}

    def _only_person(self) -> int:
        """Both accounts are one person's, by the ID number."""
        with self.database.read() as session:
            return session.exec(select(Account.person_id).distinct()).one()

    def load(self, kind: str, text_: str) -> LoadResult:
        file = self.folder / f"{kind}.csv"
        file.write_text(text_, encoding="utf-8")
        return casework.load(
            self.office,
            LoadKind(kind),
            file,
            portfolio=self.place.code,
            mapping=None,
            rejects=None,
            at=self.now,
            as_of=None,
            actor="operations",
        )

    def load_payments(self) -> LoadResult:
        """The file of all payments so far, complete up to now."""
        result = self.load("payments", self._payments())
        assert result.rejected == result.held == 0, result.problems
        return result

    def load_again(self) -> list[LoadResult]:
        """The very same files."""
        results = [self.load("accounts", self._accounts()), self.load("instalments", self._instalments())]
        return [*results, self.load_payments()]

    # --- What happens ---

    def wait(self, time: timedelta = timedelta(minutes=1)) -> None:
        self.now += time

    def next_morning(self, days: int, hour: int) -> None:
        day = self.today + timedelta(days=days)
        self.now = datetime(day.year, day.month, day.day, hour, 3, tzinfo=self.place.zone).astimezone(UTC)

    def sweep(self) -> SweepResult:
        return casework.sweep(self.office, self.now)

    def plan(self, *, dry_run: bool = False) -> list[RunResult]:
        return casework.plan(self.office, self.place.code, self.now, dry_run=dry_run)

    def send(self) -> casework.SendResult:
        return asyncio.run(casework.send_all(self.office, lambda: self.now, carrier=self.story.carrier))

    # --- What there is ---

    @property
    def today(self) -> date:
        return self.now.astimezone(self.place.zone).date()

    @property
    def hour(self) -> int:
        return self.now.astimezone(self.place.zone).hour

    @property
    def is_lawful_hour(self) -> bool:
        return self.place.opens <= self.hour < self.place.closes

    def facts(self) -> PersonFacts:
        with self.database.read() as session:
            return read_person(session, self.person_id, self.now)

    def account(self, account_no: str) -> AccountFacts:
        return next(one for one in self.facts().accounts if one.account_no == account_no)

    def paid(self, account_no: str) -> int:
        return sum(one.amount for one in self.money if one.account_no == account_no and not one.reversed)

    def is_in_time(self, money: Money, made_at: datetime, due_at: datetime) -> bool:
        """Files tell the minute, from which it counts; midnight sharp tells the day, to the borrower's favour."""
        paid_at = money.paid_at.replace(second=0, microsecond=0)
        local = paid_at.astimezone(self.place.zone)
        last = paid_at + timedelta(days=1) if (local.hour, local.minute) == (0, 0) else paid_at
        return last >= made_at and paid_at <= due_at

    def owed(self, account_no: str) -> int:
        return max(sum(amount for _, amount in SCHEDULE[account_no]) - self.paid(account_no), 0)

    def overdue(self, account_no: str) -> int:
        due = sum(amount for due_on, amount in SCHEDULE[account_no] if due_on < self.today)
        return max(due - self.paid(account_no), 0)

    def contacts(self, channel: Channel) -> list[Contact]:
        """Contacts of ours that were placed, oldest first; a failure of our own system counts for nothing."""
        with self.database.read() as session:
            words = {
                row.attempt_id: row.outcome for row in session.exec(select(OutcomeRow).order_by(col(OutcomeRow.id)))
            }
            rows = session.exec(select(Attempt).order_by(col(Attempt.at), col(Attempt.id))).all()
        placed = [row for row in rows if row.channel is channel and row.direction is Direction.outbound]
        contacts = [Contact(row, words.get(row.id or 0)) for row in placed]
        return [one for one in contacts if one.outcome is not Outcome.failed]

    def moves(self, what: str) -> list[tuple[str, str]]:
        """Every move of a state of that table, as the database saw it: (before, after)."""
        with self.database.read() as session:
            rows = session.connection().execute(
                text("SELECT before, after FROM moved WHERE what = :what ORDER BY n"), {"what": what}
            )
            return [(before, after) for before, after in rows]

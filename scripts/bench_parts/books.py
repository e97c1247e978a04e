"""The whole line on real books: load, plan, send, call, pay, sweep for thirty days, and the funnel that comes of it.

    scripts/bench books [--data FOLDER] [--book LP500 ...] [--days 30] [--calls 40] [--carrier sandbox|memory]

The books are loaded as they are, by the mapping files of `scripts/books`. They have no phone numbers, and nothing in
them stands for one: account n is given the n-th number of an invented pattern, by a second accounts file that has
nothing else in it, so that simulated borrowers can be reached. Two of the books have no schedule: lateness there is what
the creditor reported, so payments are recorded and change nothing about it.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import os
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from typing import Final, NamedTuple

from bench_parts.books_carrier import MovingClock, SandboxBeside
from sqlalchemy import func
from sqlmodel import Session, col, select

import collector.app  # noqa: F401 - makes every table known
from collector.casework import actions
from collector.casework.office import Office, open_office, set_up
from collector.facts.rules import lateness
from collector.facts.queries import account_of, FACTS
from collector.facts.tables import AccountState
from collector.foundation.clock import at_local, local_day
from collector.foundation.errors import BadInput, Conflict
from collector.foundation.money import plain
from collector.foundation.settings import CarrierKind, Settings
from collector.history.rules import CONVERSATION, Channel, Direction, Outcome, PromiseState, ReferralKind, RoundEnd
from collector.history.tables import Attempt, OutcomeRow, Promise, Referral, RoundEnded
from collector.identity.actions import actor_of, add_user
from collector.identity.rules import Actor, Role
from collector.planning.tables import Refusal
from collector.portfolio.rules import LoadKind, PaymentKind, PaymentState
from collector.portfolio.tables import Account, ContactPoint, PaymentRow, Portfolio
from collector.sandbox.borrowers import borrower

SCRIPTS = Path(__file__).resolve().parents[1]
SEED: Final = 1
OPENS, PAYS = clock_time(8, 30), clock_time(22)
ROUNDS = tuple(clock_time(hour, minute) for hour, minute in ((9, 0), (10, 30), (14, 0), (16, 0), (18, 30)))
"""Moments of the local day at which messages go and agents sit down."""
CALL_TAKES = timedelta(minutes=2)


class Book(NamedTuple):
    """A real book. `phone` and `callers` as written in its country; `{n:06d}` is the account's number in the file."""

    code: str
    folder: str
    file: str
    kinds: tuple[LoadKind, ...]
    starts: str
    phone: str
    callers: tuple[str, ...]


AMERICAN = ("4155550132", "2125550133", "3125550134", "2065550135")
BOOKS: Final = (
    Book(
        "LP500",
        "loan_payments_500",
        "loan_payments_500.csv",
        (LoadKind.accounts, LoadKind.instalments, LoadKind.payments),
        "2016-12-09",
        "2125{n:06d}",
        AMERICAN,
    ),
    Book(
        "OI10K",
        "openintro_lendingclub_10000",
        "openintro_lendingclub_10000.csv.gz",
        (LoadKind.accounts,),
        "2018-07-01",
        "2125{n:06d}",
        AMERICAN,
    ),
    Book(
        "UCI30K",
        "uci_credit_card_30000",
        "uci_credit_card_30000.csv.gz",
        (LoadKind.accounts, LoadKind.payments),
        "2005-10-01",
        "0912{n:06d}",
        ("0255550101", "0255550102", "0255550103", "0422220104"),
    ),
)


@dataclass
class Run:
    """One book on its virtual days."""

    book: Book
    office: Office
    clock: MovingClock
    agent: Actor
    folder: Path
    data: Path
    calls_a_day: int
    zone: str = "UTC"
    currency: str = "USD"
    portfolio_id: int = 0
    tried: Counter[str] = field(default_factory=Counter)
    spent: Counter[str] = field(default_factory=Counter)
    """Real milliseconds by part of the work."""
    late_at_first: set[int] = field(default_factory=set)

    def timed(self, part: str, work: Callable[[], object]) -> None:
        begun = time.perf_counter()
        work()
        self.spent[part] += round((time.perf_counter() - begun) * 1000)

    def load(self, kind: LoadKind, path: Path, mapping: Path | None, code: str | None) -> None:
        now = self.clock.now
        as_of = now if kind is LoadKind.payments and mapping is None else None
        result = actions.load(
            self.office,
            kind,
            path,
            portfolio=code,
            mapping=mapping,
            rejects=None,
            at=now,
            as_of=as_of,
            actor="bench",
        )
        if result.rejected:
            raise BadInput(problems=result.problems)

    def table(self, name: str, header: str, rows: list[tuple[str, ...]]) -> Path:
        path = self.folder / f"{self.book.code}-{name}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(header.split())
            writer.writerows(rows)
        return path


def load_book(run: Run) -> None:
    """The book as it is, then callers and the invented numbers."""
    book, mappings = run.book, SCRIPTS / "books" / run.book.folder
    run.load(LoadKind.portfolios, mappings / "portfolios.csv", None, None)
    with run.office.database.read() as session:
        row = session.exec(select(Portfolio).where(Portfolio.code == book.code)).one()
    run.zone, run.currency, run.portfolio_id = row.timezone, row.currency, row.id or 0
    run.clock.now = at_local(date.fromisoformat(book.starts), OPENS, run.zone)
    run.load(LoadKind.callers, run.table("callers", "number", [(one,) for one in book.callers]), None, book.code)
    for kind in book.kinds:
        run.load(kind, run.data / book.file, mappings / f"{kind}.yaml", book.code)
    with run.office.database.read() as session:
        known = session.exec(select(Account.account_no).order_by(col(Account.id))).all()
    rows = [(no, f"Borrower {no}", book.phone.format(n=place)) for place, no in enumerate(known, 1)]
    run.load(LoadKind.accounts, run.table("phones", "account_no borrower_name phone", rows), None, book.code)
    run.late_at_first = late_accounts(run)


def live_day(run: Run, day: date, beside: SandboxBeside | None) -> None:
    """One day of the floor, from the plan to the evening's payments."""

    def at(moment: clock_time) -> None:
        run.clock.now = at_local(day, moment, run.zone)
        if beside is not None:
            beside.turn_to(run.clock.now)

    at(OPENS)
    run.timed("sweep", lambda: actions.sweep(run.office, run.clock.now, "bench"))
    run.timed("plan", lambda: actions.plan(run.office, run.book.code, run.clock.now, actor="bench"))
    for moment in ROUNDS:
        at(moment)
        run.timed("send", lambda: _send(run, beside))
        run.timed("call", lambda: _call(run, run.calls_a_day // len(ROUNDS)))
    at(PAYS)
    run.timed("pay", lambda: _pay(run, day))


def _send(run: Run, beside: SandboxBeside | None) -> None:
    result = asyncio.run(actions.send_all(run.office, run.clock.now))
    run.tried["refused by the carrier"] += result.refused_by_carrier
    if beside is not None:
        beside.settle()


def _call(run: Run, limit: int) -> None:
    """An agent takes the best call, the borrower answers as borrowers do, the agent writes it down."""
    for _ in range(limit):
        now = run.clock.now
        with run.office.database.begin() as session:
            claimed = actions.next_call(session, run.office, run.agent, now)
            if claimed is None:
                return
            task = claimed.task
            number, caller, task_id, account_id = task.number or "", task.caller or "", task.id or 0, task.account_id
        run.tried[number] += 1
        fate = borrower(SEED, number).on_call(now, caller, run.tried[number])
        with run.office.database.begin() as session:
            actions.record_outcome(
                session, run.office, task_id, fate.outcome, now, actor=run.agent, seconds=fate.duration or None
            )
        if fate.promise_in is not None:
            _promise(run, account_id, now + fate.promise_in)
        run.clock.now = now + CALL_TAKES


def _promise(run: Run, account_id: int, due: datetime) -> None:
    """All that is overdue; where nobody said how much that is, a twentieth of the balance."""
    with run.office.database.read() as session:
        state = session.exec(select(AccountState).where(AccountState.account_id == account_id)).first()
    amount = state.overdue or state.owed // 20 if state else 0
    if not amount:
        return
    due_at = at_local(local_day(due, run.zone), clock_time(18), run.zone)
    try:
        with run.office.database.begin() as session:
            actions.make_promise(
                session,
                run.office,
                account_id=account_id,
                amount=amount,
                due_at=due_at,
                at=run.clock.now,
                actor=run.agent,
            )
    except (Conflict, BadInput):
        run.tried["promises that need a supervisor"] += 1


def _pay(run: Run, day: date) -> None:
    """What came in today, by the loader, as of this evening."""
    rows = []
    with run.office.database.read() as session:
        reminded, promised = _reminded(session, run.clock.now), _promised(session, run, day)
        for account_id, no, number, overdue, days in _debtors(session, run, day):
            wanted = promised.get(account_id, overdue)
            paid = borrower(SEED, number).pays(wanted, days, account_id in reminded, account_id in promised, day)
            if paid is not None:
                at = f"{day} {paid.minute_of_day // 60:02d}:{paid.minute_of_day % 60:02d}"
                rows.append((f"B{day:%y%m%d}-{no}", no, plain(paid.amount, run.currency), at))
    run.load(LoadKind.payments, run.table("paid", "reference account_no amount paid_at", rows), None, run.book.code)


def _debtors(session: Session, run: Run, day: date) -> list[tuple[int, str, str, int, int]]:
    """Account, its number, phone, overdue amount and days late, of everyone who owes something now."""
    statement = select(*[AccountState.__table__.c[name] for name in FACTS])  # type: ignore[attr-defined]
    rows = session.connection().execute(statement.where(AccountState.__table__.c.overdue > 0))  # type: ignore[attr-defined]
    late = [account_of(row) for row in rows]
    late += [one for one in _promising(session) if one.overdue == 0]
    phones = dict(
        session.exec(
            select(Account.id, ContactPoint.value).join(ContactPoint, col(ContactPoint.person_id) == Account.person_id)
        ).all()
    )
    return [
        (one.account_id, one.account_no, phones[one.account_id], one.overdue, lateness(one, day))
        for one in late
        if one.account_id in phones
    ]

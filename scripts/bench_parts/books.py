"""The whole line on real books: load, plan, send, call, pay, sweep for thirty days, and the funnel that comes of it.

    scripts/bench books [--data FOLDER] [--book LP500 ...] [--days 30] [--calls 40] [--carrier sandbox|memory]

The books are loaded as they are, by the mapping files of `scripts/books`. They have no phone numbers, and nothing in
them stands for one: account n is given the n-th number of an invented pattern, by a second accounts file that has
nothing else in it, so that simulated borrowers can be reached. Two of the books have no schedule: lateness there is as
the creditor reported it, so payments are recorded and change nothing about it.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import json
import os
import secrets
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from typing import Final, NamedTuple

from sqlalchemy import func, or_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

import collector.app  # noqa: F401 - makes every table known
from bench_parts._books_carrier import MovingClock, SandboxBeside, free_ports, settings_of
from collector.casework import actions
from collector.casework.actions.loading import follow_accounts
from collector.casework.office import Office, open_office
from collector.casework.setting_up import set_up
from collector.facts.tables import AccountState
from collector.foundation.clock import at_local, local_day
from collector.foundation.errors import BadInput, Conflict
from collector.foundation.money import plain
from collector.history.rules import (
    CONVERSATION,
    Channel,
    Direction,
    PromiseState,
    ReferralKind,
    ReferralState,
    RoundEnd,
)
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

    def load(
        self, kind: LoadKind, path: Path, mapping: Path | None, code: str | None, *, follow: bool = True
    ) -> tuple[int, ...]:
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
            follow=follow,
        )
        if result.rejected:
            raise BadInput(problems=result.problems)
        return result.changed_accounts

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
        run.load(kind, run.data / book.file, mappings / f"{kind}.yaml", book.code, follow=False)
    with run.office.database.read() as session:
        known = session.exec(select(Account.id, Account.account_no).order_by(col(Account.id))).all()
    rows = [(no, f"Borrower {no}", book.phone.format(n=place)) for place, (_, no) in enumerate(known, 1)]
    phones = run.table("phones", "account_no borrower_name phone", rows)
    run.load(LoadKind.accounts, phones, None, book.code, follow=False)
    follow_accounts(run.office, [number for number, _ in known if number is not None], run.clock.now, "bench")
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
    result = asyncio.run(actions.send_all(run.office, lambda: run.clock.now))
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
        for account_id, no, number, wanted, days in _debtors(session, day, promised):
            paid = borrower(SEED, number).pays(wanted, days, account_id in reminded, account_id in promised, day)
            if paid is not None:
                at = f"{day} {paid.minute_of_day // 60:02d}:{paid.minute_of_day % 60:02d}"
                rows.append((f"B{day:%y%m%d}-{no}", no, plain(paid.amount, run.currency), at))
    run.load(LoadKind.payments, run.table("paid", "reference account_no amount paid_at", rows), None, run.book.code)


def _debtors(session: Session, day: date, promised: dict[int, int]) -> Iterator[tuple[int, str, str, int, int]]:
    """Account, its number, phone, what could be paid and days late, of whoever is late or has promised for today."""
    rows = session.exec(
        select(
            AccountState.account_id,
            AccountState.account_no,
            ContactPoint.value,
            AccountState.overdue,
            AccountState.oldest_unpaid_due,
        ).join(ContactPoint, col(ContactPoint.person_id) == col(AccountState.person_id))
    )
    for account_id, no, number, overdue, oldest in rows:
        wanted = promised.get(account_id, overdue)
        if wanted:
            yield account_id, no, number, wanted, max((day - oldest).days, 0) if oldest else 0


def _reminded(session: Session, now: datetime) -> set[int]:
    """Accounts that somebody was in touch about within three days."""
    lately = select(Attempt.account_id).where(col(Attempt.at) > now - timedelta(days=3))
    return {number for number in session.exec(lately) if number is not None}


def _promised(session: Session, run: Run, day: date) -> dict[int, int]:
    """Accounts with a promise that falls due today, and how much is missing of it."""
    begins = at_local(day, clock_time(0), run.zone)
    due = select(Promise.account_id, Promise.amount, Promise.paid).where(
        col(Promise.due_at) >= begins, col(Promise.due_at) < begins + timedelta(days=1)
    )
    return {account_id: amount - paid for account_id, amount, paid in session.exec(due)}


def late_accounts(run: Run) -> set[int]:
    """Those that are past due now, computed or reported."""
    today = local_day(run.clock.now, run.zone)
    late = or_(col(AccountState.oldest_unpaid_due) < today, col(AccountState.reported_min) > 0)
    with run.office.database.read() as session:
        return set(session.exec(select(AccountState.account_id).where(late)))


def funnel(run: Run) -> list[tuple[str, object]]:
    """What thirty days came to. Accounts unless it says otherwise."""
    with run.office.database.read() as session:

        def count(statement: SelectOfScalar[int]) -> int:
            return session.exec(select(func.count()).select_from(statement.distinct().subquery())).one()

        placed = select(Attempt.account_id).where(Attempt.direction == Direction.outbound)
        talked = select(Attempt.account_id).join(OutcomeRow).where(col(OutcomeRow.outcome).in_(list(CONVERSATION)))
        paid = select(func.coalesce(func.sum(PaymentRow.amount), 0)).where(
            PaymentRow.kind == PaymentKind.payment, PaymentRow.state == PaymentState.applied
        )
        standing = col(Referral.state) != ReferralState.recalled
        since = col(PaymentRow.reference).like("B______-%")
        lines: list[tuple[str, object]] = [
            ("accounts", count(select(Account.id))),
            ("late on the first day", len(run.late_at_first)),
            ("contacted", count(placed)),
            ("calls placed", count(select(Attempt.id).where(Attempt.channel == Channel.call))),
            ("messages sent", count(select(Attempt.id).where(Attempt.channel == Channel.sms))),
            ("reached", count(talked)),
            ("promises", count(select(Promise.id))),
            *(("  " + state, count(select(Promise.id).where(Promise.state == state))) for state in PromiseState),
            ("cured", len(run.late_at_first - late_accounts(run))),
            ("paid since", plain(session.exec(paid.where(since)).one(), run.currency)),
            ("phones given up", count(select(RoundEnded.id).where(RoundEnded.how == RoundEnd.given_up))),
            *(
                (f"referred to {kind}", count(select(Referral.account_id).where(Referral.kind == kind, standing)))
                for kind in ReferralKind
            ),
        ]
        refused = Counter(rule["id"] for rules in session.exec(select(Refusal.rules)) for rule in json.loads(rules))
        return [*lines, *((f"refused by {rule}", number) for rule, number in refused.most_common())]


def run_book(book: Book, asked: argparse.Namespace) -> None:
    """One book in an installation of its own, from the first file to the funnel."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="books-")))
        clock = MovingClock(at_local(date.fromisoformat(book.starts), OPENS, "UTC"))
        ports = free_ports() if asked.carrier == "sandbox" else (0, 0)
        settings = settings_of(folder, *ports)
        set_up(settings, clock.now)
        office = open_office(settings)
        stack.callback(office.database.dispose)
        with office.database.begin() as session:
            user = add_user(
                session,
                name="agent",
                password=secrets.token_urlsafe(18),
                roles=[Role.agent, Role.senior],
                now=clock.now,
                actor="bench",
                all_portfolios=True,
            )
            agent = actor_of(user)
        run = Run(book, office, clock, agent, folder, asked.data, asked.calls)
        run.timed("load", lambda: load_book(run))
        beside = stack.enter_context(SandboxBeside(office, clock, SEED, *ports)) if ports[0] else None
        first = date.fromisoformat(book.starts)
        for place in range(asked.days):
            live_day(run, first + timedelta(days=place), beside)
            print(f"\r{book.code}: day {place + 1} of {asked.days}", end="", file=sys.stderr, flush=True)
        print(file=sys.stderr)
        report(run, asked)


def report(run: Run, asked: argparse.Namespace) -> None:
    print(f"\n{run.book.code}: {run.book.file}, {asked.days} days from {run.book.starts}, by {asked.carrier}")
    print(f"phones are not in the book: account n has the invented number {run.book.phone}")
    for what, number in funnel(run):
        print(f"  {what:<34}{number:>14}")
    for part, spent in run.spent.items():
        print(f"  seconds to {part:<23}{spent / 1000:>14.1f}")


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="scripts/bench books", description=__doc__.splitlines()[0])
    default = os.environ.get("COLLECTOR_TEST_DATA", str(SCRIPTS.parent.parent / "shared" / "data"))
    parser.add_argument("--data", type=lambda text: Path(text) / "loans", default=Path(default) / "loans")
    parser.add_argument("--book", action="append", choices=[book.code for book in BOOKS])
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--calls", type=int, default=40, help="calls an agent makes a day")
    parser.add_argument("--carrier", choices=["sandbox", "memory"], default="sandbox")
    asked = parser.parse_args(argv)
    if not asked.data.is_dir():
        raise SystemExit("the folder of real books is absent; set COLLECTOR_TEST_DATA or --data")
    for book in BOOKS:
        if asked.book is None or book.code in asked.book:
            run_book(book, asked)


if __name__ == "__main__":
    main()

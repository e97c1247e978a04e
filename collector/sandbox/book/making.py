"""The demo floor from nothing: people and files made up, loaded, followed up, planned.

The same seed and day make the same book. Everything goes in by the same files and actions as a creditor's own.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final

from collector.casework import actions
from collector.casework.actions.loading import follow_accounts
from collector.casework.office import Office
from collector.foundation.clock import local_day
from collector.foundation.errors import BadInput
from collector.portfolio.rules import LoadKind
from collector.sandbox.book.extras import extras_of
from collector.sandbox.book.files import write_book, write_portfolios
from collector.sandbox.book.loans import lay_loans
from collector.sandbox.book.money import payments_of, unmatched
from collector.sandbox.book.opening import Opening, look_around
from collector.sandbox.book.past import SEED, live_through
from collector.sandbox.book.people import People
from collector.sandbox.book.staff import DESKS, hire
from collector.sandbox.book.statement import lone_reversals, statement
from collector.sandbox.book.world import BOOKS, BookSpec, Loan, Payment

ACTOR: Final = "demo"
Progressed = Callable[[int, int], None]
HUNDRED: Final = 100
SHARES: Final = {
    # where the bar stands when a part is done, in a hundred
    "written": 12,
    "loaded": 45,
    "followed": 75,
    "planned": 92,
}


def make_book(
    office: Office,
    logins: Mapping[str, str],
    *,
    accounts: int,
    now: datetime,
    progress: Progressed,
    seed: int = SEED,
) -> Opening:
    """Fill an empty installation with `accounts` accounts in two portfolios, users for `logins`, and today's plan.

    `progress` is told how much of a hundred is done.
    """
    progress(0, HUNDRED)
    with tempfile.TemporaryDirectory(prefix="book-", dir=office.settings.home) as folder:
        files = _written(Path(folder), accounts, now, seed)
        progress(SHARES["written"], HUNDRED)
        touched = _loaded(office, files, logins, now, _part(progress, "written", "loaded"))
    follow_accounts(office, sorted(touched), now, ACTOR, _part(progress, "loaded", "followed"))
    actions.plan(office, None, now, actor=ACTOR, progress=_part(progress, "followed", "planned"))
    progress(HUNDRED, HUNDRED)
    with office.database.read() as session:
        return look_around(session, accounts, now)


def _part(progress: Progressed, begins: str, ends: str) -> Progressed:
    """The whole bar as seen by one part of the work."""
    first, last = SHARES[begins], SHARES[ends]

    def shown(done: int, total: int) -> None:
        progress(first + (last - first) * done // max(total, 1), HUNDRED)

    return shown


Files = Sequence[tuple[str | None, LoadKind, Path]]
"""Portfolio, kind and file, in the order in which they are loaded."""


def _written(folder: Path, accounts: int, now: datetime, seed: int) -> Files:
    """The files of the floor. Portfolios come first: users and callers need them."""
    files: list[tuple[str | None, LoadKind, Path]] = [(None, LoadKind.portfolios, write_portfolios(folder, BOOKS))]
    for spec in BOOKS:
        loans, payments = invent(spec, accounts * spec.share // HUNDRED, now, seed)
        rng = Random(f"{seed}/{spec.code}/statement")  # noqa: S311 - a make-believe book, no secret
        payments += lone_reversals(loans, spec, now, rng)
        ledger = statement(loans, spec, local_day(now, spec.zone) - timedelta(days=1), rng)
        written = write_book(folder, spec, loans, payments, ledger)
        files += [(spec.code, kind, path) for kind, path in written.items()]
    return files


def invent(spec: BookSpec, count: int, now: datetime, seed: int) -> tuple[list[Loan], list[Payment]]:
    """The loans of one portfolio with all that happened to them, and its payments, some of which match none."""
    today = local_day(now, spec.zone)
    rng = Random(f"{seed}/{spec.code}/{today.isoformat()}")  # noqa: S311 - a make-believe book, no secret
    people = People(rng, today)
    loans = list(lay_loans(spec, count, people, rng, today))
    for loan in loans:
        loan.payments += payments_of(loan, spec, rng, now)
        live_through(loan, spec, rng, now)
        loan.events += extras_of(loan, spec, DESKS[spec.code], rng, now)
    strangers = unmatched(spec, loans, people, rng, now)
    return loans, [*(paid for loan in loans for paid in loan.payments), *strangers]


def _loaded(office: Office, files: Files, logins: Mapping[str, str], now: datetime, progress: Progressed) -> set[int]:
    """Load them all; the accounts they touched. A refused row is a fault of ours, and ends it."""
    touched: set[int] = set()
    for done, (code, kind, path) in enumerate(files):
        result = actions.load(
            office,
            kind,
            path,
            portfolio=code,
            mapping=None,
            rejects=None,
            at=now,
            as_of=now if kind is LoadKind.payments else None,
            actor=ACTOR,
            follow=False,
        )
        if kind is LoadKind.portfolios:
            with office.database.begin() as session:
                hire(session, logins, now, ACTOR)
        if result.rejected:
            raise BadInput(problems=result.problems)
        touched.update(result.changed_accounts)
        progress(done + 1, len(files))
    return touched

"""Retention over a large book: how many records a second are counted and removed, and whether memory stays flat.

scripts/bench retention [--people 20000] [--postgres URL]
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import insert

import collector.app  # noqa: F401 - makes every table known
from collector.casework import actions
from collector.casework.office import Office
from collector.facts.actions import rebuild
from collector.foundation import migrating
from collector.foundation.database import Database
from collector.foundation.keys import Keys
from collector.foundation.settings import Settings
from collector.history.tables import Attempt
from collector.identity.rules import Actor
from collector.legal.retention.rules import PurgeState
from collector.portfolio.tables import Account, ContactPoint, InstalmentRow, PaymentRow, Person, Portfolio

BENCH = Actor("bench")
AT, LATE = datetime(2026, 5, 12, 4, tzinfo=UTC), datetime(2040, 5, 12, 4, tzinfo=UTC)
DAY = date(2026, 5, 12)
CHUNK = 5_000


def book(office: Office, people: int) -> None:
    """Everybody with an account, a phone, a message and a call; every second one has paid."""
    with office.database.begin() as session:
        words = {"code": "CN", "creditor": "Bank A", "currency": "CNY", "timezone": "Asia/Shanghai", "language": "zh"}
        kinds: dict[str, Any] = {"collector_type": "creditor", "debt_type": "consumer_finance", "jurisdiction": "cn"}
        session.add(Portfolio(id=1, **words, **kinds, sender_name="Bank A", payments_as_of=AT))
    for start in range(1, people + 1, CHUNK):
        ids = range(start, min(people + 1, start + CHUNK))
        with office.database.begin() as session:
            for table, rows in _rows(ids).items():
                session.execute(insert(table), rows)


def _rows(ids: range) -> dict[Any, list[dict[str, Any]]]:
    due = {"number": 1, "due_on": DAY, "amount_due": 100_00}
    paid = {"portfolio_id": 1, "amount": 100_00, "paid_at": AT, "paid_on": DAY, "kind": "payment", "state": "applied"}
    return {
        Person: [{"id": one, "name": f"张{one}", "salt": str(one), "natural_key": str(one)} for one in ids],
        Account: [{"id": one, "portfolio_id": 1, "account_no": str(one), "person_id": one} for one in ids],
        InstalmentRow: [{"account_id": one, **due} for one in ids],
        PaymentRow: [{"reference": str(one), "account_id": one, "loaded_at": AT, **paid} for one in ids if one % 2],
        ContactPoint: [
            {"id": one, "person_id": one, "portfolio_id": 1, "kind": "phone", "value": f"+86138{one:08}"} for one in ids
        ],
        Attempt: [_attempt(one, channel) for one in ids for channel in ("sms", "call")],
    }


def _attempt(one: int, channel: str) -> dict[str, Any]:
    about = {"person_id": one, "portfolio_id": 1, "account_id": one, "debts": [one], "contact_point_id": one}
    said = {"natural_key": f"{channel} {one}", "channel": channel, "direction": "outbound", "number": f"+86138{one:08}"}
    return {**about, **said, "at": AT, "day": DAY, "actor": "bench", "recorded_at": AT, "text": "您的贷款已逾期。"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--postgres", default="", help="An empty database; default: SQLite.")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as home:
        database = Database(asked.postgres or f"sqlite:///{home}/bench.db")
        migrating.upgrade(database)
        office = Office(Settings(home=Path(home)), database, Keys(bytes(range(32))))
        book(office, asked.people)
        rebuild(database.begin, LATE)
        _measure(office)
        database.dispose()


def _measure(office: Office) -> None:
    before, begun = _memory(), time.perf_counter()
    number = actions.plan_purge(office, LATE, BENCH)
    counted = time.perf_counter() - begun
    with office.database.begin() as session:
        for state in (PurgeState.asked, PurgeState.approved):
            row = actions.move_purge(session, office, number, state, at=LATE, actor=BENCH)
        looked, due = sum(one[4] for one in row.found), sum(one[4] for one in row.found if one[2] != "stays")
    middle, begun = _memory(), time.perf_counter()
    removed = actions.run_purge(office, number, LATE, BENCH)
    took = time.perf_counter() - begun
    print(f"counted {looked} records in {counted:.1f} s: {looked / counted:,.0f} a second; {due} are due")
    print(f"removed {removed} in {took:.1f} s: {removed / took:,.0f} a second, with facts brought up to date")
    print(f"memory of this process: {before} MB, {middle} MB after the count, {_memory()} MB at the end")


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()

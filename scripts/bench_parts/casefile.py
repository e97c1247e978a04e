"""Case files in a batch: how many a second, whether memory stays flat, against a typesetter started for each.

scripts/bench casefile [--files 100] [--contacts 40]
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import collector.app  # noqa: F401 - makes every table known
from collector.audit.actions import seal
from collector.casework import casefiles
from collector.casework.actions import file_document
from collector.casework.office import Office
from collector.foundation import migrating
from collector.foundation.database import Database
from collector.foundation.keys import Keys
from collector.foundation.settings import Settings
from collector.history import actions as history
from collector.history.rules import Channel, Direction, DocumentKind, Outcome
from collector.identity.rules import Actor
from collector.portfolio.rules import CollectorType, DebtType
from collector.portfolio.tables import Account, InstalmentRow, Person, Portfolio

BENCH = Actor("bench")
AT = datetime(2026, 7, 20, 12, tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(UTC)
IMAGE = b"\x89PNG\r\n\x1a\n" + bytes(20_000)
PAPERS = (DocumentKind.contract, DocumentKind.identity, DocumentKind.disbursement, DocumentKind.letter_receipt)
CORES = 2
AIM = 2.0
"""Files a second on two cores."""


def book(office: Office, files: int, contacts: int) -> list[int]:
    """Accounts half a year late, each with its contacts and four papers."""
    with office.database.begin() as session:
        words = {"code": "CN", "creditor": "Bank A", "currency": "CNY", "timezone": "Asia/Shanghai", "language": "zh"}
        kinds = {"collector_type": CollectorType.creditor, "debt_type": DebtType.bank_loan}
        row = Portfolio(**words, **kinds, jurisdiction="cn", sender_name="Bank A", payments_as_of=AT)
        session.add(row)
        session.flush()
        ids = [_account(session, office, row.id or 0, number, contacts) for number in range(files)]
    with office.database.begin() as session:
        seal(session, office.keys, AT, 10_000_000, everything=True)
    return ids


def _account(session: object, office: Office, portfolio_id: int, number: int, contacts: int) -> int:
    person = Person(name=f"张{number}", salt=f"{number}", natural_key=f"{number}")
    session.add(person)
    session.flush()
    terms = {"annual_rate": "9.60", "penalty_rate": "14.40", "opened_on": date(2025, 12, 10), "principal": 7_200_00}
    account = Account(portfolio_id=portfolio_id, account_no=f"A{number}", person_id=person.id or 0, **terms)
    session.add(account)
    session.flush()
    for month in range(1, 8):
        parts = {"amount_due": 1_000_00, "principal": 940_00, "interest": 50_00, "fee": 10_00}
        session.add(InstalmentRow(account_id=account.id or 0, number=month, due_on=date(2026, month, 10), **parts))
    for place in range(contacts):
        _contact(session, account, number, place)
    for kind in PAPERS:
        body = IMAGE + f"{number} {kind}".encode()
        file_document(session, office, account, body, kind=kind, title=kind.value, actor=BENCH, now=AT)
    return account.id or 0


def _contact(session: object, account: Account, number: int, place: int) -> None:
    at = AT - timedelta(days=120) + timedelta(hours=31 * place)
    channel = Channel.sms if place % 4 == 0 else Channel.call
    attempt = history.record_attempt(
        session,
        history.AttemptMade(
            natural_key=f"bench:{number}:{place}",
            person_id=account.person_id,
            portfolio_id=account.portfolio_id,
            account_id=account.id,
            contact_point_id=None,
            channel=channel,
            direction=Direction.outbound,
            number="+8613812340001",
            caller="+862155510001",
            slot="morning",
            at=at,
            day=at.date(),
            text="您的贷款已逾期，请尽快还款。" if channel is Channel.sms else None,
        ),
        at,
        BENCH,
    )
    if channel is Channel.call:
        history.record_outcome(session, attempt.id or 0, list(Outcome)[place % 14], at, at, BENCH)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=100)
    parser.add_argument("--contacts", type=int, default=40)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as home:
        database = Database(f"sqlite:///{home}/bench.db")
        migrating.upgrade(database)
        office = Office(Settings(home=Path(home)), database, Keys(bytes(range(32))))
        ids = book(office, asked.files, asked.contacts)
        _measure(office, ids, Path(home))
        database.dispose()


def _measure(office: Office, ids: list[int], home: Path) -> None:
    order, sizes = casefiles.CaseOrder(AT), []
    begun = time.perf_counter()
    for number in ids[:5]:
        with casefiles.open_typesetter(office) as typesetter:
            folder = home / "alone" / f"{number}"
            casefiles.make_case_file(office, typesetter, number, folder, order, actor=BENCH, now=AT)
    alone = 5 / (time.perf_counter() - begun)
    begun, spent = time.perf_counter(), _spent()
    results = casefiles.make_case_files(
        office, ids, home / "batch", order, actor=BENCH, now=AT, told=lambda done, _total: sizes.append(_memory())
    )
    rate = len(ids) / (time.perf_counter() - begun)
    each = (_spent() - spent) / len(ids)
    failed = [one.problem for one in results if one.made is None]
    pages = sum(one.made.pages for one in results if one.made is not None)
    half = sizes[len(sizes) // 2 - 1]
    print(f"{len(ids)} case files, {pages} pages: {rate:.2f} a second (aim: {AIM:g}); failed: {len(failed)}")
    print(f"{each:.2f} CPU seconds a file, of all processes: {CORES / each:.2f} a second where {CORES} cores are free")
    print(f"with a typesetter started for each: {alone:.2f} a second; the batch is {rate / alone:.1f} times as fast")
    print(f"memory of this process: {half} MB after half of them, {sizes[-1]} MB at the end")


def _spent() -> float:
    """CPU seconds of this process and of those it waited for, the typesetters."""
    parts = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(part.ru_utime + part.ru_stime for part in parts)


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()

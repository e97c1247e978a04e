"""Load speed: `collector load accounts` against csv + phonenumbers + executemany, on one PostgreSQL in one run.

The reference does the same work the plain way, and can run twice as well: the file read row by row, every phone
through libphonenumber, every ID checked, hashed and sealed, then persons, accounts and contact points by executemany
of INSERT ... ON CONFLICT. It names no bad rows, refuses no premium numbers and takes the whole file into memory. Both
must store the same book.

What the tables ask of every row stored, whoever stores it (foreign keys looked up one by one, indexes), is in both
times; it bounds the ratio.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import secrets
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import phonenumbers
import psycopg
from sqlalchemy import text
from stdnum.cn import ric

import collector.app  # noqa: F401 - makes every table known
from collector.foundation import migrating
from collector.foundation.database import Database
from collector.foundation.keys import Keys
from collector.portfolio.loading import load
from collector.portfolio.rules import LoadKind

SERVER = os.environ.get("COLLECTOR_BENCH_DATABASE", "postgresql://postgres@127.0.0.1:5432/postgres")
"""A server on which a scratch database may be made and dropped."""
NOW = datetime(2026, 5, 12, 10, tzinfo=UTC)
COLUMNS = (
    "account_no", "borrower_name", "id_no", "phone", "phone_2", "product", "principal", "annual_rate", "opened_on",
    "borrower_type", "home_address",
)  # fmt: skip
FAMILY, GIVEN = "王李张刘陈杨赵黄周吴", "伟芳娜敏静丽强磊军洋勇艳杰涛明超秀兰霞平"
PORTFOLIO = (
    "code,creditor,collector_type,debt_type,currency,timezone,jurisdiction,language,sender_name\n"
    "BENCH,Bench,creditor,consumer_finance,CNY,Asia/Shanghai,cn,zh,Bench\n"
)


def resident_id(number: int) -> str:
    """A well-formed resident ID that belongs to nobody in particular: one per number."""
    year, rest = divmod(number, 28 * 999)
    day, order = divmod(rest, 999)
    body = f"110105{1950 + year % 50}01{day + 1:02}{order + 1:03}"
    return body + ric.calc_check_digit(f"{body}0")


def write_book(path: Path, rows: int) -> None:
    """Accounts as a creditor delivers them; two thirds have an ID, half a second phone."""
    dice = random.Random(5)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for number in range(rows):
            name = dice.choice(FAMILY) + dice.choice(GIVEN) + dice.choice(GIVEN)
            writer.writerow(
                (
                    f"L{number:09}", name, resident_id(number) if number % 3 else "",
                    f"13{dice.randrange(10**9):09}", f"15{dice.randrange(4)}{dice.randrange(10**8):08}" * (number % 2),
                    dice.choice(("cash", "auto", "card")), f"{dice.randrange(1, 10**7) / 100:.2f}", "14.60",
                    f"2025-{dice.randrange(1, 13):02}-{dice.randrange(1, 29):02}",
                    dice.choice(("worker", "white_collar", "other")), f"北京市朝阳区建国路{dice.randrange(999)}号",
                )
            )  # fmt: skip


@contextmanager
def scratch() -> Iterator[Database]:
    name = f"collector_bench_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(SERVER, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
        database = Database(SERVER.rsplit("/", 1)[0] + "/" + name)
        try:
            migrating.upgrade(database)
            yield database
        finally:
            database.dispose()
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


class Spent(NamedTuple):
    """Seconds by the clock, and of processor: this process and the one that serves it. Others who use the machine
    are in the first, hardly in the second."""

    clock: float
    processor: float


def _processor(pid: int) -> float:
    """Seconds so far, of this process and of a local server's; a server elsewhere counts as 0."""
    stat = Path(f"/proc/{pid}/stat")
    server = 0.0
    if stat.exists():
        fields = stat.read_text().rpartition(")")[2].split()
        server = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return server + time.process_time()


def spent(database: Database, work: Callable[[], object]) -> Spent:
    with database.begin() as session:
        pid = session.connection().execute(text("SELECT pg_backend_pid()")).scalar_one()
    began, used = time.perf_counter(), _processor(pid)
    work()
    return Spent(time.perf_counter() - began, _processor(pid) - used)


def prepare(database: Database, keys: Keys, folder: Path) -> None:
    book = folder / "portfolios.csv"
    book.write_text(PORTFOLIO, encoding="utf-8")
    load(database.begin, keys, LoadKind.portfolios, book, at=NOW, actor="bench")


def ours(database: Database, keys: Keys, path: Path, accepted: int) -> None:
    result = load(database.begin, keys, LoadKind.accounts, path, portfolio_code="BENCH", at=NOW, actor="bench")
    if result.accepted != accepted:
        raise SystemExit(f"{result.accepted} rows were accepted, not {accepted}: {result.problems[:3]}")


def _phone(cell: str) -> str | None:
    if not cell:
        return None
    number = phonenumbers.parse(cell, "CN")
    if not phonenumbers.is_valid_number(number):
        raise ValueError("not a phone number")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


PERSON = """
INSERT INTO person (name, id_type, id_sealed, id_index, natural_key, salt, language)
VALUES (%s, %s, %s, %s, %s, %s, '') ON CONFLICT ({key}) DO UPDATE SET name = excluded.name
WHERE person.name IS DISTINCT FROM excluded.name"""
ACCOUNT = """
INSERT INTO account (portfolio_id, account_no, person_id, product, security, principal, annual_rate, opened_on,
  autopay, borrower_type, value_tier, arbitration, notarised, service_address)
VALUES (1, %s, (SELECT id FROM person WHERE {key} = %s), %s, 'credit', %s, %s, %s, FALSE, %s, 'ordinary', FALSE,
  FALSE, FALSE)
ON CONFLICT (portfolio_id, account_no) DO UPDATE SET person_id = excluded.person_id, product = excluded.product,
  principal = excluded.principal, annual_rate = excluded.annual_rate, opened_on = excluded.opened_on,
  borrower_type = excluded.borrower_type
WHERE (account.person_id, account.product, account.principal, account.annual_rate, account.opened_on,
  account.borrower_type) IS DISTINCT FROM (excluded.person_id, excluded.product, excluded.principal,
  excluded.annual_rate, excluded.opened_on, excluded.borrower_type)"""
POINT = """
INSERT INTO contact_point (person_id, portfolio_id, kind, value, label, source, owner, status, rank)
SELECT person_id, 1, %s, %s, %s, 'book', 'own', 'active', %s FROM account WHERE portfolio_id = 1 AND account_no = %s
ON CONFLICT (person_id, kind, value) DO NOTHING"""


def reference(database: Database, keys: Keys, path: Path) -> None:
    statements: dict[str, list[tuple[object, ...]]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            _plain_row(row, keys, statements)
    with database.begin() as session:
        cursor = session.connection().connection.cursor()
        for statement in sorted(statements, key=lambda sql: ("contact_point" in sql, "INTO account" in sql)):
            cursor.executemany(statement, statements[statement])


def _plain_row(row: dict[str, str], keys: Keys, statements: dict[str, list[tuple[object, ...]]]) -> None:
    known = ric.validate(row["id_no"]) if row["id_no"] else None
    index = keys.blind_index("cn_id", known) if known else None
    natural = None if known else f"account:1/{row['account_no']}:borrower"
    sealed, kind = (keys.seal(known), "cn_id") if known else (None, None)
    key = "id_index" if known else "natural_key"
    statements.setdefault(PERSON.format(key=key), []).append(
        (row["borrower_name"], kind, sealed, index, natural, secrets.token_hex(16))
    )
    opened = datetime.fromisoformat(row["opened_on"]).date()
    amount = int(Decimal(row["principal"]) * 100)
    statements.setdefault(ACCOUNT.format(key=key), []).append(
        (row["account_no"], index or natural, row["product"], amount, str(Decimal(row["annual_rate"])), opened,
         row["borrower_type"])
    )  # fmt: skip
    points = statements.setdefault(POINT, [])
    for rank, value in enumerate((_phone(row["phone"]), _phone(row["phone_2"]))):
        if value:
            points.append(("phone", value, "mobile", rank, row["account_no"]))
    points.append(("address", row["home_address"], "home", 0, row["account_no"]))


STORED = """
SELECT md5(string_agg(line, ';' ORDER BY line)) FROM (SELECT row(a.account_no, p.name, p.id_type, p.id_index,
  p.natural_key, a.product, a.security, a.principal, a.annual_rate, a.opened_on, a.autopay, a.borrower_type,
  a.value_tier, c.kind, c.value, c.label, c.rank)::text AS line
  FROM account a JOIN person p ON p.id = a.person_id JOIN contact_point c ON c.person_id = p.id) lines"""


def stored(database: Database) -> str:
    """A digest of the book, without what is random in it."""
    with database.begin() as session:
        return str(session.connection().execute(text(STORED)).scalar_one())


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--aim", type=float, default=5.0, help="least ratio; below it the exit code is 1")
    given = parser.parse_args(argv)
    keys = Keys(os.urandom(32))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "accounts.csv"
        write_book(path, given.rows)
        with scratch() as database:
            prepare(database, keys, path.parent)
            mine = spent(database, lambda: ours(database, keys, path, given.rows))
            again = spent(database, lambda: ours(database, keys, path, 0))
            book = stored(database)
        with scratch() as database:
            prepare(database, keys, path.parent)
            plain = spent(database, lambda: reference(database, keys, path))
            if stored(database) != book:
                raise SystemExit("the two ways stored different books")
    print(f"{given.rows} accounts; load of the machine {os.getloadavg()[0]:.1f}")
    for name, took in (("load", mine), ("load again, unchanged", again), ("executemany", plain)):
        rates = (given.rows / seconds for seconds in took)
        print("{:<24}{:10,.0f} rows/s{:14,.0f} rows per second of processor".format(name, *rates))
    ratio = plain.clock / mine.clock
    print(f"ratio {ratio:.1f} by the clock (aim {given.aim:.1f}), {plain.processor / mine.processor:.1f} by processor")
    return 0 if ratio >= given.aim else 1


if __name__ == "__main__":
    raise SystemExit(main())

"""Sending against the sandbox in a process of its own: one message at a time, one worker, two workers (design 10).

    scripts/bench send [--messages 5000] [--serial 500]

The serial loop does the same work (claim, gate, text, receipt, facts) for one message at a time, each step in a
transaction of its own, with the SDK's synchronous client. Everything runs on copies of one scratch database, dropped
afterwards; ratios count, seconds are this machine's today. `COLLECTOR_BENCH_POSTGRES` (default: that of the tests)
names a server where databases may be made.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import socket
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from typing import Any

import psycopg
import requests
from aiohttp import web
from sqlalchemy import text
from sqlmodel import SQLModel
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

import collector.app  # noqa: F401 - makes every table known
from collector.casework import actions
from collector.casework.actions.receipts import Answered, take_receipts
from collector.casework.addresses import Addresses
from collector.casework.office import Office
from collector.dispatch.actions import ReadyMessage, claim_messages
from collector.dispatch.carriers import Receipt
from collector.dispatch.queries import held_submission
from collector.dispatch.rules import Progress
from collector.facts import actions as facts
from collector.foundation.clock import parse_moment
from collector.foundation.database import Database
from collector.foundation.keys import Keys
from collector.foundation.settings import Settings
from collector.sandbox.config import OwnedNumber, SandboxConfig
from collector.sandbox.server import create_app

SERVER = os.environ.get(
    "COLLECTOR_BENCH_POSTGRES",
    os.environ.get("COLLECTOR_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres"),
)
NIGHT, NOW = parse_moment("2026-05-12T02:00+08:00"), parse_moment("2026-05-12T09:00+08:00")
ACCOUNT, TOKEN = "AC" + "0" * 32, "token"
CALLERS = ("+862155510001", "+862155510002", "+862155510003")
MARKS = {"one worker to serial": 4.0, "two workers to one": 1.6}
"""Aims of design section 10."""

BOOK = """
INSERT INTO portfolio (id, code, creditor, collector_type, debt_type, currency, timezone, jurisdiction, language,
    sender_name, signature, pay_instructions, grace_days, tightening, links, call_backs, pay_accounts)
VALUES (1, 'B', 'Bank', 'creditor', 'bank_loan', 'CNY', 'Asia/Shanghai', 'cn', 'zh',
    'Bank', '', '', 0, '{}', '[]', '[]', '[]');
INSERT INTO caller_number (portfolio_id, number, channels)
SELECT 1, '+86215551000' || n, 'call,sms' FROM generate_series(1, 3) n;
INSERT INTO person (id, name, salt, language) SELECT n, 'x', 's', 'zh' FROM generate_series(1, :count) n;
INSERT INTO account (id, portfolio_id, account_no, person_id, product, security, principal, autopay, borrower_type,
    value_tier, arbitration, notarised, service_address)
SELECT n, 1, 'A' || n, n, 'cash', 'credit', 1000000, false, 'worker', 'ordinary', false, false, false
FROM generate_series(1, :count) n;
INSERT INTO instalment (account_id, number, due_on, amount_due)
SELECT n, k, date '2026-05-15' + (k - 1) * 30, 60000 FROM generate_series(1, :count) n, generate_series(1, 3) k;
INSERT INTO contact_point (person_id, portfolio_id, kind, value, label, source, owner, status, rank)
SELECT n, 1, 'phone', '+86138' || lpad(n::text, 6, '0') || '00', 'mobile', 'book', 'own', 'active', 0
FROM generate_series(1, :count) n;
ANALYZE;
"""


def main(argv: list[str] | None = None) -> int:
    options = _options(argv)
    with _databases() as make, _sandbox() as url:
        settings = {
            "carrier": "twilio",
            "twilio_account_sid": ACCOUNT,
            "twilio_api_key": ACCOUNT,
            "twilio_api_secret": TOKEN,
            "twilio_auth_token": TOKEN,
            "twilio_base_url": url,
            "public_url": "http://127.0.0.1:9",
        }
        base = make(None)
        _fill(base, settings, options.messages)
        judge, speeds = _Judge(url), {}
        for name, run in (
            ("serial", lambda: _serial(make(base), settings, options.serial)),
            ("one worker", lambda: _workers(make(base), settings, options.messages, 1)),
            ("two workers", lambda: _workers(make(base), settings, options.messages, 2)),
        ):
            speeds[name] = run()
            judge.count()
    for name, speed in speeds.items():
        print(f"{name:12} {speed:8.0f} msg/s")
    ratios = {
        "one worker to serial": speeds["one worker"] / speeds["serial"],
        "two workers to one": speeds["two workers"] / speeds["one worker"],
    }
    for name, ratio in ratios.items():
        print(f"{name}: {ratio:.2f} (aim {MARKS[name]})")
    print(f"duplicates: {judge.duplicates}")
    return 1 if judge.duplicates else 0


def _options(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench send", description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--messages", type=int, default=5_000)
    parser.add_argument("--serial", type=int, default=500, help="messages of the serial loop")
    return parser.parse_args(argv)


@contextmanager
def _databases() -> Iterator[_Maker]:
    made: list[str] = []
    with psycopg.connect(SERVER, autocommit=True) as admin:
        try:
            yield _Maker(admin, made)
        finally:
            for name in made:
                admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


class _Maker:
    """Makes scratch databases, empty or as copies of another."""

    def __init__(self, admin: psycopg.Connection, made: list[str]) -> None:
        self._admin, self._made = admin, made

    def __call__(self, template: str | None) -> str:
        name = f"collector_bench_{uuid.uuid4().hex[:12]}"
        copied = f' TEMPLATE "{template.rsplit("/", 1)[1]}"' if template else ""
        self._admin.execute(f'CREATE DATABASE "{name}"{copied}')
        self._made.append(name)
        return SERVER.rsplit("/", 1)[0] + "/" + name


def _office(url: str, settings: dict[str, str]) -> Office:
    return Office(Settings.model_validate(settings), Database(url), Keys(b"a master secret for a measurement"))


def _fill(url: str, settings: dict[str, str], count: int) -> None:
    """So many reminders due at `NOW`."""
    office = _office(url, settings)
    SQLModel.metadata.create_all(office.database.engine)
    with office.database.begin() as session:
        for statement in filter(str.strip, BOOK.split(";")):
            session.execute(text(statement), {"count": count} if ":count" in statement else {})
    actions.plan(office, None, NIGHT)
    office.database.dispose()


@contextmanager
def _sandbox() -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = get_context("spawn").Process(target=_serve, args=(port,), daemon=True)
    process.start()
    url = f"http://127.0.0.1:{port}"
    for _ in range(200):
        try:
            fault = {"kind": "callbacks_lost", "times": None}
            requests.post(f"{url}/sandbox/faults", json=fault, auth=(ACCOUNT, TOKEN), timeout=5).raise_for_status()
            break
        except requests.ConnectionError:
            time.sleep(0.1)
    try:
        yield url
    finally:
        process.terminate()
        process.join(10)


def _serve(port: int) -> None:
    numbers = {number: OwnedNumber() for number in CALLERS}
    config = SandboxConfig(ACCOUNT, TOKEN, numbers=numbers, speed=0, starts_at=NOW)
    web.run_app(create_app(config), host="127.0.0.1", port=port, print=None, access_log=None)


def _serial(url: str, settings: dict[str, str], count: int) -> float:
    office = _office(url, settings)
    client = Client(ACCOUNT, TOKEN, ACCOUNT)
    client.api.base_url = settings["twilio_base_url"]
    addresses = Addresses(office.settings.public_url)
    began = time.perf_counter()
    for _ in range(count):
        with office.database.begin() as session:
            claims = claim_messages(session, office.catalogue, office.capabilities, NOW, 1)
        [message] = claims.ready
        receipt = _create(client, message, addresses)
        with office.database.begin() as session:
            held = held_submission(session, message.token)
            if held is not None:
                take_receipts(session, office, [Answered(*held, receipt)], NOW)
                facts.refresh(session, [message.person_id], NOW)
    spent = time.perf_counter() - began
    office.database.dispose()
    return count / spent


def _create(client: Client, message: ReadyMessage, addresses: Addresses) -> Receipt:
    try:
        made = client.messages.create(
            to=message.to,
            from_=message.sender,
            body=message.body,
            status_callback=addresses.message_status(message.token),
        )
    except TwilioRestException as error:
        return Receipt(None, Progress.refused, error.code)
    return Receipt(made.sid, Progress.accepted)


def _workers(url: str, settings: dict[str, str], count: int, workers: int) -> float:
    context = get_context("spawn")
    gate = context.Barrier(workers + 1)
    processes = [context.Process(target=_work, args=(url, settings, gate)) for _ in range(workers)]
    for process in processes:
        process.start()
    gate.wait()
    began = time.perf_counter()
    for process in processes:
        process.join()
    spent = time.perf_counter() - began
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM submission WHERE progress <> 'submitted'").fetchone()
    if row is None or row[0] != count:
        raise SystemExit(f"only {row and row[0]} of {count} messages were settled")
    return count / spent


def _work(url: str, settings: dict[str, str], gate: Barrier) -> None:
    """A worker like the real one: its bell rings again while something is due."""
    office = _office(url, settings)
    office.catalogue  # noqa: B018 - read before the clock starts
    with office.database.read() as session:
        session.execute(text("SELECT 1"))
    gate.wait()
    while asyncio.run(actions.send_all(office, lambda: NOW)).handed_over:
        pass


class _Judge:
    """The sandbox's own record: how often a number got a message within one run."""

    def __init__(self, url: str) -> None:
        self._url, self._since, self.duplicates = url, 0, 0

    def count(self) -> None:
        """Look at what was accepted since the run before."""
        counts: Counter[str] = Counter()
        while entries := self._entries():
            counts.update(entry["to"] for entry in entries)
            self._since = entries[-1]["seq"]
        self.duplicates += sum(count - 1 for count in counts.values())

    def _entries(self) -> list[dict[str, Any]]:
        asked = f"{self._url}/sandbox/log?kind=message.accepted&since={self._since}&limit=10000"
        found: list[dict[str, Any]] = requests.get(asked, auth=(ACCOUNT, TOKEN), timeout=30).json()["entries"]
        return found


if __name__ == "__main__":
    raise SystemExit(main())

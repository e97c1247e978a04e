"""The desk under load: many agents at once on PostgreSQL with very many open calls, and again beside a long report.

    scripts/bench desk [--accounts 1400000] [--agents 200] [--think 20] [--seconds 60]

Each agent signs in, then over and over: thinks, asks for the next call, opens its account, talks, reports no answer, as
a browser does it. One server process, as `collector serve` starts it; the agents share this machine with it and with
the database. "Next person" is what issue 4 limits: from the key to the account page. The report is a transaction that
keeps its snapshot while the agents work: rows they claim can not be forgotten meanwhile (design section 10).
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import re
import socket
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

import aiohttp
import psycopg
import uvicorn
from sqlalchemy import text

from bench_parts.plan import fill, scratch
from collector.casework.office import Office
from collector.foundation.clock import parse_moment
from collector.foundation.database import Database
from collector.foundation.keys import Keys
from collector.foundation.settings import Settings
from collector.identity import actions as identity
from collector.identity.installation import install
from collector.identity.passwords import hash_password
from collector.identity.rules import Level, Role
from collector.identity.tables import User
from collector.web.app import create_web

NOW = parse_moment("2026-05-12T09:30+08:00")
KEYS = Keys(b"a master secret for a bench, 32 bytes")
PASSWORD = "walnut tram violet nine"
LIMIT = 300
"""Milliseconds from the key to the next person, 95th percentile (issue 4)."""
COOKIE = "collector"
CSRF, OUTCOME = re.compile(r'name="csrf" value="([^"]+)"'), re.compile(r'action="(/tasks/\d+/outcome)"')

CALLS = """
SET LOCAL session_replication_role = replica;
INSERT INTO plan_run (id, portfolio_id, at, day, state, strategy, counts, left_out, digest, started_at, published_at)
VALUES (1, 1, '2026-05-12 02:00+08', '2026-05-12', 'current', 'bench@1', '{}', '{}', '', '2026-05-12 02:00+08',
    '2026-05-12 02:00+08');
INSERT INTO task (run_id, portfolio_id, person_id, account_id, debts, contact_point_id, number, channel, purpose,
    segment, stage, level, step, tone, caller, slot, not_before, not_after, rank, priority, reason, state)
SELECT 1, 1, person_id, account_id, '[' || account_id || ']', person_id, '+86138' || lpad(person_id::text, 8, '0'),
    'call', 'collect', 'first', 'growth', 'primary', 'first/3', 'courteous', '+861055500001', 'morning',
    '2026-05-12 08:30+08', '2026-05-12 20:00+08', 800000000000000000 - overdue * 100 - account_id % 100,
    '{"tier":"ordinary","weight":1.0,"balance":900000,"chance":0.4,"score":360000,"reach":{"base":0.4}}',
    'step first/3', 'planned'
FROM account_state WHERE portfolio_id = 1 AND overdue > 0;
ANALYZE task;
"""


def main(argv: list[str] | None = None) -> None:
    options = _options(argv)
    with scratch() as (address, database), tempfile.TemporaryDirectory() as home:
        calls = _furnish(database, options.accounts)
        tokens = _agents(database, options.agents)
        print(f"{calls} open calls, {options.agents} agents, thinking {options.think} s before each step")
        with _server(address, Path(home)) as url:
            for name, report in (("alone", None), ("beside a long report", address)):
                times = asyncio.run(_floor(url, tokens, options, report))
                _show(name, times, options.seconds)
    print(f"limit: next person < {LIMIT} ms at the 95th percentile")


def _options(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench desk", description=__doc__)
    parser.add_argument("--accounts", type=int, default=1_400_000, help="seven of ten have a call open")
    parser.add_argument("--agents", type=int, default=200)
    parser.add_argument("--think", type=float, default=20.0, help="seconds before each step, on average")
    parser.add_argument("--seconds", type=int, default=60)
    return parser.parse_args(argv)


def _furnish(database: Database, accounts: int) -> int:
    fill(database, accounts, accounts)
    with database.begin() as session:
        install(session, KEYS, NOW)
        for statement in CALLS.split(";\n"):
            if statement.strip():
                session.connection().exec_driver_sql(statement.replace("%", "%%"))
        return int(session.scalar(text("SELECT count(*) FROM task")) or 0)


def _agents(database: Database, count: int) -> list[str]:
    """Agents of the highest level, each with a session; its token."""
    password_hash, tokens = hash_password(PASSWORD), []
    for number in range(count):
        with database.begin() as session:
            name = f"agent{number}"
            user = User(
                name=name,
                staff_no=name,
                roles=Role.agent.value,
                level=Level.senior,
                password_hash=password_hash,
                must_change=False,
                all_portfolios=True,
                created_at=NOW,
            )
            session.add(user)
            session.flush()
            tokens.append(identity.begin_session(session, user, identity.Came("127.0.0.1"), NOW).token)
    return tokens


@contextmanager
def _server(address: str, home: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = get_context("spawn").Process(target=_serve, args=(address, home, port), daemon=True)
    server.start()
    try:
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.join()


def _serve(address: str, home: Path, port: int) -> None:
    settings = Settings(home=home, database_url=address, public_url=f"http://127.0.0.1:{port}")
    began = time.monotonic()

    def clock() -> datetime:
        return NOW + timedelta(seconds=time.monotonic() - began)

    web = create_web(Office(settings, Database(address), KEYS), clock)
    uvicorn.run(web, host="127.0.0.1", port=port, log_level="error")


@dataclass
class _Times:
    """Milliseconds by step, and answers that were no success."""

    steps: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    failed: int = 0


async def _floor(url: str, tokens: list[str], options: argparse.Namespace, report: str | None) -> _Times:
    times, until = _Times(), time.monotonic() + options.seconds
    async with _reporting(report):
        await asyncio.gather(*(_agent(url, token, options.think, until, times) for token in tokens))
    return times


@asynccontextmanager
async def _reporting(address: str | None) -> AsyncIterator[None]:
    """Somebody's snapshot stays open."""
    if address is None:
        yield
        return
    async with await psycopg.AsyncConnection.connect(address) as connection:
        await connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        await connection.execute("SELECT count(*) FROM task")
        yield


async def _agent(url: str, token: str, think: float, until: float, times: _Times) -> None:
    async with aiohttp.ClientSession(url, cookies={COOKIE: token}, timeout=aiohttp.ClientTimeout(60)) as browser:
        await asyncio.sleep(random.uniform(0, think))
        while time.monotonic() < until:
            desk = await _step(browser, times, "desk page", "GET", "/desk")
            began = time.perf_counter()
            csrf = CSRF.search(desk)
            fields = {"csrf": csrf[1] if csrf else ""}
            page = await _step(browser, times, "next call and its page", "POST", "/desk/next", fields)
            outcome = OUTCOME.search(page)
            if outcome is None:
                times.failed += 1
                return
            times.steps["next person"].append((time.perf_counter() - began) * 1000)
            await asyncio.sleep(random.expovariate(1 / think))
            fields["outcome"] = "no_answer"
            await _step(browser, times, "outcome and the page after it", "POST", outcome[1], fields)
            await asyncio.sleep(random.expovariate(1 / think))


async def _step(
    browser: aiohttp.ClientSession,
    times: _Times,
    name: str,
    method: str,
    path: str,
    fields: dict[str, str] | None = None,
) -> str:
    began = time.perf_counter()
    async with browser.request(method, path, data=fields) as answer:
        body = await answer.text()
    times.steps[name].append((time.perf_counter() - began) * 1000)
    times.failed += answer.status != 200
    return body


def _show(name: str, times: _Times, seconds: int) -> None:
    print(f"{name}; load of the machine {os.getloadavg()[0]:.1f}")
    for step, found in times.steps.items():
        found.sort()
        middle, high, top = (found[int((len(found) - 1) * share)] for share in (0.5, 0.95, 0.99))
        rate = len(found) / seconds
        print(f"  {step:32} {len(found):6} ({rate:5.1f}/s)  p50 {middle:6.0f}  p95 {high:6.0f}  p99 {top:6.0f} ms")
    if times.failed:
        print(f"  {times.failed} answers were no success")


if __name__ == "__main__":
    main()

"""The desk under load, on PostgreSQL with very many open calls, and again beside a long report (design section 10).

    scripts/bench desk [--tasks 100000] [--agents 200] [--think 60] [--seconds 60] [--storm 300] [--servers 2]

Agents are browsers: each signs in by the page, then over and over asks for the next call, reads the page that opens,
thinks, says how the call ended and reads the page that follows; now and then they look at their desk. With 60 s of
thinking before each of the two steps an agent works 240 accounts in eight hours, twice what the handbook calls a full
day (80 to 120, section 2). The servers are
processes of their own, as `collector serve` starts them. The storm claims from the queue at a steady rate, a claim's
time counted from the moment it was due. The report is a transaction that keeps its snapshot meanwhile: rows that are
claimed can not be forgotten.

Agents, storm, servers and database share this machine's cores: what is measured here is an upper bound.
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
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

import aiohttp
import psycopg
import uvicorn

from bench_parts._desk_book import KEYS, NOW, PASSWORD, furnish, hire
from bench_parts._desk_storm import Storm, storm
from bench_parts.plan import scratch
from collector.casework.office import Office
from collector.foundation.database import Database
from collector.foundation.settings import CarrierKind, Settings
from collector.web.app import create_web

CSRF = re.compile(r'name="csrf" value="([^"]+)"')
OUTCOME = re.compile(r'action="(/tasks/\d+/outcome)"')
NEXT = "next person"
MARKS = {NEXT: (0.95, 300), "desk": (0.95, 400), "account page": (0.95, 400), "outcome": (0.95, 400)}
"""By step: the share of answers, and the milliseconds they may take."""
CLAIM, BESIDE = (0.99, 20), (0.99, 100)
"""The same for a claim, alone and beside a long report (design section 10)."""
STORM_S = 10
KEPT_S = 3
"""A browser's idle connection is kept shorter than the server keeps it, and so is never found cut off."""
PATIENCE_S = 60


def main(argv: list[str] | None = None) -> None:
    options = _options(argv)
    with scratch() as (address, database), tempfile.TemporaryDirectory() as home, ExitStack() as stack:
        began = time.monotonic()
        calls, names = furnish(database, options.tasks), hire(database, options.agents)
        print(f"{calls} open calls, made in {time.monotonic() - began:.0f} s")
        print(f"{options.agents} agents, who think {options.think} s before each step")
        print(f"{os.cpu_count()} cores for the servers, the database, the agents and the storm together")
        urls = [stack.enter_context(_server(address, Path(home))) for _ in range(options.servers)]
        for words, report in (("alone", None), ("beside a long report", address)):
            print(f"\n{words}; load of the machine {os.getloadavg()[0]:.1f}")
            times = asyncio.run(_floor(urls, names, options, report))
            for step, found in times.steps.items():
                _show(step, found, options.seconds, MARKS.get(step))
            print(f"  {times.failed} answers were no success" if times.failed else "  every answer was a success")
            with _snapshot(report):
                mark = BESIDE if report else CLAIM
                for whole, what in ((False, "a claim from the queue"), (True, "a claim, judged, on record")):
                    found = storm(Storm(address, home, options.storm, STORM_S, whole))
                    _show(f"{what}, {options.storm}/s asked", found, STORM_S, mark, options.storm)


def _options(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench desk", description=__doc__)
    parser.add_argument("--tasks", type=int, default=100_000, help="open calls")
    parser.add_argument("--agents", type=int, default=200)
    parser.add_argument("--think", type=float, default=60.0, help="seconds before each step, on average")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--storm", type=int, default=300, help="claims a second")
    parser.add_argument("--servers", type=int, default=2, help="processes behind the proxy")
    return parser.parse_args(argv)


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
    url = f"http://127.0.0.1:{port}"
    settings = Settings(home=home, database_url=address, public_url=url, carrier=CarrierKind.memory)
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


async def _floor(urls: Sequence[str], names: Sequence[str], options: argparse.Namespace, report: str | None) -> _Times:
    """All agents sign in first; then the time begins."""
    times = _Times()
    async with _reporting(report), asyncio.TaskGroup() as open_browsers:
        browsers = [_Browser(urls[place % len(urls)], name, times) for place, name in enumerate(names)]
        for browser in browsers:
            await browser.sign_in()
        until = time.monotonic() + options.seconds
        for browser in browsers:
            open_browsers.create_task(browser.work(options.think, until))
    return times


@contextmanager
def _snapshot(address: str | None) -> Iterator[None]:
    """Somebody's snapshot stays open."""
    if address is None:
        yield
        return
    with psycopg.connect(address) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        connection.execute("SELECT count(*) FROM task")
        yield


@asynccontextmanager
async def _reporting(address: str | None) -> AsyncIterator[None]:
    with _snapshot(address):
        yield


class _Browser:
    """One agent's browser."""

    def __init__(self, url: str, name: str, times: _Times) -> None:
        self._url, self._name, self._times = url, name, times
        self._session: aiohttp.ClientSession | None = None

    async def sign_in(self) -> None:
        jar, line = aiohttp.CookieJar(unsafe=True), aiohttp.TCPConnector(keepalive_timeout=KEPT_S)
        patience = aiohttp.ClientTimeout(PATIENCE_S)
        self._session = aiohttp.ClientSession(self._url, cookie_jar=jar, connector=line, timeout=patience)
        await self._step("signing in", "POST", "/login", {"name": self._name, "password": PASSWORD})

    async def work(self, think: float, until: float) -> None:
        assert self._session is not None
        async with self._session:
            await asyncio.sleep(random.uniform(0, think))
            csrf = CSRF.search(await self._step("desk", "GET", "/desk"))
            while csrf and time.monotonic() < until:
                began = time.perf_counter()
                page = await self._follow("next call", "/desk/next", {"csrf": csrf[1]})
                said = OUTCOME.search(page)
                if said is None:
                    self._times.failed += 1
                    return
                self._times.steps[NEXT].append((time.perf_counter() - began) * 1000)
                if not await _thought(think, until):
                    return
                await self._follow("outcome", said[1], {"csrf": csrf[1], "outcome": "no_answer"})
                if await _thought(think, until) and random.random() < 1 / 8:
                    await self._step("desk", "GET", "/desk")

    async def _follow(self, name: str, path: str, fields: dict[str, str]) -> str:
        """A form, and the page it leads to."""
        where = await self._step(name, "POST", path, fields)
        return await self._step("account page", "GET", where) if where.startswith("/") else ""

    async def _step(self, name: str, method: str, path: str, fields: dict[str, str] | None = None) -> str:
        """The page, or where the answer leads to."""
        assert self._session is not None
        began = time.perf_counter()
        try:
            async with self._session.request(method, path, data=fields, allow_redirects=False) as answer:
                body = await answer.text()
        except (aiohttp.ClientError, TimeoutError):
            self._times.failed += 1
            return ""
        self._times.steps[name].append((time.perf_counter() - began) * 1000)
        self._times.failed += answer.status not in (200, 303)
        return answer.headers.get("Location", body)


async def _thought(think: float, until: float) -> bool:
    """Whether an agent came to the end of a thought while the bench still runs."""
    await asyncio.sleep(max(0.0, min(random.expovariate(1 / think), until - time.monotonic())))
    return time.monotonic() < until


def _show(step: str, found: list[float], seconds: int, mark: tuple[float, int] | None, rate: int = 0) -> None:
    """A line of the table. A rate that was not reached is a mark missed."""
    found.sort()
    if not found:
        print(f"  {step:44} nothing was answered")
        return
    middle, high, top = (found[int((len(found) - 1) * share)] for share in (0.5, 0.95, 0.99))
    line = f"  {step:44} {len(found):6}  p50 {middle:7.1f}  p95 {high:7.1f}  p99 {top:7.1f} ms"
    if mark is not None:
        share, most = mark
        met = found[int((len(found) - 1) * share)] <= most and len(found) >= rate * seconds * 0.98
        line += f"  p{share * 100:.0f} <= {most} ms: {'met' if met else 'MISSED'}"
    print(line)


if __name__ == "__main__":
    main()

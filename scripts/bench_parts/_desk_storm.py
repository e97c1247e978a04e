"""A storm of claims on the call queue: at a given rate, each from its own moment on, several processes at once."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path

from bench_parts._desk_book import KEYS, NOW
from collector.casework import actions
from collector.casework.office import Office
from collector.foundation.database import Database
from collector.foundation.errors import Conflict
from collector.foundation.settings import CarrierKind, Settings
from collector.identity.rules import Actor, Level, Role, Scope
from collector.planning.queries import Mark, open_calls
from collector.planning.rules import TaskState

PROCESSES = 2
THREADS = 8
"""Of each process: a claim that waits for the database keeps no other from beginning."""
SEEN = Scope(frozenset({1}))


@dataclass(frozen=True)
class Storm:
    """`whole`: with the gate and its verdict on record, as an agent's key does it; else only the queue."""

    address: str
    home: str
    rate: float
    seconds: float
    whole: bool


def storm(order: Storm) -> list[float]:
    """Milliseconds of every claim that was answered, from the moment it was due on."""
    with get_context("spawn").Pool(PROCESSES) as pool:
        return [one for part in pool.map(_share, [order] * PROCESSES) for one in part]


def _share(order: Storm) -> list[float]:
    """This process's part of the claims. What could not be begun in time has waited: that counts."""
    database = Database(order.address)
    settings = Settings(home=Path(order.home), database_url=order.address, carrier=CarrierKind.memory)
    claim = _whole(Office(settings, database, KEYS)) if order.whole else _queue(database)
    taken: list[float] = []
    gap, count = PROCESSES / order.rate, int(order.rate * order.seconds / PROCESSES)
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(lambda _: claim(), range(THREADS)))  # connections are open and statements compiled
        begin = time.perf_counter() + random.uniform(0, gap)

        def one(place: int) -> None:
            due = begin + place * gap
            time.sleep(max(0.0, due - time.perf_counter()))
            if time.perf_counter() > begin + 2 * order.seconds:
                return  # far behind: the rate was not reached, which the count tells
            claim()
            taken.append((time.perf_counter() - due) * 1000)

        list(pool.map(one, range(count)))
    database.dispose()
    return taken


def _queue(database: Database) -> Callable[[], None]:
    """The best call, held and marked as claimed."""
    mark = Mark()

    def claim() -> None:
        now = NOW + timedelta(seconds=time.monotonic() % 3600)
        with database.begin() as session:
            for task in open_calls(session, SEEN, Level.senior, None, now, 1, mark):
                task.state, task.claimed_by, task.claimed_at = TaskState.claimed, "storm", now
                task.lease_until = now + timedelta(minutes=15)
                session.add(task)

    return claim


def _whole(office: Office) -> Callable[[], None]:
    """Everything between an agent's key and the answer, but the page. Every claim is another agent's."""
    mark, numbers, lock = Mark(), iter(range(10**9)), threading.Lock()
    mine = random.randrange(10**9)

    def claim() -> None:
        with lock:
            number = next(numbers)
        agent = Actor(f"user:storm-{mine}-{number}", None, frozenset({Role.agent}), SEEN, Level.senior)
        try:
            with office.database.begin() as session:
                actions.next_call(session, office, agent, NOW + timedelta(seconds=time.monotonic() % 3600), mark)
        except Conflict:
            return

    return claim

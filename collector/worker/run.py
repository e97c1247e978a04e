"""The worker process: one leader rings the bells; another worker waits to take over."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from collector.casework.office import Office
from collector.foundation.clock import Clock, system_clock
from collector.foundation.database import Database
from collector.foundation.errors import CollectorError
from collector.worker.schedule import TIMETABLE, Bell, IsOver

log = structlog.get_logger()

LEADER = 727_001
"""The advisory lock that makes a worker the leader (PostgreSQL)."""
TAKEOVER_S = 5
"""How often a waiting worker tries to take over, and a leader makes sure that it still is the leader."""
MISFIRE_S = 3600


def ring(bell: Bell, office: Office, clock: Clock, is_over: IsOver) -> None:
    """One job. What a person can mend is logged as a sentence; the next bell tries again."""
    try:
        result = bell.job(office, clock, is_over)
    except (CollectorError, OperationalError) as error:
        words = error.message if isinstance(error, CollectorError) else "the database did not answer"
        log.warning("job failed", job=bell.name, reason=words)
    else:
        log.info("job done", job=bell.name, result=str(result))


def run(office: Office, clock: Clock, stop: threading.Event, ready: Callable[[], None] | None = None) -> None:
    """Ring until told to stop. A leader whose connection breaks is the leader no more: it stops ringing and waits."""
    while not stop.is_set():
        leader = Leader(office.database)
        try:
            if not leader.become(stop):
                return
            _lead(office, clock, stop, leader, ready)
        except OperationalError:
            log.warning("leadership lost", reason="the database did not answer")
            stop.wait(TAKEOVER_S)
        finally:
            leader.resign()


def _lead(
    office: Office, clock: Clock, stop: threading.Event, leader: Leader, ready: Callable[[], None] | None
) -> None:
    scheduler = BackgroundScheduler(
        executors={"default": ThreadPoolExecutor(4)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": MISFIRE_S},
        timezone="UTC",
    )
    over = threading.Event()
    for bell in TIMETABLE:
        job = partial(ring, bell, office, clock, over.is_set)
        # The scheduler rings by this machine's clock, whatever clock the jobs are told the time by.
        scheduler.add_job(job, "interval", seconds=bell.every_s, id=bell.name, next_run_time=system_clock())
    scheduler.start()
    if ready:
        ready()
    try:
        while not stop.wait(TAKEOVER_S):
            leader.assure()
    finally:
        over.set()
        scheduler.shutdown(wait=True)


class Leader:
    """The one worker that rings. On SQLite, where one worker runs, everybody is; on PostgreSQL whoever holds the lock
    of a connection of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: Connection | None = None

    def become(self, stop: threading.Event) -> bool:
        """Waits until this worker leads; False when told to stop before."""
        if not self._database.is_postgresql:
            return not stop.is_set()
        self._connection = self._database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        while not stop.is_set():
            if self._connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": LEADER}).scalar():
                return True
            stop.wait(TAKEOVER_S)
        return False

    def assure(self) -> None:
        """An `OperationalError` when the connection, and the lock with it, is gone."""
        if self._connection is not None:
            self._connection.execute(text("SELECT 1"))

    def resign(self) -> None:
        """Give the lock back by closing the connection for good: the pool would keep it, and the lock with it."""
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None

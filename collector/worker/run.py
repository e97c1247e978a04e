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
from collector.foundation.clock import Clock
from collector.foundation.errors import CollectorError
from collector.worker.schedule import TIMETABLE, Bell

log = structlog.get_logger()

LEADER = 727_001
"""The advisory lock that makes a worker the leader (PostgreSQL)."""
TAKEOVER_S = 5
"""How often a waiting worker tries to take over."""
MISFIRE_S = 3600


def ring(bell: Bell, office: Office, clock: Clock) -> None:
    """One job. What a person can mend is logged as a sentence; the next bell tries again."""
    try:
        result = bell.job(office, clock)
    except (CollectorError, OperationalError) as error:
        words = error.message if isinstance(error, CollectorError) else "the database did not answer"
        log.warning("job failed", job=bell.name, reason=words)
    else:
        log.info("job done", job=bell.name, result=str(result))


def run(office: Office, clock: Clock, stop: threading.Event, ready: Callable[[], None] | None = None) -> None:
    """Ring until told to stop."""
    with _leadership(office, stop) as leading:
        if not leading:
            return
        scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(4)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": MISFIRE_S},
            timezone="UTC",
        )
        for bell in TIMETABLE:
            scheduler.add_job(
                partial(ring, bell, office, clock), "interval", seconds=bell.every_s, id=bell.name, next_run_time=clock()
            )
        scheduler.start()
        if ready:
            ready()
        try:
            stop.wait()
        finally:
            scheduler.shutdown(wait=True)


class _leadership:
    """Holds the leader's lock for the length of a block; gives False when stopped before it was had."""

    def __init__(self, office: Office, stop: threading.Event) -> None:
        self._office, self._stop = office, stop
        self._connection: Connection | None = None

    def __enter__(self) -> bool:
        if not self._office.database.is_postgresql:
            return not self._stop.is_set()
        self._connection = self._office.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        while not self._stop.is_set():
            if self._connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": LEADER}).scalar():
                return True
            self._stop.wait(TAKEOVER_S)
        return False

    def __exit__(self, *_: object) -> None:
        if self._connection is not None:
            # The pool keeps the connection, and with it the lock, unless the lock is given back.
            self._connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": LEADER})
            self._connection.close()

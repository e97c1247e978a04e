"""The timetable: which bell rings when. APScheduler only rings; what is due follows from dates in the database, so a
missed bell, or a missed night, is caught up by the next (design section 4)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from collector.audit.actions import seal
from collector.casework import actions
from collector.casework.office import Office
from collector.foundation.clock import Clock
from collector.identity.rules import WORKER

IsOver = Callable[[], bool]
"""Whether this worker is to stop, or leads no more: a long job asks between its steps."""


@dataclass(frozen=True, slots=True)
class Bell:
    """A job and how often it rings, in seconds."""

    name: str
    every_s: int
    job: Callable[[Office, Clock, IsOver], object]
    meaning: str


SEALED_AT_ONCE = 5_000


def seal_audit(office: Office, clock: Clock, _is_over: IsOver) -> object:
    return _seal(office, clock, everything=False)


def seal_what_was_late(office: Office, clock: Clock, _is_over: IsOver) -> object:
    return _seal(office, clock, everything=True)


def _seal(office: Office, clock: Clock, *, everything: bool) -> int:
    """In short transactions, until nothing waits."""
    total = 0
    while True:
        with office.database.begin() as session:
            sealed = seal(session, office.keys, clock(), SEALED_AT_ONCE, everything=everything)
        total += sealed
        if sealed < SEALED_AT_ONCE:
            return total


def send_due(office: Office, clock: Clock, is_over: IsOver) -> object:
    office.require_armed(clock(), clock())
    return asyncio.run(actions.send_all(office, clock, is_over=is_over))


def reconcile(office: Office, clock: Clock, _is_over: IsOver) -> object:
    now = clock()
    office.require_armed(now, clock())
    return asyncio.run(actions.reconcile(office, now))


def fetch_recordings(office: Office, clock: Clock, _is_over: IsOver) -> object:
    now = clock()
    return asyncio.run(actions.fetch_recordings(office, now)) + actions.remove_recordings(office, now)


def sweep(office: Office, clock: Clock, _is_over: IsOver) -> object:
    return actions.sweep(office, clock(), WORKER.name)


def tidy(office: Office, clock: Clock, _is_over: IsOver) -> object:
    return actions.uploads.tidy_uploads(office, clock())


def purge(office: Office, clock: Clock, is_over: IsOver) -> object:
    return actions.run_purges(office, clock(), is_over)


def plan_days(office: Office, clock: Clock, _is_over: IsOver) -> object:
    return actions.plan_new_days(office, clock(), WORKER.name)


TIMETABLE = (
    Bell("seal", 5, seal_audit, "chain the audit entries that were committed"),
    Bell("seal-late", 3600, seal_what_was_late, "look through the whole audit for entries that were committed late"),
    Bell("send", 15, send_due, "send the messages that are due"),
    Bell("reconcile", 60, reconcile, "ask the carrier about contacts whose answer never came"),
    Bell("recordings", 30, fetch_recordings, "fetch recordings of calls, and remove those whose term is over"),
    Bell("sweep", 300, sweep, "what time alone brings: promises, expiries, referrals, fresh facts"),
    Bell(
        "plan",
        300,
        plan_days,
        "bring owners up to date where the strategy says so, and plan each portfolio, once its new day has begun",
    ),
    Bell("purge", 300, purge, "remove what two people agreed is no longer to be kept, and files that are left of it"),
    Bell("tidy", 3600, tidy, "remove files that were brought and not loaded, and refused rows past their time"),
)

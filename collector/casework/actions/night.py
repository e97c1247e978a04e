"""The plan of a new day. It can be missed and caught up: what is due follows from dates (design section 4)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlmodel import col, select

from collector.casework.actions.allocating import allocate_automatically
from collector.casework.actions.follow_up import follow_up
from collector.casework.actions.sweeping import CHUNK, sweep
from collector.casework.office import Office
from collector.foundation.clock import local_day
from collector.foundation.errors import NotFound
from collector.identity.rules import EVERYTHING, WORKER
from collector.planning import actions as planning
from collector.planning.actions import RunResult
from collector.planning.queries import current_runs
from collector.portfolio.tables import Portfolio

Progressed = Callable[[int, int], None]


def unseen(_done: int, _total: int) -> None:
    """No progress shown."""


def plan(
    office: Office,
    portfolio: str | None,
    at: datetime,
    *,
    dry_run: bool = False,
    actor: str = WORKER.name,
    progress: Progressed = unseen,
    processes: int = 1,
) -> list[RunResult]:
    """Plan the day of --at for one portfolio or all. Where the strategy asks for it, owners are brought up to date
    before. What the plan found out about 3:3:3 rounds goes on record."""
    with office.database.read() as session:
        wanted = select(Portfolio).order_by(col(Portfolio.id))
        if portfolio is not None:
            wanted = wanted.where(col(Portfolio.code) == portfolio)
        books = session.exec(wanted).all()
        catalogue = office.texts(session)
    ids = [book.id or 0 for book in books]
    if not dry_run:
        allocate_automatically(office, [book.code for book in books], at, actor)
    if portfolio is not None and not ids:
        raise NotFound(f"there is no portfolio {portfolio!r}")
    results = planning.plan(
        office.database.begin,
        ids,
        at,
        dry_run=dry_run,
        actor=actor,
        progress=progress,
        processes=processes,
        carried_in=office.capabilities,
        catalogue=catalogue,
    )
    if not dry_run:
        _follow_noted(office, sorted({person for result in results for person in result.noted}), at)
    return results


def _follow_noted(office: Office, people: Sequence[int], at: datetime) -> None:
    for start in range(0, len(people), CHUNK):
        with office.database.begin() as session:
            follow_up(session, office, people[start : start + CHUNK], at, WORKER)


def plan_new_days(office: Office, now: datetime, actor: str = WORKER.name) -> list[str]:
    """Plan every portfolio whose local day has no plan yet; codes of those planned. A missed night is caught up."""
    with office.database.read() as session:
        runs = {run.portfolio_id: run.day for run in current_runs(session, EVERYTHING)}
        due = [
            row.code
            for row in session.exec(select(Portfolio).order_by(col(Portfolio.id)))
            if runs.get(row.id or 0) != local_day(now, row.timezone)
        ]
    if due:
        sweep(office, now, actor)
    for code in due:
        plan(office, code, now, actor=actor, processes=office.settings.planners)
    return due

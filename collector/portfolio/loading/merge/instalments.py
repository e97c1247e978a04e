"""Schedules: one row per account and number."""

from __future__ import annotations

from collections import Counter

from sqlmodel import Session

from collector.portfolio.loading.job import Job, Merged, run_sql, stage, unlike, with_accounts
from collector.portfolio.loading.merge.agreed import has_agreed, is_agreed, state_instalments
from collector.portfolio.loading.reading import Reading, Rows
from collector.portfolio.tables import stage_instalment

TABLE = stage_instalment
STORED = ("due_on", "amount_due", "principal", "interest", "fee")


def stage_rows(session: Session, job: Job, rows: Rows, reading: Reading) -> None:
    rows, accounts = with_accounts(session, job, rows, reading)
    columns = {name: rows.columns[name] for name in ("number", *STORED) if name in rows.columns}
    stage(session, TABLE, job, {"account_id": accounts, **columns}, len(rows))


def merge(session: Session, job: Job, _reading: Reading) -> Merged:
    """An agreed schedule stays; what the file has otherwise is `kept` beside it."""
    given = [name for name in STORED if name in job.present]
    differs = " OR ".join(f"i.{name} {unlike(session)} s.{name}" for name in given)
    asks = has_agreed(session, job)
    kept: Counter[int] = state_instalments(session, job, TABLE.name, given) if asks else Counter()
    free = f" AND NOT {is_agreed('s.account_id')}" if asks else ""
    changed = run_sql(
        session,
        f"INSERT INTO instalment (account_id, number, {', '.join(given)})"  # noqa: S608
        f" SELECT s.account_id, s.number, {', '.join(f's.{name}' for name in given)} FROM {TABLE.name} s"
        " LEFT JOIN instalment i ON i.account_id = s.account_id AND i.number = s.number"
        f" WHERE s.run = :run AND (i.id IS NULL OR {differs}){free} ORDER BY s.position"
        " ON CONFLICT (account_id, number) DO UPDATE SET "
        f"{', '.join(f'{name} = excluded.{name}' for name in given)} RETURNING account_id",
        job.values,
    )
    return Merged(len(changed) + kept.total(), set(changed), kept.total(), kept=kept)

"""The creditor's statement: one line per account and day. An account that is not here is kept too: it is a difference.

What the lines differ by is decided afterwards (`casework.actions.loading.ledger`): a line that is new, or says another
thing than before, waits as `new`.
"""

from __future__ import annotations

from datetime import UTC

from sqlmodel import Session

from collector.portfolio.loading.job import Job, Merged, run_rows, run_sql, stage, unlike
from collector.portfolio.loading.reading import Reading, Rows
from collector.portfolio.tables import stage_balance

TABLE = stage_balance
SAID = ("principal", "interest", "penalty", "fees", "balance", "overdue")
LATER = (
    "EXISTS (SELECT 1 FROM ledger_balance n WHERE n.portfolio_id = b.portfolio_id"
    " AND n.account_no = b.account_no AND n.as_of > b.as_of)"
)


def stage_rows(session: Session, job: Job, rows: Rows, _reading: Reading) -> None:
    columns = {name: rows.columns[name] for name in ("account_no", "as_of", *SAID) if name in rows.columns}
    stage(session, TABLE, job, columns, len(rows))


def merge(session: Session, job: Job, _reading: Reading) -> Merged:
    given = [name for name in SAID if name in job.present]
    differs = " OR ".join(["e.kind = 'missing_there'", *(f"e.{name} {unlike(session)} s.{name}" for name in given)])
    updated = ", ".join(f"{name} = excluded.{name}" for name in ("account_id", "loaded_at", *given))
    run_sql(
        session,
        f"INSERT INTO ledger_balance (portfolio_id, account_id, account_no, as_of, loaded_at, is_last, state, size,"  # noqa: S608
        f" explained, explained_by, {', '.join(given)})"
        f" SELECT CAST(:portfolio AS BIGINT), a.id, s.account_no, s.as_of, :at, TRUE, 'new', 0, '', '',"
        f" {', '.join(f's.{name}' for name in given)} FROM {TABLE.name} s"
        " LEFT JOIN account a ON a.portfolio_id = :portfolio AND a.account_no = s.account_no"
        " LEFT JOIN ledger_balance e ON e.portfolio_id = :portfolio AND e.account_no = s.account_no"
        f" AND e.as_of = s.as_of WHERE s.run = :run AND (e.id IS NULL OR {differs}) ORDER BY s.position"
        f" ON CONFLICT (portfolio_id, account_no, as_of) DO UPDATE SET state = 'new', kind = NULL, {updated}",
        {**job.values, "at": job.book.at.astimezone(UTC)},
    )
    run_sql(
        session,
        f"UPDATE ledger_balance AS b SET is_last = NOT {LATER} WHERE b.portfolio_id = :portfolio"  # noqa: S608
        f" AND b.account_no IN (SELECT account_no FROM {TABLE.name} WHERE run = :run)",
        job.values,
    )
    fresh = run_rows(
        session,
        f"SELECT b.account_id FROM {TABLE.name} s JOIN ledger_balance b ON b.portfolio_id = :portfolio"  # noqa: S608
        " AND b.account_no = s.account_no AND b.as_of = s.as_of WHERE s.run = :run AND b.state = 'new'",
        job.values,
    )
    accounts = [row[0] for row in fresh]
    return Merged(len(accounts), {one for one in accounts if one is not None}, accounts.count(None))

"""Co-borrowers, guarantors, relatives and others, each a person with contact points of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session

from collector.portfolio.loading.job import Job, Merged, run_rows, run_sql, stage, unlike, with_accounts
from collector.portfolio.loading.merge.people import (
    Point,
    identities,
    labels,
    merge_identified,
    merge_points,
    merge_unidentified,
    salts,
)
from collector.portfolio.loading.reading import Reading, Rows
from collector.portfolio.tables import stage_party

TABLE = stage_party
STORED = ("guarantee_kind", "guarantee_until")
POINTS = (
    Point("phone", "phone", "mobile", 0),
    Point("email", "email", "email", 0),
    Point("address", "address", "home", 0),
)
OWN = "party q ON q.account_id = s.account_id AND q.person_id = s.person_id AND q.role = s.role"


def stage_rows(session: Session, job: Job, rows: Rows, reading: Reading) -> None:
    rows, accounts = with_accounts(session, job, rows, reading)
    kept = ("role", "name", "employer", *STORED, *(point.column for point in POINTS))
    columns: dict[str, Sequence[Any]] = {name: rows.columns[name] for name in kept if name in rows.columns}
    start = f"account:{job.book.portfolio_id}/"
    parts = zip(rows.columns["account_no"], rows.columns["role"], rows.columns["name"], strict=True)
    columns |= {
        "account_id": accounts,
        "natural_key": [f"{start}{number}:{role}/{name}" for number, role, name in parts],
        "salt": salts(len(rows)),
    }
    columns |= labels(rows, POINTS)
    if "id_no" in rows.columns:
        columns |= identities(rows, job)
    stage(session, TABLE, job, columns, len(rows))


def merge(session: Session, job: Job, _reading: Reading) -> Merged:
    people = merge_identified(session, TABLE.name, job) if "id_no" in job.present else []
    people += merge_unidentified(
        session,
        TABLE.name,
        job,
        known="person k WHERE k.natural_key = s.natural_key",
        source=f"{TABLE.name} s",
        match="person.natural_key = s.natural_key",
    )
    run_sql(
        session,
        f"UPDATE {TABLE.name} SET person_id = (SELECT COALESCE(pi.id, pn.id) FROM {TABLE.name} s"  # noqa: S608
        " LEFT JOIN person pi ON pi.id_index = s.id_index"
        " LEFT JOIN person pn ON pn.natural_key = s.natural_key AND s.id_index IS NULL"
        f" WHERE s.run = :run AND s.position = {TABLE.name}.position) WHERE run = :run",
        job.values,
    )
    changed = _parties(session, job)
    changed |= _parties_of(session, job, people)
    changed |= merge_points(session, job, POINTS, f"{TABLE.name} s JOIN {OWN}", "q.id", "s.person_id", fresh=False)
    return Merged(len(changed), _accounts_of(session, job, changed))


def _parties(session: Session, job: Job) -> set[int]:
    """One row per account, person and role, also when the file names a person twice in different ways."""
    given = [name for name in STORED if name in job.present]
    differs = "".join(f" OR q.{name} {unlike(session)} s.{name}" for name in given)
    update = ", ".join(f"{name} = excluded.{name}" for name in given)
    columns = ", ".join(("account_id", "person_id", "role", *given))
    return set(
        run_sql(
            session,
            f"INSERT INTO party ({columns}) SELECT {', '.join(f's.{name}' for name in columns.split(', '))}"  # noqa: S608
            " FROM (SELECT x.*, row_number() OVER (PARTITION BY account_id, person_id, role ORDER BY position DESC)"
            f" AS nth FROM {TABLE.name} x WHERE x.run = :run) s LEFT JOIN {OWN}"
            f" WHERE s.nth = 1 AND (q.id IS NULL{differs}) ORDER BY s.position"
            f" ON CONFLICT (account_id, person_id, role) DO {f'UPDATE SET {update}' if update else 'NOTHING'}"
            " RETURNING id",
            job.values,
        )
    )


def _parties_of(session: Session, job: Job, people: Sequence[int]) -> set[int]:
    if not people:
        return set()
    touched = set(people)
    return {party for party, _account, person in _all(session, job) if person in touched}


def _accounts_of(session: Session, job: Job, parties: set[int]) -> set[int]:
    return {account for party, account, _person in _all(session, job) if party in parties}


def _all(session: Session, job: Job) -> list[Any]:
    """Party, account and person of every staged row."""
    return run_rows(
        session,
        f"SELECT q.id, q.account_id, q.person_id FROM {TABLE.name} s JOIN {OWN} WHERE s.run = :run",  # noqa: S608
        job.values,
    )

"""Accounts with their borrowers, partners and contact points."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import Session

from collector.portfolio.loading.job import Job, Merged, run_rows, run_sql, stage, unlike
from collector.portfolio.loading.merge.agreed import has_agreed, is_agreed, state_maturity
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
from collector.portfolio.tables import stage_account

TABLE = stage_account

PLAIN = (
    "card_no", "product", "security", "principal", "annual_rate", "penalty_rate", "opened_on", "matures_on",
    "autopay", "borrower_type", "value_tier", "language", "timezone", "payday",
    "arbitration", "notarised", "service_address",
)  # fmt: skip
"""Columns of the account that are called the same in the file."""
REPORTED = {
    "as_of": "reported_on",
    "overdue_days_min": "reported_min",
    "overdue_days_max": "reported_max",
    "overdue_amount": "reported_overdue",
    "balance": "reported_balance",
}
STORED = {**{name: name for name in PLAIN}, **REPORTED}
DEFAULTS = {
    "product": "'cash'",
    "security": "'credit'",
    "principal": "0",
    "autopay": "FALSE",
    "arbitration": "FALSE",
    "notarised": "FALSE",
    "service_address": "FALSE",
    "borrower_type": "'other'",
    "value_tier": "'ordinary'",
}
"""Of a new account, where the file has no such column."""
POINTS = (
    Point("phone", "phone", "mobile", 0),
    Point("phone_2", "phone", "mobile", 1),
    Point("phone_3", "phone", "mobile", 2),
    Point("email", "email", "email", 0),
    Point("home_address", "address", "home", 0),
    Point("work_address", "address", "work", 1),
    Point("id_address", "address", "id", 2),
)
IDENTIFIED = "LEFT JOIN person pi ON pi.id_index = s.id_index"
MINE = "a.portfolio_id = :portfolio AND a.account_no = s.account_no"
OWN = f"account a ON {MINE}"


def stage_rows(session: Session, job: Job, rows: Rows, _reading: Reading) -> None:
    kept = (*STORED, "partner", "employer", *(point.column for point in POINTS))
    columns: dict[str, Sequence[Any]] = {name: rows.columns[name] for name in kept if name in rows.columns}
    numbers = rows.columns["account_no"]
    start = f"account:{job.book.portfolio_id}/"
    columns |= {
        "account_no": numbers,
        "name": rows.columns["borrower_name"],
        "natural_key": [f"{start}{number}:borrower" for number in numbers],
        "salt": salts(len(rows)),
    }
    columns |= labels(rows, POINTS)
    if "id_no" in rows.columns:
        columns |= identities(rows, job)
    stage(session, TABLE, job, columns, len(rows))


def merge(session: Session, job: Job, _reading: Reading) -> Merged:
    """Partners, persons, accounts, contact points, in this order."""
    if "partner" in job.present:
        _partners(session, job)
    people = merge_identified(session, TABLE.name, job) if "id_no" in job.present else []
    people += merge_unidentified(
        session,
        TABLE.name,
        known=f"account a WHERE {MINE}",
        source=f"{TABLE.name} s JOIN {OWN}",
        match="a.person_id = person.id",
        job=job,
    )
    changed = _new_accounts(session, job)
    fresh = len(changed) == job.staged
    asks = not fresh and "matures_on" in job.present and has_agreed(session, job)
    kept: Counter[int] = state_maturity(session, job, TABLE.name) if asks else Counter()
    if not fresh:
        changed |= _changed_accounts(session, job, keeps_agreed=asks)
    if people and not fresh:
        changed |= _accounts_of(session, job, people)
    changed |= merge_points(session, job, POINTS, f"{TABLE.name} s JOIN {OWN}", "a.id", "a.person_id", fresh=fresh)
    return Merged(len(changed | kept.keys()), changed, kept.total(), kept=kept)


def _partners(session: Session, job: Job) -> None:
    run_sql(
        session,
        "INSERT INTO partner (portfolio_id, name, kind)"  # noqa: S608
        f" SELECT DISTINCT CAST(:portfolio AS BIGINT), s.partner, 'dealer' FROM {TABLE.name} s"
        " WHERE s.run = :run AND s.partner IS NOT NULL ON CONFLICT (portfolio_id, name) DO NOTHING",
        job.values,
    )


def _values(job: Job) -> Mapping[str, str]:
    """Stored column → what is put there: the staged column where the file has it, else the default."""
    found = {STORED[name]: f"s.{name}" for name in STORED if name in job.present}
    if "partner" in job.present:
        found["partner_id"] = "r.id"
    return found


def _new_accounts(session: Session, job: Job) -> set[int]:
    """Nobody else writes accounts of the portfolio while the load holds its name, so that nothing can conflict."""
    given = _values(job)
    inserted = {**{name: value for name, value in DEFAULTS.items() if name not in given}, **given}
    return set(
        run_sql(
            session,
            f"INSERT INTO account (portfolio_id, account_no, person_id, {', '.join(inserted)})"  # noqa: S608
            f" SELECT CAST(:portfolio AS BIGINT), s.account_no, COALESCE(pi.id, pn.id), {', '.join(inserted.values())}"
            f" FROM {TABLE.name} s {IDENTIFIED}"
            " LEFT JOIN person pn ON pn.natural_key = s.natural_key AND s.id_index IS NULL"
            f" {_partner(job)} WHERE s.run = :run AND NOT EXISTS (SELECT 1 FROM account a WHERE {MINE})"
            " ORDER BY s.position RETURNING id",
            job.values,
        )
    )


def _changed_accounts(session: Session, job: Job, *, keeps_agreed: bool) -> set[int]:
    """Accounts that differ from the file. One whose row brings no ID keeps its borrower, one whose schedule was
    agreed its maturity."""
    updated = {"person_id": "COALESCE(pi.id, account.person_id)", **_values(job)}
    if keeps_agreed:
        agreed = is_agreed("account.id")
        updated["matures_on"] = f"CASE WHEN {agreed} THEN account.matures_on ELSE {updated['matures_on']} END"
    differs = " OR ".join(f"account.{name} {unlike(session)} {value}" for name, value in updated.items())
    return set(
        run_sql(
            session,
            f"UPDATE account SET {', '.join(f'{name} = {value}' for name, value in updated.items())}"  # noqa: S608
            f" FROM {TABLE.name} s {IDENTIFIED} {_partner(job)}"
            " WHERE account.portfolio_id = :portfolio AND account.account_no = s.account_no AND s.run = :run"
            f" AND ({differs}) RETURNING account.id",
            job.values,
        )
    )


def _partner(job: Job) -> str:
    return (
        "LEFT JOIN partner r ON r.portfolio_id = :portfolio AND r.name = s.partner" if "partner" in job.present else ""
    )


def _accounts_of(session: Session, job: Job, people: Sequence[int]) -> set[int]:
    """The accounts of this file whose borrowers changed."""
    touched = set(people)
    pairs = run_rows(
        session,
        f"SELECT a.id, a.person_id FROM {TABLE.name} s JOIN {OWN} WHERE s.run = :run",  # noqa: S608
        job.values,
    )
    return {account for account, person in pairs if person in touched}

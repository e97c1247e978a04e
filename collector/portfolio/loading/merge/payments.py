"""Payments, reversals and failed debits; what matches no account is held, never dropped and never guessed.

Order does not matter: a reversal may stand before its payment, in the same file or in another one. It takes back a
whole payment; one of another amount is refused, so that nobody is made to owe again more than was taken back.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from typing import Any

from sqlmodel import Session

from collector.foundation.clock import local_day
from collector.portfolio.loading.job import Job, Merged, run_rows, run_sql, stage, unlike
from collector.portfolio.loading.reading import Reading, Rows
from collector.portfolio.rules import PaymentKind
from collector.portfolio.tables import stage_payment

TABLE = stage_payment
STORED = ("account_no", "card_no", "payer_name", "amount", "paid_at", "paid_on", "kind", "reverses", "reason")
KNOWN = "payment e ON e.portfolio_id = :portfolio AND e.reference = s.reference"


class Payments:
    """The reversals of a file, kept with their cells until the merge knows what they take back."""

    def __init__(self) -> None:
        self.reversals: dict[int, Rows] = {}

    def stage_rows(self, session: Session, job: Job, rows: Rows, _reading: Reading) -> None:
        columns: dict[str, Sequence[Any]] = {
            name: rows.columns[name] for name in ("reference", *STORED) if name in rows.columns
        }
        days = {at: local_day(at, job.book.zone) for at in set(rows.columns["paid_at"])}
        columns["paid_on"] = [days[at] for at in rows.columns["paid_at"]]
        columns["kind"] = rows.column("kind", PaymentKind.payment.value)
        for row, kind in enumerate(columns["kind"]):
            if kind == PaymentKind.reversal:
                self.reversals[job.staged + row] = rows.kept([row])
        stage(session, TABLE, job, columns, len(rows))

    def merge(self, session: Session, job: Job, reading: Reading) -> Merged:
        if self.reversals:
            self._refuse_unfit(session, job, reading)
        accounts = _left_behind(session, job)
        changed = _payments(session, job)
        accounts |= {account for account in changed if account is not None}
        accounts |= _states(session, job)
        held = run_sql(
            session,
            f"SELECT count(*) FROM {TABLE.name} s JOIN {KNOWN} WHERE s.run = :run AND e.state = 'held'",  # noqa: S608
            job.values,
        )
        return Merged(len(changed), accounts, held[0])

    def _refuse_unfit(self, session: Session, job: Job, reading: Reading) -> None:
        """Reversals whose payment is known and does not fit."""
        unfit = run_rows(
            session,
            f"SELECT s.position, o.kind FROM {TABLE.name} s JOIN ("  # noqa: S608
            f" SELECT reference, kind, amount FROM {TABLE.name} WHERE run = :run UNION ALL"
            f" SELECT p.reference, p.kind, p.amount FROM payment p JOIN {TABLE.name} t"
            " ON t.reverses = p.reference AND t.run = :run WHERE p.portfolio_id = :portfolio"
            f" AND NOT EXISTS (SELECT 1 FROM {TABLE.name} u WHERE u.run = :run AND u.reference = p.reference)"
            " ) o ON o.reference = s.reverses"
            " WHERE s.run = :run AND s.kind = 'reversal' AND (o.kind <> 'payment' OR o.amount <> s.amount)",
            job.values,
        )
        for position, kind in sorted({(row[0], row[1]) for row in unfit}):
            reason = (
                "its amount is not that of the payment it reverses; take back the whole and book the rest anew"
                if kind == PaymentKind.payment
                else f"takes back a {kind}, which moved no money"
            )
            column = "amount" if kind == PaymentKind.payment else "reverses"
            reading.refuse(self.reversals[position], {0: [(column, reason)]})
            run_sql(session, f"DELETE FROM {TABLE.name} WHERE run = :run AND position = {position}", job.values)  # noqa: S608
            job.staged -= 1


def _source(session: Session, job: Job) -> tuple[str, str, str]:
    """FROM, the account of each row, and when a row differs from what is stored.

    By account number, else by a card that is on one account only, else by card and payer's name together. An account
    that a person matched stays, as long as the file says the same about the payment; a correction that fits no account
    takes the money away from the old one, and is held."""
    found = ["a.id"]
    joins = (
        f"{TABLE.name} s LEFT JOIN {KNOWN}"
        " LEFT JOIN account a ON a.portfolio_id = :portfolio AND a.account_no = s.account_no"
    )
    if "card_no" in job.present:
        mine = f"a.portfolio_id = :portfolio AND a.card_no IN (SELECT card_no FROM {TABLE.name} WHERE run = :run)"  # noqa: S608
        joins += (
            f" LEFT JOIN (SELECT card_no, min(id) AS id FROM account a WHERE {mine} GROUP BY card_no"  # noqa: S608
            " HAVING count(*) = 1) c ON c.card_no = s.card_no AND s.account_no IS NULL"
            " LEFT JOIN (SELECT a.card_no, p.name, min(a.id) AS id FROM account a JOIN person p ON p.id = a.person_id"
            f" WHERE {mine} GROUP BY a.card_no, p.name HAVING count(*) = 1) n"
            " ON n.card_no = s.card_no AND n.name = s.payer_name AND s.account_no IS NULL"
        )
        found += ["c.id", "n.id"]
    differs = unlike(session)
    said_anew = [f"e.{name} {differs} s.{name}" for name in ("account_no", "card_no") if name in job.present]
    account = (
        f"CASE WHEN {' OR '.join(['e.account_id IS NULL', *said_anew])}"
        f" THEN COALESCE({', '.join([*found, 'NULL'])}) ELSE e.account_id END"
    )
    compared = [f"e.{name} {differs} s.{name}" for name in _given(job)]
    return joins, account, " OR ".join([f"e.account_id {differs} {account}", *compared])


def _given(job: Job) -> list[str]:
    return [name for name in STORED if name in job.present or name in ("paid_on", "kind")]


def _left_behind(session: Session, job: Job) -> set[int]:
    """Accounts that a corrected row takes a payment away from."""
    joins, account, _ = _source(session, job)
    return set(
        run_sql(
            session,
            f"SELECT e.account_id FROM {joins} WHERE s.run = :run AND e.account_id IS NOT NULL"  # noqa: S608
            f" AND e.account_id {unlike(session)} {account}",
            job.values,
        )
    )


def _payments(session: Session, job: Job) -> list[int | None]:
    """New and corrected rows; their accounts. The moment of the first loading stays."""
    joins, account, differs = _source(session, job)
    given = _given(job)
    state = f"CASE WHEN s.kind <> 'payment' THEN 'noted' WHEN {account} IS NULL THEN 'held' ELSE 'applied' END"
    updated = ", ".join(f"{name} = excluded.{name}" for name in ("account_id", *given))
    return run_sql(
        session,
        f"INSERT INTO payment (portfolio_id, reference, account_id, state, loaded_at, {', '.join(given)})"  # noqa: S608
        f" SELECT CAST(:portfolio AS BIGINT), s.reference, {account}, {state}, :at,"
        f" {', '.join(f's.{name}' for name in given)} FROM {joins}"
        f" WHERE s.run = :run AND (e.id IS NULL OR {differs}) ORDER BY s.position"
        f" ON CONFLICT (portfolio_id, reference) DO UPDATE SET {updated} RETURNING account_id",
        {**job.values, "at": job.book.at.astimezone(UTC)},
    )


def _states(session: Session, job: Job) -> set[int]:
    """Bring the state of every payment that this file speaks of, and of those whose reversal it corrected away, in line
    with its kind, its reversals and its account. What people said a reversal takes back outweighs its own words."""
    spoken = (
        f"(SELECT reference FROM {TABLE.name} WHERE run = :run UNION"  # noqa: S608
        f" SELECT reverses FROM {TABLE.name} WHERE run = :run AND reverses IS NOT NULL)"
    )
    taken = (
        "EXISTS (SELECT 1 FROM payment r WHERE r.portfolio_id = :portfolio AND r.kind = 'reversal'"
        " AND r.{name} = p.reference AND r.amount = p.amount{more})"
    )
    by_file, by_people = (
        taken.format(name="reverses", more=" AND r.takes_back IS NULL"),
        taken.format(name="takes_back", more=""),
    )
    due = (
        f"CASE WHEN p.kind <> 'payment' THEN 'noted' WHEN {by_file} OR {by_people} THEN 'reversed'"
        " WHEN p.account_id IS NULL THEN 'held' ELSE 'applied' END"
    )
    moved = run_sql(
        session,
        f"UPDATE payment AS p SET state = {due} WHERE p.portfolio_id = :portfolio"  # noqa: S608
        f" AND (p.reference IN {spoken} OR p.state = 'reversed') AND p.state <> {due} RETURNING account_id",
        job.values,
    )
    run_sql(
        session,
        "UPDATE payment AS r SET account_id = p.account_id FROM payment p WHERE r.portfolio_id = :portfolio"  # noqa: S608
        " AND p.portfolio_id = :portfolio AND r.kind = 'reversal' AND p.reference = r.reverses"
        f" AND r.account_id IS NULL AND p.account_id IS NOT NULL AND p.reference IN {spoken}",
        job.values,
    )
    return {account for account in moved if account is not None}

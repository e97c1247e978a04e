"""Where a schedule was agreed with the borrower it holds, whatever the creditor's book says: a row of theirs that has
it otherwise is kept beside it for operations, as a difference to their ledger is (handbook sections 2 and 4).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC

from sqlmodel import Session

from collector.portfolio.loading.job import Job, run_rows, run_sql, unlike
from collector.portfolio.tables import MATURITY


def is_agreed(account: str) -> str:
    """The condition that the schedule of the account in that column was changed by agreement."""
    return f"EXISTS (SELECT 1 FROM instalment_before b WHERE b.account_id = {account})"  # noqa: S608 - a column's name


def has_agreed(session: Session, job: Job) -> bool:
    """Whether any account of the portfolio has an agreed schedule. A book without one is loaded without asking."""
    return bool(
        run_rows(
            session,
            "SELECT 1 FROM instalment_before b JOIN account a ON a.id = b.account_id"
            " WHERE a.portfolio_id = :portfolio LIMIT 1",
            job.values,
        )
    )


def state_instalments(session: Session, job: Job, table: str, given: Sequence[str]) -> Counter[int]:
    """Keep what the staged instalments say otherwise than the agreed schedule. How many rows were news, by account."""
    return _state(
        session,
        job,
        rows=f"{table} s LEFT JOIN instalment o ON o.account_id = s.account_id AND o.number = s.number",
        account="s.account_id",
        number="s.number",
        given={name: f"s.{name}" for name in given},
        differs=" OR ".join(["o.id IS NULL", *(_differs(session, name) for name in given)]),
    )


def _differs(session: Session, name: str) -> str:
    """What a file leaves empty is not said."""
    return f"(s.{name} IS NOT NULL AND o.{name} {unlike(session)} s.{name})"


def state_maturity(session: Session, job: Job, table: str) -> Counter[int]:
    """The same of the day on which the account matures."""
    return _state(
        session,
        job,
        rows=f"{table} s JOIN account o ON o.portfolio_id = :portfolio AND o.account_no = s.account_no",
        account="o.id",
        number=str(MATURITY),
        given={"due_on": "s.matures_on"},
        differs=_differs(session, "matures_on"),
    )


def _state(
    session: Session, job: Job, *, rows: str, account: str, number: str, given: dict[str, str], differs: str
) -> Counter[int]:
    """What was said before and differs now is written over: a new word needs its own explanation."""
    news = " OR ".join(f"t.{name} {unlike(session)} {value}" for name, value in given.items())
    changed = run_sql(
        session,
        f"INSERT INTO stated_instalment (portfolio_id, account_id, number, {', '.join(given)},"  # noqa: S608
        " loaded_at, explained, explained_by)"
        f" SELECT CAST(:portfolio AS BIGINT), {account}, {number}, {', '.join(given.values())}, :at, '', ''"
        f" FROM {rows} LEFT JOIN stated_instalment t ON t.account_id = {account} AND t.number = {number}"
        f" WHERE s.run = :run AND {is_agreed(account)} AND ((t.id IS NULL AND ({differs})) OR"
        f" (t.id IS NOT NULL AND ({news}))) ORDER BY s.position"
        " ON CONFLICT (account_id, number) DO UPDATE SET"
        f" {', '.join(f'{name} = excluded.{name}' for name in (*given, 'loaded_at', 'explained', 'explained_by'))},"
        " explained_at = NULL RETURNING account_id",
        {**job.values, "at": job.book.at.astimezone(UTC)},
    )
    return Counter(changed)

"""What ageing reads, for many accounts at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice

from sqlalchemy import select as columns_of
from sqlmodel import Session, col

from collector.foundation.clock import local_day
from collector.foundation.database import mostly
from collector.portfolio.rules import EntryKind, Instalment, Paid, Pause, PaymentKind, PaymentState, Reported, Waived
from collector.portfolio.tables import (
    Account,
    InstalmentBefore,
    InstalmentRow,
    LedgerEntry,
    PauseRow,
    PaymentRow,
    Portfolio,
)

CHUNK = 2_000


@dataclass(slots=True)
class Records:
    """The records of one account that its ageing follows from. Money in minor units, days local to the portfolio."""

    account_id: int
    portfolio_id: int
    zone: str
    grace_days: int
    reported: Reported | None
    instalments: list[Instalment] = field(default_factory=list)
    payments: list[Paid] = field(default_factory=list)
    pauses: list[Pause] = field(default_factory=list)
    waived: list[Waived] = field(default_factory=list)
    former: list[tuple[date, list[Instalment]]] = field(default_factory=list)
    """Schedules that were replaced by agreement, oldest first, each with the day it was replaced."""

    def schedule_on(self, day: date) -> list[Instalment]:
        """The instalments that held at the end of that day."""
        return next((lines for replaced_on, lines in self.former if replaced_on > day), self.instalments)


def records_of(session: Session, account_ids: Iterable[int]) -> dict[int, Records]:
    """Schedule, standing payments and pauses of these accounts; ids that do not exist are left out."""
    found: dict[int, Records] = {}
    for ids in _chunks(account_ids):
        chunk = {record.account_id: record for record in _accounts(session, ids)}
        for account_id, due_on, amount in session.connection().execute(
            columns_of(col(InstalmentRow.account_id), col(InstalmentRow.due_on), col(InstalmentRow.amount_due))
            .where(col(InstalmentRow.account_id).in_(ids))
            .order_by(col(InstalmentRow.account_id), col(InstalmentRow.due_on), col(InstalmentRow.number))
        ):
            chunk[account_id].instalments.append(Instalment(due_on, amount))
        _add_payments(session, ids, chunk)
        _add_former(session, ids, chunk)
        for account_id, waived in waived_of(session, ids):
            chunk[account_id].waived.append(waived)
        for account_id, first, last in session.connection().execute(
            columns_of(col(PauseRow.account_id), col(PauseRow.first), col(PauseRow.last)).where(
                col(PauseRow.account_id).in_(ids)
            )
        ):
            chunk[account_id].pauses.append(Pause(first, last))
        found.update(chunk)
    return found


def _chunks(account_ids: Iterable[int]) -> Iterator[list[int]]:
    ids = iter(sorted(set(account_ids)))
    while chunk := list(islice(ids, CHUNK)):
        yield chunk


def _add_payments(session: Session, ids: Sequence[int], chunk: dict[int, Records]) -> None:
    for account_id, paid_on, amount in session.connection().execute(
        columns_of(col(PaymentRow.account_id), col(PaymentRow.paid_on), col(PaymentRow.amount))
        .where(
            col(PaymentRow.account_id).in_(ids),
            mostly(col(PaymentRow.kind), PaymentKind.payment),
            mostly(col(PaymentRow.state), PaymentState.applied),
        )
        .order_by(col(PaymentRow.paid_on), col(PaymentRow.id))
    ):
        if account_id is not None:
            chunk[account_id].payments.append(Paid(paid_on, amount))


def _add_former(session: Session, ids: Sequence[int], chunk: dict[int, Records]) -> None:
    before = InstalmentBefore.__table__.c  # type: ignore[attr-defined]
    seen: dict[tuple[int, int], list[Instalment]] = {}
    for account_id, version, replaced_at, due_on, amount in session.connection().execute(
        columns_of(before.account_id, before.version, before.replaced_at, before.due_on, before.amount_due)
        .where(before.account_id.in_(ids))
        .order_by(before.account_id, before.version, before.due_on, before.number)
    ):
        record = chunk[account_id]
        if (account_id, version) not in seen:
            seen[account_id, version] = []
            record.former.append((local_day(replaced_at, record.zone), seen[account_id, version]))
        seen[account_id, version].append(Instalment(due_on, amount))


def waived_of(session: Session, account_ids: Sequence[int]) -> list[tuple[int, Waived]]:
    """What was given up of these accounts, each with the day it was taken back on, in the order of booking."""
    back = LedgerEntry.__table__.alias("back")  # type: ignore[attr-defined]
    line = LedgerEntry.__table__.c  # type: ignore[attr-defined]
    rows = session.connection().execute(
        columns_of(line.account_id, line.booked_on, line.amount, back.c.booked_on)
        .select_from(LedgerEntry.__table__.outerjoin(back, back.c.takes_back == line.id))  # type: ignore[attr-defined]
        .where(line.account_id.in_(account_ids), line.kind == EntryKind.waiver, line.takes_back.is_(None))
        .order_by(line.id)
    )
    return [(account_id, Waived(*parts)) for account_id, *parts in rows]


def _accounts(session: Session, ids: Sequence[int]) -> Iterator[Records]:
    statement = (
        columns_of(
            col(Account.id),
            col(Account.portfolio_id),
            col(Account.reported_on),
            col(Account.reported_min),
            col(Account.reported_max),
            col(Account.reported_overdue),
            col(Account.reported_balance),
            col(Portfolio.timezone),
            col(Portfolio.grace_days),
        )
        .join(Portfolio, col(Portfolio.id) == Account.portfolio_id)
        .where(col(Account.id).in_(ids))
    )
    rows = session.connection().execute(statement)
    for identity, portfolio, day, least, most, overdue, balance, zone, grace in rows:
        reported = None
        if day is not None and least is not None:
            reported = Reported(day, least, most, overdue or 0, balance or 0)
        yield Records(identity or 0, portfolio, zone, grace, reported)

"""Our own lines in the ledger, and schedules that are changed by agreement. Nothing is ever taken out: a line is taken
back by another one, and instalments that no longer hold stay as they were, in a version of their own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlmodel import Session, col, func, select

from collector.audit.actions import record
from collector.foundation.errors import BadInput, Conflict
from collector.portfolio.rules import EntryKind
from collector.portfolio.tables import Account, InstalmentBefore, InstalmentRow, LedgerEntry

BOOKED, TAKEN_BACK, SCHEDULE, MATURES = "ledger.booked", "ledger.taken-back", "schedule.changed", "account.matures"


class Sums(NamedTuple):
    """Of a line, in minor units. `amount` is fees, interest and principal; the penalty stands beside it."""

    penalty: int = 0
    fees: int = 0
    interest: int = 0
    principal: int = 0

    @property
    def amount(self) -> int:
        return self.fees + self.interest + self.principal


class NewLine(NamedTuple):
    """An instalment as it is to be. Minor units."""

    number: int
    due_on: date
    amount: int
    principal: int | None
    interest: int | None
    fee: int | None


def book(
    session: Session, account: Account, kind: EntryKind, sums: Sums, on: date, source: str, *, actor: str, at: datetime
) -> LedgerEntry:
    """Add a line. Of nothing, or with a sum below zero, there is none: a `BadInput`."""
    if min(sums) < 0 or not (sums.amount or sums.penalty):
        raise BadInput("a line of the ledger has sums of 0 or more, and not all of them 0")
    row = LedgerEntry(
        portfolio_id=account.portfolio_id,
        account_id=account.id or 0,
        kind=kind,
        booked_on=on,
        amount=sums.amount,
        **sums._asdict(),
        source=source,
        at=at,
        actor=actor,
    )
    session.add(row)
    session.flush()
    detail = {"account": account.id, "kind": kind.value, "amount": row.amount, "penalty": row.penalty, "for": source}
    record(session, actor, BOOKED, f"ledger_entry:{row.id}", detail, at)
    return row


def take_entry_back(session: Session, row: LedgerEntry, on: date, *, actor: str, at: datetime) -> LedgerEntry:
    """The line counts no more from that day on. Twice is a `Conflict`."""
    if session.exec(select(LedgerEntry.id).where(LedgerEntry.takes_back == row.id)).first() is not None:
        raise Conflict("this line of the ledger is taken back already")
    same = row.model_dump(exclude={"id", "booked_on", "takes_back", "at", "actor"})
    back = LedgerEntry(**same, booked_on=on, takes_back=row.id, at=at, actor=actor)
    session.add(back)
    session.flush()
    detail = {"account": row.account_id, "amount": row.amount, "takes_back": row.id}
    record(session, actor, TAKEN_BACK, f"ledger_entry:{back.id}", detail, at)
    return back


def standing_entries(session: Session, account_id: int, kind: EntryKind) -> Sequence[LedgerEntry]:
    """The lines of that kind that were not taken back, oldest first."""
    gone = select(LedgerEntry.takes_back).where(
        LedgerEntry.account_id == account_id, col(LedgerEntry.takes_back).is_not(None)
    )
    rows = select(LedgerEntry).where(
        LedgerEntry.account_id == account_id,
        LedgerEntry.kind == kind,
        col(LedgerEntry.takes_back).is_(None),
        col(LedgerEntry.id).not_in(gone),
    )
    return session.exec(rows.order_by(col(LedgerEntry.id))).all()


def schedule(session: Session, account_id: int) -> Sequence[InstalmentRow]:
    """The instalments that hold, by number."""
    rows = select(InstalmentRow).where(InstalmentRow.account_id == account_id)
    return session.exec(rows.order_by(col(InstalmentRow.number))).all()


def change_schedule(
    session: Session, account: Account, lines: Sequence[NewLine], source: str, *, actor: str, at: datetime
) -> int:
    """Let these instalments hold from now on; the version of those that held before is returned, and kept."""
    before = schedule(session, account.id or 0)
    newest = select(func.max(InstalmentBefore.version)).where(InstalmentBefore.account_id == account.id)
    version = (session.exec(newest).one() or 0) + 1
    for old in before:
        kept = old.model_dump(exclude={"id"})
        session.add(InstalmentBefore(**kept, version=version, source=source, replaced_at=at, actor=actor))
    _replace(session, account, before, lines)
    session.flush()
    sums = {"before": sum(old.amount_due for old in before), "after": sum(line.amount for line in lines)}
    detail = {"version": version, "lines": len(lines), "for": source, **sums}
    record(session, actor, SCHEDULE, f"account:{account.id}", detail, at)
    return version


def _replace(session: Session, account: Account, before: Sequence[InstalmentRow], lines: Sequence[NewLine]) -> None:
    held = {old.number: old for old in before}
    for line in lines:
        row = held.pop(line.number, None) or InstalmentRow(
            account_id=account.id or 0, number=line.number, due_on=line.due_on, amount_due=0
        )
        row.due_on, row.amount_due = line.due_on, line.amount
        row.principal, row.interest, row.fee = line.principal, line.interest, line.fee
        session.add(row)
    for old in held.values():  # its copy stays among the versions
        session.delete(old)


def mature_on(session: Session, account: Account, day: date, source: str, *, actor: str, at: datetime) -> None:
    """The account matures on another day, as was agreed."""
    detail = {"before": str(account.matures_on or ""), "after": str(day), "for": source}
    account.matures_on = day
    session.add(account)
    session.flush()
    record(session, actor, MATURES, f"account:{account.id}", detail, at)

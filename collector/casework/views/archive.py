"""The archive: where originals lie, who has which of them, and what is not back in time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import and_, literal, or_
from sqlalchemy import select as columns
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from collector.foundation.clock import local_day
from collector.foundation.errors import NotFound
from collector.history.rules import ArchiveStep, Condition, days_overdue
from collector.history.tables import Document, Original, OriginalStep
from collector.identity.rules import Actor, Role
from collector.portfolio.queries import within
from collector.portfolio.tables import Account, Portfolio

Row = tuple[Original, OriginalStep, Account, Portfolio]

COUNSEL = frozenset({Role.legal})
"""Who sees what is between the creditor and counsel."""
MOST = 500
"""Lines that a list shows."""


class ArchivePart(StrEnum):
    """Which originals a list shows."""

    overdue = "not_back_in_time"
    on_loan = "on_loan"
    lost = "lost"
    kept = "on_its_shelf"


@dataclass(frozen=True, slots=True)
class Shelved:
    """An original with its newest step. `overdue`: days past its day; 0: in time, or not out."""

    original: Original
    last: OriginalStep
    key: str
    overdue: int

    @property
    def is_lost(self) -> bool:
        return self.last.condition is Condition.lost


@dataclass(frozen=True, slots=True)
class History:
    """One original and all that happened to it, the newest first."""

    shelved: Shelved
    steps: Sequence[OriginalStep]


STEP = OriginalStep
PARTS = {
    ArchivePart.overdue: col(STEP.step) == ArchiveStep.lent,
    ArchivePart.on_loan: col(STEP.step) == ArchiveStep.lent,
    ArchivePart.lost: and_(
        col(STEP.step).in_([ArchiveStep.placed, ArchiveStep.returned]), col(STEP.condition) == Condition.lost
    ),
    ArchivePart.kept: and_(
        col(STEP.step).in_([ArchiveStep.placed, ArchiveStep.returned]),
        or_(col(STEP.condition).is_(None), col(STEP.condition) != Condition.lost),
    ),
}


def archived(session: Session, actor: Actor, part: ArchivePart, now: datetime, limit: int = MOST) -> list[Shelved]:
    """Those of that part: loans by what is due first, the others by number."""
    found = _newest(actor).where(PARTS[part])
    if part is ArchivePart.overdue:
        found = found.where(col(STEP.due_on) <= now.date())  # no clock is further than a day from UTC
    told = _told(session, found.order_by(col(STEP.due_on), col(Original.id)).limit(limit), now)
    return [one for one in told if one.overdue] if part is ArchivePart.overdue else told


def of_account(session: Session, actor: Actor, account_id: int, now: datetime) -> list[Shelved]:
    """Every original of the account, those of title first."""
    found = _newest(actor).where(col(Original.account_id) == account_id)
    return _told(session, found.order_by(col(Original.level), col(Original.id)), now)


def history_of(session: Session, actor: Actor, original_id: int, now: datetime) -> History:
    """One original; of another portfolio, or not for this reader, it is not there."""
    found = _told(session, _newest(actor).where(col(Original.id) == original_id), now)
    if not found:
        raise NotFound
    steps = select(STEP).where(STEP.original_id == original_id)
    return History(found[0], session.exec(steps.order_by(col(STEP.number).desc())).all())


def _newest(actor: Actor) -> Any:
    """Each original with its newest step and its account, as this reader may see them: what is between the creditor and
    counsel is for counsel."""
    later = aliased(STEP)
    after = columns(literal(1)).where(
        col(later.original_id) == col(STEP.original_id), col(later.number) == col(STEP.number) + 1
    )
    found: Any = (
        select(Original, STEP, Account, Portfolio)
        .join(STEP, col(STEP.original_id) == col(Original.id))
        .join(Account, col(Account.id) == col(Original.account_id))
        .join(Portfolio, col(Portfolio.id) == col(Original.portfolio_id))
        .where(~after.correlate(STEP).exists())
    )
    if actor.user_id is not None and not actor.roles & COUNSEL:
        secret = columns(literal(1)).where(col(Document.id) == col(Original.document_id), col(Document.privileged))
        found = found.where(~secret.correlate(Original).exists())
    return within(found, Original.portfolio_id, actor.scope)


def _told(session: Session, found: Any, now: datetime) -> list[Shelved]:
    rows: Sequence[Row] = session.exec(found).all()
    return [
        Shelved(
            original,
            last,
            f"{book.code}/{account.account_no}",
            days_overdue(last.step, last.due_on, local_day(now, book.timezone)),
        )
        for original, last, account, book in rows
    ]

"""What the page of retention shows: counts and purges, and the holds that stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from collector.foundation.errors import NotFound
from collector.identity.rules import Scope
from collector.legal.retention.tables import Purge, RetentionHold
from collector.portfolio.tables import Account, Portfolio

SHOWN = 20
"""Purges that the page shows."""


@dataclass(frozen=True, slots=True)
class Held:
    """A hold, and what it is on: CODE, or CODE/NO."""

    row: RetentionHold
    key: str


@dataclass(frozen=True, slots=True)
class Retention:
    """`purges`: the newest first; the first is the newest count."""

    purges: Sequence[Purge]
    holds: Sequence[Held]


def retention(session: Session, scope: Scope) -> Retention:
    """Counts are of the whole installation: they are for who sees all of it. Holds, of the scope."""
    newest = select(Purge).order_by(col(Purge.id).desc()).limit(SHOWN)
    purges = session.exec(newest).all() if scope.portfolio_ids is None else ()
    standing = (
        select(RetentionHold, Portfolio.code, Account.account_no)
        .join(Portfolio, col(Portfolio.id) == col(RetentionHold.portfolio_id))
        .outerjoin(Account, col(Account.id) == col(RetentionHold.account_id))
        .where(col(RetentionHold.lifted_at).is_(None))
        .order_by(col(RetentionHold.id))
    )
    holds = [
        Held(row, f"{code}/{number}" if number else code)
        for row, code, number in session.exec(standing).all()
        if scope.admits(row.portfolio_id)
    ]
    return Retention(purges, holds)


def purge(session: Session, scope: Scope, purge_id: int) -> Purge:
    """One of them, for who sees the whole installation."""
    row = session.get(Purge, purge_id)
    if row is None or scope.portfolio_ids is not None:
        raise NotFound
    return row


def hold(session: Session, hold_id: int) -> RetentionHold:
    """A hold that was set once."""
    row = session.get(RetentionHold, hold_id)
    if row is None:
        raise NotFound
    return row

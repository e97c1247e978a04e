"""Rows of a table that belong to an account, or to other rows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlmodel import Session, select

from collector.foundation.database import among
from collector.portfolio.tables import Account


def rows_of(session: Session, table: Any, account: Account, order: str) -> Sequence[Any]:
    columns = table.__table__.c
    rows = select(table).where(columns.account_id == account.id)
    return session.exec(rows.order_by(columns[order], columns.id)).all()


def rows_by(session: Session, table: Any, column: str, values: Collection[int]) -> Sequence[Any]:
    return session.exec(select(table).where(among(session, table.__table__.c[column], values))).all() if values else []

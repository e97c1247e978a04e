"""Schedules that were agreed with borrowers, and what the creditor's book says of them otherwise."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from collector.portfolio.tables import MATURITY, Account, InstalmentRow, StatedInstalment

ITS_PARTS = ("principal", "interest", "fee")


def stated() -> SelectOfScalar[StatedInstalment]:
    """What the creditor says of agreed schedules and ours does not, today: it is compared as it is asked for, so that
    nothing that was agreed since needs to touch it."""
    ours, account = aliased(InstalmentRow), aliased(Account)
    said = StatedInstalment
    parts = [
        col(getattr(said, name)).is_not(None)
        & (col(getattr(ours, name)).is_(None) | (getattr(ours, name) != getattr(said, name)))
        for name in ITS_PARTS
    ]
    is_other = or_(col(ours.id).is_(None), ours.due_on != said.due_on, ours.amount_due != col(said.amount_due), *parts)
    matures = or_(col(account.matures_on).is_(None), account.matures_on != said.due_on)
    return (
        select(said)
        .join(account, col(account.id) == said.account_id)
        .outerjoin(ours, (col(ours.account_id) == said.account_id) & (col(ours.number) == said.number))
        .where(or_((col(said.number) == MATURITY) & matures, (col(said.number) != MATURITY) & is_other))
    )


def stated_of(session: Session, account: Account) -> Sequence[StatedInstalment]:
    """Of one account, by number."""
    rows = stated().where(StatedInstalment.account_id == account.id)
    return session.exec(rows.order_by(col(StatedInstalment.number))).all()

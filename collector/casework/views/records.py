"""The records of one account that several parts of its page tell of: in a look each kind is read once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from sqlmodel import Session, SQLModel, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from collector.foundation.known import once
from collector.history.rules import HoldScope
from collector.history.tables import CallbackRow, Dispute, Hold, Promise, Referral, Stop
from collector.portfolio.tables import Account, PaymentRow

T = TypeVar("T", bound=SQLModel)


def payments_of(session: Session, account_id: int) -> Sequence[PaymentRow]:
    """All of them, whatever became of them, newest first."""
    rows = select(PaymentRow).where(PaymentRow.account_id == account_id)
    return _read(session, PaymentRow, account_id, rows.order_by(col(PaymentRow.paid_at).desc(), _newest(PaymentRow)))


def promises_of(session: Session, account_id: int) -> Sequence[Promise]:
    """The latest due first."""
    rows = select(Promise).where(Promise.account_id == account_id)
    return _read(session, Promise, account_id, rows.order_by(col(Promise.due_at).desc(), _newest(Promise)))


def callbacks_of(session: Session, account_id: int) -> Sequence[CallbackRow]:
    """Made or not, soonest first."""
    rows = select(CallbackRow).where(CallbackRow.account_id == account_id)
    return _read(session, CallbackRow, account_id, rows.order_by(col(CallbackRow.due_at)))


def disputes_of(session: Session, account_id: int) -> Sequence[Dispute]:
    rows = select(Dispute).where(Dispute.account_id == account_id)
    return _read(session, Dispute, account_id, rows.order_by(col(Dispute.id)))


def referrals_of(session: Session, account_id: int) -> Sequence[Referral]:
    rows = select(Referral).where(Referral.account_id == account_id)
    return _read(session, Referral, account_id, rows.order_by(col(Referral.id)))


def stops_on(session: Session, person_id: int) -> Sequence[Stop]:
    """What ever stood against contacting the person. It binds all creditors, so all are told."""
    return _read(session, Stop, person_id, select(Stop).where(Stop.person_id == person_id).order_by(col(Stop.id)))


def holds_around(session: Session, account: Account) -> Sequence[Hold]:
    """Those that ever were on the account, its person, its portfolio or everything."""
    wide = col(Hold.scope).in_([HoldScope.portfolio, HoldScope.everything])  # by scope there is an index
    rows = select(Hold).where(
        or_(
            col(Hold.account_id) == account.id,
            (col(Hold.person_id) == account.person_id)
            & (col(Hold.account_id).is_(None) | (col(Hold.scope) == HoldScope.person)),
            wide & or_(col(Hold.portfolio_id).is_(None), col(Hold.portfolio_id) == account.portfolio_id),
        )
    )
    return _read(session, Hold, account.id or 0, rows.order_by(col(Hold.id)))


def _newest(table: type[SQLModel]) -> Any:
    return table.__table__.c.id.desc()  # type: ignore[attr-defined]


def _read(session: Session, table: type[T], number: int, rows: SelectOfScalar[T]) -> Sequence[T]:
    return once(session, ("records", table.__tablename__, number), lambda: session.exec(rows).all())

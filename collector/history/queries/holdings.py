"""Who held an account when, and whose the money is that came in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from collector.foundation.database import among
from collector.history.tables import HoldingRow, KeepRow
from collector.portfolio.rules import PaymentKind, PaymentState
from collector.portfolio.tables import PaymentRow


def holdings_of(session: Session, account_ids: Collection[int]) -> Mapping[int, Sequence[HoldingRow]]:
    """By account, as they were recorded."""
    found: dict[int, list[HoldingRow]] = defaultdict(list)
    wanted = select(HoldingRow).where(among(session, HoldingRow.account_id, account_ids))
    for row in session.exec(wanted.order_by(col(HoldingRow.id))):
        found[row.account_id].append(row)
    return found


def keeps_of(session: Session, account_ids: Collection[int]) -> Mapping[int, KeepRow]:
    """The newest of each account, that takes an earlier one back too."""
    wanted = select(KeepRow).where(among(session, KeepRow.account_id, account_ids))
    return {row.account_id: row for row in session.exec(wanted.order_by(col(KeepRow.id)))}


def collected_by(
    session: Session, portfolio_ids: Collection[int], since: datetime, until: datetime
) -> dict[tuple[int, int | None], int]:
    """Minor units paid from `since` to `until`, outside, by portfolio and by who held the account when it was paid
    (`rules.holder_at`); None: nobody did."""
    holder = (
        select(HoldingRow.owner_id)
        .where(
            col(HoldingRow.account_id) == col(PaymentRow.account_id),
            col(HoldingRow.at) <= col(PaymentRow.paid_at),
            col(HoldingRow.recorded_at) <= col(PaymentRow.paid_at),
        )
        .order_by(col(HoldingRow.at).desc(), col(HoldingRow.id).desc())
        .limit(1)
        .correlate(PaymentRow)
        .scalar_subquery()
    )
    paid = (
        select(col(PaymentRow.portfolio_id), holder.label("holder"), col(PaymentRow.amount))
        .where(
            among(session, PaymentRow.portfolio_id, portfolio_ids),
            col(PaymentRow.kind) == PaymentKind.payment,
            col(PaymentRow.state) == PaymentState.applied,
            col(PaymentRow.paid_at) >= since,
            col(PaymentRow.paid_at) < until,
        )
        .subquery()
    )
    summed = select(paid.c.portfolio_id, paid.c.holder, func.sum(paid.c.amount))
    rows = session.execute(summed.group_by(paid.c.portfolio_id, paid.c.holder))
    return {(number, user_id): int(amount) for number, user_id, amount in rows}

"""The same thing sent twice, by a double click or a lost answer: what stands already is returned, nothing is added."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from collector.foundation.database import lock_key
from collector.history import actions as history
from collector.history.rules import Channel, HoldReason, HoldScope, PromiseState, Standing
from collector.history.tables import CallbackRow, Complaint, Disposition, Dispute, Hold, Promise, StandingRow
from collector.identity.rules import ApprovalState
from collector.identity.tables import Approval

AGAIN = timedelta(minutes=10)
"""Within this time the same words are the same event."""


def one_at_a_time(session: Session, account_id: int) -> None:
    """Two requests about one account follow each other, so that the second sees what the first did."""
    lock_key(session, f"account:{account_id}")


def promise(session: Session, account_id: int, amount: int, due_at: datetime) -> Promise | None:
    """The same amount promised for the same minute, still open."""
    statement = select(Promise).where(
        Promise.account_id == account_id,
        Promise.amount == amount,
        Promise.due_at == due_at,
        col(Promise.state).in_([PromiseState.open, PromiseState.partial]),
    )
    return session.exec(statement.limit(1)).first()


def callback(session: Session, account_id: int, due_at: datetime) -> CallbackRow | None:
    statement = select(CallbackRow).where(
        CallbackRow.account_id == account_id, CallbackRow.due_at == due_at, col(CallbackRow.done_at).is_(None)
    )
    return session.exec(statement.limit(1)).first()


def dispute(session: Session, account_id: int) -> Dispute | None:
    """A dispute that waits for its answer: a second one changes nothing."""
    statement = select(Dispute).where(Dispute.account_id == account_id, col(Dispute.answered_at).is_(None))
    return session.exec(statement.limit(1)).first()


def complaint(session: Session, account_id: int, text: str, at: datetime) -> Complaint | None:
    statement = select(Complaint).where(
        Complaint.account_id == account_id, Complaint.text == text, col(Complaint.at) > at - AGAIN
    )
    return session.exec(statement.limit(1)).first()


def disposition(
    session: Session, account_id: int, said: Mapping[str, Any], at: datetime, who: str
) -> Disposition | None:
    """The same conversation noted again, word for word."""
    statement = select(Disposition).where(
        Disposition.account_id == account_id, Disposition.actor == who, col(Disposition.occurred_at) > at - AGAIN
    )
    newest = session.exec(statement.order_by(col(Disposition.id).desc()).limit(1)).first()
    same = newest is not None and all(getattr(newest, name) == value for name, value in said.items())
    return newest if same else None


def approval(session: Session, subject: str, body: Mapping[str, Any]) -> Approval | None:
    """The same question that waits for its answer already."""
    statement = select(Approval).where(Approval.subject == subject, Approval.state == ApprovalState.open)
    return next((row for row in session.exec(statement) if row.body == body), None)


def wish(
    session: Session,
    person_id: int,
    *,
    kind: Standing,
    channel: Channel | None,
    until: datetime | None,
    detail: Mapping[str, Any],
) -> StandingRow | None:
    """The newest word of the person about their wishes, when it says just this."""
    statement = select(StandingRow).where(StandingRow.person_id == person_id)
    newest = session.exec(statement.order_by(col(StandingRow.id).desc()).limit(1)).first()
    same = newest is not None and (newest.kind, newest.channel, newest.until) == (kind, channel, until)
    return newest if newest is not None and same and newest.detail == detail else None


def hold(
    session: Session,
    scope: HoldScope,
    *,
    account_id: int | None = None,
    person_id: int | None = None,
    portfolio_id: int | None = None,
    segment: str | None = None,
    until: datetime | None = None,
) -> Hold | None:
    """A hold on the same thing, to the same end, that is in force."""
    statement = select(Hold).where(
        Hold.scope == scope,
        col(Hold.account_id).is_not_distinct_from(account_id),
        col(Hold.person_id).is_not_distinct_from(person_id),
        col(Hold.portfolio_id).is_not_distinct_from(portfolio_id),
        col(Hold.segment).is_not_distinct_from(segment),
        col(Hold.until).is_not_distinct_from(until),
        col(Hold.reason) == HoldReason.supervisor,
        col(Hold.lifted_at).is_(None),
    )
    return session.exec(statement.limit(1)).first()


def extension(session: Session, hold_id: int, until: datetime) -> bool:
    """Whether that hold lasts until then already, because it was made longer so."""
    row = session.get(Hold, hold_id)
    last = history.chain(session, row)[-1] if row is not None else None
    return last is not None and last.extends_id is not None and last.until == until

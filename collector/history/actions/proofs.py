""" "I have paid": the account rests, and somebody looks for the money (handbook section 7)."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from sqlmodel import Session, col, select

from collector.foundation.calendar import add_business_days
from collector.foundation.clock import at_local, local_day
from collector.foundation.errors import Conflict, NotFound
from collector.history.actions.keep import change, fetch
from collector.history.actions.stops import hold
from collector.history.rules import HoldReason, HoldScope, Proof, banking_country
from collector.history.tables import Hold
from collector.identity.rules import Actor
from collector.portfolio.tables import Account, Portfolio

PROOF_DAYS = 2
"""Working days of quiet after "I have paid" (handbook section 7)."""


def says_paid(
    session: Session,
    *,
    account_id: int,
    person_id: int,
    now: datetime,
    actor: Actor,
    recorded_at: datetime | None = None,
) -> Hold:
    """ "I have paid": two working days of quiet on the account, to its midnight, while operations looks for the money.

    Said again while it is quiet, the hold that runs is returned: saying it daily does not stop collection for ever.
    """
    running = select(Hold).where(
        col(Hold.account_id) == account_id,
        col(Hold.reason) == HoldReason.says_paid,
        col(Hold.lifted_at).is_(None),
        col(Hold.until) > now,
    )
    before = session.exec(running.order_by(col(Hold.id)).limit(1)).first()
    if before is not None:
        return before
    book = session.exec(
        select(Portfolio.timezone, Portfolio.currency)
        .join(Account, col(Account.portfolio_id) == col(Portfolio.id))
        .where(col(Account.id) == account_id)
    ).first()
    if book is None:
        raise NotFound(f"there is no account {account_id}")
    zone_name, currency = book
    last = add_business_days(local_day(now, zone_name), PROOF_DAYS, banking_country(currency))
    return hold(
        session,
        scope=HoldScope.account,
        reason=HoldReason.says_paid,
        account_id=account_id,
        person_id=person_id,
        at=now,
        until=at_local(last + timedelta(days=1), time(0), zone_name),
        actor=actor,
        recorded_at=recorded_at,
    )


def answer_says_paid(session: Session, hold_id: int, proof: Proof, now: datetime, actor: Actor) -> Hold:
    """Somebody looked for the money: the task of operations is over; the days of quiet go on as they were given. The
    same answer again changes nothing; another one is a `Conflict`."""
    row = fetch(session, Hold, hold_id)
    if row.reason is not HoldReason.says_paid:
        raise NotFound(f"nobody said there that it is paid: hold {hold_id}")
    if row.proof is None:
        row.proof, row.proof_at, row.proof_by = proof, now, actor.name
        change(session, row, actor.name, "says_paid.answered", {"account": row.account_id, "proof": proof.value}, now)
    elif row.proof is not proof:
        raise Conflict(f"this was looked for already: {row.proof.value.replace('_', ' ')}")
    return row

"""Holds on an account or a person that are made longer: a little on one word, beyond that with a second person's
(handbook section 7: a case must not be parked)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import Session

from collector.casework.actions.follow_up import follow_up
from collector.casework.actions.stops import account_of, held_people
from collector.casework.office import Office
from collector.foundation.clock import local_day
from collector.foundation.errors import BadInput, Conflict, NotFound
from collector.history import actions as history
from collector.history.rules import HoldScope
from collector.history.tables import Hold
from collector.identity.rules import Actor, ApprovalState
from collector.identity.tables import Approval
from collector.strategy.queries import compiled

EXTENDED = (HoldScope.account, HoldScope.person)
"""Wider holds are the floor's: a supervisor puts and lifts them."""


class NeedsSecondPerson(Conflict):
    """Somebody else must agree to this first."""


def extend_hold(
    session: Session,
    office: Office,
    *,
    account_id: int,
    hold_id: int,
    until: datetime,
    at: datetime,
    actor: Actor,
    note: str = "",
    approval_id: int | None = None,
) -> Hold:
    """Make a hold on this account or its borrower last until then. Longer than the strategy's `holds` allows on one
    word, counted from the end that was first meant, it needs an approval (`NeedsSecondPerson`)."""
    account, book = account_of(session, account_id)
    body = hold_body(session, account_id, hold_id, until)
    policy = compiled(session, account.portfolio_id, at).holds
    first = datetime.fromisoformat(body["first"])
    days = (local_day(until, book.timezone) - local_day(first, book.timezone)).days
    if days > policy.longest_days:
        raise BadInput(f"a hold is made longer by {policy.longest_days} days at most; put a new one, with its reason")
    if policy.needs_second(days):
        _require_agreed(session, approval_id, {**body, "why": note})
    row = history.extend_hold(session, hold_id, until, at=at, actor=actor, note=note)
    follow_up(session, office, held_people(session, row), at, actor)
    return row


def hold_body(session: Session, account_id: int, hold_id: int, until: datetime) -> dict[str, Any]:
    """What a second person is shown: which hold, until when it was first to last, until when it lasts now, and until
    when it would. A hold that is not on this account or its borrower is a `NotFound`; without an end, a `BadInput`."""
    account, _ = account_of(session, account_id)
    row = session.get(Hold, hold_id)
    mine = row is not None and row.scope in EXTENDED
    if row is None or not mine or (row.account_id != account_id and row.person_id != account.person_id):
        raise NotFound(f"there is no hold {hold_id} on this account")
    rows = history.chain(session, row)
    first, last = rows[0].until, rows[-1].until
    if first is None or last is None:
        raise BadInput("this hold has no end; it stands until it is lifted")
    told = {"first": first.isoformat(), "before": last.isoformat(), "until": until.isoformat()}
    return {"hold": rows[0].id, "account": account_id, "reason": row.reason.value, **told}


def _require_agreed(session: Session, approval_id: int | None, body: dict[str, Any]) -> None:
    """For exactly this: the end it had when it was shown is part of it, so that a yes serves once."""
    row = session.get(Approval, approval_id) if approval_id is not None else None
    if row is None:
        raise NeedsSecondPerson("a hold is made so much longer by a second person; ask for approval")
    if row.state is not ApprovalState.approved or row.body != body:
        raise NeedsSecondPerson("the hold is no longer as it was when this was asked; ask anew")

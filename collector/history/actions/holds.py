"""Making a hold longer, and ending it with all that made it longer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, or_, select

from collector.foundation.errors import BadInput
from collector.history.actions.keep import add, change, fetch, id_of
from collector.history.tables import Hold
from collector.identity.rules import Actor


def chain(session: Session, row: Hold) -> Sequence[Hold]:
    """The hold that was first put, and each that made it longer, in order."""
    first = row.extends_id or row.id
    rows = select(Hold).where(or_(col(Hold.id) == first, col(Hold.extends_id) == first))
    return session.exec(rows.order_by(col(Hold.id))).all()


def extend_hold(session: Session, hold_id: int, until: datetime, *, at: datetime, actor: Actor, note: str = "") -> Hold:
    """The same hold until later: a row of its own, so that it stays known until when it was to be at each moment."""
    rows = chain(session, fetch(session, Hold, hold_id))
    first, last = rows[0], rows[-1]
    if last.until is None:
        raise BadInput("this hold has no end; it stands until it is lifted")
    if last.lifted_at is not None or last.until <= at:
        raise BadInput("this hold is over; put a new one")
    if until <= last.until:
        raise BadInput("a hold is made longer: give a later day than its end")
    row = Hold(
        scope=first.scope,
        account_id=first.account_id,
        person_id=first.person_id,
        portfolio_id=first.portfolio_id,
        segment=first.segment,
        reason=first.reason,
        note=note,
        at=at,
        until=until,
        actor=actor.name,
        recorded_at=at,
        extends_id=id_of(first),
    )
    detail = {"scope": row.scope.value, "account": row.account_id, "person": row.person_id, "extends": row.extends_id}
    detail |= {"before": last.until.isoformat(), "until": until.isoformat()}
    add(session, row, actor.name, "hold.extended", detail, at)
    return row


def lift_hold(session: Session, hold_id: int, now: datetime, actor: Actor) -> Hold:
    """Contact may go on, however often the hold was made longer; the rows stay. Again, nothing changes."""
    row = fetch(session, Hold, hold_id)
    for one in chain(session, row):
        if one.lifted_at is None:
            one.lifted_at, one.lifted_by = now, actor.name
            change(session, one, actor.name, "hold.lifted", {"scope": one.scope.value}, now)
    return row

"""Who is away, from when to when: meanwhile their stand-in has what is theirs (handbook section 1)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_
from sqlalchemy import select as columns_of
from sqlmodel import Session, col, select

from collector.audit.actions import record
from collector.foundation.database import among
from collector.foundation.errors import BadInput, Conflict
from collector.identity.tables import Absence, User

LONGEST = timedelta(days=366)


def note_absence(
    session: Session, user_id: int, begins_at: datetime, ends_at: datetime, *, note: str, at: datetime, actor: str
) -> Absence:
    """They are away between these moments. The same absence again is the same row; one that meets another is a
    `Conflict`."""
    if not begins_at < ends_at <= begins_at + LONGEST:
        raise BadInput("an absence ends after it begins, and lasts a year at most")
    if ends_at <= at:
        raise BadInput("this absence is over already: only what is still to come can be stood in for")
    for row in session.exec(select(Absence).where(Absence.user_id == user_id, _stands_after(at))):
        if (row.begins_at, row.ends_at) == (begins_at, ends_at):
            return row
        if row.begins_at < ends_at and begins_at < row.ends_at:
            raise Conflict("there is an absence in these days already; end it first")
    row = Absence(user_id=user_id, begins_at=begins_at, ends_at=ends_at, note=note, at=at, actor=actor)
    session.add(row)
    session.flush()
    days = {"user": user_id, "from": begins_at.isoformat(), "until": ends_at.isoformat()}
    record(session, actor, "absence.noted", f"absence:{row.id}", days, at)
    return row


def end_absence(session: Session, row: Absence, at: datetime, actor: str) -> None:
    """They are back, or never go. An absence that is over stays as it was."""
    if row.ended_at is not None or row.ends_at <= at:
        return
    row.ended_at, row.ended_by = at, actor
    session.add(row)
    session.flush()
    record(session, actor, "absence.ended", f"absence:{row.id}", {"user": row.user_id}, at)


def away(session: Session, at: datetime) -> frozenset[int]:
    """Who does not work at that moment: they are absent, or their login is closed."""
    absent = columns_of(col(Absence.user_id)).where(col(Absence.begins_at) <= at, _stands_after(at))
    closed = columns_of(col(User.id)).where(col(User.disabled_at).is_not(None))
    return frozenset(session.scalars(absent.union(closed)))


def absences(session: Session, user_ids: Collection[int], at: datetime) -> Sequence[Absence]:
    """Theirs that run or are to come, soonest first."""
    wanted = select(Absence).where(among(session, Absence.user_id, user_ids), _stands_after(at))
    return session.exec(wanted.order_by(col(Absence.begins_at), col(Absence.id))).all()


def _stands_after(at: datetime) -> ColumnElement[bool]:
    return (col(Absence.ends_at) > at) & or_(col(Absence.ended_at).is_(None), col(Absence.ended_at) > at)

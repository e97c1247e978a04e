"""An agent is away: the stand-in has their call-backs, promises, inbound calls and list meanwhile (handbook 1). Who may
make a call is asked at the moment it is claimed, so nothing else needs to be moved for it."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from collector.foundation.database import lock_key
from collector.foundation.errors import NotFound
from collector.identity import absences
from collector.identity.rules import Actor
from collector.identity.tables import Absence, User


def note_absence(
    session: Session, *, user_id: int, begins_at: datetime, ends_at: datetime, note: str, at: datetime, actor: Actor
) -> Absence:
    """They are away between these moments. A call they hold stays theirs until it is done."""
    lock_key(session, f"absence:{user_id}")
    if session.get(User, user_id) is None:
        raise NotFound("there is no such user")
    return absences.note_absence(session, user_id, begins_at, ends_at, note=note, at=at, actor=actor.name)


def end_absence(session: Session, *, absence_id: int, at: datetime, actor: Actor) -> Absence:
    """They are back sooner, or do not go at all."""
    row = session.get(Absence, absence_id, with_for_update=True)
    if row is None:
        raise NotFound("there is no such absence")
    absences.end_absence(session, row, at, actor.name)
    return row

"""Recordings by the contact that they are of."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Select, select, union_all
from sqlmodel import Session, col

from collector.dispatch.rules import RecordingState
from collector.dispatch.tables import InboundCall, Recording
from collector.foundation.database import among
from collector.planning.tables import Task


def recordings_of(session: Session, attempt_ids: Collection[int]) -> dict[int, Recording]:
    """By attempt, those that can be heard, whoever called."""
    ours: Select[int | None, int | None] = (
        select(col(Task.attempt_id).label("attempt"), col(Recording.id).label("number"))
        .join(Recording, col(Recording.task_id) == col(Task.id))
        .where(among(session, Task.attempt_id, attempt_ids))
    )
    theirs = (
        select(col(InboundCall.attempt_id), col(Recording.id))
        .join(Recording, col(Recording.inbound_call_id) == col(InboundCall.id))
        .where(among(session, InboundCall.attempt_id, attempt_ids))
    )
    both = union_all(ours, theirs).subquery()
    statement = (
        select(both.c.attempt, Recording)
        .join(both, both.c.number == col(Recording.id))
        .where(col(Recording.state) == RecordingState.kept)
    )
    return {row.attempt: row.Recording for row in session.execute(statement)}

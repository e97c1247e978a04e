"""What the events of clocks say about the debt itself."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Session, col, select

from collector.history.tables import ClockEvent
from collector.law.rules import Happening


def called_on(session: Session, account_id: int, by: date, known_at: datetime) -> date | None:
    """The day on which the whole debt was called due, at the latest `by`; None: it was not, or that was struck. As far
    as it was recorded at that moment."""
    told = select(ClockEvent).where(
        ClockEvent.account_id == account_id,
        ClockEvent.recorded_at <= known_at,
        col(ClockEvent.kind).in_([Happening.accelerated, Happening.struck]),
    )
    events = session.exec(told).all()
    struck = {row.about_id for row in events if row.kind is Happening.struck}
    called = (row.day for row in events if row.kind is Happening.accelerated and row.id not in struck and row.day <= by)
    return min(called, default=None)

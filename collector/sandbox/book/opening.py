"""What the floor opens with, said so that nobody wonders why a list is empty at this hour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from collector.history.rules import Channel
from collector.planning.rules import TaskState
from collector.planning.tables import Task


@dataclass(frozen=True, slots=True)
class Waiting:
    """Tasks of one channel: those that may be done now, and those whose hour is still to come."""

    now: int
    later: int
    earliest: datetime | None
    """When the first of the later ones may be done."""


@dataclass(frozen=True, slots=True)
class Opening:
    """The floor after its first plan."""

    accounts: int
    calls: Waiting
    messages: Waiting

    def lines(self) -> Sequence[str]:
        """For people, in the order of their interest."""
        return (
            f"{self.accounts} accounts in two books",
            _told("calls may be made now", self.calls),
            _told("messages may go now", self.messages),
        )


def _told(what: str, waiting: Waiting) -> str:
    if waiting.earliest is None:
        return f"{waiting.now} {what}"
    first = waiting.earliest.strftime("%Y-%m-%d %H:%M UTC")
    return f"{waiting.now} {what}; {waiting.later} wait for their lawful hour, the first at {first}"


def look_around(session: Session, accounts: int, now: datetime) -> Opening:
    """The tasks of the plans that were just published."""
    return Opening(accounts, _waiting(session, Channel.call, now), _waiting(session, Channel.sms, now))


def _waiting(session: Session, channel: Channel, now: datetime) -> Waiting:
    planned = (col(Task.channel) == channel, col(Task.state) == TaskState.planned, col(Task.not_after) > now)
    open_now = select(func.count()).select_from(Task).where(*planned, col(Task.not_before) <= now)
    later = select(func.count(), func.min(col(Task.not_before))).where(*planned, col(Task.not_before) > now)
    count, earliest = session.exec(later).one()
    return Waiting(session.exec(open_now).one(), count, earliest)

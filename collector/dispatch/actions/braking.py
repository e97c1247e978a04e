"""The brake in a claim: what is new goes out to few first, and holds its portfolio where that goes wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session

from collector.audit.actions import record
from collector.dispatch.queries.braking import (
    brakes_of,
    followed,
    planned_messages,
    runs_at,
    sample_of,
    sent_since,
)
from collector.dispatch.rules import (
    LIMITS,
    BrakeKind,
    BrakeState,
    Room,
    most_of_an_hour,
    room_for,
)
from collector.dispatch.tables import Brake, BrakeSample, MessagesOut
from collector.foundation.database import among, lock_key
from collector.history import actions as history
from collector.history.rules import HoldReason, HoldScope
from collector.identity.rules import WORKER
from collector.planning.tables import Task
from collector.texts.catalogue import Catalogue

Key = tuple[BrakeKind, str, str]
"""Kind, what it is, and what people call it."""


class Brakes:
    """The brakes of one batch of messages. `until` is asked before a message goes, `let_go` once it does, `close` at
    the end of the batch."""

    def __init__(self, session: Session, catalogue: Catalogue, tasks: Sequence[Task], at: datetime) -> None:
        self._session, self._catalogue, self._at = session, catalogue, at
        self._runs = runs_at(session, {task.run_id for task in tasks})
        self._own = catalogue.own_digests
        self._books: dict[int, _Book] = {}

    def until(self, task: Task, language: str) -> datetime | None:
        """None: it may go; else when to ask again."""
        return self._book(task).until(task, self._keys(task, language))

    def let_go(self, task: Task, language: str) -> None:
        self._book(task).let_go(task, self._keys(task, language))

    def close(self) -> None:
        for book in self._books.values():
            book.close()

    def _book(self, task: Task) -> _Book:
        found = self._books.get(task.portfolio_id)
        if found is None:
            found = self._books[task.portfolio_id] = _Book(self._session, task.portfolio_id, self._at)
        return found

    def _keys(self, task: Task, language: str) -> list[Key]:
        """What of it may be new."""
        keys: list[Key] = []
        version = self._book(task).followed
        if version is not None:
            is_own_plan = self._runs[task.run_id] >= version.starts_at
            kind = BrakeKind.strategy if is_own_plan else BrakeKind.replanned
            keys.append((kind, version.digest, version.name))
        if self._own and task.template is not None:
            text = self._catalogue.template(task.template, language)
            name = f"{text.language}/{text.name}"
            if name in self._own:
                keys.append((BrakeKind.template, f"{name} {self._own[name]}", name))
        return keys


def never_left(session: Session, tasks: Sequence[Task], at: datetime) -> None:
    """The carrier took nothing: these count neither in a sample nor in the hour."""
    if not tasks:
        return
    ids = [task.id or 0 for task in tasks]
    session.execute(delete(BrakeSample).where(among(session, BrakeSample.task_id, ids)))
    for portfolio_id, number in Counter(task.portfolio_id for task in tasks if is_of_the_hour(task)).items():
        session.add(MessagesOut(portfolio_id=portfolio_id, at=at, number=-number))


def is_of_the_hour(task: Task) -> bool:
    """What a campaign releases comes beside the plan of the night: its size was agreed, and it has a brake of its
    own."""
    return task.campaign_id is None


class _Book:
    """One portfolio in a batch."""

    def __init__(self, session: Session, portfolio_id: int, at: datetime) -> None:
        self._session, self._id, self._at = session, portfolio_id, at
        self.followed = followed(session, portfolio_id, at)
        self._known = brakes_of(session, portfolio_id)
        self._rooms: dict[tuple[str, str], Room] = {}
        self._held = False
        self._locked = False
        self._gone = 0
        self._left = self._of_the_hour()

    def _of_the_hour(self) -> int | None:
        planned = planned_messages(self._session, self._id)
        if planned is None:
            return None
        hour = self._at.replace(minute=0, second=0, microsecond=0)
        return most_of_an_hour(planned) - sent_since(self._session, self._id, hour)

    def until(self, task: Task, keys: Sequence[Key]) -> datetime | None:
        if self._held:
            return self._at + LIMITS.wait
        if self._left is not None and self._left <= 0 and is_of_the_hour(task):
            return self._hold("more messages in an hour than the plan has, and a tenth")
        for key in keys:
            room = self._room(key)
            if room.trip:
                return self._trip(key, room.trip)
            if room.messages == 0:
                return room.until or self._at + LIMITS.wait
        return None

    def let_go(self, task: Task, keys: Sequence[Key]) -> None:
        if is_of_the_hour(task):
            self._gone += 1
            if self._left is not None:
                self._left -= 1
        for kind, what, _ in keys:
            room = self._rooms[kind, what]
            if room.messages is not None:
                brake = self._known[kind, what]
                self._session.add(
                    BrakeSample(brake_id=brake.id or 0, task_id=task.id or 0, person_id=task.person_id, at=self._at)
                )
                self._rooms[kind, what] = room._replace(messages=room.messages - 1)

    def close(self) -> None:
        if self._gone:
            self._session.add(MessagesOut(portfolio_id=self._id, at=self._at, number=self._gone))

    def _room(self, key: Key) -> Room:
        found = self._rooms.get(key[:2])
        if found is None:
            found = self._rooms[key[0], key[1]] = self._asked(key)
        return found

    def _asked(self, key: Key) -> Room:
        kind, what, _ = key
        brake = self._known.get((kind, what))
        if brake is not None and brake.state is BrakeState.passed:
            return Room(None)
        if not self._locked:  # others who claim here wait, so that none counts what another is about to send
            lock_key(self._session, f"brake-{self._id}")
            self._known, self._locked = brakes_of(self._session, self._id), True
        brake = self._known.get((kind, what)) or self._begin(key)
        if brake.state is BrakeState.tripped:  # a claim came here, so a person has lifted the hold
            self._move(brake, BrakeState.passed, "lifted")
        if brake.state is BrakeState.passed:
            return Room(None)
        room = room_for(sample_of(self._session, brake.id or 0), self._at)
        if room.messages is None:
            self._move(brake, BrakeState.passed, "")
        return room

    def _begin(self, key: Key) -> Brake:
        kind, what, name = key
        brake = Brake(portfolio_id=self._id, kind=kind, what=what, name=name, began_at=self._at, state_at=self._at)
        self._session.add(brake)
        self._session.flush()
        self._tell(brake, "")
        self._known[kind, what] = brake
        return brake

    def _trip(self, key: Key, why: str) -> datetime:
        kind, what, name = key
        self._move(self._known[kind, what], BrakeState.tripped, why)
        return self._hold(f"{kind.value} {name}: {why}")

    def _hold(self, why: str) -> datetime:
        """Everything of the portfolio waits for a person: what went wrong once is not tried on others."""
        self._held = True
        history.hold(
            self._session,
            scope=HoldScope.portfolio,
            reason=HoldReason.brake,
            at=self._at,
            actor=WORKER,
            portfolio_id=self._id,
            note=f"brake: {why}",
        )
        return self._at + LIMITS.wait

    def _move(self, brake: Brake, state: BrakeState, why: str) -> None:
        brake.state, brake.state_at = state, self._at
        self._session.add(brake)
        self._tell(brake, why)

    def _tell(self, brake: Brake, why: str) -> None:
        detail = {"portfolio": self._id, "kind": brake.kind.value, "what": brake.what, "why": why}
        record(self._session, WORKER.name, f"brake.{brake.state}", f"brake:{brake.id}", detail, self._at)

"""Writing down what starts, moves or ends a clock of the law (handbook section 8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime

from sqlmodel import Session, col, select

from collector.foundation.errors import BadInput
from collector.history.actions.keep import add
from collector.history.tables import ClockEvent
from collector.identity.rules import Actor
from collector.law.rules import ABOUT_ANOTHER, OF_OTHER_TABLES, ContractKind, Happening


@dataclass(frozen=True, slots=True)
class ClockNote:
    """A happening as it is told. Which of the parts it needs follows from its kind; see `ClockEvent`."""

    kind: Happening
    day: date
    until: date | None = None
    guarantor_id: int | None = None
    place: str | None = None
    contract: ContractKind | None = None
    clock: str | None = None
    about_id: int | None = None
    document_id: int | None = None
    attempt_id: int | None = None


def note_clock(
    session: Session, portfolio_id: int, account_id: int, note: ClockNote, *, now: datetime, actor: Actor
) -> ClockEvent:
    """Record it; told again in the very same words it is the same event, unless that was struck. What does not fit is
    a `BadInput`."""
    _check(note)
    told = asdict(note)
    before = _standing(session, account_id, told)
    if before is not None:
        return before
    row = ClockEvent(portfolio_id=portfolio_id, account_id=account_id, recorded_at=now, actor=actor.name, **told)
    detail = {"account": account_id, "kind": note.kind.value, "day": note.day.isoformat()}
    detail |= {name: told[name] for name in told if name.endswith("_id") and told[name] is not None}
    detail |= {"until": note.until.isoformat()} if note.until else {}
    add(session, row, actor.name, "clock.noted", detail, now)
    return row


def standing_event(session: Session, event_id: int) -> int | None:
    """The event that says the very same as that one, maybe itself, and was not struck."""
    told = session.get_one(ClockEvent, event_id)
    found = _standing(session, told.account_id, {one.name: getattr(told, one.name) for one in fields(ClockNote)})
    return found.id if found is not None else None


def _standing(session: Session, account_id: int, told: Mapping[str, object]) -> ClockEvent | None:
    same = [col(getattr(ClockEvent, name)).is_not_distinct_from(value) for name, value in told.items()]
    mine = col(ClockEvent.account_id) == account_id
    struck = select(ClockEvent.about_id).where(
        mine, ClockEvent.kind == Happening.struck, col(ClockEvent.about_id).is_not(None)
    )
    return session.exec(select(ClockEvent).where(mine, *same, col(ClockEvent.id).not_in(struck))).first()


def _check(note: ClockNote) -> None:
    if note.kind in OF_OTHER_TABLES:
        raise BadInput("payments and promises are recorded where they are made; they move the clock by themselves")
    if (note.kind is Happening.stood_still) is (note.until is None):
        raise BadInput("a suspension needs its last day, and nothing else has one")
    if note.until is not None and note.until < note.day:
        raise BadInput("a suspension ends on its first day or later")
    if (note.kind in ABOUT_ANOTHER) is (note.about_id is None):
        raise BadInput("a release and a correction name the event they are about, and nothing else does")
    if (note.kind is Happening.governing_law) is (note.place is None):
        raise BadInput("the law that counts needs its place, and nothing else has one")
    if (note.kind is Happening.let_go) is (note.clock is None):
        raise BadInput("say which clock is let go, and only then")

"""Contacts as the gate counts them: those of the last days, and of older ones whom they asked for the borrower."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from msgspec.structs import replace

from collector.facts.rules.records import AttemptRecord, Records
from collector.facts.rules.words import Event, Kind
from collector.history.rules import ANSWERED, CONVERSATION, Direction

EVENT_DAYS = 8
"""Local days of contacts that are kept: the widest window of a gate is 7 and the day itself."""
KINDS = {kind.value: kind for kind in Kind}
DIRECTIONS = {direction.value: direction for direction in Direction}
CALLED = {outcome.value for outcome in CONVERSATION}
REACHED = frozenset({*(outcome.value for outcome in ANSWERED), "answered", "voicemail"})
"""Outcomes of a call that may have asked a question."""


@lru_cache(maxsize=1_000)
def first_day_of(at: datetime) -> date:
    """The first day whose contacts are kept at that moment."""
    return (at.astimezone(UTC) - timedelta(days=EVENT_DAYS)).date()


def in_order(own: Sequence[AttemptRecord], others: Sequence[AttemptRecord]) -> Sequence[AttemptRecord]:
    """Contacts by time; one's own come in order already."""
    return sorted([*own, *others], key=lambda row: (row.at, row.id)) if others else own


def events_of(
    records: Records, person_id: int, attempts: Iterable[AttemptRecord], first_day: date
) -> tuple[Event, ...]:
    """Those of the last days, oldest first; the conversation a call led to is an event of its own."""
    events: list[Event] = []
    for attempt in attempts:
        if attempt.day < first_day:
            continue
        event = _event(records, person_id, attempt)
        events.append(event)
        if attempt.channel == "call" and attempt.outcome in CALLED:
            events.append(replace(event, kind=Kind.conversation))
    return tuple(events)


def enquiries_of(
    records: Records, person_id: int, own: Iterable[AttemptRecord], third: Iterable[AttemptRecord], first_day: date
) -> tuple[Event, ...]:
    """The last contact before those days that may have asked somebody where the borrower is: each third person about
    this borrower, and this person about debts of others. A third person is asked once, however long ago it was."""
    last: dict[int, AttemptRecord] = {
        row.person_id: row for row in third if row.day < first_day and may_have_asked(row)
    }
    owed = {debt.account_id for debt in records.obligations.get(person_id, ())}
    for row in own:
        if row.day < first_day and not (owed and owed.issuperset(row.debts)) and may_have_asked(row):
            last[person_id] = row
    return tuple(_event(records, person_id, row) for row in sorted(last.values(), key=lambda row: (row.at, row.id)))


def may_have_asked(contact: AttemptRecord | Event) -> bool:
    """Whether it was placed and reached somebody: a call that nobody answered asked nothing. One in flight may yet be
    answered."""
    kind = contact.channel if isinstance(contact, AttemptRecord) else contact.kind
    is_ours = contact.direction == Direction.outbound.value
    return is_ours and (kind != Kind.call.value or contact.outcome is None or contact.outcome in REACHED)


def _event(records: Records, person_id: int, attempt: AttemptRecord) -> Event:
    return Event(
        KINDS[attempt.channel],
        attempt.at,
        DIRECTIONS[attempt.direction],
        attempt.outcome,
        attempt.number,
        attempt.caller,
        attempt.debts,
        records.books[attempt.portfolio_id].collector,
        attempt.person_id if attempt.person_id != person_id else None,
    )

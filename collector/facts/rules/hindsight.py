"""What was known when: the records of a person as they were known at a moment, not as they are known today.

A fact has the moment it happened and the moment it was written down. The facts of a past moment normally count all
that had happened by then. Whoever asks whether a contact was lawful asks another question: what could be known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from collector.facts.rules.records import AttemptRecord, PaymentRecord, PhoneRecord, Records

Key = int | str


class Money(NamedTuple):
    """A payment, since when it was known to belong to the account, and until when it was not known to be reversed."""

    payment: PaymentRecord
    since: int
    until: int | None


class PointChange(NamedTuple):
    """A contact point changed: what it was before. None: it was not there."""

    at: int
    before: dict[str, Any] | None
    verified_at: int | None


def _lists() -> defaultdict[Any, list[Any]]:
    return defaultdict(list)


@dataclass(slots=True)
class Hindsight:
    """What is needed besides the records, for some people."""

    outcomes: dict[int, list[tuple[int, str]]] = field(default_factory=_lists)
    """By attempt, in the order in which they were said: (when it was written down, outcome)."""
    taken_over: dict[int, int] = field(default_factory=dict)
    """Attempts that others made and a file brought → when it was loaded."""
    money: dict[int, list[Money]] = field(default_factory=_lists)
    """By account."""
    late: dict[tuple[str, Key], list[tuple[int, Any]]] = field(default_factory=_lists)
    """By field of `Records` and key: records that were written down later than they happened, with the moment."""
    points: dict[int, list[PointChange]] = field(default_factory=_lists)
    """By contact point, in order."""


BY_PERSON = ("stops", "standing", "person_holds")
BY_ACCOUNT = ("disputes", "account_holds", "promises")


def before_contact(records: Records, seen: Hindsight, person_id: int, contact: AttemptRecord, then: int) -> Records:
    """The records of the person before that contact, to be read at `then`, the last second before it; numbers as they
    were. Contacts of the very second that came before it are of that last second too."""
    own = records.attempts.get(person_id, ())
    earlier = [
        row._replace(at=then) if row.at == then + 1 else row
        for row in own
        if (row.at, row.id) < (contact.at, contact.id)
    ]
    phones = [_phone_at(row, seen.points.get(row.id, ()), then) for row in records.phones.get(person_id, ())]
    there = [row for row in phones if row is not None]
    return replace(records, attempts={person_id: earlier}, phones={person_id: there})


def _phone_at(row: PhoneRecord, changes: Sequence[PointChange], then: int) -> PhoneRecord | None:
    later = next((change for change in changes if change.at > then), None)
    if later is None:
        return row
    if later.before is None:
        return None
    before = later.before
    return row._replace(
        status=before["status"], owner=before["owner"], label=before["label"], verified_at=later.verified_at
    )


def as_known(records: Records, seen: Hindsight, person_id: int, then: int) -> Records:
    """The same records without what was written down only after `then`."""
    accounts = [owed.account_id for owed in records.obligations.get(person_id, ())]
    attempts = list(_known_attempts(records.attempts.get(person_id, ()), seen, then))
    changed: dict[str, Any] = {
        "attempts": {person_id: attempts},
        "about": {number: list(_known_attempts(records.about.get(number, ()), seen, then)) for number in accounts},
        "payments": {number: _known_money(seen.money.get(number, ()), then) for number in accounts},
    }
    if seen.late:
        numbers = [phone.number for phone in records.phones.get(person_id, ())]
        for name in BY_PERSON:
            changed[name] = _known(records, seen, name, [person_id], then)
        for name in BY_ACCOUNT:
            changed[name] = _known(records, seen, name, accounts, then)
        changed["number_stops"] = _known(records, seen, "number_stops", numbers, then)
    return replace(records, **changed)


def _known_attempts(rows: Iterable[AttemptRecord], seen: Hindsight, then: int) -> Iterable[AttemptRecord]:
    for row in rows:
        if seen.taken_over.get(row.id, 0) <= then:
            said = [word for recorded_at, word in seen.outcomes.get(row.id, ()) if recorded_at <= then]
            yield row._replace(outcome=said[-1] if said else None)


def _known_money(rows: Iterable[Money], then: int) -> list[PaymentRecord]:
    return [one.payment for one in rows if one.since <= then and (one.until is None or one.until > then)]


def _known(records: Records, seen: Hindsight, name: str, keys: Sequence[Key], then: int) -> dict[Key, list[Any]]:
    known = {}
    for key in keys:
        unknown = [row for recorded_at, row in seen.late.get((name, key), ()) if recorded_at > then]
        known[key] = list(getattr(records, name).get(key, ()))
        for row in unknown:
            if row in known[key]:
                known[key].remove(row)
    return known

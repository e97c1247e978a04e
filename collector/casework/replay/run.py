"""The replay of a whole history, person by person in a stream."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session, select

from collector.casework.replay.judging import BREACHES, Found, Judge, Standing
from collector.casework.replay.reading import Gates, Span, WideHolds, read_chunk
from collector.facts.queries import person_range
from collector.facts.reading import read_records
from collector.facts.reading.hindsight import read_hindsight
from collector.foundation.errors import NotFound
from collector.foundation.memory import no_collecting
from collector.history.tables import Attempt
from collector.portfolio.tables import Portfolio

CHUNK = 500
"""People judged at a time."""
TOLD = 1_000
"""Contacts that are told of one by one; all are counted."""
SILENT = frozenset({Standing.lawful, Standing.answer, Standing.before})
"""Counted only."""

Progress = Callable[[int, int], None]


def silent(_done: int, _total: int) -> None:
    """No progress shown."""


@dataclass(frozen=True, slots=True)
class Rule:
    id: str
    reason: str
    source: str


@dataclass(frozen=True, slots=True)
class Breach:
    """A contact that does not simply stand as lawful, with the rules that object, or why nothing can be said."""

    attempt: int
    standing: Standing
    at: datetime
    portfolio: str
    person: int
    account: int | None
    channel: str
    pack: str | None
    rules: tuple[Rule, ...]
    why: str
    same_facts: bool | None


@dataclass(slots=True)
class Replayed:
    """What a replay came to."""

    contacts: int = 0
    counts: dict[Standing, int] = field(default_factory=dict)
    told: list[Breach] = field(default_factory=list)

    @property
    def breaches(self) -> int:
        """Contacts that should not have happened."""
        return sum(self.counts.get(standing, 0) for standing in BREACHES)


def replay(
    session: Session,
    portfolio: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    progress: Progress = silent,
) -> Replayed:
    """Judge our past contacts again, under the gate of their time; see `Standing`. An unknown portfolio is a
    `NotFound`."""
    codes = {number or 0: code for number, code in session.exec(select(Portfolio.id, Portfolio.code))}
    wanted = None
    if portfolio is not None:
        wanted = next((number for number, code in codes.items() if code == portfolio), None)
        if wanted is None:
            raise NotFound(f"there is no portfolio {portfolio!r}")
    counts: Counter[Standing] = Counter()
    told: list[Breach] = []
    for contact, found in _judged(session, Span(wanted, since, until), progress):
        counts[found.standing] += 1
        if found.standing not in SILENT and len(told) < TOLD:
            told.append(_breach(contact, found, codes[contact.portfolio_id]))
    return Replayed(counts.total(), {standing: counts[standing] for standing in Standing if counts[standing]}, told)


def _judged(session: Session, span: Span, progress: Progress) -> Iterator[tuple[Attempt, Found]]:
    gates, holds = Gates(session), WideHolds(session)
    low, high = person_range(session)
    for start in range(low, high + 1, CHUNK):
        people = range(start, min(start + CHUNK, high + 1))
        with no_collecting():
            yield from _chunk(session, people, span, gates, holds)
        session.expunge_all()
        progress(people.stop - low, high + 1 - low)


def _chunk(
    session: Session, people: range, span: Span, gates: Gates, holds: WideHolds
) -> Sequence[tuple[Attempt, Found]]:
    chunk = read_chunk(session, people, span)
    if not chunk.contacts:
        return ()
    records = read_records(session, list(chunk.contacts))
    seen = read_hindsight(session, records, list(chunk.contacts))
    judge = Judge(records, seen, chunk, gates, holds)
    return [(contact, judge.look(contact)) for rows in chunk.contacts.values() for contact in rows]


def _breach(contact: Attempt, found: Found, code: str) -> Breach:
    return Breach(
        attempt=contact.id or 0,
        standing=found.standing,
        at=found.at,
        portfolio=code,
        person=contact.person_id,
        account=contact.account_id,
        channel=contact.channel.value,
        pack=found.pack,
        rules=tuple(Rule(rule.id, rule.reason, rule.source) for rule in found.rules),
        why=found.why,
        same_facts=found.same_facts,
    )

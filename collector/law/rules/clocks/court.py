"""Terms of procedure: each begins with an event and is met by another (handbook section 8)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from collector.law.rules.clocks.days import add_years
from collector.law.rules.clocks.words import FROZEN, Clock, ClockKind, Event, Happening
from collector.law.rules.statute import Statute, Term

BEGINS = {
    Happening.preserved: ClockKind.suit_after_preservation,
    Happening.judgment_served: ClockKind.appeal,
    Happening.judgment_final: ClockKind.enforcement,
    **FROZEN,
}
MEETS = {
    ClockKind.suit_after_preservation: frozenset({Happening.filed}),
    ClockKind.appeal: frozenset({Happening.appealed, Happening.judgment_final}),
    ClockKind.enforcement: frozenset({Happening.enforcement_filed}),
}
"""Freezes and preservations are ended by the release that names them."""


def terms(statute: Statute, events: Sequence[Event]) -> Iterator[Clock]:
    """Of every event that begins one, where the place's law knows it. `events`: those that stand, in order."""
    for one in events:
        kind = BEGINS.get(one.kind)
        term = statute.terms.get(kind) if kind else None
        if kind is None or term is None:
            continue
        last = _last(term, one.on)
        met = next((other for other in events if _meets(kind, one, other, last)), None)
        yield Clock(kind, last, last, term.source, met=met, about=one.number)


def _last(term: Term, start: date) -> date:
    return add_years(start, term.years) if term.years else start + timedelta(days=term.days)


def _meets(kind: ClockKind, begun: Event, other: Event, last: date) -> bool:
    if other.kind is Happening.preservation_lifted:
        return other.about == begun.number
    return other.kind in MEETS.get(kind, ()) and begun.on <= other.on <= last and bool(other.evidence)

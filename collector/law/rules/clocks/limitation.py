"""The limitation period: from when it runs, and what moves its end (handbook section 8; compliance.md CN-LIMIT).

Legal: from the last instalment, or from the day the whole debt was called due; every event counts. Cautious: from the
oldest unpaid instalment; only an event with evidence counts. What comes after the end revives nothing. So an event
never brings a date nearer, and the cautious date is never after the legal one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from collector.law.rules.clocks.days import add_months, add_years
from collector.law.rules.clocks.words import Clock, ClockKind, ClockReason, Event, Happening, Move
from collector.law.rules.statute import Limitation, Statute

ENDS = frozenset({Happening.judgment_served, Happening.judgment_final})
"""A judgment was given: the claim itself lapses no more."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What the records say of a debt. A reported one starts as early as the report allows."""

    oldest_due: date | None
    """The oldest instalment not paid; None: nothing is late."""
    last_due: date | None = None
    """The last instalment, or maturity."""
    opened_on: date | None = None
    is_reported: bool = False


@dataclass(frozen=True, slots=True)
class _Step:
    """Where an event put the end, or the reason why nowhere."""

    end: date | None
    reason: str = ""


def standing(events: Iterable[Event]) -> list[Event]:
    """The events that count, in the order in which they happened: those recorded in error are left out."""
    known = sorted(events, key=lambda one: (one.on, one.kind.value, one.number, one.evidence))
    struck = {one.about for one in known if one.kind is Happening.struck}
    return [one for one in known if one.kind is not Happening.struck and not (one.number and one.number in struck)]


def law_of(statute: Statute, events: Sequence[Event]) -> Limitation | None:
    """By the place that was named last, if any was."""
    named = [one for one in events if one.kind is Happening.governing_law]
    if not named:
        return statute.limitation()
    last = max(named, key=lambda one: (one.number, one.on))
    return statute.limitation(last.place, last.contract)


def limitation(statute: Statute, claim: Claim, events: Sequence[Event]) -> Clock | None:
    """That of the claim on the borrower; None where nothing is late or no law is known. What was done to a guarantor
    does not move it. `events`: those that stand, in order."""
    term = law_of(statute, events)
    if term is None or claim.oldest_due is None:
        return None
    own = [one for one in events if one.person_id is None]
    called = [one.on for one in own if one.kind is Happening.accelerated]
    cautious_from = min([claim.oldest_due, *called])
    legal_from = max(cautious_from, min([claim.last_due or claim.oldest_due, *called]))
    reasons = [
        ClockReason.shortest_of_all if term.is_shortest else "",
        ClockReason.reported if claim.is_reported else "",
        ClockReason.accelerated if called else "",
    ]
    return run(term, legal_from, cautious_from, own, tuple(filter(None, reasons)))


def run(
    term: Limitation,
    legal_from: date,
    cautious_from: date,
    events: Sequence[Event],
    reasons: tuple[str, ...] = (),
    person_id: int | None = None,
) -> Clock:
    """A period of that term from these days on, moved by these events."""
    mine = [one for one in events if one.kind in term.restarts or one.kind is Happening.stood_still]
    legal_on, legal = ending(term, legal_from, mine)
    cautious_on, cautious = ending(term, cautious_from, [one for one in mine if one.evidence])
    told = [
        Move(one, legal[one].end, step.end, step.reason or legal[one].reason)
        for one in mine
        for step in [cautious.get(one, _Step(None, ClockReason.no_evidence))]
    ]
    return Clock(
        kind=ClockKind.limitation,
        legal_on=max(legal_on, cautious_on),
        cautious_on=cautious_on,
        source=term.source,
        reasons=reasons,
        moves=tuple(told),
        met=_met(events, max(legal_on, cautious_on)),
        person_id=person_id,
    )


def ending(term: Limitation, start: date, events: Iterable[Event]) -> tuple[date, dict[Event, _Step]]:
    """The last day, and what each event did to it; `events` in the order in which they happened."""
    last = date.max if term.outer_years is None else add_years(start, term.outer_years)
    end = min(add_years(start, term.years), last)
    steps: dict[Event, _Step] = {}
    held_to = date.min
    for one in events:
        if one.on > end:
            steps[one] = _Step(None, ClockReason.after_the_end)
            continue
        until, held_to = _moved(term, one, start, end, held_to)
        until = min(until, last)
        steps[one] = _Step(until) if until > end else _Step(None, ClockReason.moves_nothing)
        end = max(end, until)
    return end, steps


def _moved(term: Limitation, one: Event, start: date, end: date, held_to: date) -> tuple[date, date]:
    """Where that event alone would put the end; and until when the time stood still."""
    if one.kind is not Happening.stood_still:
        return (add_years(one.on, term.years) if one.on > start else end), held_to
    if term.suspension is None or one.until is None:
        return end, held_to
    if term.suspension.last_months is not None:
        return add_months(one.until, term.suspension.last_months), held_to
    days = one.until - max(one.on, held_to, start)
    until = end + days if days.days > 0 and (date.max - end) > days else end
    return until, max(held_to, one.until)


def _met(events: Sequence[Event], last: date) -> Event | None:
    """The suit that is pending, or the judgment. It needs evidence: a filing that nobody can prove stops nothing. That
    it ended needs none: in doubt the time runs again, and somebody is told."""
    pending: Event | None = None
    for one in events:
        if one.kind is Happening.suit_ended:
            pending = None
        elif not one.evidence:
            continue
        elif one.kind is Happening.filed and one.on <= last:
            pending = pending or one
        elif one.kind in ENDS:
            return one
    return pending


__all__ = ["Claim", "ending", "law_of", "limitation", "run", "standing"]

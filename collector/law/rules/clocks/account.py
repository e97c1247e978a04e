"""All clocks of one account, by one function: the plan, the gate, the referral and the legal queue ask the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from collector.law.rules.clocks.court import terms
from collector.law.rules.clocks.guarantee import Guarantor, guarantee
from collector.law.rules.clocks.limitation import Claim, limitation, standing
from collector.law.rules.clocks.words import Clock, Event, Happening
from collector.law.rules.statute import Statute


def clocks_of(
    statute: Statute, claim: Claim, guarantors: Sequence[Guarantor], events: Iterable[Event]
) -> tuple[Clock, ...]:
    """Every clock of a debt that is not settled, what is lost first first. The claims on guarantors run while
    something is owed, whether or not it is late yet."""
    known = standing(events)
    found: list[Clock] = []
    if own := limitation(statute, claim, known):
        found.append(own)
    for who in guarantors:
        found += guarantee(statute, claim, who, known)
    found += terms(statute, known)
    told = [_let_go(clock, known) for clock in found]
    return tuple(sorted(told, key=lambda one: (one.cautious_on, one.legal_on, one.key)))


def _let_go(clock: Clock, events: Sequence[Event]) -> Clock:
    """A decision to let it run out holds for the period it was made about: what moves the clock later undoes it."""
    moved = max((one.event.on for one in clock.moves if one.legal_on or one.cautious_on), default=None)
    decided = [one for one in events if one.kind is Happening.let_go and one.clock == clock.key]
    holds = next((one for one in decided if moved is None or one.on >= moved), None)
    return replace(clock, let_go=holds) if holds else clock


def lost_first(clocks: Iterable[Clock], today: date) -> date | None:
    """The cautious date that comes first among the clocks that still run; where all of them lapsed, the last that
    did. None: nothing can be lost."""
    known = [one for one in clocks if not one.is_over]
    running = [one.cautious_on for one in known if one.runs(today)]
    return min(running) if running else max((one.cautious_on for one in known), default=None)


def turns(clocks: Iterable[Clock], today: date) -> date | None:
    """The next day on which `lost_first` may read otherwise by time alone: the day after one lapses by law."""
    return min((one.legal_on + DAY for one in clocks if one.runs(today) and one.legal_on < date.max), default=None)


DAY = timedelta(days=1)

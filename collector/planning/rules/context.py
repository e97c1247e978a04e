"""What a plan knows besides the person: strategy, contact policy, caller numbers, holds, and the day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from functools import lru_cache
from typing import NamedTuple

from collector.compliance.rules import Answer, Contact, Policy, judge
from collector.facts.rules import PersonBody, PersonFacts
from collector.foundation.calendar import is_holiday
from collector.foundation.clock import at_local, day_start
from collector.history.rules import Channel
from collector.strategy.rules import Strategy
from collector.texts.rules import bare_language

MINUTE = 60


class Line(NamedTuple):
    """A caller number of the creditor's own, registered, shown truthfully."""

    number: str
    channels: frozenset[str]
    resting_until: int | None = None
    """Marked as spam somewhere, it rests until then (seconds since 1970)."""


class Window(NamedTuple):
    """A slot on the planned day: seconds since 1970, the end not included."""

    slot: str
    start: int
    end: int


Spoken = tuple[str, str, str]
"""What a rule said: its id, its answer, its reason."""
TEXT_RULE = "HOUSE-TEXT"
"""Names a text that can not be written, or is not there."""
NO_TEXT: tuple[Spoken, ...] = ((TEXT_RULE, Answer.deny.value, "there is no such text in the person's language"),)


class Flight(NamedTuple):
    """A contact that was begun and may have no attempt yet, or that another portfolio planned for the same person."""

    channel: Channel
    at: int
    contact_point_id: int | None
    portfolio_id: int
    urgency: int | None = None
    """Of one that is only planned, as in `Want`: what is more urgent takes its place. None: it was begun."""


@dataclass(frozen=True, slots=True)
class Context:
    """One portfolio on one day. Holds wider than a person are here; a person's own are in the facts."""

    portfolio_id: int
    strategy: Strategy
    policy: Policy
    lines: tuple[Line, ...]
    zone: str
    today: date
    """The portfolio's local day that is planned."""
    is_held: bool = False
    """A hold on the portfolio or on everything is in force."""
    held_segments: frozenset[str] = frozenset()
    collector: int = 0
    """As in `facts.rules.Event.collector`."""
    reminds: bool = True
    """False on a holiday: its reminders went out before it."""
    reminders_until: date | None = None
    """On the last day before holidays: their last day, whose reminders go out today."""
    words: Mapping[tuple[str, str], tuple[Spoken, ...]] | None = None
    """(template, language) → what the gate says of the words, whomever they go to. None: they were not looked at."""
    _spans: dict[str, tuple[int, int]] = field(default_factory=dict, repr=False, compare=False)
    _windows: dict[str, tuple[Window, ...]] = field(default_factory=dict, repr=False, compare=False)
    _callers: dict[tuple[Channel, int], tuple[str, ...]] = field(default_factory=dict, repr=False, compare=False)

    def against(self, template: str, language: str) -> tuple[Spoken, ...]:
        """The rules that refuse this text, whoever the person is; empty: none, or only the claim can tell."""
        if self.words is None or not language:
            return ()
        found = self.words.get((template, language))
        return self.words.get((template, bare_language(language)), NO_TEXT) if found is None else found

    def callers(self, channel: Channel, at: int) -> tuple[str, ...]:
        """Numbers that may carry this channel and do not rest at that moment."""
        found = self._callers.get((channel, at))
        if found is None:
            found = self._callers[channel, at] = tuple(
                line.number
                for line in self.lines
                if channel.value in line.channels and (line.resting_until is None or line.resting_until <= at)
            )
        return found

    def windows(self, zone: str) -> tuple[Window, ...]:
        """The strategy's slots on that zone's clocks, earliest first, cut to the hours in which the gate lets
        anybody be called there. A slot that is closed from end to end stays whole, for its refusal to be recorded."""
        found = self._windows.get(zone)
        if found is None:
            slots = tuple((name, first, last) for name, (first, last) in self.strategy.slots.items())
            found = self._windows[zone] = lawful_windows(self.policy, slots, self.today, zone)
        return found

    def span(self, zone: str) -> tuple[int, int]:
        """First second of the planned day on that zone's clocks, and of the day after it."""
        found = self._spans.get(zone)
        if found is None:
            days = (self.today, self.today + timedelta(days=1))
            first, last = (int(day_start(day, zone).timestamp()) for day in days)
            found = self._spans[zone] = (first, last)
        return found

    def person_zone(self, body: PersonBody) -> str:
        """By which zone the person's day is told: the pack's one zone, the person's, or the portfolio's."""
        if self.policy.setting.zones:
            return self.policy.setting.zones[0]
        return body.zones[0] if body.zones else self.zone


@lru_cache(maxsize=4096)
def lawful_windows(
    policy: Policy, slots: tuple[tuple[str, time, time], ...], today: date, zone: str
) -> tuple[Window, ...]:
    """See `Context.windows`. The same for every person in that zone, so each day's is worked out once."""
    found = (_cut(policy, name, first, last, today, zone) for name, first, last in slots)
    return tuple(sorted(found, key=lambda window: window.start))


def _cut(policy: Policy, name: str, first: time, last: time, today: date, zone: str) -> Window:
    anybody = PersonFacts(0, PersonBody(zones=(zone,)), ())
    start, end = (int(at_local(today, clock, zone).timestamp()) for clock in (first, last))
    is_open = [
        not judge(Contact(Channel.call), anybody, policy, minute, earliest=False).rules
        for minute in range(start, end, MINUTE)
    ]
    if any(is_open):
        start += MINUTE * is_open.index(True)
        end -= MINUTE * is_open[::-1].index(True)
    return Window(name, start, end)


def shifted(today: date, country: str) -> tuple[bool, date | None]:
    """How holidays move reminders (handbook section 4): whether any go out today, and up to which later day
    today's also stand in for. Without a country nothing moves."""
    if not country:
        return True, None
    last = today
    while is_holiday(last + timedelta(days=1), country):
        last += timedelta(days=1)
    return not is_holiday(today, country), last if last > today else None

"""How often: caps over local calendar days."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from collector.compliance.rules.case import ANSWERED_WORDS, Case
from collector.compliance.rules.contact import Purpose
from collector.compliance.rules.parameters import Parameters, Tighter
from collector.compliance.rules.verdict import Finding
from collector.facts.rules import EVENT_DAYS, Event, Kind
from collector.history.rules import Direction

Cap = Annotated[int, Field(ge=0), Tighter.lower]
"""0: never."""
Days = Annotated[int, Field(ge=1, lt=EVENT_DAYS), Tighter.higher]
"""Local days of a window. Facts keep the contacts of 8: a longer window would not be kept, so it is not accepted."""
_CONFIRMATION = Purpose.opt_out_confirmation
TALK_BEGINS, TALK_LASTS = 900, 3600
"""Seconds. A conversation told of apart from its call begins at most so long before that call was written down, and
so long after it."""


def over(case: Case, moments: Sequence[int], cap: int, days: int, what: str) -> Finding | None:
    """Objects when one more would exceed the cap in the window of local days that today closes."""
    if len(moments) < cap:
        return None
    reason = f"{len(moments)} {what} in {days} {'day' if days == 1 else 'days'}; at most {cap}"
    return Finding(reason, case.leaves(sorted(moments)[len(moments) - cap], days))


NONE = Finding("the portfolio permits none at all")


class Capped(Parameters):
    """Parameters with a cap; a cap of 0 closes the gate whatever the history."""

    cap: Cap

    @property
    def is_shut(self) -> bool:
        return self.cap == 0


class Dials(Capped):
    """A cap of this house on dials, answered or not."""

    per: Literal["number", "person"]
    days: Days = 1
    count: Literal["all", "unanswered"] = "all"
    """Where answered calls have a cap of their own, only the others count here."""
    unknown: Annotated[bool, Tighter.on] = True
    """Whether a number that is not known counts as the same."""


def dials(p: Dials, case: Case) -> Finding | None:
    """Dials to the number, whoever it is about, or to the person, by anybody."""
    if p.cap == 0:
        return NONE
    dialled = [*case.calls, *case.elsewhere] if p.per == "number" and case.elsewhere else case.calls
    if len(dialled) < p.cap:
        return None
    what = "dials" if p.count == "all" else "unanswered dials"
    return over(case, dialled_in(p, case, dialled), p.cap, p.days, f"{what} to this {p.per}")


def dialled_in(p: Dials, case: Case, dialled: Sequence[Event]) -> list[int]:
    """Moments of those that count in the window which today closes."""
    since = case.since(p.days)
    return [
        e.at
        for e in dialled
        if e.at >= since
        and (p.per == "person" or _is_same(p, case, e))
        and (p.count == "all" or e.outcome not in ANSWERED_WORDS)
    ]


def _is_same(p: Dials, case: Case, event: Event) -> bool:
    number = case.contact.number
    return p.unknown if number is None or event.number is None else event.number == number


class Texts(Capped):
    """A cap on text messages a day, and over several days."""

    cap: Cap = 1
    window_cap: Annotated[int | None, Field(ge=1), Tighter.lower] = None
    days: Days = 7


def texts(p: Texts, case: Case) -> Finding | None:
    """Text messages sent to the person; the one confirmation of an opt-out is not repeated texting."""
    if p.cap == 0:
        return NONE
    if not case.texts or case.contact.purpose is _CONFIRMATION:
        return None
    day = over(case, [e.at for e in case.texts if e.at >= case.since_today], p.cap, 1, "text messages")
    if p.window_cap is None:
        return day
    since = case.since(p.days)
    window = over(case, [e.at for e in case.texts if e.at >= since], p.window_cap, p.days, "text messages")
    return max(filter(None, (day, window)), key=lambda found: found.until or 0, default=None)


class Answered(Capped):
    """A cap on effective calls."""

    cap: Cap = 3
    days: Days = 1


def answered(p: Answered, case: Case) -> Finding | None:
    """Calls of ours that were answered, all loans and all collectors together; calls the debtor placed do not count.

    A call in flight may yet be answered, so it counts. A conversation of ours is told apart from its call; one that
    no answered call led to counts by itself.
    """
    if p.cap == 0:
        return NONE
    if len(case.calls) + len(case.talks) < p.cap:
        return None
    return over(case, answered_in(p, case), p.cap, p.days, "answered calls")


def answered_in(p: Answered, case: Case) -> list[int]:
    """Moments of effective calls in the window which today closes."""
    since = case.since(p.days)
    calls = [e.at for e in case.calls if e.at >= since and (e.outcome is None or e.outcome in ANSWERED_WORDS)]
    talks = [
        e.at for e in case.talks if e.at >= since and e.kind is Kind.conversation and e.direction is Direction.outbound
    ]
    return _effective(calls, talks)


def _effective(calls: Sequence[int], talks: Sequence[int]) -> list[int]:
    """Moments of answered calls, and of conversations whose call is not among them."""
    free, alone = sorted(calls), []
    for talk in sorted(talks):
        place = bisect_right(free, talk + TALK_BEGINS) - 1
        if place >= 0 and free[place] >= talk - TALK_LASTS:
            del free[place]
        else:
            alone.append(talk)
    return [*calls, *alone]

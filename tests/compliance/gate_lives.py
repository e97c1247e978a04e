"""Hypothesis strategies: whole histories of a person, in zones whose clocks do odd things, and questions about them."""

from __future__ import annotations

from typing import Any

from gate_asking import second
from hypothesis import strategies as st

from collector.compliance.rules import Answer, Contact, Purpose
from collector.facts.rules import Event, Kind, Mark, PersonBody, PersonFacts, Standing
from collector.history.rules import Channel, Direction, Outcome

HARDNESS = [Answer.allow, Answer.review, Answer.deny]
PACKS = ("cn", "us", "uk", "in", "house")
WEEK = 7 * 86400
OUTCOMES = (*(outcome.value for outcome in Outcome), "busy_tone", "answered")
CHANNELS = tuple(Channel)

CLOCKS: dict[str, tuple[tuple[str, ...], str]] = {
    "an hour skipped": (("America/New_York",), "2026-03-08T07:00Z"),
    "an hour twice": (("America/New_York",), "2026-11-01T06:00Z"),
    "half an hour": (("Australia/Lord_Howe",), "2026-10-03T15:30Z"),
    "half an hour twice": (("Australia/Lord_Howe",), "2026-04-04T15:00Z"),
    "a day skipped": (("Pacific/Apia",), "2011-12-30T10:00Z"),
    "a day skipped in the north": (("Pacific/Kwajalein",), "1993-08-21T12:00Z"),
    "no midnight": (("Asia/Beirut",), "2026-03-28T22:00Z"),
    "midnight put back": (("America/Santiago",), "2026-04-05T03:00Z"),
    "two hours at once": (("Antarctica/Troll",), "2026-03-29T01:00Z"),
    "an evening hour skipped": (("America/Nuuk",), "2026-03-29T01:00Z"),
    "quarters of an hour": (("Pacific/Chatham",), "2026-09-26T14:00Z"),
    "a quarter off": (("Asia/Kathmandu",), "2026-04-07T18:15Z"),
    "a month of its own": (("Africa/Casablanca",), "2026-02-15T02:00Z"),
    "two coasts": (("America/New_York", "America/Los_Angeles"), "2026-03-08T07:00Z"),
    "half the world": (("Pacific/Apia", "Asia/Kolkata", "Europe/London"), "2026-03-29T01:00Z"),
    "both ends": (("Pacific/Kiritimati", "Pacific/Pago_Pago"), "2026-04-07T10:00Z"),
}
"""What happens → the person's zones, and the moment of the change, around which everything is drawn."""

clocks = st.sampled_from(sorted(CLOCKS)).map(CLOCKS.__getitem__)
numbers = st.sampled_from([None, "+1", "+2"])
debts = st.sampled_from([(), (1,), (2,), (1, 2)])
collectors = st.sampled_from([0, 1, 2])
channels = st.sampled_from(CHANNELS)
spoken = st.sampled_from([Channel.call, Channel.sms])
CLOCK_TIMES = ("00:00", "00:30", "02:15", "08:00", "10:30", "17:00", "22:30", "23:45", "24:00")


def around(moment: str, before: int = WEEK, after: int = WEEK) -> st.SearchStrategy[int]:
    """A second near that moment."""
    middle = second(moment.replace("Z", "+00:00"))
    return st.integers(middle - before, middle + after)


@st.composite
def events(draw: st.DrawFn, moments: st.SearchStrategy[int], person: int | None = None) -> Event:
    """A contact, in either direction; a call whose outcome is None is in flight."""
    kind = draw(st.sampled_from([Kind.call, Kind.call, Kind.call, *Kind]))
    return Event(
        kind,
        draw(moments),
        direction=draw(st.sampled_from([Direction.outbound, Direction.outbound, Direction.inbound])),
        outcome=draw(st.sampled_from([None, *OUTCOMES])) if kind is Kind.call else None,
        number=draw(numbers),
        debts=draw(debts),
        collector=draw(collectors),
        person=person,
    )


@st.composite
def wishes(draw: st.DrawFn) -> dict[str, Any]:
    times = st.one_of(st.none(), st.sampled_from(CLOCK_TIMES))
    days = draw(st.one_of(st.just([]), st.lists(st.sampled_from(["mon", "wed", "fri", "sat", "sun"]), unique=True)))
    return {"not_before": draw(times), "not_after": draw(times), "weekdays": days}


@st.composite
def agreed(draw: st.DrawFn) -> dict[str, Any]:
    first, last = draw(st.sampled_from(CLOCK_TIMES[:-1])), draw(st.sampled_from(CLOCK_TIMES))
    return {"evidence_id": draw(st.sampled_from(["E", None])), "hours": f"{first}-{last}"}


@st.composite
def marks(draw: st.DrawFn, moments: st.SearchStrategy[int], kinds: tuple[Mark, ...] = tuple(Mark)) -> Standing:
    """Something that stands, perhaps for a while, a channel, a number, a debt or a collector only."""
    mark, at = draw(st.sampled_from(kinds)), draw(moments)
    detail = {Mark.preference: wishes(), Mark.agreement: agreed()}.get(mark, st.just({}))
    return Standing(
        mark,
        at,
        until=draw(st.one_of(st.none(), st.integers(at + 1, at + WEEK))),
        channel=draw(st.one_of(st.none(), channels)),
        number=draw(numbers),
        debts=draw(debts),
        collector=draw(st.one_of(st.none(), collectors)),
        detail=draw(detail),
    )


@st.composite
def contacts(draw: st.DrawFn, over: st.SearchStrategy[Channel] = channels) -> Contact:
    """What is to be judged: mostly an ordinary contact with the debtor."""
    purposes = [Purpose.collect, Purpose.collect, Purpose.reminder, *Purpose]
    return Contact(
        draw(over),
        debts=draw(debts),
        collector=draw(collectors),
        number=draw(numbers),
        purpose=draw(st.sampled_from(purposes)),
    )


def someone(events: tuple[Event, ...], standing: tuple[Standing, ...], zones: tuple[str, ...]) -> PersonFacts:
    return PersonFacts(1, PersonBody(zones=zones, standing=standing, events=events), ())

"""When: against a search minute by minute, in zones whose clocks do odd things."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from gate_asking import policy
from gate_lives import around, clocks, contacts, events, marks, someone, spoken
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.compliance.rules import Answer, Contact, Policy, judge
from collector.compliance.rules.day import QUARTER, days_of, second_at, start_days_ago
from collector.facts.rules import Mark
from collector.history.rules import Channel

Clock = tuple[tuple[str, ...], str]

SEARCHED = 3 * 86400
"""Seconds ahead that are tried minute by minute."""
WISHED = (Mark.preference, Mark.agreement, Mark.agreement, Mark.breathing_space, Mark.hold, Mark.hardship)
TIGHTENINGS = ({}, {"HOUSE-DAYS": {"weekdays": ["sun", "wed"]}}, {"HOUSE-DIALS-NUMBER": {"cap": 1}})


@st.composite
def rules(draw: st.DrawFn) -> Policy:
    return policy(draw(st.sampled_from(["us", "us", "uk", "house"])), tightening=draw(st.sampled_from(TIGHTENINGS)))


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(data=st.data(), clock=clocks, rule=rules(), asked=contacts(spoken))
def test_the_earliest_moment_is_the_first_that_a_search_by_minutes_finds(
    data: st.DataObject, clock: Clock, rule: Policy, asked: Contact
) -> None:
    zones, change = clock
    at = data.draw(around(change, 3 * 86400, 86400))
    history = tuple(data.draw(st.lists(events(around(change)), max_size=8)))
    standing = tuple(data.draw(st.lists(marks(st.integers(at - 8 * 86400, at), WISHED), max_size=3)))
    facts = someone(history, standing, zones)
    verdict = judge(asked, facts, rule, at)
    if verdict.answer is Answer.allow:
        assert verdict.earliest is None
        return
    end = int(verdict.earliest.timestamp()) if verdict.earliest else at + SEARCHED
    if verdict.earliest:
        assert judge(asked, facts, rule, end, earliest=False).answer is Answer.allow
        assert judge(asked, facts, rule, end - 1, earliest=False).answer is not Answer.allow
    first_minute = at - at % 60 + 60
    for minute in (at, *range(first_minute, min(end, at + SEARCHED), 60)):
        assert judge(asked, facts, rule, minute, earliest=False).answer is not Answer.allow, minute


def shown(zone: str, at: int) -> datetime:
    """The clock on the wall, by the library alone."""
    return datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(zone))


@settings(max_examples=200, deadline=None)
@given(data=st.data(), clock=clocks, back=st.integers(0, 12))
def test_a_local_day_begins_when_the_clock_first_shows_its_date(data: st.DataObject, clock: Clock, back: int) -> None:
    zones, change = clock
    at = data.draw(around(change))
    days = days_of(zones, at // QUARTER)
    assert [(day.zone, day.ordinal) for day in days.days] == [(zone, shown(zone, at).toordinal()) for zone in zones]
    for day in days.days:
        assert (at + day.offset) % 86400 == sum(
            unit * n for unit, n in zip((3600, 60, 1), shown(day.zone, at).timetuple()[3:6], strict=True)
        )
        assert shown(day.zone, day.end).toordinal() > day.ordinal >= shown(day.zone, day.end - 1).toordinal()
    starts = [second_at(zone, shown(zone, at).toordinal() - back) for zone in zones]
    assert start_days_ago(days, back) == min(starts)
    for zone, start in zip(zones, starts, strict=True):
        wanted = shown(zone, at).toordinal() - back
        assert shown(zone, start).toordinal() >= wanted > shown(zone, start - 1).toordinal()


@settings(max_examples=150, deadline=None)
@given(data=st.data(), clock=clocks, pack=st.sampled_from(["us", "uk", "house"]))
def test_open_means_open_on_every_clock_on_the_wall(data: st.DataObject, clock: Clock, pack: str) -> None:
    zones, change = clock
    at = data.draw(around(change))
    last = {"house": 20}.get(pack, 21)
    is_open = all(8 <= shown(zone, at).hour < last for zone in zones)
    verdict = judge(Contact(Channel.call), someone((), (), zones), policy(pack), at, earliest=False)
    assert (verdict.answer is Answer.allow) == is_open

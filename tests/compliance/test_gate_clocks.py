"""When: against a search minute by minute, in zones whose clocks do odd things."""

from __future__ import annotations

from gate_asking import policy
from gate_lives import around, clocks, contacts, events, marks, someone, spoken
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.compliance.rules import Answer, Policy, judge
from collector.facts.rules import Mark

SEARCHED = 3 * 86400
"""Seconds ahead that are tried minute by minute."""
WISHED = (Mark.preference, Mark.agreement, Mark.agreement, Mark.breathing_space, Mark.hold, Mark.hardship)
TIGHTENINGS = ({}, {"HOUSE-DAYS": {"weekdays": ["sun", "wed"]}}, {"HOUSE-DIALS-NUMBER": {"cap": 1}})


@st.composite
def rules(draw: st.DrawFn) -> Policy:
    return policy(draw(st.sampled_from(["us", "us", "uk", "house"])), tightening=draw(st.sampled_from(TIGHTENINGS)))


@settings(max_examples=60, deadline=None)
@given(data=st.data(), clock=clocks, rule=rules(), asked=contacts(spoken))
def test_the_earliest_moment_is_the_first_that_a_search_by_minutes_finds(data, clock, rule, asked) -> None:  # type: ignore[no-untyped-def]
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

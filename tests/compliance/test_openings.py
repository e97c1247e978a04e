"""The calendar of a contact says what the gate says, at every quarter of an hour."""

from __future__ import annotations

from gate_asking import NEW_YORK, contact, ids, person, placed, policy, second, stands
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.compliance.rules import Answer, judge, stretches
from collector.facts.rules import Event, Kind, Mark
from collector.history.rules import Channel

QUARTER = 900
START = second("2026-03-06T00:00-05:00")
"""Two days before the clocks of New York go forward."""
END = START + 4 * 86400
moments = st.integers(START - 6 * 86400, END)
events = st.builds(placed, moments, st.sampled_from(["no_answer", "right_party", "busy"]), st.just(Kind.call))


@settings(max_examples=40, deadline=None)
@given(
    history=st.lists(events, max_size=9),
    pack=st.sampled_from(["cn", "us", "uk", "house"]),
    channel=st.sampled_from([Channel.call, Channel.sms, Channel.letter]),
    zones=st.sampled_from([(NEW_YORK,), (NEW_YORK, "America/Los_Angeles"), ("Asia/Kathmandu",)]),
    wish=st.sampled_from([None, {"not_before": "10:30"}, {"weekdays": ["sat", "sun"]}]),
)
def test_a_stretch_is_open_exactly_where_the_gate_is(
    history: list[Event], pack: str, channel: Channel, zones: tuple[str, ...], wish: dict[str, object] | None
) -> None:
    wishes = (stands(Mark.preference, "2026-03-01T00:00-05:00", detail=wish),) if wish else ()
    facts, asked, rules = person(*history, standing=wishes, zones=zones), contact(channel.value), policy(pack)
    found = stretches(asked, facts, rules, START, END)
    assert [one.end for one in found[:-1]] == [one.start for one in found[1:]]
    assert (found[0].start, found[-1].end) == (START, END)
    for one in found:
        for at in {one.start, *range(-(-one.start // QUARTER) * QUARTER, one.end, QUARTER)}:
            assert (judge(asked, facts, rules, at, earliest=False).answer is Answer.allow) == (not one.rules)


def test_what_closes_each_hour_is_named() -> None:
    first, last = second("2026-03-10T00:00-04:00"), second("2026-03-11T00:00-04:00")
    found = stretches(contact(), person(), policy("us"), first, last)
    told = [(one.end - one.start, [rule.id for rule in one.rules]) for one in found]
    assert told == [(8 * 3600, ["US-TIME"]), (13 * 3600, []), (3 * 3600, ["US-TIME"])]


def test_a_standing_refusal_closes_it_all() -> None:
    facts = person(standing=(stands(Mark.bankruptcy, "2026-03-01T00:00-05:00"),))
    found = stretches(contact(), facts, policy("us"), START, END)
    assert all("US-BK" in ids(judge(contact(), facts, policy("us"), one.start)) for one in found)
    assert all(one.rules for one in found)

"""The earliest permitted moment, against one that looks at every minute."""

from __future__ import annotations

from typing import Any

import pytest
from gate_asking import NEW_YORK, SHANGHAI, contact, person, placed, policy, second, stands
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from collector.compliance.rules import Answer, Contact, NumberKind, Policy, judge
from collector.facts.rules import Event, Kind, Mark, PersonFacts, Standing
from collector.history.rules import Channel, Direction

START = second("2026-03-02T00:00-05:00")
ASKED = second("2026-03-05T00:00-05:00")
LOOKED = 10 * 86400
"""Seconds looked ahead, over the change to daylight saving time."""
UNSHRUNK = (Phase.explicit, Phase.reuse, Phase.generate)
"""Looking at every minute is slow; a failing example is small enough as it comes."""
minutes_before = st.integers(-4 * 1440, 0).map(lambda minute: ASKED + minute * 60)


@st.composite
def events(draw: st.DrawFn) -> Event:
    kind = draw(st.sampled_from([Kind.call, Kind.call, Kind.conversation, Kind.sms]))
    return placed(
        draw(st.integers(START // 60, START // 60 + 6 * 1440)) * 60,
        draw(st.sampled_from(["no_answer", "right_party", "answered", "busy_tone", "says_paid"])),
        kind,
        number=draw(st.sampled_from([None, "+1"])),
        direction=draw(st.sampled_from([Direction.outbound, Direction.outbound, Direction.inbound]))
        if kind is not Kind.sms
        else Direction.outbound,
        debts=draw(st.sampled_from([(), (1,), (2,)])),
        collector=draw(st.sampled_from([0, 1, 2])),
    )


def wish(not_before: str | None, not_after: str | None, weekdays: list[str], place: str | None) -> dict[str, Any]:
    return {"not_before": not_before, "not_after": not_after, "weekdays": weekdays, "place": place}


clocks = st.sampled_from([None, "01:30", "09:15", "12:00", "18:00"])
wishes = st.builds(
    wish, clocks, clocks, st.sampled_from([[], ["sat", "sun"], ["mon", "tue"]]), st.just(None)
) | st.just(wish(None, None, ["sat"], "work"))
agreements = st.sampled_from(["22:00-23:00", "23:30-00:30", "06:00-07:15", "01:00-02:45"]).map(
    lambda hours: {"evidence_id": "E", "hours": hours}
)
ENDS = st.none() | st.integers(1, 9 * 1440).map(lambda minute: ASKED + minute * 60)


@st.composite
def marks(draw: st.DrawFn) -> Standing:
    mark = draw(
        st.sampled_from(
            [
                *[Mark.consent] * 3,
                Mark.revoked,
                *[Mark.preference] * 3,
                *[Mark.agreement] * 3,
                Mark.hold,
                Mark.breathing_space,
                Mark.dispute,
            ]
        )
    )
    detail: dict[str, Any] = {}
    if mark is Mark.preference:
        detail = draw(wishes)
    elif mark is Mark.agreement:
        detail = draw(agreements)
    return Standing(
        mark,
        draw(minutes_before),
        draw(ENDS),
        channel=draw(st.sampled_from([None, Channel.call])) if mark is Mark.consent else None,
        debts=draw(st.sampled_from([(), (1,), (2,)])),
        detail=detail,
    )


ZONES = st.sampled_from([(NEW_YORK,), (NEW_YORK, "America/Denver"), ("Asia/Kathmandu",), (SHANGHAI,)])


@pytest.mark.slow
@settings(max_examples=25, deadline=None, phases=UNSHRUNK)
@given(
    history=st.lists(events(), max_size=10),
    standing=st.lists(marks(), max_size=4),
    pack=st.sampled_from(["us", "us", "cn", "uk", "house", "in"]),
    channel=st.sampled_from([Channel.call, Channel.call, Channel.sms]),
    zones=ZONES,
    at=st.integers(0, 1440).map(lambda minute: ASKED + minute * 60),
    kind=st.sampled_from([None, NumberKind.mobile, NumberKind.work]),
)
def test_no_minute_before_it_is_permitted_and_it_is(
    history: list[Event],
    standing: list[Standing],
    pack: str,
    channel: Channel,
    zones: tuple[str, ...],
    at: int,
    kind: NumberKind | None,
) -> None:
    facts, rules = person(*history, standing=tuple(standing), zones=zones), policy(pack)
    asked = contact(channel, number="+1", number_kind=kind, debts=(1,))
    verdict = judge(asked, facts, rules, at)
    looked = _first_minute(asked, facts, rules, at)
    if verdict.answer is Answer.allow:
        assert looked == at
        assert verdict.earliest is None
        return
    if verdict.earliest is None:
        assert looked is None
        return
    earliest = int(verdict.earliest.timestamp())
    assert judge(asked, facts, rules, earliest).answer is Answer.allow
    assert judge(asked, facts, rules, earliest - 1).answer is not Answer.allow
    assert earliest > at
    assert looked is None or earliest <= looked < earliest + 60
    assert looked is not None or earliest > at + LOOKED


def _first_minute(asked: Contact, facts: PersonFacts, rules: Policy, at: int) -> int | None:
    for moment in range(at, at + LOOKED, 60):
        if judge(asked, facts, rules, moment, earliest=False).answer is Answer.allow:
            return moment
    return None


def test_the_oracle_can_tell() -> None:
    held = stands(Mark.hold, "2026-03-01T00:00-05:00", until=ASKED + 86400 + 12 * 3600)
    assert _first_minute(contact(), person(standing=(held,)), policy("us"), ASKED) == ASKED + 86400 + 12 * 3600

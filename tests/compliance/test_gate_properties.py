"""What must hold whatever the history: caps, stops, and that nothing done opens the gate."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from gate_asking import NEW_YORK, SHANGHAI, contact, person, placed, policy, second, stands
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.compliance.rules import Answer, Purpose, judge
from collector.facts.rules import Event, Kind, Mark, PersonFacts
from collector.history.rules import Channel, Direction, Outcome

START = second("2026-03-02T00:00-05:00")
SPAN = 16 * 86400
"""Days on both sides of the change to daylight saving time, 2026-03-08 in New York."""
moments = st.integers(START, START + SPAN)
OUTCOMES = [*(outcome.value for outcome in Outcome), "busy_tone", "answered"]


@st.composite
def events(draw: st.DrawFn) -> Event:
    kind = draw(st.sampled_from([Kind.call, Kind.call, Kind.call, Kind.conversation, Kind.sms]))
    return placed(
        draw(moments),
        draw(st.sampled_from(OUTCOMES)),
        kind,
        number=draw(st.sampled_from([None, "+1", "+2"])),
        debts=draw(st.sampled_from([(), (1,), (2,), (1, 2)])),
        collector=draw(st.sampled_from([0, 1, 2])),
    )


histories = st.lists(events(), max_size=12)
packs = st.sampled_from(["cn", "us", "house", "in", "uk"])
channels = st.sampled_from([Channel.call, Channel.sms])


def zone_of(pack: str) -> str:
    return {"cn": SHANGHAI, "in": "Asia/Kolkata"}.get(pack, NEW_YORK)


@settings(max_examples=60, deadline=None)
@given(history=histories, more=events(), pack=packs, channel=channels, at=moments)
def test_an_attempt_more_never_opens_the_gate(
    history: list[Event], more: Event, pack: str, channel: Channel, at: int
) -> None:
    asked, rules = contact(channel, number="+1"), policy(pack)
    before = judge(asked, person(*history), rules, at, earliest=False).answer
    after = judge(asked, person(*history, more), rules, at, earliest=False).answer
    hardness = [Answer.allow, Answer.review, Answer.deny]
    assert hardness.index(after) >= hardness.index(before)


@settings(max_examples=60, deadline=None)
@given(history=histories, pack=packs, channel=channels, at=moments, number=st.sampled_from([None, "+1"]))
def test_an_opt_out_always_refuses(
    history: list[Event], pack: str, channel: Channel, at: int, number: str | None
) -> None:
    out = stands(Mark.opt_out, "2026-03-01T00:00-05:00", channel=channel, number=number)
    agreed = stands(Mark.agreement, "2026-03-01T00:00-05:00", detail={"evidence_id": "E", "hours": "00:00-24:00"})
    consent = stands(Mark.consent, "2026-03-01T00:00-05:00")
    verdict = judge(contact(channel, number="+1"), person(*history, standing=(out, agreed, consent)), policy(pack), at)
    assert verdict.answer is Answer.deny
    assert verdict.earliest is None


CAPS = {
    # pack: (what counts, cap, local days)
    "us": [(lambda e: e.kind is Kind.call, 7, 7), (lambda e: e.kind is Kind.sms, 3, 7)],
    "house": [(lambda e: e.kind is Kind.call, 7, 7), (lambda e: e.kind is Kind.sms, 1, 1)],
    "cn": [(lambda e: e.outcome == "right_party", 3, 1), (lambda e: e.kind is Kind.sms, 1, 1)],
}


@pytest.mark.parametrize("pack", list(CAPS))
@settings(max_examples=25, deadline=None)
@given(plans=st.lists(st.tuples(moments, channels, st.sampled_from(["no_answer", "right_party", "busy"])), max_size=60))
def test_obeying_the_gate_keeps_every_cap_in_every_window(pack: str, plans: list[tuple[int, Channel, str]]) -> None:
    """Also when contacts are planned in any order of time, as a plan and its retries do."""
    fresh = stands(Mark.consent, "2026-02-25T00:00-05:00", channel=Channel.sms)
    rules, done = policy(pack), []
    for at, channel, outcome in plans:
        facts = person(*done, standing=(fresh,), zones=(zone_of(pack),))
        if judge(contact(channel, number="+1"), facts, rules, at, earliest=False).answer is Answer.allow:
            done.append(placed(at, outcome, Kind(channel.value), number="+1"))
    zone = ZoneInfo(zone_of(pack))
    days = [(datetime.fromtimestamp(e.at, UTC).astimezone(zone).date(), e) for e in done]
    for counts, cap, length in CAPS[pack]:
        for first, _ in days:
            window = [e for day, e in days if first <= day < first + timedelta(days=length) and counts(e)]
            assert len(window) <= cap


@settings(max_examples=30, deadline=None)
@given(
    history=histories,
    pack=packs,
    channel=channels,
    at=moments,
    zones=st.sampled_from([(NEW_YORK,), (NEW_YORK, "America/Los_Angeles"), ("Asia/Kathmandu",)]),
    wish=st.sampled_from([{}, {"not_before": "10:30"}, {"not_after": "15:00", "not_before": "17:00"}]),
)
def test_nothing_is_allowed_before_the_earliest_moment(
    history: list[Event], pack: str, channel: Channel, at: int, zones: tuple[str, ...], wish: dict[str, str]
) -> None:
    wishes = (stands(Mark.preference, "2026-03-01T00:00-05:00", detail=wish),) if wish else ()
    facts = person(*history, standing=wishes, zones=zones)
    asked, rules = contact(channel, number="+1"), policy(pack)
    verdict = judge(asked, facts, rules, at)
    if verdict.answer is Answer.allow:
        assert verdict.earliest is None
        return
    end = int(verdict.earliest.timestamp()) if verdict.earliest else at + 20 * 86400
    if verdict.earliest:
        assert judge(asked, facts, rules, end).answer is Answer.allow
        assert judge(asked, facts, rules, end - 1).answer is not Answer.allow
    for sample in range(at, end, max(901, (end - at) // 150)):
        assert judge(asked, facts, rules, sample, earliest=False).answer is not Answer.allow


@pytest.mark.parametrize(
    ("zone", "at", "answer"),
    [
        pytest.param(NEW_YORK, "2026-03-08T08:00-04:00", Answer.allow, id="spring: 8 by the new clock"),
        pytest.param(NEW_YORK, "2026-03-08T07:59-04:00", Answer.deny, id="spring: 7:59 by the new clock"),
        pytest.param(NEW_YORK, "2026-11-01T20:59-05:00", Answer.allow, id="autumn: 20:59 by the new clock"),
        pytest.param(NEW_YORK, "2026-11-01T21:00-05:00", Answer.deny, id="autumn: 21 by the new clock"),
        pytest.param("America/Phoenix", "2026-03-08T08:00-07:00", Answer.allow, id="no daylight saving there"),
    ],
)
def test_hours_follow_the_clock_on_the_wall(zone: str, at: str, answer: Answer) -> None:
    assert judge(contact(), person(zones=(zone,)), policy("us"), second(at)).answer is answer


def test_a_short_day_is_a_whole_day_of_the_window() -> None:
    """Seven local days from 2 March hold the 23 hours of 8 March: the first leaves at midnight of 9 March."""
    week = [placed(f"2026-03-0{day}T18:00-0{5 if day < 8 else 4}:00") for day in range(2, 9)]
    verdict = judge(contact(), person(*week), policy("us"), second("2026-03-08T19:00-04:00"))
    assert verdict.earliest == datetime(2026, 3, 9, 12, 0, tzinfo=UTC)


def test_zones_that_never_agree_are_a_standing_refusal() -> None:
    """Twelve hours apart in summer, and the house's day is twelve hours long."""
    facts = person(zones=(NEW_YORK, "Asia/Shanghai"))
    verdict = judge(contact(), facts, policy("house"), second("2026-04-07T12:00-04:00"))
    assert (verdict.answer, verdict.earliest) == (Answer.deny, None)


def test_without_a_zone_there_is_no_lawful_hour() -> None:
    verdict = judge(contact(), person(zones=()), policy("us"), second("2026-04-07T15:00-04:00"))
    assert verdict.rules[0].id == "HOUSE-ZONE"
    assert verdict.earliest is None
    assert judge(contact(), person(zones=()), policy("cn"), second("2026-04-07T15:00+08:00")).answer is Answer.allow


@pytest.mark.parametrize(
    ("zones", "answer"),
    [
        pytest.param((NEW_YORK,), Answer.deny, id="the 2nd in the east"),
        pytest.param(("America/Los_Angeles",), Answer.allow, id="the 1st in the west"),
        pytest.param((NEW_YORK, "America/Los_Angeles"), Answer.deny, id="perhaps the 2nd"),
    ],
)
def test_where_zones_differ_the_longer_window_counts(zones: tuple[str, ...], answer: Answer) -> None:
    late = placed("2026-04-02T01:00-04:00")
    week = [late, *(placed(f"2026-04-0{day}T12:00-04:00") for day in range(2, 8))]
    verdict = judge(contact(), person(*week, zones=zones), policy("us"), second("2026-04-08T11:30-04:00"))
    assert verdict.answer is answer


def test_ten_thousand_events() -> None:
    many = [placed(START + number * 60, ["no_answer", "busy_tone"][number % 2]) for number in range(10_000)]
    facts: PersonFacts = person(*many)
    verdict = judge(contact(), facts, policy("us"), START + 3 * 86400 + 15 * 3600)
    assert "US-7IN7" in [rule.id for rule in verdict.rules]
    assert verdict.earliest is not None


def test_a_task_in_flight_later_today_uses_up_the_cap() -> None:
    answered = [placed(f"2026-05-13T1{hour}:00+08:00", "right_party") for hour in range(2)]
    in_flight = placed("2026-05-13T18:00+08:00", "right_party")
    facts = person(*answered, in_flight, zones=(SHANGHAI,))
    assert judge(contact(), facts, policy("cn"), second("2026-05-13T15:00+08:00")).answer is Answer.deny


def test_an_inbound_call_is_not_a_dial() -> None:
    inbound = [placed(f"2026-05-13T1{hour}:00+08:00", "right_party", direction=Direction.inbound) for hour in range(4)]
    facts = person(*inbound, zones=(SHANGHAI,))
    assert judge(contact(), facts, policy("cn"), second("2026-05-13T15:00+08:00")).answer is Answer.allow


def test_a_confirmation_is_no_way_around_other_stops() -> None:
    out = stands(Mark.opt_out, "2026-04-01T10:00-04:00", channel=Channel.sms)
    asked = contact("sms", purpose=Purpose.opt_out_confirmation)
    for flag in ("bankrupt", "deceased"):
        facts = person(standing=(out,), flags=(flag,))
        assert judge(asked, facts, policy("us"), second("2026-04-01T12:00-04:00")).answer is Answer.deny

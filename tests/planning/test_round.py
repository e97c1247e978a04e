"""The 3:3:3 rule: when a phone may be given up, and which call comes next (handbook section 6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planning_people import CALLERS, RULE, SLOTS, TODAY, ZONE, call, diagonal, phone, second

from collector.facts.rules import Phone, RoundCall
from collector.history.rules import Outcome
from collector.planning.rules import RoundState, evidence, next_pairs, progress
from collector.strategy.rules import Retry, RetryMode

MATRIX = replace(RULE, mode=RetryMode.matrix, attempts=9)
LATER = second("2026-06-30T12:00+08:00")
HOUR = 3600


def state(one: Phone, retry: Retry = RULE, now: int = LATER) -> RoundState:
    return progress(one, retry, ZONE, now).state


@pytest.mark.parametrize(
    ("calls", "expected"),
    [
        pytest.param((), RoundState.fresh, id="never called"),
        pytest.param(diagonal()[:2], RoundState.open, id="two calls"),
        pytest.param(diagonal(), RoundState.closing, id="three numbers, three slots"),
        pytest.param(
            tuple(call(TODAY, slot, CALLERS[0]) for slot in SLOTS), RoundState.open, id="one number, three slots"
        ),
        pytest.param(
            tuple(call(TODAY + timedelta(days=at), "morning", CALLERS[at]) for at in range(3)),
            RoundState.open,
            id="three numbers, one slot",
        ),
        pytest.param(
            (*diagonal()[:2], call(TODAY, "evening", CALLERS[2], Outcome.voicemail)),
            RoundState.open,
            id="voicemail counts for nothing here",
        ),
        pytest.param(
            (*diagonal()[:2], call(TODAY, "evening", CALLERS[2], Outcome.failed)),
            RoundState.open,
            id="a failure of our own system was no call",
        ),
        pytest.param(
            (*diagonal()[:2], call(TODAY, "afternoon", CALLERS[2], minutes=30), call(TODAY, "evening", CALLERS[0])),
            RoundState.open,
            id="half an hour apart is one call",
        ),
        pytest.param(
            (*diagonal(), call(TODAY + timedelta(days=1), "morning", CALLERS[1], Outcome.busy)),
            RoundState.avoiding,
            id="busy proves a live phone",
        ),
        pytest.param(
            (call(TODAY, "morning", CALLERS[0], Outcome.rejected), *diagonal(TODAY + timedelta(days=1))[:2]),
            RoundState.open,
            id="silent again after it was alive",
        ),
        pytest.param(
            (*diagonal()[:2], call(TODAY, "evening", CALLERS[2], Outcome.right_party)),
            RoundState.reached,
            id="a conversation ends the round",
        ),
    ],
)
def test_state_follows_from_the_calls(calls: tuple[RoundCall, ...], expected: RoundState) -> None:
    assert state(phone(round=calls)) is expected


def test_shipped_rule_asks_for_three_days() -> None:
    rule = replace(RULE, days=3)
    assert state(phone(round=diagonal()), rule) is RoundState.open
    assert state(phone(round=diagonal(days=3)), rule) is RoundState.closing


def test_a_new_day_is_waited_for_when_days_are_missing() -> None:
    rule = replace(RULE, days=3)
    found = progress(phone(round=diagonal()[:1]), rule, ZONE, second("2026-05-12T09:30+08:00"))
    assert found.call_from == second("2026-05-13T00:00+08:00")
    assert progress(phone(round=diagonal()[:1]), RULE, ZONE, 0).call_from == second("2026-05-12T11:00+08:00")


def test_matrix_takes_every_caller_in_every_slot() -> None:
    calls = tuple(
        call(TODAY + timedelta(days=day), slot, caller) for day, caller in enumerate(CALLERS) for slot in SLOTS
    )
    assert state(phone(round=calls[:8]), MATRIX) is RoundState.open
    assert state(phone(round=calls), MATRIX) is RoundState.closing


def test_a_matrix_is_called_out_with_nine_calls_however_many_numbers_there_are() -> None:
    callers = (*CALLERS, "+861055500004", "+861055500005")
    calls: tuple[RoundCall, ...] = ()
    for number in range(9):
        found = progress(phone(round=calls), MATRIX, ZONE, LATER)
        pairs = sorted(next_pairs(found, callers, SLOTS, MATRIX), key=lambda pair: SLOTS.index(pair[1]))
        caller, slot = pairs[number % len(pairs)]
        calls = (*calls, call(TODAY + timedelta(days=number), slot, caller))
    assert len({(one.caller, one.slot) for one in calls}) == 9
    assert state(phone(round=calls), MATRIX) is RoundState.closing


CLOSED = second("2026-05-13T10:00+08:00")


@pytest.mark.parametrize(
    ("changes", "now", "expected"),
    [
        pytest.param({}, CLOSED + 47 * HOUR, RoundState.waiting, id="the wait runs"),
        pytest.param({}, CLOSED + 48 * HOUR, RoundState.given_up, id="48 hours are over"),
        pytest.param({"closing_refused": ("HOUSE-OPTOUT",)}, CLOSED, RoundState.given_up, id="forbidden: no wait"),
        pytest.param({"closing_delivered": True}, CLOSED + 50 * HOUR, RoundState.open, id="a receipt reopens"),
        pytest.param(
            {"closing_delivered": True, "reopened": True}, CLOSED + 50 * HOUR, RoundState.given_up, id="only once"
        ),
        pytest.param(
            {"round": (*diagonal(), call(TODAY + timedelta(days=2), "morning", CALLERS[1], Outcome.third_party))},
            CLOSED + 50 * HOUR,
            RoundState.open,
            id="any answer reopens",
        ),
    ],
)
def test_after_the_closing_sms(changes: dict[str, object], now: int, expected: RoundState) -> None:
    one = phone(**{"round": diagonal(), "closing_at": CLOSED, **changes})
    assert state(one, now=now) is expected


def test_a_reopened_round_uses_no_pair_again_and_ends_after_three_more() -> None:
    later = TODAY + timedelta(days=3)
    one = phone(round=diagonal(), closing_at=CLOSED, closing_delivered=True)
    for slot in SLOTS:
        found = progress(one, RULE, ZONE, LATER)
        caller = next(caller for caller, name in next_pairs(found, CALLERS, SLOTS, RULE) if name == slot)
        one = phone(round=(*one.round, call(later, slot, caller)), closing_at=CLOSED, closing_delivered=True)
    found = progress(one, RULE, ZONE, LATER)
    assert found.state is RoundState.closing
    assert len(found.used) == len(found.calls) == 6


def test_evidence_names_rule_calls_and_closing() -> None:
    one = phone(round=diagonal(), closing_at=CLOSED, closing_refused=("CN-SMS",))
    proof = evidence(one, progress(one, RULE, ZONE, LATER), RULE)
    assert [line["counted"] for line in proof["calls"]] == [True] * 3
    assert proof["rule"]["mode"] == "diagonal"
    assert proof["closing"] == {"at": CLOSED, "refused": ["CN-SMS"]}


DEAD_OR_NOT = st.sampled_from([Outcome.no_answer, Outcome.switched_off, Outcome.vacant, Outcome.voicemail])
RULES = st.builds(
    Retry,
    callers=st.integers(1, 3),
    slots=st.integers(1, 3),
    attempts=st.integers(1, 5),
    days=st.integers(1, 3),
    mode=st.sampled_from(RetryMode),
)


@settings(max_examples=150, deadline=None)
@given(
    rule=RULES,
    outcomes=st.lists(DEAD_OR_NOT, min_size=30, max_size=30),
    picks=st.lists(st.integers(0, 8), min_size=30, max_size=30),
)
def test_obeying_the_rule_ends_a_round_after_exactly_what_it_says(
    rule: Retry, outcomes: list[Outcome], picks: list[int]
) -> None:
    """Whoever always takes one of the next pairs, when it may be taken, repeats none while another is left, and is
    done only when the rule's own words hold, counted here in another way."""
    one, day = phone(), TODAY
    for outcome, pick in zip(outcomes, picks, strict=True):
        found = progress(one, rule, ZONE, LATER)
        if found.state is RoundState.closing:
            break
        pairs = next_pairs(found, CALLERS, SLOTS, rule)
        caller, slot = pairs[pick % len(pairs)]
        if len(found.used) < len(CALLERS) * len(SLOTS):
            assert (caller, slot) not in found.used
        placed = call(day, slot, caller, outcome)
        if found.call_from > placed.at or (one.round and one.round[-1].at >= placed.at):
            day += timedelta(days=1)
            placed = call(day, slot, caller, outcome)
        assert placed.at >= found.call_from
        one = phone(round=(*one.round, placed))
    dead = [made for made in one.round if made.outcome is not Outcome.voicemail]
    distinct = {(made.caller, made.slot): made for made in dead}.values()
    enough = (
        len(distinct) >= rule.attempts
        and len({made.caller for made in distinct}) >= rule.callers
        and len({made.slot for made in distinct}) >= rule.slots
        and len({made.day for made in dead}) >= rule.days
    )
    if progress(one, rule, ZONE, LATER).state is RoundState.closing:
        assert enough
    if not any(outcome is Outcome.voicemail for outcome in outcomes):
        assert progress(one, rule, ZONE, LATER).state is RoundState.closing


@pytest.mark.parametrize("dead", [(), (Outcome.no_answer,), (Outcome.no_answer, Outcome.vacant)])
def test_fewer_than_three_silent_calls_never_end_a_round(dead: tuple[Outcome, ...]) -> None:
    calls = tuple(
        call(TODAY, slot, caller, outcome) for slot, caller, outcome in zip(SLOTS, CALLERS, dead, strict=False)
    )
    assert state(phone(round=calls)) in (RoundState.fresh, RoundState.open)

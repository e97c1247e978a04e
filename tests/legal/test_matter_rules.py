"""Which stage of a matter may follow which, what each needs, and what it tells the clocks of the law."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.law.rules import Happening
from collector.legal.matters.rules import (
    COURT_AHEAD,
    NEXT,
    DateKind,
    Lack,
    MatterOutcome,
    MatterStage,
    Net,
    Step,
    alarm_of,
    calendar_order,
    happening_of,
    lacks,
    next_stages,
    stage_of,
    total_of,
    why_not_step,
)
from collector.legal.rules import PASSED

S, Out = MatterStage, MatterOutcome
DAY = date(2026, 5, 13)
COURT = {"court": "Pudong", "case_no": "(2026) 115"}
FILED = Step(S.filed, DAY, claimed=100, **COURT)
JUDGED = Step(S.judgment, DAY, document_id=7, awarded=90)
ENFORCED = Step(S.enforcement, DAY, case_no="(2026) E 9")


def reached(*stages: MatterStage) -> list[Step]:
    whole = {S.filed: FILED, S.judgment: JUDGED, S.enforcement: ENFORCED}
    return [whole.get(stage, Step(stage, DAY)) for stage in stages]


@pytest.mark.parametrize(
    ("step", "before", "lacking"),
    [
        pytest.param(Step(S.preparing, DAY), (), [], id="preparing needs nothing"),
        pytest.param(Step(S.filed, DAY), (), [Lack.court, Lack.case_no, Lack.claimed], id="filed"),
        pytest.param(FILED, (), [], id="filed whole"),
        pytest.param(Step(S.served, DAY), (S.filed,), [], id="served at the court of the filing"),
        pytest.param(Step(S.judgment, DAY), (S.filed,), [Lack.awarded, Lack.paper], id="judgment"),
        pytest.param(Step(S.judgment, DAY, awarded=0, document_id=1), (S.filed,), [], id="awards nothing"),
        pytest.param(Step(S.judgment, DAY, awarded=1, paper_to_come=True), (S.filed,), [], id="paper said to come"),
        pytest.param(replace(JUDGED, paper_to_come=True), (S.filed,), [Lack.paper], id="paper here and to come"),
        pytest.param(Step(S.enforcement, DAY), (S.filed, S.judgment), [Lack.case_no], id="a number of its own"),
        pytest.param(Step(S.enforcement, DAY, **COURT), (), [Lack.deed], id="without judgment a deed"),
        pytest.param(Step(S.enforcement, DAY, document_id=3, **COURT), (), [], id="notarised deed"),
        pytest.param(Step(S.closed, DAY), (S.filed,), [Lack.outcome], id="closed"),
        pytest.param(Step(S.closed, DAY, outcome=Out.withdrawn), (S.filed,), [], id="withdrawn"),
        pytest.param(Step(S.closed, DAY, outcome=Out.judgment_for), (S.filed,), [Lack.no_judgment], id="no judgment"),
        pytest.param(
            Step(S.closed, DAY, outcome=Out.enforced_fully), (S.filed, S.judgment), [Lack.no_enforcement], id="no enf"
        ),
        pytest.param(Step(S.heard, DAY, outcome=Out.settled), (S.filed,), [Lack.only_closed], id="outcome too early"),
        pytest.param(Step(S.heard, DAY, awarded=5), (S.filed,), [Lack.only_judgment], id="award too early"),
    ],
)
def test_what_a_stage_lacks(step: Step, before: tuple[MatterStage, ...], lacking: list[Lack]) -> None:
    assert lacks(step, reached(*before)) == lacking


@pytest.mark.parametrize(
    ("step", "before", "told"),
    [
        pytest.param(FILED, (), Happening.filed, id="limitation is met"),
        pytest.param(Step(S.served, DAY), (S.filed,), None, id="served"),
        pytest.param(JUDGED, (S.filed,), Happening.judgment_served, id="appeal begins"),
        pytest.param(replace(JUDGED, is_final=True), (S.filed, S.judgment), Happening.judgment_final, id="it binds"),
        pytest.param(ENFORCED, (S.filed, S.judgment), Happening.enforcement_filed, id="enforcement is met"),
        pytest.param(Step(S.closed, DAY, outcome=Out.withdrawn), (S.filed,), Happening.suit_ended, id="withdrawn"),
        pytest.param(Step(S.closed, DAY, outcome=Out.settled), (S.filed, S.judgment), None, id="after a judgment"),
        pytest.param(Step(S.closed, DAY, outcome=Out.settled), (), None, id="never filed"),
    ],
)
def test_what_a_stage_tells_the_clocks(step: Step, before: tuple[MatterStage, ...], told: Happening | None) -> None:
    assert happening_of(step, reached(*before)) == told


def test_a_day_to_come_or_before_the_last_stage_is_refused() -> None:
    assert "a day that has come" in why_not_step(FILED, [], DAY - timedelta(days=1))
    assert "before the stage it follows" in why_not_step(Step(S.served, DAY - timedelta(days=1)), [FILED], DAY)
    assert why_not_step(Step(S.served, DAY), [FILED], DAY) == ""


@given(st.lists(st.sampled_from(S), max_size=12))
def test_whatever_is_tried_a_matter_only_moves_forward(tried: list[MatterStage]) -> None:
    history: list[Step] = []
    for stage in tried:
        step = Step(stage, DAY)
        if why_not_step(step, history, DAY):
            assert stage not in next_stages(history)
            continue
        assert list(S).index(stage) >= list(S).index(stage_of(history))
        assert stage_of(history) is not S.closed
        history.append(step)
    assert stage_of(history) is (history[-1].stage if history else S.preparing)


def test_every_stage_but_the_last_can_be_closed_and_none_is_out_of_reach() -> None:
    assert all(S.closed in after for stage, after in NEXT.items() if stage is not S.closed)
    assert set().union(*NEXT.values()) == set(S)


@given(st.integers(-60, 60))
def test_looking_every_day_tells_of_a_day_at_court_in_every_step_it_passes(ahead: int) -> None:
    last = DAY + timedelta(days=ahead)
    told = {alarm_of(last, DAY + timedelta(days=day)) for day in range(130)} - {None}
    assert told == {PASSED} | {one for one in COURT_AHEAD if any(0 <= left <= ahead for left in _reach(one))}
    assert alarm_of(DAY + timedelta(days=31), DAY) is None


def _reach(ahead: int) -> range:
    lower = max((other for other in COURT_AHEAD if other < ahead), default=-1)
    return range(lower + 1, ahead + 1)


def test_what_is_lost_first_is_on_top_and_a_deadline_before_a_hearing() -> None:
    noon = datetime(2026, 5, 13, 4, tzinfo=UTC)
    rows = [
        (noon, DateKind.errand, 1),
        (noon, DateKind.hearing, 2),
        (noon, DateKind.deadline, 3),
        (noon - timedelta(days=9), DateKind.errand, 4),
        (noon + timedelta(hours=1), DateKind.deadline, 5),
    ]
    assert calendar_order(rows) == [4, 3, 2, 1, 5]


amounts = st.integers(0, 10**12)


@given(st.lists(st.builds(Net, amounts, amounts, amounts, amounts, amounts, amounts)))
def test_the_total_of_matters_is_exact_and_so_is_its_net(parts: list[Net]) -> None:
    total = total_of(parts)
    assert total.net == sum(one.net for one in parts)
    assert (total.claimed, total.posted) == (sum(one.claimed for one in parts), sum(one.posted for one in parts))


@pytest.mark.parametrize(("awarded", "after", "left"), [(100, 30, 70), (100, 130, 0), (0, 5, 0)])
def test_what_is_left_of_an_award(awarded: int, after: int, left: int) -> None:
    more: dict[str, Any] = {"awarded": awarded, "after": after}
    assert Net(**more).open_award == left

"""Which step of an original may follow which, whatever is reported in whatever order."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.foundation.errors import BadInput, Conflict
from collector.history.rules import (
    ARCHIVE_MOVES,
    LONGEST_LOAN,
    OF_TITLE,
    ArchiveLevel,
    ArchiveStep,
    Condition,
    DocumentKind,
    Handover,
    days_overdue,
    level_of,
    require_archive_step,
)

DAY = date(2026, 5, 13)
LOAN = Handover(ArchiveStep.lent, DAY, whom="周律", why="开庭", due_on=DAY + timedelta(days=14))
BACK = Handover(ArchiveStep.returned, DAY, whom="周律", condition=Condition.whole)


def test_the_kind_of_a_paper_says_its_level() -> None:
    assert level_of(DocumentKind.contract) is ArchiveLevel.vault
    assert level_of(DocumentKind.letter) is ArchiveLevel.working
    assert {level_of(kind) for kind in OF_TITLE} == {ArchiveLevel.vault}


@pytest.mark.parametrize(
    ("before", "wanted", "told"),
    [
        pytest.param(ArchiveStep.lent, LOAN, "is on loan", id="lent twice"),
        pytest.param(
            ArchiveStep.lent, replace(LOAN, step=ArchiveStep.destroyed), "is on loan", id="destroyed while out"
        ),
        pytest.param(ArchiveStep.placed, BACK, "not on loan", id="back without a loan"),
        pytest.param(ArchiveStep.returned, BACK, "not on loan", id="back twice"),
        pytest.param(ArchiveStep.released, LOAN, "given away for good", id="lent after it left"),
        pytest.param(ArchiveStep.destroyed, LOAN, "was destroyed", id="lent after it was destroyed"),
        pytest.param(None, LOAN, "not on loan", id="lent before it came"),
    ],
)
def test_what_can_not_follow_is_refused(before: ArchiveStep | None, wanted: Handover, told: str) -> None:
    with pytest.raises(Conflict, match=told):
        require_archive_step(before, False, wanted, None)


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        pytest.param(replace(LOAN, whom=""), "by name", id="lent to nobody"),
        pytest.param(replace(LOAN, why=""), "taken for", id="lent for nothing"),
        pytest.param(replace(LOAN, due_on=None), "due back", id="lent for ever"),
        pytest.param(replace(LOAN, due_on=DAY - timedelta(days=1)), "due back", id="due before it is lent"),
        pytest.param(
            replace(LOAN, due_on=DAY + timedelta(days=LONGEST_LOAN + 1)), f"at most {LONGEST_LOAN}", id="too long"
        ),
        pytest.param(Handover(ArchiveStep.placed, DAY), "where it lies", id="nowhere"),
        pytest.param(Handover(ArchiveStep.released, DAY, whom="x"), "taken for", id="given away for nothing"),
    ],
)
def test_what_does_not_say_enough_is_refused(wanted: Handover, told: str) -> None:
    with pytest.raises(BadInput, match=told):
        require_archive_step(ArchiveStep.placed, False, wanted, None)


def test_a_return_says_in_what_state_and_by_whom() -> None:
    for wrong in (replace(BACK, condition=None), replace(BACK, whom="")):
        with pytest.raises(BadInput):
            require_archive_step(ArchiveStep.lent, False, wrong, None)
    require_archive_step(ArchiveStep.lent, False, BACK, DAY)
    with pytest.raises(BadInput, match="before the last step"):
        require_archive_step(ArchiveStep.lent, False, BACK, DAY + timedelta(days=1))


def test_what_is_lost_can_only_be_found() -> None:
    with pytest.raises(Conflict, match="lost"):
        require_archive_step(ArchiveStep.returned, True, LOAN, None)
    require_archive_step(ArchiveStep.returned, True, Handover(ArchiveStep.placed, DAY, place="box 4"), None)


@given(st.lists(st.sampled_from(ArchiveStep), max_size=12))
def test_in_any_order_of_reports_it_is_with_one_taker_at_most(reported: list[ArchiveStep]) -> None:
    last, out = None, 0
    said = {"place": "box 1", "whom": "x", "why": "x", "condition": Condition.whole, "due_on": DAY}
    for step in reported:
        try:
            require_archive_step(last, False, Handover(step, DAY, **said), DAY)  # type: ignore[arg-type]
        except Conflict:
            continue
        last = step
        out += {ArchiveStep.lent: 1, ArchiveStep.returned: -1}.get(step, 0)
        assert out in (0, 1)
        assert (out == 1) is (last is ArchiveStep.lent)
    assert not ARCHIVE_MOVES[ArchiveStep.destroyed]


@pytest.mark.parametrize(
    ("step", "today", "late"),
    [
        pytest.param(ArchiveStep.lent, DAY, 0, id="on its day it is in time"),
        pytest.param(ArchiveStep.lent, DAY + timedelta(days=1), 1, id="a day later it is late"),
        pytest.param(ArchiveStep.returned, DAY + timedelta(days=9), 0, id="what is back is never late"),
    ],
)
def test_a_loan_is_late_after_its_day(step: ArchiveStep, today: date, late: int) -> None:
    assert days_overdue(step, DAY, today) == late

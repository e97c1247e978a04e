"""What changed between two documents, and rows that are switched off."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategy_books import TODAY, account

from collector.foundation.errors import BadInput
from collector.strategy.compiling import compile_document, default_text
from collector.strategy.editing import replace_row, rows_of
from collector.strategy.reading import parse
from collector.strategy.rules import ChangeKind, changes

SHIPPED = default_text("cn")
A = {"name": "a", "when": {"bucket": ["M1"], "owed": {"gte": 1}}, "stage": "growth"}
B, C = {"name": "b", "stage": "growth"}, {"name": "c", "stage": "growth"}


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        pytest.param({"segments": [A, B]}, {"segments": [A, B]}, [], id="nothing"),
        pytest.param(
            {"segments": [A, B, C]}, {"segments": [B, C, A]}, [(ChangeKind.moved, "a", "", 1, 3)], id="one row moved"
        ),
        pytest.param({"segments": [A]}, {"segments": [A, B]}, [(ChangeKind.added, "b", "", None, 2)], id="a row more"),
        pytest.param({"segments": [A, B]}, {"segments": [A]}, [(ChangeKind.removed, "b", "", 2, None)], id="one less"),
        pytest.param(
            {"segments": [A]},
            {"segments": [{**A, "when": {"bucket": ["M2"], "autopay": True}, "weight": 1.0}]},
            [
                (ChangeKind.changed, "a", "when.bucket", ["M1"], ["M2"]),
                (ChangeKind.removed, "a", "when.owed", {"gte": 1}, None),
                (ChangeKind.added, "a", "when.autopay", None, True),
            ],
            id="conditions",
        ),
        pytest.param(
            {"retry": {"days": 1, "mode": "diagonal"}},
            {"retry": {"days": 3, "mode": "diagonal"}, "paydays": [5]},
            [(ChangeKind.changed, "days", "", 1, 3), (ChangeKind.added, "", "", None, [5])],
            id="other parts",
        ),
    ],
)
def test_what_changed_is_named_by_place(old: Any, new: Any, found: list[tuple[Any, ...]]) -> None:
    assert [(one.kind, one.place, one.what, one.before, one.after) for one in changes(old, new)] == found


@given(st.permutations(["a", "b", "c", "d", "e"]))
def test_rows_in_another_order_are_moves_and_nothing_else(order: list[str]) -> None:
    old = [{"name": name} for name in "abcde"]
    found = changes({"segments": old}, {"segments": [{"name": name} for name in order]})
    assert {one.kind for one in found} <= {ChangeKind.moved}
    assert bool(found) == (order != list("abcde"))


def switched_off(name: str) -> str:
    at = [row["name"] for row in rows_of(SHIPPED)].index(name)
    return replace_row(SHIPPED, at, {**rows_of(SHIPPED)[at], "disabled": True})


def test_a_row_that_is_switched_off_takes_nobody_and_the_next_one_does() -> None:
    late = account(5, value_tier="premium")
    on = compile_document(parse(SHIPPED), "CNY")
    off = compile_document(parse(switched_off("first-premium")), "CNY")
    assert (on.segment(late, TODAY).name, off.segment(late, TODAY).name) == ("first-premium", "late")
    assert "first-premium" not in [segment.name for segment in off.segments()]


def test_problems_name_the_rows_as_they_stand_though_others_above_are_switched_off() -> None:
    text = switched_off("refused").replace("when: {bucket: [M3], security: [credit]}", "when: {bucket: [M2]}")
    with pytest.raises(BadInput) as error:
        parse(text)
    [problem] = error.value.problems
    assert "'m3-credit' is unreachable" in problem.reason
    assert "m3-credit" in text.splitlines()[(problem.line or 0) - 1]


def test_without_a_row_that_takes_the_rest_there_is_no_default() -> None:
    with pytest.raises(BadInput, match="no default: after segment 'late-secured'"):
        parse(switched_off("late"))

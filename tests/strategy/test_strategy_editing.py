"""A strategy's text changed at one place: what was asked is changed, everything else and the comments stay."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.foundation.errors import BadInput
from collector.foundation.files import write_yaml
from collector.strategy.compiling import default_text
from collector.strategy.editing import (
    copy_row,
    data_of,
    insert_row,
    move_row,
    part_of,
    remove_row,
    replace_part,
    replace_row,
    rows_of,
)
from collector.strategy.reading import parse

SHIPPED = default_text("cn")
ROW: dict[str, Any] = {
    "name": "new: row",
    "when": {"bucket": ["M1", "M6+"], "overdue": {"gte": 500.5}, "autopay": True, "partner": ["no", "# not a comment"]},
    "stage": "growth",
    "level": "primary",
    "cadence": "firm",
    "weight": 1.2,
}
FLOW = (
    "slots: {a: '08:00-09:00'} # one\nsegments: [{name: a, stage: growth}, {name: b, stage: growth}] # two\nname: x\n"
)
LOOSE = """\
# the head
segments:
# of a
- name: a # beside
  # inside
  stage: growth

# of b
-
  name: b
  stage: growth
  note: |
    #part of the text
    of b
- {name: c,
   stage: growth} # behind c
# below
name: x
"""
TEXTS = [
    pytest.param(FLOW, id="in brackets"),
    pytest.param(LOOSE, id="loose"),
    pytest.param(LOOSE.replace("\n", "\r\n"), id="from another system"),
]


def comments(text: str) -> list[str]:
    """Comments, wherever they stand."""
    return sorted(line.partition("# ")[2].strip() for line in text.splitlines() if "# " in line and '"#' not in line)


def moved(rows: list[Any], at: int, to: int) -> list[Any]:
    rows = list(rows)
    rows.insert(to, rows.pop(at))
    return rows


@pytest.mark.parametrize("text", TEXTS)
@settings(max_examples=40)
@given(data=st.data())
def test_whatever_is_done_to_rows_the_rest_and_the_comments_stay(text: str, data: st.DataObject) -> None:
    """Edit → YAML → read gives exactly what was asked, whatever was done before."""
    here = text
    for _ in range(data.draw(st.integers(1, 4))):
        rows = rows_of(here)
        at, to = (data.draw(st.integers(0, len(rows) - 1)) for _ in range(2))
        kind = data.draw(st.sampled_from(["move", "copy", "insert", "replace"]))
        if kind == "move":
            after, wanted = move_row(here, at, to), moved(rows, at, to)
        elif kind == "copy":
            after = copy_row(here, at)
            wanted = [*rows[: at + 1], {**rows[at], "name": rows_of(after)[at + 1]["name"]}, *rows[at + 1 :]]
        elif kind == "insert":
            after, wanted = insert_row(here, to, ROW), [*rows[:to], ROW, *rows[to:]]
        else:
            after, wanted = replace_row(here, at, ROW), [*rows[:at], ROW, *rows[at + 1 :]]
        assert data_of(after) == {**data_of(here), "segments": wanted}
        assert comments(after) == comments(here)
        here = after


ROWS = st.integers(0, len(rows_of(SHIPPED)) - 1)


@settings(max_examples=8)
@given(at=ROWS, to=ROWS)
def test_a_row_that_is_moved_there_and_back_leaves_the_text_as_it_was(at: int, to: int) -> None:
    there = move_row(SHIPPED, at, to)
    assert move_row(there, to, at) == SHIPPED


def test_a_comment_goes_with_its_row_and_a_removed_row_takes_its_own_along() -> None:
    text = move_row(LOOSE, 0, 1)
    assert text.index("# of b") < text.index("name: b") < text.index("# of a") < text.index("name: a")
    gone = remove_row(text, 0)
    assert "of b" not in gone
    assert [row["name"] for row in rows_of(gone)] == ["a", "c"]
    only = remove_row(remove_row(gone, 0), 0)
    assert data_of(only) == {"segments": [], "name": "x"}
    assert [row["name"] for row in rows_of(insert_row(only, 0, ROW))] == ["new: row"]


@pytest.mark.parametrize("key", [pytest.param(key, id=key) for key in data_of(SHIPPED)])
def test_every_part_can_be_taken_out_changed_and_put_back(key: str) -> None:
    block = part_of(SHIPPED, key)
    assert replace_part(SHIPPED, key, block) == SHIPPED
    assert data_of(block) == {key: data_of(SHIPPED)[key]}
    without = replace_part(SHIPPED, key, "")
    assert data_of(without) == {name: value for name, value in data_of(SHIPPED).items() if name != key}
    assert data_of(replace_part(without, key, block)) == data_of(SHIPPED)
    assert parse(replace_part(without, key, write_yaml({key: data_of(SHIPPED)[key]})))


@pytest.mark.parametrize(
    ("key", "block", "said"),
    [
        pytest.param("retry", "paydays: [1]", "write this part and no other", id="another part"),
        pytest.param("retry", "retry: {a: 1}\npaydays: [1]", "write this part and no other", id="two parts"),
        pytest.param("retry", "retry: {a: [", "not YAML", id="not YAML"),
        pytest.param("retry", "3", "a strategy is a mapping", id="no mapping"),
    ],
)
def test_a_part_that_is_not_that_part_is_refused(key: str, block: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        replace_part(SHIPPED, key, block)


@pytest.mark.parametrize("text", ["segments: 3", "segments: [a]", "segments: {a: 1}"])
def test_what_is_no_table_is_not_edited_as_one(text: str) -> None:
    with pytest.raises(BadInput, match="write a list of rows"):
        rows_of(text)


def test_a_row_that_is_gone_is_not_touched() -> None:
    with pytest.raises(BadInput, match="no such row any more"):
        remove_row(LOOSE, 3)

"""Ways to pay as values: what a change is, what may stand in them, and what a text may then name."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.foundation.errors import BadInput
from collector.portfolio.rules.ways import (
    CALLERS,
    FIELDS,
    LISTS,
    WORDS,
    Ways,
    changes,
    is_still,
    laid_over,
    lines_of,
    points_to,
    require_sound,
    with_callers,
)

HELD: Ways = {
    "creditor": "Bank A",
    "sender_name": "Bank A",
    "signature": "【Bank A】",
    "pay_instructions": "Pay at pay.bank-a.com, or to 6222 0212 3456 7890",
    "links": ["help.bank-a.com/loans"],
    "call_backs": ["95533"],
    "pay_accounts": ["6222 0299 0000 1111"],
    CALLERS: ["+862155510001 call,sms"],
}


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        pytest.param("links", ["pay.example.com"], None, id="host"),
        pytest.param("links", ["https://pay.example.com/a"], None, id="link"),
        pytest.param("links", ["somewhere"], "is no host or link", id="word for a link"),
        pytest.param("links", ["13800138000"], "is no host or link", id="number for a link"),
        pytest.param("links", ["a.com b.com"], "is no host or link", id="two in a line"),
        pytest.param("call_backs", ["400-555-0199"], None, id="number"),
        pytest.param("call_backs", ["95533"], None, id="hotline"),
        pytest.param("call_backs", ["call us"], "is no number", id="words for a number"),
        pytest.param("pay_accounts", ["evil.com"], "is no number", id="link for an account"),
        pytest.param("sender_name", "", "must not be empty", id="no sender"),
        pytest.param("pay_instructions", "x" * 1001, "more than 1000", id="long"),
        pytest.param("links", [f"p{n}.example.com" for n in range(51)], "more than 50 lines", id="many"),
        pytest.param(CALLERS, ["+862155510002 sms"], None, id="caller"),
        pytest.param(CALLERS, ["021-55510002 call"], "is not written as", id="caller without country"),
        pytest.param(CALLERS, ["+862155510002 fax"], "is not written as", id="no such channel"),
        pytest.param(CALLERS, ["+862155510002 call", "+862155510002 sms"], "twice", id="caller twice"),
    ],
)
def test_what_may_stand_there(field: str, value: Any, says: str | None) -> None:
    wanted = {**HELD, field: value}
    if says is None:
        require_sound(wanted)
        return
    with pytest.raises(BadInput, match=says) as found:
        require_sound(wanted)
    assert {problem.column for problem in found.value.problems} == {field}


def test_a_text_may_name_what_is_listed_what_calls_and_what_its_own_words_name() -> None:
    assert set(points_to(HELD)) == {
        "help.bank-a.com/loans",
        "95533",
        "6222 0299 0000 1111",
        "+862155510001",
        "pay.bank-a.com",
        "6222 0212 3456 7890",
    }


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        pytest.param("", [], id="nothing"),
        pytest.param(" b.com \n\n a.com\nb.com", ["a.com", "b.com"], id="sorted, each once"),
        pytest.param("+86 1\r\n+86  1", ["+86 1"], id="blanks"),
    ],
)
def test_lists_are_read_line_by_line(typed: str, read: list[str]) -> None:
    assert lines_of(typed) == read


def test_a_file_of_callers_adds_and_changes_and_never_takes_away() -> None:
    assert with_callers(HELD[CALLERS], {"+862155510002": "sms,call", "+862155510001": "sms"}) == [
        "+862155510001 sms",
        "+862155510002 call,sms",
    ]


values = st.fixed_dictionaries(
    {}, optional={**dict.fromkeys(WORDS, st.text(max_size=3)), **dict.fromkeys((*LISTS, CALLERS), st.lists(st.text()))}
)


@given(wanted=values)
def test_a_change_is_exactly_what_differs_and_fits_only_what_it_was_made_of(wanted: dict[str, Any]) -> None:
    change = changes(HELD, wanted)
    after = laid_over(HELD, change)
    assert after == {**HELD, **wanted}
    assert set(change) == {name for name in FIELDS if after[name] != HELD[name]}
    assert is_still(HELD, change)
    assert is_still(after, change) == (not change)
    assert changes(after, wanted) == {}

"""Posting numbers counted up from the first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.foundation.errors import BadInput
from collector.history.rules.posting import check_figure, number_range


def test_the_check_figure_of_the_published_example() -> None:
    """UPU S10 works its rule out on serial 47312482 (Annex of the standard): the figure is 9."""
    assert check_figure("47312482") == "9"


@pytest.mark.parametrize(
    ("first", "count", "numbers"),
    [
        pytest.param("RR 473 124 829 CN", 2, ["RR473124829CN", "RR473124832CN"], id="international"),
        pytest.param("XA00009", 2, ["XA00009", "XA00010"], id="figures at the end"),
        pytest.param("7", 1, ["7"], id="one"),
    ],
)
def test_a_range(first: str, count: int, numbers: list[str]) -> None:
    assert number_range(first, count) == numbers


@pytest.mark.parametrize(
    ("first", "count", "told"),
    [
        pytest.param("RR473124820CN", 1, "check digit", id="a slip of the pen"),
        pytest.param("RR999999995CN", 5, "no 5 numbers", id="the end of the serials"),
        pytest.param("A98", 5, "no 5 numbers", id="the end of the figures"),
        pytest.param("ABC", 1, "counted up", id="no figures"),
        pytest.param("", 1, "counted up", id="nothing"),
    ],
)
def test_what_can_not_be_counted_is_refused(first: str, count: int, told: str) -> None:
    with pytest.raises(BadInput, match=told):
        number_range(first, count)


@given(st.integers(0, 10**8 - 300), st.integers(1, 300))
def test_every_number_of_a_range_is_another_and_a_valid_one(serial: int, count: int) -> None:
    text = f"{serial:08d}"
    numbers = number_range(f"RR{text}{check_figure(text)}CN", count)
    assert len(set(numbers)) == count
    assert all(check_figure(one[2:10]) == one[10] for one in numbers)
    assert numbers == sorted(numbers)

"""Working days, with the arrangements that weekday rules get wrong."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.foundation.calendar import (
    CN_LAST,
    add_business_days,
    is_business_day,
    is_holiday,
    is_known,
    on_or_after_business_day,
    on_or_before_business_day,
)
from collector.foundation.errors import BadInput

UNKNOWN_YEAR = CN_LAST.year + 1


@pytest.mark.parametrize(
    ("day", "country", "business", "holiday"),
    [
        pytest.param("2026-05-12", "CN", True, False, id="plain-tuesday"),
        pytest.param("2026-10-01", "CN", False, True, id="cn-national-day"),
        pytest.param("2026-10-10", "CN", True, False, id="cn-make-up-saturday"),
        pytest.param("2026-10-11", "CN", False, False, id="cn-plain-sunday"),
        pytest.param("2026-02-16", "CN", False, True, id="cn-new-years-eve-monday"),
        pytest.param("2026-07-03", "US", False, True, id="us-fourth-observed-on-friday"),
        pytest.param("2026-07-04", "US", False, True, id="us-fourth-itself-on-saturday"),
        pytest.param("2026-11-26", "US", False, True, id="us-thanksgiving"),
        pytest.param("2026-04-06", "GB", False, True, id="easter-monday-in-england"),
        pytest.param("2026-12-28", "GB", False, True, id="boxing-day-moved"),
        pytest.param("2026-01-26", "IN", False, True, id="republic-day"),
        pytest.param("2026-10-01", "US", True, False, id="others-work-on-china-s-day"),
    ],
)
def test_days(day: str, country: str, business: bool, holiday: bool) -> None:
    assert is_business_day(date.fromisoformat(day), country) is business
    assert is_holiday(date.fromisoformat(day), country) is holiday


def test_china_beyond_the_known_years_keeps_weekdays_and_the_days_of_the_law() -> None:
    assert not is_known(date(UNKNOWN_YEAR, 5, 12), "CN")
    assert is_known(date(UNKNOWN_YEAR, 5, 12), "US")
    assert not is_business_day(date(UNKNOWN_YEAR, 10, 1), "CN")
    weekdays = [date(UNKNOWN_YEAR, 7, day) for day in range(1, 29)]
    assert [is_business_day(day, "CN") for day in weekdays] == [day.weekday() < 5 for day in weekdays]


def test_the_override_table_wins() -> None:
    saturday, monday = date(2026, 5, 16), date(2026, 5, 18)
    table = {saturday: True, monday: False}
    assert is_business_day(saturday, "CN", table)
    assert is_holiday(monday, "CN", table)
    assert add_business_days(date(2026, 5, 15), 2, "CN", table) == date(2026, 5, 19)


@pytest.mark.parametrize(
    ("start", "n", "country", "end"),
    [
        pytest.param("2026-05-15", 1, "CN", "2026-05-18", id="over-a-weekend"),
        pytest.param("2026-09-30", 1, "CN", "2026-10-08", id="over-golden-week"),
        pytest.param("2026-10-09", 1, "CN", "2026-10-10", id="onto-a-make-up-saturday"),
        pytest.param("2026-05-16", 0, "CN", "2026-05-16", id="none"),
        pytest.param("2026-05-18", -1, "CN", "2026-05-15", id="backwards"),
        pytest.param("2026-07-02", 5, "US", "2026-07-10", id="us-five-days-of-notice"),
    ],
)
def test_add_business_days(start: str, n: int, country: str, end: str) -> None:
    assert add_business_days(date.fromisoformat(start), n, country) == date.fromisoformat(end)


def test_shifts() -> None:
    inside = date(2026, 10, 3)
    assert on_or_before_business_day(inside, "CN") == date(2026, 9, 30)
    assert on_or_after_business_day(inside, "CN") == date(2026, 10, 8)
    assert on_or_after_business_day(date(2026, 10, 8), "CN") == date(2026, 10, 8)


@given(
    st.dates(date(2005, 1, 1), date(2035, 12, 31)),
    st.integers(1, 15),
    st.sampled_from(["CN", "US", "GB", "IN"]),
)
def test_going_forth_and_back_ends_on_the_business_day_it_began(day: date, n: int, country: str) -> None:
    start = on_or_after_business_day(day, country)
    assert add_business_days(add_business_days(start, n, country), -n, country) == start


def test_unknown_countries_and_endless_rests_are_bad_input() -> None:
    with pytest.raises(BadInput, match="no calendar"):
        is_business_day(date(2026, 5, 12), "FR")
    with pytest.raises(BadInput, match="override table"):
        on_or_after_business_day(
            date(2026, 1, 1), "US", {date.fromordinal(date(2026, 1, 1).toordinal() + i): False for i in range(90)}
        )

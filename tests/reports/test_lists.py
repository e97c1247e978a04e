"""A list is the same value in an address, a form and the ledger; and an address tells nothing that was typed."""

from __future__ import annotations

import json
from datetime import date, timedelta
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.foundation.errors import BadInput
from collector.portfolio.rules import DifferenceKind
from collector.reports.rules import (
    STATES,
    OfDays,
    OfDifferences,
    OfHour,
    OfPromises,
    OfRoll,
    OfStage,
    Stage,
    Wanted,
    address_of,
    days_back,
    described,
    wanted_of,
    week_of,
    weeks_back,
)

DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))
BUCKETS = st.none() | st.sampled_from(["current", "M1", "M6+", "settled", "opened_since"])


@st.composite
def lists(draw: st.DrawFn) -> Wanted:
    first, span = draw(DAYS), draw(st.integers(1, 366))
    last = first + timedelta(days=span)
    return draw(
        st.sampled_from(
            [
                OfStage(draw(st.sampled_from(Stage))),
                OfRoll(first, last, draw(BUCKETS), draw(BUCKETS)),
                OfPromises(week_of(first), draw(st.none() | st.sampled_from(STATES))),
                OfDays(first, last, draw(st.booleans())),
                OfHour(draw(st.none() | st.integers(0, 6)), draw(st.none() | st.integers(0, 23)), draw(st.booleans())),
                OfDifferences(draw(st.none() | st.sampled_from(DifferenceKind)), draw(st.none() | st.booleans())),
            ]
        )
    )


@given(lists())
def test_a_list_comes_back_from_an_address_and_from_the_ledger_as_it_was(wanted: Wanted) -> None:
    assert wanted_of(dict(parse_qsl(urlencode(address_of(wanted))))) == wanted
    assert wanted_of(json.loads(json.dumps(described(wanted)))) == wanted


@given(st.dictionaries(st.sampled_from(["what", "stage", "first", "last", "came", "secret"]), st.text(max_size=30)))
def test_whatever_is_sent_is_a_list_or_is_refused_without_repeating_it(fields: dict[str, str]) -> None:
    marked = {name: f"{value}王五" for name, value in fields.items()}
    with pytest.raises(BadInput) as refused:
        wanted_of(marked)
    assert "王五" not in refused.value.message
    assert "secret" not in refused.value.message


def test_days_and_weeks_end_with_today() -> None:
    wednesday = date(2026, 5, 20)
    assert days_back(wednesday, 3) == [date(2026, 5, 18), date(2026, 5, 19), wednesday]
    assert weeks_back(wednesday, 2) == [date(2026, 5, 11), date(2026, 5, 18)]
    assert week_of(date(2026, 5, 18)) == week_of(date(2026, 5, 24)) == date(2026, 5, 18)

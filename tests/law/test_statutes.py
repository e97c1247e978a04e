"""The law as data: every term with its source, and nothing unknown let through."""

from __future__ import annotations

import pytest

from collector.foundation.errors import BadInput
from collector.law.interest import interest_law
from collector.law.reading import CODES, FOLDER, read_statute, statute
from collector.law.rules import Evidence, Source

CN = (FOLDER / "cn.yaml").read_text(encoding="utf-8")
STATES = 51
"""With the District of Columbia."""


@pytest.mark.parametrize("code", CODES)
def test_each_place_has_a_file_and_each_term_a_source(code: str) -> None:
    law = statute(code)
    assert law.code == code
    sources = [one.source for by_kind in law.places.values() for one in by_kind.values()]
    sources += [term.source for term in law.terms.values()]
    sources += [law.guarantee.source] if law.guarantee else []
    assert all(one.rule.startswith(f"{code.upper()}-") and one.source for one in sources)


def test_every_state_is_there_and_the_unknown_one_is_the_shortest() -> None:
    law = statute("us")
    assert len(law.places) == STATES
    every = [one for by_kind in law.places.values() for one in by_kind.values()]
    assert law.shortest is not None
    assert law.shortest.years == min(one.years for one in every)
    assert all(law.shortest.restarts <= one.restarts for one in every)
    assert {one.source.evidence for one in every} == {Evidence.unverified}


@pytest.mark.parametrize(
    ("there", "instead", "told"),
    [
        pytest.param("outer_years: 20", "outer_yaers: 20", "limitation.outer_yaers", id="unknown word"),
        pytest.param("days: 15", "days: 0", "terms.appeal", id="no days"),
        pytest.param("days: 15", "days: 15, years: 1", "terms.appeal", id="days and years"),
        pytest.param("last_months: 6", "adds_days: false", "limitation.suspension", id="suspends nothing"),
        pytest.param("{until: 2020-12-31, kind: joint}", "{kind: joint}", "guarantee", id="a kind without its day"),
        pytest.param("evidence: text", "evidence: hearsay", "guarantee.evidence", id="unknown evidence"),
        pytest.param("demand_arrived,", "shouting,", "limitation.restarts", id="unknown event"),
        pytest.param('places: {"*": {written: 3, open: 3}}', "places: {}", "limitation.places", id="no place"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(there: str, instead: str, told: str) -> None:
    assert there in CN
    with pytest.raises(BadInput) as raised:
        read_statute(CN.replace(there, instead))
    assert any((problem.column or "").startswith(told) for problem in raised.value.problems)


def test_an_unknown_place_is_refused() -> None:
    with pytest.raises(BadInput, match="no law of 'fr'"):
        statute("fr")


def sources() -> list[Source]:
    """Every one that a page or a case file can print."""
    found: list[Source] = []
    for code in CODES:
        law, interest = statute(code), interest_law(code)
        found += [one.source for by_contract in law.places.values() for one in by_contract.values()]
        found += [one.suspension.source for by in law.places.values() for one in by.values() if one.suspension]
        found += [term.source for term in law.terms.values()]
        found += [law.guarantee.source] if law.guarantee else []
        found += [*interest.sources, *(cap.source for cap in interest.caps)]
    return found


def is_chinese(text: str) -> bool:
    return any("\u4e00" <= one <= "\u9fff" for one in text)


def test_every_source_and_note_of_the_law_reads_in_both_languages() -> None:
    every = sources()
    assert len({one.rule for one in every}) > 15
    for one in every:
        assert is_chinese(one.source_in("zh-CN")), one.rule
        assert not is_chinese(one.source_in("en")), one.rule
        if one.note:
            assert is_chinese(one.note_in("zh")), one.rule
            assert one.note_in("en") == one.note

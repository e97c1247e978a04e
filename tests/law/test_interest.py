"""Interest law as data: what ships is whole, and what is wrong is named."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from collector.foundation.errors import BadInput
from collector.law.interest import FOLDER, interest_law, read_interest
from collector.law.rules import ClaimPart, Evidence, Lender

GOOD = (FOLDER / "cn.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_what_ships_is_whole(path: Path) -> None:
    law = read_interest(path)
    assert law.code == path.stem
    assert set(law.order) == set(ClaimPart)
    assert all(one.source and one.evidence in Evidence for one in (*law.sources, *(cap.source for cap in law.caps)))


@pytest.mark.parametrize(
    ("lender", "made_on", "percent"),
    [
        pytest.param(Lender.other, "2021-06-01", "15.4", id="four times 3.85"),
        pytest.param(Lender.other, "2020-08-20", "15.4", id="the first day of the multiple"),
        pytest.param(Lender.other, "2020-08-19", "24", id="the day before"),
        pytest.param(Lender.other, "2022-01-20", "14.8", id="the day of a new rate"),
        pytest.param(Lender.licensed, "2021-06-01", "24", id="a bank"),
    ],
)
def test_the_cap_of_a_contract_follows_its_day(lender: Lender, made_on: str, percent: str) -> None:
    steps = interest_law("cn").caps_of(lender, date.fromisoformat(made_on))
    assert [step.percent for step in steps] == [Fraction(percent)]
    source = interest_law("cn").source_of(steps[0].rule)
    assert source is not None
    assert source.source


def test_a_place_without_its_own_has_the_terms_of_the_house() -> None:
    assert interest_law("uk").code == "house"
    assert interest_law("uk").caps_of(Lender.other, date(2024, 1, 1)) == ()


@pytest.mark.parametrize("code", ["../cn", "CN/../cn", ""])
def test_a_code_is_never_a_path(code: str) -> None:
    assert interest_law(code).code == "house"


@pytest.mark.parametrize(
    ("before", "after", "named"),
    [
        pytest.param("day_count: actual_360", "day_count: actual_364", "day_count", id="unknown day count"),
        pytest.param("sweep: instalments", "sweep: instalments\nswep: parts", "swep", id="unknown key"),
        pytest.param('"4.25"', '"4,25"', "series", id="no number"),
        pytest.param("order: [fee, penalty,", "order: [fee,", "order names each", id="a part is missing"),
        pytest.param("penalty_on: [principal]", "penalty_on: [penalty]", "on a penalty", id="penalty on penalty"),
        pytest.param('    times: "4"\n', "", "either a percent or a multiple", id="a cap that says nothing"),
        pytest.param("  2025-05-20", "  2015-05-20", "oldest day", id="out of order"),
    ],
)
def test_what_is_wrong_is_named(before: str, after: str, named: str, tmp_path: Path) -> None:
    assert GOOD.count(before) == 1
    file = tmp_path / "xx.yaml"
    file.write_text(GOOD.replace(before, after), encoding="utf-8")
    with pytest.raises(BadInput, match=named):
        read_interest(file)


def test_a_multiple_of_a_rate_that_is_not_known_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "xx.yaml"
    head, _, _ = GOOD.partition("series:")
    file.write_text(head, encoding="utf-8")
    with pytest.raises(BadInput, match="no published rate"):
        read_interest(file).caps_of(Lender.other, date(2021, 1, 1))

"""Which account a payment without one may belong to: what speaks for it is told, and how strongly."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.portfolio.rules import Candidate, Line, Sign, are_alike, fits, typos
from collector.portfolio.rules.belonging import MOST, WEIGHTS, ends, is_typo

WANG = Candidate(
    1,
    "LN-20391",
    "6222021234567890",
    names=("王小明",),
    overdue=6_120_00,
    owed=48_310_00,
    instalments=(4_020_00, 2_100_00),
    phones=("+8613812348821",),
    ids=("11010519491231002X",),
)
NOBODY = Candidate(2, "LN-99999", "6222020000000000", names=("Dana Smith",))


@pytest.mark.parametrize(
    ("given", "signs"),
    [
        pytest.param({"account_no": "LN-20319"}, [Sign.account_typo], id="two digits in each other's place"),
        pytest.param({"account_no": "LN-2039"}, [Sign.account_typo], id="one digit too few"),
        pytest.param({"account_no": "LN-20491"}, [Sign.account_typo], id="one digit wrong"),
        pytest.param({"account_no": "LN-20410"}, [], id="two digits wrong"),
        pytest.param({"card_no": "6222021234567890"}, [Sign.same_card], id="card of several accounts"),
        pytest.param({"card_no": "6222021234567899"}, [Sign.card_typo], id="card with a slip"),
        pytest.param({"payer_name": "王小明"}, [Sign.same_name], id="name"),
        pytest.param({"payer_name": " 王 小明 "}, [Sign.same_name], id="name with spaces"),
        pytest.param({"payer_name": "王小名"}, [Sign.alike_name], id="one character in another way"),
        pytest.param({"payer_name": "李小明"}, [], id="another family"),
        pytest.param({"amount": 6_120_00}, [Sign.amount_overdue], id="all that is overdue"),
        pytest.param({"amount": 4_020_00}, [Sign.amount_instalment], id="an instalment"),
        pytest.param({"amount": 48_310_00}, [Sign.amount_owed], id="everything"),
        pytest.param({"words": "还款 13812348821"}, [Sign.phone_tail], id="phone in the words"),
        pytest.param({"words": "尾号8821"}, [Sign.phone_tail], id="its end"),
        pytest.param({"payer_name": "王小明 002X"}, [Sign.same_name, Sign.id_tail], id="end of the ID behind the name"),
        pytest.param({"words": "821"}, [], id="three digits are nobody's"),
        pytest.param({}, [], id="nothing"),
    ],
)
def test_what_speaks_for_an_account_is_told(given: dict[str, Any], signs: list[Sign]) -> None:
    found = fits(Line(**{"amount": 77, **given}), [WANG, NOBODY])
    assert [(fit.account_id, list(fit.signs)) for fit in found] == ([(1, signs)] if signs else [])
    assert [fit.score for fit in found] == [sum(WEIGHTS[sign] for sign in signs)] * bool(signs)


def test_more_signs_score_higher_and_nothing_is_certain() -> None:
    line = Line(6_120_00, "LN-20319", "6222021234567890", "王小明", "8821 002X")
    twin = Candidate(3, "LN-00001", names=("王小明",))
    found = fits(line, [NOBODY, twin, WANG])
    assert [fit.account_id for fit in found] == [1, 3]
    assert found[0].score == MOST


def test_the_best_five_are_shown_and_ties_stand_by_number() -> None:
    twins = [Candidate(at, f"LN-{at}", names=("王小明",)) for at in range(9, 0, -1)]
    assert [fit.account_no for fit in fits(Line(1, payer_name="王小明"), twins)] == [f"LN-{at}" for at in range(1, 6)]


@pytest.mark.parametrize(
    ("payer", "name", "alike"),
    [
        pytest.param("SMITH, DANA", "Dana Smith", True, id="order and case"),
        pytest.param("Dana Smyth", "Dana Smith", True, id="spelling"),
        pytest.param("Dan Smithers", "Dana Jones", False, id="somebody else"),
        pytest.param("王明", "王名", False, id="two characters are too few to differ"),
        pytest.param("1234", "王明", False, id="no name"),
    ],
)
def test_names_are_alike_in_other_order_case_and_spelling(payer: str, name: str, alike: bool) -> None:
    assert are_alike(payer, name) is alike


@given(st.text("0123456789AB-", min_size=4, max_size=20), st.data())
def test_every_single_slip_is_among_those_looked_up(number: str, data: st.DataObject) -> None:
    """What the database is asked for finds whatever the rules would call a slip, of digits for digits."""
    at = data.draw(st.integers(0, len(number) - 1))
    digit = data.draw(st.sampled_from("0123456789"))
    slips = {number[:at] + number[at + 1 :], number[:at] + digit + number[at:]}
    if number[at].isdigit():
        slips.add(number[:at] + digit + number[at + 1 :])
    if at + 1 < len(number):
        slips.add(number[:at] + number[at + 1] + number[at] + number[at + 2 :])
    for right in slips - {number}:
        if len(right) >= 4:
            assert is_typo(number, right)
            assert right in typos(number) or not number[at].isdigit()


def test_ends_need_four_digits() -> None:
    assert ends("8821", "+8613812348821")
    assert not ends("821", "+8613812348821")
    assert not ends("8812", "+8613812348821")

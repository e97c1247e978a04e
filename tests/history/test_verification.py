"""What a person says is compared with the file: two right answers, whatever way they are said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.history.rules import Held, Identifier, answers_needed, check_identity, identifiers_on_file

WANG = Held(
    "cn_id",
    "11010519491231002X",
    ("深圳市南山区新华路7号3栋501", "12 Oak Street, Springfield"),
    "宏达科技有限公司",
    "CL-20391",
)


@pytest.mark.parametrize(
    ("identifier", "said", "right"),
    [
        pytest.param("id_last4", "002X", True, id="last four"),
        pytest.param("id_last4", " 002x ", True, id="small letter"),
        pytest.param("id_last4", "００２Ｘ", True, id="wide letters"),
        pytest.param("id_last4", "02X", False, id="three of them"),
        pytest.param("id_last4", "1002X", False, id="five of them"),
        pytest.param("birth_date", "19491231", True, id="eight digits"),
        pytest.param("birth_date", "1949-12-31", True, id="with hyphens"),
        pytest.param("birth_date", "1949年12月31日", False, id="with words"),
        pytest.param("birth_date", "12/31/1949", True, id="month first"),
        pytest.param("birth_date", "31/12/1949", False, id="day first could be another day"),
        pytest.param("birth_date", "1231", False, id="without the year"),
        pytest.param("address", "新华路7号", True, id="street and number"),
        pytest.param("address", "新华路8号", False, id="another number"),
        pytest.param("address", "新华路", False, id="no number"),
        pytest.param("address", "深圳市", False, id="only the town"),
        pytest.param("address", "12 oak street", True, id="the other address"),
        pytest.param("address", "7", False, id="only a number"),
        pytest.param("employer", "宏达科技", True, id="the employer's short name"),
        pytest.param("employer", "宏大地产", False, id="another employer"),
        pytest.param("employer", "宏", False, id="one letter"),
        pytest.param("account_tail", "0391", True, id="end of the account number"),
        pytest.param("account_tail", "20391", False, id="more of it"),
    ],
)
def test_an_answer(identifier: str, said: str, right: bool) -> None:
    checked = check_identity(WANG, {Identifier(identifier): said})
    assert (checked.right, checked.wrong) == (((identifier,), ()) if right else ((), (identifier,)))
    assert not checked.passed, "one answer is never enough here"


def test_two_right_answers_pass_and_a_wrong_one_beside_them_is_kept() -> None:
    said = {Identifier.id_last4: "002X", Identifier.birth_date: "1950-01-01", Identifier.employer: "宏达科技"}
    assert check_identity(WANG, said) == (("id_last4", "employer"), ("birth_date",), True)


@pytest.mark.parametrize(
    ("held", "asked", "needed"),
    [
        pytest.param(Held(), [], 0, id="nothing is on file"),
        pytest.param(Held(account_no="L-1"), [], 0, id="a number too short to ask for"),
        pytest.param(Held(account_no="CL-20391"), ["account_tail"], 1, id="only the account"),
        pytest.param(Held("us_id", "123456789"), ["id_last4"], 1, id="an ID that tells no birth date"),
        pytest.param(WANG, ["id_last4", "birth_date", "address", "employer", "account_tail"], 2, id="everything"),
    ],
)
def test_what_can_be_asked_and_how_much_is_needed(held: Held, asked: list[str], needed: int) -> None:
    assert (list(identifiers_on_file(held)), answers_needed(held)) == (asked, needed)


def test_what_is_not_on_file_is_neither_right_nor_wrong() -> None:
    assert check_identity(Held(account_no="CL-20391"), {Identifier.id_last4: "0391"}) == ((), (), False)


@given(st.dictionaries(st.sampled_from(list(Identifier)), st.text(max_size=6)))
def test_short_guesses_do_not_open_an_account(said: dict[Identifier, str]) -> None:
    checked = check_identity(WANG, said)
    assert set(checked.right).isdisjoint(checked.wrong)
    assert checked.passed is (len(checked.right) >= 2)


@given(st.text(min_size=1, max_size=40))
def test_no_text_is_an_address_by_itself_unless_it_names_the_number(said: str) -> None:
    checked = check_identity(WANG, {Identifier.address: said})
    if checked.right:
        assert any(digit in said for digit in "0123456789７５１２０３")

"""Which column is which is guessed with a reason, and where two readings fit, nobody guesses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from collector.foundation.files import UTF8, Manner, manner_of
from collector.portfolio.loading import SHAPES, Mapping, in_our_columns, read_mapping, sample_of, write_mapping
from collector.portfolio.loading.choice import Choice, Chosen, Taken, as_choice, foreign_words, guessed, guesses
from collector.portfolio.loading.formats import canonical_date
from collector.portfolio.loading.headings import ENUMERATED, wanted, words
from collector.portfolio.rules import (
    DateForm,
    Holds,
    LoadKind,
    Sample,
    Why,
    dates_of,
    meant_words,
    numbers_of,
    veiled,
)
from collector.web.words import CHINESE, plain_form

SLASHED = ("%d/%m/%Y", "%m/%d/%Y")


def sample(header: str, *rows: str) -> Sample:
    return Sample(header.split("|"), [row.split("|") for row in rows])


def found(kind: str, file: Sample) -> dict[str, tuple[str, Why]]:
    return {
        one.target: (file.header[one.place], one.why) for one in guesses(LoadKind(kind), file) if one.place is not None
    }


@pytest.mark.parametrize(
    ("kind", "header", "row", "target", "column", "why"),
    [
        pytest.param("accounts", "account_no", "A1", "account_no", "account_no", Why.same_name, id="same"),
        pytest.param("accounts", "Account No.", "A1", "account_no", "Account No.", Why.same_name, id="case and marks"),
        pytest.param("accounts", "合同编号", "A1", "account_no", "合同编号", Why.known_name, id="chinese"),
        pytest.param("accounts", "新合同编号", "A1", "account_no", "新合同编号", Why.similar_name, id="chinese inside"),
        pytest.param("instalments", "应还金额(元)", "10.00", "amount_due", "应还金额(元)", Why.known_name, id="unit"),
        pytest.param("accounts", "borower_name", "Zhou", "borrower_name", "borower_name", Why.similar_name, id="typo"),
        pytest.param("accounts", "x", "13900139001", "phone", "x", Why.content, id="phone by its cells"),
        pytest.param("accounts", "x", "a@b.cn", "email", "x", Why.content, id="e-mail by its cells"),
        pytest.param("accounts", "x", "11010519491231002X", "id_no", "x", Why.content, id="ID by its cells"),
        pytest.param("payments", "booked", "2026-05-01", "paid_at", "booked", Why.content, id="the only date"),
        pytest.param("accounts", "到期日", "soon", "matures_on", "到期日", Why.doubtful, id="cells against the name"),
    ],
)
def test_a_column_is_known_by_name_or_by_its_cells(
    kind: str, header: str, row: str, target: str, column: str, why: Why
) -> None:
    assert found(kind, sample(header, row))[target] == (column, why)


@pytest.mark.parametrize(
    ("kind", "header", "row", "target"),
    [
        pytest.param("accounts", "colour", "red", "borrower_name", id="a name like none"),
        pytest.param("payments", "a|b", "2026-05-01|2026-05-02", "paid_at", id="two dates, either could be it"),
        pytest.param("accounts", "x", "1234567", "phone", id="digits that are no mobile"),
    ],
)
def test_what_could_be_anything_is_not_guessed(kind: str, header: str, row: str, target: str) -> None:
    assert target not in found(kind, sample(header, row))


def test_of_two_that_claim_a_column_the_surer_gets_it_and_each_is_used_once() -> None:
    file = sample("mobile|phone|phone_2", "13900139001|13900139002|13900139003")
    assert {target: column for target, (column, _) in found("accounts", file).items()} == {
        "phone": "phone",
        "phone_2": "phone_2",
        "phone_3": "mobile",
    }


def test_a_count_of_days_is_as_many_at_least_and_at_most() -> None:
    taken = found("accounts", sample("逾期天数", "35"))
    assert taken["overdue_days_min"] == taken["overdue_days_max"] == ("逾期天数", Why.known_name)


def test_the_guess_is_the_same_in_any_order_of_columns() -> None:
    left = found("accounts", sample("借据号|客户姓名|手机号", "A1|周一|13900139001"))
    right = found("accounts", sample("手机号|借据号|客户姓名", "13900139001|A1|周一"))
    assert left == right


@pytest.mark.parametrize(
    ("cells", "forms"),
    [
        pytest.param(["2026-05-12", "2026-05-12 09:30", "2026-05-12T09:30:00+08:00"], [""], id="iso"),
        pytest.param(["2026/5/2"], ["%Y/%m/%d"], id="slashes"),
        pytest.param(["20260512"], ["%Y%m%d"], id="compact"),
        pytest.param(["2026年5月12日"], ["%Y年%m月%d日"], id="chinese"),
        pytest.param(["05/12/2026", "05/13/2026"], ["%m/%d/%Y"], id="month first, told by the 13th"),
        pytest.param(["12/05/2026", "13/05/2026"], ["%d/%m/%Y"], id="day first, told by the 13th"),
        pytest.param(["05/12/2026", "06/01/2026"], list(SLASHED), id="either: asked"),
        pytest.param(["12.05.2026"], ["%d.%m.%Y"], id="dots"),
        pytest.param(["12-May-2026"], ["%d-%b-%Y"], id="month by name"),
        pytest.param(["46154", "46155.5"], ["excel"], id="spreadsheet numbers"),
        pytest.param(["05/13/2026", "13/05/2026"], [], id="both orders in one column"),
        pytest.param(["05/13/2026", "05/14/2026", "soon"], ["%m/%d/%Y"], id="one slip among dates"),
        pytest.param(["05/13/2026", "06/14/2026", "13/05/2026"], ["%m/%d/%Y"], id="one the other way round"),
        pytest.param(["soon"], [], id="no date"),
        pytest.param(["", " "], [], id="nothing"),
    ],
)
def test_every_reading_of_a_date_is_told(cells: Sequence[str], forms: list[str]) -> None:
    assert [one.form for one in dates_of(cells)] == forms


@drawn(st.lists(st.dates(date(1990, 1, 1), date(2060, 1, 1)), min_size=1, max_size=20), st.sampled_from(SLASHED))
def test_the_right_reading_is_always_among_those_told(days: list[date], form: str) -> None:
    cells = [day.strftime(form) for day in days]
    told = dates_of(cells)
    readings = [[canonical_date(cell, one.formats) for cell in cells] for one in told]
    assert [day.isoformat() for day in days] in readings


def test_hours_that_later_rows_have_or_lack_are_read_too() -> None:
    (one,) = dates_of(["9/14/2016 19:31"])
    assert one == DateForm("%m/%d/%Y", ("%m/%d/%Y %H:%M", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y"))


@pytest.mark.parametrize(
    ("cells", "forms"),
    [
        pytest.param(["1234.56", "0.5"], ["1234.56"], id="plain"),
        pytest.param(["1,234.56", "12"], ["1,234.56"], id="commas"),
        pytest.param(["1.234,56"], ["1.234,56"], id="dots and a comma"),
        pytest.param(["1234,56"], ["1234,56"], id="a comma for the decimals"),
        pytest.param(["1,234"], ["1,234.56"], id="an amount has no three decimals"),
        pytest.param(["1.234"], ["1.234,56"], id="nor with a dot"),
        pytest.param(["¥1,234.56", "¥2.00"], ["1,234.56"], id="with a unit"),
        pytest.param(["1.00E+05"], ["1234.56"], id="scientific"),
        pytest.param(["1,000", "2,000", "n/a"], ["1,234.56"], id="one slip among numbers"),
        pytest.param(["12a"], [], id="no number"),
    ],
)
def test_every_reading_of_an_amount_is_told(cells: Sequence[str], forms: list[str]) -> None:
    assert [one.form for one in numbers_of(cells, 2)] == forms


def test_where_the_currency_has_three_decimals_the_mark_is_asked() -> None:
    assert [one.form for one in numbers_of(["1.234"], 3)] == ["1234.56", "1.234,56"]
    _, problems = chosen("accounts", sample("account_no|balance", "A|1.234"), digits=3)
    assert [problem.column for problem in problems] == ["balance", "borrower_name"]


def chosen(kind: str, file: Sample, digits: int = 2, **taken: Taken) -> tuple[Mapping, list[object]]:
    choosing = Chosen(LoadKind(kind), file, digits)
    choice: Choice = {**guessed(LoadKind(kind), file), **taken}
    return choosing.mapping(choice, Manner(), "CN1", None), list(choosing.problems)


def test_a_date_that_can_be_read_in_two_ways_is_asked_and_then_read_as_said() -> None:
    file = sample("account_no|borrower_name|opened_on", "A|Zhou|05/12/2026")
    _, problems = chosen("accounts", file)
    assert [problem.column for problem in problems] == ["opened_on"]  # type: ignore[attr-defined]
    mapping, problems = chosen("accounts", file, opened_on=Taken("opened_on", date="%d/%m/%Y"))
    assert problems == []
    assert in_our_columns(mapping, file, "x")["opened_on"] == ["2026-12-05"]


def test_a_column_of_our_name_that_is_not_chosen_stays_out() -> None:
    file = sample("account_no|borrower_name|phone", "A|Zhou|13900139001")
    mapping, _ = chosen("accounts", file, phone=Taken(), phone_2=Taken("phone"))
    assert mapping.drop == ["phone"]
    assert in_our_columns(mapping, file, "x")["phone_2"] == ["13900139001"]


def test_words_of_theirs_are_taken_for_ours_where_they_are_known_and_asked_where_not() -> None:
    file = Sample(["account_no", "姓名", "客群"], [["A", "周", "白领"], ["B", "吴", "student"], ["C", "郑", "游客"]])
    assert foreign_words(LoadKind.accounts, "borrower_type", file.cells(2)) == {"白领": "white_collar", "游客": ""}
    mapping, problems = chosen("accounts", file)
    assert problems == []
    assert in_our_columns(mapping, file, "x")["borrower_type"] == ["white_collar", "student", "游客"]
    said = Taken("客群", values={"游客": "other", "白领": ""})
    mapping, _ = chosen("accounts", file, borrower_type=said)
    assert in_our_columns(mapping, file, "x")["borrower_type"] == ["白领", "student", "other"]
    again = as_choice(read_mapping(write_mapping(mapping)))
    assert again is not None
    assert again["borrower_type"] == Taken("客群", values={"游客": "other"})


def test_words_of_another_system_mean_one_of_ours_each() -> None:
    for kind, name in ENUMERATED:
        known = words(kind, name)
        assert set(meant_words([other for others in known.values() for other in others], known).values()) <= set(known)


def test_one_column_may_be_two_of_ours() -> None:
    file = sample("account_no|borrower_name|逾期天数", "A|Zhou|35.0")
    mapping, _ = chosen("accounts", file)
    made = in_our_columns(mapping, file, "x")
    assert made["overdue_days_min"] == made["overdue_days_max"] == ["35"]


def test_a_choice_is_written_as_a_mapping_and_read_back_as_the_same_choice() -> None:
    file = sample("账号|姓名|放款日期|金额|yes", "A|周|31/01/2026|1.234,50|x")
    taken = {"principal": Taken("金额", number="1.234,56"), "product": Taken(constant="no")}
    mapping, problems = chosen("accounts", file, **taken)
    assert problems == []
    again = read_mapping(write_mapping(mapping))
    assert again == mapping
    choice = as_choice(again)
    assert choice is not None
    assert choice["product"] == Taken(constant="no")
    assert choice["opened_on"] == Taken("放款日期", date="%d/%m/%Y")
    assert choice["principal"] == Taken("金额", number="1.234,56")


NAMES = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co", "Zl", "Zp")), min_size=1, max_size=20)


@drawn(NAMES, NAMES)
def test_any_name_survives_being_written(source: str, constant: str) -> None:
    mapping = Mapping(kind=LoadKind.accounts, rename={source: "account_no"}, constants={"product": constant})
    assert read_mapping(write_mapping(mapping)) == mapping


def test_a_mapping_that_says_more_than_a_choice_is_none() -> None:
    assert as_choice(read_mapping("kind: accounts\nwhere: {a: [b]}")) is None
    assert as_choice(read_mapping("kind: accounts\nderive: {product: {concat: [a]}}")) is None
    assert as_choice(read_mapping("kind: payments\nas_of: 2026-05-12\nrename: {a: amount}")) is None


def test_the_day_of_a_mapping_is_the_day_of_its_lateness() -> None:
    choice = as_choice(read_mapping("kind: accounts\nas_of: 2026-05-12\nrename: {dpd: overdue_days_min}"))
    assert choice == {"overdue_days_min": Taken("dpd"), "as_of": Taken(constant="2026-05-12")}


@pytest.mark.parametrize("kind", list(LoadKind))
def test_every_column_says_what_it_holds_and_is_named_in_chinese(kind: LoadKind) -> None:
    known = CHINESE["column"]
    for one in wanted(kind):
        name = plain_form(one.name)
        assert f"{kind}.{name}" in known or name in known, one.name
        assert len(set(one.names)) == len(one.names) > 0
    assert [one.name for one in wanted(kind)] == list(SHAPES[kind].names)


@pytest.mark.parametrize("kind", [LoadKind.accounts, LoadKind.instalments, LoadKind.payments, LoadKind.parties])
def test_our_own_files_are_known_whole(kind: LoadKind) -> None:
    header = list(SHAPES[kind].names)
    assert {one.target: one.why for one in guesses(kind, Sample(header, []))} == dict.fromkeys(header, Why.same_name)


def test_what_is_somebodys_can_be_known_again_and_not_used() -> None:
    assert [veiled(cell) for cell in ("13812348821", "王小明", "a@b.cn", "王")] == ["138··21", "王··", "a··@b.cn", "王"]
    assert Holds.phone == "phone"


@pytest.mark.parametrize(
    ("raw", "manner"),
    [
        pytest.param(b"a,b\n1,2\n", Manner(), id="plain"),
        pytest.param("﻿账号;姓名\n".encode(), Manner(delimiter=";"), id="mark and semicolons"),
        pytest.param("账号\t姓名\n".encode("gbk"), Manner(encoding="gb18030", delimiter="\t"), id="gbk and tabs"),
        pytest.param(b"a|b,c|d\n", Manner(delimiter="|"), id="bars"),
        pytest.param(b'"a;b;c",d\n', Manner(delimiter=","), id="quoted marks do not count"),
        pytest.param(b"\xff\x00\xff", Manner(encoding=UTF8), id="nothing known: reading tells what is wrong"),
    ],
)
def test_how_a_table_is_written_is_found_out(tmp_path: Path, raw: bytes, manner: Manner) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(raw)
    assert manner_of(path) == manner


KNOWN = {
    ("loans/loan_payments_500.csv", "accounts"): {
        "account_no": "Loan_ID", "principal": "Principal", "opened_on": "effective_date", "matures_on": "due_date",
    },
    ("loans/loan_payments_500.csv", "payments"): {"account_no": "Loan_ID", "paid_at": "paid_off_time"},
    ("loans/loan_payments_500.csv", "instalments"): {"account_no": "Loan_ID", "due_on": "due_date"},
    ("loans/openintro_lendingclub_10000.csv.gz", "accounts"): {
        "principal": "loan_amount", "annual_rate": "interest_rate", "balance": "balance",
    },
    ("skiptrace/fake_1000.csv", "accounts"): {"email": "email"},
}  # fmt: skip


@pytest.mark.parametrize(("file", "kind"), KNOWN)
def test_real_files_are_guessed_as_their_mappings_say(real_data: Path, file: str, kind: str) -> None:
    path = real_data / file
    rows, _ = sample_of(path, manner_of(path))
    taken = {target: one.source for target, one in guessed(LoadKind(kind), rows).items()}
    for target, column in KNOWN[file, kind].items():
        assert taken.get(target) == column, target


def test_real_dates_are_read_without_a_question(real_data: Path) -> None:
    path = real_data / "loans" / "loan_payments_500.csv"
    rows, _ = sample_of(path, manner_of(path))
    mapping, problems = chosen("payments", rows, amount=Taken("Principal"), reference=Taken("terms"))
    assert problems == []
    assert mapping.dates["paid_off_time"][0] == "%m/%d/%Y %H:%M"


def test_nothing_is_made_of_columns_that_only_say_x1_to_x23(real_data: Path) -> None:
    path = real_data / "loans" / "uci_credit_card_30000.csv.gz"
    rows, _ = sample_of(path, manner_of(path))
    assert set(guessed(LoadKind.payments, rows)) <= {"reference", "account_no"}

"""Mapping files: foreign tables as they are, and every mistake in a mapping named by its key."""

from __future__ import annotations

from typing import Any

import pytest
from portfolio_loading import Loading
from sqlmodel import select

from collector.foundation.database import Database
from collector.foundation.errors import BadInput
from collector.portfolio.loading import read_mapping
from collector.portfolio.loading.expressions import Frame, compiled
from collector.portfolio.queries import account_by_key, records_of
from collector.portfolio.tables import Account, PaymentRow


@pytest.mark.parametrize(
    ("text", "key", "reason"),
    [
        pytest.param("kind: accounts\nrenames: {a: b}", "renames", "did you mean rename?", id="unknown key"),
        pytest.param("kind: account", "kind", "", id="unknown kind"),
        pytest.param("kind: accounts\nrename: {a: acount_no}", "rename.a", "did you mean account_no?", id="target"),
        pytest.param("kind: accounts\nconstants: {nothing: 1}", "constants.nothing", "no column", id="constant"),
        pytest.param("kind: accounts\nas_of: yesterday", "as_of", "not a time such as", id="as of"),
        pytest.param("kind: accounts\nnumbers: {a: {thousand: ','}}", "numbers.a.thousand", "", id="number key"),
        pytest.param("kind: payments\nexplode: [{amout: 1}]", "explode.0.amout", "did you mean amount?", id="explode"),
        pytest.param("kind: accounts\nkind: payments", None, "appears twice", id="key twice"),
        pytest.param("kind: &a accounts\nportfolio: *a", None, "aliases", id="alias"),
        pytest.param("- kind", None, "a set of keys", id="no mapping"),
    ],
)
def test_a_wrong_mapping_names_its_key(text: str, key: str | None, reason: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_mapping(text, "map.yaml")
    assert reason in caught.value.message
    assert key is None or key in {problem.column for problem in caught.value.problems}


@pytest.mark.parametrize(
    ("derive", "reason"),
    [
        pytest.param("{from: name}", "names the column 'name'", id="unknown column"),
        pytest.param("{eval: 1+1}", "exactly one of from", id="no such expression"),
        pytest.param("{concat: text}", "must be a list", id="concat of text"),
        pytest.param("{add_days: [{from: id}]}", "a list of two", id="add without a count"),
        pytest.param("{when: {id: 1}}", "name one column and its values", id="when without values"),
        pytest.param("{from: id, concat: []}", "exactly one of", id="two expressions"),
        pytest.param("[1, 2]", "a value or one expression", id="list"),
    ],
)
def test_a_wrong_expression_is_refused_before_the_first_row(book: Loading, derive: str, reason: str) -> None:
    mapping = f"kind: accounts\nportfolio: CN1\nrename: {{id: account_no}}\nderive: {{borrower_name: {derive}}}"
    with pytest.raises(BadInput) as caught:
        book("accounts", "id\nA1\n", mapping=mapping)
    assert reason in caught.value.message
    assert "derive.borrower_name" in caught.value.message


@pytest.mark.parametrize(
    ("expression", "made"),
    [
        pytest.param("x", ["x", "x"], id="text"),
        pytest.param(7, ["7", "7"], id="number"),
        pytest.param({"from": "day"}, ["2026-01-31", "2024-02-29"], id="from"),
        pytest.param({"row_number": {}}, ["1", "2"], id="row number"),
        pytest.param({"concat": ["L-", {"from": "n"}]}, ["L-1", "L-12"], id="concat"),
        pytest.param({"add_months": [{"from": "day"}, 1]}, ["2026-02-28", "2024-03-29"], id="shorter month"),
        pytest.param({"add_months": [{"from": "day"}, {"from": "n"}]}, ["2026-02-28", "2025-02-28"], id="by column"),
        pytest.param({"add_days": [{"from": "day"}, -31]}, ["2025-12-31", "2024-01-29"], id="days back"),
        pytest.param({"when": {"n": {"1": "one"}}, "else": {"from": "n"}}, ["one", "12"], id="look-up"),
    ],
)
def test_expressions(expression: Any, made: list[str]) -> None:
    columns: dict[str, Any] = {"day": ["2026-01-31", "2024-02-29"], "n": ["1", "12"]}
    frame = Frame(columns, [1, 2])
    assert list(compiled(expression, set(columns), ())(frame)) == made
    assert not frame.faults


def test_a_foreign_file_loads_as_it_is(book: Loading, database: Database) -> None:
    foreign = "Vertrag;Name\n".replace(";", ",") + '77,"Ann, B"\n78,Carl\n79,Dora\n'
    mapping = """
kind: accounts
portfolio: CN1
as_of: 2026-04-30
rename: {Name: borrower_name}
constants: {product: card}
derive:
  account_no: {concat: ["V", {from: Vertrag}]}
  overdue_days_min: {when: {Vertrag: {"77": 31, "78": 121}}, else: ""}
  overdue_days_max: {when: {Vertrag: {"77": 60}}, else: ""}
where: {Name: {not: [Dora]}}
"""
    result = book("accounts", foreign, mapping=mapping)
    assert (result.read, result.accepted, result.skipped) == (2, 2, 1)
    with database.read() as session:
        account = account_by_key(session, "V78")
        reported = records_of(session, [account.id or 0])[account.id or 0].reported
        assert reported is not None
        assert (str(reported.as_of), reported.days_min, reported.days_max) == ("2026-04-30", 121, None)


def test_numbers_dates_and_values_are_rewritten(book: Loading, database: Database) -> None:
    foreign = 'id,amt,when,what\nA1,"1.234,50",31.01.2026,X\nA2,nan,,X\nA3,"12,5",1.2.2026,Y\n'
    mapping = """
kind: accounts
portfolio: CN1
blank: [nan]
numbers: {amt: {thousands: ".", decimal: ","}}
dates: {when: "%d.%m.%Y"}
values: {what: {X: auto}}
rename: {id: account_no, amt: principal, when: opened_on, what: product}
derive: {borrower_name: {from: id}}
"""
    assert book("accounts", foreign, mapping=mapping).accepted == 3
    with database.read() as session:
        rows = session.exec(select(Account.principal, Account.opened_on, Account.product).order_by(Account.account_no))
        assert [(money, str(day), product) for money, day, product in rows] == [
            (123_450, "2026-01-31", "auto"),
            (0, "None", "auto"),
            (1_250, "2026-02-01", "Y"),
        ]


def test_the_days_of_a_spreadsheet_that_came_as_numbers(book: Loading, database: Database) -> None:
    mapping = """
kind: accounts
portfolio: CN1
dates: {opened: [excel, "%Y/%m/%d"], ends: excel}
rename: {opened: opened_on, ends: matures_on}
"""
    foreign = "account_no,borrower_name,opened,ends\nA1,x,45992,46387\nA2,x,2025/12/1,46387.0\nA3,x,61,\nA4,x,9,1e3\n"
    result = book("accounts", foreign, mapping=mapping)
    assert [(problem.line, problem.column) for problem in result.problems] == [
        (3, "matures_on"),
        (5, "opened, ends"),
    ]
    with database.read() as session:
        rows = session.exec(select(Account.opened_on, Account.matures_on).order_by(Account.account_no))
        assert [tuple(map(str, days)) for days in rows] == [("2025-12-01", "2026-12-31"), ("1900-03-01", "None")]


def test_wide_rows_become_long_ones(book: Loading, database: Database) -> None:
    book("accounts", "account_no,borrower_name\nA1,张三\nA2,李四\n")
    mapping = """
kind: payments
portfolio: CN1
as_of: 2026-02-28
derive: {account_no: {from: id}}
explode:
  - {reference: {concat: [{from: id}, "-1"]}, amount: {from: jan}, paid_at: "2026-01-31"}
  - {reference: {concat: [{from: id}, "-2"]}, amount: {from: feb}, paid_at: "2026-02-28"}
where: {amount: {not: ["0"]}}
"""
    result = book("payments", "id,jan,feb\nA1,10,20\nA2,0,bad\n", mapping=mapping)
    assert (result.read, result.accepted, result.rejected, result.skipped) == (3, 2, 1, 1)
    assert (result.problems[0].line, result.problems[0].column) == (3, "amount")
    with database.read() as session:
        assert sorted(session.exec(select(PaymentRow.reference))) == ["A1-1", "A1-2"]


def test_a_value_without_a_meaning_refuses_its_row(book: Loading) -> None:
    mapping = """
kind: accounts
portfolio: CN1
rename: {id: account_no}
derive: {borrower_name: {when: {s: {a: Anna}}}}
"""
    result = book("accounts", "id,s\nA1,a\nA2,b\n", mapping=mapping)
    assert (result.accepted, result.rejected) == (1, 1)
    assert str(result.problems[0]).endswith("line 3, column s: the mapping does not say what 'b' means")


def test_a_mapping_is_for_its_kind(book: Loading) -> None:
    with pytest.raises(BadInput, match="is for accounts"):
        book("payments", "a\n1\n", mapping="kind: accounts\nportfolio: CN1")

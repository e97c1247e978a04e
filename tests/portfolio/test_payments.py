"""Payments: matched or held, reversals in any order, and up to when they are known."""

from __future__ import annotations

from itertools import permutations

import pytest
from portfolio_loading import Loading
from sqlmodel import Session, select

from collector.foundation.clock import parse_moment
from collector.foundation.database import Database
from collector.foundation.errors import BadInput, Conflict, NotFound
from collector.identity.rules import EVERYTHING
from collector.portfolio.actions import match_payment
from collector.portfolio.queries import account_by_key, held_payments, records_of
from collector.portfolio.tables import PaymentRow, Portfolio

HEAD = "reference,account_no,card_no,payer_name,amount,paid_at,kind,reverses\n"
PAID = "R1,A1,,,60,2026-05-02,payment,\n"
TAKEN_BACK = "R2,A1,,,60,2026-05-03,reversal,R1\n"
PAID_AGAIN = "R3,A1,,,40,2026-05-04,payment,\n"


@pytest.fixture
def book_with_accounts(book: Loading) -> Loading:
    book(
        "accounts",
        "account_no,card_no,borrower_name\nA1,C1,张三\nA2,C2,李四\nA3,C2,王五\nA4,C3,赵六\nA5,C3,赵六\n",
    )
    return book


def states(session: Session) -> dict[str, str]:
    return {row.reference: row.state.value for row in session.exec(select(PaymentRow)).all()}


@pytest.mark.parametrize("order", list(permutations((PAID, TAKEN_BACK, PAID_AGAIN))))
@pytest.mark.parametrize("files", [1, 3], ids=["one file", "three files"])
def test_a_reversal_counts_in_any_order(
    book_with_accounts: Loading, database: Database, order: tuple[str, ...], files: int
) -> None:
    for part in ["".join(order)] if files == 1 else order:
        result = book_with_accounts("payments", HEAD + part)
    with database.read() as session:
        account = account_by_key(session, "A1").id or 0
        assert account in result.changed_accounts
        assert states(session) == {"R1": "reversed", "R2": "noted", "R3": "applied"}
        assert [amount for _, amount in records_of(session, [account])[account].payments] == [4_000]


@pytest.mark.parametrize(
    ("cells", "state", "account"),
    [
        pytest.param("A1,,", "applied", "A1", id="by number"),
        pytest.param(",C1,", "applied", "A1", id="by card"),
        pytest.param(",C2,李四", "applied", "A2", id="card of two, told apart by name"),
        pytest.param(",C2,", "held", None, id="card of two"),
        pytest.param(",C2,孙八", "held", None, id="card of two, a third name"),
        pytest.param(",C3,赵六", "held", None, id="card and name of two"),
        pytest.param("A9,,", "held", None, id="unknown number"),
        pytest.param("A9,C1,", "held", None, id="unknown number is not guessed by card"),
        pytest.param(",,", "held", None, id="nothing to go by"),
    ],
)
def test_matching(book_with_accounts: Loading, database: Database, cells: str, state: str, account: str | None) -> None:
    body = f"{HEAD}R1,{cells},60,2026-05-02,payment,\n"
    result = book_with_accounts("payments", body)
    assert (result.accepted, result.held, result.rejected) == (1, int(state == "held"), 0)
    with database.read() as session:
        row = session.exec(select(PaymentRow)).one()
        assert row.state == state
        assert row.account_id == (account_by_key(session, account).id if account else None)
        assert len(held_payments(session, EVERYTHING)) == int(state == "held")
    assert book_with_accounts("payments", body).unchanged == 1


def test_a_person_matches_what_was_held_and_a_reload_keeps_it(book_with_accounts: Loading, database: Database) -> None:
    body = HEAD + "R1,A9,,,60,2026-05-02,payment,\n"
    book_with_accounts("payments", body)
    now = parse_moment("2026-05-12T18:00+08:00")
    with database.begin() as session:
        payment = session.exec(select(PaymentRow)).one()
        wanted = account_by_key(session, "A2").id or 0
        with pytest.raises(NotFound):
            match_payment(session, payment.id or 0, 10**9, actor="test", at=now)
        match_payment(session, payment.id or 0, wanted, actor="test", at=now)
        with pytest.raises(Conflict):
            match_payment(session, payment.id or 0, wanted, actor="test", at=now)
    book_with_accounts("accounts", "account_no,borrower_name\nA9,钱九\n")
    assert book_with_accounts("payments", body).unchanged == 1
    with database.read() as session:
        assert session.exec(select(PaymentRow.account_id)).one() == wanted


def test_an_account_that_comes_later_takes_its_held_payment(book_with_accounts: Loading, database: Database) -> None:
    body = HEAD + "R1,A9,,,60,2026-05-02,payment,\n"
    assert book_with_accounts("payments", body).held == 1
    book_with_accounts("accounts", "account_no,borrower_name\nA9,钱九\n")
    result = book_with_accounts("payments", body)
    assert (result.accepted, result.held) == (1, 0)
    with database.read() as session:
        assert states(session) == {"R1": "applied"}
        assert result.changed_accounts == (account_by_key(session, "A9").id,)


def test_a_corrected_row_concerns_both_accounts(book_with_accounts: Loading, database: Database) -> None:
    book_with_accounts("payments", HEAD + PAID)
    result = book_with_accounts("payments", HEAD + PAID.replace("A1", "A2"))
    with database.read() as session:
        both = sorted((account_by_key(session, "A1").id or 0, account_by_key(session, "A2").id or 0))
    assert list(result.changed_accounts) == both


CORRECTED = [
    pytest.param(PAID, PAID.replace("A1", "A9"), {"R1": "held"}, 0, id="to an unknown account: held"),
    pytest.param(PAID, PAID.replace("payment", "failed_debit"), {"R1": "noted"}, 0, id="to a failed debit"),
    pytest.param(PAID.replace("payment", "failed_debit"), PAID, {"R1": "applied"}, 6_000, id="from a failed debit"),
    pytest.param(
        PAID + TAKEN_BACK, TAKEN_BACK.replace(",R1", ",R9"), {"R1": "applied", "R2": "noted"}, 6_000,
        id="a reversal to that of another payment",
    ),
    pytest.param(
        PAID + TAKEN_BACK, TAKEN_BACK.replace("reversal,R1", "payment,"), {"R1": "applied", "R2": "applied"}, 12_000,
        id="a reversal to a payment",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "expected", "paid"), CORRECTED)
def test_a_corrected_row_counts_as_if_it_had_come_so(
    book_with_accounts: Loading,
    database: Database,
    before: str,
    after: str,
    expected: dict[str, str],
    paid: int,
) -> None:
    book_with_accounts("payments", HEAD + before)
    result = book_with_accounts("payments", HEAD + after)
    assert (result.accepted, result.held) == (1, list(expected.values()).count("held"))
    with database.read() as session:
        account = account_by_key(session, "A1").id or 0
        assert account in result.changed_accounts
        assert states(session) == expected
        assert sum(amount for _, amount in records_of(session, [account])[account].payments) == paid
    assert book_with_accounts("payments", HEAD + after).unchanged == 1


def test_a_file_without_the_column_leaves_the_account_as_it_is(book_with_accounts: Loading, database: Database) -> None:
    book_with_accounts("payments", HEAD + PAID)
    result = book_with_accounts("payments", "reference,amount,paid_at\nR1,70,2026-05-02\n")
    assert (result.accepted, result.held) == (1, 0)
    with database.read() as session:
        row = session.exec(select(PaymentRow)).one()
        assert (row.account_id, row.amount) == (account_by_key(session, "A1").id, 7_000)


@pytest.mark.parametrize("together", [True, False], ids=["one file", "payment first"])
def test_a_part_can_not_be_taken_back(book_with_accounts: Loading, database: Database, together: bool) -> None:
    part = TAKEN_BACK.replace(",60,", ",50,")
    if not together:
        book_with_accounts("payments", HEAD + PAID)
    result = book_with_accounts("payments", HEAD + (part + PAID if together else part))
    assert (result.rejected, result.problems[0].line, result.problems[0].column) == (1, 2, "amount")
    with database.read() as session:
        assert states(session) == {"R1": "applied"}


@pytest.mark.parametrize(
    ("line", "column"),
    [
        pytest.param("R1,A1,,,0,2026-05-02,payment,", "amount", id="zero"),
        pytest.param("R1,A1,,,-1,2026-05-02,payment,", "amount", id="negative"),
        pytest.param("R1,A1,,,5,2026-05-20,payment,", "paid_at", id="future"),
        pytest.param("R1,A1,,,5,2026-05-02 25:00,payment,", "paid_at", id="no such hour"),
        pytest.param("R1,A1,,,5,2026-05-02,reversal,", "reverses", id="reversal of nothing"),
        pytest.param("R1,A1,,,5,2026-05-02,reversal,R1", "reverses", id="reversal of itself"),
        pytest.param("R1,A1,,,5,2026-05-02,payment,R0", "reverses", id="payment that reverses"),
        pytest.param("R1,A1,,,5,2026-05-02,refund,", "kind", id="kind"),
    ],
)
def test_bad_payments_hold_the_mark_back(
    book_with_accounts: Loading, database: Database, line: str, column: str
) -> None:
    result = book_with_accounts("payments", f"{HEAD}{line}\nR9,A1,,,5,2026-05-02,payment,\n")
    assert (result.accepted, result.rejected, result.problems[0].column) == (1, 1, column)
    assert result.payments_as_of_held
    assert result.payments_as_of is None


@pytest.mark.parametrize(
    ("cell", "moment", "day"),
    [
        pytest.param("2026-05-02", "2026-05-01T16:00+00:00", "2026-05-02", id="a day counts from its start"),
        pytest.param("2026-05-02 09:30", "2026-05-02T01:30+00:00", "2026-05-02", id="the portfolio's clock"),
        pytest.param("2026-05-02T20:00:00Z", "2026-05-02T20:00+00:00", "2026-05-03", id="an offset holds"),
    ],
)
def test_when_it_was_paid(book_with_accounts: Loading, database: Database, cell: str, moment: str, day: str) -> None:
    book_with_accounts("payments", f"{HEAD}R1,A1,,,5,{cell},payment,\n")
    with database.read() as session:
        row = session.exec(select(PaymentRow)).one()
        assert (row.paid_at, str(row.paid_on)) == (parse_moment(moment), day)


def test_the_mark_moves_forward_only(book_with_accounts: Loading, database: Database) -> None:
    late, early = parse_moment("2026-05-12T09:40+08:00"), parse_moment("2026-05-11T09:40+08:00")
    nobody_paid = book_with_accounts("payments", HEAD, as_of=late)
    assert (nobody_paid.read, nobody_paid.payments_as_of) == (0, late)
    assert book_with_accounts("payments", HEAD + PAID, as_of=early).payments_as_of == late
    with database.read() as session:
        assert session.exec(select(Portfolio.payments_as_of)).one() == late
    with pytest.raises(BadInput, match="still to come"):
        book_with_accounts("payments", HEAD, as_of=parse_moment("2026-05-13T09:40+08:00"))

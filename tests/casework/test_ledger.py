"""The creditor's balances loaded and compared; a reversal that takes back what two people say it does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from collector.casework import actions
from collector.casework.approvals import reversals as proposing
from collector.casework.office import Office
from collector.casework.views.debits import failed_debits, failures_by_day
from collector.casework.views.differences import both_sides, by_kind, differences, totals
from collector.casework.views.reversals import lone_reversals
from collector.facts.actions import verify
from collector.facts.tables import AccountState
from collector.foundation.clock import parse_moment
from collector.foundation.database import Database
from collector.foundation.errors import BadInput, Conflict
from collector.foundation.keys import Keys
from collector.foundation.settings import Settings
from collector.identity.rules import EVERYTHING, Actor
from collector.portfolio.loading import LoadResult
from collector.portfolio.rules import DebitFailure, DifferenceKind, LedgerState, LoadKind, ReversalStep
from collector.portfolio.tables import Account, LedgerBalance, PaymentRow

NOW = parse_moment("2026-05-20T10:00+08:00")
OPS = Actor("user:ops")
PORTFOLIO = (
    "code,creditor,collector_type,debt_type,currency,timezone,jurisdiction,language,sender_name\n"
    "CN1,Anhe,creditor,consumer_finance,CNY,Asia/Shanghai,cn,zh,安和\n"
)
ACCOUNTS = "account_no,borrower_name,autopay\nA1,王一,yes\nA2,李二,no\nA3,赵三,no\nA4,钱四,no\n"
INSTALMENTS = "account_no,number,due_on,amount_due\n" + "".join(
    f"A{number},{at},2026-0{at + 4}-10,1000.00\n" for number in range(1, 5) for at in (1, 2)
)
PAYMENTS = "reference,account_no,amount,paid_at,kind,reverses,reason\n"
BALANCES = "account_no,as_of,balance,overdue\n"

Loading = Callable[..., LoadResult]


@pytest.fixture
def office(database: Database, keys: Keys, tmp_path: Path) -> Office:
    return Office(Settings(home=tmp_path), database, keys)


@pytest.fixture
def loading(office: Office, tmp_path: Path) -> Loading:
    """`loading("balances", text)`, into a book of four accounts that owe 2,000 each, 1,000 of it overdue."""

    def run(kind: str, body: str) -> LoadResult:
        path = tmp_path / f"{kind}.csv"
        path.write_text(body, encoding="utf-8")
        code = None if kind == "portfolios" else "CN1"
        more = {"mapping": None, "rejects": None, "at": NOW, "as_of": None, "actor": "user:ops"}
        return actions.load(office, LoadKind(kind), path, portfolio=code, **more)

    for kind, body in (("portfolios", PORTFOLIO), ("accounts", ACCOUNTS), ("instalments", INSTALMENTS)):
        assert run(kind, body).rejected == 0
    return run


def told(session: Session) -> dict[str, tuple[str, str, int]]:
    rows = session.exec(select(LedgerBalance).where(col(LedgerBalance.is_last)))
    return {row.account_no: (row.state.value, row.kind.value if row.kind else "", row.size) for row in rows}


FIRST = BALANCES + "A1,2026-05-15,2000.00,1000.00\nA2,2026-05-15,1400.00,\nA9,2026-05-15,70.00,70.00\n"


def test_a_statement_is_compared_and_late_money_settles_it(loading: Loading, database: Database) -> None:
    result = loading("balances", FIRST)
    assert (result.accepted, result.held, result.rejected, result.changed_accounts[0] > 0) == (3, 1, 0, True)
    with database.read() as session:
        assert told(session) == {
            "A1": ("agrees", "", 0),
            "A2": ("differs", "we_lack_payment", -600_00),
            "A3": ("differs", "missing_there", -2_000_00),
            "A4": ("differs", "missing_there", -2_000_00),
            "A9": ("differs", "account_unknown", 70_00),
        }
        [one] = totals(session, EVERYTHING)
        assert (one.agreed, one.differ, one.theirs, one.ours) == (1, 4, 3_470_00, 8_000_00)
        assert by_kind(session, EVERYTHING)[DifferenceKind.missing_there] == 2
        listed = [found.row.account_no for found in differences(session, EVERYTHING).rows]
        assert listed == ["A3", "A4", "A2", "A9"]
    assert loading("balances", FIRST).unchanged == 3
    loading("payments", PAYMENTS + "R1,A2,600.00,2026-05-14,payment,,\nR2,A3,9.00,2026-05-16,payment,,\n")
    loading("accounts", "account_no,borrower_name\nA9,孙九\n")
    with database.read() as session:
        now = told(session)
        assert now["A2"] == ("agrees", "", 0), "a payment dated before the statement"
        assert now["A3"] == ("differs", "missing_there", -2_000_00), "money after its day is not in it"
        assert now["A9"] == ("differs", "schedule_differs", 70_00), "here now, and without a schedule"


def test_an_explanation_goes_along_until_both_agree(loading: Loading, database: Database) -> None:
    loading("balances", FIRST)
    with database.begin() as session:
        row = session.exec(select(LedgerBalance).where(LedgerBalance.account_no == "A2")).one()
        actions.explain_difference(session, row.id or 0, "their branch booked it late", NOW, OPS)
        with pytest.raises(BadInput):
            actions.explain_difference(session, row.id or 0, "", NOW, OPS)
    whole = "".join(f"A{number},2026-05-16,2000.00,\n" for number in (1, 3, 4))
    loading("balances", BALANCES + whole + "A2,2026-05-16,1400.00,\n")
    with database.read() as session:
        last = session.exec(select(LedgerBalance).where(LedgerBalance.account_no == "A2", LedgerBalance.is_last)).one()
        assert (last.as_of, last.explained, last.explained_by) == (
            date(2026, 5, 16),
            "their branch booked it late",
            "user:ops",
        )
        assert [found.row.account_no for found in differences(session, EVERYTHING, explained=False).rows] == ["A9"]
        assert {number: one[0] for number, one in told(session).items() if number in ("A1", "A3")} == {
            "A1": "agrees",
            "A3": "agrees",
        }
    loading("balances", BALANCES + "A2,2026-05-17,1300.00,\n")
    with database.begin() as session:
        last = session.exec(select(LedgerBalance).where(LedgerBalance.account_no == "A2", LedgerBalance.is_last)).one()
        assert (last.size, last.explained) == (-700_00, ""), "another difference needs its own explanation"
        assert told(session)["A3"][0] == "agrees", "a statement of a part lacks nobody"
        old = session.exec(select(LedgerBalance).where(LedgerBalance.account_no == "A2", ~col(LedgerBalance.is_last)))
        with pytest.raises(Conflict):
            actions.explain_difference(session, old.all()[0].id or 0, "x", NOW, OPS)
    loading("balances", BALANCES + "A2,2026-05-18,2000.00,\n")
    with database.read() as session:
        assert told(session)["A2"] == ("agrees", "", 0)


def test_our_payments_since_the_last_agreed_balance(loading: Loading, database: Database) -> None:
    loading("payments", PAYMENTS + "R1,A1,100.00,2026-05-12,payment,,\nR2,A1,250.00,2026-05-16,payment,,\n")
    loading("balances", BALANCES + "A1,2026-05-15,1900.00,900.00\n")
    loading("balances", BALANCES + "A1,2026-05-18,1900.00,900.00\n")
    with database.read() as session:
        last = session.exec(select(LedgerBalance).where(LedgerBalance.account_no == "A1", LedgerBalance.is_last)).one()
        assert (last.kind, last.size) == (DifferenceKind.they_lack_payment, 250_00)
        sides = both_sides(session, last)
        assert sides.agreed_on == date(2026, 5, 15)
        assert [row.reference for row in sides.payments] == ["R2"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        pytest.param("A1,2026-05-15,,", "one of them is needed", id="says nothing"),
        pytest.param("A1,2026-05-21,1.00,", "after the day of loading", id="of tomorrow"),
        pytest.param("A1,,1.00,", "is empty", id="of no day"),
        pytest.param("A1,2026-05-15,-1.00,", "negative", id="negative"),
    ],
)
def test_a_line_that_can_not_be(loading: Loading, line: str, reason: str) -> None:
    result = loading("balances", f"{BALANCES}{line}\nA2,2026-05-15,1.00,\n")
    assert (result.accepted, result.rejected) == (1, 1)
    assert reason in str(result.problems[0])


LONE = PAYMENTS + (
    "R1,A1,300.00,2026-05-12,payment,,\nV1,A1,300.00,2026-05-14,reversal,GONE,returned\n"
    "V2,A1,40.00,2026-05-14,reversal,LOST,returned\n"
)


def test_a_lone_reversal_takes_back_what_two_people_say(loading: Loading, database: Database, office: Office) -> None:
    loading("payments", LONE)
    with database.begin() as session:
        lone = {one.payment.reference: one for one in lone_reversals(session, EVERYTHING)}
        assert {name: [row.reference for row in one.likely] for name, one in lone.items()} == {"V1": ["R1"], "V2": []}
        paid = lone["V1"].likely[0]
        with pytest.raises(BadInput, match="whole payment"):
            proposing.propose(session, lone["V2"].payment, paid, OPS, NOW)
        assert proposing.propose(session, lone["V1"].payment, paid, OPS, NOW).body["payment"] == paid.id
        assert lone_reversals(session, EVERYTHING)[0].proposed == "R1"
        ids = {"reversal_id": lone["V1"].payment.id or 0, "payment_id": paid.id or 0}
        actions.take_back(session, office, **ids, at=NOW, actor=OPS)
        with pytest.raises(Conflict):
            actions.take_back(session, office, **ids, at=NOW, actor=OPS)
    assert loading("payments", LONE).unchanged == 3
    loading("payments", PAYMENTS + "GONE,A2,300.00,2026-05-11,payment,,\n")
    with database.read() as session:
        rows = {row.reference: row.state.value for row in session.exec(select(PaymentRow))}
        assert rows == {"R1": "reversed", "V1": "noted", "V2": "noted", "GONE": "applied"}, "what people said holds"
        state = session.exec(
            select(AccountState)
            .join(Account, col(Account.id) == col(AccountState.account_id))
            .where(Account.account_no == "A1")
        ).one()
        assert state.owed == 2_000_00
    with database.begin() as session:
        assert verify(session) == []


def test_a_lone_reversal_waits_or_is_closed(loading: Loading, database: Database) -> None:
    loading("payments", LONE)
    with database.begin() as session:
        one = next(one for one in lone_reversals(session, EVERYTHING) if one.payment.reference == "V2")
        number = one.payment.id or 0
        with pytest.raises(BadInput):
            actions.note_reversal(session, number, ReversalStep.wait, "the bank looks", NOW, OPS, NOW.date())
        until = NOW.date() + timedelta(days=3)
        first = actions.note_reversal(session, number, ReversalStep.wait, "the bank looks", NOW, OPS, until)
        assert (
            actions.note_reversal(session, number, ReversalStep.wait, "the bank looks", NOW, OPS, until).id == first.id
        )
        actions.note_reversal(session, number, ReversalStep.closed, "booked elsewhere", NOW, OPS)
        with pytest.raises(Conflict):
            actions.note_reversal(session, number, ReversalStep.wait, "again", NOW, OPS, until)
        assert [one.payment.reference for one in lone_reversals(session, EVERYTHING)] == ["V1"]


def test_failed_debits_by_day_and_reason(loading: Loading, database: Database) -> None:
    loading(
        "payments",
        PAYMENTS + "D1,A1,1000.00,2026-05-10 06:00,failed_debit,,余额不足\n"
        "D2,A1,1000.00,2026-05-13 06:00,failed_debit,,余额不足\nD3,A2,1000.00,2026-05-13 06:00,failed_debit,,销户\n"
        "D4,A9,5.00,2026-05-13 06:00,failed_debit,,\nP1,A2,30.00,2026-05-14,payment,,\n",
    )
    funds, closed, unknown = DebitFailure.insufficient_funds, DebitFailure.account_closed, DebitFailure.unknown
    with database.read() as session:
        assert failures_by_day(session, EVERYTHING, NOW) == {
            date(2026, 5, 13): {funds: 1, closed: 1, unknown: 1},
            date(2026, 5, 10): {funds: 1},
        }
        rows = {one.payment.reference: one for one in failed_debits(session, EVERYTHING, NOW).rows}
        assert (tuple(rows["D2"].story), rows["D2"].next_due_on) == ((2, 0, 0), date(2026, 6, 10))
        assert (tuple(rows["D3"].story), rows["D3"].next_due_on) == ((1, 30_00, 0), None)
        assert (rows["D4"].key, rows["D4"].why) == ("", unknown)
        for why, names in ((funds, ["D2", "D1"]), (unknown, ["D4"])):
            assert [one.payment.reference for one in failed_debits(session, EVERYTHING, NOW, why=why).rows] == names
        assert LedgerState.new not in {row.state for row in session.exec(select(LedgerBalance))}

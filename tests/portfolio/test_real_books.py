"""Three books that nobody here wrote load as they are (their mapping files say what was read into them)."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from portfolio_loading import Loading
from sqlmodel import col, select

from collector.foundation.clock import parse_moment
from collector.foundation.database import Database
from collector.portfolio.queries import Records, records_of
from collector.portfolio.rules import age, apply_payments, days_past_due
from collector.portfolio.tables import Account, Portfolio

BOOKS = Path(__file__).resolve().parents[2] / "scripts" / "books"
AS_OF = date(2016, 12, 8)
WRONG_BY_ITS_OWN_DATES = "xqd20160428"
"""Due 2016-10-10, paid 2016-10-11, and its past_due_days says 2."""
WITHOUT_A_COUNT = "xqd20160301"


def load_book(loading: Loading, folder: str, source: Path, at: str, *kinds: str) -> list[Any]:
    moment = parse_moment(at)
    results: list[Any] = [loading("portfolios", BOOKS / folder / "portfolios.csv", at=moment)]
    for kind in kinds:
        mapping = BOOKS / folder / f"{kind}.yaml"
        results.append(loading(kind, source, mapping=mapping, at=moment))
    return results


def test_loan_payments_500_agrees_with_its_own_column(loading: Loading, database: Database, real_data: Path) -> None:
    source = real_data / "loans" / "loan_payments_500.csv"
    _, accounts, schedule, payments = load_book(
        loading, "loan_payments_500", source, "2016-12-08T23:00-05:00", "accounts", "instalments", "payments"
    )
    assert (accounts.read, accounts.accepted, accounts.rejected) == (500, 500, 0)
    assert (schedule.accepted, schedule.rejected) == (500, 0)
    assert (payments.read, payments.accepted, payments.skipped, payments.held) == (400, 400, 100, 0)
    with database.read() as session:
        ids = dict(session.exec(select(Account.account_no, Account.id)).all())
        records = records_of(session, [identity for identity in ids.values() if identity])
    with source.open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["Loan_ID"]]
    differing = {}
    for row in rows:
        record = records[ids[row["Loan_ID"]] or 0]
        if row["past_due_days"] == "nan":
            assert row["Loan_ID"] == WITHOUT_A_COUNT
            continue
        computed = _days(record, paid=bool(row["paid_off_time"]))
        if computed != int(float(row["past_due_days"])):
            differing[row["Loan_ID"]] = (computed, row["past_due_days"])
    assert differing == {WRONG_BY_ITS_OWN_DATES: (1, "2")}


def _days(record: Records, *, paid: bool) -> int:
    """As the file counts: to the day it was paid off, negative when early; else to the day of the file."""
    if paid:
        ((due_on, _, _, whole_on),), _ = apply_payments(record.instalments, record.payments)
        return (whole_on - due_on).days
    state = age(record.instalments, record.payments, record.grace_days, AS_OF)
    return days_past_due(state.oldest_unpaid_due, record.pauses, AS_OF)


@pytest.mark.slow
def test_openintro_keeps_its_coarse_ranges(loading: Loading, database: Database, real_data: Path) -> None:
    source = real_data / "loans" / "openintro_lendingclub_10000.csv.gz"
    _, accounts = load_book(loading, "openintro_lendingclub_10000", source, "2018-07-01T12:00-04:00", "accounts")
    assert (accounts.read, accounts.accepted, accounts.rejected) == (10_000, 10_000, 0)
    with database.read() as session:
        ranges = Counter(session.exec(select(Account.reported_min, Account.reported_max)).all())
        days = set(session.exec(select(Account.reported_on)))
    assert ranges == {(0, 0): 9_822, (1, 15): 67, (16, 30): 38, (31, 120): 66, (121, None): 7}
    assert [str(day) for day in days] == ["2018-06-30"]


@pytest.mark.slow
def test_uci_cards_and_their_months(loading: Loading, database: Database, real_data: Path) -> None:
    source = real_data / "loans" / "uci_credit_card_30000.csv.gz"
    _, accounts, payments = load_book(
        loading, "uci_credit_card_30000", source, "2005-10-01T12:00+08:00", "accounts", "payments"
    )
    assert (accounts.accepted, accounts.rejected) == (30_000, 0)
    assert payments.rejected == payments.held == 0
    assert payments.accepted + payments.skipped == 180_000
    with database.read() as session:
        late = Counter(
            session.exec(select(Account.reported_min, Account.reported_max).where(col(Account.reported_min) > 0)).all()
        )
        until = session.exec(select(Portfolio.payments_as_of)).one()
    assert late[(1, 30)] == 3_688
    assert late[(211, 240)] == 19
    assert str(until) == "2005-09-30 15:59:59+00:00"

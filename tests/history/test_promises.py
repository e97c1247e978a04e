"""Promises are kept, partly kept or broken by the payments dated in them (handbook section 7)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from floor import IMPORT, LI, Floor, noon
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, select
from strategies import moments, payments_made, promises_of_one_account

from collector.foundation.database import Database
from collector.foundation.errors import BadInput, Conflict
from collector.history import actions as history
from collector.history.actions.promises import deadline_covered
from collector.history.rules import (
    PaymentMade,
    PromiseState,
    PromiseTerms,
    Settled,
    paid_on_day,
    settle,
    settle_all,
)
from collector.history.tables import Promise
from collector.identity.rules import Actor
from collector.portfolio.tables import Portfolio

MADE = datetime(2026, 5, 12, 2, 0, tzinfo=UTC)
DUE = datetime(2026, 5, 15, 10, 0, tzinfo=UTC)
COVERED = datetime(2026, 5, 18, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
OPEN, PARTIAL, KEPT, BROKEN = PromiseState.open, PromiseState.partial, PromiseState.kept, PromiseState.broken
WITHDRAWN = PromiseState.withdrawn


def paid(at: datetime, amount: int) -> PaymentMade:
    return PaymentMade(at, at, amount)


@pytest.mark.parametrize(
    ("before", "payments", "as_of", "now", "after"),
    [
        pytest.param(OPEN, [], DUE, DUE, Settled(OPEN, 0), id="nothing yet, not due"),
        pytest.param(OPEN, [paid(DUE, 100)], DUE, DUE, Settled(KEPT, 100), id="at the last moment"),
        pytest.param(OPEN, [paid(MADE, 100)], DUE, DUE, Settled(KEPT, 100), id="at the moment it was made"),
        pytest.param(OPEN, [paid(MADE - HOUR, 100)], DUE, DUE, Settled(OPEN, 0), id="money from before is no answer"),
        pytest.param(OPEN, [paid(DUE + HOUR, 100)], DUE, DUE + 2 * HOUR, Settled(OPEN, 0), id="late, not covered"),
        pytest.param(OPEN, [paid(MADE, 40)], DUE, DUE, Settled(PARTIAL, 40), id="part"),
        pytest.param(OPEN, [paid(MADE, 40), paid(DUE, 60)], DUE, DUE, Settled(KEPT, 100), id="in two parts"),
        pytest.param(OPEN, [paid(MADE, 999)], DUE, DUE, Settled(KEPT, 100), id="more than promised"),
        pytest.param(OPEN, [], None, COVERED, Settled(OPEN, 0), id="no payments were ever loaded"),
        pytest.param(OPEN, [], COVERED - HOUR, COVERED, Settled(OPEN, 0), id="payments not loaded far enough"),
        pytest.param(OPEN, [], COVERED, COVERED, Settled(BROKEN, 0), id="broken once covered"),
        pytest.param(PARTIAL, [paid(MADE, 40)], COVERED, COVERED, Settled(BROKEN, 40), id="part is not enough"),
        pytest.param(BROKEN, [paid(DUE, 100)], COVERED, COVERED, Settled(KEPT, 100), id="dated in time, loaded late"),
        pytest.param(BROKEN, [paid(MADE, 40)], DUE, DUE, Settled(BROKEN, 40), id="broken stays broken on a part"),
        pytest.param(KEPT, [], DUE, DUE, Settled(OPEN, 0), id="its payment was reversed"),
        pytest.param(KEPT, [paid(MADE, 40)], DUE, DUE, Settled(PARTIAL, 40), id="one of its payments was reversed"),
        pytest.param(KEPT, [], COVERED, COVERED, Settled(BROKEN, 0), id="reversed after the deadline"),
        pytest.param(WITHDRAWN, [paid(MADE, 100)], COVERED, COVERED, Settled(WITHDRAWN, 0), id="withdrawn"),
        pytest.param(OPEN, [paid(DUE - HOUR, 100)], DUE, DUE - 2 * HOUR, Settled(OPEN, 0), id="money dated ahead"),
    ],
)
def test_one_promise(
    before: PromiseState, payments: list[PaymentMade], as_of: datetime | None, now: datetime, after: Settled
) -> None:
    assert settle(PromiseTerms(1, 100, MADE, DUE, before), payments, as_of, COVERED, now) == after


@pytest.mark.parametrize(
    ("paid_at", "expected"),
    [
        pytest.param(datetime(2026, 5, 11, 16, 0, tzinfo=UTC), KEPT, id="the day it was made: the hour is not known"),
        pytest.param(datetime(2026, 5, 14, 16, 0, tzinfo=UTC), KEPT, id="the day it was due"),
        pytest.param(datetime(2026, 5, 10, 16, 0, tzinfo=UTC), OPEN, id="the day before it was made"),
        pytest.param(datetime(2026, 5, 15, 16, 0, tzinfo=UTC), OPEN, id="the day after it was due"),
    ],
)
def test_a_bare_date_counts_for_its_whole_local_day(paid_at: datetime, expected: PromiseState) -> None:
    payment = paid_on_day(paid_at, 100, "Asia/Shanghai")
    assert settle(PromiseTerms(1, 100, MADE, DUE), [payment], DUE, COVERED, COVERED).state is expected


def test_each_payment_goes_to_the_promise_due_first() -> None:
    plan = [PromiseTerms(2, 100, MADE, DUE + 24 * HOUR), PromiseTerms(1, 100, MADE, DUE)]
    deadlines = {1: COVERED, 2: COVERED}
    assert settle_all(plan, [paid(MADE, 130)], DUE, deadlines, DUE) == {1: Settled(KEPT, 100), 2: Settled(PARTIAL, 30)}


@given(promises_of_one_account(), st.lists(payments_made(), max_size=6), moments(), moments())
def test_no_money_is_counted_twice_and_none_is_made_up(
    plan: list[PromiseTerms], payments: list[PaymentMade], as_of: datetime, now: datetime
) -> None:
    settled = settle_all(plan, payments, as_of, {row.id: row.due_at + 24 * HOUR for row in plan}, now)
    assert sum(each.paid for each in settled.values()) <= sum(payment.amount for payment in payments)
    assert all(0 <= settled[row.id].paid <= row.amount for row in plan)


@given(
    promises_of_one_account(), st.lists(payments_made(), max_size=6), st.lists(payments_made(), max_size=3), moments()
)
def test_a_kept_promise_stays_kept_unless_money_is_taken_back(
    plan: list[PromiseTerms], payments: list[PaymentMade], later: list[PaymentMade], now: datetime
) -> None:
    deadlines = {row.id: row.due_at + 24 * HOUR for row in plan}
    before = settle_all(plan, payments, now, deadlines, now)
    moved = [row._replace(state=before[row.id].state) for row in plan]
    newer = PromiseTerms(99, 500, now, now + HOUR)
    much_later = now + timedelta(days=90)
    after = settle_all([*moved, newer], [*payments, *later], much_later, deadlines | {99: now}, much_later)
    assert all(after[row.id].state is KEPT for row in moved if row.state is KEPT)


@given(promises_of_one_account(), st.lists(payments_made(), max_size=6), moments())
def test_settling_again_changes_nothing(plan: list[PromiseTerms], payments: list[PaymentMade], now: datetime) -> None:
    deadlines = {row.id: row.due_at + 24 * HOUR for row in plan}
    first = settle_all(plan, payments, now, deadlines, now)
    moved = [row._replace(state=first[row.id].state) for row in plan]
    again = settle_all(moved, payments, now, deadlines, now)
    assert {key: each.state for key, each in again.items()} == {key: each.state for key, each in first.items()}


@pytest.mark.parametrize(
    ("due_at", "expected"),
    [
        pytest.param("2026-05-14T18:00+08:00", "2026-05-15T18:00+08:00", id="Thursday: Friday"),
        pytest.param("2026-05-15T18:00+08:00", "2026-05-18T18:00+08:00", id="Friday: Monday"),
        pytest.param("2026-09-30T18:00+08:00", "2026-10-08T18:00+08:00", id="before the National Day week"),
    ],
)
def test_a_deadline_is_covered_one_banking_day_later(due_at: str, expected: str) -> None:
    covered = deadline_covered(datetime.fromisoformat(due_at), "Asia/Shanghai", "CNY")
    assert covered == datetime.fromisoformat(expected)


def make(floor: Floor, amount: int, made_at: datetime, due_at: datetime, **more: object) -> Promise:
    given_ = {"promised_by": "borrower", "actor": IMPORT, "now": made_at} | more
    return history.make_promise(
        floor.session,
        account_id=floor.loan,
        person_id=floor.wang,
        amount=amount,
        made_at=made_at,
        due_at=due_at,
        **given_,  # type: ignore[arg-type]
    )


def test_from_made_to_broken_to_kept_to_reversed(session: Session) -> None:
    floor = Floor(session)
    row = make(floor, 500_00, MADE, DUE)
    assert history.settle_promises(session, [floor.loan], DUE, LI) == []
    payment = floor.pay(200_00, MADE + HOUR)
    (moved,) = history.settle_promises(session, [floor.loan], DUE, LI)
    assert (moved.before, moved.after, moved.paid) == (OPEN, PARTIAL, 200_00)
    book = session.get_one(Portfolio, floor.cn)
    book.payments_as_of = DUE + timedelta(days=4)
    (moved,) = history.settle_promises(session, [floor.loan], DUE + timedelta(days=4), LI)
    assert moved.after is BROKEN
    late = floor.pay(300_00, DUE - HOUR)
    (moved,) = history.settle_promises(session, [floor.loan], DUE + timedelta(days=5), LI)
    assert (moved.before, moved.after) == (BROKEN, KEPT)
    floor.reverse(late)
    (moved,) = history.settle_promises(session, [floor.loan], DUE + timedelta(days=6), LI)
    assert (moved.before, moved.after, moved.paid) == (KEPT, BROKEN, 200_00)
    floor.reverse(payment)
    history.settle_promises(session, [floor.loan], DUE + timedelta(days=7), LI)
    assert (row.state, row.paid) == (BROKEN, 0)


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"amount": 0}, id="no amount"),
        pytest.param({"due_at": MADE}, id="due when made"),
        pytest.param({"promised_by": "spouse"}, id="a spouse does not owe"),
        pytest.param({"now": MADE - HOUR}, id="made in the future"),
        pytest.param({"now": MADE + HOUR, "actor": Actor("user:li", user_id=7)}, id="dated back by an agent"),
    ],
)
def test_what_is_no_promise_is_refused(session: Session, wrong: dict[str, object]) -> None:
    given_ = {"amount": 100, "made_at": MADE, "due_at": DUE} | wrong
    with pytest.raises(BadInput):
        make(Floor(session), **given_)  # type: ignore[arg-type]


def test_a_promise_withdrawn_is_out_and_a_decided_one_can_not_be(session: Session) -> None:
    floor = Floor(session)
    row = make(floor, 100, MADE, DUE)
    history.withdraw_promise(session, row.id or 0, MADE + HOUR, LI)
    assert history.withdraw_promise(session, row.id or 0, MADE + 2 * HOUR, LI).decided_at == MADE + HOUR
    kept = make(floor, 100, MADE, DUE)
    floor.pay(100, MADE + HOUR)
    history.settle_promises(session, [floor.loan], DUE, LI)
    with pytest.raises(Conflict):
        history.withdraw_promise(session, kept.id or 0, DUE, LI)


def test_an_imported_promise_is_recorded_once(database: Database) -> None:
    for _ in range(2):
        with database.begin() as session:
            floor_exists = session.exec(select(Promise)).first()
            floor = Floor(session) if floor_exists is None else None
            loan, wang = (floor.loan, floor.wang) if floor else (floor_exists.account_id, floor_exists.person_id)
            history.make_promise(
                session,
                account_id=loan,
                person_id=wang,
                amount=100,
                made_at=MADE,
                due_at=DUE,
                now=noon(MADE.date(), 20),
                actor=IMPORT,
                natural_key="event:1",
            )
    with database.read() as session:
        assert len(session.exec(select(Promise)).all()) == 1

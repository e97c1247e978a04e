"""What is given up, in which order, and that no sum is ever lost on the way. No database."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.foundation.errors import BadInput, Conflict
from collector.identity.rules import Role
from collector.portfolio.rules import Instalment, Paid, Waived, age
from collector.strategy.rules import Authority, TermsPolicy
from collector.terms.rules import (
    MOVES,
    Done,
    Line,
    Parts,
    TermsKind,
    TermsState,
    check_asked,
    completed,
    extended,
    in_scope,
    kept_lines,
    months_after,
    move_terms,
    parts_left,
    reduction,
    restructured,
    settled,
    waive,
    who_may,
    why_not_approve,
)

TODAY = date(2026, 5, 20)
POLICY = TermsPolicy()
TOLD, LAST = date(2026, 5, 20), date(2026, 5, 29)
SUMS = st.integers(0, 10**12)
PARTS = st.builds(Parts, SUMS, SUMS, SUMS, SUMS)


@st.composite
def schedules(draw: st.DrawFn) -> list[Line]:
    """Instalments whose components may be known, in part or not at all."""
    known = st.none() | st.integers(0, 10_000)
    sums = draw(st.lists(st.tuples(st.integers(0, 10_000), known, known, known), min_size=1, max_size=8))
    return [
        Line(number, date(2026, 1, 10) + timedelta(days=30 * number), *parts) for number, parts in enumerate(sums, 1)
    ]


# --- components ---


@given(PARTS, st.data())
def test_what_is_waived_sums_exactly_and_keeps_the_order(owed: Parts, data: st.DataObject) -> None:
    amount = data.draw(st.integers(0, owed.total))
    waived = waive(owed, amount)
    assert waived.total == amount
    assert owed.less(waived).total + waived.total == owed.total
    assert all(0 <= up <= have for up, have in zip(waived, owed, strict=True))
    for at in range(3):
        later = sum(waived[at + 1 :])
        assert waived[at] == owed[at] or not later, "a later component is given up only once the earlier is gone"


@pytest.mark.parametrize(
    ("amount", "waived"),
    [
        pytest.param(0, Parts(), id="nothing"),
        pytest.param(30, Parts(30), id="part of the penalty"),
        pytest.param(120, Parts(100, 20), id="the penalty and a part of the fees"),
        pytest.param(170, Parts(100, 50, 20), id="interest third"),
        pytest.param(1_250, Parts(100, 50, 80, 1_020), id="principal last"),
        pytest.param(2_230, Parts(100, 50, 80, 2_000), id="everything"),
    ],
)
def test_penalty_first_principal_last(amount: int, waived: Parts) -> None:
    assert waive(Parts(100, 50, 80, 2_000), amount) == waived


@pytest.mark.parametrize("amount", [-1, 2_231])
def test_more_than_is_owed_is_never_waived(amount: int) -> None:
    with pytest.raises(BadInput):
        waive(Parts(100, 50, 80, 2_000), amount)


@given(schedules(), st.integers(0, 100_000), st.integers(0, 1_000))
def test_what_is_left_is_the_schedule_less_what_lowers_it(lines: list[Line], lowered: int, penalty: int) -> None:
    left = parts_left(lines, lowered, penalty)
    assert left.booked == max(sum(line.amount for line in lines) - lowered, 0)
    assert left.penalty == penalty
    assert min(left) >= 0
    for line in lines:
        assert line.parts.total == line.amount


def test_payments_take_fees_then_interest_then_principal_of_the_oldest() -> None:
    lines = [
        Line(1, date(2026, 4, 10), 1_000, principal=800, interest=150, fee=50),
        Line(2, date(2026, 5, 10), 1_000, principal=900, interest=100, fee=None),
    ]
    assert parts_left(lines, 0) == Parts(0, 50, 250, 1_700)
    assert parts_left(lines, 120) == Parts(0, 0, 180, 1_700)
    assert parts_left(lines, 1_050) == Parts(0, 0, 50, 900)


def test_what_the_book_does_not_say_is_principal() -> None:
    assert Line(1, TODAY, 1_000).parts == Parts(0, 0, 0, 1_000)
    assert Line(1, TODAY, 1_000, None, 100, 30).parts == Parts(0, 30, 100, 870)
    assert Line(1, TODAY, 100, 0, 90, 30).parts == Parts(0, 30, 70, 0), "never more than the amount"


# --- one total, one day ---


def test_a_reduction_says_what_is_given_up_for_the_total() -> None:
    asked = reduction(Parts(0, 50, 250, 1_700), 1_600, TODAY, date(2026, 6, 1), POLICY)
    assert asked.waived == Parts(0, 50, 250, 100)
    assert asked.total + asked.waived.total == asked.owed.total


@pytest.mark.parametrize(
    ("owed", "total", "due_on", "why"),
    [
        pytest.param(Parts(), 0, TODAY, "nothing is owed", id="nothing owed"),
        pytest.param(Parts(0, 0, 0, 10), -1, TODAY, "0 or more", id="less than nothing"),
        pytest.param(Parts(0, 0, 0, 10), 10, TODAY, "nothing would be waived", id="all of it"),
        pytest.param(Parts(0, 0, 0, 10), 5, TODAY - timedelta(1), "choose a day", id="yesterday"),
        pytest.param(Parts(0, 0, 0, 10), 5, TODAY + timedelta(32), "31 days", id="too far ahead"),
    ],
)
def test_a_reduction_that_is_none_says_why(owed: Parts, total: int, due_on: date, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        reduction(owed, total, TODAY, due_on, POLICY)


def test_a_waiver_is_of_what_falls_due_by_the_day_a_settlement_of_all() -> None:
    lines = [Line(number, months_after(date(2026, 4, 10), number), 100) for number in range(4)]
    day = date(2026, 6, 1)
    assert [line.number for line in in_scope(TermsKind.waiver, lines, day)] == [0, 1]
    assert len(in_scope(TermsKind.settlement, lines, day)) == 4


@pytest.mark.parametrize(
    ("paid", "covered", "state"),
    [
        pytest.param(0, False, TermsState.offered, id="open"),
        pytest.param(999, False, TermsState.offered, id="a cent short"),
        pytest.param(1_000, False, TermsState.fulfilled, id="paid before the day is over"),
        pytest.param(1_000, True, TermsState.fulfilled, id="paid, and the day is over"),
        pytest.param(999, True, TermsState.lapsed, id="a cent short, and the day is over"),
    ],
)
def test_an_offer_is_fulfilled_by_its_total_and_lapses_without(paid: int, covered: bool, state: TermsState) -> None:
    payments = [(TOLD - timedelta(days=9), 500), (TOLD, paid)]
    assert settled(completed(1_000, 500, payments, LAST, TOLD), covered) is state


@pytest.mark.parametrize(
    ("total", "paid_before", "payments", "done"),
    [
        pytest.param(1_000, 0, [(21, 600), (25, 400), (26, 7)], Done(date(2026, 5, 25), 1_000), id="the last of it"),
        pytest.param(1_000, 0, [(21, 600), (30, 400)], None, id="after the day"),
        pytest.param(1_000, 500, [(1, 300), (25, 1_000)], None, id="of what was taken back that much more is missing"),
        pytest.param(1_000, 500, [(1, 300), (25, 1_200)], Done(date(2026, 5, 25), 1_500), id="and it was paid"),
        pytest.param(1_000, 0, [(10, 1_000)], Done(TOLD, 1_000), id="paid before it was told, known after"),
        pytest.param(0, 0, [], Done(TOLD, 0), id="nothing is asked for"),
    ],
)
def test_a_total_is_complete_with_one_payment(
    total: int, paid_before: int, payments: list[tuple[int, int]], done: Done | None
) -> None:
    made = [(date(2026, 5, day), amount) for day, amount in payments]
    assert completed(total, paid_before, made, LAST, TOLD) == done


# --- the book with a waiver ---

AMOUNTS = st.lists(st.integers(1, 5_000), min_size=1, max_size=6)


@given(AMOUNTS, st.lists(st.integers(1, 3_000), max_size=4), st.data())
def test_a_waiver_of_the_rest_settles_and_taken_back_restores_exactly(
    amounts: list[int], payments: list[int], data: st.DataObject
) -> None:
    schedule = [Instalment(months_after(date(2026, 1, 10), at), amount) for at, amount in enumerate(amounts)]
    paid = [Paid(date(2026, 2, 1) + timedelta(at), amount) for at, amount in enumerate(payments)]
    before = age(schedule, paid, 0, TODAY)
    waived = data.draw(st.integers(0, before.owed))
    standing, ended = Waived(TODAY, waived), Waived(TODAY, waived, TODAY)
    during = age(schedule, paid, 0, TODAY, [standing])
    assert during.owed == before.owed - waived
    assert during.overpaid == before.overpaid
    assert during.last_paid_on == before.last_paid_on, "a waiver is no payment: it moves no limitation"
    assert age(schedule, paid, 0, TODAY, [ended]) == before
    assert (
        age(schedule, paid, 0, TODAY - timedelta(1), [standing]).owed
        == age(schedule, paid, 0, TODAY - timedelta(1)).owed
    ), "the day before it knows nothing of it"
    if waived == before.owed and before.owed:
        assert during.settled_on is not None
        assert during.oldest_unpaid_due is None


def test_a_waiver_dated_ahead_or_ending_turns_the_answer_on_its_day() -> None:
    schedule = [Instalment(date(2026, 5, 10), 100)]
    ahead = age(schedule, [], 0, TODAY, [Waived(TODAY + timedelta(3), 100, TODAY + timedelta(9))])
    assert ahead.fresh_until == TODAY + timedelta(3)
    assert (
        age(schedule, [], 0, TODAY + timedelta(3), [Waived(TODAY + timedelta(3), 100, TODAY + timedelta(9))]).owed == 0
    )


# --- schedules ---


@given(schedules(), st.integers(0, 100_000), st.integers(1, 36), st.integers(0, 5_000))
def test_another_schedule_asks_for_what_was_owed_and_agreed_interest_and_no_cent_more(
    lines: list[Line], lowered: int, count: int, interest: int
) -> None:
    owed = parts_left(lines, lowered)
    if not owed.total:
        with pytest.raises(Conflict):
            restructured(lines, lowered, count, TODAY + timedelta(1), TODAY, interest)
        return
    after = restructured(lines, lowered, count, TODAY + timedelta(1), TODAY, interest)
    kept, left = kept_lines(lines, lowered)
    assert left == owed
    assert sum(line.amount for line in kept) == min(lowered, sum(line.amount for line in lines))
    assert sum(line.amount for line in after) - lowered == owed.total + interest
    assert parts_left(after, lowered).total == owed.total + interest
    assert sum(line.principal or 0 for line in after[len(kept) :]) == owed.principal
    assert len({line.number for line in after}) == len(after)
    assert [line.due_on for line in after[len(kept) :]] == sorted(line.due_on for line in after[len(kept) :])


@given(schedules(), st.integers(1, 400), st.integers(0, 5_000))
def test_an_extension_moves_the_last_day_and_nothing_else(lines: list[Line], days: int, interest: int) -> None:
    last = max(line.due_on for line in lines)
    after = extended(lines, last + timedelta(days), interest)
    assert sum(line.amount for line in after) == sum(line.amount for line in lines) + interest
    assert max(line.due_on for line in after) == last + timedelta(days)
    assert [line for line in after if line.due_on < last] == [line for line in lines if line.due_on < last]
    assert all(line.parts.total == line.amount for line in after)


@pytest.mark.parametrize(
    ("today", "asks"),
    [
        pytest.param(date(2026, 5, 1), True, id="30 days before"),
        pytest.param(date(2026, 5, 2), False, id="29 days before"),
        pytest.param(date(2026, 6, 1), False, id="after maturity"),
    ],
)
def test_an_extension_is_asked_for_in_time(today: date, asks: bool) -> None:
    if asks:
        check_asked(today, date(2026, 5, 31), 30)
    else:
        with pytest.raises(Conflict, match="here by 2026-05-01"):
            check_asked(today, date(2026, 5, 31), 30)


@pytest.mark.parametrize(
    ("until", "interest", "why"),
    [
        pytest.param(date(2026, 5, 10), 0, "after the present maturity", id="not later"),
        pytest.param(date(2026, 6, 10), -1, "0 or more", id="negative interest"),
    ],
)
def test_an_extension_that_is_none(until: date, interest: int, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        extended([Line(1, date(2026, 5, 10), 100)], until, interest)


@pytest.mark.parametrize(
    ("day", "months", "after"),
    [
        pytest.param(date(2026, 1, 31), 1, date(2026, 2, 28), id="short month"),
        pytest.param(date(2027, 12, 31), 2, date(2028, 2, 29), id="leap year"),
        pytest.param(date(2026, 11, 15), 13, date(2027, 12, 15), id="over two new years"),
    ],
)
def test_the_same_day_of_a_later_month(day: date, months: int, after: date) -> None:
    assert months_after(day, months) == after


# --- who agrees, and how terms move ---


@pytest.mark.parametrize(
    ("waived", "roles"),
    [
        pytest.param(Parts(100, 50), {"supervisor", "legal", "admin"}, id="penalty and fees"),
        pytest.param(Parts(100, 50, 40), {"supervisor", "legal", "admin"}, id="half of the interest"),
        pytest.param(Parts(100, 50, 41), {"legal", "admin"}, id="more than half of the interest"),
        pytest.param(Parts(100, 50, 80, 600), {"legal", "admin"}, id="a third of the principal"),
        pytest.param(Parts(100, 50, 80, 601), {"admin"}, id="more of the principal"),
    ],
)
def test_authority_reaches_by_component(waived: Parts, roles: set[str]) -> None:
    owed = Parts(100, 50, 80, 2_000)
    assert who_may(TermsKind.settlement, owed, waived, POLICY) == {Role(name) for name in roles}


def test_authority_reaches_up_to_an_amount() -> None:
    policy = TermsPolicy(authority=(Authority(Role.supervisor, amount=100), Authority(Role.admin, Decimal("0.5"))))
    assert who_may(TermsKind.waiver, Parts(200), Parts(100), policy) == {Role.supervisor, Role.admin}
    assert who_may(TermsKind.waiver, Parts(200), Parts(101), policy) == set(), "nobody's reaches that far"


@pytest.mark.parametrize(
    ("roles", "checker", "said"),
    [
        pytest.param({Role.supervisor}, 7, None, id="outside"),
        pytest.param({Role.supervisor}, 1, "outside its team", id="the owner"),
        pytest.param({Role.supervisor}, 2, "outside its team", id="the stand-in"),
        pytest.param({Role.agent}, 7, "does not reach", id="no authority"),
        pytest.param({Role.supervisor}, None, None, id="the command line"),
    ],
)
def test_whoever_holds_the_account_does_not_agree(roles: set[Role], checker: int | None, said: str | None) -> None:
    why = why_not_approve(roles, {Role.supervisor, Role.admin}, checker, (1, 2))
    assert why is None if said is None else said in (why or "")


def test_nobody_of_the_team_agrees() -> None:
    supervisor = {Role.supervisor}
    assert "outside it" in (why_not_approve(supervisor, supervisor, 7, (1, 2), {"first"}) or "")
    assert why_not_approve(supervisor, supervisor, 7, (1, 2), ()) is None


@pytest.mark.parametrize("before", list(TermsState))
@pytest.mark.parametrize("after", list(TermsState))
def test_terms_move_forward_only(before: TermsState, after: TermsState) -> None:
    if after in MOVES[before]:
        assert move_terms(before, after) is after
    else:
        with pytest.raises(Conflict, match=f"are {before.replace('_', ' ')}"):
            move_terms(before, after)


def test_nothing_is_offered_that_was_not_approved_and_what_ended_stays_ended() -> None:
    reached = [before for before, after in MOVES.items() if TermsState.offered in after]
    assert set(reached) == {TermsState.approved, TermsState.fulfilled}
    for state in (TermsState.withdrawn, TermsState.rejected):
        assert not MOVES[state]
    assert MOVES[TermsState.lapsed] == {TermsState.fulfilled}, "only by a payment that was made in time"

"""The balance to the day: published examples, an independent calculation, and what holds for any account."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import claim_terms, days, given_up, instalments_in_parts, money_received

from collector.law.rules import CapStep, ClaimPart, DayCount, Sweep
from collector.portfolio.rules import Instalment, Paid, Waived, age
from collector.portfolio.rules.balance import (
    Accruing,
    Gap,
    Given,
    RateStep,
    Received,
    Scheduled,
    Statement,
    Terms,
    balance,
    days_between,
    half_up,
)

ORDER = (ClaimPart.fee, ClaimPart.penalty, ClaimPart.interest, ClaimPart.unsplit, ClaimPart.principal)
MAY = date(2026, 5, 10)


def terms(penalty: str | None = "18", **more: object) -> Terms:
    rate = Fraction(penalty) if penalty else None
    plain = {
        "day_count": DayCount.actual_360,
        "order": ORDER,
        "sweep": Sweep.instalments,
        "penalty_on": (ClaimPart.principal,),
        "rates": (RateStep(date(2020, 1, 1), Fraction(12), rate),),
    }
    return Terms(**{**plain, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("first", "end", "expected"),
    [
        pytest.param("2007-01-15", "2007-01-30", 15, id="in a month"),
        pytest.param("2007-01-15", "2007-02-15", 30, id="a month"),
        pytest.param("2007-01-15", "2007-07-15", 180, id="half a year"),
        pytest.param("2007-09-30", "2008-03-31", 180, id="to a 31st"),
        pytest.param("2007-09-30", "2007-10-31", 30, id="a month to a 31st"),
        pytest.param("2007-09-30", "2008-09-30", 360, id="a year"),
        pytest.param("2007-01-15", "2007-01-31", 15, id="the 31st is the 30th"),
        pytest.param("2007-01-31", "2007-02-28", 28, id="from a 31st"),
        pytest.param("2007-02-28", "2007-03-31", 32, id="from the end of February"),
        pytest.param("2006-08-31", "2007-02-28", 178, id="to the end of February"),
        pytest.param("2007-02-28", "2007-08-31", 182, id="from February to a 31st"),
        pytest.param("2007-02-26", "2008-02-29", 363, id="over a leap day"),
    ],
)
def test_thirty_days_a_month_counts_as_the_published_table_does(first: str, end: str, expected: int) -> None:
    """The 30E/360 column of ISDA's table of examples."""
    found = days_between(date.fromisoformat(first), date.fromisoformat(end), DayCount.thirty_360)
    assert found == expected


@given(days(900), days(900), days(900), st.sampled_from(DayCount))
def test_a_stretch_cut_in_two_has_the_same_days(one: date, two: date, three: date, count: DayCount) -> None:
    first, cut, end = sorted([one, two, three])
    assert days_between(first, cut, count) + days_between(cut, end, count) == days_between(first, end, count)


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        pytest.param(DayCount.actual_360, 100_00, id="the sixty-day rule: six percent over sixty days is one percent"),
        pytest.param(DayCount.actual_365, 98_63, id="exact interest on the same note"),
    ],
)
def test_ordinary_and_exact_interest_of_the_textbooks(count: DayCount, expected: int) -> None:
    """10,000 at 6 % for 60 days: ordinary interest 100.00, exact interest 98.63."""
    lent = [Scheduled(1, MAY, 10_000_00, 10_000_00, 0, 0)]
    found = balance(lent, [], terms("6", day_count=count), MAY + timedelta(days=60))
    assert found.left(ClaimPart.penalty) == expected
    assert found.total == 10_000_00 + expected


def test_a_part_payment_goes_to_interest_before_principal() -> None:
    """The United States Rule (Story v. Livingston, 1839): each payment pays the interest to its day first, the rest
    lowers the principal. 10,000 at 8 % of 360 days: 2,000 after 30 days, 3,000 after 75, the rest after 120."""
    lent = [Scheduled(1, MAY, 10_000_00, 10_000_00, 0, 0)]
    made = [Received(MAY + timedelta(days=30), 2_000_00, "a"), Received(MAY + timedelta(days=75), 3_000_00, "b")]
    found = balance(lent, made, terms("8"), MAY + timedelta(days=120))
    assert [line.amount for line in found.accruals] == [66_67, 80_67, 51_47]
    assert [line.base for line in found.accruals] == [10_000_00, 8_066_67, 5_147_34]
    assert found.total == 5_198_81


def by_the_day(
    lent: Sequence[Scheduled], made: Sequence[Received], percent: Decimal, as_of: date
) -> tuple[Decimal, Decimal]:
    """What a spreadsheet with a row a day says: principal and penalty left, nothing rounded before the end."""
    principal = {line.number: Decimal(line.principal or 0) for line in lent}
    interest = {line.number: Decimal(line.interest or 0) for line in lent}
    penalty = {line.number: Decimal(0) for line in lent}
    day = min(line.due_on for line in lent)
    while day <= as_of:
        for payment in (one for one in made if one.on == day):
            left = Decimal(payment.amount)
            for line in sorted(lent, key=lambda one: one.due_on):
                for column in (penalty, interest, principal):
                    paid = min(left, column[line.number])
                    column[line.number] -= paid
                    left -= paid
        for line in lent:
            if line.due_on <= day < as_of:
                penalty[line.number] += principal[line.number] * percent / 100 / 360
        day += timedelta(days=1)
    return sum(principal.values(), Decimal()), sum(penalty.values(), Decimal())


@given(st.data())
def test_it_agrees_with_a_row_a_day(data: st.DataObject) -> None:
    """Each line is rounded once, so the two may differ by half a cent for each line there is, and by no more."""
    lines = data.draw(instalments_in_parts().filter(lambda rows: all(row.principal is not None for row in rows)))
    lent = [one._replace(fee=0, amount=(one.principal or 0) + (one.interest or 0)) for one in lines]
    made = [one for one in data.draw(money_received()) if one.on >= min(line.due_on for line in lent)]
    as_of = data.draw(days(160))
    found = balance(lent, made, terms("18.25"), as_of)
    principal, penalty = by_the_day(lent, made, Decimal("18.25"), as_of)
    if as_of < min(line.due_on for line in lent):
        return
    room = Decimal(len(found.accruals)) / 2 * Decimal("1.01") + Decimal("0.01")  # an early cent carries penalty itself
    assert abs(found.left(ClaimPart.principal) + found.left(ClaimPart.penalty) - principal - penalty) <= room


@given(instalments_in_parts(), money_received(), claim_terms(), days(160), given_up())
def test_the_sum_is_exact_and_leads_to_the_ledger(
    lent: list[Scheduled], made: list[Received], by: Terms, as_of: date, off: list[Given]
) -> None:
    found = balance(lent, made, by, as_of, off)
    counted = [one for one in made if one.on <= as_of]
    lines, paid_on = [Instalment(one.due_on, one.amount) for one in lent], [Paid(*one[:2]) for one in counted]
    ledger = age(lines, paid_on, 0, as_of, [Waived(one.on, one.amount) for one in off])
    assert found.bridge.owed == ledger.owed
    assert found.bridge.total == found.total
    assert sum(found.left(part) for part in ClaimPart) == found.total
    parts = [part for one in found.instalments for part in one.parts.values()]
    paid = sum(part.paid for part in parts)
    assert sum(part.asked - part.waived for part in parts) - paid - found.bridge.taken_off == found.total
    assert paid == sum(one.amount for one in found.allocations)
    if not off:
        assert paid + found.bridge.unallocated == sum(one.amount for one in counted)


@given(instalments_in_parts(), money_received(), claim_terms(), days(160), given_up())
def test_no_part_is_ever_negative(
    lent: list[Scheduled], made: list[Received], by: Terms, as_of: date, off: list[Given]
) -> None:
    found = balance(lent, made, by, as_of, off)
    for one in found.instalments:
        for part in one.parts.values():
            assert min(part.asked, part.paid, part.waived, part.taken_off, part.left) >= 0
    assert all(line.days > 0 and line.base > 0 and line.amount >= 0 for line in found.accruals)


@given(instalments_in_parts(), money_received(), claim_terms(), days(160), st.randoms(use_true_random=False))
def test_the_order_of_the_records_means_nothing(
    lent: list[Scheduled], made: list[Received], by: Terms, as_of: date, random: object
) -> None:
    mixed, turned = list(made), list(lent)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    random.shuffle(turned)  # type: ignore[attr-defined]
    assert balance(turned, mixed, by, as_of) == balance(lent, made, by, as_of)


@given(instalments_in_parts(), money_received(), claim_terms(), days(160))
def test_every_line_can_be_computed_again(lent: list[Scheduled], made: list[Received], by: Terms, as_of: date) -> None:
    for line in balance(lent, made, by, as_of).accruals:
        again = Decimal(line.base) * line.days * line.percent.numerator / (100 * line.percent.denominator * line.year)
        assert abs(again - line.amount) <= Decimal("0.5")
        assert line.days == days_between(line.first, line.end, by.day_count)


@given(instalments_in_parts(), money_received(), claim_terms(), days(160))
def test_no_day_is_charged_twice(lent: list[Scheduled], made: list[Received], by: Terms, as_of: date) -> None:
    found = [one for one in balance(lent, made, by, as_of).accruals if one.what is Accruing.penalty]
    for number in {one.number for one in found}:
        mine = sorted((one.first, one.end) for one in found if one.number == number)
        assert all(before[1] <= after[0] for before, after in pairwise(mine))
        assert mine[-1][1] <= as_of


@given(instalments_in_parts(), money_received(), claim_terms(), days(160))
def test_what_is_asked_never_passes_the_cap(
    lent: list[Scheduled], made: list[Received], by: Terms, as_of: date
) -> None:
    found = balance(lent, made, by, as_of)
    if found.allowed is None:
        return
    still = found.cost - found.bridge.taken_off
    assert still <= found.allowed or Gap.paid_over_cap in found.gaps or found.cost <= found.allowed


def story() -> Statement:
    """Two instalments of 1,000 (900 + 80 + 20), 1,050 paid 30 days after the first, looked at 10 days later."""
    lent = [
        Scheduled(1, MAY, 1_000_00, 900_00, 80_00, 20_00),
        Scheduled(2, date(2026, 6, 10), 1_000_00, 900_00, 80_00, 20_00),
    ]
    return balance(lent, [Received(date(2026, 6, 9), 1_050_00, "p")], terms(), date(2026, 6, 20))


def test_a_payment_takes_fees_then_penalty_then_interest_then_principal() -> None:
    told = [(one.number, one.part, one.amount) for one in story().allocations]
    assert told == [
        (1, ClaimPart.fee, 20_00),
        (1, ClaimPart.penalty, 13_50),  # 900 × 18 % × 30 / 360
        (1, ClaimPart.interest, 80_00),
        (1, ClaimPart.principal, 900_00),
        (2, ClaimPart.fee, 20_00),
        (2, ClaimPart.interest, 16_50),
    ]


def test_the_bridge_names_what_stands_on_top_of_the_ledger() -> None:
    found = story()
    assert (found.bridge.owed, found.bridge.penalty) == (950_00, 18_00)  # 13.50, and 900 × 18 % × 10 / 360
    assert found.total == 968_00


def test_what_was_given_up_comes_off_its_part_and_the_ledger() -> None:
    lent = [Scheduled(1, MAY, 1_000_00, 900_00, 80_00, 20_00)]
    off = [Given(MAY + timedelta(days=30), fee=20_00, interest=30_00, penalty=10_00)]
    found = balance(lent, [], terms(), MAY + timedelta(days=40), off)
    assert (found.bridge.owed, found.bridge.penalty, found.bridge.waived_penalty) == (950_00, 18_00, 10_00)
    assert [found.left(part) for part in ORDER] == [0, 8_00, 50_00, 0, 900_00]


def test_parts_first_pays_the_interest_of_every_late_instalment_before_any_principal() -> None:
    lent = [Scheduled(n, MAY + timedelta(days=n), 1_000_00, 900_00, 100_00, 0) for n in (0, 1)]
    by = terms(None, sweep=Sweep.parts)
    found = balance(lent, [Received(MAY + timedelta(days=5), 300_00)], by, MAY + timedelta(days=9))
    assert (found.left(ClaimPart.interest), found.left(ClaimPart.principal)) == (0, 1_700_00)


def test_a_change_of_rate_makes_a_line_of_its_own() -> None:
    rates = (RateStep(date(2026, 1, 1), None, Fraction(18)), RateStep(MAY + timedelta(days=10), None, Fraction(12)))
    found = balance([Scheduled(1, MAY, 900_00, 900_00, 0, 0)], [], terms(rates=rates), MAY + timedelta(days=30))
    assert [(line.days, line.percent, line.amount) for line in found.accruals] == [(10, 18, 4_50), (20, 12, 6_00)]


def test_grace_carries_no_penalty() -> None:
    lent = [Scheduled(1, MAY, 900_00, 900_00, 0, 0)]
    assert balance(lent, [], terms(grace_days=5), MAY + timedelta(days=5)).accruals == ()
    assert balance(lent, [], terms(grace_days=5), MAY + timedelta(days=7)).accruals[0].days == 2


def test_a_rate_above_the_cap_is_lowered_and_names_the_rule() -> None:
    capped = terms("30", caps=(CapStep(date.min, Fraction(24), "CN-CAP-24"),))
    found = balance([Scheduled(1, MAY, 900_00, 900_00, 0, 0)], [], capped, MAY + timedelta(days=30))
    assert [(line.percent, line.rule, line.amount) for line in found.accruals] == [(24, "CN-CAP-24", 18_00)]
    assert Gap.cap_unchecked in found.gaps


def test_interest_fees_and_penalty_together_keep_to_the_cap() -> None:
    """1,200 lent for 30 days with 100 of interest and fees: 24 % allow 24.00; all above is taken off."""
    opened = MAY - timedelta(days=30)
    capped = terms(None, opened_on=opened, caps=(CapStep(date.min, Fraction(24), "CN-CAP-24"),))
    found = balance([Scheduled(1, MAY, 1_300_00, 1_200_00, 60_00, 40_00)], [], capped, MAY)
    assert (found.allowed, found.cost, found.bridge.taken_off, found.total) == (24_00, 100_00, 76_00, 1_224_00)
    assert (found.left(ClaimPart.fee), found.left(ClaimPart.interest)) == (0, 24_00)


def test_a_called_loan_asks_for_the_days_that_were_used() -> None:
    """Two of 1,000 (900 + 100) to come; called 15 days after the last due date at 12 %: 900 × 12 % × 15 / 360 each."""
    lent = [Scheduled(n, MAY + timedelta(days=30 * n), 1_000_00, 900_00, 100_00, 0) for n in (0, 1, 2)]
    called = MAY + timedelta(days=15)
    found = balance(lent, [Received(MAY, 1_000_00)], terms(called_on=called), called)
    assert [(line.what, line.amount) for line in found.accruals] == [(Accruing.running, 4_50)] * 2
    assert (found.bridge.owed, found.bridge.dropped, found.bridge.running) == (2_000_00, 200_00, 9_00)
    assert found.total == found.due == 1_809_00


def test_instalments_without_parts_carry_no_penalty_and_say_so() -> None:
    found = balance([Scheduled(1, MAY, 900_00)], [], terms(), MAY + timedelta(days=90))
    assert (found.total, found.accruals, found.gaps) == (900_00, (), (Gap.unsplit,))


@given(st.integers(0, 10**9), st.integers(1, 10**6))
def test_one_rounding_a_half_goes_up(top: int, bottom: int) -> None:
    by_decimal = (Decimal(top) / Decimal(bottom)).quantize(Decimal(1), ROUND_HALF_UP)
    assert half_up(Fraction(top, bottom)) == by_decimal

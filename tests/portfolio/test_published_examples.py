"""The balance to the day against worked examples that others published: their figures, and where they stand.

Each is a sum that is due on a day and bears interest at one rate until it is paid, which is what penalty on an
instalment is here. An example counts up to where its own arithmetic holds.
"""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest

from collector.law.rules import ClaimPart, DayCount, Sweep
from collector.portfolio.rules.balance import RateStep, Received, Scheduled, Terms, balance

INTEREST_FIRST = (ClaimPart.fee, ClaimPart.penalty, ClaimPart.interest, ClaimPart.unsplit, ClaimPart.principal)


def terms(percent: str, count: DayCount) -> Terms:
    return Terms(
        day_count=count,
        order=INTEREST_FIRST,
        sweep=Sweep.instalments,
        penalty_on=(ClaimPart.principal,),
        rates=(RateStep(date.min, None, Fraction(percent)),),
    )


@pytest.mark.parametrize(
    ("principal", "percent", "count", "days", "interest"),
    [
        # danielssilverman.co.uk/interest.php: 1,000 pounds, 12 % a year, 30 days late, year of 365 days.
        pytest.param(1_000_00, "12", DayCount.actual_365, 30, 9_86, id="commercial debt, 30 days"),
        # homeworksource.com/p/1106313: 8,000 dollars at 4 % from 22 March to 30 August, year of 365 days.
        pytest.param(8_000_00, "4", DayCount.actual_365, 161, 141_15, id="a note, 161 days"),
        # tools.gera.services/late-payment-interest-calculator: 12,000 pounds, 13 %, daily "about 4.27", one day.
        pytest.param(12_000_00, "13", DayCount.actual_365, 1, 4_27, id="one day"),
    ],
)
def test_interest_of_published_examples(
    principal: int, percent: str, count: DayCount, days: int, interest: int
) -> None:
    due = date(2026, 3, 22)
    found = balance([Scheduled(1, due, principal, principal)], [], terms(percent, count), due + timedelta(days=days))
    assert found.left(ClaimPart.penalty) == interest
    assert found.total == principal + interest


def test_a_partial_payment_by_the_united_states_rule() -> None:
    """homeworksource.com/p/1106313: of 5,000 dollars paid on 30 August 141.15 is interest, and 3,141.15 is left. (Its
    last line takes 3,141.5 by a slip, so the sum at maturity is reckoned here on what it says before.)"""
    note = Scheduled(1, date(2026, 3, 22), 8_000_00, 8_000_00)
    paid = Received(date(2026, 8, 30), 5_000_00)
    on_the_day = balance([note], [paid], terms("4", DayCount.actual_365), date(2026, 8, 30))
    went = {one.part: one.amount for one in on_the_day.allocations}
    assert went == {ClaimPart.penalty: 141_15, ClaimPart.principal: 4_858_85}
    assert on_the_day.total == 3_141_15
    at_maturity = balance([note], [paid], terms("4", DayCount.actual_365), date(2026, 12, 5))
    [_, last] = at_maturity.accruals
    assert (last.days, last.base) == (97, 3_141_15)


@pytest.mark.parametrize(
    ("base", "days", "interest"),
    [
        # 523it.com/faluzixun/16309.html: principal 1,000,000 and costs 30,000, 35 days.
        pytest.param(1_030_000_00, 35, 6_308_75, id="the judgment of an explanation"),
        pytest.param(10_000_00, 100, 175_00, id="the rule itself"),
    ],
)
def test_the_doubled_part_of_interest_on_a_judgment(base: int, days: int, interest: int) -> None:
    """法释〔2014〕8号 第1条: what is unpaid × 0.0175 % a day × days; 0.0175 % a day is 6.3 % of a year of 360 days, so
    neither way of writing it rounds otherwise."""
    assert Fraction(base) * Fraction("0.000175") * days == interest
    due = date(2026, 2, 10)
    found = balance([Scheduled(1, due, base, base)], [], terms("6.3", DayCount.actual_360), due + timedelta(days=days))
    assert found.left(ClaimPart.penalty) == interest

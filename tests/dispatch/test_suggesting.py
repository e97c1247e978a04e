"""The day and amount a message speaks of. Today is Wednesday, 13 May 2026; pay day is the 15th."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.dispatch.rules.suggesting import FURTHEST, suggest

TODAY = date(2026, 5, 13)


@pytest.mark.parametrize(
    ("text", "day", "amount"),
    [
        pytest.param("will pay on Friday", "2026-05-15", None, id="weekday"),
        pytest.param("will pay on Wednesday", "2026-05-20", None, id="today's weekday is the coming one"),
        pytest.param("next Friday I pay $1,200.50", "2026-05-22", "1200.50", id="next week's"),
        pytest.param("周五还", "2026-05-15", None, id="周五"),
        pytest.param("下周五还2000元", "2026-05-22", "2000", id="下周五"),
        pytest.param("15号还", "2026-05-15", None, id="15号"),
        pytest.param("10号还500", "2026-06-10", "500", id="a number that is past: next month"),
        pytest.param("下个月5号还一千二百块", "2026-06-05", "1200", id="next month, written number"),
        pytest.param("５月２０日还", "2026-05-20", None, id="full width"),
        pytest.param("after pay day", "2026-05-16", None, id="after pay day"),
        pytest.param("发工资就还", "2026-05-15", None, id="on pay day"),
        pytest.param("tomorrow 300 dollars", "2026-05-14", "300", id="tomorrow"),
        pytest.param("大后天转你", "2026-05-16", None, id="大后天"),
        pytest.param("I can pay 50 on the 20th", "2026-05-20", "50", id="the 20th"),
        pytest.param("on June 3rd", "2026-06-03", None, id="english date"),
        pytest.param("3 June", "2026-06-03", None, id="british date"),
        pytest.param("in two weeks", "2026-05-27", None, id="in weeks"),
        pytest.param("三天后还1.5万", "2026-05-16", "15000", id="days, 万"),
        pytest.param("end of the month", "2026-05-31", None, id="end of month"),
        pytest.param("31号还", "2026-05-31", None, id="31"),
        pytest.param("2026-05-30 pay 2k", "2026-05-30", "2000", id="iso, k"),
        pytest.param("2026-02-31", None, None, id="no such day"),
        pytest.param("05/06", None, None, id="two meanings"),
        pytest.param("next week maybe", None, None, id="no exact day"),
        pytest.param("on May 1st", None, None, id="past: a year away is not meant"),
        pytest.param("我的号码13812340001", None, None, id="a telephone number"),
        pytest.param("99999999999999号", None, None, id="long number"),
        pytest.param("", None, None, id="nothing"),
    ],
)
def test_what_a_message_suggests(text: str, day: str | None, amount: str | None) -> None:
    found = suggest(text, TODAY, payday=15)
    assert found.day == (date.fromisoformat(day) if day else None)
    assert found.amount == (Decimal(amount) if amount else None)


def test_an_unknown_pay_day_is_not_guessed() -> None:
    assert suggest("after pay day", TODAY).day is None


@given(
    st.text("0123456789.,-/号日月周五元块万千百十一二三tomorrowfridaypay $k ", max_size=60),
    st.dates(date(2024, 1, 1), date(2030, 12, 31)),
)
def test_whatever_is_written_the_day_is_soon_and_the_amount_positive(text: str, today: date) -> None:
    found = suggest(text, today, payday=31)
    assert found.day is None or today <= found.day <= today + FURTHEST
    assert found.amount is None or found.amount > 0

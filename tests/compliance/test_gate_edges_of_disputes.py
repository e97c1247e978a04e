"""The edges of disputes and of the validation notice: which time counts, whose answer, for which debts."""

from __future__ import annotations

from typing import Any

import pytest
from gate_asking import contact, person, second

from collector.compliance.rules import Contact, Purpose
from collector.compliance.rules.case import Case, Setting
from collector.compliance.rules.disputes import Dispute, Validation, dispute, validation
from collector.compliance.rules.verdict import Finding
from collector.facts.rules import Event, Kind, Mark, Standing
from collector.history.rules import Direction

COASTS = ("America/New_York", "America/Los_Angeles")
NOON = second("2026-05-13T12:00-04:00")
DAY = 86400
FOUND = Finding("the debt is disputed and the dispute is not answered")


def case(*events: Event, standing: tuple[Standing, ...] = (), asked: Contact | None = None, at: int = NOON) -> Case:
    return Case(asked or contact(), person(*events, standing=standing, zones=COASTS), Setting("agency", (), "US"), at)


def disputed(at: int = NOON - DAY, **more: Any) -> Standing:
    return Standing(Mark.dispute, at, **more)


def answered(at: int = NOON - 60, **more: Any) -> Standing:
    return Standing(Mark.verification_sent, at, **more)


@pytest.mark.parametrize(
    ("standing", "debts", "found"),
    [
        pytest.param([disputed()], (1,), FOUND, id="not answered"),
        pytest.param([disputed(debts=(2,))], (1,), None, id="another debt"),
        pytest.param([disputed(until=NOON + 5)], (1,), FOUND._replace(until=NOON + 5), id="for a while"),
        pytest.param(
            [disputed(until=NOON + 5), disputed(until=NOON + 9)], (1,), FOUND._replace(until=NOON + 9), id="the later"
        ),
        pytest.param([disputed(until=NOON + 5), disputed()], (1,), FOUND, id="one without an end"),
        pytest.param([disputed(), answered()], (1,), None, id="answered"),
        pytest.param([disputed(), answered(NOON - DAY)], (1,), None, id="answered in the same second"),
        pytest.param([disputed(), answered(NOON - DAY - 1)], (1,), FOUND, id="answered before"),
        pytest.param([disputed(), answered(), answered(NOON - 2 * DAY)], (1,), None, id="answered before, and since"),
        pytest.param([disputed(), answered(debts=(1,))], (1,), None, id="answered for this debt"),
        pytest.param([disputed(), answered(debts=(2,))], (1,), FOUND, id="answered for another"),
        pytest.param([disputed(), answered(debts=(1,))], (1, 2), FOUND, id="answered for one of two"),
        pytest.param([disputed(debts=(1, 2)), answered(debts=(1,))], (1,), None, id="for the one we ask about"),
        pytest.param([disputed(debts=(1, 2)), answered(debts=(1,))], (), FOUND, id="for one, and we name none"),
        pytest.param([disputed(debts=(1,)), answered(debts=(1,))], (), None, id="for that one, and we name none"),
        pytest.param([disputed(debts=(1,)), answered(debts=(1,))], (1, 2), None, id="for the one disputed"),
        pytest.param([disputed(), answered(debts=(1,))], (), FOUND, id="all disputed, one answered, and we name none"),
        pytest.param([disputed(), answered(debts=(1,)), answered(debts=(2,))], (1, 2), None, id="each by itself"),
        pytest.param([disputed(collector=1), answered(collector=1)], (1,), None, id="by whom it was disputed with"),
        pytest.param([disputed(collector=1), answered(collector=2)], (1,), FOUND, id="by somebody else"),
        pytest.param([disputed(collector=1), answered()], (1,), None, id="by nobody knows whom"),
        pytest.param([disputed(), answered(collector=2)], (1,), None, id="disputed with nobody knows whom"),
        pytest.param(
            [disputed(), answered(NOON - 3 * DAY, collector=1), answered(collector=2)],
            (1,),
            None,
            id="the latest",
        ),
        pytest.param(
            [disputed(collector=1), answered(collector=1), answered(NOON - 3 * DAY)], (1,), None, id="the later of two"
        ),
    ],
)
def test_an_answer_to_a_dispute(standing: list[Standing], debts: tuple[int, ...], found: Finding | None) -> None:
    assert dispute(Dispute(), case(standing=tuple(standing), asked=contact(debts=debts))) == found
    for purpose in (Purpose.opt_out_confirmation, Purpose.closing_notice):
        asked = contact(debts=debts, purpose=purpose)
        assert dispute(Dispute(), case(standing=tuple(standing), asked=asked)) is None


def notice(at: str = "2026-04-01T12:00-04:00", **more: Any) -> Standing:
    return Standing(Mark.validation_notice, second(at), **more)


ENDS = "2026-05-02T00:00-07:00"
"""One business day after Wednesday 1 April, the 2nd, and 29 days: over when the 1st of May is, in the west."""
PERIOD = Dispute(days=29, receipt_days=1)


@pytest.mark.parametrize(
    ("notices", "in_time", "late"),
    [
        pytest.param([notice()], -1, 0, id="the last second, and the next"),
        pytest.param([notice(), notice("2026-03-02T12:00-05:00")], -1, 0, id="the latest notice"),
        pytest.param([notice(collector=1)], -1, 0, id="our notice"),
        pytest.param([notice(debts=(1,))], -1, 0, id="for this debt"),
        pytest.param([], 9 * DAY, None, id="no notice: never late"),
        pytest.param([notice(collector=2)], 9 * DAY, None, id="another collector's"),
        pytest.param([notice(debts=(2,))], 9 * DAY, None, id="for another debt"),
    ],
)
def test_the_time_for_a_dispute(notices: list[Standing], in_time: int, late: int | None) -> None:
    for offset, found in ((in_time, FOUND), (late, None)):
        if offset is not None:
            standing = (*notices, disputed(second(ENDS) + offset))
            assert dispute(PERIOD, case(standing=standing)) == found
            assert dispute(Dispute(), case(standing=standing)) == FOUND


def test_of_two_debts_one_in_time_is_enough() -> None:
    late, early = notice("2026-04-20T12:00-04:00", debts=(2,)), notice(debts=(1,))
    asked = contact(debts=(1, 2))
    both = (early, late, disputed(second(ENDS)))
    assert dispute(PERIOD, case(standing=both, asked=asked)) == FOUND
    assert dispute(PERIOD, case(standing=(early, disputed(second(ENDS), debts=(1,))), asked=asked)) is None
    none = contact(debts=())
    assert dispute(PERIOD, case(standing=(notice(), disputed(second(ENDS))), asked=none)) is None
    assert dispute(PERIOD, case(standing=(notice(), disputed(second(ENDS) - 1)), asked=none)) == FOUND


FIRST = second("2026-05-07T12:00-04:00")
DUE = Standing(Mark.validation_due, FIRST - 9 * DAY)
MISSED = Finding("no validation notice within 5 days of the first communication")


def told(kind: Kind = Kind.letter, at: int = FIRST, **more: Any) -> Event:
    return Event(kind, at, **{"debts": (1,), "collector": 1, **more})


@pytest.mark.parametrize(
    ("events", "found"),
    [
        pytest.param([told()], MISSED, id="a letter"),
        pytest.param([told(Kind.sms)], MISSED, id="a text"),
        pytest.param([told(direction=Direction.inbound)], None, id="a letter from the person"),
        pytest.param([told(Kind.conversation, direction=Direction.inbound)], MISSED, id="a talk"),
        pytest.param([told(Kind.call, outcome="right_party")], MISSED, id="a call that was a talk"),
        pytest.param([told(Kind.call, outcome="no_answer")], None, id="a call nobody answered"),
        pytest.param([told(collector=2)], None, id="another collector's"),
        pytest.param([told(debts=(2,))], None, id="about another debt"),
        pytest.param([told(debts=())], MISSED, id="about no debt in particular"),
        pytest.param([told(person=9)], None, id="to somebody else"),
        pytest.param([told(), told(at=NOON)], MISSED, id="the first one counts"),
        pytest.param([], None, id="nothing was told"),
    ],
)
def test_what_makes_the_notice_due(events: list[Event], found: Finding | None) -> None:
    at = second("2026-05-13T00:00-04:00")
    assert validation(Validation(), case(*events, standing=(DUE,), at=at)) == found
    assert validation(Validation(), case(*events, standing=(DUE,), at=at - 1)) is None
    assert validation(Validation(), case(*events, at=at)) is None


@pytest.mark.parametrize(
    ("standing", "asked", "found"),
    [
        pytest.param([DUE], {}, MISSED, id="due"),
        pytest.param([DUE], {"purpose": Purpose.reminder}, MISSED, id="a reminder"),
        pytest.param([DUE], {"purpose": Purpose.closing_notice}, None, id="a closing notice"),
        pytest.param([DUE, notice()], {}, None, id="sent"),
        pytest.param([DUE, notice(debts=(2,))], {}, MISSED, id="sent for another debt"),
        pytest.param([DUE, notice(debts=(1,))], {}, None, id="sent for this debt"),
        pytest.param([DUE, notice(collector=2)], {}, MISSED, id="sent by another"),
        pytest.param([Standing(Mark.validation_due, FIRST, debts=(2,))], {}, None, id="due for another debt"),
        pytest.param([Standing(Mark.validation_due, FIRST, debts=(1, 2))], {}, MISSED, id="due for both"),
    ],
)
def test_when_the_notice_is_missing(standing: list[Standing], asked: dict[str, Any], found: Finding | None) -> None:
    assert validation(Validation(), case(told(), standing=tuple(standing), asked=contact(**asked))) == found

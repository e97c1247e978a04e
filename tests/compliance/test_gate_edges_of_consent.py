"""The edges of consent: from which second until which, given to whom, about what, and what ends it."""

from __future__ import annotations

from typing import Any

import pytest
from gate_asking import contact, person, second

from collector.compliance.rules import Contact, Purpose, Whom
from collector.compliance.rules.case import Case, Setting
from collector.compliance.rules.consent import TextConsent, direct_consents, free_times, is_free, text_consent
from collector.compliance.rules.debts import Bunching, bunching
from collector.compliance.rules.verdict import Finding
from collector.facts.rules import Event, Kind, Mark, Phone, Standing
from collector.history.rules import Channel, Direction

NOON = second("2026-05-13T12:00+02:00")
MIDNIGHT = NOON - 43200
DAY = 86400
OURS = contact(number="+1")


def case(*events: Event, standing: tuple[Standing, ...] = (), asked: Contact = OURS, at: int = NOON) -> Case:
    return Case(asked, person(*events, standing=standing, zones=("Europe/Paris",)), Setting("agency"), at)


def consent(at: int = NOON - DAY, **more: Any) -> Standing:
    return Standing(Mark.consent, at, **more)


@pytest.mark.parametrize(
    ("mark", "counts"),
    [
        pytest.param(consent(), True, id="given"),
        pytest.param(consent(NOON), True, id="this second"),
        pytest.param(consent(NOON + 1), False, id="not yet"),
        pytest.param(consent(until=NOON - 5), True, id="past: it freed past calls"),
        pytest.param(consent(channel=Channel.call), True, id="to be called"),
        pytest.param(consent(channel=Channel.sms), False, id="to be texted"),
        pytest.param(consent(number="+2"), False, id="at another number"),
        pytest.param(consent(collector=2), False, id="to another collector"),
        pytest.param(Standing(Mark.revoked, NOON - DAY), False, id="revoked"),
    ],
)
def test_which_consents_are_direct(mark: Standing, counts: bool) -> None:
    assert direct_consents(case(standing=(mark,))) == ([mark] if counts else [])


def talk(at: int, **more: Any) -> Event:
    return Event(Kind.conversation, at, **{"debts": (1,), "collector": 1, **more})


BEGAN = MIDNIGHT - DAY + 3600
"""One in the morning of the day before."""
OVER = MIDNIGHT + DAY
"""The end of the second day."""


@pytest.mark.parametrize(
    ("more", "events", "ends"),
    [
        pytest.param((), [], OVER, id="two days, the first one included"),
        pytest.param((), [talk(BEGAN + 9)], BEGAN + 9, id="a talk ends it"),
        pytest.param((), [talk(BEGAN + 9), talk(BEGAN + 5)], BEGAN + 5, id="the first talk"),
        pytest.param((), [talk(BEGAN), talk(BEGAN - 1)], OVER, id="talks until then gave it"),
        pytest.param((), [talk(BEGAN + 9, debts=(2,))], OVER, id="a talk about another debt"),
        pytest.param((), [talk(BEGAN + 9, debts=())], BEGAN + 9, id="a talk about no debt in particular"),
        pytest.param((), [talk(BEGAN + 9, collector=2)], OVER, id="a talk with another collector"),
        pytest.param(({},), [], BEGAN + 7, id="revoked"),
        pytest.param(({"at": BEGAN},), [], None, id="revoked in the same second"),
        pytest.param(({"at": BEGAN - 1},), [], OVER, id="revoked before"),
        pytest.param(({}, {"at": BEGAN + 3}), [], BEGAN + 3, id="revoked twice"),
        pytest.param(({"channel": Channel.call},), [], BEGAN + 7, id="calls revoked"),
        pytest.param(({"channel": Channel.sms},), [], OVER, id="texts revoked"),
        pytest.param(({"number": "+2"},), [], OVER, id="another number revoked"),
        pytest.param(({"collector": 2},), [], OVER, id="another collector's revoked"),
        pytest.param(({"debts": (1,)},), [], BEGAN + 7, id="this debt's revoked"),
        pytest.param(({"debts": (2,)},), [], OVER, id="another debt's revoked"),
    ],
)
def test_what_ends_a_consent(more: tuple[dict[str, Any], ...], events: list[Event], ends: int | None) -> None:
    given = consent(BEGAN)
    revoked = tuple(Standing(Mark.revoked, **{"at": BEGAN + 7, **one}) for one in more)
    spans = free_times(2, case(*events, standing=(given, *revoked)), [given], 1)
    assert spans == ([] if ends is None else [(BEGAN, ends)])


def test_a_consent_about_no_debt_is_ended_by_a_talk_about_any() -> None:
    given = consent(BEGAN)
    assert free_times(2, case(talk(BEGAN + 9, debts=(2,)), standing=(given,)), [given], None) == [(BEGAN, BEGAN + 9)]
    revoked = Standing(Mark.revoked, BEGAN + 7, debts=(2,))
    assert free_times(2, case(standing=(given, revoked)), [given], None) == [(BEGAN, BEGAN + 7)]


def test_consents_that_touch_are_one() -> None:
    def spans(*pairs: tuple[int, int]) -> list[tuple[int, int]]:
        given = [consent(at, until=until) for at, until in pairs]
        return free_times(9, case(standing=tuple(given)), given, 1)

    a, b, c, d = (MIDNIGHT + n for n in (10, 20, 30, 40))
    assert spans((a, b), (c, d)) == [(a, b), (c, d)]
    assert spans((a, b), (b, c)) == [(a, c)]
    assert spans((a, c), (b, d)) == [(a, d)]
    assert spans((a, d), (b, c)) == [(a, d)]
    assert spans((c, d), (a, b)) == [(a, b), (c, d)]
    assert spans((a, a)) == []
    assert free_times(9, case(), [consent(a, debts=(2,))], 1) == []
    assert [is_free([(a, b), (c, d)], at) for at in (a - 1, a, b - 1, b, c - 1, c, d - 1, d)] == [
        False, True, True, False, False, True, True, False,
    ]  # fmt: skip


TEXT = contact("sms", number="+1")
RULE = TextConsent(days=2)
FIRST = MIDNIGHT - DAY
"""The first second of the two days."""
SIGN = Event(Kind.sms, FIRST, Direction.inbound, number="+1", collector=1)


@pytest.mark.parametrize(
    ("events", "standing", "verified", "fresh"),
    [
        pytest.param([SIGN], [], None, True, id="a text from there"),
        pytest.param([], [consent(FIRST)], None, True, id="a consent"),
        pytest.param([], [consent(FIRST - 1)], None, False, id="an old consent"),
        pytest.param([], [consent(FIRST - 9), consent(FIRST)], None, True, id="an old consent, renewed"),
        pytest.param([], [consent(NOON)], None, True, id="a consent of this second"),
        pytest.param([], [consent(channel=Channel.sms)], None, True, id="a consent to texts"),
        pytest.param([], [consent(channel=Channel.call)], None, False, id="a consent to calls"),
        pytest.param([], [consent(number="+2")], None, False, id="for another number"),
        pytest.param([], [consent(collector=2)], None, False, id="to another collector"),
        pytest.param([], [consent(FIRST - 9)], FIRST, True, id="old, and checked since"),
        pytest.param([], [consent(FIRST - 9)], NOON, True, id="checked this second"),
        pytest.param([], [consent(FIRST - 9)], NOON + 1, False, id="checked later"),
        pytest.param([], [consent(FIRST - 9)], FIRST - 1, False, id="checked long ago"),
        pytest.param([], [], FIRST, False, id="checked without consent"),
        pytest.param([], [consent(FIRST - 9), Standing(Mark.number_checked, FIRST)], None, True, id="in a base"),
        pytest.param(
            [],
            [consent(FIRST - 9), Standing(Mark.number_checked, FIRST, number="+2")],
            None,
            False,
            id="another",
        ),
        pytest.param([SIGN], [Standing(Mark.revoked, FIRST)], None, False, id="revoked in the same second"),
        pytest.param([SIGN], [Standing(Mark.revoked, FIRST - 1)], None, True, id="revoked before"),
        pytest.param([SIGN], [Standing(Mark.revoked, NOON, channel=Channel.call)], None, True, id="calls revoked"),
        pytest.param([SIGN], [Standing(Mark.revoked, NOON, channel=Channel.sms)], None, False, id="texts revoked"),
    ],
)
def test_signs_that_a_number_is_theirs(
    events: list[Event], standing: list[Standing], verified: int | None, fresh: bool
) -> None:
    asked = contact("sms", number="+1", phone=Phone(1, "+1", verified_at=verified))
    reason = "no text from this number, consent or check of it within 2 days"
    found = text_consent(RULE, case(*events, standing=tuple(standing), asked=asked))
    assert found == (None if fresh else Finding(reason))
    if verified is None:
        assert text_consent(RULE, case(*events, standing=tuple(standing), asked=TEXT)) == found


def test_a_confirmation_needs_no_consent() -> None:
    assert text_consent(RULE, case(asked=contact("sms", purpose=Purpose.opt_out_confirmation))) is None


def test_calls_to_the_attorney_do_not_bunch() -> None:
    call = Event(Kind.call, NOON - 60, outcome="no_answer", number="+1", collector=1)
    assert bunching(Bunching(), case(call)) == Finding("an unanswered call within 5 minutes", NOON + 241)
    assert bunching(Bunching(), case(call, asked=contact(number="+1", to_whom=Whom.attorney))) is None


def test_calls_close_together_over_midnight_to_the_second() -> None:
    for back, answer in ((300, True), (301, False)):
        call = Event(Kind.call, MIDNIGHT + 60 - back, outcome="no_answer", number="+1", collector=1)
        assert (bunching(Bunching(), case(call, at=MIDNIGHT + 60)) is not None) is answer

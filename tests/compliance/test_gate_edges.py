"""The edges of the rules of time and frequency: the very second, the very number, the words of the reason."""

from __future__ import annotations

from typing import Any

import pytest
from gate_asking import contact, person, placed, policy, second, stands
from msgspec.structs import replace

from collector.compliance.rules import Answer, Contact, Policy, Purpose, judge
from collector.compliance.rules.case import Case, Setting
from collector.compliance.rules.consent import TextConsent, text_consent
from collector.compliance.rules.debts import AfterTalk, Bunching, PerDebt, after_conversation, bunching, calls_per_debt
from collector.compliance.rules.frequency import Answered, Dials, Texts, answered, dials, texts
from collector.compliance.rules.hours import ClosedDays, Hours, closed_days, hours
from collector.compliance.rules.verdict import Finding
from collector.facts.rules import Event, Kind, Mark, PersonFacts, Standing
from collector.history.rules import Channel, Direction

PARIS = ("Europe/Paris",)
COASTS = ("America/New_York", "America/Los_Angeles")
MIDNIGHT = second("2026-05-13T00:00+02:00")
DAY = 86400
NOON = MIDNIGHT + DAY // 2
OPEN = Hours(start="08:00", end="21:00")


def case(at: int = NOON, facts: PersonFacts | None = None, asked: Contact | None = None) -> Case:
    return Case(asked or contact(), facts or person(zones=PARIS), Setting("agency"), at)


def after(*events: Event, asked: Contact | None = None, at: int = NOON, **more: Any) -> Case:
    return case(at, person(*events, zones=PARIS, **more), asked)


def count(found: Finding | None) -> str | None:
    return None if found is None else found.reason


@pytest.mark.parametrize(
    ("at", "reason", "until"),
    [
        pytest.param("2026-05-13T11:00-04:00", None, None, id="the west opens this second"),
        pytest.param(
            "2026-05-13T10:59:59-04:00", "07:59 in America/Los_Angeles", "2026-05-13T08:00-07:00", id="a second before"
        ),
        pytest.param(
            "2026-05-13T08:00-04:00", "05:00 in America/Los_Angeles", "2026-05-13T08:00-07:00", id="the east opens"
        ),
        pytest.param("2026-05-13T05:00-04:00", "05:00 in America/New_York", "2026-05-13T08:00-07:00", id="both shut"),
        pytest.param("2026-05-13T20:59:59-04:00", None, None, id="the east is still open"),
        pytest.param(
            "2026-05-13T21:00-04:00", "21:00 in America/New_York", "2026-05-14T08:00-04:00", id="the east shuts"
        ),
        pytest.param("2026-05-14T00:00-04:00", "00:00 in America/New_York", "2026-05-14T08:00-07:00", id="both again"),
    ],
)
def test_the_second_at_which_hours_turn(at: str, reason: str | None, until: str | None) -> None:
    found = hours(OPEN, case(second(at), person(zones=COASTS)))
    if reason is None:
        assert found is None
        return
    assert found is not None
    assert found.until == second(until or "")
    assert found.reason == f"{reason}; allowed from 08:00 until before 21:00"


@pytest.mark.parametrize(
    ("at", "until"),
    [
        pytest.param("2026-05-13T07:59+02:00", "2026-05-13T08:00+02:00", id="a minute before"),
        pytest.param("2026-05-13T08:05+02:00", "2026-05-14T08:00+02:00", id="over this second"),
    ],
)
def test_hours_of_five_minutes_on_one_clock(at: str, until: str) -> None:
    found = hours(Hours(start="08:00", end="08:05"), case(second(at)))
    assert found is not None
    assert found.until == second(until)


@pytest.mark.parametrize("zones", [("America/New_York",), COASTS])
def test_hours_that_nobody_may_change_stay_shut_whatever_was_agreed(zones: tuple[str, ...]) -> None:
    agreed = stands(Mark.agreement, "2026-05-12T12:00-04:00", detail={"hours": "03:00-12:00", "evidence_id": "E"})
    early = case(second("2026-05-13T07:30-04:00"), person(zones=zones, standing=(agreed,)))
    assert hours(Hours(start="08:00", end="21:00", agreed=True, agreed_once=False), early) is None
    assert hours(OPEN, early) is not None


def test_without_a_zone_hours_object_by_themselves() -> None:
    assert hours(OPEN, case(facts=person(zones=()))) == Finding(
        "no hour is known to be lawful, since the zone is not known"
    )


def test_a_closed_day_lasts_until_it_is_over_everywhere() -> None:
    found = closed_days(ClosedDays(weekdays=("wed",)), case(second("2026-05-13T12:00-04:00"), person(zones=COASTS)))
    assert found == Finding("a day without contact", second("2026-05-14T00:00-07:00"))


@pytest.mark.parametrize(
    ("rule", "parameters", "kind", "what"),
    [
        pytest.param(
            dials, Dials(per="number", cap=1), Kind.call, "1 dials to this number in 1 day; at most 1", id="dials"
        ),
        pytest.param(
            dials,
            Dials(per="person", cap=1, count="unanswered", days=2),
            Kind.call,
            "1 unanswered dials to this person in 2 days; at most 1",
            id="unanswered dials",
        ),
        pytest.param(texts, Texts(), Kind.sms, "1 text messages in 1 day; at most 1", id="texts"),
        pytest.param(
            texts,
            Texts(cap=5, window_cap=1, days=3),
            Kind.sms,
            "1 text messages in 3 days; at most 1",
            id="texts in days",
        ),
        pytest.param(
            calls_per_debt,
            PerDebt(cap=1),
            Kind.call,
            "1 calls about a debt in 7 days; at most 1",
            id="calls about a debt",
        ),
        pytest.param(
            bunching, Bunching(day_cap=1), Kind.call, "1 calls to this number in 1 day; at most 1", id="bunching"
        ),
    ],
)
def test_the_first_second_of_a_window_is_inside_it(rule: Any, parameters: Any, kind: Kind, what: str) -> None:
    days = int(what.split(" in ")[1].split()[0])
    first = MIDNIGHT - (days - 1) * DAY
    asked = contact(kind.value, number="+1")
    inside = after(placed(first, "no_answer", kind, number="+1"), asked=asked)
    assert rule(parameters, inside) == Finding(what, MIDNIGHT + DAY)
    assert rule(parameters, after(placed(first - 1, "no_answer", kind, number="+1"), asked=asked)) is None
    assert (
        rule(parameters, after(replace(placed(first, kind=kind, number="+1"), outcome="failed"), asked=asked)) is None
    )


def test_a_cap_of_none_needs_no_history() -> None:
    for found in (
        dials(Dials(per="person", cap=0), after()),
        texts(Texts(cap=0), after(asked=contact("sms"))),
        answered(Answered(cap=0), after()),
        calls_per_debt(PerDebt(cap=0), after()),
    ):
        assert found == Finding("the portfolio permits none at all")


@pytest.mark.parametrize(
    ("dialled", "asked", "unknown", "counts"),
    [
        pytest.param("+1", "+1", True, True, id="the same number"),
        pytest.param("+2", "+1", True, False, id="another number"),
        pytest.param(None, "+1", True, True, id="it may have been this one"),
        pytest.param("+1", None, True, True, id="it may be that one"),
        pytest.param(None, "+1", False, False, id="it may have been this one, which does not count"),
        pytest.param("+1", None, False, False, id="it may be that one, which does not count"),
    ],
)
def test_a_number_that_is_not_known(dialled: str | None, asked: str | None, unknown: bool, counts: bool) -> None:
    rule = Dials(per="number", cap=1, unknown=unknown)
    found = dials(rule, after(placed(NOON - 60, number=dialled), asked=contact(number=asked)))
    assert (found is not None) == counts


@pytest.mark.parametrize(
    ("count_what", "outcome", "counts"),
    [
        pytest.param("all", "right_party", True, id="an answered dial is a dial"),
        pytest.param("unanswered", "right_party", False, id="an answered dial has its own cap"),
        pytest.param("unanswered", "busy", True, id="busy is unanswered"),
    ],
)
def test_which_dials_count(count_what: Any, outcome: str, counts: bool) -> None:
    found = dials(Dials(per="person", cap=1, count=count_what), after(placed(NOON - 60, outcome)))
    assert (found is not None) == counts


def test_the_later_of_two_caps_on_texts_speaks() -> None:
    rule, asked = Texts(cap=1, window_cap=2, days=3), contact("sms")
    today, before, long_before = (placed(NOON - back * DAY - 60, kind=Kind.sms) for back in (0, 1, 2))
    assert texts(rule, after(today, asked=asked)) == Finding("1 text messages in 1 day; at most 1", MIDNIGHT + DAY)
    both = texts(rule, after(today, before, asked=asked))
    assert both == Finding("2 text messages in 3 days; at most 2", MIDNIGHT + 2 * DAY)
    assert count(texts(rule, after(before, long_before, asked=asked))) == "2 text messages in 3 days; at most 2"
    confirmation = contact("sms", purpose=Purpose.opt_out_confirmation)
    assert texts(rule, after(today, before, asked=confirmation)) is None


TALK = {"kind": Kind.conversation, "direction": Direction.outbound}


@pytest.mark.parametrize(
    ("events", "counts"),
    [
        pytest.param([placed(MIDNIGHT, "right_party")], True, id="an answered call of today"),
        pytest.param([placed(MIDNIGHT - 1, "right_party")], False, id="of yesterday"),
        pytest.param([placed(NOON, "no_answer")], False, id="nobody answered"),
        pytest.param([Event(Kind.call, NOON)], True, id="in flight"),
        pytest.param([placed(MIDNIGHT, **TALK)], True, id="a conversation of today"),
        pytest.param([placed(MIDNIGHT - 1, **TALK)], False, id="a conversation of yesterday"),
        pytest.param(
            [placed(NOON, kind=Kind.conversation, direction=Direction.inbound)], False, id="the debtor called"
        ),
        pytest.param(
            [placed(NOON, "right_party", direction=Direction.inbound)], False, id="the debtor called and talked"
        ),
    ],
)
def test_which_calls_are_effective(events: list[Event], counts: bool) -> None:
    found = answered(Answered(cap=1), after(*events))
    assert count(found) == ("1 answered calls in 1 day; at most 1" if counts else None)


@pytest.mark.parametrize(
    ("talk", "together"),
    [
        pytest.param(-900, True, id="a quarter of an hour before its call was written down"),
        pytest.param(-901, False, id="before that"),
        pytest.param(3600, True, id="an hour after"),
        pytest.param(3601, False, id="after that"),
    ],
)
def test_a_talk_belongs_to_a_call_nearby(talk: int, together: bool) -> None:
    call, conversation = placed(NOON - 7200, "right_party"), placed(NOON - 7200 + talk, **TALK)
    assert (answered(Answered(cap=2), after(call, conversation)) is None) == together
    assert answered(Answered(cap=2), after(call, conversation, placed(NOON - 7200 + talk, **TALK))) is not None


CLOSE = Bunching(minutes=5, day_cap=9)


@pytest.mark.parametrize(
    ("back", "outcome", "until"),
    [
        pytest.param(300, "no_answer", 1, id="five minutes ago"),
        pytest.param(301, "no_answer", None, id="longer ago"),
        pytest.param(-300, "no_answer", 601, id="in flight, five minutes ahead"),
        pytest.param(-301, "no_answer", None, id="further ahead"),
        pytest.param(60, "right_party", None, id="answered"),
    ],
)
def test_calls_close_together(back: int, outcome: str, until: int | None) -> None:
    found = bunching(CLOSE, after(placed(NOON - back, outcome, number="+1"), asked=contact(number="+1")))
    assert found == (None if until is None else Finding("an unanswered call within 5 minutes", NOON + until))


def test_close_calls_over_midnight() -> None:
    call = placed(MIDNIGHT - 60, number="+1")
    assert bunching(CLOSE, after(call, asked=contact(number="+1"), at=MIDNIGHT + 60)) is not None
    assert bunching(Bunching(minutes=0, day_cap=1), after(call, asked=contact(number="+1"), at=MIDNIGHT + 60)) is None


@pytest.mark.parametrize(
    ("days_back", "quiet"), [pytest.param(6, True, id="day 7"), pytest.param(7, False, id="day 8")]
)
@pytest.mark.parametrize("outcome", ["right_party", "answered", None])
def test_quiet_after_a_talk_to_the_second(days_back: int, quiet: bool, outcome: str | None) -> None:
    at = MIDNIGHT - days_back * DAY
    event = Event(Kind.call, at if quiet else at + DAY - 1, outcome=outcome, debts=(1,), collector=1)
    found = after_conversation(AfterTalk(), after(event))
    assert (found is not None) == quiet
    if found is not None:
        assert found.until == MIDNIGHT + DAY
        assert found.answer is (None if outcome == "right_party" else Answer.review)


def test_how_fresh_a_sign_of_the_number_is() -> None:
    rule = TextConsent(days=2)
    signs = {MIDNIGHT - DAY: None, MIDNIGHT - DAY - 1: "no text from this number, consent or check of it within 2 days"}
    for at, reason in signs.items():
        text = Event(Kind.sms, at, Direction.inbound, number="+1", collector=1)
        assert count(text_consent(rule, after(text, asked=contact("sms", number="+1")))) == reason


def us(**more: Any) -> Policy:
    return policy("us", **more)


def test_marks_count_from_their_second_until_theirs() -> None:
    hold = stands(Mark.hold, "2026-05-13T10:00-04:00", until=second("2026-05-13T11:00-04:00"))
    facts = person(standing=(hold,))
    answers = {"09:59:59": Answer.allow, "10:00": Answer.deny, "10:59:59": Answer.deny, "11:00": Answer.allow}
    for clock, answer in answers.items():
        assert judge(Contact(Channel.call), facts, us(), second(f"2026-05-13T{clock}-04:00")).answer is answer


def debt_call(debts: tuple[int, ...], at: int = NOON - DAY, outcome: str | None = "no_answer", **more: Any) -> Event:
    return Event(Kind.call, at, outcome=outcome, **{"debts": debts, "collector": 1, **more})


@pytest.mark.parametrize(
    ("called", "asked", "counts"),
    [
        pytest.param((1,), (1,), True, id="this debt"),
        pytest.param((2,), (1,), False, id="another debt"),
        pytest.param((), (1,), True, id="a call about no debt in particular"),
        pytest.param((2,), (), True, id="a contact about no debt in particular"),
        pytest.param((2,), (1, 2), True, id="one of them"),
    ],
)
@pytest.mark.parametrize("rule", ["calls", "talk", "perhaps"])
def test_the_debts_of_a_count(rule: str, called: tuple[int, ...], asked: tuple[int, ...], counts: bool) -> None:
    outcome = {"calls": "no_answer", "talk": "right_party", "perhaps": "answered"}[rule]
    here = after(debt_call(called, outcome=outcome), asked=contact(debts=asked))
    found = calls_per_debt(PerDebt(cap=1), here) if rule == "calls" else after_conversation(AfterTalk(), here)
    assert (found is not None) == counts


@pytest.mark.parametrize(
    ("theirs", "ours", "counts"),
    [
        pytest.param(1, 1, True, id="ours"),
        pytest.param(2, 1, False, id="another collector's"),
        pytest.param(0, 1, True, id="nobody knows whose"),
        pytest.param(2, 0, True, id="nobody knows who asks"),
    ],
)
@pytest.mark.parametrize("rule", ["calls", "talk", "perhaps"])
def test_the_collectors_of_a_count(rule: str, theirs: int, ours: int, counts: bool) -> None:
    outcome = {"calls": "no_answer", "talk": "right_party", "perhaps": "answered"}[rule]
    here = after(debt_call((1,), outcome=outcome, collector=theirs), asked=contact(collector=ours))
    found = calls_per_debt(PerDebt(cap=1), here) if rule == "calls" else after_conversation(AfterTalk(), here)
    assert (found is not None) == counts


def test_of_two_debts_the_one_that_waits_longer_speaks() -> None:
    early, late = debt_call((1,), NOON - 3 * DAY), debt_call((2,), NOON - DAY)
    found = calls_per_debt(PerDebt(cap=1), after(early, late, asked=contact(debts=(1, 2))))
    assert found is not None
    assert found.until == MIDNIGHT + 6 * DAY


def test_of_two_debts_a_talk_about_one_is_harder_than_perhaps_one_about_the_other() -> None:
    perhaps, talk = debt_call((1,), NOON - DAY, "answered"), debt_call((2,), NOON - 3 * DAY, "right_party")
    for debts in ((1, 2), (2, 1)):
        found = after_conversation(AfterTalk(), after(perhaps, talk, asked=contact(debts=debts)))
        assert found == Finding("a conversation about this debt within 7 days", MIDNIGHT + 6 * DAY)
    same = after(debt_call((1,), NOON - 2 * DAY, "answered"), debt_call((1,), NOON - 4 * DAY, "right_party"))
    assert after_conversation(AfterTalk(), same) == Finding(
        "a conversation about this debt within 7 days", MIDNIGHT + 5 * DAY
    )


@pytest.mark.parametrize(
    ("given", "about", "asked", "free"),
    [
        pytest.param(0, (), (1,), True, id="consent of today"),
        pytest.param(6, (), (1,), True, id="day 7"),
        pytest.param(7, (), (1,), False, id="day 8"),
        pytest.param(0, (2,), (1,), False, id="for another debt"),
        pytest.param(0, (1,), (1, 2), False, id="for one of two debts"),
        pytest.param(0, (1,), (), False, id="for one debt, asked about none in particular"),
        pytest.param(0, (), (), True, id="for all debts, asked about none in particular"),
    ],
)
def test_what_a_consent_frees(given: int, about: tuple[int, ...], asked: tuple[int, ...], free: bool) -> None:
    consent = Standing(Mark.consent, MIDNIGHT - given * DAY, debts=about)
    before = [debt_call(asked, MIDNIGHT - given * DAY - 1 - n) for n in range(3)]
    here = after(*before, debt_call((9,), NOON - 60), asked=contact(debts=asked), standing=(consent,))
    found = calls_per_debt(PerDebt(cap=3, days=7), here)
    assert (found is None) == (free or given > 5)
    talked = after(
        debt_call(asked, MIDNIGHT - given * DAY - 1, "right_party"), asked=contact(debts=asked), standing=(consent,)
    )
    assert (after_conversation(AfterTalk(), talked) is None) == (given > 5 or (free and bool(asked)))

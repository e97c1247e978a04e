"""The edges of what the person asked for: wishes, agreed times, opt-outs; and of the case that rules look at."""

from __future__ import annotations

from typing import Any

import pytest
from gate_asking import contact, person, second
from msgspec.structs import replace

from collector.compliance.rules import Answer, Contact, NumberKind, Purpose
from collector.compliance.rules.agreed import Span, agreed_spans
from collector.compliance.rules.case import Case, Setting
from collector.compliance.rules.verdict import Finding
from collector.compliance.rules.wishes import Closed, OptOut, Preference, closed_channel, opt_out, preference
from collector.facts.rules import Callback, Event, Kind, Mark, Phone, Standing
from collector.history.rules import Channel, Direction

NOON = second("2026-05-13T12:00+02:00")
"""A Wednesday in Paris."""
MIDNIGHT = NOON - 43200
HOUR, DAY = 3600, 86400
WISH = "the person called this time or place inconvenient"


def case(asked: Contact | None = None, at: int = NOON, zones: tuple[str, ...] = ("Europe/Paris",), **body: Any) -> Case:
    facts = person(zones=zones)
    facts = replace(facts, body=replace(facts.body, **body))
    return Case(asked or contact(), facts, Setting("agency"), at)


def wish(at: int = NOON - DAY, until: int | None = None, channel: Channel | None = None, **detail: Any) -> Standing:
    return Standing(Mark.preference, at, until=until, channel=channel, detail=detail)


def agreed(at: int, hours: str, **more: Any) -> Standing:
    detail = {"evidence_id": more.pop("evidence_id", "E"), "hours": hours}
    return Standing(Mark.agreement, at, detail=detail, **more)


def heed(*standing: Standing, **more: Any) -> Finding | None:
    return preference(Preference(), case(standing=standing, **more))


@pytest.mark.parametrize(
    ("said", "until"),
    [
        pytest.param({"not_before": "12:00"}, None, id="from this second on it suits"),
        pytest.param({"not_before": "12:01"}, NOON + 60, id="in a minute it suits"),
        pytest.param({"not_after": "12:00"}, MIDNIGHT + DAY, id="from this second on it does not"),
        pytest.param({"not_after": "12:01"}, None, id="for a minute more it suits"),
        pytest.param({"not_before": "08:00", "not_after": "12:00"}, MIDNIGHT + DAY, id="it suited until now"),
        pytest.param({"not_before": "12:00", "not_after": "13:00"}, None, id="it suits from now"),
        pytest.param({"not_before": "15:00", "not_after": "12:00"}, NOON + 3 * HOUR, id="not from now to three"),
        pytest.param({"not_before": "12:00", "not_after": "11:00"}, None, id="not from eleven until now"),
        pytest.param({"not_before": "15:00", "not_after": "12:01"}, None, id="not in a minute"),
        pytest.param({"weekdays": ["wed"]}, MIDNIGHT + DAY, id="not on Wednesdays"),
        pytest.param({"weekdays": ["tue", "thu"]}, None, id="Wednesdays suit"),
        pytest.param({"weekdays": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]}, 0, id="on no day"),
        pytest.param({"weekdays": ["wed"], "not_before": "13:00"}, NOON + HOUR, id="on Wednesdays from one"),
        pytest.param({"weekdays": ["thu"], "not_before": "13:00"}, None, id="on Thursdays from one"),
        pytest.param({"not_before": "00:00", "not_after": "24:00"}, None, id="all day suits"),
        pytest.param({"not_before": "12:00", "not_after": "12:00"}, MIDNIGHT + DAY, id="no time between noon and noon"),
    ],
)
def test_the_second_at_which_a_wish_turns(said: dict[str, Any], until: int | None) -> None:
    found = preference(Preference(), case(standing=(wish(**said),)))
    assert found == (None if until is None else Finding(WISH, until or None))


def test_wishes_that_both_close_last_as_long_as_the_longer() -> None:
    one, other = wish(not_before="13:00"), wish(not_before="15:00")
    assert preference(Preference(), case(standing=(one, other))) == Finding(WISH, NOON + 3 * HOUR)
    assert preference(Preference(), case(standing=(one, wish(channel=Channel.call)))) == Finding(WISH)
    ending = wish(until=NOON + 9, channel=Channel.call)
    assert heed(ending) == Finding(WISH, NOON + 9)
    assert heed(wish(until=NOON + 9, not_before="13:00")) == Finding(WISH, NOON + 9)
    assert heed(wish(until=NOON + DAY, not_before="13:00")) == Finding(WISH, NOON + HOUR)


def test_a_wish_in_two_zones_lasts_until_both_are_open() -> None:
    zones = ("Europe/Paris", "Europe/London")
    assert heed(wish(not_before="13:00"), zones=zones) == Finding(WISH, NOON + 2 * HOUR)
    assert heed(wish(not_before="12:00"), zones=zones) == Finding(WISH, NOON + HOUR)


HARD, SOFT = Finding(WISH), Finding(WISH, None, Answer.review)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        pytest.param({"number_kind": NumberKind.work}, HARD, id="at work"),
        pytest.param({"number_kind": NumberKind.home}, None, id="at home"),
        pytest.param({}, SOFT, id="nobody knows where"),
        pytest.param({"phone": Phone(1, "+1", label="work")}, HARD, id="a phone at work"),
        pytest.param({"phone": Phone(1, "+1", label="home")}, None, id="a phone at home"),
        pytest.param({"number_kind": NumberKind.home, "phone": Phone(1, "+1", label="work")}, None, id="told"),
    ],
)
def test_a_place_that_does_not_suit(asked: dict[str, Any], found: Finding | None) -> None:
    assert preference(Preference(), case(contact(**asked), standing=(wish(place="work"),))) == found
    other = Standing(Mark.preference, 0, debts=(2,), detail={"place": "work"})
    assert preference(Preference(), case(contact(**asked), standing=(other,))) is None


def test_a_time_that_the_clock_shows_twice_may_be_the_second_one() -> None:
    again = second("2026-11-01T01:10-05:00")
    found = heed(wish(not_before="01:30"), zones=("America/New_York",), at=again)
    assert found == Finding(WISH, second("2026-11-01T01:30-05:00"))


def test_a_wish_without_a_place_is_for_every_place() -> None:
    for kind in (*NumberKind, None):
        assert heed(wish(not_before="13:00"), asked=contact(number_kind=kind)) == Finding(WISH, NOON + HOUR)


def test_of_two_agreements_the_later_one_answers_a_wish() -> None:
    before, since = agreed(NOON - 2 * DAY, "11:00-13:00"), agreed(NOON - HOUR, "12:00-13:00")
    for standing in ((before, since), (since, before)):
        found = preference(Preference(agreed_once=False), case(standing=(wish(not_before="17:00"), *standing)))
        assert found is None


def test_a_call_back_is_no_answer_to_a_wish() -> None:
    waiting = (Callback(1, NOON + 60, 1, None, None),)
    assert heed(wish(not_before="17:00"), callbacks=waiting) == Finding(WISH, NOON + 5 * HOUR)


def test_a_hard_wish_speaks_before_a_perhaps() -> None:
    both = (wish(place="work"), wish(not_before="13:00"))
    assert preference(Preference(), case(standing=both)) == Finding(WISH)
    assert preference(Preference(), case(standing=both[::-1])) == Finding(WISH)


@pytest.mark.parametrize(
    ("agreement", "found"),
    [
        pytest.param(agreed(NOON - HOUR, "12:00-13:00"), None, id="agreed for now"),
        pytest.param(agreed(NOON - HOUR, "11:00-12:00"), Finding(WISH, NOON + 5 * HOUR), id="it was until now"),
        pytest.param(agreed(NOON - HOUR, "12:01-13:00"), Finding(WISH, NOON + 60), id="it is in a minute"),
        pytest.param(agreed(NOON - HOUR, "18:00-19:00"), Finding(WISH, NOON + 5 * HOUR), id="it is later"),
        pytest.param(agreed(NOON - 2 * DAY, "12:00-13:00"), Finding(WISH, NOON + 5 * HOUR), id="before the wish"),
        pytest.param(agreed(NOON - DAY, "12:00-13:00"), Finding(WISH, NOON + 5 * HOUR), id="in the same second"),
    ],
)
def test_what_was_agreed_since_overrides_a_wish(agreement: Standing, found: Finding | None) -> None:
    assert preference(Preference(agreed_once=False), case(standing=(wish(not_before="17:00"), agreement))) == found


@pytest.mark.parametrize(
    ("agreement", "spans"),
    [
        pytest.param(agreed(NOON - HOUR, "12:00-13:00"), [(NOON, NOON + HOUR)], id="later that day"),
        pytest.param(agreed(NOON, "12:00-13:00"), [(NOON, NOON + HOUR)], id="from this second"),
        pytest.param(agreed(NOON, "11:00-12:00"), [(NOON + 23 * HOUR, NOON + DAY)], id="over this second: tomorrow"),
        pytest.param(agreed(NOON, "11:00-12:01"), [(NOON - HOUR, NOON + 60)], id="for a minute more"),
        pytest.param(agreed(NOON, "23:00-01:00"), [(NOON + 11 * HOUR, NOON + 13 * HOUR)], id="over midnight"),
        pytest.param(agreed(NOON, "12:00-12:00"), [], id="no time at all"),
        pytest.param(agreed(NOON, "12:00-13:00", evidence_id=None), [], id="without evidence"),
        pytest.param(Standing(Mark.agreement, NOON, detail={"evidence_id": "E"}), [], id="of no hours"),
        pytest.param(agreed(NOON, "12:00-13:00", channel=Channel.sms), [], id="for another channel"),
        pytest.param(agreed(NOON, "12:00-13:00", channel=Channel.call), [(NOON, NOON + HOUR)], id="for this channel"),
        pytest.param(agreed(NOON, "12:00-13:00", number="+2"), [], id="for another number"),
        pytest.param(agreed(NOON, "12:00-13:00", collector=2), [], id="with another collector"),
        pytest.param(agreed(NOON, "12:00-13:00", debts=(2,)), [], id="about another debt"),
        pytest.param(agreed(NOON + 1, "12:00-13:00"), [], id="not yet agreed"),
    ],
)
def test_the_first_occasion_of_what_was_agreed(agreement: Standing, spans: list[tuple[int, int]]) -> None:
    found = agreed_spans(case(contact(number="+1"), standing=(agreement,)), True, 0)
    assert found == [Span(opens, closes, agreement.at) for opens, closes in spans]


def test_every_occasion_of_what_was_agreed_for_good() -> None:
    agreement = agreed(NOON - 9 * DAY, "10:00-11:00")
    found = agreed_spans(case(standing=(agreement,)), False, 0)
    assert [span.opens - MIDNIGHT for span in found] == [10 * HOUR - DAY, 10 * HOUR, 10 * HOUR + DAY]
    zones = ("Europe/Paris", "Europe/London")
    shared = agreed_spans(case(zones=zones, standing=(agreed(NOON - 9 * DAY, "10:00-11:30"),)), False, 0)
    assert [(span.opens - MIDNIGHT, span.closes - MIDNIGHT) for span in shared][1] == (11 * HOUR, 23 * HOUR // 2)
    assert agreed_spans(case(zones=zones, standing=(agreement,)), False, 0) == []


def test_a_call_back_lasts_for_minutes() -> None:
    body = {"callbacks": (Callback(1, NOON, 1, None, None),)}
    assert agreed_spans(case(**body), True, 2) == [Span(NOON, NOON + 120, 0)]
    assert agreed_spans(case(**body), True, 0) == []


@pytest.mark.parametrize(
    ("mark", "everywhere", "found"),
    [
        pytest.param(Standing(Mark.opt_out, 0, channel=Channel.call), False, "opted out of call", id="this channel"),
        pytest.param(Standing(Mark.opt_out, 0), False, "opted out of every medium", id="every channel"),
        pytest.param(Standing(Mark.opt_out, 0, channel=Channel.sms), False, None, id="another channel"),
        pytest.param(Standing(Mark.opt_out, 0, number="+2"), False, None, id="another number"),
        pytest.param(Standing(Mark.opt_out, 0, number="+2"), True, "opted out of every medium", id="all numbers"),
        pytest.param(Standing(Mark.revoked, 0, channel=Channel.call), False, "opted out of call", id="consent revoked"),
        pytest.param(Standing(Mark.revoked, 0), False, None, id="consent revoked, for no channel"),
        pytest.param(Standing(Mark.opt_out, NOON), False, "opted out of every medium", id="this second"),
        pytest.param(Standing(Mark.opt_out, NOON + 1), False, None, id="not yet"),
        pytest.param(Standing(Mark.opt_out, 0, until=NOON), False, None, id="lifted this second"),
        pytest.param(Standing(Mark.opt_out, 0, until=NOON + 1), False, "opted out of every medium", id="in a second"),
    ],
)
def test_opt_outs(mark: Standing, everywhere: bool, found: str | None) -> None:
    asked = contact(number="+1")
    rule = OptOut(all_numbers=everywhere)
    assert opt_out(rule, case(asked, standing=(mark,))) == (Finding(found) if found else None)
    confirming = replace(asked, purpose=Purpose.opt_out_confirmation)
    assert opt_out(rule, case(confirming, standing=(mark,))) is None


def consented(at: int = NOON - HOUR, channel: Channel = Channel.call, number: str | None = "+1") -> Standing:
    return Standing(Mark.consent, at, channel=channel, number=number)


@pytest.mark.parametrize(
    ("channel", "later", "closed"),
    [
        pytest.param(Channel.call, [], True, id="calls and texts are one"),
        pytest.param(Channel.email, [], False, id="e-mail is another thing"),
        pytest.param(Channel.call, [consented()], False, id="consented to later"),
        pytest.param(Channel.call, [consented(NOON - 2 * HOUR)], True, id="in the same second"),
        pytest.param(Channel.call, [consented(channel=Channel.sms)], True, id="to texts only"),
        pytest.param(Channel.call, [consented(number="+2")], True, id="for another number"),
    ],
)
def test_from_a_day_on_who_opts_out_of_texts_opts_out_of_calls(
    channel: Channel, later: list[Standing], closed: bool
) -> None:
    out = Standing(Mark.opt_out, NOON - 2 * HOUR, channel=Channel.sms)
    asked = replace(contact(), channel=channel, number="+1")
    found = opt_out(OptOut(all_from="2026-05-13"), case(asked, standing=(out, *later)))
    assert (found is not None) is closed


@pytest.mark.parametrize(("hour", "closed"), [(3, False), (5, True), (23, True)])
def test_the_day_of_an_opt_out_counts_where_it_came_first(hour: int, closed: bool) -> None:
    """05:00 UTC is the 13th in New York and still the 12th in Los Angeles."""
    out = Standing(Mark.opt_out, second(f"2026-05-13T{hour:02}:00Z"), channel=Channel.sms)
    coasts = case(at=NOON + DAY, zones=("America/New_York", "America/Los_Angeles"), standing=(out,))
    assert (opt_out(OptOut(all_from="2026-05-13"), coasts) is not None) is closed


def test_a_channel_that_the_portfolio_closed() -> None:
    rule = Closed(channels=(Channel.call,))
    assert closed_channel(rule, case()) == Finding("call is closed for this portfolio")
    assert closed_channel(rule, case(contact("sms"))) is None


def test_how_the_events_of_a_person_are_sorted() -> None:
    out, inward = Direction.outbound, Direction.inbound
    dialled, answered = Event(Kind.call, NOON - 5, out, "busy"), Event(Kind.call, NOON - 9, out, "answered")
    flying, talked = Event(Kind.call, NOON - 7, out), Event(Kind.call, NOON - 8, out, "right_party")
    rang, failed = Event(Kind.call, NOON - 4, inward, "answered"), Event(Kind.call, NOON - 3, out, "failed")
    talk, text = Event(Kind.conversation, NOON - 6, out), Event(Kind.sms, NOON - 2, out)
    wrote, letter = Event(Kind.sms, NOON - 1, inward), Event(Kind.letter, NOON - 1, out)
    strange, own = Event(Kind.call, NOON, out, "deceased", person=9), Event(Kind.call, NOON - 10, out, "busy", person=1)
    events = (dialled, answered, flying, talked, rang, failed, talk, text, wrote, letter, strange, own)
    seen = case(events=events)
    assert seen.calls == [dialled, answered, flying, talked, own]
    assert seen.texts == [text]
    assert seen.talks == [talked, rang, talk]
    assert seen.perhaps == [answered, flying]
    assert seen.heard == [rang, wrote]
    assert seen.telling == [strange]
    assert seen.last_call == NOON - 5
    assert case(contact(person=9), events=events).calls == [strange]
    assert case(contact(person=1), events=events).calls == seen.calls


@pytest.mark.parametrize(
    ("mine", "theirs", "same"),
    [
        pytest.param("+1", "+1", True, id="the same"),
        pytest.param("+1", "+2", False, id="another"),
        pytest.param(None, "+2", True, id="ours is not known"),
        pytest.param("+1", None, True, id="theirs is not known"),
    ],
)
def test_numbers(mine: str | None, theirs: str | None, same: bool) -> None:
    assert case(contact(number=mine)).same_number(theirs) is same


@pytest.mark.parametrize(
    ("mine", "theirs", "about"),
    [
        pytest.param((1,), (1, 2), True, id="one of them"),
        pytest.param((1,), (2,), False, id="another"),
        pytest.param((), (2,), True, id="we name none"),
        pytest.param((1,), (), True, id="they name none"),
    ],
)
def test_debts(mine: tuple[int, ...], theirs: tuple[int, ...], about: bool) -> None:
    assert case(contact(debts=mine)).about(theirs) is about


def test_zones_of_phone_and_person_are_both_possible() -> None:
    phone = Phone(1, "+1", zones=("America/Chicago",))
    assert [day.zone for day in case(contact(phone=phone)).days] == ["Europe/Paris", "America/Chicago"]
    assert [day.zone for day in case(contact(phone=phone), zones=()).days] == ["America/Chicago"]
    assert case(contact(phone=phone), zones=()).zone_known
    assert not case(zones=()).zone_known
    assert not case(contact(phone=Phone(1, "+1")), zones=()).zone_known
    assert [day.zone for day in case(zones=()).days] == ["Etc/GMT+12", "Pacific/Kiritimati"]
    assert [day.zone for day in case(contact(phone=Phone(1, "+1", zones=("Europe/Paris",)))).days] == ["Europe/Paris"]


def test_windows_begin_first_and_end_last_where_zones_differ() -> None:
    here = case(zones=("America/New_York", "America/Los_Angeles"))
    at = second("2026-05-13T01:00-04:00")
    assert here.since(1) == second("2026-05-13T00:00-04:00")
    assert here.since(9) == second("2026-05-05T00:00-04:00")
    assert here.leaves(at, 1) == second("2026-05-14T00:00-04:00")
    assert here.ends(at, 1) == second("2026-05-13T00:00-07:00")


def test_what_was_heard_from_the_person_until_now() -> None:
    now, later = (Event(Kind.sms, NOON + n, Direction.inbound, number="+1") for n in (0, 1))
    mail = Event(Kind.email, NOON - 1, Direction.inbound, number="+1")
    other = Event(Kind.sms, NOON - 1, Direction.inbound, number="+2")
    seen = case(contact(number="+1"), events=(now, later, mail, other))
    assert seen.heard_from(Kind.sms) == [now]
    assert seen.heard_from(Kind.email) == [mail]
    assert case().heard_from(Kind.sms) == []


@pytest.mark.parametrize(
    ("asked", "other", "same"),
    [
        pytest.param(None, None, True, id="the person of the facts"),
        pytest.param(1, None, True, id="by number"),
        pytest.param(None, 1, True, id="the other by number"),
        pytest.param(9, 9, True, id="somebody else"),
        pytest.param(9, None, False, id="not the person of the facts"),
        pytest.param(None, 9, False, id="the other is not"),
    ],
)
def test_persons(asked: int | None, other: int | None, same: bool) -> None:
    assert case(contact(person=asked)).same_person(other) is same


def test_the_zone_of_a_pack_is_known() -> None:
    somewhere = Case(contact(), person(zones=()), Setting("agency", ("Asia/Shanghai",)), NOON)
    assert somewhere.zone_known
    assert [day.zone for day in somewhere.days] == ["Asia/Shanghai"]

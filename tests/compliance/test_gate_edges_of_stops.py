"""The edges of the rules that stop: until when, for which debts, against whom not, and in which words."""

from __future__ import annotations

from typing import Any

import pytest
from gate_asking import contact, person, second
from test_gate_facts import account

from collector.compliance.rules import Answer, Contact, NumberKind, Purpose, Role, Whom
from collector.compliance.rules.case import Case, Setting
from collector.compliance.rules.stops import (
    Confirmation,
    Crisis,
    Hold,
    KeptPlan,
    Paid,
    Said,
    Stop,
    confirmation,
    crisis,
    hold,
    kept_plan,
    paid,
    said,
    stop,
)
from collector.compliance.rules.verdict import Finding
from collector.facts.rules import Event, Kind, Mark, Standing
from collector.history.rules import Channel, Direction

COASTS = ("America/New_York", "America/Los_Angeles")
NOON = second("2026-05-13T12:00-04:00")
"""A Wednesday."""
HOUR, DAY = 3600, 86400


def case(asked: Contact | None = None, country: str = "", at: int = NOON, **facts: Any) -> Case:
    events = facts.pop("events", ())
    return Case(asked or contact(), person(*events, **{"zones": COASTS, **facts}), Setting("agency", (), country), at)


def mark(kind: Mark, at: int = NOON - DAY, **more: Any) -> Standing:
    return Standing(kind, at, **more)


CEASE = Stop(mark=Mark.cease)


@pytest.mark.parametrize(
    ("marks", "found"),
    [
        pytest.param([], None, id="nothing stands"),
        pytest.param([{}], Finding("cease stands for this person"), id="until it is lifted"),
        pytest.param([{"debts": (2,)}], None, id="another debt"),
        pytest.param(
            [{"until": NOON + 5}, {"until": NOON + 9}],
            Finding("cease stands for this person", NOON + 9),
            id="the later",
        ),
        pytest.param([{"until": NOON + 5}, {}], Finding("cease stands for this person"), id="one has no end"),
        pytest.param(
            [{"debts": (2,)}, {"until": NOON + 5}], Finding("cease stands for this person", NOON + 5), id="one"
        ),
    ],
)
def test_until_when_a_stop_stands(marks: list[dict[str, Any]], found: Finding | None) -> None:
    assert stop(CEASE, case(standing=tuple(mark(Mark.cease, **one) for one in marks))) == found


@pytest.mark.parametrize(
    ("begun", "until", "found"),
    [
        pytest.param("2026-05-12T23:59:59-04:00", None, None, id="yesterday everywhere"),
        pytest.param("2026-05-13T00:00-07:00", None, "2026-05-14T00:00-07:00", id="today in the west"),
        pytest.param("2026-05-10T00:00-07:00", "2026-05-20T00:00-07:00", "2026-05-20T00:00-07:00", id="its own end"),
    ],
)
def test_a_stop_with_days_ends_when_they_are_over_everywhere(begun: str, until: str | None, found: str | None) -> None:
    one = mark(Mark.breathing_space, second(begun), until=second(until) if until else None)
    seen = stop(Stop(mark=Mark.breathing_space, days=1), case(standing=(one,)))
    assert seen == (Finding("breathing_space stands for this person", second(found)) if found else None)


def test_a_flag_stops_without_a_mark() -> None:
    rule = Stop(mark=Mark.deceased, flag="deceased")
    assert stop(rule, case(flags=("deceased",))) == Finding("the person is marked deceased")
    assert stop(rule, case(flags=("hardship",))) is None
    assert stop(Stop(flag="settled"), case(standing=(mark(Mark.cease),))) is None


SPARING = Stop(
    mark=Mark.cease, unless_to=(Whom.attorney, Whom.debtor), unless_purpose=(Purpose.closing_notice, Purpose.location)
)


@pytest.mark.parametrize(
    ("more", "spared"),
    [
        pytest.param({}, False, id="the debtor is never spared as a person"),
        pytest.param({"to_whom": Whom.attorney}, True, id="the attorney"),
        pytest.param({"to_whom": Whom.spouse}, False, id="the spouse"),
        pytest.param({"purpose": Purpose.closing_notice}, True, id="the closing notice"),
        pytest.param({"purpose": Purpose.location}, False, id="asking the debtor where the debtor is"),
        pytest.param({"purpose": Purpose.location, "role": Role.contact}, True, id="asking a third person"),
        pytest.param({"purpose": Purpose.reminder}, False, id="a reminder"),
    ],
)
def test_who_is_spared(more: dict[str, Any], spared: bool) -> None:
    assert (stop(SPARING, case(contact(**more), standing=(mark(Mark.cease),))) is None) == spared


PERHAPS = Finding("employer_forbids stands, perhaps for this number", None, Answer.review)


@pytest.mark.parametrize(
    ("channel", "kind", "found"),
    [
        pytest.param("call", NumberKind.work, Finding("employer_forbids stands for this person"), id="at work"),
        pytest.param("call", NumberKind.home, None, id="at home"),
        pytest.param("call", None, PERHAPS, id="perhaps"),
        pytest.param(
            "visit",
            None,
            PERHAPS,
            id="a visit",
        ),
        pytest.param("letter", None, None, id="a letter goes to no number"),
    ],
)
def test_a_stop_for_numbers_at_work(channel: str, kind: NumberKind | None, found: Finding | None) -> None:
    rule = Stop(mark=Mark.employer_forbids, number_kinds=(NumberKind.work,))
    asked = contact(channel, number_kind=kind)
    assert stop(rule, case(asked, standing=(mark(Mark.employer_forbids),))) == found


@pytest.mark.parametrize(
    ("treated", "found"),
    [
        pytest.param("2026-05-10", None, id="three days after are over today"),
        pytest.param("2026-05-11", "2026-05-14T00:00-07:00", id="the second day after is today"),
        pytest.param(None, "", id="treated without a known end"),
    ],
)
def test_a_crisis_is_heeded_for_days_after_its_treatment(treated: str | None, found: str | None) -> None:
    reason = "a mental-health crisis is being treated, or was lately"
    one = mark(Mark.mental_health_crisis, detail={"treated_until": treated})
    until = second(found) if found else None
    assert crisis(Crisis(days=2), case(standing=(one,))) == (None if found is None else Finding(reason, until))
    assert crisis(Crisis(days=2), case(standing=(mark(Mark.mental_health_crisis, debts=(2,)),))) is None


def test_holds_tell_their_reasons_once_and_the_last_end() -> None:
    marks = [
        mark(Mark.hold, until=NOON + 5, detail={"reason": "b"}),
        mark(Mark.hold, until=NOON + 9, detail={"reason": "a"}),
        mark(Mark.hold, until=NOON + 7, detail={"reason": "b"}),
        mark(Mark.hold, until=NOON + 99, debts=(2,)),
    ]
    assert hold(Hold(), case(standing=tuple(marks))) == Finding("on hold: a, b", NOON + 9)
    assert hold(Hold(), case(standing=(mark(Mark.hold),))) == Finding("on hold: no reason given")
    confirming = contact("sms", purpose=Purpose.opt_out_confirmation)
    assert hold(Hold(), case(confirming, standing=(mark(Mark.hold),))) is None


@pytest.mark.parametrize(
    ("more", "purpose", "reason"),
    [
        pytest.param({"settled": True}, Purpose.collect, "a debt of this contact is settled", id="settled"),
        pytest.param({"settled": True}, Purpose.opt_out_confirmation, None, id="a confirmation is still sent"),
        pytest.param({"overdue": 0}, Purpose.collect, "nothing of this debt is overdue", id="nothing overdue"),
        pytest.param({"overdue": -1}, Purpose.collect, "nothing of this debt is overdue", id="paid too much"),
        pytest.param({"overdue": 1}, Purpose.collect, None, id="one cent overdue"),
        pytest.param({"overdue": 0}, Purpose.reminder, None, id="a reminder"),
    ],
)
@pytest.mark.parametrize("first", [None, 2])
def test_what_is_paid(more: dict[str, Any], purpose: Purpose, reason: str | None, first: int | None) -> None:
    accounts = (account(account_id=2, settled=True),) * (first is not None) + (account(**more),)
    found = paid(Paid(), case(contact(purpose=purpose), accounts=accounts))
    assert found == (None if reason is None else Finding(reason))


@pytest.mark.parametrize(
    ("plan", "more", "purpose", "found"),
    [
        pytest.param("current", {}, Purpose.collect, True, id="kept"),
        pytest.param("broken", {}, Purpose.collect, False, id="broken"),
        pytest.param("current", {"debts": (2,)}, Purpose.collect, False, id="for another debt"),
        pytest.param("current", {}, Purpose.reminder, False, id="a reminder"),
    ],
)
def test_a_plan_that_is_kept(plan: str, more: dict[str, Any], purpose: Purpose, found: bool) -> None:
    one = mark(Mark.agreement, until=NOON + 9, detail={"plan": plan}, **more)
    seen = kept_plan(KeptPlan(), case(contact(purpose=purpose), standing=(one,)))
    assert seen == (Finding("an instalment plan for this debt is being kept", NOON + 9) if found else None)


def told(outcome: str, at: str, **more: Any) -> Event:
    return Event(Kind.call, second(at), outcome=outcome, **more)


def paid_(at: str, **more: Any) -> Event:
    return told("says_paid", at, **more)


PAID = Said(outcome="says_paid", working_days=1)


@pytest.mark.parametrize(
    ("events", "country", "until"),
    [
        pytest.param([paid_("2026-05-12T23:59-04:00")], "", "2026-05-14T00:00-07:00", id="Tuesday in the east"),
        pytest.param([paid_("2026-05-11T23:59-07:00")], "", "2026-05-14T00:00-04:00", id="Tuesday in the east only"),
        pytest.param([paid_("2026-05-11T12:00-04:00")], "", None, id="Tuesday was quiet, today is not"),
        pytest.param([paid_("2026-05-12T12:00-04:00", debts=(2,))], "", None, id="of another debt"),
        pytest.param([told("deceased", "2026-05-12T12:00-04:00")], "", None, id="something else was told"),
        pytest.param(
            [paid_("2026-05-11T12:00-04:00"), paid_("2026-05-12T12:00-04:00")],
            "US",
            "2026-05-14T00:00-07:00",
            id="the last time counts",
        ),
    ],
)
def test_quiet_days_after_already_paid(events: list[Event], country: str, until: str | None) -> None:
    found = said(PAID, case(country=country, events=events))
    assert found == (Finding("says_paid was said on a call; quiet days", second(until)) if until else None)


@pytest.mark.parametrize(
    ("said_on", "days", "at", "quiet"),
    [
        pytest.param("2026-05-15", 1, "2026-05-18T23:59", True, id="Friday: Monday is quiet"),
        pytest.param("2026-05-15", 1, "2026-05-19T00:00", False, id="Friday: Tuesday is not"),
        pytest.param("2026-05-16", 1, "2026-05-18T23:59", True, id="Saturday: Monday is quiet"),
        pytest.param("2026-05-15", 0, "2026-05-15T23:59", True, id="no day more: the day itself"),
        pytest.param("2026-05-15", 0, "2026-05-16T00:00", False, id="no day more: over at midnight"),
        pytest.param("2026-05-15", 6, "2026-05-25T23:59", True, id="six days: over two weekends"),
        pytest.param("2026-05-15", 6, "2026-05-26T00:00", False, id="six days: over"),
    ],
)
def test_working_days_where_no_country_is_named(said_on: str, days: int, at: str, quiet: bool) -> None:
    rule = Said(outcome="says_paid", working_days=days)
    moment = second(f"{at}+02:00")
    event = told("says_paid", f"{said_on}T12:00+02:00")
    assert (said(rule, case(at=moment, zones=("Europe/Paris",), events=[event])) is not None) == quiet


def test_a_death_told_is_for_a_person_to_confirm() -> None:
    death = told("deceased", "2026-05-12T12:00-04:00", person=9)
    rule = Said(outcome="deceased")
    found = Finding("deceased was said on a call and is not confirmed")
    assert said(rule, case(events=[death])) == found
    assert said(rule, case(contact(purpose=Purpose.opt_out_confirmation), events=[death])) is None


CONFIRM = contact("sms", purpose=Purpose.opt_out_confirmation, number="+1")
NOTHING = Finding("there is no opt-out to confirm in this medium")
AGAIN = Finding("the opt-out was confirmed already")


@pytest.mark.parametrize(
    ("outs", "sent", "found"),
    [
        pytest.param([{}], [], None, id="to be confirmed"),
        pytest.param([], [], NOTHING, id="there was none"),
        pytest.param([{"channel": Channel.call}], [], NOTHING, id="in another medium"),
        pytest.param([{"channel": None}], [], None, id="in every medium"),
        pytest.param([{"number": "+2"}], [], NOTHING, id="for another number"),
        pytest.param([{}], [{}], AGAIN, id="confirmed in the same second"),
        pytest.param([{}], [{"at": NOON - HOUR - 1}], None, id="a text before it"),
        pytest.param([{}], [{"kind": Kind.call}], None, id="a call confirms nothing"),
        pytest.param([{}], [{"direction": Direction.inbound}], None, id="their own text"),
        pytest.param([{}], [{"person": 9}], None, id="a text to somebody else"),
        pytest.param([{"at": NOON - 2 * HOUR}, {}], [{"at": NOON - HOUR - 1}], None, id="opted out again"),
    ],
)
def test_one_confirmation_for_an_opt_out(
    outs: list[dict[str, Any]], sent: list[dict[str, Any]], found: Finding | None
) -> None:
    standing = tuple(
        mark(Mark.opt_out, **{"at": NOON - HOUR, "channel": Channel.sms, "number": "+1", **one}) for one in outs
    )
    events = [Event(**{"kind": Kind.sms, "at": NOON - HOUR, **one}) for one in sent]
    assert confirmation(Confirmation(), case(CONFIRM, standing=standing, events=events)) == found
    assert confirmation(Confirmation(), case(contact("sms"), standing=standing, events=events)) is None


def test_a_term_is_over_in_its_last_second() -> None:
    over = second("2026-05-14T00:00-07:00")
    begun = mark(Mark.breathing_space, second("2026-05-13T12:00-07:00"))
    treated = mark(Mark.mental_health_crisis, detail={"treated_until": "2026-05-12"})
    for at, stands in ((over - 1, True), (over, False)):
        assert (stop(Stop(mark=Mark.breathing_space, days=1), case(at=at, standing=(begun,))) is not None) is stands
        assert (crisis(Crisis(days=1), case(at=at, standing=(treated,))) is not None) is stands

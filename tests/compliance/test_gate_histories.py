"""What a history may do to the gate: only the person's own words and what answers a stop open it, all else closes."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from gate_asking import check, event, policy
from gate_lives import HARDNESS, PACKS, WEEK, around, contacts, events, marks, someone
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from collector.compliance.document import Flag
from collector.compliance.packs import load_pack
from collector.compliance.rules import Answer, Contact, NumberKind, Purpose, Role, Whom, judge
from collector.compliance.rules.answering import ANSWERS
from collector.compliance.rules.case import Case
from collector.compliance.rules.policy import FUNCTIONS, Needs
from collector.facts.rules import Event, Kind, Mark, PersonFacts, Standing, body_decoder, body_encoder
from collector.history.rules import Direction

TEXT = event("sms", "2026-04-03T12:00-04:00")
MAIL = event("email", "2026-04-03T12:00-04:00", to={"number": "work"})


@pytest.mark.parametrize("asked", [pytest.param(TEXT, id="text"), pytest.param(MAIL, id="mail to the office")])
@pytest.mark.parametrize(
    ("at", "more", "opens"),
    [
        pytest.param("2026-04-01T10:00-04:00", {}, True, id="the person wrote"),
        pytest.param("2026-04-01T10:00-04:00", {"person": "S"}, False, id="somebody else wrote"),
        pytest.param("2026-04-03T12:01-04:00", {}, False, id="the person will have written"),
        pytest.param("2026-04-01T10:00-04:00", {"direction": "outbound"}, False, id="we wrote"),
    ],
)
def test_only_the_persons_own_word_shows_whose_address_it_is(
    asked: dict[str, Any], at: str, more: dict[str, Any], opens: bool
) -> None:
    wrote = event(asked["kind"], at, **{"direction": "inbound", **more})
    assert check("us", [wrote], asked)[0] == ("allow" if opens else "review" if asked is TEXT else "deny")


def test_what_was_sent_to_another_confirms_no_opt_out() -> None:
    out = event("opt_out", "2026-04-03T10:00-04:00", channel="email")
    asked = event("email", "2026-04-03T12:00-04:00", purpose="opt_out_confirmation")
    for person, answer in (("S", "allow"), ("C", "deny")):
        assert check("us", [out, event("email", "2026-04-03T11:00-04:00", person=person)], asked)[0] == answer


@pytest.mark.parametrize(
    ("wish", "earliest"),
    [
        pytest.param({"not_before": "17:00"}, "2026-04-03T11:30:00-04:00", id="before the time that suits"),
        pytest.param({"channel": "call"}, "2026-04-03T11:30:00-04:00", id="where no time suits"),
        pytest.param({"not_before": "10:00"}, "2026-04-03T10:00:00-04:00", id="later than the time that suits"),
    ],
)
def test_the_earliest_moment_may_be_one_agreed_since_the_wish(wish: dict[str, Any], earliest: str) -> None:
    events = [
        event("preference", "2026-03-01T10:00-05:00", **wish),
        event("agreement", "2026-04-03T07:00-04:00", evidence_id="E", hours="11:30-12:00"),
    ]
    assert check("us", events, event("call", "2026-04-03T09:00-04:00"))[2] == earliest


OPENS: dict[str, frozenset[str]] = {
    "consent": frozenset({"calls_per_debt", "after_conversation", "text_consent"}),
    "agreement": frozenset({"hours", "preference"}),
    "verification_sent": frozenset({"dispute"}),
    "validation_notice": frozenset({"dispute", "validation"}),
    "number_checked": frozenset({"text_consent"}),
    "opt_out": frozenset({"confirmation"}),
    "sms from the person": frozenset({"text_consent"}),
    "email from the person": frozenset({"work_mail"}),
}
"""What can make a rule stop objecting → the rule functions it speaks to. Nothing else in a history opens anything."""
BEGUN = frozenset(name for name, known in FUNCTIONS.items() if known.needs & Needs.OURS) | {"answering"}
"""Functions that bind what we begin and not what answers."""
FUNCTION = {rule.id: rule.asks for pack in PACKS for rule in load_pack(pack).rules}
NEAR = "2026-03-08T07:00Z"
"""Clocks change there in New York; everything is drawn around it."""
moments = around(NEAR)
packs = st.sampled_from(PACKS)
times = st.lists(events(moments), max_size=8).map(tuple)
stands_some = st.lists(marks(moments), max_size=4).map(tuple)
zones = st.sampled_from([("America/New_York",), ("America/New_York", "America/Los_Angeles"), ()])
flags = st.lists(st.sampled_from(["unreachable", "deceased", "hardship"]), max_size=1).map(tuple)


@st.composite
def people(draw: st.DrawFn) -> PersonFacts:
    facts = someone(draw(times), draw(stands_some), draw(zones))
    return replace(facts, body=replace(facts.body, flags=draw(flags)))


@st.composite
def questions(draw: st.DrawFn) -> Contact:
    """Also to others than the person, about the same debts."""
    return replace(
        draw(contacts()),
        role=draw(st.sampled_from([Role.debtor, Role.debtor, Role.contact])),
        to_whom=draw(st.sampled_from([Whom.debtor, Whom.debtor, Whom.attorney, Whom.friend])),
        number_kind=draw(st.sampled_from([None, NumberKind.mobile, NumberKind.work])),
        person=draw(st.sampled_from([None, None, 7])),
    )


def with_more(facts: PersonFacts, *more: Event | Standing) -> PersonFacts:
    new_events = tuple(one for one in more if isinstance(one, Event))
    standing = tuple(one for one in more if isinstance(one, Standing))
    body = replace(facts.body, events=facts.body.events + new_events, standing=facts.body.standing + standing)
    return replace(facts, body=body)


def told_by(one: Event | Standing) -> str:
    if isinstance(one, Standing):
        return one.mark.value
    return f"{one.kind.value} from the person" if one.direction is Direction.inbound else one.kind.value


def opened_by(more: Event | Standing, asked: Contact) -> frozenset[str]:
    """What it may open. An answer is not kept back by what binds only contacts we begin, once there is a message to
    answer; nor is the confirmation of an opt-out."""
    told = told_by(more)
    is_asked_for = asked.purpose in ANSWERS and (told.endswith(" from the person") or told == "opt_out")
    return OPENS.get(told, frozenset()) | (BEGUN if is_asked_for else frozenset())


@settings(max_examples=150, deadline=None)
@given(facts=people(), more=st.one_of(events(moments), marks(moments)), asked=questions(), pack=packs, at=moments)
def test_only_what_answers_a_rule_makes_it_stop_objecting(
    facts: PersonFacts, more: Event | Standing, asked: Contact, pack: str, at: int
) -> None:
    rules = policy(pack)
    before = judge(asked, facts, rules, at, earliest=False).rules
    after = {fired.id: fired.answer for fired in judge(asked, with_more(facts, more), rules, at, earliest=False).rules}
    for fired in before:
        if FUNCTION[fired.id] not in opened_by(more, asked):
            assert HARDNESS.index(after.get(fired.id, Answer.allow)) >= HARDNESS.index(fired.answer), fired


@settings(max_examples=80, deadline=None)
@given(
    facts=people(),
    out=marks(moments, (Mark.opt_out,)),
    asked=questions().filter(lambda asked: asked.purpose is not Purpose.opt_out_confirmation),
    pack=packs,
    later=st.integers(0, 3 * WEEK),
    flips=st.booleans(),
)
def test_an_opt_out_is_final_for_its_channel_and_number(
    facts: PersonFacts, out: Standing, asked: Contact, pack: str, later: int, flips: bool
) -> None:
    """Whatever else is said, at whatever time, by whatever purpose; only lifting it (the mark is gone) opens."""
    out = replace(out, until=None)
    asked = replace(asked, channel=out.channel or asked.channel, number=out.number if flips else None)
    verdict = judge(asked, with_more(facts, out), policy(pack), out.at + later)
    assert verdict.answer is Answer.deny
    assert verdict.earliest is None
    assert "opt_out" in [FUNCTION[fired.id] for fired in verdict.rules]


@settings(max_examples=60, deadline=None)
@given(facts=people(), asked=questions(), pack=packs, at=moments, data=st.data())
def test_the_order_of_a_history_changes_no_verdict(
    facts: PersonFacts, asked: Contact, pack: str, at: int, data: st.DataObject
) -> None:
    body = facts.body
    shuffled = replace(
        body,
        events=tuple(data.draw(st.permutations(body.events))),
        standing=tuple(data.draw(st.permutations(body.standing))),
    )
    first, second_ = (judge(asked, one, policy(pack), at) for one in (facts, replace(facts, body=shuffled)))
    assert (first.answer, first.earliest) == (second_.answer, second_.earliest)
    assert [(one.id, one.answer) for one in first.rules] == [(one.id, one.answer) for one in second_.rules]


TOLD = ("says_paid", "deceased")
"""Said by whomever, about these debts, it counts."""


@settings(max_examples=60, deadline=None)
@given(
    facts=people(),
    others=st.lists(events(moments, person=9).filter(lambda event: event.outcome not in TOLD), min_size=1, max_size=8),
    asked=questions(),
    pack=packs,
    at=moments,
)
def test_what_passed_with_somebody_else_changes_no_verdict(
    facts: PersonFacts, others: list[Event], asked: Contact, pack: str, at: int
) -> None:
    """But for calls that rang the very number: what a number has borne counts, whoever was meant."""
    others = [one for one in others if one.kind is not Kind.call or one.number is None or one.number != asked.number]
    rules = policy(pack)
    assert judge(asked, with_more(facts, *others), rules, at) == judge(asked, facts, rules, at)


@settings(max_examples=60, deadline=None)
@given(facts=people(), asked=questions(), pack=packs, at=moments)
def test_how_debts_and_collectors_are_numbered_changes_no_verdict(
    facts: PersonFacts, asked: Contact, pack: str, at: int
) -> None:
    debt, collector = {1: 71, 2: 5}, {0: 0, None: None, 1: 400, 2: 3}

    def renamed(one: Any) -> Any:
        return replace(one, debts=tuple(debt[d] for d in one.debts), collector=collector[one.collector])

    body = replace(
        facts.body,
        events=tuple(map(renamed, facts.body.events)),
        standing=tuple(map(renamed, facts.body.standing)),
    )
    rules = policy(pack)
    assert judge(renamed(asked), replace(facts, body=body), rules, at) == judge(asked, facts, rules, at)


@settings(max_examples=80, deadline=None)
@given(facts=people(), asked=questions(), pack=packs, at=moments, text=st.sampled_from([None, "", "pay $5 or be sued"]))
def test_rules_left_out_by_the_compiled_table_had_nothing_to_say(
    facts: PersonFacts, asked: Contact, pack: str, at: int, text: str | None
) -> None:
    asked, rules = replace(asked, text=text), policy(pack)
    needs = ~0 if facts.body.events else ~(Needs.EVENTS | Needs.TOLD)  # without events they are not sorted
    every = rules.asked(asked.channel, needs, frozenset([*Mark, *get_args(Flag)]))
    case = Case(asked, facts, rules.setting, at)
    found = [(one.rule.id, found.reason) for one in every if (found := one.ask(one.parameters, case)) is not None]
    assert [(one.id, one.reason) for one in judge(asked, facts, rules, at, earliest=False).rules] == found


@settings(max_examples=60, deadline=None)
@given(facts=people(), asked=questions(), pack=packs, at=moments)
def test_facts_read_back_from_their_kept_text_give_the_same_verdict(
    facts: PersonFacts, asked: Contact, pack: str, at: int
) -> None:
    kept = replace(facts, body=body_decoder.decode(body_encoder.encode(facts.body)))
    assert judge(asked, kept, policy(pack), at) == judge(asked, facts, policy(pack), at)

"""A portfolio may only tighten its pack: whatever document is accepted, what the pack refused stays refused."""

from __future__ import annotations

from typing import Any

import pytest
from gate_asking import call, check, event, policy
from gate_lives import HARDNESS, PACKS, around, contacts, events, marks, someone
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from pydantic.fields import FieldInfo

from collector.compliance.packs import load_pack
from collector.compliance.rules import Answer, Policy, Role, Rule, Whom, compile_policy, judge, parameters_of
from collector.foundation.errors import BadInput
from collector.portfolio.rules import CollectorType

CEASED = [event("cease", "2026-03-01T10:00-04:00")]
DEATH_TOLD = [call("2026-04-01T10:00-04:00", "deceased")]


@pytest.mark.parametrize(
    ("pack", "change"),
    [
        pytest.param("us", {"US-CEASE": {"days": 1}}, id="a cease that would end by itself"),
        pytest.param("us", {"HOUSE-BREATH": {"days": 60}}, id="a moratorium that would end by itself"),
        pytest.param("uk", {"UK-BREATH": {"days": 59}}, id="a shorter breathing space"),
        pytest.param("us", {"HOUSE-DEC-SAID": {"working_days": 1}}, id="a death told that nobody looked into"),
    ],
)
def test_what_lasts_until_it_is_lifted_is_not_given_an_end(pack: str, change: dict[str, Any]) -> None:
    with pytest.raises(BadInput, match="only tighten"):
        policy(pack, tightening=change)


def test_a_term_may_be_made_longer_or_endless() -> None:
    begun = event("breathing_space", "2026-02-01T10:00+00:00")
    later = event("call", "2026-04-03T12:00+01:00")
    assert check("uk", [begun], later)[0] == "allow"
    for days in (90, None):
        assert check("uk", [begun], later, tightening={"UK-BREATH": {"days": days}})[:2] == ("deny", ["UK-BREATH"])


def test_quiet_days_made_endless_deny_as_the_days_did() -> None:
    said, endless = call("2026-04-01T10:00-04:00", "says_paid"), {"HOUSE-SAYS-PAID": {"working_days": None}}
    for days in (1, 29):
        candidate = event("letter", f"2026-04-{1 + days:02}T12:00-04:00")
        assert check("house", [said], candidate, tightening=endless)[:2] == ("deny", ["HOUSE-SAYS-PAID"])


def values(field: FieldInfo) -> st.SearchStrategy[Any]:
    """Anything that somebody may write for that parameter: looser, stricter, or nonsense."""
    shown = str(field.annotation)
    if "ClockTime" in shown or (field.annotation is int and "clock" in str(field.metadata)):
        return st.sampled_from(["00:00", "07:00", "08:00", "09:30", "18:00", "20:00", "21:00", "24:00", "noon"])
    if "bool" in shown:
        return st.booleans()
    if "int" in shown:
        return st.one_of(st.none(), st.integers(-1, 70))
    words = ["unreachable", "deceased", "attorney", "executor", "friend", "closing_notice", "call", "sms", "sun", "mon"]
    lists = st.lists(st.sampled_from([*words, "busy_tone", "no_answer", "2026-03-09", "payment", "stop"]), max_size=4)
    if "dict" in shown:
        return st.dictionaries(st.sampled_from(["insult", "threat", "new"]), lists, max_size=2)
    return st.one_of(lists, st.sampled_from(["number", "person", "all", "cease", "Bank"]))


@st.composite
def changes(draw: st.DrawFn, rule: Rule) -> dict[str, Any]:
    parameters = parameters_of(rule)
    fields = type(parameters).model_fields
    if not fields or draw(st.booleans()):
        kinds = st.lists(st.sampled_from(["creditor", "agency", "debt_buyer"]), unique=True)
        return draw(st.sampled_from([{"answer": "deny"}, {"answer": "review"}, {"binds": draw(kinds)}]))
    name = draw(st.sampled_from(sorted(fields)))
    old = getattr(parameters, name)
    values_ = values(fields[name])
    if isinstance(old, tuple) and old:
        kept = st.lists(st.sampled_from(old), unique=True)
        values_ = st.one_of(values_, kept, values_.map(lambda more: [*old, *more] if isinstance(more, list) else more))
    return {name: draw(values_)}


@st.composite
def documents(draw: st.DrawFn, pack: str) -> dict[str, dict[str, Any]]:
    rules = [rule for rule in load_pack(pack).rules if rule.asks is not None]
    chosen = draw(st.lists(st.sampled_from(rules), min_size=1, max_size=3, unique_by=lambda rule: rule.id))
    return {rule.id: draw(changes(rule)) for rule in chosen}


def accepted(pack: str, collector: str, document: dict[str, dict[str, Any]]) -> Policy | None:
    try:
        return compile_policy(load_pack(pack), collector, tightening=document)
    except BadInput:
        return None


MOMENTS = around("2026-03-08T07:00Z")
HISTORIES = st.lists(events(MOMENTS), max_size=10).map(tuple)
STANDING = st.lists(marks(MOMENTS), max_size=4).map(tuple)
TEXTS = st.sampled_from([None, "【Bank】 your payment, reply stop", "call back 5551234567", "we sue you, deadbeat", ""])


@pytest.mark.slow
@pytest.mark.parametrize("pack", PACKS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(data=st.data())
def test_whatever_is_accepted_allows_nothing_that_the_pack_refuses(pack: str, data: st.DataObject) -> None:
    collector = data.draw(st.sampled_from(["creditor", "agency"]))
    document = data.draw(documents(pack))
    tight = accepted(pack, collector, document)
    assume(tight is not None)
    assert tight is not None
    facts = someone(data.draw(HISTORIES), data.draw(STANDING), ("America/New_York",))
    flags = data.draw(st.lists(st.sampled_from(["unreachable", "deceased", "hardship", "attorney"]), max_size=1))
    facts = replace(facts, body=replace(facts.body, flags=tuple(flags)))
    asked = replace(
        data.draw(contacts()),
        text=data.draw(TEXTS),
        to_whom=data.draw(st.sampled_from([Whom.debtor, Whom.debtor, Whom.attorney, Whom.executor, Whom.friend])),
        role=data.draw(st.sampled_from([Role.debtor, Role.debtor, Role.contact])),
    )
    at = data.draw(MOMENTS)
    loose = judge(asked, facts, policy(pack, collector), at, earliest=False)
    after = {one.id: one.answer for one in judge(asked, facts, tight, at, earliest=False).rules}
    for fired in loose.rules:
        assert HARDNESS.index(after.get(fired.id, Answer.allow)) >= HARDNESS.index(fired.answer), (fired, document)


LAW_OVER_HOUSE = {
    ("cn", "HOUSE-TIME"): "GB/T 45251 closes 22:00 to 08:00, and the debtor may agree to more",
    ("cn", "HOUSE-WEEK"): "the standard counts effective calls a day, not dials a week",
    ("cn", "HOUSE-DIALS-NUMBER"): "unanswered dials go to a person at the cap; answered ones have CN-FREQ",
    ("cn", "HOUSE-DIALS-PERSON"): "unanswered dials go to a person at the cap; answered ones have CN-FREQ",
    ("cn", "HOUSE-3P"): "a contact may also be asked after a debtor who died",
    ("cn", "HOUSE-DEC"): "asking where is left to CN-3P when the debtor died",
    ("us", "HOUSE-TIME"): "12 CFR 1006.6(b)(1): until 21:00, and a time the consumer asked for",
    ("us", "HOUSE-WEEK"): "12 CFR 1006.14(b)(2): seven calls for each debt and collector",
    ("us", "HOUSE-DIALS-NUMBER"): "no number of calls a day is forbidden; bunching is for a person to look at",
    ("us", "HOUSE-DIALS-PERSON"): "no number of calls a day is forbidden; bunching is for a person to look at",
    ("us", "HOUSE-DISPUTE"): "12 CFR 1006.38(d): inside 30 days of a validation notice on file; without one, any",
    ("us", "HOUSE-DEC"): "12 CFR 1006.6(a): the spouse answers as well",
    ("us", "HOUSE-3P"): "12 CFR 1006.6(a): spouse and a minor's parent are the consumer",
    ("us", "HOUSE-DISCREET"): "12 CFR 1006.6(a): spouse and a minor's parent are the consumer",
    ("us", "HOUSE-PREF"): "a later agreement counts once instead of always: stricter, in a field that is fixed",
    ("uk", "HOUSE-TIME"): "no statutory hours: until 21:00, and a time the customer agreed to",
    ("uk", "HOUSE-BREATH"): "the moratorium has a term of 60 days",
    ("uk", "HOUSE-HARD"): "CONC 7: 30 days while a plan is made",
    ("uk", "HOUSE-PREF"): "a later agreement counts once instead of always: stricter, in a field that is fixed",
}
"""Where a pack is looser than the house: the law of the place says what the house could only guess."""


@pytest.mark.parametrize("pack", [code for code in PACKS if code != "house"])
def test_where_a_pack_is_looser_than_the_house_it_is_explained(pack: str) -> None:
    looser = {
        house.id
        for collector in CollectorType
        for house in load_pack("house").rules
        if not any(is_as_strict(house, rule) for rule in in_its_place(house, pack, collector))
    }
    assert looser == {name for code, name in LAW_OVER_HOUSE if code == pack}


def in_its_place(house: Rule, pack: str, collector: CollectorType) -> list[Rule]:
    """The rule as the pack took it over, or the rules of the pack's own that ask the same, as they bind a collector."""
    bound = [rule for rule in load_pack(pack).rules if not rule.binds or collector.value in rule.binds]
    return [
        rule
        for rule in bound
        if rule.id == house.id or (rule.asks == house.asks and not rule.id.startswith(("HOUSE-", "CARRIER-")))
    ]


def is_as_strict(house: Rule, rule: Rule) -> bool:
    return (
        not parameters_of(house).looser_fields(parameters_of(rule))
        and (house.answer, rule.answer) != (Answer.deny, Answer.review)
        and not rule.channels
        and not rule.debt_types
    )

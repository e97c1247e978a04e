"""Of a debt that the legal team has one named person calls, in every country; letters and answers go all the same."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from gate_asking import SHANGHAI, ask, contact, person, policy, second
from hypothesis import given
from hypothesis import strategies as st

from collector.compliance.rules import Contact, Purpose
from collector.facts.rules import Mark, PersonFacts, Standing, negotiator_of

NOON = "2026-05-13T12:00+08:00"
RULE = "HOUSE-LEGAL"


def with_legal(named: str | None = "wu", debt: int = 1, since: str = "2026-05-01T09:00+08:00") -> PersonFacts:
    detail: dict[str, Any] = {"negotiator": named, "user": "7" if named else ""}
    return person(zones=(SHANGHAI,), standing=(Standing(Mark.with_legal, second(since), debts=(debt,), detail=detail),))


def asked(facts: PersonFacts, channel: str = "call", pack: str = "cn", **more: Any) -> bool:
    """Whether the rule objects."""
    given: Contact = msgspec.structs.replace(contact(channel), debts=(1,), **more)
    return RULE in ask(given, facts, policy(pack), NOON)[1]


@pytest.mark.parametrize("pack", ["cn", "us", "in", "uk", "house"])
@pytest.mark.parametrize(
    ("facts", "channel", "more", "objects"),
    [
        pytest.param(with_legal(), "call", {"by": "user:wu"}, False, id="the named one calls"),
        pytest.param(with_legal(), "visit", {"by": "user:wu"}, False, id="and visits"),
        pytest.param(with_legal(), "call", {"by": "user:li"}, True, id="another one"),
        pytest.param(with_legal(), "call", {"by": "key:wu"}, True, id="a program of that name"),
        pytest.param(with_legal(), "call", {}, True, id="nobody said who"),
        pytest.param(with_legal(), "visit", {"by": "user:li"}, True, id="a visit"),
        pytest.param(with_legal(), "sms", {}, True, id="what is sent by itself"),
        pytest.param(with_legal(), "letter", {}, False, id="a letter"),
        pytest.param(with_legal(), "call", {"purpose": Purpose.location}, True, id="a search for them"),
        pytest.param(with_legal(), "sms", {"purpose": Purpose.opt_out_confirmation}, False, id="an opt-out confirmed"),
        pytest.param(with_legal(None), "call", {"by": "user:wu"}, True, id="nobody is named"),
        pytest.param(with_legal(debt=2), "call", {"by": "user:li"}, False, id="another debt"),
        pytest.param(with_legal(since="2026-05-13T13:00+08:00"), "call", {"by": "user:li"}, False, id="from later on"),
    ],
)
def test_who_may_talk(pack: str, facts: PersonFacts, channel: str, more: dict[str, Any], objects: bool) -> None:
    assert asked(facts, channel, pack, **more) is objects


@given(
    st.sampled_from(["call", "sms", "visit", "letter"]),
    st.sampled_from(list(Purpose)),
    st.sampled_from(["user:wu", "user:li", "", "worker"]),
    st.sampled_from(["cn", "us", "in", "uk"]),
)
def test_that_legal_has_it_never_opens_the_gate(channel: str, purpose: Purpose, by: str, pack: str) -> None:
    given_ = msgspec.structs.replace(contact(channel), debts=(1,), purpose=purpose, by=by)
    without = ask(given_, person(zones=(SHANGHAI,)), policy(pack), NOON)[1]
    with_it = ask(given_, with_legal(), policy(pack), NOON)[1]
    assert [rule for rule in with_it if rule != RULE] == without
    assert not (by == "user:wu" and RULE in with_it)


def test_the_negotiator_is_that_of_the_account() -> None:
    named = negotiator_of(with_legal().body, 1)
    assert named is not None
    assert (named.user_id, named.name, named.actor) == (7, "wu", "user:wu")
    assert negotiator_of(with_legal().body, 2) is None
    nobody = negotiator_of(with_legal(None).body, 1)
    assert nobody is not None
    assert (nobody.user_id, nobody.actor) == (None, "")

"""The routes that are proposed with their reasons, and how much of its papers is there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategy_books import ACCOUNTS, TODAY, account

from collector.facts.rules import Extra
from collector.history.rules import Cause, DocumentKind, Route
from collector.law.rules import Clock, ClockKind, Evidence, Source
from collector.legal.rules import best_route, case_of, percent_of_papers, propose_routes, runs_out
from collector.portfolio.rules import CollectorType, Security
from collector.strategy.compiling import compile_document, default_text
from collector.strategy.reading import parse
from collector.strategy.rules import Considered, Strategy

R, S = Route, Security
CN = compile_document(parse(default_text("cn")), "CNY")
US = compile_document(parse(default_text("us")), "USD")
SOURCE = Source("r", "s", Evidence.text)


def clock(days: int, kind: ClockKind = ClockKind.guarantee) -> Clock:
    ends = TODAY + timedelta(days=days)
    return Clock(kind, ends, ends, SOURCE, person_id=7 if kind is ClockKind.guarantee else None)


def proposed(security: Security = S.credit, strategy: Strategy = CN, **more: Any) -> tuple[Considered, ...]:
    extra = Extra(**more.pop("extra", {}))
    owed = account(120, extra, security=security.value, **more.pop("account", {}))
    return propose_routes(case_of(owed, TODAY, **more), strategy)


LARGE = {"owed": 90_000_000}


@pytest.mark.parametrize(
    ("security", "more", "route"),
    [
        pytest.param(S.guaranteed, {"clocks": [clock(3)]}, R.guarantor_claim, id="guaranteed"),
        pytest.param(S.guaranteed, {"clocks": [clock(0)]}, R.guarantor_claim, id="last day of the guarantee period"),
        pytest.param(S.guaranteed, {"clocks": [clock(-1)]}, R.suit, id="period over"),
        pytest.param(S.guaranteed, {}, R.suit, id="no guarantee on file"),
        pytest.param(S.mortgaged, {}, R.court_sale, id="mortgaged"),
        pytest.param(S.pledged, {"flags": ["deceased"]}, R.pledge_sale, id="pledged"),
        pytest.param(S.credit, {"account": LARGE}, R.suit, id="credit"),
        pytest.param(S.credit, {"extra": {"cause": "careless"}, "account": LARGE}, R.suit, id="careless"),
        pytest.param(S.credit, {"extra": {"cause": "disappeared"}}, R.suit_with_preservation, id="disappeared"),
        pytest.param(S.credit, {"flags": ["deceased"]}, R.suit_with_preservation, id="dead"),
        pytest.param(
            S.guaranteed,
            {"clocks": [clock(-9)], "extra": {"cause": "over_indebted"}},
            R.suit_with_preservation,
            id="period over, and other creditors",
        ),
        pytest.param(S.mortgaged, {"extra": {"cause": "suspected_fraud"}}, R.fraud_report, id="fraud"),
        pytest.param(S.mortgaged, {"extra": {"notarised": True}}, R.notarised_enforcement, id="notarised"),
        pytest.param(S.credit, {"extra": {"arbitration": True}}, R.arbitration, id="arbitration clause"),
        pytest.param(S.credit, {"extra": {"willing": True}}, R.mediation, id="willing"),
        pytest.param(S.credit, {"extra": {"willing": True, "disputed_since": 1}}, R.suit, id="willing, but disputes"),
        pytest.param(S.credit, {"extra": {"service_address": True}}, R.payment_order, id="address for service"),
        pytest.param(S.credit, {"papers": [DocumentKind.service_address]}, R.payment_order, id="the paper is on file"),
        pytest.param(
            S.credit, {"papers": [DocumentKind.service_address], "account": LARGE}, R.suit, id="too large for an order"
        ),
        pytest.param(S.credit, {"alike": 10}, R.batch_filing, id="many alike"),
        pytest.param(S.credit, {"alike": 9}, R.suit, id="too few alike"),
        pytest.param(S.credit, {"alike": 10, "account": LARGE}, R.suit, id="many alike, but large"),
    ],
)
def test_the_route_that_is_proposed(security: Security, more: dict[str, Any], route: Route) -> None:
    assert best_route(proposed(security, **more)) is route


def test_every_route_says_what_speaks_for_it_and_what_is_missing() -> None:
    found = {one.route: one for one in proposed(S.guaranteed, clocks=[clock(30)], extra={"willing": True})}
    assert set(found) == set(Route)
    claim = found[R.guarantor_claim]
    assert [(one.field, one.wanted, one.found) for one in claim.speaks] == [
        ("security", "guaranteed", "guaranteed"),
        ("guarantee_days", ">= 0", 30),
    ]
    order = found[R.payment_order]
    assert [(one.field, one.found) for one in order.lacks] == [("security", "guaranteed"), ("service_address", False)]
    assert not order.is_open


def test_an_arbitration_clause_closes_the_courts() -> None:
    open_ = {
        one.route for one in proposed(alike=50, extra={"arbitration": True, "service_address": True}) if one.is_open
    }
    assert open_ == {R.arbitration}


def test_of_several_ways_to_a_route_the_one_that_lacks_least_is_told() -> None:
    [suit] = [one for one in proposed(flags=["deceased"]) if one.route is R.suit_with_preservation]
    assert [one.field for one in suit.speaks] == ["deceased", "arbitration"]


def test_a_debt_whose_time_is_barred_is_not_sued_for_where_the_law_forbids_it() -> None:
    barred = proposed(strategy=US, extra={"lapsed": True})
    assert best_route(barred) is None
    [suit] = [one for one in barred if one.route is R.suit]
    assert [one.field for one in suit.lacks] == ["lapsed"]
    assert best_route(proposed(strategy=US)) is R.suit


def test_without_routes_in_a_strategy_those_by_security_hold() -> None:
    text = default_text("cn")
    first, last = text.index("    # By which route"), text.index("# Who works which account")
    plain = compile_document(parse(text[:first] + "\n" + text[last:]), "CNY")
    assert best_route(proposed(S.mortgaged, plain)) is R.court_sale
    assert best_route(proposed(S.credit, plain, extra={"cause": "over_indebted"})) is R.suit_with_preservation
    assert best_route(proposed(S.credit, plain, extra={"service_address": True})) is R.suit


def test_what_runs_out_first_is_told_by_route() -> None:
    clocks = [clock(90, ClockKind.limitation), clock(20), clock(40)]
    claim = runs_out(R.guarantor_claim, clocks, TODAY)
    assert claim is not None
    assert claim.cautious_on == TODAY + timedelta(days=20)
    assert runs_out(R.suit, clocks, TODAY) is clocks[0]
    assert runs_out(R.fraud_report, clocks, TODAY) is None
    assert runs_out(R.suit, [clock(-1, ClockKind.limitation)], TODAY) is None


@given(
    ACCOUNTS,
    st.sets(st.sampled_from(["deceased", "bankrupt"])),
    st.lists(st.integers(-400, 400).map(clock), max_size=2),
    st.integers(0, 30),
    st.sampled_from([CN, US]),
)
def test_open_routes_come_first_and_each_once(
    owed: Any, flags: set[str], clocks: list[Clock], alike: int, strategy: Strategy
) -> None:
    found = propose_routes(case_of(owed, TODAY, flags=flags, clocks=clocks, alike=alike), strategy)
    assert len({one.route for one in found}) == len(found)
    lacking = [len(one.lacks) for one in found]
    assert lacking == sorted(lacking)
    for one in found:
        ways = [way for way in strategy.handoff.legal.routes if way.route is one.route]
        assert len(one.said) in {len(way.conditions) for way in ways}
    if best_route(found) is R.guarantor_claim:
        assert any(each.cautious_on >= TODAY for each in clocks)


@pytest.mark.parametrize("cause", list(Cause))
def test_fraud_is_reported_only_where_somebody_suspects_it(cause: Cause) -> None:
    routes = [one.route for one in proposed(extra={"cause": cause.value}) if one.is_open]
    assert (R.fraud_report in routes) is (cause is Cause.suspected_fraud)


def test_papers_are_complete_only_when_none_is_missing() -> None:
    every = set(DocumentKind)
    assert percent_of_papers(S.mortgaged, CollectorType.creditor, every) == 100
    assert percent_of_papers(S.mortgaged, CollectorType.creditor, ()) == 0
    assert percent_of_papers(S.mortgaged, CollectorType.creditor, every - {DocumentKind.collateral}) == 83
    assert percent_of_papers(S.credit, CollectorType.creditor, every - {DocumentKind.collateral}) == 100
